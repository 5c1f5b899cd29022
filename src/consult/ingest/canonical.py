"""Values as sources write them, turned into the few that every study uses."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

import pandas as pd

from consult.ingest.labels import SCOPES, SIZES, STAKEHOLDERS

if TYPE_CHECKING:
    from collections.abc import Callable

EU_LANGUAGES = ("en de fr es it pt nl pl cs sk sl hr hu ro bg el fi sv da et lv lt mt ga").split()
_MISSING = frozenset({"", "-", "–", "—", "n/a", "na", "none", "null", "nan", "not applicable", "unknown"})


def fold(value: str) -> str:
    """
    Write a label so that spellings of it compare equal: case, accents, spaces and punctuation aside.

    >>> fold("Company/Business  organisation ") == fold("COMPANY_BUSINESS_ORGANISATION")
    True
    """
    plain = unicodedata.normalize("NFKD", value.casefold())
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+", letters))


def is_missing(value: str) -> bool:
    """Whether a value only says that there is none."""
    return value.strip().casefold() in _MISSING


def map_values(values: pd.Series, function: Callable[[str], str | None]) -> pd.Series:
    """Apply a function to each distinct value once; what it does not know becomes missing."""
    table = {v: function(v) for v in values.dropna().unique()}
    return values.map(table).astype("str")


def holds(values: pd.Series, function: Callable[[str], bool]) -> pd.Series:
    """Apply a test to each distinct value once."""
    return values.map({v: function(v) for v in values.dropna().unique()}).astype(bool)


def stakeholder_type(value: str) -> str | None:
    """
    Return the stakeholder type of a label in any spelling the portal and its API use, or None.

    >>> stakeholder_type("ACADEMIC_RESEARCH_INSTITTUTION")
    'academic'
    """
    return _lookup(STAKEHOLDERS, value)


def organisation_size(value: str) -> str | None:
    """
    Return micro, small, medium or large, or None.

    >>> organisation_size("Small (10 to 49 employees)")
    'small'
    """
    return _lookup(SIZES, value)


def scope(value: str) -> str | None:
    """Return local, regional, national or international, or None."""
    return _lookup(SCOPES, value)


@cache
def _folded(which: str) -> dict[str, str]:
    tables = {"stakeholders": STAKEHOLDERS, "sizes": SIZES, "scopes": SCOPES}
    return {fold(label): key for key, labels in tables[which].items() for label in (key, *labels)}


def _lookup(table: dict[str, tuple[str, ...]], value: str) -> str | None:
    which = {id(STAKEHOLDERS): "stakeholders", id(SIZES): "sizes", id(SCOPES): "scopes"}[id(table)]
    known = _folded(which)
    folded = fold(value)
    if folded in known:
        return known[folded]
    # 'Small (10 to 49 employees)' and 'NRO (Nichtregierungsorganisation)': either part may be known.
    for part in re.split(r"[()]", value):
        if fold(part) in known:
            return known[fold(part)]
    return None


def country(value: str) -> str | None:
    """
    Return the ISO 3166-1 alpha-2 code of a country given as a code or a name in any EU language.

    >>> country("BEL"), country("Belgien"), country("EL")
    ('BE', 'BE', 'GR')
    """
    text = value.strip()
    codes = _country_codes()
    if text.upper() in codes and (text.isupper() or len(text) > 3 or text.islower()):
        return codes[text.upper()]
    folded = fold(text)
    found = _country_names("en").get(folded)
    if found is not None or is_missing(value):
        return found
    for language in EU_LANGUAGES:
        found = _country_names(language).get(folded)
        if found is not None:
            return found
    return None


@cache
def _country_codes() -> dict[str, str]:
    import pycountry

    codes = {c.alpha_2: c.alpha_2 for c in pycountry.countries}
    codes |= {c.alpha_3: c.alpha_2 for c in pycountry.countries}
    return codes | {"EL": "GR", "UK": "GB", "XK": "XK", "XKX": "XK", "KOS": "XK", "ROM": "RO"}


@cache
def _country_names(language: str) -> dict[str, str]:
    from babel import Locale

    names = Locale.parse(language).territories
    table = {fold(str(n)): c for c, n in names.items() if len(c) == 2 and c.isalpha() and c not in ("EU", "ZZ", "UN")}
    if language != "en":
        return table
    import pycountry

    for entry in pycountry.countries:
        for name in (entry.name, getattr(entry, "official_name", ""), getattr(entry, "common_name", "")):
            if name:
                table.setdefault(fold(name), entry.alpha_2)
    return table | {fold(n): c for n, c in _MORE_COUNTRIES.items()}


_MORE_COUNTRIES = {
    "Czech Republic": "CZ", "Great Britain": "GB", "England": "GB", "Scotland": "GB", "Wales": "GB",
    "Northern Ireland": "GB", "USA": "US", "United States of America": "US", "The Netherlands": "NL",
    "Holland": "NL", "Russia": "RU", "South Korea": "KR", "Korea": "KR", "Republic of Korea": "KR", "Hong Kong": "HK",
    "Taiwan": "TW", "Turkey": "TR", "Kosovo": "XK", "Macedonia": "MK", "FYROM": "MK", "North Macedonia": "MK",
    "Bosnia": "BA", "Bosnia and Herzegovina": "BA", "Moldova": "MD", "Slovak Republic": "SK", "Vatican": "VA",
    "Holy See": "VA", "Ivory Coast": "CI", "Cape Verde": "CV", "Swaziland": "SZ", "Burma": "MM", "China": "CN",
    "Republic of Ireland": "IE", "Éire": "IE", "Deutschland": "DE", "Viet Nam": "VN", "Iran": "IR", "Syria": "SY",
}  # fmt: skip


def language(value: str) -> str | None:
    """
    Return the ISO 639-1 code of a language given as a code or by its name in any EU language.

    >>> language("EN"), language("German"), language("español"), language("ell")
    ('en', 'de', 'es', 'el')
    """
    text = value.strip()
    if is_missing(text):
        return None
    code = re.split(r"[-_]", text, maxsplit=1)[0].casefold()
    if code in _language_codes():
        return _language_codes()[code]
    folded = fold(text)
    for display in EU_LANGUAGES:
        found = _language_names(display).get(folded)
        if found is not None:
            return found
    return None


@cache
def _language_codes() -> dict[str, str]:
    import pycountry

    codes = {}
    for entry in pycountry.languages:
        two = getattr(entry, "alpha_2", None)
        if two:
            codes[two] = two
            codes[entry.alpha_3] = two
            codes[getattr(entry, "bibliographic", entry.alpha_3)] = two
    return codes | {"gr": "el"}


@cache
def _language_names(display: str) -> dict[str, str]:
    from babel import Locale

    names = Locale.parse(display).languages
    known = {fold(str(n)): c for c, n in names.items() if len(c) == 2}
    own = Locale.parse(display).get_display_name(display)
    return known | ({fold(own): display} if own else {})


def is_anonymous(value: str) -> bool:
    """
    Whether a privacy setting asks for anonymity, in the portal's words or its API's codes.

    >>> is_anonymous("The feedback can be published in an anonymous way"), is_anonymous("WITHINFO")
    (True, False)
    """
    folded = fold(value)
    return bool(re.search(r"\banon[iy]m|\bανωνυμ|\bανωνυ|\bанонимн|^true$|^yes$|^1$|\bnimett", folded))
