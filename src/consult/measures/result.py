"""What a measure hands back: a table, what it is of, and how to read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from consult.measures.comparing import FEW
from consult.measures.intervals import newcombe, wilson

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from consult.measures.counting import Base
    from consult.measures.index import Bools, Ints
    from consult.measures.selection import Selection

SMALL = 10
ROUND_TO = 5
UNDER_SMALL = f"under {SMALL}"
NOT_SHOWN = "not shown"
UNSAFE = (
    "n", "share", "low", "high", "p", "p_adjusted", "lift", "lift_low", "lift_high", "difference", "difference_low",
    "difference_high", "rest_n", "rest_share", "log_odds", "z",
)  # fmt: skip


@dataclass(frozen=True)
class Caveat:
    """
    Something a reader must know beside a number.

    Attributes:
        key: Stable name, e.g. ``self_selection``.
        text: The caveat in one plain sentence.
        n: Responses concerned, where it concerns some.
        of: Out of how many.
    """

    key: str
    text: str
    n: int | None = None
    of: int | None = None


@dataclass(frozen=True, eq=False)
class Measure:
    """
    A table of counts with everything that must stand beside it.

    Attributes:
        name: ``shares``, ``crosstab``, ``lift``, ``time``, ...
        what: ``themes``, ``topics``, ``closed:QUESTION_ID`` or the name of a field of respondents.
        table: A row a number: always ``key``, ``label``, ``n``, ``N``, ``share``, ``low``, ``high``
            (shares between 0 and 1, 95 % intervals), and ``few`` (N under 30). Rows with N = 0 are
            left out: where nothing was asked there is no share.
        of: The denominator in words; for tables with groups that of all groups together.
        showing: The sentence that stands above the figure.
        selection: What was looked at, campaign view included.
        caveats: What a reader must know.
        field: The field that made the groups, empty without groups.
        overall: For cross-tables, one row an idea with the test over all groups; else empty.
        notes: Plain-word remarks on method.
        base: Which responses the denominator holds: ``selection`` or ``with_text``.
        compared: For comparisons, the names of the groups and the selections they stand for.
    """

    name: str
    what: str
    table: pd.DataFrame
    of: str
    showing: str
    selection: Selection
    caveats: tuple[Caveat, ...] = ()
    field: str = ""
    overall: pd.DataFrame | None = None
    notes: tuple[str, ...] = ()
    base: Base = "selection"
    compared: tuple[tuple[str, Selection], ...] = ()


def with_shares(frame: pd.DataFrame) -> pd.DataFrame:
    """Add ``share``, ``low``, ``high`` and ``few`` to a table with ``n`` and ``N``; drop rows of N = 0."""
    asked = frame[frame["N"] > 0].reset_index(drop=True)
    low, high = wilson(asked["n"], asked["N"])
    return asked.assign(share=asked["n"] / asked["N"], low=low, high=high, few=(asked["N"] < FEW).astype(bool))


def hide_small(table: pd.DataFrame, adding_up: Sequence[Sequence[str]] = ()) -> pd.DataFrame:
    """
    Return the table fit for publication: counts under 10 hidden, all others rounded to 5.

    Hidden counts are missing in ``n``, ``share``, ``low``, ``high`` and in tests, and ``shown`` says "under 10".
    Shares and differences are taken anew from the rounded numbers. Where rows add up to a total that may be
    known, a single hidden count could be worked out from it: the smallest of the others is then hidden with it,
    and ``shown`` says "not shown".

    Args:
        table: A table with ``n`` and ``N``.
        adding_up: Which rows add up to a total: those alike in these columns, one list of columns for each way.
            An empty list stands for all rows together.
    """
    under = (table["n"] < SMALL).to_numpy(dtype=bool)
    hidden = _with_partners(table, under, adding_up)
    n = _rounded(table["n"])
    asked = np.where(table["N"] > 0, ROUND_TO, 0)  # who was asked at all is never rounded to nobody
    total = np.maximum(np.maximum(_rounded(table["N"]), n), asked)
    low, high = wilson(n, total)
    words = [UNDER_SMALL if u else NOT_SHOWN if h else f"{v:,}" for u, h, v in zip(under, hidden, n, strict=True)]
    result = table.assign(
        n=pd.array(n, dtype="Int64"),
        N=pd.array(total, dtype="Int64"),
        share=np.where(total > 0, n / np.maximum(total, 1), 0.0),
        low=low,
        high=high,
        shown=pd.Series(words, index=table.index, dtype="str"),
    )
    if "rest_n" in result.columns:
        result = _rest_rounded(result)
    for name in UNSAFE:
        if name in result.columns:
            result[name] = result[name].mask(pd.Series(hidden, index=result.index))
    return result


def _with_partners(table: pd.DataFrame, under: Bools, adding_up: Sequence[Sequence[str]]) -> Bools:
    """Hide more, until no line that adds up to a total has exactly one hidden count."""
    hidden = under.copy()
    n = table["n"].to_numpy(dtype=float)
    lines: list[Ints] = []
    for columns in adding_up:
        whole = [np.arange(len(table))]
        alike = table.groupby(list(columns), sort=True).indices.values() if columns else whole
        lines += [np.asarray(rows, dtype=np.int64) for rows in alike]
    again = True
    while again:
        again = False
        for rows in lines:
            if int(hidden[rows].sum()) == 1 and len(rows) > 1:
                others = rows[~hidden[rows]]
                hidden[others[np.argmin(n[others])]] = True
                again = True
    return hidden


def _rest_rounded(table: pd.DataFrame) -> pd.DataFrame:
    """Round what a group is compared with, and take the difference anew; tests to three digits."""
    small = table["rest_n"] < SMALL
    rest_n = _rounded(table["rest_n"])
    rest_of = np.maximum(_rounded(table["rest_N"]), rest_n)
    rounded = table.assign(rest_n=pd.array(rest_n, dtype="Int64"), rest_N=pd.array(rest_of, dtype="Int64"))
    if "rest_share" in table.columns:
        shares = np.where(rest_of > 0, rest_n / np.maximum(rest_of, 1), np.nan)
        rounded = rounded.assign(rest_share=shares)
    if "difference" in table.columns:
        tested = table["difference"].notna()
        low, high = newcombe(table["n"].astype(float), np.maximum(table["N"].astype(float), 1),
                             rest_n, np.maximum(rest_of, 1))  # fmt: skip
        rounded = rounded.assign(
            difference=(rounded["share"] - rounded["rest_share"]).where(tested),
            difference_low=pd.Series(low, index=table.index).where(tested),
            difference_high=pd.Series(high, index=table.index).where(tested),
        )
    for name in ("p", "p_adjusted"):
        if name in table.columns:
            rounded[name] = rounded[name].round(3)
    for name in ("rest_n", "rest_share", "difference", "difference_low", "difference_high"):
        if name in rounded.columns:
            rounded[name] = rounded[name].mask(small)
    return rounded


def _rounded(values: npt.ArrayLike) -> npt.NDArray[np.int64]:
    exact = np.asarray(values, dtype=float)
    return (np.floor(exact / ROUND_TO + 0.5) * ROUND_TO).astype(np.int64)
