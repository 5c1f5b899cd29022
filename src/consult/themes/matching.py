"""
Find the codebook's phrases in texts: spaCy's Matcher, made ready for a corpus.

Stars and lemmas are resolved once over the distinct words of the corpus, so that each place of a phrase
becomes a set of words. A phrase of several words is handed to spaCy's ``Matcher`` only for texts that
hold a word for each of its places; a phrase of one word is looked up. The result is the same as running
every phrase over every text, at a hundredth of the time.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise, product
from typing import TYPE_CHECKING, Any

from consult.themes.lexicon import forms, only_english
from consult.themes.patterns import GAP, MIN_PART, Atom, Pattern, Slot
from consult.themes.words import (
    HARD_BREAK,
    SOFT_BREAK,
    Words,
    count_words,
    damaged,
    fold,
    holds_any,
    without_marks,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from consult.themes.codebook import Codebook, Theme

#: Phrases in this language are tried on every text, since respondents mix it into their own.
COMMON_LANGUAGE = "en"
#: A rule's phrases are combined in every way up to this number; a text that holds more repeats itself.
_MAX_COMBINATIONS = 200


@dataclass(frozen=True, order=True)
class Hit:
    """A phrase found in a text: word numbers (first, one past the last), offsets, and the phrase."""

    first: int
    stop: int
    start: int
    end: int
    phrase: str


@dataclass(frozen=True)
class _Entry:
    """A phrase, an exclusion or a part of a rule, with the language it is written in."""

    pattern: Pattern
    language: str


@dataclass
class _ThemeEntries:
    phrases: list[int] = field(default_factory=list)
    exclusions: list[int] = field(default_factory=list)
    rules: list[tuple[str, int, tuple[int, ...]]] = field(default_factory=list)


class _Vocabulary:
    """The distinct words of the texts in one language, seen with the eyes of one pattern language."""

    def __init__(self, words: Iterable[str], language: str, asked: Iterable[str]) -> None:
        """`asked` are the whole words that the phrases of that language hold."""
        self.language = language
        self._by_form: dict[str, list[str]] = defaultdict(list)
        vocabulary = sorted(words)
        for word in vocabulary:
            self._by_form[without_marks(word, language)].append(word)
        self._forms = sorted(self._by_form)
        self._joined = "\n" + "\n".join(self._forms) + "\n"
        self._inflected = forms(asked, language, vocabulary)

    def _texts(self, atom: Atom) -> list[str]:
        texts: list[str] = []
        for form in (atom.text, *sorted(self._inflected.get(atom.text, ()) if atom.kind == "word" else ())):
            # A lost letter at the end of a stem is still followed by letters, so that its "?" can be seen.
            broken = without_marks(damaged(form, keep_end=atom.kind in ("start", "inside")), self.language)
            texts.append(without_marks(form, self.language))
            if len(broken.replace("?", "")) >= MIN_PART:
                texts.append(broken)
        return list(dict.fromkeys(texts))

    def _forms_with(self, text: str, kind: str) -> list[str]:
        if kind == "start":
            low = bisect_left(self._forms, text)
            high = bisect_left(self._forms, text + "\U0010ffff")
            return self._forms[low:high]
        needle = text + "\n" if kind == "end" else text
        found = []
        at = self._joined.find(needle)
        while at >= 0:
            begin = self._joined.rfind("\n", 0, at) + 1 if self._joined[at] != "\n" else at + 1
            stop = self._joined.index("\n", max(at + len(text), begin))
            found.append(self._joined[begin:stop])
            at = self._joined.find(needle, stop)
        return found

    def expand(self, atom: Atom) -> set[str]:
        """Return the words of the corpus that an atom stands for."""
        found: set[str] = set()
        for text in self._texts(atom):
            if atom.kind == "word":
                found.update(self._by_form.get(text, ()))
            else:
                for form in self._forms_with(text, atom.kind):
                    found.update(self._by_form[form])
        return found


@dataclass(frozen=True)
class _Sequence:
    """A phrase of several words, ready to run: the words each place may hold, and spaCy's matcher."""

    entry: int
    places: tuple[frozenset[str], ...]
    slots: tuple[Slot, ...]


