"""Where each passage stands on the map: near the topics that it resembles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

SHARPNESS = 14.0
"""Higher draws passages closer to their own topic."""
SPREAD = 0.16
"""Radius of a topic's cloud, as a share of the map."""


def place(vectors: NDArray[np.float32], centres: NDArray[np.float32]) -> NDArray[np.float64]:
    """
    Return two coordinates for each vector, between about -1 and 1.

    Topics are placed by classical multidimensional scaling of their centres, spread out a little where they lie
    on top of each other; a passage stands at the mean of the topics, weighted by its similarity to each, moved by what
    sets it apart within them. Nothing is random. Distances are only a rough guide.
    """
    if not len(vectors):
        return np.zeros((0, 2))
    if len(centres) < 3:
        return _two_axes(vectors.astype(np.float64))
    topics = _apart(_two_axes(centres.astype(np.float64)))
    similarity = vectors.astype(np.float64) @ centres.T.astype(np.float64)
    weights = np.exp(SHARPNESS * (similarity - similarity.max(axis=1, keepdims=True)))
    weights /= weights.sum(axis=1, keepdims=True)
    rest = vectors - weights @ centres
    placed: NDArray[np.float64] = np.round(weights @ topics + SPREAD * _two_axes(rest.astype(np.float64)), 5)
    return placed


def _two_axes(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return coordinates on the two leading principal components, scaled to the unit square, signs fixed."""
    centred = points - points.mean(axis=0)
    with threadpool_limits(1):  # the same numbers whatever the cores, and faster for a matrix this small
        _, axes = np.linalg.eigh(centred.T @ centred)
    pair = axes[:, ::-1][:, :2]
    pair = pair * np.where(pair[np.abs(pair).argmax(axis=0), [0, 1]] < 0, -1.0, 1.0)
    found = centred @ pair
    scale = np.quantile(np.abs(found), 0.98, axis=0)
    scaled: NDArray[np.float64] = np.round(np.clip(found / np.where(scale > 1e-9, scale, 1.0), -1.4, 1.4), 6)
    return scaled


def _apart(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Push points that lie too close away from each other."""
    turn = 2.4 * np.arange(len(points))
    moved = points + 1e-3 * np.column_stack([np.cos(turn), np.sin(turn)])  # so that none lie on one spot
    wanted = 1.6 / np.sqrt(len(points))
    for _ in range(60):
        difference = moved[:, None, :] - moved[None, :, :]
        distance = np.sqrt((difference**2).sum(axis=2)) + 1e-9
        push = np.clip(wanted - distance, 0, None) / distance
        np.fill_diagonal(push, 0.0)
        moved += 0.2 * (push[:, :, None] * difference).sum(axis=1)
    return np.round(moved, 5)
