"""Which words could name a topic, in the language of the study where that can be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from consult.topics.corpus import Corpus
from consult.topics.groups import Group
from consult.topics.labels import (
    SECOND,
    SECOND_OF_PARENT,
    UNNAMED,
    Candidate,
    Names,
    TermTable,
    choose_head,
    first_term,
    join_labels,
    make_label,
    rank_candidates,
    shown_form,
)
from consult.topics.meaning import eligible_terms, rank_by_meaning
from consult.topics.terms import TermFacts

Embed = Callable[[Sequence[str], Sequence[str]], NDArray[Any]]
"""Texts and their languages to unit vectors in the space of the passages."""

FEW = 5
"""With fewer texts in the study's language than this, the nearest others in that language help to name a topic."""
BORROWED = 15
MIN_BORROWED_SIMILARITY = 0.35
FEW_ALTOGETHER = 30
MANY_ALTOGETHER = 1500
"""With fewer texts than this, of which 30 at least in the study's language, names are found by meaning first."""
HELD = 0.2
"""A topic holds a term when it is written there at least this often, against the topic that holds it most."""
MIN_HELD = 0.7
"""A broader topic is named by terms that topics with this share of its passages hold; else by two of its topics."""
N_COMPARED = 30
"""Candidates whose meaning is compared with the group's."""
MEANING = 1.2
"""How much meaning counts against frequency."""


