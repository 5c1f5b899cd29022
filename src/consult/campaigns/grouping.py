"""From pairs of texts to groups that are alike as a whole, not only link by link."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from consult.campaigns.candidates import candidate_pairs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from consult.campaigns.candidates import Ints
    from consult.campaigns.shingles import Hashes

LINK_JACCARD = 0.4
LINK_CONTAINMENT = 0.6
LINK_COMMON = 20
MEMBER_JACCARD = 0.2
MEMBER_CONTAINMENT = 0.6
MEMBER_FLOOR = 0.1
SHORT = 25
SHORT_JACCARD = 0.6


@dataclass(frozen=True)
class Group:
    """Texts that are alike: their positions, the most typical one, and how like it each is."""

    members: tuple[int, ...]
    representative: int
    similarity: tuple[float, ...]


class Texts:
    """Distinct texts as sets of shingles, with how often each occurs."""

    def __init__(self, shingles: Sequence[Hashes], copies: Ints) -> None:
        self.shingles = shingles
        self.copies = copies
        self._sets: dict[int, frozenset[int]] = {}

    @cached_property
    def pairs(self) -> tuple[Ints, Ints]:
        """Candidate pairs."""
        return candidate_pairs(self.shingles)

    def common(self, a: int, b: int) -> int:
        """Return the number of shingles that two texts share."""
        return len(self._set(a) & self._set(b))

    def jaccard(self, a: int, b: int) -> float:
        """Return the share of shingles of either text that are in both."""
        common = self.common(a, b)
        return common / (len(self.shingles[a]) + len(self.shingles[b]) - common)

    def linked(self, a: int, b: int) -> bool:
        """
        Return whether two texts are near enough to be put together at first.

        Either most of both is shared, or a shared part of some length makes up most of the shorter
        one, as in letters of one template with a paragraph of one's own. Of short texts nearly all
        must be shared: "please see the attached comments of ..." is courtesy, not a letter.
        """
        common = self.common(a, b)
        size_a, size_b = len(self.shingles[a]), len(self.shingles[b])
        least = min(size_a, size_b)
        enough = SHORT_JACCARD if least < SHORT else LINK_JACCARD
        if common >= enough * (size_a + size_b - common):
            return True
        return least >= SHORT and common >= max(LINK_COMMON, LINK_CONTAINMENT * least)

    def belongs(self, text: int, representative: int) -> bool:
        """Return whether a text is like the representative, or holds most of it beside its own."""
        common = self.common(text, representative)
        size, of = len(self.shingles[text]), len(self.shingles[representative])
        jaccard = common / (size + of - common)
        if min(size, of) < SHORT:
            return jaccard >= SHORT_JACCARD
        return jaccard >= MEMBER_JACCARD or (common >= MEMBER_CONTAINMENT * of and jaccard >= MEMBER_FLOOR)

    def _set(self, text: int) -> frozenset[int]:
        if text not in self._sets:
            self._sets[text] = frozenset(self.shingles[text].tolist())
        return self._sets[text]


def group_texts(texts: Texts) -> list[Group]:
    """
    Put texts into groups of near-identical ones.

    Linked texts are first put together link by link. Each such component is then checked against
    its most typical text; what is not like it is taken out and grouped anew, so that a chain of
    small changes does not join texts that have little in common. At last texts without a group
    that hold most of a group's representative join it.

    Returns:
        Groups of at least two texts, or of one text that occurs more than once; largest first.
    """
    waiting = _components(texts, range(len(texts.shingles)))
    done: list[Group] = []
    while waiting:
        component = waiting.pop()
        if len(component) == 1:
            done.append(Group((component[0],), component[0], (1.0,)))
            continue
        centre = _typical(texts, component)
        inside = [t for t in component if t == centre or texts.belongs(t, centre)]
        outside = sorted(set(component) - set(inside))
        done.append(_group(texts, inside, centre))
        if outside:
            waiting += _components(texts, outside)
    groups = _joined(texts, done)
    return sorted((g for g in groups if _size(texts, g) > 1), key=lambda g: (-_size(texts, g), g.members[0]))


def _size(texts: Texts, group: Group) -> int:
    return int(texts.copies[list(group.members)].sum())


def _group(texts: Texts, members: Iterable[int], centre: int) -> Group:
    ordered = tuple(sorted(members))
    return Group(ordered, centre, tuple(texts.jaccard(t, centre) for t in ordered))


def _components(texts: Texts, subset: Iterable[int]) -> list[list[int]]:
    """Return the linked components of some texts; pairs already together are not checked again."""
    inside = np.zeros(len(texts.shingles), dtype=bool)
    inside[list(subset)] = True
    above = list(range(len(texts.shingles)))

    def root(text: int) -> int:
        while above[text] != text:
            above[text] = above[above[text]]
            text = above[text]
        return text

    first, second = texts.pairs
    keep = inside[first] & inside[second]
    for a, b in zip(first[keep].tolist(), second[keep].tolist(), strict=True):
        root_a, root_b = root(a), root(b)
        if root_a != root_b and texts.linked(a, b):
            above[max(root_a, root_b)] = min(root_a, root_b)
    found: dict[int, list[int]] = {}
    for text in np.flatnonzero(inside).tolist():
        found.setdefault(root(text), []).append(text)
    return list(found.values())


def _typical(texts: Texts, component: Sequence[int]) -> int:
    """
    Return the text most like all the others.

    Each text is compared with how often every shingle occurs in the component: the sum of the
    smaller over the sum of the larger of the two (a Jaccard similarity for weights).
    """
    copies = texts.copies[list(component)].astype(float)
    flat = np.concatenate([texts.shingles[t] for t in component])
    owner = np.repeat(np.arange(len(component)), [len(texts.shingles[t]) for t in component])
    _, code = np.unique(flat, return_inverse=True)
    weight = np.bincount(code, weights=copies[owner]) / copies.sum()
    inner = np.bincount(owner, weights=weight[code], minlength=len(component))
    size = np.bincount(owner, minlength=len(component))
    score = inner / (size + weight.sum() - inner)
    best = np.flatnonzero(score >= score.max() - 1e-12)
    return component[int(best[0])]


def _joined(texts: Texts, groups: list[Group]) -> list[Group]:
    """Join groups and left-over texts to larger groups whose representative they hold."""
    large = sorted((g for g in groups if _size(texts, g) > 1), key=lambda g: (-_size(texts, g), g.members[0]))
    place = {g.representative: i for i, g in enumerate(large)}
    rest = [g.representative for g in groups if _size(texts, g) == 1]
    candidates = _holders(texts, [g.representative for g in large], [*place, *rest])
    target: dict[int, int] = {}
    for text, options in sorted(candidates.items()):
        own = place.get(text)
        for i in sorted(options, key=lambda i: (-texts.common(text, large[i].representative), i)):
            if own is not None and (i >= own or not _same(texts, text, large[i].representative)):
                continue
            if own is None and not texts.belongs(text, large[i].representative):
                continue
            target[text] = i
            break
    members = [list(g.members) for g in large]
    gone = set()
    for text in sorted(target, key=lambda t: -place.get(t, len(large))):
        own = place.get(text)
        members[target[text]] += [text] if own is None else members[own]
        if own is not None:
            gone.add(own)
    result = []
    for i, group in enumerate(large):
        if i in gone:
            continue
        changed = len(members[i]) != len(group.members)
        result.append(_group(texts, members[i], group.representative) if changed else group)
    return result


def _same(texts: Texts, a: int, b: int) -> bool:
    short = min(len(texts.shingles[a]), len(texts.shingles[b])) < SHORT
    return texts.jaccard(a, b) >= (SHORT_JACCARD if short else LINK_JACCARD)


def _holders(texts: Texts, representatives: list[int], among: list[int]) -> dict[int, list[int]]:
    """Return for each text the representatives of which it holds a good part."""
    if not representatives or not among:
        return {}
    sizes = np.array([len(texts.shingles[r]) for r in representatives])
    keys = np.concatenate([texts.shingles[r] for r in representatives])
    owners = np.repeat(np.arange(len(representatives)), sizes)
    order = np.argsort(keys, kind="stable")
    keys, owners = keys[order], owners[order]
    found: dict[int, list[int]] = {}
    for text in among:
        mine = texts.shingles[text]
        low, high = np.searchsorted(keys, mine, "left"), np.searchsorted(keys, mine, "right")
        if not (high > low).any():
            continue
        hits = np.concatenate([owners[a:b] for a, b in zip(low, high, strict=True) if b > a])
        common = np.bincount(hits, minlength=len(representatives))
        near = np.flatnonzero((common >= MEMBER_JACCARD * sizes) & (common >= LINK_JACCARD * 2))
        options = [int(i) for i in near if representatives[int(i)] != text]
        if options:
            found[text] = options
    return found
