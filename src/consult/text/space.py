"""
One vector space for 24 languages, in which the same sentence lies in the same place whatever its language.

Sentence encoders carry the language as a large constant offset. Subtracting each language's mean vector removes
it. Languages that the fast encoder (Google's multilingual USE v3) does not know are read by multilingual-e5 and
mapped into its space by one ridge matrix. Means and matrix are fitted on parallel sentences by
`scripts/fit_embedding_space.py` (docs/decisions/0004-embedding-space.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from consult.text.languages import EU_LANGUAGES

Vectors = np.ndarray[Any, np.dtype[np.float32]]

DIMENSIONS = 512
USE_LANGUAGES = frozenset({"de", "en", "es", "fr", "it", "nl", "pl", "pt"})
"""The EU languages that multilingual USE was trained on; on others it fails silently."""
ASSET = Path(__file__).parent / "assets" / "embedding_space.npz"

SHRINKAGE = 100.0
"""A language's own mean in a corpus counts fully only when it has many more texts than this."""
ENCODER_SHRINKAGE = 20.0
"""The same for what all languages of one encoder share: few texts tell it, for it is large."""


@dataclass(frozen=True)
class Space:
    """Fitted constants: a mean per language for each encoder, and the matrix from e5 into USE's space."""

    use_means: dict[str, Vectors]
    e5_means: dict[str, Vectors]
    e5_to_use: Vectors

    def place(self, raw: Vectors, languages: Sequence[str], encoder: str) -> Vectors:
        """Centre one encoder's raw vectors by language and bring them into the common space, normalised."""
        means = self.use_means if encoder == "use" else self.e5_means
        general: Vectors = np.mean(list(means.values()), axis=0, dtype=np.float32)
        offsets = np.stack([means.get(language, general) for language in languages])
        centred = raw - offsets
        return normalise((centred if encoder == "use" else centred @ self.e5_to_use).astype(np.float32))


@cache
def load_space() -> Space:
    """Return the space that ships with the program."""
    with np.load(ASSET, allow_pickle=False) as stored:
        use = stored["use_means"].astype(np.float32)
        e5 = stored["e5_means"].astype(np.float32)
        return Space(
            dict(zip(sorted(USE_LANGUAGES), use, strict=True)),
            dict(zip(EU_LANGUAGES, e5, strict=True)),
            stored["e5_to_use"].astype(np.float32),
        )


def normalise(vectors: Vectors) -> Vectors:
    """Return the vectors with length one; a vector of zeros stays zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)


def corpus_offsets(
    placed: Vectors,
    languages: Sequence[str],
    encoders: Sequence[str] | None = None,
    shrinkage: float = SHRINKAGE,
) -> dict[str, Vectors]:
    """
    Return what is still to be subtracted from each language in this corpus.

    The shipped means come from general sentences. A corpus has a subject of its own, which moves all languages
    alike, what is left of each encoder's offset (one is mapped into the space of the other), and of each language's.
    The first is estimated as the mean over all texts; the others as means shrunk towards the one before by
    ``n / (n + shrinkage)``, since the few texts of a small language tell more about what they say than about their
    language.

    Args:
        placed: Vectors of `Space.place`, shape (n, 512).
        languages: Language of each, length n.
        encoders: Encoder of each, length n; None: one for all.
        shrinkage: Number of texts at which a language's own mean counts half.

    Returns:
        An offset of shape (512,) per language present, and one under "" for any other language.
    """
    if not len(placed):
        return {"": np.zeros(DIMENSIONS, dtype=np.float32)}
    shared = placed.mean(axis=0, dtype=np.float64)
    codes = np.asarray(languages)
    read_by = np.asarray(encoders if encoders is not None else [""] * len(codes))
    offsets = {"": shared.astype(np.float32)}
    for encoder in sorted(set(read_by.tolist())):
        common = _moved(shared, placed[read_by == encoder], ENCODER_SHRINKAGE)
        for language in sorted(set(codes[read_by == encoder].tolist())):
            offsets[language] = _moved(common, placed[codes == language], shrinkage).astype(np.float32)
    return offsets


def _moved(start: np.ndarray[Any, np.dtype[np.float64]], rows: Vectors, shrinkage: float) -> Any:
    """Return `start` moved towards the mean of the rows, the further the more rows there are."""
    return start + (rows.mean(axis=0, dtype=np.float64) - start) * (len(rows) / (len(rows) + shrinkage))


def centre(placed: Vectors, languages: Sequence[str], offsets: dict[str, Vectors]) -> Vectors:
    """Subtract each language's offset and normalise; values are rounded so that machines agree."""
    if not len(placed):
        return np.zeros((0, DIMENSIONS), dtype=np.float32)
    subtract = np.stack([offsets.get(language, offsets[""]) for language in languages])
    return np.round(normalise(placed - subtract), 5).astype(np.float32)