class LanguageMatcher:
    """Finds the phrases of a codebook in the texts of one language."""

    def __init__(
        self,
        themes: Sequence[Theme],
        language: str,
        written: Counter[str],
    ) -> None:
        """
        Make the phrases ready for a corpus.

        Args:
            themes: The themes whose phrases are wanted.
            language: ISO 639-1 code of the texts.
            written: How often each word, as written, occurs in them; words not listed are not found.
        """
        self.language = language
        self._entries: list[_Entry] = []
        self._owners: list[int] = []  # the theme of each entry
        self._themes = [self._register(number, theme) for number, theme in enumerate(themes)]
        counts: Counter[str] = Counter()
        for word, number in written.items():
            counts[fold(word)] += number
        asked: dict[str, set[str]] = defaultdict(set)
        for entry in self._entries:
            asked[entry.language].update(
                atom.text for v in entry.pattern.variants for slot in v for atom in slot.atoms if atom.kind == "word"
            )
        self._vocabularies = {code: _Vocabulary(counts, code, asked[code]) for code in sorted(asked)}
        self._single: dict[str, list[int]] = defaultdict(list)
        self._anchored: dict[str, list[int]] = defaultdict(list)
        self._sequences: list[_Sequence] = []
        self._matchers: dict[int, Any] = {}
        self._expanded: dict[tuple[str, tuple[Atom, ...]], frozenset[str]] = {}
        for number, entry in enumerate(self._entries):
            for variant in entry.pattern.variants:
                self._place(number, entry.language, variant, counts)
        self._drop_own_words()
        telling = {*self._anchored, *(word for word, numbers in self._single.items() if numbers)}
        self._telling = frozenset(word for word in written if fold(word) in telling)

    def _register(self, number: int, theme: Theme) -> _ThemeEntries:
        languages = tuple(dict.fromkeys((self.language, COMMON_LANGUAGE)))
        entries = _ThemeEntries()

        def add(pattern: Pattern, language: str) -> int:
            self._entries.append(_Entry(pattern, language))
            self._owners.append(number)
            return len(self._entries) - 1

        for code in languages:
            entries.phrases += [add(p, code) for p in theme.phrases.get(code, ())]
            entries.exclusions += [add(p, code) for p in theme.exclusions.get(code, ())]
        for rule in theme.rules:
            if rule.language in languages:
                parts = tuple(add(p, rule.language) for p in rule.patterns)
                entries.rules.append((rule.source, rule.within, parts))
        return entries

    def _words(self, language: str, atoms: tuple[Atom, ...]) -> frozenset[str]:
        key = (language, atoms)
        if key not in self._expanded:
            found: set[str] = set()
            for atom in atoms:
                found |= self._vocabularies[language].expand(atom)
            self._expanded[key] = frozenset(found)
        return self._expanded[key]

    def _place(self, number: int, language: str, variant: tuple[Slot, ...], counts: Counter[str]) -> None:
        places = tuple(self._words(language, s.atoms) for s in variant)
        if not all(places):
            return
        if len(places) == 1:
            for word in sorted(places[0]):
                self._single[word].append(number)
            return
        rarest = min(places, key=lambda words: sum(counts[w] for w in words))
        for word in sorted(rarest):
            self._anchored[word].append(len(self._sequences))
        self._sequences.append(_Sequence(number, places, variant))

    def _drop_own_words(self) -> None:
        """Take back single English words that the texts' own language has: they mean something else there."""
        foreign = {n for n, entry in enumerate(self._entries) if entry.language != self.language}
        if not foreign:
            return
        candidates = [word for word, numbers in self._single.items() if foreign.intersection(numbers)]
        english = only_english(candidates, self.language)
        for word in candidates:
            if word not in english:
                self._single[word] = [n for n in self._single[word] if n not in foreign]

    @cached_property
    def _vocab(self) -> Any:
        from spacy.vocab import Vocab

        return Vocab()

    def _matcher(self, number: int) -> Any:
        if number not in self._matchers:
            from spacy.matcher import Matcher

            sequence = self._sequences[number]
            pattern: list[dict[str, Any]] = []
            for words, slot in zip(sequence.places, sequence.slots, strict=True):
                if slot.gap:
                    pattern.append({"ORTH": {"NOT_IN": [HARD_BREAK]}, "OP": f"{{0,{GAP}}}"})
                pattern.append({"ORTH": {"IN": sorted(words)}})
            matcher = Matcher(self._vocab, validate=False)
            matcher.add("phrase", [pattern])
            self._matchers[number] = matcher
        return self._matchers[number]

    def may_hold(self, text: str) -> bool:
        """Say whether a text holds a word with which a phrase could begin to be found: quicker than splitting it."""
        return holds_any(text, self._telling)

    def _spans(self, keys: tuple[str, ...]) -> dict[int, list[tuple[int, int]]]:
        """Return where each entry stands, as word numbers."""
        found: dict[int, set[tuple[int, int]]] = defaultdict(set)
        candidates: set[int] = set()
        for position, key in enumerate(keys):
            for number in self._single.get(key, ()):
                found[number].add((position, position + 1))
            if key in self._anchored:
                candidates.update(self._anchored[key])
        if candidates:
            present = frozenset(keys)
            doc = None
            for number in sorted(candidates):
                sequence = self._sequences[number]
                if any(present.isdisjoint(words) for words in sequence.places):
                    continue
                if doc is None:
                    from spacy.tokens import Doc

                    doc = Doc(self._vocab, words=list(keys))
                shortest: dict[int, int] = {}
                for _, first, stop in self._matcher(number)(doc):
                    shortest[first] = min(stop, shortest.get(first, stop))
                found[sequence.entry].update(shortest.items())
        return {number: sorted(spans) for number, spans in found.items() if spans}

    def find(self, words: Words) -> dict[int, tuple[Hit, ...]]:
        """
        Return the phrases found in a text, by the number of their theme in the list given.

        Of hits of one theme that overlap, the longest is kept. A hit inside an exclusion is left out.
        """
        spans = self._spans(words.keys)
        if not spans:
            return {}
        found: dict[int, tuple[Hit, ...]] = {}
        for number in sorted({self._owners[entry] for entry in spans}):
            entries = self._themes[number]
            raw = [(a, b, self._entries[e].pattern.source) for e in entries.phrases for a, b in spans.get(e, ())]
            for source, within, parts in entries.rules:
                raw += [(a, b, source) for a, b in _combine(words.keys, [spans.get(p, []) for p in parts], within)]
            if not raw:
                continue
            excluded = [span for e in entries.exclusions for span in spans.get(e, ())]
            kept = [r for r in raw if not any(a <= r[0] and r[1] <= b for a, b in excluded)]
            if hits := _without_overlap(kept):
                found[number] = tuple(Hit(a, b, words.starts[a], words.ends[b - 1], phrase) for a, b, phrase in hits)
        return found


