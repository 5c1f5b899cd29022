"""A topic before it has a name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Group:
    """
    A topic before it has a name.

    Attributes:
        rows: Distinct texts in it.
        centre: Unit vector.
        parent: Index of its broader group in the list, or None.
        topic_id: Given id, or None to make one from the content.
        label: Given label, or None to make one.
        children: Indexes of the topics it is made of; empty for a leaf.
        found_in: In how many runs it was found again.
        is_joined: Whether a person made it of several, so that one term is hardly enough to name it.
    """

    rows: NDArray[np.int64]
    centre: NDArray[np.float32]
    parent: int | None = None
    topic_id: str | None = None
    label: str | None = None
    children: tuple[int, ...] = ()
    found_in: int | None = None
    is_joined: bool = False
