"""What leaves the tool: reports and exports."""

from __future__ import annotations

from pathlib import Path

from consult.errors import UserError
from consult.measures import Corpus, Selection
from consult.report.content import build
from consult.report.exports import export
from consult.report.exports.files import write_file
from consult.report.html import render_html, write_html_report
from consult.report.quotes import Quotable
from consult.report.sections.sheet import sheet
from consult.report.word import render_docx, write_docx_report
from consult.study import Study
from consult.translation import speaking

FORMATS = ("html", "docx")

__all__ = ["FORMATS", "Quotable", "export", "write_docx_report", "write_html_report", "write_report"]


def write_report(
    study: Study,
    form: str | None = None,
    out: Path | None = None,
    *,
    template: Path | None = None,
    theme: str | None = None,
    language: str = "en",
    small_hidden: bool = False,
    selection: Selection | None = None,
    corpus: Corpus | None = None,
) -> Path:
    """
    Write the report of a study.

    Args:
        study: A study that has been run.
        form: ``html`` or ``docx``; None takes it from the file's name, html where that says nothing.
        out: The file; None is ``report.html`` or ``report.docx`` in the current folder.
        template: A template of one's own; see `write_html_report` and `write_docx_report`.
        theme: Id or name of a theme: only the sheet of this theme is written, on one page or two.
        language: Language of the report's own words, one of `translation.LANGUAGES`; quotes stay as they are.
        small_hidden: Hide counts under 10 and round the others to 5, and say so.
        selection: Which responses the report is about, under which campaign view; None for the whole study.
        corpus: Its tables for counting, where they were read already.

    Returns:
        The file written.

    Raises:
        UserError: The format or language is unknown, the study is empty, the selection keeps nothing, or the file or
            template is at fault.
    """
    ending = out.suffix.lower().removeprefix(".") if out else ""
    chosen = form or (ending if ending in FORMATS else "html")
    if chosen not in FORMATS:
        message = f"--format {chosen}: there is no such format; allowed are {', '.join(FORMATS)}. Choose one of them."
        raise UserError(message)
    target = out or Path(f"report.{chosen}")
    if template is not None and not template.is_file():
        message = f"--template {template}: there is no such file; expected a template. Check the path."
        raise UserError(message)
    with speaking(language):
        content = (
            sheet(study, theme, small_hidden=small_hidden, selection=selection, corpus=corpus)
            if theme
            else build(study, small_hidden=small_hidden, selection=selection, corpus=corpus)
        )
    if chosen == "html":
        write_file(target, render_html(content, template=template).encode())
    else:
        write_file(target, render_docx(content, template=template))
    return target
