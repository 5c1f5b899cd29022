"""Words that a theme's phrases may lack: what its passages say and others do not, language by language."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from consult.text.keyness import log_odds
from consult.text.lemmas import lemma
from consult.text.stopwords import stop_words
from consult.themes.tagging import find_phrases
from consult.themes.verdicts import NO, Family, decisions
from consult.themes.words import HARD_BREAK, SOFT_BREAK, split_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from consult.themes.codebook import Codebook
    from consult.themes.verdicts import Verdict

#: A word must stand in so many passages of the theme before it is suggested.
AT_LEAST = 3
#: And set them apart so clearly (z of the log-odds; 1.96 would be expected by chance of one word in forty).
CLEAR = 2.58
_SHORTEST = 3


@dataclass(frozen=True)
class Suggestion:
    """
    A word, or two in a row, that a theme's passages hold more often than others.

    Attributes:
        language: Language of the texts.
        phrase: As it would be written in the codebook: dictionary forms.
        n_with: Passages with the theme that hold it outside of the theme's phrases.
        of_with: Passages with the theme in this language.
        n_rejected: Passages that hold it and from which a person took the theme.
        n_without: Passages without the theme that hold it: at most so many would be tagged anew.
        of_without: Passages without the theme in this language, rejected ones included.
        responses_without: Responses that these new passages are in.
        z: How clearly it sets the theme's passages apart.
    """

    language: str
    phrase: str
    n_with: int
    of_with: int
    n_rejected: int
    n_without: int
    of_without: int
    responses_without: int
    z: float


def suggest_phrases(
    theme_id: str,
    codebook: Codebook,
    taggings: pd.DataFrame,
    verdicts: Sequence[Verdict],
    passages: pd.DataFrame,
    documents: pd.DataFrame,
    questions: pd.DataFrame,
) -> list[Suggestion]:
    """
    Return words that may be missing phrases of a theme, by language, the clearest first.

    Compared are the passages that carry the theme today (verdicts included) with all others of the same language,
    among them those that a person rejected. Words that the theme's phrases cover already do not count. What is
    found stands near the theme; whether it means the theme is for a person to say.

    Args:
        theme_id: The theme.
        codebook: The codebook in force.
        taggings: Table `taggings`, as people's verdicts left it.
        verdicts: People's verdicts.
        passages: Table `passages`.
        documents: Table `documents`.
        questions: Table `questions`.
    """
    number = list(codebook.by_id).index(theme_id)
    carrying = set(taggings.loc[taggings["theme_id"] == theme_id, "passage_id"])
    said = decisions(verdicts, passages, Family(codebook.themes_table()))
    rejected = {p for p, answers in said.items() if theme_id in answers and answers[theme_id].verdict == NO}
    about = documents.set_index("document_id")[["language", "response_id"]]
    spoken = about["language"].reindex(passages["document_id"]).tolist()
    owners = about["response_id"].reindex(passages["document_id"]).tolist()
    present = {language for language, p in zip(spoken, passages["passage_id"], strict=True) if p in carrying}
    hits = find_phrases(passages, documents, questions, codebook)
    holders: dict[tuple[str, str], set[int]] = defaultdict(set)
    ids = passages["passage_id"].tolist()
    for row, (passage, text) in enumerate(zip(ids, passages["text"], strict=True)):
        if spoken[row] in present:
            covered = {place for hit in hits[row].get(number, ()) for place in range(hit.first, hit.stop)}
            for phrase in _phrases(text, spoken[row], covered if passage in carrying else set()):
                holders[spoken[row], phrase].add(row)
    total: dict[str, list[int]] = {language: [0, 0] for language in present}
    for row, passage in enumerate(ids):
        if spoken[row] in present:
            total[spoken[row]][passage not in carrying] += 1
    found = []
    for (language, phrase), rows in sorted(holders.items()):
        inside = [row for row in rows if ids[row] in carrying]
        outside = [row for row in rows if ids[row] not in carrying]
        of_with, of_without = total[language]
        if len(inside) < AT_LEAST or not of_without:
            continue
        z = float(log_odds(len(inside), of_with, len(outside), of_without)[1])
        if z >= CLEAR:
            found.append(
                Suggestion(
                    language, phrase, len(inside), of_with, sum(ids[row] in rejected for row in outside),
                    len(outside), of_without, len({owners[row] for row in outside}), round(z, 2),
                )
            )  # fmt: skip
    return _without_parts(sorted(found, key=lambda s: (s.language, -s.z, s.phrase)))


def _phrases(text: str, language: str, covered: set[int]) -> set[str]:
    """Return the words and pairs of words of a text as dictionary forms, without those that are covered."""
    stop = stop_words(language)
    words = split_words(text)
    kept: list[str | None] = []
    for place, key in enumerate(words.keys):
        if key in (HARD_BREAK, SOFT_BREAK) or place in covered:
            kept.append(None)
            continue
        form = lemma(key, language)
        usable = len(key) >= _SHORTEST and not any(c.isdigit() or c == "?" for c in key)
        kept.append(form if usable and key not in stop and form not in stop else None)
    found = {form for form in kept if form}
    return found | {f"{a} {b}" for a, b in pairwise(kept) if a and b and a != b}


def _without_parts(found: list[Suggestion]) -> list[Suggestion]:
    """Leave out a word that is nearly always part of a suggested pair, and a pair no clearer than one of its words."""
    clear = {(s.language, s.phrase): s for s in found}
    dropped = set()
    for one in found:
        for word in one.phrase.split() if " " in one.phrase else ():
            single = clear.get((one.language, word))
            if single is None:
                continue
            pair_says_it = one.n_with >= 0.8 * single.n_with and one.n_without <= single.n_without
            dropped.add(single if pair_says_it and one.z >= single.z else one if one.z <= single.z else None)
    return [s for s in found if s not in dropped]
