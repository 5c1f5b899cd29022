"""What lies at a path: a table, records, a folder, a document. Decided from its bytes, not its name."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from consult.errors import UserError
from consult.ingest.cells import MAIL_ADDRESS
from consult.ingest.delimited import SEPARATOR, read_delimited
from consult.ingest.encodings import decode
from consult.ingest.markup import is_markup_table, read_markup
from consult.ingest.records import is_docling, read_json, read_json_lines, read_parquet
from consult.ingest.workbooks import read_workbook

if TYPE_CHECKING:
    from pathlib import Path

    from consult.ingest.batch import Sheet

Shape = Literal["table", "json", "folder", "paper", "archive"]
TABLE_SUFFIXES = frozenset(".csv .tsv .tab .xlsx .xlsm .xls .xlsb .ods .json .jsonl .ndjson .parquet .zip".split())
_PAPERS = frozenset(".pdf .docx .doc .odt .rtf .htm .html .txt .eml".split())
_JSON_START = re.compile(r'\[\s*[\[{"\]\d]|\{\s*["}]|\[\s*$|\{\s*$')
_HEADING_CODE = re.compile(
    r"(?:ident|q|question|v|var|col|column|f|field|item)?[ ._-]?\d+[a-z]?(?:[._-]\d+)*", re.IGNORECASE
)
_NO_HEADING = re.compile(
    r"\d{4}[-/]\d\d?[-/]\d\d?(?:[T ]\d\d:\d\d.*)?|\d\d?[./]\d\d?[./]\d{4}(?: \d\d?:\d\d.*)?|" + MAIL_ADDRESS
)
_TABLES = frozenset(".csv .tsv .tab".split())


@dataclass(frozen=True)
class Material:
    """A source opened: its shape and what is in it."""

    path: Path
    name: str
    shape: Shape
    sheets: tuple[Sheet, ...] = ()
    data: Any = None
    workbook: bool = False
    lines: bool = False


def open_material(path: Path, name: str | None = None, *, limit: int | None = None) -> Material:
    """
    Open a source.

    Args:
        path: File or folder.
        name: What to call it in messages; its own name where absent.
        limit: Read so many rows of a delimited text only.

    Raises:
        UserError: It does not exist, is empty, or cannot be read.
    """
    name = name or path.name or str(path)
    if not path.exists():
        message = f"{path}: there is no such file or folder; check the spelling of the path."
        raise UserError(message)
    if path.is_dir():
        return Material(path, name, "folder")
    head = _head(path, name)
    shape = shape_of(head, path)
    if shape in ("workbook", "markup"):
        read = read_workbook if shape == "workbook" else read_markup
        return Material(path, name, "table", tuple(under_codes(s) for s in read(path, name)), workbook=True)
    if shape == "json":
        return Material(path, name, "json", data=read_json(path, name))
    sheet: Sheet | None = None
    if shape in ("parquet", "jsonl"):
        sheet = read_parquet(path, name) if shape == "parquet" else read_json_lines(path, name)
    elif shape == "delimited":
        sheet = replace(under_codes(with_headings(read_delimited(path, name, limit=limit))), name=name)
    if sheet is not None:
        return Material(path, name, "table", (sheet,), lines=shape == "jsonl")
    return Material(path, name, "archive" if shape == "archive" else "paper")


def _head(path: Path, name: str) -> bytes:
    """Return the first bytes of a file that holds something, and is not packed."""
    try:
        with path.open("rb") as stream:
            head = stream.read(65_536)
    except OSError as error:
        message = f"{path}: cannot be opened ({error.strerror}); check its permissions."
        raise UserError(message) from error
    if not head:
        message = f"{name}: the file is empty; expected a heading row and at least one response."
        raise UserError(message)
    if head.startswith(b"\x1f\x8b"):
        message = f"{name}: the file is compressed (gzip); unpack it and give the file that is in it."
        raise UserError(message)
    return head


def with_headings(sheet: Sheet) -> Sheet:
    """
    Number the columns where the first row is a response rather than headings: it holds a date or e-mail address.

    That row is then the first response.
    """
    if len(sheet.headings) < 2 or not any(_NO_HEADING.fullmatch(h.strip()) for h in sheet.headings):
        return sheet
    first = pd.DataFrame({i: pd.Series([h], dtype=sheet.cells[i].dtype) for i, h in enumerate(sheet.headings)})
    headings = tuple(f"column {i + 1}" for i in range(len(sheet.headings)))
    note = f"{sheet.name}: the first row is a response, not headings; the columns are numbered instead."
    return replace(
        sheet, headings=headings, cells=pd.concat([first, sheet.cells], ignore_index=True),
        rows=np.concatenate([[1], sheet.rows + 1]), n_rows=sheet.n_rows + 1, notes=(*sheet.notes, note),
        asides=tuple(replace(a, row=a.row + 1 if a.row else None) for a in sheet.asides),
    )  # fmt: skip


def under_codes(sheet: Sheet) -> Sheet:
    """
    Take the questions from the first row where the headings are codes (Ident 1, Q2_1) and it holds the texts.

    That row is a second heading, so it is not counted as a row.
    """
    if len(sheet.rows) < 2 or sheet.rows[0] != 1 or len(sheet.headings) < 2:
        return sheet
    first = [str(sheet.cells[i].iloc[0]) for i in range(len(sheet.headings))]
    coded = [bool(_HEADING_CODE.fullmatch(h.strip())) for h in sheet.headings]
    texts = [t for t, code in zip(first, coded, strict=True) if code and t.strip()]
    if sum(coded) < 0.6 * len(coded) or len(texts) < 0.8 * sum(coded) or len(set(texts)) < len(texts):
        return sheet
    asks = sum(t.rstrip().endswith(("?", ":")) for t in texts)
    if asks < 0.3 * len(texts):
        return sheet
    headings = tuple(t if code and t.strip() else h for h, t, code in zip(sheet.headings, first, coded, strict=True))
    note = f"{sheet.name}: the first row holds the questions under coded headings; it was read as the heading row."
    asides = tuple(replace(a, row=a.row - 1 if a.row else None) for a in sheet.asides)
    return replace(
        sheet, headings=headings, cells=sheet.cells.iloc[1:].reset_index(drop=True), rows=sheet.rows[1:] - 1,
        n_rows=sheet.n_rows - 1, asides=asides, notes=(*sheet.notes, note),
    )  # fmt: skip


def shape_of(head: bytes, path: Path) -> str:
    """Return what a file's first bytes say it is: delimited, workbook, markup, json, jsonl, parquet …."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_shape(path)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return "workbook"
    if head.startswith(b"PAR1"):
        return "parquet"
    if b"%PDF" in head[:1024] or head.startswith(b"{\\rtf"):
        return "paper"
    text, _ = decode(head, path.name)
    start = text.lstrip("\ufeff \r\n\t")
    suffix = path.suffix.lower()
    if is_markup_table(start, suffix):
        return "markup"
    if is_docling(start) or re.match(r"<!doctype html|<html|<head|<body|<\?xml", start[:200].lower()):
        return "paper"
    if suffix not in _TABLES and re.match(_JSON_START, start):
        return "jsonl" if _json_lines(start, path) else "json"
    if suffix in _PAPERS and not _tabular(start):
        return "paper"
    if suffix in (".json", ".jsonl", ".ndjson"):
        return "jsonl" if _json_lines(start, path) else "json"
    return "delimited"


