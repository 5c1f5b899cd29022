"""The command line itself: its options, and what all commands share. Commands register with `app`."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from consult.cli.progress import shown_progress
from consult.errors import UserError
from consult.study import Study, is_study

if TYPE_CHECKING:
    from consult.pipeline import Options
    from consult.themes.codebook import Codebook


class Commands(TyperGroup):
    """Commands whose list says of each the whole of what it does; else a line would end in dots."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a command, described in full."""
        command = super().get_command(ctx, cmd_name)
        if command is not None:
            command.short_help = command.short_help or " ".join((command.help or "").split())
        return command


app: typer.Typer = typer.Typer(
    cls=Commands,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Read a public consultation: what was raised, by whom, how often, in whose words, and what was not.",
    epilog="First time? Run: consult example",
)

Sources = Annotated[
    list[Path] | None,
    typer.Argument(help="Files or folders: the portal's CSV, an XLSX, JSON, a folder of papers."),
]
StudyFolder = Annotated[
    Path | None, typer.Option("--study", help="Folder of the study. Left out: the current folder, if it is one.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON, for machines.")]
Map = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="FIELD=COLUMN",
        help="Say which column holds what: text=..., closed=... (several times), country=..., reference=...",
    ),
]
KeepNames = Annotated[
    bool | None,
    typer.Option(
        "--keep-names/--no-keep-names",
        help="Store names and contact details of private persons. Left out: as the study did before; at first, no.",
    ),
]
Consultation = Annotated[str | None, typer.Option("--consultation", help="Id of the consultation.")]
Title = Annotated[str | None, typer.Option("--title", help="Title of the consultation.")]
Seed = Annotated[int, typer.Option("--seed", help="Start of all chance; the same seed gives the same result.")]
CodebookFile = Annotated[
    str | None, typer.Option("--codebook", help="Codebook file, or a shipped one: lifelong-learning, ai-whitepaper.")
]
Embedding = Annotated[
    str, typer.Option("--embedding", help="auto, use, e5, or the name of a sentence-transformers model.")
]
Language = Annotated[str, typer.Option("--language", help="Language of topic labels, as a two-letter code.")]


def _number_of_topics(given: str) -> int | None:
    if given == "auto":
        return None
    if not given.isdecimal() or int(given) < 2:
        message = f"'{given}' is neither a number from 2 on nor auto."
        raise typer.BadParameter(message)
    return int(given)


Topics = Annotated[
    int | None,
    typer.Option(
        "--topics",
        metavar="N",
        parser=_number_of_topics,
        help="Number of topics, or auto to have it chosen. Left out: as the study did before; at first, auto.",
    ),
]


def options_given(context: typer.Context, study: Study, **asked: Any) -> Options:
    """Return the options of a study's last run, with those changed that were written on the command line."""
    from consult.pipeline import remember_options

    def was_given(name: str) -> bool:
        source = context.get_parameter_source(name)
        return source is not None and source.name == "COMMANDLINE"

    return replace(remember_options(study, None), **{name: value for name, value in asked.items() if was_given(name)})


@app.callback()
def _common() -> None:
    """Take no options of its own."""


def study_folder(study: Path | None, *, new: bool = False) -> Path:
    """Return the study's folder: the one named, or the current one if it is a study."""
    if study is not None:
        return study
    if is_study(Path()):
        return Path()
    hint = "Name a new folder for it" if new else "Name it"
    message = f"--study: no study was named, and the current folder is not one. {hint}: --study my-study"
    raise UserError(message)


def mapping_of(pairs: list[str] | None) -> dict[str, list[str]]:
    """Return `--map FIELD=COLUMN` pairs as columns by field."""
    mapping: dict[str, list[str]] = {}
    for pair in pairs or []:
        field, equals, column = pair.partition("=")
        if not (field and equals and column):
            message = f"--map {pair}: expected FIELD=COLUMN, for example --map text='Your opinion'."
            raise typer.BadParameter(message)
        mapping.setdefault(field.strip(), []).append(column)
    return mapping


def config_of(path: Path | None) -> dict[str, Any]:
    """Return what a TOML file given as `--config` says."""
    if path is None:
        return {}
    import tomllib

    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        message = f"--config {path}: {error}; expected a TOML file with [map] and [run]."
        raise UserError(message) from error


def run_stages(study: Path | None, stages: tuple[str, ...], *, options: Any = None, as_json: bool) -> Study:
    """Run stages of a study that exists, with progress."""
    from consult.pipeline import remember_options, run_stage

    opened = Study.open(study_folder(study))
    chosen = remember_options(opened, options)
    with shown_progress(quiet=as_json) as progress:
        for stage in stages:
            run_stage(opened, stage, chosen, progress)
    return opened


def print_found(found: dict[str, Any], words: Any, *, as_json: bool) -> None:
    """Print a result in words, or as JSON."""
    if as_json:
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=2, default=str) + "\n")
    else:
        sys.stdout.write("\n".join(words(found)) + "\n")


def print_table(table: Any, *, as_json: bool) -> None:
    """Print a table as text or as JSON."""
    if as_json:
        sys.stdout.write(table.to_json(orient="records", force_ascii=False, date_format="iso", indent=2) + "\n")
    else:
        sys.stdout.write(table.to_string(index=False) + "\n")


def codebook_in_force(study: Study) -> Codebook:
    """
    Return the codebook that a study's taggings were made with.

    Raises:
        UserError: None is in force yet.
    """
    from consult.themes.codebook import load_codebook

    if not study.codebook_path.exists():
        message = f"{study.path}: no codebook is in force yet. Start with: consult tag --study {study.path}"
        raise UserError(message)
    return load_codebook(study.codebook_path)
