"""Report and export: what leaves the dashboard."""

from __future__ import annotations

import tempfile
from pathlib import Path

import streamlit as st

from consult import measures, schema
from consult.dashboard import help as helps
from consult.dashboard import reading
from consult.dashboard.downloads import csv_bytes, download, file_name
from consult.dashboard.frame import study_page
from consult.dashboard.loaders import Loaded
from consult.report import write_html_report
from consult.text.privacy import mask

MASKED = {"answers": ("text",), "documents": ("text",), "passages": ("text",)}


@study_page("Report and export", "Take the findings and the tables with you. Files are made on this computer.")
def report_page(loaded: Loaded) -> None:
    """Offer the report and the tables."""
    reading.line(measures.select(loaded.corpus).showing(), kind="showing")
    reading.line("The report and the tables hold the whole study; filters do not apply here.")
    reading.heading("The report")
    reading.line("One HTML file that opens in any browser, without a network, and prints well.")
    download(
        "Report (HTML)", lambda: _report(loaded), file_name(loaded.title, suffix="html"), "text/html", "report_html"
    )
    reading.heading("The tables")
    reading.line(
        f"Every table of the study as CSV. {helps.text('masked')} Cells that look like formulas are kept as text."
    )
    names = [name for name in schema.TABLES if loaded.study.has(name)]
    if not names:
        reading.line("There are no tables yet.")
        return
    name = st.selectbox(
        "Table", names, key="report_table", index=names.index("responses") if "responses" in names else 0,
    )  # fmt: skip
    reading.line(schema.table(name).description)
    download(f"CSV of {name}", lambda: _table(loaded, name), f"{name}.csv", "text/csv", f"report_csv_{name}")


def _report(loaded: Loaded) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.html"
        write_html_report(loaded.study, path)
        return path.read_bytes()


def _table(loaded: Loaded, name: str) -> bytes:
    frame = loaded.table(name)
    hidden = {column: [mask(text) for text in frame[column]] for column in MASKED.get(name, ())}
    return csv_bytes(frame.assign(**hidden))
