"""What each command takes; the work is done by the pipeline, the measures and the report."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from consult.cli.progress import shown_progress
from consult.errors import UserError
from consult.study import Study, is_study

app: typer.Typer = typer.Typer(
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
Consultation = Annotated[str | None, typer.Option("--consultation", help="Id of the consultation.")]
Title = Annotated[str | None, typer.Option("--title", help="Title of the consultation.")]
Seed = Annotated[int, typer.Option("--seed", help="Start of all chance; the same seed gives the same result.")]
CodebookFile = Annotated[
    str | None, typer.Option("--codebook", help="Codebook file, or the name of a shipped one: lifelong-learning.")
]
Embedding = Annotated[
    str, typer.Option("--embedding", help="auto, use, e5, or the name of a sentence-transformers model.")
]
Language = Annotated[str, typer.Option("--language", help="Language of topic labels, as a two-letter code.")]
Topics = Annotated[int | None, typer.Option("--topics", min=2, help="Number of topics; left out, it is chosen.")]


@app.callback()
def _common() -> None:
    """Take no options of its own."""


@app.command()
def run(
    sources: Sources = None,
    study: StudyFolder = None,
    codebook: CodebookFile = None,
    config: Annotated[Path | None, typer.Option("--config", help="TOML file with [map] and [run] settings.")] = None,
    seed: Seed = 0,
    mapping: Map = None,
    consultation: Consultation = None,
    title: Title = None,
    embedding: Embedding = "auto",
    language: Language = "en",
    topics: Topics = None,
    as_json: Json = False,
) -> None:
    """Do everything: read the sources, find campaigns and topics, tag themes. Resumes where it stopped."""
    from consult.cli.claim_words import changed_claims
    from consult.cli.summary import study_summary, summary_lines
    from consult.pipeline import Options
    from consult.pipeline import run as run_all
    from consult.report.claims import STAGE

    folder = study_folder(study, new=bool(sources))
    before = len(Study(folder).runs())
    settings = _config(config)
    options = Options(
        **{"seed": seed, "embedding": embedding, "language": language, "n_topics": topics, **settings.get("run", {})}
    )
    with shown_progress(quiet=as_json) as progress:
        done = run_all(
            sources or [],
            folder,
            codebook=codebook,
            mapping={**settings.get("map", {}), **_mapping(mapping)} or None,
            consultation_id=consultation,
            title=title,
            options=options,
            progress=progress,
        )
    records = [record for record in done.runs()[before:] if record.get("stage") == STAGE]
    claims = [line for record in records for line in changed_claims(record)]
    _print({**study_summary(done), "claims": claims}, summary_lines, as_json=as_json)


@app.command()
def ingest(
    sources: Sources = None,
    study: StudyFolder = None,
    mapping: Map = None,
    consultation: Consultation = None,
    title: Title = None,
    as_json: Json = False,
) -> None:
    """Read sources into a study; every row becomes a response or is set aside with a reason."""
    from consult.cli.summary import ingest_lines, ingest_summary
    from consult.pipeline import ingest as ingest_sources

    if not sources:
        message = (
            "consult ingest: no source was named; give one or more files or folders. consult ingest FILE --study DIR"
        )
        raise UserError(message)
    opened = Study.create(study_folder(study, new=True))
    with shown_progress(quiet=as_json) as progress:
        ingest_sources(
            sources,
            opened,
            mapping=_mapping(mapping) or None,
            consultation_id=consultation,
            title=title,
            progress=progress,
        )
    _print(ingest_summary(opened), ingest_lines, as_json=as_json)


@app.command()
def campaigns(study: StudyFolder = None, as_json: Json = False) -> None:
    """Find near-identical documents sent by several respondents."""
    opened = run_stages(study, ("passages", "campaigns"), as_json=as_json)
    print_table(opened.read("campaigns"), as_json=as_json)


@app.command()
def tag(study: StudyFolder = None, codebook: CodebookFile = None, as_json: Json = False) -> None:
    """Tag passages with the codebook's themes, each with the words it rests on."""
    from consult import measures
    from consult.pipeline import use_codebook

    opened = Study.open(study_folder(study))
    use_codebook(opened, codebook)
    opened = run_stages(opened.path, ("passages", "campaigns", "tag"), as_json=as_json)
    shares = measures.theme_shares(measures.Corpus.from_study(opened))
    print_table(shares.table[["key", "label", "n", "N", "share", "low", "high"]], as_json=as_json)


