"""Dates with the month as a word, in the languages of the EU, written as ISO 8601."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

_LANGUAGES = "en bg cs da de el es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv".split()
_TIME = r"(?:\D{1,6}(?P<time>\d{1,2}[:.]\d{2}(?:[:.]\d{2})?)(?P<half>\s?[ap]\.?m\.?)?)?\D{0,12}"
_YEAR = r"(?:\D{0,8}(?P<year>\d{4})|[-/](?P<short>\d{2}))"
_DAY_FIRST = re.compile(rf"\D{{0,12}}(?P<day>\d{{1,2}})\D{{0,8}}(?P<month>§){_YEAR}{_TIME}")
_MONTH_FIRST = re.compile(rf"\D{{0,12}}(?P<month>§)\D{{1,3}}(?P<day>\d{{1,2}})\D{{1,4}}(?P<year>\d{{4}}){_TIME}")
_YEAR_FIRST = re.compile(rf"(?P<year>\d{{4}})\D{{0,8}}(?P<month>§)\D{{0,4}}(?P<day>\d{{1,2}}){_TIME}")
_YEAR_DAY = re.compile(rf"(?P<year>\d{{4}})\D{{1,8}}(?P<day>\d{{1,2}})\D{{0,4}}(?P<month>§){_TIME}")


def with_months_as_numbers(texts: pd.Series) -> pd.Series:
    """
    Write dates such as "10 września 2020" or "2020. szeptember 10." as "2020-09-10"; all else stays.

    "listopada" is October in Croatian and November in Polish: where the other dates of the column do not say which
    language it is, such a date stays as it is.

    Args:
        texts: Stripped values of one column.
    """
    found = {text: match for text in texts.unique() if (match := _month_in(str(text)))}
    if not found:
        return texts
    words = {word for word, _ in found.values()}
    known = [months for months in _months().values() if words <= months.keys()]
    numbers = {word: {months[word] for months in (known or _months().values()) if word in months} for word in words}
    written = {text: iso for text, (word, rest) in found.items() if (iso := _iso(rest, numbers[word])) is not None}
    return texts.map(lambda text: written.get(text, text))


def _iso(text: str, numbers: set[int]) -> str | None:
    if len(numbers) != 1:
        return None
    for form in (_DAY_FIRST, _MONTH_FIRST, _YEAR_FIRST, _YEAR_DAY):
        match = form.fullmatch(text)
        if match:
            parts = match.groupdict()
            year = parts["year"] or f"20{parts['short']}"
            return f"{year}-{min(numbers):02d}-{int(parts['day']):02d}{_time(parts['time'], parts['half'])}"
    return None


def _time(text: str | None, half: str | None) -> str:
    """Write a time of day with 24 hours, a space before it; nothing where there is none."""
    if not text:
        return ""
    hour, *rest = text.replace(".", ":").split(":")
    hours = int(hour) % 12 + 12 * ("p" in half) if half else int(hour)
    return f" {hours:02d}:{':'.join(rest)}"


def _month_in(text: str) -> tuple[str, str] | None:
    """Return the month's name, folded, and the text with a sign in its place."""
    if not any(c.isdigit() for c in text) or len(text) > 60 or "§" in text:
        return None
    folded = text.casefold()
    match = _names().search(folded)
    return (match[0].rstrip("."), f"{folded[: match.start()]}§{folded[match.end() :]}") if match else None


@cache
def _months() -> dict[str, dict[str, int]]:
    """Return the number of each month's name, by language."""
    from babel.dates import get_month_names

    return {
        language: {
            name.casefold().rstrip("."): number
            for width in ("wide", "abbreviated")
            for context in ("format", "stand-alone")
            for number, name in get_month_names(width, context, language).items()
            if any(c.isalpha() for c in name)
        }
        for language in _LANGUAGES
    }


@cache
def _names() -> re.Pattern[str]:
    names = sorted({n for months in _months().values() for n in months if len(n) > 2}, key=lambda n: (-len(n), n))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)\.?")
