"""In how many repeated runs a topic is found again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SAME = 0.4
"""Two groups are the same topic when they share this much of all that is in either (Jaccard)."""
FLEETING = 0.3
"""A topic found again in fewer of the runs than this hangs on chance."""


def is_fleeting(found_in: int, n_runs: int) -> bool:
    """Return whether a topic was found in so few of the runs that it should be used with caution."""
    return found_in < FLEETING * n_runs


def found_again(labels: NDArray[np.int64], runs: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """
    Return, for each topic, the number of runs that hold a group with mostly the same texts.

    Runs are the clusterings that each of the trees, grown on its own half of the texts, gives to all of them. They
    share texts with the final clustering, so this says what hangs on the choice of texts, not on chance alone.

    Args:
        labels: Topic of each text, -1 for none; topics are 0 to k - 1.
        runs: Group of each text, one array a run.
    """
    n_topics = int(labels.max()) + 1 if len(labels) else 0
    found = np.zeros(n_topics, dtype=np.int64)
    inside = labels >= 0
    sizes = np.bincount(labels[inside], minlength=n_topics)
    for run in runs:
        groups = np.bincount(run[inside])
        both = np.zeros((n_topics, len(groups)))
        np.add.at(both, (labels[inside], run[inside]), 1)
        jaccard = both / np.maximum(sizes[:, None] + groups[None, :] - both, 1)
        found += (jaccard.max(axis=1) >= SAME).astype(np.int64)
    return found
