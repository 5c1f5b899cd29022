"""Tests of whether groups differ, how much, and with how many questions asked at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from consult.measures.index import Floats

SIGNIFICANT = 0.05
FEW = 30
SMALL_EXPECTED = 5.0


def two_by_two(
    n_a: npt.ArrayLike, of_a: npt.ArrayLike, n_b: npt.ArrayLike, of_b: npt.ArrayLike
) -> tuple[Floats, list[str]]:
    """
    Test for each element whether share a and share b differ.

    Pearson's chi-square without continuity correction where every expected count is at least
    five, else Fisher's exact test (two-sided). Where all or none have the property p is 1.

    Returns:
        The p-values, and the test used for each: ``chi-square`` or ``Fisher``.
    """
    from scipy import special

    hit_a, total_a, hit_b, total_b = (
        np.atleast_1d(np.asarray(v, dtype=float)) for v in np.broadcast_arrays(n_a, of_a, n_b, of_b)
    )
    total, hits = total_a + total_b, hit_a + hit_b
    least = np.minimum(hits, total - hits) * np.minimum(total_a, total_b) / np.maximum(total, 1)
    apart = hit_a * (total_b - hit_b) - hit_b * (total_a - hit_a)
    below = hits * (total - hits) * total_a * total_b
    chi2 = np.where(below > 0, total * apart**2 / np.where(below > 0, below, 1), 0.0)
    p = np.asarray(special.chdtrc(1, chi2), dtype=float)
    tests = ["chi-square"] * len(p)
    for i in np.flatnonzero(least < SMALL_EXPECTED):
        p[i] = _fisher(int(hit_a[i]), int(total_a[i]), int(hits[i]), int(total[i])) if below[i] > 0 else 1.0
        tests[i] = "Fisher"
    return np.minimum(p, 1.0), tests


def _fisher(hit: int, drawn: int, hits: int, total: int) -> float:
    """Two-sided: the chance of all tables with the same margins that are no likelier than this one."""
    from scipy.special import gammaln

    low, high = max(0, drawn - (total - hits)), min(drawn, hits)
    k = np.arange(low, high + 1)
    logs = (
        _log_choose(gammaln, hits, k)
        + _log_choose(gammaln, total - hits, drawn - k)
        - _log_choose(gammaln, total, np.array(drawn))
    )
    chance = np.exp(logs)
    return float(min(chance[chance <= chance[hit - low] * (1 + 1e-7)].sum(), 1.0))


def _log_choose(gammaln: Callable[[npt.ArrayLike], Floats], n: int, k: npt.NDArray[np.int64]) -> Floats:
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))


def across(counts: npt.ArrayLike, totals: npt.ArrayLike) -> tuple[float, int, float, float]:
    """
    Test whether a share differs among several groups at once.

    Args:
        counts: Responses with the property in each group.
        totals: Responses in each group, all above zero.

    Returns:
        Chi-square, degrees of freedom, p, and Cramér's V (0 none to 1 complete; for a property
        against any number of groups it is the square root of chi-square over N).
    """
    from scipy import special

    hits, of = np.asarray(counts, dtype=float), np.asarray(totals, dtype=float)
    total, share = of.sum(), hits.sum() / of.sum() if of.sum() else 0.0
    if len(of) < 2 or share in (0.0, 1.0):
        return 0.0, max(len(of) - 1, 0), 1.0, 0.0
    chi2 = float((((hits - of * share) ** 2) / (of * share * (1 - share))).sum())
    free = len(of) - 1
    return chi2, free, float(special.chdtrc(free, chi2)), float(np.sqrt(chi2 / total))


def trend(counts: npt.ArrayLike, totals: npt.ArrayLike, when: npt.ArrayLike) -> tuple[float, float]:
    """
    Test whether a share rises or falls along an order, such as time.

    Source: W. Cochran, Biometrics 10 (1954); P. Armitage, Biometrics 11 (1955).

    Args:
        counts: Responses with the property in each period.
        totals: Responses in each period.
        when: The place of each period, such as its day.

    Returns:
        z (above zero: rising) and its two-sided p; 0 and 1 where nothing can be told.
    """
    from scipy import special

    hits, of, place = (np.asarray(v, dtype=float) for v in (counts, totals, when))
    total = of.sum()
    share = hits.sum() / total if total else 0.0
    place = place - (of * place).sum() / total if total else place
    variance = share * (1 - share) * float((of * place**2).sum())
    if variance <= 0:
        return 0.0, 1.0
    z = float((place * (hits - of * share)).sum() / np.sqrt(variance))
    return z, float(special.erfc(abs(z) / np.sqrt(2)))


def adjusted(p: npt.ArrayLike) -> Floats:
    """
    Return p-values adjusted for the number of tests made together.

    Source: Y. Benjamini and Y. Hochberg, JRSS B 57 (1995); the share of false alarms among what
    is called significant stays below the threshold. NaN marks a test not made and stays NaN.
    """
    values = np.asarray(p, dtype=float)
    result = np.full(values.shape, np.nan)
    made = np.flatnonzero(~np.isnan(values))
    if not len(made):
        return result
    order = made[np.argsort(values[made], kind="stable")]
    steps = values[order] * len(made) / np.arange(1, len(made) + 1)
    result[order] = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1.0)
    return result
