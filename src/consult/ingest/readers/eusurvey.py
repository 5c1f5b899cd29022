"""Results exported from EUSurvey, as XLS, XLSX or ODS."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from consult.ingest.canonical import fold, language
from consult.ingest.cells import MAIL_ADDRESS, few, said
from consult.ingest.dates import looks_like_dates
from consult.ingest.headings import tidy
from consult.ingest.mapping import Layout, column_roles
from consult.ingest.readers.reader import Reader, headings_of
from consult.ingest.tables import batch_of

if TYPE_CHECKING:
    from consult.ingest.batch import Batch, ColumnRole, Sheet
    from consult.ingest.material import Material
    from consult.ingest.readers.reader import Map

_TRAILING = {
    "invitation number": "ignored", "contribution id": "reference", "user name": "person",
    "creation date": "submitted_at", "last update": "ignored", "languages": "declared_language",
    "total score": "ignored",
}  # fmt: skip
_CODE = r"\s*\((?:ID\d+|[A-Za-z]\w*)\)"
_HEADING_CODE = re.compile(rf"{_CODE}(?=:|$)")
_VALUE = rf"[^;]*\S{_CODE}"
_CODED = re.compile(rf"{_VALUE}(?:; ?{_VALUE})*", re.DOTALL)
# What stands in place of an id, an address or a name where a survey is anonymous.
_NOBODY = "Anonymous"
_MOST_TRAILING = 7


def _layout() -> Layout:
    fields = {h: f for h, f in _TRAILING.items() if f not in ("ignored", "person")}
    # What EUSurvey's standard questions on the respondent are called in the Commission's template.
    fields |= {
        "language of my contribution": "declared_language",
        "i am giving my contribution as": "stakeholder_type",
        "organisation name": "organisation",
        "organisation size": "organisation_size",
        "transparency register number": "transparency_register",
        "country of origin": "country",
        "scope": "scope",
        "contribution publication privacy settings": "anonymous",
    }
    persons = {"user name", "first name", "surname", "email", "email this won t be published", "e mail"}
    return Layout(fields=fields, texts={}, persons=frozenset(persons))


def _coded(sheet: Sheet) -> float:
    headings = [h for h in map(tidy, sheet.headings) if h and fold(h) not in _TRAILING]
    return sum(bool(_HEADING_CODE.search(h)) for h in headings) / len(headings) if headings else 0.0


def _recognises(material: Material) -> float:
    if material.shape != "table" or not material.workbook or not material.sheets:
        return 0.0
    sheet = material.sheets[0]
    preamble = sheet.preamble[:2]
    if preamble and preamble[0].startswith("Alias") and any(p.startswith("Export Date") for p in preamble):
        return 0.97
    trailing = len(headings_of(sheet) & set(_TRAILING))
    return 0.9 if trailing >= 3 or (trailing and _coded(sheet) > 0.8) else 0.0


def _read(material: Material, mapping: Map) -> list[Batch]:
    sheet = _side_by_side(
        sorted((s for s in material.sheets if _is_content(s)), key=lambda s: (len(s.name), s.name))
        or list(material.sheets[:1])
    )
    codes = _coded(sheet) > 0.5
    if codes:
        headings = tuple(_HEADING_CODE.sub("", tidy(h)) for h in sheet.headings)
        sheet = replace(sheet, headings=headings)
    sheet = replace(sheet, headings=_in_english(sheet))
    roles = column_roles(sheet, _layout(), mapping)
    cells = sheet.cells.copy()
    fixed: list[ColumnRole] = []
    for role in roles:
        key = fold(role.heading)
        own = key in _TRAILING and (_TRAILING[key] == "ignored" or role.role in ("open", "closed"))
        if own and role.why != "as mapped":
            fixed.append(replace(role, role="ignored", field=None, why="kept by EUSurvey for itself"))
            continue
        values = cells[role.position]
        if role.field == "reference":
            cells[role.position] = values.mask(values == _NOBODY, "")
        if _is_coded(values):
            cells[role.position] = values.str.replace(rf"{_CODE}(?=;|$)", "", regex=True)
            told = role.why == "as mapped" or role.role == "field"
            fixed.append(role if told else replace(role, role="closed", confidence=0.98, why="coded options"))
            continue
        fixed.append(role)
    sheet = replace(sheet, cells=cells)
    alias = next((p.removeprefix("Alias").strip() for p in sheet.preamble if p.startswith("Alias")), "")
    return [
        batch_of(
            sheet, fixed, path=material.path, format="eusurvey", family="eusurvey", kind="questionnaire",
            identity=(alias,) if alias else (), call=f"EUSurvey {alias}".strip(),
        )
    ]  # fmt: skip


def _in_english(sheet: Sheet) -> tuple[str, ...]:
    """
    Return the headings with EUSurvey's own columns in English.

    They stand last, in the language of whoever exported; what is in them tells which is which.
    """
    headings = list(sheet.headings)
    if headings_of(sheet) & set(_TRAILING):
        return sheet.headings
    dates: list[int] = []
    for i in reversed(range(max(0, len(headings) - _MOST_TRAILING), len(headings))):
        name = _own_column(sheet.cells[i])
        if name is None:
            break
        headings[i] = name
        dates += [i] if name == "Creation date" else []
    # The day of the contribution stands before that of its last change.
    for i in dates[:-1]:
        headings[i] = "Last update"
    return tuple(headings)


def _own_column(values: pd.Series) -> str | None:
    """Return what a column at the right end of the table is, None where it is a question."""
    filled, sample = values[said(values)], few(values, 100).str.strip()
    if not len(filled):
        return None
    if (sample == _NOBODY).all() or sample.str.fullmatch(MAIL_ADDRESS).all():
        return "User name"
    if sample.str.fullmatch(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}").all():
        return "Contribution ID"
    if sample.str.fullmatch("[A-Z]{2}").all() and sample.map(lambda v: language(v) is not None).all():
        return "Languages"
    timed = sample.str.contains(r"\d:\d") & ~sample.str.contains("00:00:00")
    return "Creation date" if len(filled) == len(values) and timed.any() and looks_like_dates(values) == 1 else None


def _is_coded(values: pd.Series) -> bool:
    filled = few(values, 500)
    return bool(len(filled)) and all(_CODED.fullmatch(v) for v in filled)


def _is_content(sheet: Sheet) -> bool:
    return bool(re.search(r"sheet 'Content\d*'$", sheet.name))


def _side_by_side(sheets: list[Sheet]) -> Sheet:
    """
    Join the sheets that EUSurvey cuts a wide table into, every 254 columns.

    A row that is empty in one of them, or below its last filled one, is empty there only.
    """
    if len(sheets) == 1:
        return sheets[0]
    n_rows = max(s.n_rows for s in sheets)
    numbers = np.asarray(sorted({int(n) for s in sheets for n in s.rows}), dtype=np.int64)
    columns = [
        sheet.cells[i].set_axis(sheet.rows).reindex(numbers, fill_value="").reset_index(drop=True)
        for sheet in sheets
        for i in range(len(sheet.headings))
    ]
    filled = set(numbers.tolist())
    asides = dict.fromkeys(a for s in sheets for a in s.asides if a.row not in filled)
    return replace(
        sheets[0], headings=tuple(h for s in sheets for h in s.headings), cells=pd.DataFrame(dict(enumerate(columns))),
        rows=numbers, n_rows=n_rows, asides=tuple(asides),
        notes=tuple(dict.fromkeys(n for s in sheets for n in s.notes)),
    )  # fmt: skip


READER = Reader(
    name="eusurvey",
    title="EUSurvey results",
    made_by="EUSurvey, 'Export' of the results (XLS, XLSX, ODS)",
    known_by="the rows Alias and Export Date above the headings, and values such as Yes(ID10)",
    family="eusurvey",
    kind="questionnaire",
    recognises=_recognises,
    read=_read,
)
