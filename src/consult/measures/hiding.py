"""Small counts hidden: what may be published of a table, so that nobody in a small group can be recognised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from consult.measures.intervals import wilson
from consult.translation import number, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from consult.measures.index import Bools, Ints

SMALL = 10
ROUND_TO = 5
HIDDEN = "hidden"
UNSAFE = ("n", "share", "low", "high", "rest_n", "rest_share")


def hide_small(table: pd.DataFrame, adding_up: Sequence[Sequence[str]] = ()) -> pd.DataFrame:
    """
    Return a table fit for publication: counts under 10 hidden, all others rounded to 5.

    Hidden counts are missing in ``n``, ``share``, ``low`` and ``high``, and ``shown`` says "hidden". Shares are taken
    anew from the rounded numbers. Where rows add up to a total, more is hidden with a small count, the smallest of the
    others first, until somebody who knows the total exactly could not tell a hidden count more closely than a shown
    one: at least two are hidden, and five numbers are possible. In cross-tables a group that is small is hidden whole,
    and what it is compared with is what remains of the rounded totals.

    Args:
        table: A table with ``n`` and ``N``; in cross-tables ``group``, ``rest_n`` and ``rest_N`` too.
        adding_up: Which rows add up to a total: those alike in these columns, one list of columns for each way.
            An empty list stands for all rows together.
    """
    if not len(table):
        return table
    gone = _small_groups(table) if "rest_n" in table.columns else np.zeros(len(table), dtype=bool)
    hidden = _with_partners(table["n"], gone, _lines(table, adding_up))
    n = _rounded(table["n"])
    of = np.maximum(_totals(table["N"]), n)
    result = _rest_rounded(table, n, of, gone) if "rest_n" in table.columns else table
    low, high = wilson(n, of)
    words = [HIDDEN if h else f"{v:,}" for h, v in zip(hidden, n, strict=True)]
    result = result.assign(
        n=pd.array(n, dtype="Int64"),
        N=pd.array(np.where(gone, 0, of), dtype="Int64"),
        share=np.where(of > 0, n / np.maximum(of, 1), 0.0),
        low=low,
        high=high,
        shown=pd.Series(words, index=table.index, dtype="str"),
    )
    for name in ("N", "rest_N"):
        if name in result.columns:
            result[name] = result[name].mask(pd.Series(gone, index=table.index))
    for name in UNSAFE:
        if name in result.columns:
            result[name] = result[name].mask(pd.Series(hidden, index=table.index))
    return result


def total(n: int, *, small_hidden: bool) -> int:
    """
    Return a denominator as it may be shown.

    >>> total(1216, small_hidden=False), total(1216, small_hidden=True), total(1, small_hidden=True)
    (1216, 1215, 5)
    """
    return int(_totals(n)) if small_hidden else n


def written(n: int, *, small_hidden: bool) -> str:
    """
    Return a count in words as it may be published.

    >>> written(1216, small_hidden=False), written(1216, small_hidden=True), written(3, small_hidden=True)
    ('1,216', '1,215', 'under 10')
    """
    if not small_hidden:
        return number(n)
    return say("under 10") if n < SMALL else number(int(_rounded(n)))


def _lines(table: pd.DataFrame, adding_up: Sequence[Sequence[str]]) -> list[Ints]:
    found: list[Ints] = []
    for columns in adding_up:
        alike = table.groupby(list(columns), sort=True).indices.values() if columns else [np.arange(len(table))]
        found += [np.asarray(rows, dtype=np.int64) for rows in alike]
    return found


def _small_groups(table: pd.DataFrame) -> Bools:
    """Return the rows of groups whose size must not be shown."""
    sizes = table.drop_duplicates("group")
    gone = _with_partners(sizes["N"], np.zeros(len(sizes), dtype=bool), [np.arange(len(sizes))])
    return table["group"].isin(sizes.loc[gone, "group"]).to_numpy(dtype=bool)


def _with_partners(counts: pd.Series, gone: Bools, lines: Sequence[Ints]) -> Bools:
    """Return which counts to hide: those under 10, those `gone` anyhow, and what would give one of them away."""
    n = counts.to_numpy(dtype=np.int64)
    hidden = gone | (n < SMALL)
    spare = n - np.maximum(_rounded(n) - ROUND_TO // 2, SMALL)
    again = True
    while again:
        again = False
        for rows in lines:
            within, others = rows[hidden[rows]], rows[~hidden[rows]]
            left = int(n[within].sum() + spare[others].sum())
            if len(within) and len(others) and (len(within) == 1 or left < ROUND_TO - 1):
                hidden[others[np.argmin(n[others])]] = True
                again = True
    return hidden


def _rest_rounded(table: pd.DataFrame, n: Ints, of: Ints, gone: Bools) -> pd.DataFrame:
    """Take what a group is compared with from the rounded totals, so that it tells nothing more than they do."""
    rest_n = np.maximum(_rounded(table["n"] + table["rest_n"]) - n, 0)
    rest_of = np.maximum(_totals(table["N"] + table["rest_N"]) - of, rest_n)
    small = pd.Series((rest_n < SMALL) | gone, index=table.index)
    return table.assign(
        rest_n=pd.Series(pd.array(rest_n, dtype="Int64"), index=table.index).mask(small),
        rest_N=pd.array(rest_of, dtype="Int64"),
        rest_share=pd.Series(np.where(rest_of > 0, rest_n / np.maximum(rest_of, 1), np.nan), table.index).mask(small),
    )


def _totals(values: npt.ArrayLike) -> Ints:
    """Return denominators rounded to 5; nobody is 0, and somebody at least 5."""
    exact = np.asarray(values, dtype=np.int64)
    return np.where(exact > 0, np.maximum(_rounded(exact), ROUND_TO), 0)


def _rounded(values: npt.ArrayLike) -> Ints:
    exact = np.asarray(values, dtype=float)
    return (np.floor(exact / ROUND_TO + 0.5) * ROUND_TO).astype(np.int64)
