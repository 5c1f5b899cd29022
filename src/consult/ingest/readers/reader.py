"""What every reader of a format offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from consult.ingest.canonical import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from consult.ingest.batch import Batch, Sheet
    from consult.ingest.material import Material

    Map = Mapping[str, Sequence[str]] | None


@dataclass(frozen=True)
class Reader:
    """
    A reader of one format.

    Attributes:
        name: What `sources.format` holds.
        title: What people call the format.
        made_by: Where such files come from.
        known_by: By what it is recognised, in words.
        family: Formats of one family can hold the same consultation.
        kind: What sort of call it was.
        recognises: How sure it is that it can read a source, 0 to 1.
        read: The batches in a source, one for each consultation in it.
    """

    name: str
    title: str
    made_by: str
    known_by: str
    family: str
    kind: str
    recognises: Callable[[Material], float]
    read: Callable[[Material, Map], list[Batch]]


def headings_of(sheet: Sheet) -> frozenset[str]:
    """Return the folded headings of a sheet."""
    return frozenset(fold(h) for h in sheet.headings)


def share_present(sheet: Sheet, headings: Sequence[str]) -> float:
    """Return how many of the headings a sheet has, 0 to 1."""
    have = headings_of(sheet)
    return sum(fold(h) in have for h in headings) / len(headings)
