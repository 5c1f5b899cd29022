"""What a measure hands back: a table, what it is of, and how to read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from consult.measures.comparing import FEW
from consult.measures.intervals import wilson

if TYPE_CHECKING:
    import numpy.typing as npt

    from consult.measures.counting import Base
    from consult.measures.selection import Selection

SMALL = 10
ROUND_TO = 5
UNDER_SMALL = f"under {SMALL}"


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


def hide_small(table: pd.DataFrame) -> pd.DataFrame:
    """
    Return the table fit for publication: counts under 10 hidden, all others rounded to 5.

    Hidden counts are missing in ``n``, ``share``, ``low``, ``high`` and in tests, and
    ``shown`` says "under 10". Shares are taken anew from the rounded numbers. A hidden count may
    still be worked out from a total where only one is hidden.
    """
    hidden = (table["n"] < SMALL).to_numpy(dtype=bool)
    n = _rounded(table["n"])
    total = np.maximum(_rounded(table["N"]), n)
    low, high = wilson(n, total)
    result = table.assign(
        n=pd.array(n, dtype="Int64"),
        N=pd.array(total, dtype="Int64"),
        share=np.where(total > 0, n / np.maximum(total, 1), 0.0),
        low=low,
        high=high,
        shown=[UNDER_SMALL if h else f"{v:,}" for h, v in zip(hidden, n, strict=True)],
    )
    unsafe = (
        "n",
        "share",
        "low",
        "high",
        "p",
        "p_adjusted",
        "lift",
        "lift_low",
        "lift_high",
        "difference",
        "difference_low",
        "difference_high",
        "rest_n",
        "rest_share",
        "log_odds",
        "z",
    )
    for name in unsafe:
        if name in result.columns:
            result[name] = result[name].mask(pd.Series(hidden, index=result.index))
    return result


def _rounded(values: npt.ArrayLike) -> npt.NDArray[np.int64]:
    exact = np.asarray(values, dtype=float)
    return (np.floor(exact / ROUND_TO + 0.5) * ROUND_TO).astype(np.int64)
