"""`consult codebook`: check a codebook, read it, find what its phrases lack, and compare two versions."""

from __future__ import annotations

import getpass
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from consult.cli import application as shared
from consult.cli.printing import emit
from consult.cli.progress import shown_progress
from consult.errors import UserError
from consult.study import Study, is_study

if TYPE_CHECKING:
    from consult.themes.codebook import Codebook

codebook_app = typer.Typer(
    cls=shared.Commands,
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Check a codebook, read it, find phrases that it lacks, or compare two versions.",
)
shared.app.add_typer(codebook_app, name="codebook")

File = Annotated[
    str | None,
    typer.Argument(metavar="[CODEBOOK]", help="A file, or the name of a shipped one. Left out: that of the study."),
]
Theme = Annotated[str, typer.Argument(metavar="THEME", help="Id or name of a theme.")]


@codebook_app.command()
def check(codebook: File = None, study: shared.StudyFolder = None, as_json: shared.Json = False) -> None:
    """Say in plain words what is wrong with a codebook, or probably not meant. Exit 1 if anything is."""
    from consult.cli import codebook_words
    from consult.themes.codebook import load_codebook
    from consult.themes.codebook_check import codebook_warnings

    opened = _study(study)
    path = _path(codebook, opened)
    errors: list[str] = []
    warnings: list[str] = []
    try:
        book = load_codebook(path)
    except UserError as error:
        errors = [str(error)]
    else:
        texts = opened if opened is not None and opened.has("passages") else None
        tables = (texts.read("passages"), texts.read("documents")) if texts else (None, None)
        warnings = list(codebook_warnings(book, *tables))
    found = {"codebook": str(path), "errors": errors, "warnings": warnings}
    emit(found, codebook_words.check_lines, as_json=as_json)
    if errors or warnings:
        raise typer.Exit(1)


@codebook_app.command()
def show(
    theme: Annotated[str | None, typer.Argument(metavar="[THEME]", help="Id or name; left out, all of them.")] = None,
    codebook: shared.CodebookFile = None,
    study: shared.StudyFolder = None,
    as_json: shared.Json = False,
) -> None:
    """Show a theme with all its phrases, or the list of themes and the codebook's history."""
    from consult.cli import codebook_words
    from consult.themes.codebook import load_codebook
    from consult.themes.review import find_theme

    opened = _study(study) if codebook is None else None
    book = load_codebook(_path(codebook, opened))
    if theme is None:
        emit(_listed(book, opened), codebook_words.list_lines, as_json=as_json)
    else:
        emit(_theme(book, find_theme(book, theme), opened), codebook_words.theme_lines, as_json=as_json)


def _listed(book: Codebook, study: Study | None) -> dict[str, Any]:
    from consult.pipeline.themes import read_learned
    from consult.themes.codebook_changes import read_changes

    counts = _counts(study)
    return {
        "codebook": book.codebook_id,
        "title": book.title,
        "version": book.version,
        "description": book.description,
        "changes": [asdict(c) for c in book.changes],
        "in_study": [{k: v for k, v in c.items() if k != "changed"} for c in read_changes(study)] if study else [],
        "tagged_with": read_learned(study).get("codebook") if study else None,
        "themes": [
            {
                "theme_id": t.theme_id,
                "name": t.name,
                "parent_id": t.parent_id,
                "depth": len(book.ancestors(t.theme_id)),
                "languages": sorted(code for code, phrases in t.phrases.items() if phrases),
                "n_phrases": sum(len(p) for p in t.phrases.values()) + len(t.rules),
                "n_passages": counts.get(t.theme_id, {}).get("passages"),
            }
            for t in book.themes
        ],
    }


def _counts(study: Study | None) -> dict[str, dict[str, int]]:
    """Return how many passages and responses carry each theme."""
    if study is None or not study.has("taggings"):
        return {}
    taggings = study.read("taggings", ["theme_id", "passage_id", "response_id"])
    return {
        str(theme): {"passages": rows["passage_id"].nunique(), "responses": rows["response_id"].nunique()}
        for theme, rows in taggings.groupby("theme_id")
    }


def _theme(book: Codebook, theme_id: str, study: Study | None) -> dict[str, Any]:
    from consult.pipeline.themes import read_learned

    theme = book.by_id[theme_id]
    found: dict[str, Any] = {
        "codebook": book.codebook_id,
        "version": book.version,
        "theme_id": theme_id,
        "name": theme.name,
        "broader": list(book.ancestors(theme_id)),
        "narrower": [t.theme_id for t in book.themes if t.parent_id == theme_id],
        "definition": theme.definition,
        "counts": list(theme.counts),
        "does_not_count": list(theme.does_not_count),
        "examples": [asdict(e) for e in theme.examples],
        "phrases": {code: [p.source for p in patterns] for code, patterns in sorted(theme.phrases.items())},
        "exclusions": {code: [p.source for p in patterns] for code, patterns in sorted(theme.exclusions.items())},
        "rules": [{"language": r.language, "all": r.source, "within": r.within} for r in theme.rules],
        "similarity": theme.similarity,
        "in_study": _counts(study).get(theme_id),
        "learned": None,
    }
    if study is not None:
        known = read_learned(study).get("classifiers", [])
        found["learned"] = next((one for one in known if one["theme_id"] == theme_id), None)
    return found


