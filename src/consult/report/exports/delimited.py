"""A folder of CSV files that any spreadsheet opens, in every language and without running anything."""

from __future__ import annotations

from typing import Any

import pandas as pd

from consult import schema
from consult.report.exports.cells import neutral
from consult.report.exports.tables import COUNTED, Exported
from consult.report.words import SMALL_HIDDEN

BOM = "utf-8-sig"
NOTE = (
    "CSV files are UTF-8 with a byte order mark, comma-separated, with quotes where needed. A text that a spreadsheet "
    "might take for a formula (it starts with = + - @, a tab or a line break) has an apostrophe in front, which is no "
    "part of the text; a text that already had one there has two. Empty cells are missing values; shares are "
    "between 0 and 1."
)
MASKED = "E-mail addresses, telephone numbers and IBANs are replaced by dots of the same length; offsets stay right."

WITHHELD = "Responses that asked not to be published: {n:,}. They are counted; their words are replaced by dots."
COUNTS_ALONE = "Tables with one row a response are left out, since anyone could count them."


def csv_files(exported: Exported) -> dict[str, bytes]:
    """Return one CSV file a table, and a README."""
    files = {f"{name}.csv": csv_bytes(frame) for name, frame in exported.everything.items()}
    return {**files, "README.txt": readme(exported, NOTE).encode()}


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """Return a table as CSV; texts that might start a formula get an apostrophe in front."""
    safe = frame.assign(**{name: _safe(frame[name]) for name in frame.columns if _textual(frame[name])})
    return safe.to_csv(index=False, date_format="%Y-%m-%dT%H:%M:%S", lineterminator="\r\n").encode(BOM)


def readme(exported: Exported, *notes: str) -> str:
    """Return what each file and column holds, in words."""
    lines = [
        exported.title,
        "=" * len(exported.title),
        "",
        *([exported.about] if exported.about else []),
        *notes,
        *privacy(exported),
        "",
    ]
    for name in exported.tables:
        table = schema.table(name)
        lines += [name, f"  {table.description}"]
        lines += [f"  - {c.name}: {c.description}{' May be empty.' if c.nullable else ''}" for c in table.columns]
        lines.append("")
    for name in exported.counted:
        lines += [name, f"  {COUNTED[name]}", ""]
    return "\n".join(lines)


def privacy(exported: Exported) -> list[str]:
    """Return what was done so that nobody's data leave who did not want it."""
    lines = [MASKED] if exported.masked else []
    if exported.n_withheld:
        lines.append(WITHHELD.format(n=exported.n_withheld))
    if exported.small_hidden:
        lines += [SMALL_HIDDEN, COUNTS_ALONE]
    return lines


def _textual(column: pd.Series) -> bool:
    return not (
        pd.api.types.is_numeric_dtype(column)
        or pd.api.types.is_bool_dtype(column)
        or pd.api.types.is_datetime64_any_dtype(column)
    )


def _safe(column: pd.Series) -> list[Any]:
    return [neutral(value) if isinstance(value, str) else value for value in column]