@app.command()
def check(
    path: Annotated[Path | None, typer.Argument(help="A file or folder to ingest, or a study.")] = None,
    mapping: Map = None,
    formats: Annotated[bool, typer.Option("--formats", help="List the formats that can be read.")] = False,
    as_json: Json = False,
) -> None:
    """Say what a file or study is, what is set aside and why, and what looks wrong. Exit 1 if anything is."""
    from consult.cli.checking import check_lines, check_path, format_lines

    if formats:
        sys.stdout.write("\n".join(format_lines()) + "\n")
        return
    result = check_path(path or Path(), _mapping(mapping) or None)
    _print(result, check_lines, as_json=as_json)
    if result["problems"]:
        raise typer.Exit(1)


@app.command()
def example(
    name: Annotated[str, typer.Argument(help="microcredentials or learning-accounts.")] = "microcredentials",
    study: Annotated[Path | None, typer.Option("--study", help="Where to put the study.")] = None,
    as_json: Json = False,
) -> None:
    """Analyse the shipped example (invented by hand), print what was found, write report.html."""
    from consult.cli.claim_words import example_claims
    from consult.cli.summary import next_steps, study_summary, summary_lines
    from consult.pipeline import example_sources, place_example
    from consult.pipeline import run as run_all
    from consult.report import write_html_report

    paths, title = example_sources(name)
    folder = study or Path(f"{name}-example")
    opened = Study.create(folder)
    place_example(name, opened)
    with shown_progress(quiet=as_json) as progress:
        done = run_all(paths, opened, title=title, progress=progress)
        report = Path("report.html")
        progress("report", 0, 1)
        write_html_report(done, report)
        progress("report", 1, 1)
    summary = study_summary(done)
    summary |= {"report": str(report), "claims": example_claims(done)}
    _print(summary, lambda found: [*summary_lines(found), *next_steps(done, report)], as_json=as_json)


@app.command()
def report(
    study: StudyFolder = None,
    form: Annotated[str | None, typer.Option("--format", help="html or docx. Left out: by the file's name.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="File to write. Left out: report.html.")] = None,
    template: Annotated[
        Path | None, typer.Option("--template", help="Your own template: Jinja2 for html, a DOCX with styles for docx.")
    ] = None,
    theme: Annotated[str | None, typer.Option("--theme", help="Only one page on this theme, to cite.")] = None,
) -> None:
    """Write the report of a study as one HTML or DOCX file that needs nothing else."""
    from consult.report import write_report

    written = write_report(Study.open(study_folder(study)), form, out, template=template, theme=theme)
    sys.stdout.write(f"{written}\n")


@app.command()
def dashboard(
    study: StudyFolder = None,
    port: Annotated[int, typer.Option("--port", help="Port on this computer.")] = 8501,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the browser.")] = True,
) -> None:
    """Open the dashboard in the browser. Without a study it starts on the page to upload files."""
    from consult.cli.serving import launch

    folder = study or (Path() if is_study(Path()) else None)
    if folder is not None:
        Study.open(folder)
    raise typer.Exit(launch(folder, port=port, browser=browser))


# Shared by the commands ------------------------------------------------------------------------------


def study_folder(study: Path | None, *, new: bool = False) -> Path:
    """Return the study's folder: the one named, or the current one if it is a study."""
    if study is not None:
        return study
    if is_study(Path()):
        return Path()
    hint = "Name a new folder for it" if new else "Name it"
    message = f"--study: no study was named, and the current folder is not one. {hint}: --study my-study"
    raise UserError(message)


def _mapping(pairs: list[str] | None) -> dict[str, list[str]]:
    mapping: dict[str, list[str]] = {}
    for pair in pairs or []:
        field, equals, column = pair.partition("=")
        if not (field and equals and column):
            message = f"--map {pair}: expected FIELD=COLUMN, for example --map text='Your opinion'."
            raise typer.BadParameter(message)
        mapping.setdefault(field.strip(), []).append(column)
    return mapping


def _config(path: Path | None) -> dict[str, Any]:
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


def _print(found: dict[str, Any], words: Any, *, as_json: bool) -> None:
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


_study_folder = study_folder

from consult.cli import analysis, coding, topic_editing  # noqa: E402, F401  they register their commands with the app above
