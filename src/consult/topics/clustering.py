"""Groups of passages that do not depend on row order, cores or luck: k-means started from many Ward trees."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.linalg import eigh
from threadpoolctl import threadpool_limits

from consult.topics.outliers import fit_strength
from consult.topics.stability import found_again, is_fleeting

Vectors = NDArray[np.float32]
Labels = NDArray[np.int64]
Result = TypeVar("Result")

N_RUNS = 10
"""Ward trees grown, each on its own half of the texts."""
TREE_SIZE = 3000
"""Texts in a tree at most: Ward's method takes memory and time that grow with the square."""
DIMENSIONS = 64
"""Principal components that the trees are grown in; 50 to 100 made no difference, all 512 were slower and worse."""
TOLERANCE = 0.90
"""A number of topics is stable enough when its agreement reaches this share of the best agreement in the range."""
MIN_FOUND = 0.55
"""And when its topics are found again in this share of the runs, on average."""
MIN_FOUND_OF_FEW = 0.60
FEW = 2000
"""With fewer texts than this, they must be found again in more of the runs."""
RISING = 0.01
CLEARLY_FOUND = 0.8
MAX_FLEETING = 0.35
"""Share of topics that may be left out because too few runs find them, unless their number was asked for.

Each makes its neighbours larger, so that fewer runs find these.
"""
N_SAMPLED = 4000
"""Texts that agreement is measured on."""
MIN_TEXTS = 12
"""With fewer distinct texts than this, nothing can be said about topics."""
MAX_ROUNDS = 60
RUN_ROUNDS = 15
CHUNK = 16_384
"""Rows that are handled at a time, so that a hundred thousand passages fit in memory."""


@dataclass(frozen=True)
class Tree:
    """One Ward tree: which texts it was grown on, and its merges (as scipy's `linkage`)."""

    rows: NDArray[np.int64]
    merges: NDArray[np.float64]