class Namer:
    """Finds words that could name a group, in the language of the study where that can be."""

    def __init__(self, corpus: Corpus, table: TermTable, language: str, embed: Embed | None = None) -> None:
        self._corpus, self._table, self._embed = corpus, table, embed
        self._languages = corpus.texts["language"].to_numpy(dtype=object)
        self.language = language
        self._mine = np.flatnonzero(self._languages == language)

    @property
    def facts(self) -> dict[str, TermFacts]:
        """What is known of each term."""
        return self._table.facts

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
        held = {c.term for c in found}
        return found + [
            replace(c, score=1e-3 * c.score, vector=self._small_meaning[c.term])
            for c in self.candidates(group)
            if c.term not in held and c.term in self._small_meaning
        ]

    @property
    def is_small(self) -> bool:
        """Whether the study has so few texts that names are found by meaning first."""
        is_small = len(self._mine) >= FEW_ALTOGETHER and len(self._languages) < MANY_ALTOGETHER
        return self._embed is not None and is_small

    @cached_property
    def _small_terms(self) -> tuple[list[int], NDArray[np.float32]]:
        columns = eligible_terms(self._table, self.language)
        vectors = self._vectors([self._table.terms[column] for column in columns])
        return columns, np.vstack(list(vectors.values())) if columns else np.zeros((0, 0), dtype=np.float32)

    @cached_property
    def _small_meaning(self) -> dict[str, NDArray[np.float32]]:
        columns, vectors = self._small_terms
        return {self._table.terms[column]: vector for column, vector in zip(columns, vectors, strict=True)}

    @cached_property
    def _column(self) -> dict[str, int]:
        return {term: i for i, term in enumerate(self._table.terms)}

    def _vectors(self, terms: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        if not terms or self._embed is None:
            return {}
        shown = [self._table.facts[term].display for term in terms]
        return dict(zip(terms, self._embed(shown, [self._spoken(term) for term in terms]), strict=True))

    def _spoken(self, term: str) -> str:
        languages = self._table.facts[term].languages
        if self.language in languages:
            return self.language
        return min(languages, key=lambda code: (-languages[code], code))

    def _by_meaning(
        self, candidates: Sequence[Candidate], group: Group, vectors: Mapping[str, NDArray[np.float32]]
    ) -> list[Candidate]:
        near = np.array([float(vectors[c.term] @ group.centre) for c in candidates])
        best = max(float(near.max()), 0.1) if len(near) else 1.0
        factor = np.clip(np.round(near, 3) / best, 0.05, 1.0) ** MEANING
        scored = [
            replace(c, score=round(c.score * float(f), 9), vector=vectors[c.term])
            for c, f in zip(candidates, factor, strict=True)
        ]
        return sorted(scored, key=lambda c: (-c.score, c.term))

    def candidates(self, group: Group) -> list[Candidate]:
        """Return candidates by their counts alone."""
        inside = group.rows[self._languages[group.rows] == self.language]
        if len(inside) < FEW and len(self._mine) > FEW:
            inside = self._borrow(group, inside)
        if len(inside):
            found = self._rank(group, inside, self._mine, self.language)
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

    def shared(self, candidates: Sequence[Candidate], children: Sequence[Group]) -> list[Candidate]:
        """
        Return the candidates of a broader topic, those that hold for all its topics first.

        The score is taken times the mean share of passages that hold the term, over the largest share in any one of
        its topics: a term of one topic alone says too little of the others. Phrases count no more than words do, since
        a broader topic has a broader name. Empty where the best term is hardly found outside one topic.
        """
        if not candidates:
            return []
        columns = [self._column[c.term] for c in candidates]
        covers = []
        for child in children:
            spoken = child.rows[self._languages[child.rows] == self.language]
            rows = spoken if len(spoken) else child.rows
            covers.append(np.asarray(self._table.occurs[rows][:, columns].mean(axis=0)).ravel())
        cover = np.vstack(covers)
        most = np.maximum(cover.max(axis=0), 1e-9)
        even = np.round(cover.mean(axis=0) / most, 6)
        sizes = np.array([len(child.rows) for child in children])
        held = (sizes[:, None] * (cover >= HELD * most)).sum(axis=0) >= MIN_HELD * sizes.sum()
        scored = [
            replace(c, score=round(c.score * float(e) / c.bonus, 9)) for c, e in zip(candidates, even, strict=True)
        ]
        order = sorted(range(len(scored)), key=lambda i: (-scored[i].score, scored[i].term))
        return [scored[i] for i in order] if held[order[0]] else []


def name_groups(namer: Namer, groups: Sequence[Group], ids: Sequence[str]) -> list[str]:
    """
    Return a label for each group: the given one, or one that no other group has.

    Every topic first chooses the term its label begins with, the largest first; then what stands beside it, so that
    no label ends with what another begins with. A broader topic is called by terms that hold for most of it, and else
    by those two of its topics that weigh most in it.

    Args:
        namer: Finds the words that could name a group.
        groups: Topics, leaves first, then broader ones.
        ids: Id of each, to break ties.
    """
    candidates = namer.all_candidates([g if g.label is None else None for g in groups])
    by_size = sorted(range(len(groups)), key=lambda i: (-len(groups[i].rows), ids[i]))
    leaves = [i for i in by_size if not groups[i].children]
    broader = [i for i in by_size if groups[i].children]
    names = Names([frozenset(g.label.casefold().split()) for g in groups if g.label])
    labels = [g.label or "" for g in groups]
    _name(leaves, labels, candidates, groups, namer, names, SECOND)
    shared = {i: namer.shared(candidates[i], [groups[child] for child in groups[i].children]) for i in broader}
    _name([i for i in broader if shared[i]], labels, shared, groups, namer, Names(names.words), SECOND_OF_PARENT)
    for i in broader:
        labels[i] = labels[i] or _of_two(groups[i].children, labels, candidates[i], namer)
    return labels


def _name(
    level: Sequence[int],
    labels: list[str],
    candidates: Mapping[int, list[Candidate]] | Sequence[list[Candidate]],
    groups: Sequence[Group],
    namer: Namer,
    names: Names,
    second: float,
) -> None:
    """Fill in the labels that are missing among some of the groups."""
    heads = {i: choose_head(candidates[i], names) for i in level if not labels[i]}
    for i, head in heads.items():
        share = SECOND_OF_PARENT if groups[i].is_joined else second
        labels[i] = make_label(head, candidates[i], namer.facts, names, second=share)


def _of_two(children: Sequence[int], labels: Sequence[str], ranked: Sequence[Candidate], namer: Namer) -> str:
    """Return the label of a broader topic made of those of two of its topics, the ones that weigh most in it."""
    place = {shown_form(c, namer.facts): n for n, c in reversed(list(enumerate(ranked)))}
    told = [labels[child] for child in children if not labels[child].startswith(UNNAMED)] or [UNNAMED]
    told = sorted(told, key=lambda label: place.get(first_term(label), len(place)))
    return next(
        (joined for other in told[1:] if (joined := join_labels([told[0], other], namer.language))), f"{told[0]} …"
    )
