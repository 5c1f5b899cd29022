"""Workbooks (XLSX, XLS, ODS) as tables of strings, sheet by sheet."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from consult.errors import UserError
from consult.ingest.batch import Aside, Sheet
from consult.ingest.compound import chains_end

if TYPE_CHECKING:
    from pathlib import Path

_HEADER_SEARCH = 15
_EUSURVEY_ABOVE = 3
_BLOCK = 1 << 22
# What a cell's beginning takes at most: it may be cut where a block ends.
_LONGEST_CELL = 64
_MOST_BYTES = 4_000_000_000
_MOST_CELLS = 300_000_000
# Only rows from 100,000 are looked for; fewer are never too many.
_FAR = 99_999
_FAR_ROW = re.compile(rb'<c [^>]{0,40}?r="[A-Z]{1,3}(\d{6,7})"')
_FAR_COLUMN = re.compile(rb'<c [^>]{0,40}?r="([A-Z]{3})\d')
_ANY_COLUMN = re.compile(rb'<c [^>]{0,40}?r="([A-Z]{1,2})\d')


def read_workbook(path: Path, name: str | None = None) -> list[Sheet]:
    """
    Read the sheets of a workbook that hold a table, each with the heading row found in it.

    Hidden sheets are read like the others and noted. Formulas give the value last computed. Whole
    numbers are written without a decimal point, dates as ISO 8601, truth values as Yes and No.

    Raises:
        UserError: The workbook is broken or encrypted, or no sheet holds anything.
    """
    name = name or path.name
    sheets = []
    for sheet_name, visible, grid, merged in grids_of(path, name):
        sheet = sheet_of_grid(grid, f"{name}, sheet '{sheet_name}'", merged)
        if sheet is None:
            continue
        if not visible:
            note = f"{name}: sheet '{sheet_name}' is hidden in the workbook; it was read like the others."
            sheet = replace(sheet, notes=(note,), hidden=True)
        sheets.append(sheet)
    if not sheets:
        message = f"{name}: no sheet of the workbook holds anything; expected headings and responses."
        raise UserError(message)
    return _stacked(sheets)


def grids_of(path: Path, name: str) -> list[tuple[str, bool, list[list[Any]], list[Any]]]:
    """
    Return each sheet of a workbook: its name, whether it is visible, its cells, and its merged ranges.

    Raises:
        UserError: The workbook is broken or encrypted.
    """
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    _refuse_endless(path, name)
    try:
        book = CalamineWorkbook.from_path(str(path))
        names = [(m.name, m.visible == SheetVisibleEnum.Visible, str(m.typ)) for m in book.sheets_metadata]
        opened = [(n, v, book.get_sheet_by_name(n)) for n, v, _ in names]
        return [(n, v, s.to_python(skip_empty_area=False), s.merged_cell_ranges or []) for n, v, s in opened]
    except (CalamineError, OSError, ValueError) as error:
        if "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
            message = f"{name}: the workbook is protected by a password; save it without one, or export it as CSV."
            raise UserError(message) from error
        message = (
            f"{name}: the workbook cannot be read ({_plain(error)}); expected XLSX, XLS or ODS without a "
            "password. Open it in a spreadsheet program and save it again, or export it as CSV."
        )
        raise UserError(message) from error


def _refuse_endless(path: Path, name: str) -> None:
    """
    Refuse a workbook that a reader would take all memory for: it cannot be stopped halfway.

    Raises:
        UserError: Its sectors run in circles, or it spans more cells than a consultation has.
    """
    with path.open("rb") as stream:
        old = stream.read(4) == b"\xd0\xcf\x11\xe0"
    if old and not chains_end(path):
        message = f"{name}: the workbook is broken (its parts run in circles); save it again, or export it as CSV."
        raise UserError(message)
    if not old and (found := _too_wide(path)):
        message = f"{name}: {found}; delete the rows and columns after the last answer, or export it as CSV."
        raise UserError(message)


def _too_wide(path: Path) -> str | None:
    """Return what is wrong where a sheet has a cell so far out that the cells up to it would not fit in memory."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > _MOST_BYTES:
                return "the workbook unpacks to more than 4 GB"
            for member in archive.namelist():
                if not re.match(r"xl/worksheets/.*\.xml$", member):
                    continue
                row = column = narrow = 0
                block = b""
                with archive.open(member) as stream:
                    while more := stream.read(_BLOCK):
                        block = block[-_LONGEST_CELL:] + more
                        row = max([row, *(int(n) for n in _FAR_ROW.findall(block))])
                        column = max([column, *(_column(c) for c in _FAR_COLUMN.findall(block))])
                        narrow = max([narrow, *(_column(c) for c in set(_ANY_COLUMN.findall(block)))])
                if max(row, _FAR) * (column or narrow) > _MOST_CELLS:
                    return f"'{member}' has cells as far out as row {row}, column {column}"
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, ValueError, EOFError, zlib.error):
        return None  # the reader says what is wrong with it
    return None


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _stacked(sheets: list[Sheet]) -> list[Sheet]:
    """Stack sheets with the same headings: a long table that was cut into several."""
    result: list[Sheet] = []
    for sheet in sheets:
        twin = next((i for i, s in enumerate(result) if s.headings == sheet.headings), None)
        if twin is None:
            result.append(sheet)
            continue
        first = result[twin]
        later = tuple(replace(a, row=a.row + first.n_rows if a.row else None) for a in sheet.asides)
        note = f"{sheet.name}: has the headings of {first.name} and was read as its continuation."
        result[twin] = replace(
            first,
            cells=pd.concat([first.cells, sheet.cells], ignore_index=True),
            rows=np.concatenate([first.rows, sheet.rows + first.n_rows]),
            n_rows=first.n_rows + sheet.n_rows,
            asides=(*first.asides, *later),
            notes=(*first.notes, *sheet.notes, note),
        )
    return result


