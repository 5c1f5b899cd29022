"""Exports: a study as files for other programs. No names of private persons, personal data masked unless asked."""

from __future__ import annotations

from pathlib import Path

from consult.errors import UserError
from consult.measures import Selection
from consult.report.exports import columnar, delimited, files, package, refi, themefinder, workbook
from consult.report.exports.tables import gather
from consult.study import RUNS, Study
from consult.themes.codebook import Codebook, load_codebook
from consult.translation import later

FORMATS = {
    "csv": later("a folder of CSV files"),
    "xlsx": later("one workbook"),
    "parquet": later("a folder of Parquet files"),
    "jsonl": later("a folder of JSON Lines files"),
    "qdc": later("the codebook, REFI-QDA"),
    "qdpx": later("the project with sources and codings, REFI-QDA"),
    "themefinder": later("a folder for i.AI's ThemeFinder and Consult"),
    "package": later("a ZIP with everything, described and with checksums (Frictionless)"),
}
WHOLE_IN = ("qdc", "package")
"""Formats that hold no responses, or all: a package gives the whole study again."""
COUNTS_IN = ("csv", "xlsx", "parquet", "jsonl")
"""Formats that can hold counts alone."""
DECISIONS = ("edits.jsonl", "verdicts.jsonl", "audits.jsonl")
"""What people decided, replayed by the stages and the claims."""
NEVER = "1970-01-01T00:00:00+00:00"

__all__ = ["FORMATS", "export"]


def export(
    study: Study,
    form: str,
    out: Path,
    *,
    unmasked: bool = False,
    small_hidden: bool = False,
    selection: Selection | None = None,
) -> None:
    """
    Write a study as one of `FORMATS`.

    Args:
        study: A study that has been ingested.
        form: A key of `FORMATS`.
        out: The file, or for csv, parquet, jsonl and themefinder the folder, to write.
        unmasked: Leave e-mail addresses, telephone numbers and IBANs in texts as they are.
        small_hidden: Write counts only, those under 10 hidden and the others rounded to 5; for `COUNTS_IN`.
        selection: Which responses to write, whatever its campaign view; for all formats but `WHOLE_IN`. None for the
            whole study.

    Raises:
        UserError: The format is unknown, holds responses one by one or cannot hold a part, the study is empty, the
            selection keeps nothing, or the place cannot be written to.
    """
    _check(form, selection, small_hidden=small_hidden)
    if form == "qdc":
        files.write_file(out, refi.codebook_xml(_needed(study)))
        return
    exported = gather(study, unmasked=unmasked, small_hidden=small_hidden, selection=selection)
    if form == "csv":
        files.write_folder(out, delimited.csv_files(exported))
    elif form == "parquet":
        files.write_folder(out, columnar.parquet_files(exported))
    elif form == "jsonl":
        files.write_folder(out, columnar.json_lines_files(exported))
    elif form == "themefinder":
        files.write_folder(out, themefinder.themefinder_files(exported))
    elif form == "xlsx":
        files.write_file(out, workbook.workbook_bytes(exported, _codebook(study)))
    elif form == "qdpx":
        made_at = next((str(run["ended"]) for run in reversed(study.runs()) if "ended" in run), NEVER)
        files.write_file(out, refi.project_archive(exported, _codebook(study), made_at))
    else:
        texts = {
            package.SETTINGS: _settings(study),
            "codebook.yaml": study.codebook_path.read_text(encoding="utf-8") if study.codebook_path.exists() else "",
            "claims.yaml": study.claims_text(),
            "consultation.txt": study.own_text(),
        }
        records = {name: study.lines(name) for name in (RUNS, *DECISIONS)}
        files.write_file(out, package.package_archive(exported, texts=texts, records=records))


def _check(form: str, selection: Selection | None, *, small_hidden: bool) -> None:
    if form not in FORMATS:
        message = f"--format {form}: there is no such format; allowed are {', '.join(FORMATS)}. Choose one of them."
        raise UserError(message)
    if small_hidden and form not in COUNTS_IN:
        message = (
            f"--hide-small: {form} holds responses one by one, so that anyone could count them; allowed are "
            f"{', '.join(COUNTS_IN)}. Choose one of them."
        )
        raise UserError(message)
    if form in WHOLE_IN and selection is not None and selection.filtered:
        message = f"{form}: it holds the whole study; a part was chosen. Take the filters away, or use another format."
        raise UserError(message)


def _settings(study: Study) -> str:
    """Return the settings that a run depends on."""
    import tomlkit

    settings = study.settings()
    return tomlkit.dumps({"title": settings.get("title", ""), "run": settings.get("run", {})})


def _codebook(study: Study) -> Codebook | None:
    return load_codebook(study.codebook_path) if study.codebook_path.exists() else None


def _needed(study: Study) -> Codebook:
    codebook = _codebook(study)
    if codebook is None:
        message = (
            f"{study.path}: the study has no codebook; one is needed. "
            "Put one in force with: consult tag --codebook FILE"
        )
        raise UserError(message)
    return codebook