def _combine(keys: tuple[str, ...], parts: list[list[tuple[int, int]]], within: int) -> list[tuple[int, int]]:
    """Return the runs in which every part of a rule stands, with at most `within` other words."""
    if not all(parts):
        return []
    runs = set()
    for number, choice in enumerate(product(*parts)):
        if number >= _MAX_COMBINATIONS:
            break
        ordered = sorted(choice)
        if any(b[0] < a[1] for a, b in pairwise(ordered)):
            continue  # two parts must not share a word
        first, stop = ordered[0][0], max(b for _, b in ordered)
        run = keys[first:stop]
        others = sum(k != SOFT_BREAK for k in run) - sum(b - a for a, b in ordered)
        if others <= within and HARD_BREAK not in run:
            runs.add((first, stop))
    return sorted(runs)


def _without_overlap(spans: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    kept: list[tuple[int, int, str]] = []
    for span in sorted(spans, key=lambda s: (s[0] - s[1], s[0], s[2])):
        if all(span[1] <= a or b <= span[0] for a, b, _ in kept):
            kept.append(span)
    return sorted(kept)


def make_matchers(
    codebook: Codebook,
    texts: Sequence[str],
    languages: Sequence[str],
) -> dict[str, LanguageMatcher]:
    """Return a matcher for every language among the texts; `languages` runs along with `texts`."""
    by_language: dict[str, list[str]] = defaultdict(list)
    for text, language in zip(texts, languages, strict=True):
        by_language[language].append(text)
    return {
        language: LanguageMatcher(codebook.themes, language, count_words(own))
        for language, own in sorted(by_language.items())
    }