@codebook_app.command()
def suggest(
    theme: Theme,
    study: shared.StudyFolder = None,
    language: Annotated[str | None, typer.Option("--language", help="Only this language (two letters).")] = None,
    n: Annotated[int, typer.Option("--n", min=1, help="How many words a language.")] = 10,
    accept: Annotated[
        list[str] | None,
        typer.Option("--accept", metavar="PHRASE", help="Add this phrase; with --language. Repeatable."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="With --accept: only count what would change.")] = False,
    who: Annotated[str, typer.Option("--who", help="Who does it; left out, the name of this computer's user.")] = "",
    why: Annotated[str, typer.Option("--why", help="The reason, for the record.")] = "",
    as_json: shared.Json = False,
) -> None:
    """Find words that a theme's passages say and others do not, and add those that you take as its phrases."""
    from consult.cli import codebook_words
    from consult.themes.codebook import load_codebook
    from consult.themes.review import find_theme

    opened = Study.open(shared.study_folder(study))
    book = load_codebook(_path(None, opened))
    theme_id = find_theme(book, theme)
    if accept:
        found = _accepted(opened, theme_id, language, accept, who, why, dry_run=dry_run, as_json=as_json)
        emit(found, codebook_words.accepted_lines, as_json=as_json)
        return
    emit(_suggested(opened, book, theme_id, language, n), codebook_words.suggestion_lines, as_json=as_json)


def _suggested(study: Study, book: Codebook, theme_id: str, language: str | None, n: int) -> dict[str, Any]:
    from consult.themes.review import Tables
    from consult.themes.suggest import suggest_phrases
    from consult.themes.verdicts import read_verdicts

    tables = Tables.of(study)
    found = suggest_phrases(
        theme_id, book, tables.taggings, read_verdicts(study), tables.passages, tables.documents,
        study.read("questions"),
    )  # fmt: skip
    kept: list[dict[str, Any]] = []
    for code in sorted({s.language for s in found}):
        if language in (None, code):
            kept += [asdict(s) for s in found if s.language == code][:n]
    return {"study": str(study.path), "theme_id": theme_id, "n_found": len(found), "suggestions": kept}


def _accepted(
    study: Study, theme_id: str, language: str | None, phrases: list[str], who: str, why: str, *, dry_run: bool,
    as_json: bool,
) -> dict[str, Any]:  # fmt: skip
    from consult.pipeline.codebook_editing import preview_edit, save_edit
    from consult.themes.codebook import load_codebook
    from consult.themes.codebook_edits import PhraseEdit

    if language is None:
        message = "consult codebook suggest --accept: no language was named; a phrase is in one. Add --language de."
        raise UserError(message)
    with shown_progress(quiet=as_json) as progress:
        preview = preview_edit(study, PhraseEdit(theme_id, language, add=tuple(phrases)), progress)
        if not dry_run:
            save_edit(study, preview, who=who or getpass.getuser(), why=why, progress=progress)
    return {
        "study": str(study.path),
        "theme_id": theme_id,
        "language": language,
        "phrases": phrases,
        "saved": not dry_run,
        "version": load_codebook(study.codebook_path).version,
        "passages_gained": len(preview.gained),
        "passages_lost": len(preview.lost),
        "responses_before": preview.n_responses,
        "responses_after": preview.n_responses_after,
    }


@codebook_app.command()
def diff(
    before: Annotated[str, typer.Argument(metavar="A", help="The earlier codebook: a file or a shipped one.")],
    after: Annotated[str | None, typer.Argument(metavar="[B]", help="The later; left out, that of the study.")] = None,
    study: shared.StudyFolder = None,
    as_json: shared.Json = False,
) -> None:
    """Say what changed from one codebook to another, by theme and language; with a study, in its taggings too."""
    from consult.cli import codebook_words
    from consult.themes.codebook import load_codebook
    from consult.themes.codebook_changes import differences

    opened = _study(study)
    first, second = load_codebook(_path(before, None)), load_codebook(_path(after, opened))
    found: dict[str, Any] = {
        "before": f"{first.codebook_id} {first.version}",
        "after": f"{second.codebook_id} {second.version}",
        "differences": [asdict(d) for d in differences(first, second)],
        "same_version": first.version == second.version,
        "study": None,
        "taggings": [],
    }
    if opened is not None and opened.has("passages"):
        from consult.pipeline.themes import tagging_changes

        with shown_progress(quiet=as_json) as progress:
            found |= {"study": str(opened.path), "taggings": tagging_changes(opened, first, second, progress)}
    emit(found, codebook_words.diff_lines, as_json=as_json)


def _study(study: Path | None) -> Study | None:
    """Return the study named, or the current folder's if it is one."""
    if study is not None:
        return Study.open(study)
    return Study.open(Path()) if is_study(Path()) else None


def _path(codebook: str | None, study: Study | None) -> Path:
    from consult.pipeline import find_codebook

    if codebook is not None:
        return find_codebook(codebook)
    if study is None:
        message = "consult codebook: neither a codebook nor a study was named; one is needed. Add --study my-study."
        raise UserError(message)
    if not study.codebook_path.exists():
        message = f"{study.path}: no codebook is in force yet. Start with: consult tag --study {study.path}"
        raise UserError(message)
    return study.codebook_path
