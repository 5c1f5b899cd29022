"""
How far two codings agree beyond chance.

Percent agreement alone misleads for rare themes: two coders who never give a theme agree always. Three
measures are given because each has a known weakness. Cohen's kappa falls when a theme is rare, however well
the coders agree (Feinstein and Cicchetti 1990); Gwet's AC1 does not (Gwet 2008); Krippendorff's alpha
allows for missing codings and any number of coders (Krippendorff 2004).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Counts:
    """
    Cells of yes-or-no decisions by what both say; numbers, or arrays of the same shape.

    `both` are given by both, `first_only` by the first alone, `second_only` by the second alone.
    """

    both: Floats
    first_only: Floats
    second_only: Floats
    neither: Floats

    @property
    def total(self) -> Floats:
        """Number of cells."""
        return np.asarray(self.both + self.first_only + self.second_only + self.neither, dtype=np.float64)


def _ratio(top: Floats, bottom: Floats) -> Floats:
    """Return top / bottom, NaN where nothing is below the line."""
    top, bottom = np.asarray(top, dtype=np.float64), np.asarray(bottom, dtype=np.float64)
    found: Floats = np.full(np.broadcast(top, bottom).shape, np.nan)
    np.divide(top, bottom, out=found, where=bottom != 0)
    return found


def precision(counts: Counts) -> Floats:
    """Return the share of the first's yeses that the second shares; NaN where the first has none."""
    return _ratio(counts.both, counts.both + counts.first_only)


def recall(counts: Counts) -> Floats:
    """Return the share of the second's yeses that the first shares; NaN where the second has none."""
    return _ratio(counts.both, counts.both + counts.second_only)


def f1(counts: Counts) -> Floats:
    """Return the harmonic mean of precision and recall; NaN where neither has a yes."""
    return _ratio(2 * counts.both, 2 * counts.both + counts.first_only + counts.second_only)


def cohen_kappa(counts: Counts) -> Floats:
    """
    Return Cohen's kappa (1960): (observed - chance) / (1 - chance), chance from each coder's own share.

    NaN where both coders say the same of every cell, so that chance agreement is complete.
    """
    n = counts.total
    observed = _ratio(counts.both + counts.neither, n)
    first = _ratio(counts.both + counts.first_only, n)
    second = _ratio(counts.both + counts.second_only, n)
    chance = first * second + (1 - first) * (1 - second)
    return _ratio(observed - chance, 1 - chance)


def gwet_ac1(counts: Counts) -> Floats:
    """Return Gwet's AC1 (2008): as kappa, with chance 2p(1 - p), p the mean share of yeses of both coders."""
    n = counts.total
    observed = _ratio(counts.both + counts.neither, n)
    share = _ratio(2 * counts.both + counts.first_only + counts.second_only, 2 * n)
    chance = 2 * share * (1 - share)
    return _ratio(observed - chance, 1 - chance)


def pair_alpha(counts: Counts) -> Floats:
    """
    Return Krippendorff's alpha for two coders who both decided every cell: 1 - (n - 1) d / (yeses * noes).

    n counts the decisions of both, d the cells on which they differ. NaN where all say the same.
    """
    differ = counts.first_only + counts.second_only
    yes, no = 2 * counts.both + differ, 2 * counts.neither + differ
    return 1 - _ratio((yes + no - 1) * differ, yes * no)


def krippendorff_alpha(decisions: Floats) -> float:
    """
    Return Krippendorff's alpha for nominal decisions.

    Args:
        decisions: One row a coder, one column a cell; 1 for yes, 0 for no, NaN where not coded.

    Returns:
        1 for full agreement, 0 for chance; NaN where no cell has two codings or all say the same.
    """
    import krippendorff

    values = np.asarray(decisions, dtype=np.float64)
    paired = values[:, (~np.isnan(values)).sum(axis=0) >= 2]
    present = paired[~np.isnan(paired)]
    if present.size == 0 or len(np.unique(present)) < 2:
        return float("nan")
    return float(krippendorff.alpha(reliability_data=paired, level_of_measurement="nominal"))
