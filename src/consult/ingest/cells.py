"""Questions about cells that every reader asks, answered without copying the cells."""

from __future__ import annotations

import pandas as pd

# What a spreadsheet leaves where it took an answer for a formula, or lost what it refers to.
SPREADSHEET_ERRORS = frozenset({"#NAME?", "#VALUE!", "#REF!", "#N/A", "#DIV/0!", "#NULL!", "#NUM!"})
MAIL_ADDRESS = r"[^\s@]+@[^\s@]+\.\w+"
_SAID = r"[^\s\p{Z}\x{200B}\x{FEFF}]"


def said(values: pd.Series) -> pd.Series:
    """
    Whether each cell says anything: a cell of spaces alone is empty.

    Works in place on Arrow's strings; stripping them would copy a column that may hold gigabytes.
    """
    return values.str.contains(_SAID, regex=True).astype(bool)


def few(values: pd.Series, n: int) -> pd.Series:
    """Return at most n distinct filled values, the same whatever the order of the rows."""
    distinct = pd.Series(thinned(values).unique(), dtype=values.dtype)
    distinct = distinct[said(distinct)]
    return distinct.sort_values().iloc[:: max(1, len(distinct) // n)]


def thinned(values: pd.Series, most: int = 100_000, most_bytes: int = 30_000_000) -> pd.Series:
    """
    Thin a very long column of long texts to those of certain lengths, for a look at what it holds.

    Texts are chosen by their length, not their place, so that the order of the rows plays no part.
    """
    if len(values) <= most:
        return values
    lengths = values.str.len()
    if int(lengths.sum()) <= most_bytes:
        return values
    for remainder in range(16):
        part = values[(lengths % 16 == remainder) & (lengths > 0)]
        if len(part) >= 100:
            return part
    return values
