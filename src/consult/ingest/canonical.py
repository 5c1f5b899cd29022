"""Values as sources write them, turned into the few that every study uses."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from gettext import translation
from typing import TYPE_CHECKING

import pandas as pd

from consult.ingest.labels import SCOPES, SIZES, STAKEHOLDERS
from consult.ingest.stems import scope_of, size_of, type_of

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


def stakeholder_type(value: str, *, exact: bool = False) -> str | None:
    """
    Return the stakeholder type of a label in any spelling the portal and its API use, or None.

    A label that is none of those is known by its stems, unless an exact spelling is asked for.

    >>> stakeholder_type("ACADEMIC_RESEARCH_INSTITTUTION"), stakeholder_type("Citoyen/citoyenne de l'UE")
    ('academic', 'citizen_eu')
    """
    found = _lookup("stakeholders", value)
    return found if found or exact or is_missing(value) else type_of([fold(p) for p in value.split("/")])


def organisation_size(value: str) -> str | None:
    """
    Return micro, small, medium or large, or None.

    >>> organisation_size("Small (10 to 49 employees)")
    'small'
    """
    return _lookup("sizes", value) or size_of(value)


def scope(value: str) -> str | None:
    """Return local, regional, national or international, or None."""
    return _lookup("scopes", value) or (None if is_missing(value) else scope_of(fold(value)))


@cache
def _folded(which: str) -> dict[str, str]:
    tables = {"stakeholders": STAKEHOLDERS, "sizes": SIZES, "scopes": SCOPES}
    return {fold(label): key for key, labels in tables[which].items() for label in (key, *labels)}


def _lookup(which: str, value: str) -> str | None:
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
    if re.fullmatch(r"(?:[A-Za-z]\.){2,3}", text):
        text = text.replace(".", "")
    codes = _country_codes()
    if text.upper() in codes and (text.isupper() or len(text) > 3 or text.islower()):
        return codes[text.upper()]
    if is_missing(value):
        return None
    return _named_country(fold(text)) or _country_beside_its_code(text)


def _named_country(folded: str) -> str | None:
    """Return the country with a folded name in some EU language; Maltese puts an article before it."""
    for language in EU_LANGUAGES:
        found = _country_names(language).get(folded)
        if found is not None:
            return found
    return "XK" if folded.startswith("kosovo ") else None


def _country_beside_its_code(text: str) -> str | None:
    """Read 'BE - Belgium' and 'Belgium (BE)'; where the two say different things, neither is taken."""
    parts = [p.strip() for p in re.split(r"[()\[\]:,]|\s[-–—]\s", text) if p.strip()]
    if len(parts) != 2:
        return None
    found = {_country_codes().get(p) or _named_country(fold(p)) for p in parts}
    return found.pop() if len(found) == 1 and any(p in _country_codes() for p in parts) else None


@cache
def _country_codes() -> dict[str, str]:
    import pycountry

    codes = {c.alpha_2: c.alpha_2 for c in pycountry.countries}
    codes |= {c.alpha_3: c.alpha_2 for c in pycountry.countries}
    return codes | {"EL": "GR", "UK": "GB", "XK": "XK", "XKX": "XK", "KOS": "XK", "ROM": "RO"}


@cache
def _country_names(language: str) -> dict[str, str]:
    import pycountry
    from babel import Locale

    names = Locale.parse(language).territories
    table = {fold(str(n)): c for c, n in names.items() if len(c) == 2 and c.isalpha() and c not in ("EU", "ZZ", "UN")}
    # Its official and common names: "Tschechische Republik" beside "Tschechien".
    translated = translation("iso3166-1", pycountry.LOCALES_DIR, [language], fallback=True).gettext
    for entry in pycountry.countries:
        for name in (entry.name, getattr(entry, "official_name", ""), getattr(entry, "common_name", "")):
            if name:
                table.setdefault(fold(translated(name)), entry.alpha_2)
    if language == "mt":
        table |= {n.split(" ", 1)[1]: c for n, c in table.items() if n.split(" ", 1)[0] in _MALTESE_ARTICLES}
    return table | {fold(n): c for n, c in _MORE_COUNTRIES.items()} if language == "en" else table


_MALTESE_ARTICLES = frozenset("il l in ir is it ix iz id ic".split())
_MORE_COUNTRIES = {
    "Czech Republic": "CZ", "Great Britain": "GB", "England": "GB", "Scotland": "GB", "Wales": "GB",
    "Northern Ireland": "GB", "USA": "US", "United States of America": "US", "The Netherlands": "NL",
    "Holland": "NL", "Russia": "RU", "South Korea": "KR", "Korea": "KR", "Republic of Korea": "KR", "Hong Kong": "HK",
    "Taiwan": "TW", "Turkey": "TR", "Kosovo": "XK", "Macedonia": "MK", "FYROM": "MK", "North Macedonia": "MK",
    "Bosnia": "BA", "Bosnia and Herzegovina": "BA", "Moldova": "MD", "Slovak Republic": "SK", "Vatican": "VA",
    "Holy See": "VA", "Ivory Coast": "CI", "Cape Verde": "CV", "Swaziland": "SZ", "Burma": "MM", "China": "CN",
    "Hong Kong SAR": "HK", "Macau": "MO", "Palestine": "PS", "Democratic Republic of the Congo": "CD", "DR Congo": "CD",
    "Republic of the Congo": "CG", "Großbritannien": "GB", "Grande-Bretagne": "GB", "Gran Bretaña": "GB",
    "Gran Bretagna": "GB", "Grã-Bretanha": "GB", "Groot-Brittannië": "GB", "Velká Británie": "GB",
    "Veľká Británia": "GB", "Velika Britanija": "GB", "Marea Britanie": "GB", "Великобритания": "GB",
    "Обединено кралство": "GB", "Μεγάλη Βρετανία": "GB", "Nagy-Britannia": "GB", "Suurbritannia": "GB",
    "Lielbritānija": "GB", "Didžioji Britanija": "GB", "Förenade kungariket": "GB", "Det Forenede Kongerige": "GB",
    "Yhdistynyt kuningaskunta": "GB", "Zjednoczone Królestwo": "GB", "Ujedinjena Kraljevina": "GB", "Holanda": "NL",
    "Olanda": "NL", "Hollanti": "NL", "Holandsko": "NL", "Holandija": "NL", "Холандия": "NL", "Ολλανδία": "NL",
    "Nizozemí": "NL", "Madalmaad": "NL", "Niderlandy": "NL", "Weißrussland": "BY", "Elfenbeinküste": "CI",
    "Ċekja": "CZ", "iċ-Ċekja": "CZ", "Czechy": "CZ", "Tschechei": "CZ", "Moldawien": "MD", "Mazedonien": "MK",
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
