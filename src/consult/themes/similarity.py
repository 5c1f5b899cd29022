"""How close a passage is in meaning to each theme's definition and examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from consult.themes.codebook import Codebook

    Vectors = npt.NDArray[np.float32]
    Embed = Callable[[Sequence[str], Sequence[str]], Vectors]


def theme_texts(codebook: Codebook) -> list[tuple[int, str, str]]:
    """Return what stands for each theme: (number of the theme, text, language)."""
    found: list[tuple[int, str, str]] = []
    for number, theme in enumerate(codebook.themes):
        found.append((number, f"{theme.name}. {theme.definition}", codebook.language))
        found += [(number, example.text, example.language) for example in theme.examples]
    return found


def theme_similarities(vectors: Vectors, codebook: Codebook, embed: Embed) -> Vectors:
    """
    Return the similarity of each vector to each theme, columns in the order of the codebook.

    It is the mean of the two highest cosines with the theme's definition and examples: one chance
    likeness with a single example does not carry a theme.

    Args:
        vectors: One row a passage, normalised, in the space that `embed` gives.
        codebook: Its definitions are in its own language, each example in its own.
        embed: Takes texts and their languages, gives normalised vectors.

    Returns:
        Cosines, -1 to 1, in an array of passages by themes.
    """
    texts = theme_texts(codebook)
    anchors = np.asarray(embed([t for _, t, _ in texts], [code for _, _, code in texts]), dtype=np.float32)
    placed = np.asarray(vectors, dtype=np.float32)
    found = np.zeros((len(vectors), len(codebook.themes)), dtype=np.float32)
    owners = np.array([number for number, _, _ in texts])
    for number in range(len(codebook.themes)):
        # One product a theme: in a single large one, a theme's last digits would depend on the other themes.
        cosines = placed @ anchors[owners == number].T
        found[:, number] = np.sort(cosines, axis=1)[:, ::-1][:, :2].mean(axis=1)
    return found
