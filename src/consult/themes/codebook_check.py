"""What is probably not meant in a codebook that can be read: faults that only show in what is found, or missed."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from consult.text.languages import EU_LANGUAGES
from consult.text.stopwords import stop_words
from consult.themes.codebook import Codebook, Theme
from consult.themes.lexicon import dictionary
from consult.themes.matching import make_matchers
from consult.themes.patterns import Atom, Pattern, Slot, parse_pattern
from consult.themes.words import fold, split_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pandas as pd

#: A stem of fewer letters beside a star may catch words of every kind,
SHORT_STEM = 4
#: and does where the language's dictionary has so many words that begin, end or go on so ("phd*" finds one, "age*" 16).
MANY_WORDS = 12
#: A theme with fewer example sentences is hardly found by likeness.
ENOUGH_EXAMPLES = 4
#: A phrase that stands in so many themes was probably copied.
MANY_THEMES = 3
#: An alternative that stands so often in the texts, and never with the second word, was meant alone.
OFTEN_ALONE = 10
#: Fewer passages of a language do not show what is never found in it.
ENOUGH_PASSAGES = 200


def codebook_warnings(
    codebook: Codebook, passages: pd.DataFrame | None = None, documents: pd.DataFrame | None = None
) -> list[str]:
    """
    Return what in a codebook is probably not meant, each in one plain sentence that names theme and phrase.

    Args:
        codebook: One that can be read.
        passages: Table `passages` of a study, to say as well which parts of rules are found nowhere in it.
        documents: Table `documents` of the same study, for the languages.
    """
    found = [warning for theme in codebook.themes for warning in _theme_warnings(theme)]
    found += _written_twice(codebook)
    found += _missing_languages(codebook)
    if passages is not None and documents is not None:
        found += _never_found(codebook, passages, documents)
    return found


def _patterns(theme: Theme) -> Iterator[tuple[str, str, Pattern]]:
    """Yield (what it is, language, pattern) for every phrase, exclusion and part of a rule."""
    for kind, by_language in (("phrase", theme.phrases), ("exclusion", theme.exclusions)):
        for language, patterns in by_language.items():
            yield from ((kind, language, pattern) for pattern in patterns)
    for rule in theme.rules:
        yield from (("part of a rule", rule.language, pattern) for pattern in rule.patterns)


def _theme_warnings(theme: Theme) -> list[str]:
    where = f"theme '{theme.theme_id}'"
    found = []
    if len(theme.examples) < ENOUGH_EXAMPLES:
        number = len(theme.examples) or "no"
        found.append(f"{where}: {number} example sentences; write at least {ENOUGH_EXAMPLES}, as respondents would.")
    for kind, language, pattern in _patterns(theme):
        place = f"{where}, {language}, {kind} '{_short(pattern.source)}'"
        if kind != "part of a rule":  # which counts beside its other parts only
            found += [f"{place}: {fault}" for fault in _pattern_faults(pattern, language, kind, theme)]
    for language, exclusions in theme.exclusions.items():
        for phrase in theme.phrases.get(language, ()):
            covering = next((e for e in exclusions if _covers(e, phrase)), None)
            if covering:
                found.append(
                    f"{where}, {language}, phrase '{_short(phrase.source)}': the exclusion "
                    f"'{_short(covering.source)}' takes back every place where it stands; it never counts."
                )
    return found


def _pattern_faults(pattern: Pattern, language: str, kind: str, theme: Theme) -> list[str]:
    found = []
    single = sorted({atom for variant in pattern.variants if len(variant) == 1 for atom in variant[0].atoms})
    short = [_written(a) for a in single if a.kind != "word" and len(a.text) < SHORT_STEM and _catches(a, language)]
    if short:
        found.append(f"{_listed(short)} is a short stem and catches many words; write more letters.")
    alone = {atom.text for atom in single if atom.kind == "word"}
    excluded = {word for e in theme.exclusions.get(language, ()) for word in split_words(e.source).keys}
    common = sorted((alone & {fold(w) for w in stop_words(language)}) - excluded)
    if common and kind == "phrase":
        found.append(f"{_listed(common)} is a word of nearly every text; leave it out or write it with others.")
    return found


def _catches(atom: Atom, language: str) -> bool:
    """Say whether a stem catches many words of its language; where there is no dictionary, it may."""
    lemmas = dictionary(language)
    if not lemmas:
        return True
    test = {"start": str.startswith, "end": str.endswith, "inside": str.__contains__}[atom.kind]
    return len({fold(lemma) for word, lemma in lemmas.items() if test(fold(word), atom.text)}) >= MANY_WORDS


def _chunks(pattern: Pattern) -> list[str]:
    return pattern.source.replace(" |", "|").replace("| ", "|").replace("...", " ... ").split()


def _written_twice(codebook: Codebook) -> list[str]:
    """A phrase of a narrower theme gives the broader one as well; of others, two may well share one."""
    owners: dict[tuple[str, str], list[str]] = defaultdict(list)
    for theme in codebook.themes:
        for language, patterns in theme.phrases.items():
            for source in dict.fromkeys(p.source for p in patterns):
                owners[language, source].append(theme.theme_id)
    found = []
    for (language, source), themes in owners.items():
        where = f"{language}, phrase '{_short(source)}'"
        found += [
            f"themes '{broader}' and '{narrower}', {where}: the narrower theme gives the broader one too; "
            "leave it out there."
            for narrower in themes
            for broader in codebook.ancestors(narrower)
            if broader in themes
        ]
        if len(themes) >= MANY_THEMES:
            names = f"{_listed(themes[:-1])} and '{themes[-1]}'"
            found.append(f"themes {names}, {where}: it stands in each; is that meant?")
    return found


def _missing_languages(codebook: Codebook) -> list[str]:
    spoken = {
        theme.theme_id: {code for code, patterns in theme.phrases.items() if patterns}
        | {r.language for r in theme.rules}
        for theme in codebook.themes
    }
    everywhere = [code for code in EU_LANGUAGES if not any(code in found for found in spoken.values())]
    found = []
    if everywhere:
        found.append(
            f"no theme has phrases in {_codes(everywhere)}; such texts are read by likeness and in English only."
        )
    for theme_id, codes in spoken.items():
        missing = [code for code in EU_LANGUAGES if code not in codes and code not in everywhere]
        if missing:
            found.append(f"theme '{theme_id}': no phrases in {_codes(missing)}, which other themes have.")
    return found


def _never_found(codebook: Codebook, passages: pd.DataFrame, documents: pd.DataFrame) -> list[str]:
    """Return what the texts of a study show: parts of rules found nowhere, alternatives meant alone."""
    languages: Mapping[str, str] = dict(zip(documents["document_id"], documents["language"], strict=True))
    codes = [languages[d] for d in passages["document_id"]]
    present = {code for code, number in Counter(codes).items() if number >= ENOUGH_PASSAGES}
    rules = [
        (f"theme '{theme.theme_id}', {rule.language}, part of a rule '{_short(part.source)}'", rule.language, part)
        for theme in codebook.themes
        for rule in theme.rules
        if rule.language in present
        for part in rule.patterns
    ]
    chains = [
        (f"theme '{theme.theme_id}', {language}, phrase '{_short(pattern.source)}'", language, first.split("|"), second)
        for theme in codebook.themes
        for language, patterns in theme.phrases.items()
        if language in present
        for pattern in patterns
        for first, second in pairwise(_chunks(pattern))
        if "..." not in (first, second) and first.count("|") > 1
    ]
    asked = {(language, part) for _, language, part in rules}
    for _, language, options, second in chains:
        asked.update((language, parse_pattern(text)) for o in options for text in (o, f"{o} {second}"))
    counts = _counts(
        codebook,
        sorted(asked, key=lambda a: (a[0], a[1].source)),
        passages["text"].tolist(),
        codes,
    )
    found = [
        f"{place}: it is found nowhere in these texts, so that the rule finds nothing."
        for place, language, part in rules
        if not counts[language, part]
    ]
    for place, language, options, second in chains:
        together = [counts[language, parse_pattern(f"{o} {second}")] for o in options]
        alone = sum(counts[language, parse_pattern(o)] for o in options[:-1])
        if together[-1] and not any(together[:-1]) and alone >= OFTEN_ALONE:
            found.append(
                f"{place}: in these texts '{second}' follows '{options[-1]}' only; the other words stand there "
                f"{alone} times without it. If they were meant alone, write two phrases."
            )
    return found


def _counts(
    codebook: Codebook, asked: list[tuple[str, Pattern]], texts: list[str], codes: list[str]
) -> Counter[tuple[str, Pattern]]:
    """Return in how many texts each pattern of a language stands."""
    alone = tuple(Theme(str(n), "", "", phrases={language: (p,)}) for n, (language, p) in enumerate(asked))
    matchers = make_matchers(replace(codebook, themes=alone), texts, codes)
    each = zip(texts, codes, strict=True)
    return Counter(asked[number] for text, code in each for number in matchers[code].find(split_words(text)))


def _covers(exclusion: Pattern, phrase: Pattern) -> bool:
    """Say whether each way to write the phrase is also a way to write the exclusion."""
    return all(
        any(
            len(outer) == len(inner) and all(_holds(o, i) for o, i in zip(outer, inner, strict=True))
            for outer in exclusion.variants
        )
        for inner in phrase.variants
    )


def _holds(outer: Slot, inner: Slot) -> bool:
    return outer.gap >= inner.gap and all(any(_includes(o, i) for o in outer.atoms) for i in inner.atoms)


def _includes(outer: Atom, inner: Atom) -> bool:
    if outer == inner:
        return True
    if outer.kind == "start":
        return inner.kind in ("word", "start") and inner.text.startswith(outer.text)
    if outer.kind == "end":
        return inner.kind in ("word", "end") and inner.text.endswith(outer.text)
    return outer.kind == "inside" and outer.text in inner.text


def _written(atom: Atom) -> str:
    head = "*" if atom.kind in ("end", "inside") else ""
    tail = "*" if atom.kind in ("start", "inside") else ""
    return f"{head}{atom.text}{tail}"


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"'{w}'" for w in words)


def _codes(codes: list[str]) -> str:
    return ", ".join(codes)
