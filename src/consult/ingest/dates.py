"""Dates in the spellings that exports use, read column by column."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from consult.ingest.cells import few
from consult.ingest.months import with_months_as_numbers

_DAY_FIRST = (
    "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y",
    "%d-%m-%Y %H:%M:%S", "%d-%m-%Y %H:%M", "%d-%m-%Y", "%d %B %Y", "%d %b %Y", "%d %B %Y %H:%M", "%d.%m.%y",
    "%d/%m/%y %H:%M", "%d/%m/%y",
)  # fmt: skip
_YEAR_FIRST = (
    "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M", "%Y-%m-%d", "%Y/%m/%d", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S.%f", "%Y%m%d",
)  # fmt: skip
_MONTH_FIRST = (
    "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p", "%B %d, %Y",
    "%B %d %Y", "%b %d, %Y", "%m/%d/%y %H:%M", "%m/%d/%y",
)  # fmt: skip
# Only after a time: "12-06-2020" ends like a zone.
_OFFSET = r"[+-]\d{2}:?\d{2}"
_NAMED = rf"(?:Z|UTC|GMT)(?:{_OFFSET})?"
_ZONE_OF_TIME = re.compile(rf"(?<=\d)\s*(?:{_NAMED}|{_OFFSET})(?:\s*\([^)]*\))?$")
_ZONE_OF_DAY = re.compile(rf"(?<=\d)\s*{_NAMED}$")
# "12. 6. 2020", "2020.06.12.", "14h05", "14 h 05", "14.05" and "14.05.30" after a date.
_SPELLINGS = (
    (re.compile(r"^(\d{1,4})\.\s+(\d{1,2})\.\s+(\d{1,4})"), r"\1.\2.\3"),
    (re.compile(r"^(\d{4})\.(\d{1,2})\.(\d{1,2})\.?(?!\d)"), r"\1-\2-\3"),
    (re.compile(r"(?<=[\s,])(\d{1,2})(?:\s?[hH]\s?|\.)(\d{2})[.:](\d{2})$"), r"\1:\2:\3"),
    (re.compile(r"(?<=[\s,])(\d{1,2})(?:\s?[hH]\s?|\.)(\d{2})$"), r"\1:\2"),
    (re.compile(r"(?<=\d),?\s+(?:at|um|à|om|o|kl\.?|klo|ob|u)?\s*(?=\d{1,2}:\d{2})"), " "),
    (re.compile(r"(?<=:\d\d)\s*(?:Uhr|h)$", re.IGNORECASE), ""),
)
# Spreadsheets count days from 30 December 1899; this is 1 January 1970.
_EPOCH_DAY = 25_569
_FIRST, _LAST = pd.Timestamp("1950-01-01"), pd.Timestamp("2100-01-01")


def read_dates(values: pd.Series) -> pd.Series:
    """
    Read a column of dates; what is not one becomes missing.

    `03/04/2021` is ambiguous: the day comes first unless some value of the column can only be read with
    the month first, as in American exports. A time zone is dropped, so times stay the source's own.
    Numbers are read as seconds or milliseconds since 1970 when all of them lie between 1990 and 2100.

    Args:
        values: One string a row.

    Returns:
        `datetime64[us]`, in the order of `values`.
    """
    distinct = values.dropna().unique()
    if not len(distinct):
        return pd.Series(pd.NaT, index=values.index, dtype="datetime64[us]")
    texts = pd.Series([_tidied(str(v)) for v in distinct], index=distinct, dtype="str")
    result = pd.Series(pd.NaT, index=distinct, dtype="datetime64[us]")
    if _serial(texts):
        days = pd.to_numeric(texts, errors="coerce") - _EPOCH_DAY
        read = pd.to_datetime(days * 86_400, unit="s", errors="coerce").dt.round("s").astype("datetime64[us]")
        return values.map(read).astype("datetime64[us]")
    numbers = texts.str.fullmatch(r"\d{9,10}(?:\d{3})?(?:\.\d+)?")
    if len(texts) and bool((numbers | (texts == "")).all()) and bool(numbers.any()):
        return values.map(_epochs(texts, result)).astype("datetime64[us]")
    texts = with_months_as_numbers(texts)
    for form in _order(texts):
        left = result.isna()
        if not left.any():
            break
        parsed = pd.to_datetime(texts[left], format=form, errors="coerce")
        sane = parsed.where((parsed >= _FIRST) & (parsed < _LAST))
        result = result.where(~left, sane.reindex(result.index).astype("datetime64[us]"))
    return values.map(result).astype("datetime64[us]")


def _tidied(value: str) -> str:
    """Write a date the usual way, without its time zone."""
    text = value.strip()
    text = (_ZONE_OF_TIME if ":" in text else _ZONE_OF_DAY).sub("", text)
    if len(text) <= 40:
        for spelling, usual in _SPELLINGS:
            text = spelling.sub(usual, text)
    return text


def _serial(texts: pd.Series) -> bool:
    """Whether all values are days as spreadsheets count them, between 1955 and 2099."""
    filled = texts[texts != ""]
    numbers = pd.to_numeric(filled.where(filled.str.fullmatch(r"\d{5}(?:\.\d+)?")), errors="coerce")
    return bool(len(filled)) and bool(((numbers > 20_000) & (numbers < 73_000)).all())


def _epochs(texts: pd.Series, result: pd.Series) -> pd.Series:
    numbers = pd.to_numeric(texts, errors="coerce")
    seconds = np.where(numbers > 1e11, numbers / 1000, numbers)
    read = pd.to_datetime(pd.Series(seconds, index=texts.index), unit="s", errors="coerce")
    return read.where(read >= pd.Timestamp("1990-01-01")).reindex(result.index).astype("datetime64[us]")


def _order(texts: pd.Series) -> tuple[str, ...]:
    parts = texts.str.extract(r"^(\d{1,2})[/](\d{1,2})[/]\d{2,4}")
    first, second = (pd.to_numeric(parts[i], errors="coerce").max() for i in (0, 1))
    if second > 12 and not first > 12:
        return (*_YEAR_FIRST, *_MONTH_FIRST, *_DAY_FIRST)
    return (*_YEAR_FIRST, *_DAY_FIRST, *_MONTH_FIRST)


def looks_like_dates(values: pd.Series) -> float:
    """Share of the filled values (of at most 200 distinct ones) that are dates."""
    sample = few(values, 200)
    if not len(sample) or sample.str.len().mean() > 40:
        return 0.0
    return float(read_dates(sample).notna().mean())