def _json_lines(start: str, path: Path) -> bool:
    lines = [line for line in start.split("\n") if line.strip()]
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        return bool(lines) and lines[0].lstrip().startswith("{")
    if len(lines) > 1 and _is_object(lines[0]):
        return True
    return len(lines) > 1 and all(re.match(r"\s*\{.*\}\s*$", line) for line in lines[: max(1, min(5, len(lines) - 1))])


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _tabular(start: str, delimiters: str = "\t;") -> bool:
    """Whether a text without a table's name is one: several records, nearly all with the same delimiters."""
    # Old files of a Mac end their lines with a carriage return.
    lines = re.split(r"\r\n|\r|\n", start)[:200]
    told = SEPARATOR.fullmatch(lines[0].strip())
    if told:
        lines, delimiters = lines[1:], told[1]
    for delimiter in delimiters:
        widths = [len(r) for r in csv.reader(lines[: max(1, len(lines) - 1)], delimiter=delimiter) if r]
        if len(widths) > 2 and widths[0] > 2 and sum(w == widths[0] for w in widths) > 0.8 * len(widths):
            return True
    return False


def _zip_shape(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            kind = archive.read("mimetype")[:80] if "mimetype" in names else b""
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, ValueError):
        message = f"{path.name}: the archive or workbook is broken; download or save it again."
        raise UserError(message) from None
    if any(re.match(r"xl/workbook\w*\.(?:xml|bin)$", n) for n in names) or b"spreadsheet" in kind:
        return "workbook"
    # Presentations and other packages of Office are documents, though none that can be read.
    if {"word/document.xml", "[Content_Types].xml"} & names or b"opendocument" in kind or b"epub" in kind:
        return "paper"
    return "archive"


def holds_table(path: Path) -> bool:
    """
    Whether a file in a folder is a table or records rather than a document.

    Known by its name where that says so; a text file or one of an unknown kind by what is in it.
    """
    suffix = path.suffix.lower()
    if suffix in TABLE_SUFFIXES - {".json"}:
        return True
    if suffix in _PAPERS and suffix != ".txt":
        return False
    with path.open("rb") as stream:
        head = stream.read(65_536)
    if suffix == ".json":
        return not is_docling(head[:2000].decode("utf-8", "replace").lstrip("\ufeff \r\n\t"))
    try:
        shape = shape_of(head, path) if head else "paper"
    except UserError:
        return False
    if shape != "delimited":
        return shape in ("workbook", "markup", "parquet", "jsonl", "json", "archive")
    text, _ = decode(head, path.name)
    return "\x00" not in text and _tabular(text, ",\t;")