@dataclass
class ConsensusKMeans:
    """
    A clusterer for BERTopic's `hdbscan_model`, without a random part.

    Ten Ward trees are grown on halves of the texts, cut at k, and the centres of all their branches are grouped
    again by Ward's method into k starting points for spherical k-means ("bagged clustering", Leisch 1999; starting
    points as in Bradley and Fayyad 1998). Which text is in which half follows from `keys`, so neither the order of
    rows nor a seed plays a part, and a text keeps its halves when others are added. The number of clusters is the
    largest whose agreement between trees is at least 90 % of the best.

    Args:
        keys: One number a text, made from its content; rows must be in an order that follows from the content too.
        n_clusters: Fixed number of clusters, or None to choose it.
        max_outliers: Share of texts that may be left without a cluster at most.
        judge: Says which clusters to keep; the texts of the others go to the nearest that is kept. K-means puts
            texts that say little into clusters of their own.
    """

    keys: NDArray[np.uint64]
    n_clusters: int | None = None
    max_outliers: float = 0.10
    judge: Callable[[Labels], NDArray[np.bool_]] | None = None
    labels_: Labels = field(init=False)
    probabilities_: NDArray[np.float64] = field(init=False)
    nearest_: Labels = field(init=False)
    centres_: Vectors = field(init=False)
    scale_: tuple[float, float] = field(init=False)
    limit_: float = field(init=False)
    agreement_: dict[int, float] = field(init=False)
    runs_: list[Labels] = field(init=False)

    def fit(self, vectors: Vectors, y: Any = None) -> ConsensusKMeans:  # noqa: ARG002
        """Group unit vectors (n, d); sets `labels_` (-1: no cluster), `nearest_` and `probabilities_` (strength)."""
        with threadpool_limits(1):  # sums over several threads differ in the last digit
            reduced = reduce_dimensions(vectors)
            trees = grow_trees(reduced, self.keys)
            chosen, cuts = self._choose(reduced, trees)
            start = join_centres(cuts, chosen)
            labels, _ = spherical_k_means(reduced, start)
            labels, self.centres_ = spherical_k_means(vectors, centres_of(vectors, labels))
            self.runs_ = self._runs(reduced, cuts)
            fewest = max(2, round(len(self.centres_) * (1 - MAX_FLEETING)))
            if self.judge is not None:
                self.centres_ = self.centres_[self.judge(labels)]
                labels = nearest(vectors, self.centres_)
            if self.n_clusters is None:
                labels = self._without_fleeting(vectors, labels, fewest)
        fitted = fit_strength(vectors @ self.centres_.T, max_outliers=self.max_outliers)
        self.nearest_, self.scale_, self.limit_ = labels, fitted.scale, fitted.limit
        self.probabilities_ = fitted.strength
        self.labels_ = np.where(fitted.is_outlier, -1, labels)
        return self

    def predict(self, vectors: Vectors) -> Labels:
        """Return the nearest cluster of each vector."""
        return nearest(vectors, self.centres_)

    def _choose(self, reduced: Vectors, trees: list[Tree]) -> tuple[int, list[Vectors]]:
        """Return the number of clusters, and the branches of each tree cut at it; sets `agreement_`."""

        def cut(k: int) -> tuple[list[Vectors], float, float]:
            branches = [cut_tree(reduced, tree, k) for tree in trees]
            return branches, agreement(reduced, branches), mean_found(reduced, branches, k)

        ordinary = [min(self.n_clusters, len(reduced))] if self.n_clusters else sane_numbers(len(reduced))
        tried = side_by_side(cut, ordinary)
        chosen = choose_number({k: t[1] for k, t in tried.items()}, {k: t[2] for k, t in tried.items()}, len(reduced))
        beyond = [0] if self.n_clusters is None else []
        while beyond:
            found = {k: t[2] for k, t in tried.items()}
            beyond = numbers_beyond(chosen, {k: t[1] for k, t in tried.items()}, found, len(reduced))
            tried |= side_by_side(cut, beyond)
            if beyond:
                chosen = max(tried, key=lambda k: (tried[k][1], -k))
        if len(tried) > len(ordinary):  # the peak lies between the numbers tried
            tried |= side_by_side(cut, {round(chosen * step) for step in (0.87, 0.91, 0.95, 1.05, 1.1)} - tried.keys())
            chosen = max(tried, key=lambda k: (tried[k][1], -k))
        self.agreement_ = {k: tried[k][1] for k in sorted(tried)}
        return chosen, tried[chosen][0]

    def _runs(self, reduced: Vectors, cuts: list[Vectors]) -> list[Labels]:
        """Return the groups that each run finds by itself, from its tree and its half of the texts."""

        def finish(run: int) -> Labels:
            half = half_of(self.keys, run)
            return nearest(reduced, spherical_k_means(reduced[half], cuts[run], rounds=RUN_ROUNDS)[1])

        return list(side_by_side(finish, range(len(cuts))).values())

    def _without_fleeting(self, vectors: Vectors, labels: Labels, fewest: int) -> Labels:
        """Leave out the cluster that the fewest runs find, one by one, until all are found or few clusters are left."""
        while len(self.centres_) > fewest:
            found = found_again(labels, self.runs_)
            if not is_fleeting(int(found.min()), len(self.runs_)):
                break
            self.centres_ = np.delete(self.centres_, int(found.argmin()), axis=0)
            labels = nearest(vectors, self.centres_)
        return labels


