"""Taggings by classifiers: what they add to those of rules and similarity, and what they take away."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from consult import schema
from consult.text.passages import sentence_spans
from consult.themes.classifier import Signals
from consult.themes.similarity import theme_similarities
from consult.themes.verdicts import Family, without

if TYPE_CHECKING:
    from consult.themes.classifier import Classifiers
    from consult.themes.codebook import Codebook
    from consult.themes.similarity import Embed

CLASSIFIER = "classifier"


@dataclass(frozen=True)
class Applied:
    """
    Taggings after the classifiers, and what these changed.

    Attributes:
        taggings: Table `taggings`.
        added: By theme, how many passages a classifier gave it.
        withdrawn: By theme, from how many passages it took what rules or similarity had found.
    """

    taggings: pd.DataFrame
    added: dict[str, int]
    withdrawn: dict[str, int]


def apply_classifiers(
    taggings: pd.DataFrame,
    classifiers: Classifiers,
    passages: pd.DataFrame,
    documents: pd.DataFrame,
    codebook: Codebook,
    embed: Embed,
) -> Applied:
    """
    Return the taggings with what the classifiers add and, where they proved better, take away.

    What is added rests on the sentence of the passage that the classifier gives the highest probability, and goes
    to the broader themes too. What is taken away from a theme is also taken from broader themes that had inherited
    it; a theme stays while a narrower one stands at the passage.

    Args:
        taggings: Those of rules and similarity.
        classifiers: What was learned, from the same passages.
        passages: Table `passages`, rows as in the signals of the classifiers.
        documents: Table `documents`.
        codebook: The codebook in force.
        embed: Embeds sentences, for the evidence.
    """
    family = Family(codebook.themes_table())
    said: dict[str, set[str]] = {}
    for given in zip(taggings["passage_id"], taggings["theme_id"], strict=True):
        said.setdefault(given[0], set()).add(given[1])
    yes: list[tuple[int, int, float]] = []
    refused: dict[str, set[str]] = defaultdict(set)
    for number, learned in enumerate(classifiers.themes):
        chances = classifiers.probabilities(number) if learned.theme_id in classifiers.taught else None
        if chances is None:
            continue
        for row, (passage, chance) in enumerate(zip(passages["passage_id"], chances, strict=True)):
            if chance >= classifiers.cut:
                yes.append((row, number, float(chance)))
            elif learned.use == "corrects" and learned.theme_id in said.get(passage, ()):
                refused[passage].add(learned.theme_id)
    left, withdrawn = _withdrawn(taggings, refused, family)
    there = set(zip(left["passage_id"], left["theme_id"], strict=True))
    ids, themes = passages["passage_id"].tolist(), list(codebook.by_id)
    new = [(row, number, chance) for row, number, chance in yes if (ids[row], themes[number]) not in there]
    rows = _rows(new, classifiers, passages, documents, codebook, embed)
    rows += [row | {"theme_id": above} for row in rows for above in family.above(str(row["theme_id"]))]
    added = {theme: sum(themes[number] == theme for _, number, _ in new) for theme in themes}
    if not rows:
        return Applied(left, {}, withdrawn)
    key = list(schema.table("taggings").key)
    table = pd.DataFrame(rows).sort_values([*key, "score"], ascending=[True] * len(key) + [False])
    parts = [part for part in (left, table.drop_duplicates(key)) if len(part)]
    return Applied(
        schema.build("taggings", pd.concat(parts, ignore_index=True)), {t: n for t, n in added.items() if n}, withdrawn
    )


def _withdrawn(
    taggings: pd.DataFrame, refused: dict[str, set[str]], family: Family
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return the taggings without those refused, and how many passages lost each theme."""
    touched = taggings["passage_id"].isin(list(refused))
    if not touched.any():
        return taggings, {}
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in taggings[touched].to_dict("records"):
        rows[row["passage_id"]].append({str(k): v for k, v in row.items()})
    kept: list[dict[str, Any]] = []
    counts: dict[str, int] = defaultdict(int)
    for passage in sorted(rows):
        given = {row["theme_id"] for row in rows[passage]}
        # A theme stays while a narrower one does.
        out = {t for t in refused[passage] if not (family.below(t) & given) - refused[passage]}
        kept += without(rows[passage], out, family)
        for theme in out:
            counts[theme] += 1
    parts = [part for part in (taggings[~touched], pd.DataFrame(kept)) if len(part)]
    left = schema.build("taggings", pd.concat(parts, ignore_index=True)) if parts else schema.empty("taggings")
    return left, dict(sorted(counts.items()))


def _rows(
    new: list[tuple[int, int, float]],
    classifiers: Classifiers,
    passages: pd.DataFrame,
    documents: pd.DataFrame,
    codebook: Codebook,
    embed: Embed,
) -> list[dict[str, Any]]:
    """Return the taggings that classifiers add, each on the sentence that speaks most for it."""
    if not new:
        return []
    about = documents.set_index("document_id")[["response_id", "language"]]
    wanted = sorted({row for row, _, _ in new})
    places: dict[int, list[tuple[int, int, int]]] = {}
    texts: list[str] = []
    languages: list[str] = []
    for row in wanted:
        text, document = passages["text"].iloc[row], passages["document_id"].iloc[row]
        language = str(about.loc[document, "language"])
        places[row] = []
        for start, end in sentence_spans(text, language) or [(0, len(text))]:
            places[row].append((len(texts), start, end))
            texts.append(text[start:end])
            languages.append(language)
    vectors = embed(texts, languages)
    owner = np.repeat(wanted, [len(places[row]) for row in wanted])
    seen = classifiers.signals
    sentences = Signals(
        np.asarray(vectors, dtype=np.float64),
        theme_similarities(vectors, codebook, embed).astype(np.float64),
        seen.found[owner],
    )
    chances = {
        number: model.probability(sentences.features(number))
        for number in {n for _, n, _ in new}
        if (model := classifiers.models[number])
    }
    found = []
    for row, number, chance in new:
        _, start, end = max(places[row], key=lambda place: (chances[number][place[0]], -place[0]))
        passage = passages.iloc[row]
        first = int(passage["start"])
        found.append(
            {
                "passage_id": passage["passage_id"],
                "document_id": passage["document_id"],
                "response_id": about.loc[passage["document_id"], "response_id"],
                "theme_id": codebook.themes[number].theme_id,
                "assigned_by": CLASSIFIER,
                "score": round(chance, 6),
                "start": first + start,
                "end": first + end,
                "phrase": None,
            }
        )
    return found
