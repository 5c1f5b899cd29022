"""Which words could name a topic, in the language of the study where that can be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from consult.topics.corpus import Corpus
from consult.topics.groups import Group
from consult.topics.labels import Candidate, TermTable, rank_candidates
from consult.topics.meaning import eligible_terms, rank_by_meaning

Embed = Callable[[Sequence[str], Sequence[str]], NDArray[Any]]
"""Texts and their languages to unit vectors in the space of the passages."""

FEW = 5
"""With fewer texts in the study's language than this, the nearest others in that language help to name a topic."""
BORROWED = 15
MIN_BORROWED_SIMILARITY = 0.35
FEW_ALTOGETHER = 30
MANY_ALTOGETHER = 1500
"""With fewer texts than this, of which 30 at least in the study's language, names are found by meaning first."""
N_COMPARED = 30
"""Candidates whose meaning is compared with the group's."""
MEANING = 1.2
"""How much meaning counts against frequency."""


class Namer:
    """Finds words that could name a group, in the language of the study where that can be."""

    def __init__(self, corpus: Corpus, table: TermTable, language: str, embed: Embed | None = None) -> None:
        self._corpus, self._table, self._embed = corpus, table, embed
        self._languages = corpus.texts["language"].to_numpy(dtype=object)
        self._language = language
        self._mine = np.flatnonzero(self._languages == language)

    def all_candidates(self, groups: Sequence[Group | None]) -> list[list[Candidate]]:
        """
        Return candidates for the name of each group, best first.

        With `embed`, a term counts the more the closer its own meaning is to the middle of the group (as in BERTopic's
        KeyBERTInspired): a word that happens to stand in three of thirty passages is no name. In a small study the
        terms of all its passages are weighed by meaning (see `rank_by_meaning`).
        """
        if self.is_small and self._small_terms[0]:
            found = rank_by_meaning(self._corpus, self._table, groups, *self._small_terms)
            return [self._with_frequent(each, group) for each, group in zip(found, groups, strict=True)]
        found = [self.candidates(group) if group is not None else [] for group in groups]
        if self._embed is None:
            return found
        known = self._vectors(sorted({c.term for each in found for c in each[:N_COMPARED]}))
        return [
            self._by_meaning(each[:N_COMPARED], group, known) if group is not None else []
            for each, group in zip(found, groups, strict=True)
        ]

    def _with_frequent(self, found: list[Candidate], group: Group | None) -> list[Candidate]:
        """Add frequent terms behind those near in meaning, to stand beside one that would stand alone."""
        if group is None or not found:
            return found
        columns, vectors = self._small_terms
        meaning = {self._table.terms[column]: vectors[row] for row, column in enumerate(columns)}
        held = {c.term for c in found}
        return found + [
            Candidate(c.term, 1e-3 * c.score, c.passages, meaning[c.term])
            for c in self.candidates(group)
            if c.term not in held and c.term in meaning
        ]

    @property
    def is_small(self) -> bool:
        """Whether the study has so few texts that names are found by meaning first."""
        is_small = len(self._mine) >= FEW_ALTOGETHER and len(self._languages) < MANY_ALTOGETHER
        return self._embed is not None and is_small

    @cached_property
    def _small_terms(self) -> tuple[list[int], NDArray[np.float32]]:
        columns = eligible_terms(self._table, self._language)
        vectors = self._vectors([self._table.terms[column] for column in columns])
        return columns, np.vstack(list(vectors.values())) if columns else np.zeros((0, 0), dtype=np.float32)

    def _vectors(self, terms: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        if not terms or self._embed is None:
            return {}
        shown = [self._table.facts[term].display for term in terms]
        return dict(zip(terms, self._embed(shown, [self._spoken(term) for term in terms]), strict=True))

    def _spoken(self, term: str) -> str:
        languages = self._table.facts[term].languages
        if self._language in languages:
            return self._language
        return min(languages, key=lambda code: (-languages[code], code))

    def _by_meaning(
        self, candidates: Sequence[Candidate], group: Group, vectors: Mapping[str, NDArray[np.float32]]
    ) -> list[Candidate]:
        near = np.array([float(vectors[c.term] @ group.centre) for c in candidates])
        best = max(float(near.max()), 0.1) if len(near) else 1.0
        factor = np.clip(np.round(near, 3) / best, 0.05, 1.0) ** MEANING
        scored = [
            Candidate(c.term, round(c.score * float(f), 9), c.passages, vectors[c.term])
            for c, f in zip(candidates, factor, strict=True)
        ]
        return sorted(scored, key=lambda c: (-c.score, c.term))

    def candidates(self, group: Group) -> list[Candidate]:
        """Return candidates by their counts alone."""
        inside = group.rows[self._languages[group.rows] == self._language]
        if len(inside) < FEW and len(self._mine) > FEW:
            inside = self._borrow(group, inside)
        if len(inside):
            found = self._rank(group, inside, self._mine, self._language)
            if found:
                return found
        common = pd.Series(self._languages[group.rows]).value_counts()
        if common.empty:
            return []
        spoken = min(common.index, key=lambda code: (-common[code], code))
        inside = group.rows[self._languages[group.rows] == spoken]
        return self._rank(group, inside, np.flatnonzero(self._languages == spoken), spoken)

    def _borrow(self, group: Group, inside: NDArray[np.int64]) -> NDArray[np.int64]:
        """Add the texts of the study's language that lie nearest, though in another topic."""
        fit = np.round(self._corpus.own_vectors[self._mine] @ group.centre, 4)
        near = self._mine[np.lexsort((self._mine, -fit))[:BORROWED]]
        close = near[(self._corpus.own_vectors[near] @ group.centre) >= MIN_BORROWED_SIMILARITY]
        return np.union1d(inside, close) if len(close) + len(inside) >= FEW else inside

    def _rank(
        self, group: Group, inside: NDArray[np.int64], background: NDArray[np.int64], language: str
    ) -> list[Candidate]:
        fit = np.clip(self._corpus.vectors[inside] @ group.centre, 0.05, 1.0).astype(np.float64)
        return rank_candidates(self._table, inside, np.round(fit**2, 5), background, language)