def sane_numbers(n_texts: int) -> list[int]:
    """
    Return the numbers of topics to try for so many distinct texts, in rising order.

    0.09 n^0.7 at most (11 for 1,000, 57 for 10,000), growing slower beyond; a third of that at least.

    >>> sane_numbers(10_000)[0], sane_numbers(10_000)[-1]
    (19, 57)
    """
    most = 0.09 * n_texts**0.7
    if n_texts > 10_000:
        most = 57 * (n_texts / 10_000) ** 0.2
    high = max(2, 5 if n_texts >= 150 else 2, round(most))
    low = max(2, min(high, 5), high // 3)
    return sorted({round(k) for k in np.geomspace(low, high, 9)})


def numbers_beyond(chosen: int, agreed: dict[int, float], found: dict[int, float], n_texts: int) -> list[int]:
    """
    Return larger numbers of topics to try, when the largest so far is the most stable of all by far.

    Agreement that still rises at the end of the range says that the texts fall into more groups than the range
    allows, such as the same hundred sentences in many languages.
    """
    high = max(agreed)
    before = max((value for k, value in agreed.items() if k < high), default=1.0)
    most = n_texts // MIN_TEXTS
    if chosen < high or agreed[high] < before + RISING or found[high] < CLEARLY_FOUND or high >= most:
        return []
    return sorted({min(most, round(high * step)) for step in (1.26, 1.59, 2.0)} - agreed.keys())


def choose_number(agreement_by_number: dict[int, float], found: dict[int, float], n_texts: int) -> int:
    """
    Return the largest number of topics that is nearly as stable as the most stable one.

    Args:
        agreement_by_number: Agreement between runs for each number tried.
        found: Share of the runs that find a topic again, on average, for each number.
        n_texts: Number of distinct texts.
    """
    needed = MIN_FOUND_OF_FEW if n_texts < FEW else MIN_FOUND
    best = max(agreement_by_number.values())
    stable = [k for k, value in agreement_by_number.items() if value >= TOLERANCE * best and found[k] >= needed]
    return max(stable) if stable else max(found, key=lambda k: (found[k], -k))


def reduce_dimensions(vectors: Vectors) -> Vectors:
    """Return unit vectors in the leading principal components (all of them where there are few texts)."""
    wanted = min(DIMENSIONS, vectors.shape[1], max(2, len(vectors) // 4))
    size = vectors.shape[1]
    covariance = np.zeros((size, size))
    for at in range(0, len(vectors), CHUNK):
        part = vectors[at : at + CHUNK].astype(np.float64)
        covariance += part.T @ part
    _, axes = eigh(covariance, subset_by_index=[size - wanted, size - 1])
    return normalise(np.round(vectors @ axes.astype(np.float32), 5))


def grow_trees(vectors: Vectors, keys: NDArray[np.uint64]) -> list[Tree]:
    """Return Ward trees, each on the half of the texts whose key has one bit set (on some of them when many)."""

    def grow(run: int) -> Tree:
        chosen = half_of(keys, run)
        if len(chosen) > TREE_SIZE:
            mixed = (keys[chosen] >> np.uint64(16)) ^ (np.uint64(run) * np.uint64(0x9E3779B97F4A))
            chosen = np.sort(chosen[np.argsort(mixed, kind="stable")[:TREE_SIZE]])
        return Tree(chosen, linkage(vectors[chosen].astype(np.float64), "ward"))

    return list(side_by_side(grow, range(N_RUNS)).values())


def half_of(keys: NDArray[np.uint64], run: int) -> NDArray[np.int64]:
    """Return the rows of the half of the texts that a run sees: those whose key has one bit set."""
    chosen = np.flatnonzero((keys >> np.uint64(run)) & np.uint64(1))
    if len(chosen) < max(4, len(keys) // 4):
        return np.arange(len(keys))  # so few texts that a half may be almost empty
    return chosen


def side_by_side(work: Callable[[int], Result], numbers: Iterable[int]) -> dict[int, Result]:
    """Return what `work` makes of each number, several at a time; each is worked out as if it were alone."""
    wanted = list(numbers)
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        return dict(zip(wanted, pool.map(work, wanted), strict=True))


def cut_tree(vectors: Vectors, tree: Tree, k: int) -> Vectors:
    """Return the centres of the k branches of a tree, moved for a few rounds of k-means."""
    branches = fcluster(tree.merges, min(k, len(tree.rows)), "maxclust").astype(np.int64) - 1
    sample = vectors[tree.rows]
    return spherical_k_means(sample, centres_of(sample, branches), rounds=5)[1]


def join_centres(runs: list[Vectors], k: int) -> Vectors:
    """Return k starting points: the centres of all runs, grouped by Ward's method."""
    pool = np.vstack(runs)
    if len(pool) <= k:
        return pool
    groups = fcluster(linkage(pool.astype(np.float64), "ward"), k, "maxclust").astype(np.int64) - 1
    return centres_of(pool, groups)


def agreement(vectors: Vectors, runs: list[Vectors]) -> float:
    """Return how far the runs agree on who belongs together: mean adjusted mutual information over pairs of runs."""
    from sklearn.metrics import adjusted_mutual_info_score

    step = max(1, len(vectors) // N_SAMPLED)
    found = [nearest(vectors[::step], centres) for centres in runs]
    pairs = [(a, b) for a in range(len(found)) for b in (a + 1, a + 3) if b < len(found)]
    return float(np.mean([adjusted_mutual_info_score(found[a], found[b]) for a, b in pairs]))


def mean_found(vectors: Vectors, runs: list[Vectors], k: int) -> float:
    """Return the share of the runs that find a topic again, on average over the k topics made of all runs."""
    sample = vectors[:: max(1, len(vectors) // N_SAMPLED)]
    labels, _ = spherical_k_means(sample, join_centres(runs, k), rounds=5)
    return float(found_again(labels, [nearest(sample, centres) for centres in runs]).mean()) / len(runs)


def spherical_k_means(vectors: Vectors, start: Vectors, rounds: int = MAX_ROUNDS) -> tuple[Labels, Vectors]:
    """Return labels and unit centres after Lloyd's rounds on the sphere; clusters that lose all texts vanish."""
    centres, last = start, None
    for _ in range(rounds):
        labels = nearest(vectors, centres)
        if last is not None and len(last) == len(labels) and np.array_equal(last, labels):
            break
        centres = centres_of(vectors, labels)
        last = _packed(labels)
    labels = _packed(nearest(vectors, centres))
    return labels, centres_of(vectors, labels)


def nearest(vectors: Vectors, centres: Vectors) -> Labels:
    """Return the index of the most similar centre; rounded, so that ties do not hang on the machine."""
    out = np.empty(len(vectors), dtype=np.int64)
    for at in range(0, len(vectors), CHUNK):
        part = slice(at, at + CHUNK)
        out[part] = np.round(vectors[part] @ centres.T, 5).argmax(axis=1)
    return out


def centres_of(vectors: Vectors, labels: Labels) -> Vectors:
    """Return the unit mean vector of each group that has members, in order of label."""
    packed = _packed(labels)
    return normalise(sums_by(vectors, packed, int(packed.max()) + 1))


def sums_by(vectors: NDArray[Any], group: Labels, n_groups: int) -> NDArray[np.float64]:
    """Return the sum of the vectors of each group, always added in the order of the rows."""
    sums = np.zeros((n_groups, vectors.shape[1]))
    for at in range(0, len(vectors), CHUNK):
        part, labels = vectors[at : at + CHUNK], group[at : at + CHUNK]
        order = np.argsort(labels, kind="stable")
        present, starts = np.unique(labels[order], return_index=True)
        sums[present] += np.add.reduceat(part[order].astype(np.float64), starts, axis=0)
    return sums


def normalise(vectors: NDArray[Any]) -> Vectors:
    """Return rows of length one; a row of zeros stays as it is."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    result: Vectors = (vectors / np.where(length > 0, length, 1.0)).astype(np.float32)
    return result


def _packed(labels: Labels) -> Labels:
    return np.unique(labels, return_inverse=True)[1].astype(np.int64).reshape(-1)
