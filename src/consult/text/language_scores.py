"""How well many texts fit each language: py3langid's model, read for a block of texts at once."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

HEAD_CHARACTERS = 2000
"""The language of a long document is read off its beginning."""

BLOCK_BYTES = 2_000_000
"""So much text is read at a time; each byte takes about sixty bytes of memory."""


class _Model(NamedTuple):
    """
    The parts of py3langid's model, as arrays.

    Attributes:
        rows: Where the moves of each state begin.
        moves: The next state, by the current state's row and the byte read.
        features: The feature that each state stands for; -1 for none.
        weights: Log-probability of each feature in each language.
        priors: Log-probability of each language.
    """

    rows: np.ndarray
    moves: np.ndarray
    features: np.ndarray
    weights: np.ndarray
    priors: np.ndarray


@cache
def _model(languages: tuple[str, ...]) -> _Model:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    columns = [identifier.nb_classes.index(language) for language in languages]
    return _Model(
        np.asarray(identifier.tk_row).astype(np.int64) << 8,
        np.asarray(identifier.tk_nextmove),
        np.asarray(identifier.tk_output, dtype=np.int32),
        np.ascontiguousarray(identifier.nb_ptc[:, columns], dtype=np.float64),
        np.asarray(identifier.nb_pc[columns], dtype=np.float64),
    )


def posteriors(texts: Sequence[str], languages: tuple[str, ...]) -> np.ndarray:
    """
    Return the probability of each language for each text.

    Naive Bayes over byte n-grams, as `py3langid.LanguageIdentifier.rank` has it: log(1 + count) of each n-gram
    times its log-probability, and a softmax tempered by the square root of the length in bytes. What a text scores
    does not depend on the texts beside it.

    Args:
        texts: Any texts.
        languages: ISO 639-1 codes that the model knows; each text is taken to be in one of them.

    Returns:
        Array of texts by languages; each row adds up to 1.
    """
    model = _model(languages)
    encoded = [_encoded(text[:HEAD_CHARACTERS]) for text in texts]
    result = np.empty((len(encoded), len(languages)))
    for block in _blocks(encoded):
        result[block] = _softmax(*_scores([encoded[i] for i in block], model))
    return result


def _encoded(text: str) -> bytes:
    """Write a text as the model was trained on it."""
    if text.isupper():
        text = text.lower()
    return unicodedata.normalize("NFC", text).encode("utf-8", "surrogatepass")


def _blocks(encoded: Sequence[bytes]) -> Iterator[list[int]]:
    """Put texts of like length together: within a block, all are padded to the longest."""
    order = sorted(range(len(encoded)), key=lambda i: len(encoded[i]))
    block: list[int] = []
    for i in order:
        if block and (len(block) + 1) * len(encoded[i]) > BLOCK_BYTES:
            yield block
            block = []
        block.append(i)
    if block:
        yield block


def _visited(encoded: Sequence[bytes], model: _Model) -> tuple[np.ndarray, np.ndarray]:
    """Return the features that each text passes through, byte by byte, and the texts' lengths."""
    lengths = np.array([len(text) for text in encoded])
    longest = max(1, int(lengths.max()))
    padded = np.frombuffer(b"".join(text.ljust(longest, b"\0") for text in encoded), dtype=np.uint8)
    letters = np.ascontiguousarray(padded.reshape(-1, longest).T)
    state = np.zeros(len(encoded), dtype=np.int64)
    visited = np.empty(letters.shape, dtype=np.int32)
    for position, letter in enumerate(letters):
        state = model.moves.take(model.rows.take(state) + letter)
        visited[position] = model.features.take(state)
    by_text = np.ascontiguousarray(visited.T)
    by_text[np.arange(longest) >= lengths[:, None]] = -1
    return by_text, lengths


def _scores(encoded: Sequence[bytes], model: _Model) -> tuple[np.ndarray, np.ndarray]:
    """Return the log-posteriors of texts by languages, and the texts' lengths in bytes."""
    from scipy.sparse import csr_array

    visited, lengths = _visited(encoded, model)
    visited.sort(axis=1)
    first = np.ones(visited.shape, dtype=bool)
    np.not_equal(visited[:, 1:], visited[:, :-1], out=first[:, 1:])
    at = np.flatnonzero(first)
    features = visited.ravel()[at]
    known = features >= 0
    weights = np.log1p(np.diff(at, append=visited.size)[known])
    ends = np.cumsum(np.bincount(at[known] // visited.shape[1], minlength=len(encoded)))
    starts = np.concatenate(([0], ends))
    counts = csr_array((weights, features[known], starts), shape=(len(encoded), len(model.weights)))
    scores = counts @ model.weights + model.priors
    scores[starts[1:] == starts[:-1]] = 0.0  # a text without any feature may be in any language
    return scores, lengths


def _softmax(scores: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    tempered = scores / np.sqrt(np.maximum(lengths, 1))[:, None]
    weights = np.exp(tempered - tempered.max(axis=1, keepdims=True))
    shares: np.ndarray = weights / weights.sum(axis=1, keepdims=True)
    return shares
