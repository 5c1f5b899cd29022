"""What sets one group of texts or people apart from another: the difference of log-odds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

#: Weight of the share of all together, as a number of texts or people.
PRIOR = 10.0


def log_odds(n_a: npt.ArrayLike, of_a: npt.ArrayLike, n_b: npt.ArrayLike, of_b: npt.ArrayLike) -> tuple[Floats, Floats]:
    """
    Return what sets group a apart from group b: the difference of log-odds, and its z.

    Both groups start from the share of all together, with the weight of ten texts or people, so that
    what few say does not look like what sets them apart. What all or nobody has gets 0.

    Source: B. Monroe, M. Colaresi, K. Quinn, "Fightin' Words", Political Analysis 16 (2008),
    section 3.5.1 (log-odds with an informative prior), with texts or people in place of words.
    """
    hit_a, total_a, hit_b, total_b = (np.asarray(v, dtype=float) for v in (n_a, of_a, n_b, of_b))
    overall = (hit_a + hit_b) / np.maximum(total_a + total_b, 1.0)
    mixed = (overall > 0) & (overall < 1)
    yes = np.where(mixed, overall, 0.5) * PRIOR
    no = PRIOR - yes
    delta = np.log((hit_a + yes) / (total_a - hit_a + no)) - np.log((hit_b + yes) / (total_b - hit_b + no))
    spread = sum(1 / v for v in (hit_a + yes, total_a - hit_a + no, hit_b + yes, total_b - hit_b + no))
    return np.where(mixed, delta, 0.0), np.where(mixed, delta / np.sqrt(spread), 0.0)
