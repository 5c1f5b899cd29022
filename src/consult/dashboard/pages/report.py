"""Report and export: what leaves the dashboard."""

from __future__ import annotations

import io
import tempfile
import zipfile
from functools import partial
from pathlib import Path

import streamlit as st

from consult import measures
from consult.dashboard import help as helps
from consult.dashboard import reading
from consult.dashboard.downloads import download, file_name
from consult.dashboard.filters import filter_bar
from consult.dashboard.frame import study_page
from consult.dashboard.loaders import Loaded
from consult.report import exports, write_report
from consult.translation import LANGUAGES, later, say, speaking, spoken

REPORTS = {
    "html": (later("Report (HTML)"), "text/html"),
    "docx": (later("Report (Word)"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
}
ENDINGS = {"package": "zip"}


@study_page(
    later("Report and export"), later("Take the findings and the tables with you. Files are made on this computer.")
)
def report_page(loaded: Loaded) -> None:
    """Offer the report and the exports."""
    selection = filter_bar(loaded.corpus)
    reading.heading(say("The report"))
    if measures.select(loaded.corpus, selection).n:
        _reports(loaded, selection)
        _tables(loaded, selection)
    else:
        reading.line(say("No response fits. Take a filter away."), kind="problem")


def _reports(loaded: Loaded, selection: measures.Selection) -> None:
    part = not selection.whole
    about = say("It is about the responses chosen above, and says so.") if part else say("It is about the whole study.")
    use = say("It opens without a network. HTML is for a browser and for printing, Word for going on writing.")
    reading.line(f"{about} {use}")
    language = st.selectbox(
        say("Language of the report"), list(LANGUAGES), index=list(LANGUAGES).index(spoken()), key="report_language",
        format_func=LANGUAGES.__getitem__,
    )  # fmt: skip
    themes = dict(zip(loaded.table("themes")["theme_id"], loaded.table("themes")["name"], strict=True))
    theme = st.selectbox(
        say("What it holds"), ["", *themes], key="report_theme",
        format_func=lambda t: say("One theme: {theme}", theme=themes[t]) if t else say("The whole report"),
    )  # fmt: skip
    small_hidden = st.checkbox(say("Hide counts under 10, and round the others to 5"), key="report_small")
    with st.container(horizontal=True):
        for form, (label, mime) in REPORTS.items():
            more = {"part": part, language: language != "en", "small hidden": small_hidden}
            name = file_name(theme, *(word for word, given in more.items() if given), loaded.title, suffix=form)
            make = partial(_report, loaded, form, language, theme, selection, small_hidden=small_hidden)
            download(say(label), make, name, mime, f"report_{form}", primary=True)


def _tables(loaded: Loaded, selection: measures.Selection) -> None:
    reading.heading(say("The tables"))
    form = st.selectbox(say("Format"), list(exports.FORMATS), key="report_format", format_func=_format_words)
    part = selection.filtered and form not in exports.WHOLE_IN
    about = say("They hold the whole study.")
    if selection.filtered:
        chosen = say("They hold the responses chosen above, every letter of a campaign among them, and say so.")
        about = chosen if part else say("This format holds the whole study, whatever is chosen above.")
    names = say("Names of private persons are not in the study. Formulas are kept as text.")
    reading.line(f"{about} {helps.text('masked')} {names}")
    ending = ENDINGS.get(form, form if form in ("xlsx", "qdc", "qdpx") else "zip")
    name = file_name(form, *(["part"] if part else []), loaded.title, suffix=ending)
    make = partial(_export, loaded, form, selection if part else measures.Selection())
    download(say("Export"), make, name, "application/octet-stream", f"report_export_{form}")


def _format_words(form: str) -> str:
    return f"{form}: {say(exports.FORMATS[form])}"


def _report(
    loaded: Loaded, form: str, language: str, theme: str, selection: measures.Selection, *, small_hidden: bool
) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return write_report(
            loaded.study, form, Path(folder) / f"report.{form}", language=language, theme=theme or None,
            small_hidden=small_hidden, selection=selection, corpus=loaded.corpus,
        ).read_bytes()  # fmt: skip


def _export(loaded: Loaded, form: str, selection: measures.Selection) -> bytes:
    with tempfile.TemporaryDirectory() as folder, speaking("en"):  # data are the same whatever the page's language
        target = Path(folder) / "export"
        exports.export(loaded.study, form, target, selection=selection)
        if target.is_file():
            return target.read_bytes()
        return zipped(target)


def zipped(folder: Path) -> bytes:
    """Return a folder's files as a ZIP, in the order of their names."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            archive.write(path, path.relative_to(folder).as_posix())
    return held.getvalue()
