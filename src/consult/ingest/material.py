"""What lies at a path: a table, records, a folder, a document. Decided from its bytes, not its name."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from consult.errors import UserError
from consult.ingest.delimited import read_delimited
from consult.ingest.encodings import decode
from consult.ingest.records import read_json, read_json_lines, read_parquet
from consult.ingest.workbooks import read_workbook

if TYPE_CHECKING:
    from pathlib import Path

    from consult.ingest.batch import Sheet

Shape = Literal["table", "json", "folder", "paper", "archive"]
_PAPERS = frozenset(".pdf .docx .doc .odt .rtf .htm .html .txt .eml".split())
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
    try:
        with path.open("rb") as stream:
            head = stream.read(65_536)
    except OSError as error:
        message = f"{path}: cannot be opened ({error.strerror}); check its permissions."
        raise UserError(message) from error
    if not head:
        message = f"{name}: the file is empty; expected a heading row and at least one response."
        raise UserError(message)
    shape = _shape(head, path)
    if shape == "workbook":
        return Material(path, name, "table", tuple(read_workbook(path, name)), workbook=True)
    if shape == "parquet":
        return Material(path, name, "table", (read_parquet(path, name),))
    if shape == "jsonl":
        return Material(path, name, "table", (read_json_lines(path, name),))
    if shape == "json":
        return Material(path, name, "json", data=read_json(path, name))
    if shape == "delimited":
        sheet = read_delimited(path, name, limit=limit)
        return Material(path, name, "table", (replace(sheet, name=name),))
    return Material(path, name, "archive" if shape == "archive" else "paper")


def _shape(head: bytes, path: Path) -> str:
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
    if re.match(r"<!doctype html|<html|<head|<body", start[:200].lower()):
        return "paper"
    if suffix not in _TABLES and re.match(r"[\[{]", start):
        return "jsonl" if _json_lines(start) else "json"
    if suffix in _PAPERS and not _tabular(start):
        return "paper"
    if suffix in (".json", ".jsonl", ".ndjson"):
        return "jsonl" if _json_lines(start) else "json"
    return "delimited"


def _json_lines(start: str) -> bool:
    lines = [line for line in start.split("\n") if line.strip()]
    return len(lines) > 1 and all(re.match(r"\s*\{.*\}\s*$", line) for line in lines[: max(1, min(5, len(lines) - 1))])


def _tabular(start: str) -> bool:
    """Whether a text without a table's name is one: several lines, all with the same tabs or semicolons."""
    lines = [line for line in start.split("\n") if line.strip()][:20]
    return len(lines) > 2 and any(
        lines[0].count(d) > 1 and sum(line.count(d) == lines[0].count(d) for line in lines) > 0.8 * len(lines)
        for d in "\t;"
    )


def _zip_shape(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            kind = archive.read("mimetype")[:80] if "mimetype" in names else b""
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, ValueError):
        message = f"{path.name}: the archive or workbook is broken; download or save it again."
        raise UserError(message) from None
    if "xl/workbook.xml" in names or "xl/workbook.bin" in names or b"spreadsheet" in kind:
        return "workbook"
    if "word/document.xml" in names or b"opendocument.text" in kind:
        return "paper"
    return "archive"
