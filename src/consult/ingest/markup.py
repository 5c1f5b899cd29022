"""Tables that programs export as a web page or as Excel's XML of 2003, and name as if they were workbooks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from consult.errors import UserError
from consult.ingest.encodings import decode
from consult.ingest.workbooks import sheet_of_grid

if TYPE_CHECKING:
    from pathlib import Path

    from consult.ingest.batch import Sheet

_NAMED_TABLE = frozenset(".xls .xlsx .xlsm .xlsb .ods .csv .tsv .tab".split())
_SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"
_WIDEST = 16_384
_PAGE = re.compile(r"(?:<\?xml[^>]*>\s*)?(?:<!doctype html|<html|<head|<body|<meta|<table|<style|<div)", re.IGNORECASE)


def is_markup_table(start: str, suffix: str) -> bool:
    """Whether a text that begins so is a web page named like a table, or Excel's XML of 2003."""
    if _SPREADSHEET in start[:5000] and start.startswith("<"):
        return True
    return suffix in _NAMED_TABLE and bool(_PAGE.match(start))


def read_markup(path: Path, name: str) -> list[Sheet]:
    """
    Read the tables of a web page, or the sheets of Excel's XML.

    Raises:
        UserError: There is no table in it, or the XML is broken.
    """
    sheets = [sheet_of_grid(grid, f"{name}, sheet '{title}'", []) for title, grid in grids_of_markup(path, name)]
    found = [sheet for sheet in sheets if sheet is not None]
    if not found:
        message = (
            f"{name}: a web page without a table in it; expected headings and responses. Export it as CSV or XLSX."
        )
        raise UserError(message)
    return found


def grids_of_markup(path: Path, name: str) -> list[tuple[str, list[list[Any]]]]:
    """Return the name and the cells of each table or sheet."""
    text, _ = decode(path.read_bytes(), name)
    return _xml(text, name) if _SPREADSHEET in text[:5000] else _html(text)


def _html(text: str) -> list[tuple[str, list[list[Any]]]]:
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(text)
    for node in tree.css("br"):
        node.insert_after("\n")
    grids = []
    for n, table in enumerate((t for t in tree.css("table") if not t.css("table table")), 1):
        rows = [[_cell(cell.text()) for cell in row.css("th, td")] for row in table.css("tr")]
        grids.append((f"table {n}", rows))
    return grids


def _cell(text: str) -> str:
    return "\n".join(line for line in (" ".join(part.split()) for part in text.split("\n")) if line)


def _xml(text: str, name: str) -> list[tuple[str, list[list[Any]]]]:
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root = fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
    except (ParseError, DefusedXmlException, ValueError) as error:
        message = f"{name}: the XML is broken ({error}); export it again, as CSV or XLSX."
        raise UserError(message) from error
    tag = f"{{{_SPREADSHEET}}}"
    grids = []
    for sheet in root.iter(f"{tag}Worksheet"):
        rows: list[list[Any]] = []
        for row in sheet.iter(f"{tag}Row"):
            cells: list[Any] = []
            for cell in row.iter(f"{tag}Cell"):
                place = cell.get(f"{tag}Index", "")
                # Empty cells are left out, and the next one says where it stands.
                if place.isdigit() and len(cells) < int(place) <= _WIDEST:
                    cells += [""] * (int(place) - 1 - len(cells))
                cells.append("".join("".join(data.itertext()) for data in cell.iter(f"{tag}Data")))
            rows.append(cells)
        grids.append((sheet.get(f"{tag}Name", "sheet"), rows))
    return grids
