"""What a column is, as far as its heading and values tell."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from consult.ingest.batch import ColumnRole
from consult.ingest.canonical import country, fold, language, stakeholder_type
from consult.ingest.cells import MAIL_ADDRESS, few, said
from consult.ingest.classify import classify
from consult.ingest.dates import looks_like_dates
from consult.ingest.headings import key
from consult.ingest.labels import FIELD_HEADINGS, PERSON_HEADINGS

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet

    import pandas as pd

_GUESSABLE = 0.6
_CODE = re.compile(r"(?=.*\d)[\w.+/-]{2,40}")
_PERSON_QUESTION = re.compile(
    r"(?:(?:what is|please (?:enter|provide|give|state|tell us|specify)|enter|provide) )?"
    r"(?:your |the |respondent s? ?)?"
    r"(?:(?:full |first |last |family |given |sur ?|contact )?name(?: and surname)?|e ?mail(?: address)?|"
    r"(?:tele)?phone(?: number)?|contact details?|home address|postal address)(?: optional| this won t be published)?"
)
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)


def guess(i: int, name: str, values: pd.Series, taken: AbstractSet[str], *, alone: bool, fields: bool) -> ColumnRole:
    """
    Say what a column is by its heading and values.

    Args:
        i: Its position.
        name: Its heading.
        values: Its cells.
        taken: Fields of the respondent that other columns hold.
        alone: Whether the table has no other column.
        fields: Whether it may be a field of the respondent; else it is a question, or asks for a person.
    """
    if not alone:
        found = _guess_field(i, name, values, taken) if fields else None
        if found is None and _asks_for_person(key(name)):
            found = ColumnRole(i, name, "person", None, 0.8, (), "names of persons are not stored")
        if found is None and _are_mail_addresses(values):
            found = ColumnRole(i, name, "person", None, 0.9, (), "e-mail addresses are not stored")
        if found is not None:
            return found
    kind, confidence, why = classify(name, values)
    if alone and kind == "closed" and confidence < 0.95 and not _all_numbers(values):
        kind, confidence, why = "open", 0.6, "the only column"
    if fields and kind == "closed" and _different_codes(values):
        return ColumnRole(i, name, "ignored", None, 0.6, (), "an address or code, another in every row")
    return ColumnRole(i, name, kind, None, confidence, (), why)


@cache
def _heading_fields() -> dict[str, str]:
    return {fold(h): field for field, headings in FIELD_HEADINGS.items() for h in headings}


@cache
def _person_headings() -> frozenset[str]:
    return frozenset(fold(h) for h in PERSON_HEADINGS)


def _asks_for_person(folded: str) -> bool:
    """Whether a folded heading asks for a name, e-mail address or telephone number."""
    return bool(_PERSON_QUESTION.fullmatch(folded))


def _are_mail_addresses(values: pd.Series) -> bool:
    """Whether a column holds hardly anything but e-mail addresses, whatever its heading."""
    # Hardly any column has the sign at all, and this runs on columns of millions.
    signed = values[values.str.contains("@", regex=False).astype(bool)]
    if not len(signed):
        return False
    addresses = signed.str.strip().str.fullmatch(rf"(?:mailto:)?{MAIL_ADDRESS}").sum()
    return bool(addresses >= 0.8 * said(values).sum())


def _guess_field(i: int, name: str, values: pd.Series, taken: AbstractSet[str]) -> ColumnRole | None:
    folded = key(name)
    field = _heading_fields().get(folded)
    if field is not None and field not in taken:
        sure = _fits(field, values)
        if sure >= _GUESSABLE:
            return ColumnRole(i, name, "field", field, sure, (), "by its heading and values")
    if folded in _person_headings():
        if folded == "name" and "reference" not in taken and _codes(values) > 0.9:
            return ColumnRole(i, name, "field", "reference", 0.7, (), "codes, not names")
        return ColumnRole(i, name, "person", None, 0.9, (), "names of persons are not stored")
    field = None if name.rstrip().endswith("?") else _by_values(values, taken)
    return None if field is None else ColumnRole(i, name, "field", field, 0.65, (), "by its values")


def _by_values(values: pd.Series, taken: AbstractSet[str]) -> str | None:
    """Return the field that values in any language show a column to be, whatever its heading; None if none."""
    sample = few(values, 100)
    if len(sample) < 2:
        return None
    if "stakeholder_type" not in taken:
        kinds = [stakeholder_type(v, exact=True) for v in sample]
        if sum(k not in (None, "other", "unknown") for k in kinds) >= 0.8 * len(kinds):
            return "stakeholder_type"
    # Short codes are also words: NO, IT, IS.
    if "country" not in taken and all(len(v.strip()) > 3 for v in sample):
        return "country" if _share_known(sample, country) >= 0.9 else None
    return None


def _filled(values: pd.Series) -> pd.Series:
    return values[said(values)]


def _all_numbers(values: pd.Series) -> bool:
    filled = _filled(values)
    return bool(len(filled)) and bool(filled.str.fullmatch(r"\s*[-+]?[\d.,]+\s*").all())


def _codes(values: pd.Series) -> float:
    sample = few(values, 200)
    return float(sample.map(lambda v: bool(_CODE.fullmatch(v.strip()))).mean()) if len(sample) else 0.0


def _different_codes(values: pd.Series) -> bool:
    filled = _filled(values)
    if len(filled) < 3 or filled.nunique() < 0.95 * len(filled):
        return False
    if len(filled) < 10 and not filled.str.fullmatch(r"\S*[A-Za-z]\S*\d\S*|https?://\S+").all():
        return False
    sample = few(filled, 200)
    return bool(sample.map(lambda v: bool(_CODE.fullmatch(v.strip()) or _ADDRESS.fullmatch(v.strip()))).mean() > 0.9)


def _share_known(values: pd.Series, function: Callable[[str], str | None]) -> float:
    sample = few(values, 100)
    if not len(sample):
        return 0.7
    return sum(function(v) is not None for v in sample) / len(sample)


def _fits(field: str, values: pd.Series) -> float:
    """How well the values suit the field that a heading names, 0 to 1."""
    if field == "submitted_at":
        return looks_like_dates(values) if len(_filled(values)) else 0.7
    if field == "country":
        return _share_known(values, country)
    if field == "declared_language":
        return _share_known(values, language)
    if field == "stakeholder_type":
        return max(0.6, _share_known(values, stakeholder_type))
    filled = _filled(values)
    if field == "reference":
        words = filled.str.count(r"\s").mean() if len(filled) else 0.0
        return 0.9 if len(filled) and words < 1.5 and filled.nunique() >= 0.5 * len(filled) else 0.3
    if field == "anonymous":
        return 0.8 if filled.nunique() <= 4 else 0.2
    return 0.85 if not len(filled) or filled.str.len().mean() < 120 else 0.3
