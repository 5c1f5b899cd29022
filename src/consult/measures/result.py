"""What a measure hands back: a table, what it is of, and how to read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from consult.measures.comparing import FEW
from consult.measures.intervals import wilson

if TYPE_CHECKING:
    import pandas as pd

    from consult.measures.counting import Base
    from consult.measures.selection import Selection


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
