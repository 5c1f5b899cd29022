"""Pairs of texts that may be near-identical, by MinHash and banding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from consult.campaigns.shingles import Hashes

ROWS_IN_BAND = 3
BANDS = 42
SEED = 20260
_BATCH = 4000

Ints = npt.NDArray[np.int64]


def candidate_pairs(shingles: Sequence[Hashes]) -> tuple[Ints, Ints]:
    """
    Return pairs of texts likely to share many shingles, each pair once, first < second.

    Signatures are rensa's MinHash; with 42 bands of 3 rows two texts of Jaccard similarity .4
    become a pair with a chance of 94 %, of .5 with 99.6 %, of .03 with 0.1 %. Within a band's
    bucket each text is paired with the first and with the one before it only, so that 40,000
    copies of a letter make 80,000 pairs a band and not 800 million.

    Source: A. Broder (1997), On the resemblance and containment of documents; P. Indyk and
    R. Motwani (1998), locality-sensitive hashing.

    Args:
        shingles: For each text its hashes; none of them empty.
    """
    if len(shingles) < 2:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    signatures = _signatures(shingles)
    pairs = []
    for band in range(BANDS):
        rows = signatures[:, band * ROWS_IN_BAND : (band + 1) * ROWS_IN_BAND].astype(np.uint64)
        key = (rows[:, 0] * np.uint64(0x9E3779B97F4A7C15)) ^ (rows[:, 1] << np.uint64(32)) ^ rows[:, 2]
        order = np.argsort(key, kind="stable")
        pairs.append(_in_bucket(key[order], order))
    codes = np.unique(np.concatenate(pairs))
    return codes // len(shingles), codes % len(shingles)


def _in_bucket(key: Hashes, order: Ints) -> Ints:
    size = len(order)
    same = np.flatnonzero(key[1:] == key[:-1]) + 1
    starts = np.zeros(size, dtype=np.int64)
    new = np.r_[True, key[1:] != key[:-1]]
    starts[new] = np.flatnonzero(new)
    starts = np.maximum.accumulate(starts)
    before, here, first = order[same - 1], order[same], order[starts[same]]
    return np.concatenate(
        [
            np.minimum(before, here) * size + np.maximum(before, here),
            np.minimum(first, here) * size + np.maximum(first, here),
        ]
    )


def _signatures(shingles: Sequence[Hashes]) -> npt.NDArray[np.uint32]:
    from rensa import RMinHash

    size = ROWS_IN_BAND * BANDS
    batches = []
    for start in range(0, len(shingles), _BATCH):
        batch = shingles[start : start + _BATCH]
        offsets = np.concatenate([[0], np.cumsum([len(s) for s in batch])]).astype(np.uint64)
        matrix = RMinHash.digest_matrix_from_flat_token_hashes(np.concatenate(batch), offsets, size, SEED)
        batches.append(np.array(matrix.to_rows(), dtype=np.uint32))
    return np.concatenate(batches)
