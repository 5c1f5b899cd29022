"""Broader topics: groups of topics, so that sixty can be read as twelve."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage

MIN_TOPICS = 9
"""With fewer topics a second level says nothing."""


def group_topics(centres: NDArray[np.float32]) -> NDArray[np.int64]:
    """
    Return the broader group of each topic, or -1 where a topic stands alone.

    Ward's method on the topics' centres, cut so that groups hold three to four topics on average and there are at
    most twelve. A group of one would repeat its only topic and is not made.

    Args:
        centres: Unit centre of each topic, rows in an order made from their content.
    """
    n = len(centres)
    if n < MIN_TOPICS:
        return np.full(n, -1, dtype=np.int64)
    wanted = int(np.clip(round(n / 3.5), 3, 12))
    groups = fcluster(linkage(np.round(centres.astype(np.float64), 5), "ward"), wanted, "maxclust").astype(np.int64) - 1
    sizes = np.bincount(groups)
    lone = sizes[groups] < 2
    groups[lone] = -1
    kept = {old: new for new, old in enumerate(sorted(set(groups[~lone].tolist())))}
    return np.array([kept.get(int(g), -1) for g in groups], dtype=np.int64)
