"""Copies of sources without the names of private persons, so that a study holds none."""

from __future__ import annotations

import csv
import json
import re
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from consult.errors import UserError
from consult.ingest.archives import unpack
from consult.ingest.canonical import stakeholder_type
from consult.ingest.delimited import open_records
from consult.ingest.encodings import decode, find_encoding, open_text
from consult.ingest.headings import labels, tidy
from consult.ingest.markup import grids_of_markup
from consult.ingest.material import holds_table, shape_of
from consult.ingest.workbooks import cell_text, grids_of, sheet_of_grid

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_CITIZENS = ("citizen_eu", "citizen_non_eu")


@dataclass(frozen=True)
class Private:
    """
    Which columns of a source say who a person is.

    Attributes:
        persons: Headings of names and contact details.
        kinds: Headings of the respondent's type; where it is a citizen, the organisation is private too.
        organisations: Headings of the organisation.
    """

    persons: frozenset[str]
    kinds: frozenset[str] = frozenset()
    organisations: frozenset[str] = frozenset()

    def without(self, headings: Sequence[str]) -> Callable[[Sequence[str]], list[str]]:
        """Return a function that empties the private cells of a row."""
        names = labels(headings)
        always = {i for i, n in enumerate(names) if n in self.persons}
        kinds = [i for i, n in enumerate(names) if n in self.kinds]
        citizens = always | {i for i, n in enumerate(names) if n in self.organisations}

        @cache
        def is_citizen(kind: str) -> bool:
            return stakeholder_type(kind.strip()) in _CITIZENS

        def blanked(row: Sequence[str]) -> list[str]:
            citizen = any(i < len(row) and is_citizen(row[i]) for i in kinds)
            hidden = citizens if citizen else always
            return ["" if i in hidden else cell for i, cell in enumerate(row)]

        return blanked


def copy_without_names(path: Path, folder: Path, private: Private) -> Path:
    """
    Write a copy of a source without the names of private persons, and return where it is.

    Tables keep every row and column, their private cells empty; workbooks become XLSX, merged cells apart.
    Documents stay as they are.

    Args:
        path: File, folder or ZIP archive.
        folder: An empty folder to write it to.
        private: Which columns to empty.
    """
    if path.is_dir():
        target = folder / path.name
        shutil.copytree(path, target, symlinks=False)
        for file in sorted(p for p in target.rglob("*") if p.is_file()):
            _replaced(file, private)
        return target
    target = folder / path.name
    shutil.copyfile(path, target)
    return _replaced(target, private)


def _replaced(path: Path, private: Private) -> Path:
    """Write a file's copy in its place; a workbook gets the name of its new format."""
    try:
        if not holds_table(path):
            return path
        with path.open("rb") as stream:
            shape = shape_of(stream.read(65_536), path)
        write = _WRITERS.get(shape)
        if write is None:
            return path
        new = path.with_name(f"{path.name}.new")
        write(path, new, private)
    except UserError:
        # What cannot be read was not read either; a copy might hold names.
        path.unlink()
        return path
    path.unlink()
    return new.rename(path.with_suffix(".xlsx") if shape in ("workbook", "markup") else path)


def _delimited(path: Path, new: Path, private: Private) -> None:
    with open_records(path, path.name) as (records, _), new.open("w", encoding="utf-8-sig", newline="") as sink:
        stream = iter(records)
        headings = next(stream, [])
        records.width = len(headings) if len(headings) > 1 else None
        blanked = private.without(headings)
        writer = csv.writer(sink, delimiter=records.delimiter)
        writer.writerow(headings)
        writer.writerows(_encodable(blanked(row)) for row in stream)


def _encodable(row: list[str]) -> list[str]:
    return [cell.encode("utf-8", "replace").decode() for cell in row]


def _workbook(path: Path, new: Path, private: Private) -> None:
    _write_book(new, [(name, grid, merged) for name, _, grid, merged in grids_of(path, path.name)], private)


def _markup(path: Path, new: Path, private: Private) -> None:
    _write_book(new, [(name, grid, []) for name, grid in grids_of_markup(path, path.name)], private)


def _write_book(new: Path, grids: Sequence[tuple[str, list[list[Any]], list[Any]]], private: Private) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(str(new), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        for n, (name, grid, merged) in enumerate(grids, 1):
            page = book.add_worksheet(re.sub(r"[][:*?/\\']", " ", name)[:25] + f" {n}" if len(grids) > 1 else None)
            sheet = sheet_of_grid(grid, name, merged)
            if sheet is None:
                continue
            blanked = private.without(sheet.headings)
            first = len(sheet.preamble)
            for i, row in enumerate(grid):
                texts = [cell_text(value) for value in row]
                for j, text in enumerate(blanked(texts) if i > first else texts):
                    page.write_string(i, j, text[:32_767])


def _json(path: Path, new: Path, private: Private) -> None:
    text, _ = decode(path.read_bytes(), path.name)
    new.write_text(json.dumps(_walked(json.loads(text.lstrip("\ufeff")), private)), encoding="utf-8")


def _json_lines(path: Path, new: Path, private: Private) -> None:
    with open_text(path, find_encoding(path)) as stream, new.open("w", encoding="utf-8") as sink:
        for line in stream:
            try:
                record = _walked(json.loads(line.lstrip("\ufeff")), private)
            except (ValueError, RecursionError):
                continue
            sink.write(json.dumps(record) + "\n")


def _walked(value: Any, private: Private) -> Any:
    if isinstance(value, list):
        return [_walked(item, private) for item in value]
    if not isinstance(value, dict):
        return value
    kinds = (stakeholder_type(str(v)) for k, v in value.items() if tidy(str(k)) in private.kinds)
    citizen = any(kind in _CITIZENS for kind in kinds)
    columns = private.persons | (private.organisations if citizen else frozenset())
    hidden = columns | {column.rsplit(".", 1)[-1] for column in columns}
    return {k: None if tidy(str(k)) in hidden else _walked(v, private) for k, v in value.items()}


def _parquet(path: Path, new: Path, private: Private) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    names = labels(table.column_names)
    citizens = [False] * table.num_rows
    for i, name in enumerate(names):
        if name in private.kinds:
            citizens = [stakeholder_type(str(value)) in _CITIZENS for value in table.column(i).to_pylist()]
    for i, name in enumerate(names):
        column = table.column(i)
        if name in private.persons:
            column = pa.nulls(table.num_rows, column.type)
        elif name in private.organisations:
            values = zip(column.to_pylist(), citizens, strict=True)
            column = pa.array([None if citizen else value for value, citizen in values], column.type)
        table = table.set_column(i, table.field(i), column)
    pq.write_table(table, new)


def _archive(path: Path, new: Path, private: Private) -> None:
    folder = new.with_name(f"{new.name}.folder")
    folder.mkdir()
    unpack(path, folder)
    for file in sorted(p for p in folder.rglob("*") if p.is_file()):
        _replaced(file, private)
    Path(shutil.make_archive(str(new), "zip", folder)).rename(new)
    shutil.rmtree(folder)


_WRITERS: dict[str, Callable[[Path, Path, Private], None]] = {
    "delimited": _delimited, "workbook": _workbook, "markup": _markup, "json": _json, "jsonl": _json_lines,
    "parquet": _parquet, "archive": _archive,
}  # fmt: skip
