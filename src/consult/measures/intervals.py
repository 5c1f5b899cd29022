"""Intervals for shares, for differences and ratios of shares, and for clustered counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from consult.measures.index import Floats

CONFIDENCE = 0.95
Z95 = 1.959963984540054


def wilson(n: npt.ArrayLike, of: npt.ArrayLike, z: float = Z95) -> tuple[Floats, Floats]:
    """
    Return the Wilson score interval of n out of N, element by element.

    Where nothing was asked (N = 0) nothing is known: the interval is 0 to 1. N may be a
    fraction, as an effective number of responses is.

    Source: E. B. Wilson, JASA 22 (1927); the same numbers as statsmodels'
    ``proportion_confint(method="wilson")``.
    """
    count, total = np.asarray(n, dtype=float), np.asarray(of, dtype=float)
    safe = np.where(total > 0, total, 1.0)
    share = count / safe
    scale = 1 + z * z / safe
    middle = (share + z * z / (2 * safe)) / scale
    half = z * np.sqrt(share * (1 - share) / safe + z * z / (4 * safe * safe)) / scale
    low = np.where(total > 0, np.where(count <= 0, 0.0, np.maximum(middle - half, 0.0)), 0.0)
    high = np.where(total > 0, np.where(count >= total, 1.0, np.minimum(middle + half, 1.0)), 1.0)
    return low, high


def newcombe(n_a: npt.ArrayLike, of_a: npt.ArrayLike, n_b: npt.ArrayLike, of_b: npt.ArrayLike) -> tuple[Floats, Floats]:
    """
    Return the interval of the difference of two independent shares, a minus b.

    Source: R. G. Newcombe, Statistics in Medicine 17 (1998), method 10 (hybrid score), without
    continuity correction; statsmodels' ``confint_proportions_2indep(method="newcomb")``.
    """
    share_a = np.asarray(n_a, dtype=float) / np.asarray(of_a, dtype=float)
    share_b = np.asarray(n_b, dtype=float) / np.asarray(of_b, dtype=float)
    low_a, high_a = wilson(n_a, of_a)
    low_b, high_b = wilson(n_b, of_b)
    difference = share_a - share_b
    low = difference - np.sqrt((share_a - low_a) ** 2 + (high_b - share_b) ** 2)
    high = difference + np.sqrt((high_a - share_a) ** 2 + (share_b - low_b) ** 2)
    return low, high


def ratio(
    n_a: npt.ArrayLike, of_a: npt.ArrayLike, n_b: npt.ArrayLike, of_b: npt.ArrayLike
) -> tuple[Floats, Floats, Floats]:
    """
    Return the ratio of two shares (lift) with its interval, a over b.

    Half a response is added to each count and to each total (Walter 1975), so that zero counts
    give a number; the interval is Katz's on the logarithm (Katz et al., Biometrics 34, 1978).
    """
    count_a, count_b = np.asarray(n_a, dtype=float) + 0.5, np.asarray(n_b, dtype=float) + 0.5
    total_a, total_b = np.asarray(of_a, dtype=float) + 0.5, np.asarray(of_b, dtype=float) + 0.5
    middle = np.log(count_a / total_a) - np.log(count_b / total_b)
    spread = np.sqrt(np.maximum(1 / count_a - 1 / total_a + 1 / count_b - 1 / total_b, 0.0))
    return np.exp(middle), np.exp(middle - Z95 * spread), np.exp(middle + Z95 * spread)


def clustered(yes: npt.ArrayLike, asked: npt.ArrayLike) -> tuple[float, float, float]:
    """
    Return a share of answers with an interval that knows that answers share a response.

    Answers of one response resemble each other, so that they are worth fewer than as many
    independent ones. The variance is the linearised one between responses; the number of answers
    is divided by the design effect (never below 1) and put into Wilson's formula.

    Source: J. N. K. Rao and A. J. Scott, Biometrics 48 (1992), "A simple method for the analysis
    of clustered binary data".

    Args:
        yes: For each response, how many of its answers have the property.
        asked: For each response, how many answers it gave; at least one in total.

    Returns:
        Share, low and high, between 0 and 1.
    """
    hits, sizes = np.asarray(yes, dtype=float), np.asarray(asked, dtype=float)
    keep = sizes > 0
    hits, sizes = hits[keep], sizes[keep]
    clusters, total = len(sizes), float(sizes.sum())
    if not clusters:
        return 0.0, 0.0, 1.0
    share = float(hits.sum()) / total
    effect = 1.0
    binomial = share * (1 - share) / total
    if clusters > 1 and binomial > 0:
        residual = hits - share * sizes
        variance = clusters / (clusters - 1) * float((residual**2).sum()) / total**2
        effect = max(1.0, variance / binomial)
    elif clusters < total and binomial == 0:
        effect = total / clusters
    low, high = wilson(share * total / effect, total / effect)
    return share, float(low), float(high)