def _plain(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def cell_text(value: Any) -> str:
    """Write a cell's value as a person would read it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    return str(value)


def find_header(grid: list[list[str]]) -> int:
    """
    Find the heading row: the first with at least half as many filled cells as the fullest near the top.

    Preambles (a title, an export date) have one or two cells; EUSurvey writes three such rows, and may ask no
    more than two questions below them.
    """
    if [row[:1] for row in grid[:2]] == [["Alias"], ["Export Date"]] and len(grid) > _EUSURVEY_ABOVE:
        return _EUSURVEY_ABOVE
    head = grid[:_HEADER_SEARCH]
    filled = [sum(bool(c.strip()) for c in row) for row in head]
    most = max(filled, default=0)
    for i, n in enumerate(filled):
        if n and n >= max(1, most / 2):
            return i
    return 0


def sheet_of_grid(grid: list[list[Any]], name: str, merged: list[Any]) -> Sheet | None:
    """Find the headings in a sheet's cells and make a table of what is below; None where nothing is there."""
    rows = [[cell_text(v) for v in row] for row in grid]
    while rows and not any(c.strip() for c in rows[-1]):
        rows.pop()
    if not rows:
        return None
    first, start = _heading_rows(rows, merged)
    width = max(len(r) for r in rows[first:])
    headings = _joined_headings(rows, first, start, width, merged)
    below = rows[start + 1 :]
    while width and not headings[width - 1].strip() and not any(r[width - 1].strip() for r in below if len(r) >= width):
        width -= 1
    body = [r[:width] + [""] * (width - len(r)) for r in below]
    above = tuple(" ".join(c.strip() for c in row if c.strip()) for row in rows[:first])
    return replace(sheet_of(name, headings[:width], body), preamble=above)


def _heading_rows(rows: list[list[str]], merged: list[Any]) -> tuple[int, int]:
    """
    Find the first and last row of the headings.

    A title merged over several columns stands above the headings of its parts (a matrix question); cells
    merged downwards stand beside them.
    """
    start = find_header(rows)
    last = start
    for (top, left), (bottom, right) in merged:
        if top == start and bottom < len(rows) - 1:
            last = max(last, bottom if bottom > top else start + (right > left))
        elif top == start - 1 and right > left and bottom == top and len(rows[top]) > right + 1:
            if left == 0 and sum(bool(c.strip()) for c in rows[top]) == 1:
                continue  # the title of the whole sheet
            return start - 1, last
    return start, min(last, len(rows) - 1)


def _joined_headings(rows: list[list[str]], first: int, last: int, width: int, merged: list[Any]) -> list[str]:
    block = [row + [""] * (width - len(row)) for row in rows[first : last + 1]]
    if len(block) == 1:
        return block[0]
    for (top, left), (bottom, right) in merged:
        if first <= top <= last:
            for i in range(top, min(bottom, last) + 1):
                for j in range(left, min(right, width - 1) + 1):
                    block[i - first][j] = rows[top][left]
    return [": ".join(dict.fromkeys(c.strip() for c in column if c.strip())) for column in zip(*block, strict=True)]


def sheet_of(name: str, headings: list[str], body: list[list[str]], notes: tuple[str, ...] = ()) -> Sheet:
    """Make a sheet of lists of strings; rows without anything in them are set aside."""
    full = np.array([any(c.strip() for c in row) for row in body], dtype=bool)
    numbers = np.arange(1, len(body) + 1, dtype=np.int64)
    kept = [row for row, keep in zip(body, full, strict=True) if keep]
    columns = list(zip(*kept, strict=True)) if kept else [()] * len(headings)
    cells = pd.DataFrame({i: pd.Series(list(c), dtype="str") for i, c in enumerate(columns)})
    asides = tuple(Aside(int(n), "row", "every cell of the row is empty") for n in numbers[~full])
    return Sheet(name, tuple(headings), cells, numbers[full], len(body), asides, notes)
