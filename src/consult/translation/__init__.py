"""
The six languages of the interface and of reports: words, numbers, dates, names of countries and languages.

The English text is the key. `say` gives it in the language spoken, English where a catalogue lacks it. Texts that
respondents wrote, and names that people gave to themes or topics, never go through here. The catalogues are the
`.po` files beside this module; `scripts/catalogues.py` brings them up to date.

Which language is spoken holds for the thread or task at hand, so that sessions side by side do not meet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO
from typing import Any

from consult.errors import UserError

LANGUAGES = {
    "en": "English",
    "fr": "Français",
    "de": "Deutsch",
    "es": "Español",
    "it": "Italiano",
    "pl": "Polski",
}
"""Codes and own names of the languages that can be spoken."""

_spoken: ContextVar[str] = ContextVar("spoken", default="en")


def spoken() -> str:
    """Return the code of the language spoken."""
    return _spoken.get()


def speak(language: str) -> None:
    """
    Speak a language from here on, in this thread or task.

    Raises:
        UserError: There is no such language.
    """
    _spoken.set(known(language))


@contextmanager
def speaking(language: str) -> Iterator[None]:
    r"""
    Speak a language within a `with` block.

    >>> with speaking("fr"):
    ...     number(1216.5), percent(0.0409)
    ('1\u202f216,5', '4,1\xa0%')
    """
    before = _spoken.set(known(language))
    try:
        yield
    finally:
        _spoken.reset(before)


def known(language: str) -> str:
    """
    Return the code if it is one of `LANGUAGES`.

    Raises:
        UserError: It is not.
    """
    if language in LANGUAGES:
        return language
    message = f"language '{language}': there is no such language; allowed are {', '.join(LANGUAGES)}. Choose one."
    raise UserError(message)


def say(text: str, **values: object) -> str:
    """Return a text in the language spoken, with its placeholders filled."""
    found = _catalogue(spoken()).gettext(text) if text else text
    return found.format(**values) if values else found


def say_n(one: str, many: str, n: int, **values: object) -> str:
    """
    Return a text in the language spoken, in the form that a number asks for; `{n}` is the number.

    >>> say_n("{n} response", "{n} responses", 1216)
    '1,216 responses'
    """
    return _catalogue(spoken()).ngettext(one, many, n).format(n=number(n), **values)


def later(text: str) -> str:
    """Return a text as it is, marked for the catalogues; `say` is called where it is shown."""
    return text


def number(value: float) -> str:
    """Return a number as it is written in the language spoken."""
    if spoken() == "en":
        return f"{value:,}"
    from babel.numbers import format_decimal

    return str(format_decimal(value, locale=spoken(), group_separator=True))


def decimal(value: float, digits: int = 1) -> str:
    """
    Return a number with a fixed count of decimals.

    >>> decimal(2, 1)
    '2.0'
    """
    if spoken() == "en":
        return f"{value:,.{digits}f}"
    from babel.numbers import format_decimal

    return str(format_decimal(round(value, digits), format=f"#,##0.{'0' * digits}", locale=spoken()))


def percent(share: float, digits: int | None = None) -> str:
    """
    Return a share as a percentage: whole above 10 %, one decimal below, where no count of decimals is given.

    >>> percent(0.0409), percent(0.412), percent(0.412, 1)
    ('4.1 %', '41 %', '41.2 %')
    """
    if digits is None:
        digits = 0 if share * 100 >= 9.95 else 1
    value = decimal(share * 100, digits)
    return f"{value} %" if spoken() == "en" else str(_percent_pattern(spoken())).replace("#", value)


def day(moment: date | datetime) -> str:
    """
    Return a day in words.

    >>> day(date(2021, 4, 30))
    '30 April 2021'
    """
    if spoken() == "en":
        return f"{moment:%-d %B %Y}"
    from babel.dates import format_date

    return str(format_date(moment, "long", locale=spoken()))


def number_marks() -> dict[str, Any]:
    """Return how numbers are written in the language spoken, in the form that Vega takes."""
    from babel import Locale

    symbols = Locale(spoken()).number_symbols["latn"]
    return {"decimal": symbols["decimal"], "thousands": symbols["group"], "grouping": [3], "currency": ["", ""]}


def time_words() -> dict[str, Any]:
    """Return the names of days and months in the language spoken, in the form that Vega takes."""
    from babel import Locale

    locale = Locale(spoken())
    sunday_first = [6, 0, 1, 2, 3, 4, 5]
    months, days = locale.months["stand-alone"], locale.days["stand-alone"]
    return {
        "dateTime": "%x, %X",
        "date": "%d.%m.%Y",
        "time": "%H:%M:%S",
        "periods": ["AM", "PM"],
        "days": [days["wide"][n] for n in sunday_first],
        "shortDays": [days["abbreviated"][n] for n in sunday_first],
        "months": [months["wide"][n] for n in range(1, 13)],
        "shortMonths": [months["abbreviated"][n] for n in range(1, 13)],
    }


def country_name(code: str) -> str:
    """Return a country's name; the code itself where it is unknown."""
    return _names(spoken(), "territories").get(code, code)


def language_name(code: str) -> str:
    """Return a language's name; the code itself where it is unknown."""
    return _names(spoken(), "languages").get(code, code)


def capital(text: str) -> str:
    """Return a text with a capital letter in front."""
    return f"{text[:1].upper()}{text[1:]}"


def either(items: Sequence[str]) -> str:
    """Return alternatives in words: `a or b`."""
    return f" {say('or')} ".join(items)


@cache
def _catalogue(language: str) -> NullTranslations:
    if language == "en":
        return NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    text = files(__name__).joinpath(f"{language}.po").read_bytes()
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(text), locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)


@cache
def _percent_pattern(language: str) -> str:
    """Return where the per cent sign stands, with # for the number."""
    from babel.numbers import format_percent

    return str(format_percent(0.05, locale=language)).replace("5", "#")


@cache
def _names(language: str, kind: str) -> dict[str, str]:
    from babel import Locale

    found: Any = getattr(Locale(language), kind)
    return {str(code): str(name) for code, name in found.items()}
