"""Give passages the codebook's themes, each with the words it rests on."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from consult import schema
from consult.themes.echo import repeated, runs_of
from consult.themes.expected import looks_behind, meanings_of, missed
from consult.themes.matching import Hit, make_matchers
from consult.themes.score import LONG_ENOUGH, joined_score, similarity_threshold
from consult.themes.similarity import theme_similarities
from consult.themes.words import Words, split_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from consult.themes.codebook import Codebook
    from consult.themes.expected import Missed
    from consult.themes.similarity import Embed, Vectors

#: A tagging below this score is not made.
ASSIGN_AT = 0.5


@dataclass(frozen=True)
class _Context:
    """What a passage belongs to."""

    document_id: str
    response_id: str
    language: str
    question: str | None


def _contexts(documents: pd.DataFrame, questions: pd.DataFrame | None = None) -> dict[str, _Context]:
    texts = {} if questions is None else dict(zip(questions["question_id"], questions["text"], strict=True))
    columns = ["document_id", "response_id", "language", "question_id"]
    found = {}
    for document_id, response_id, language, question_id in documents[columns].itertuples(index=False):
        question = None if pd.isna(question_id) else texts.get(question_id)
        found[document_id] = _Context(document_id, response_id, language, question)
    return found


def find_phrases(
    passages: pd.DataFrame,
    documents: pd.DataFrame,
    questions: pd.DataFrame,
    codebook: Codebook,
) -> list[dict[int, tuple[Hit, ...]]]:
    """
    Return, for each row of `passages`, the phrases found by the number of their theme in the codebook.

    Offsets in the hits are offsets in the passage. Words that merely repeat five or more words of the
    question are not a mention and do not appear.
    """
    contexts = _contexts(documents, questions)
    places = [contexts[d] for d in passages["document_id"]]
    texts = passages["text"].tolist()
    matchers = make_matchers(codebook, texts, [p.language for p in places])
    echoes = {q: runs_of(q) for q in {p.question for p in places if p.question}}
    found = []
    for place, text in zip(places, texts, strict=True):
        matcher = matchers[place.language]
        hits: dict[int, tuple[Hit, ...]] = {}
        if matcher.may_hold(text):
            words = split_words(text)
            hits = matcher.find(words)
            if hits and place.question:
                hits = _without_echo(hits, words, echoes[place.question])
        found.append(hits)
    return found


def _without_echo(
    hits: dict[int, tuple[Hit, ...]], words: Words, runs: frozenset[tuple[str, ...]]
) -> dict[int, tuple[Hit, ...]]:
    echo = repeated(words, runs)
    if not echo:
        return hits
    own = {n: tuple(h for h in found if not echo.issuperset(range(h.first, h.stop))) for n, found in hits.items()}
    return {n: found for n, found in own.items() if found}


def tag_passages(
    passages: pd.DataFrame,
    documents: pd.DataFrame,
    questions: pd.DataFrame,
    codebook: Codebook,
    vectors: Vectors | None = None,
    embed: Embed | None = None,
) -> pd.DataFrame:
    """
    Return the table `taggings`: which passages raise which themes, and on which words that rests.

    A passage gets a theme for a phrase of the codebook (``rule``; one row a place where a phrase stands)
    or, without a phrase, for being close in meaning to the theme's definition and examples, or to the documents
    that hold its phrases (``similarity``; the evidence is the closest sentence). A theme's broader themes are given
    with it, on the same evidence. Whether a respondent demands, fears or merely reports something is not told apart.

    Args:
        passages: Table `passages`.
        documents: Table `documents`; a text is read with the phrases of its language and of English.
        questions: Table `questions`; what a respondent repeats of the question is no mention.
        codebook: The themes.
        vectors: One row for each row of `passages`, normalised. Without it, phrases alone decide.
        embed: Embeds texts (with their languages) into the same space.

    Returns:
        Table `taggings`, sorted by its key; `score` is the estimated chance that a human coder agrees.
    """
    if vectors is not None and len(vectors) != len(passages):
        message = f"vectors: {len(vectors)} rows were found; one for each of {len(passages)} passages is expected."
        raise ValueError(message)
    own = own_taggings(passages, documents, questions, codebook, vectors, embed)
    return completed(own, passages, documents, codebook, vectors, embed)[0]


def own_taggings(
    passages: pd.DataFrame,
    documents: pd.DataFrame,
    questions: pd.DataFrame,
    codebook: Codebook,
    vectors: Vectors | None = None,
    embed: Embed | None = None,
) -> pd.DataFrame:
    """
    Return what each theme finds by itself, before its broader themes are given too.

    Each theme's rows depend on that theme alone, so that they can be kept when another theme changes.
    Arguments are as for `tag_passages`.
    """
    if passages.empty or not codebook.themes:
        return schema.empty("taggings")
    hits = find_phrases(passages, documents, questions, codebook)
    likeness = None
    if vectors is not None and embed is not None:
        likeness = theme_similarities(vectors, codebook, embed)
    contexts = _contexts(documents, questions)
    rows: list[dict[str, object]] = []
    columns = ["passage_id", "document_id", "start"]
    for row, (passage_id, document_id, offset) in enumerate(passages[columns].itertuples(index=False)):
        base = {"passage_id": passage_id, "document_id": document_id,
                "response_id": contexts[document_id].response_id}  # fmt: skip
        for number, own in hits[row].items():
            score = joined_score(len(own), None if likeness is None else float(likeness[row, number]))
            theme_id = codebook.themes[number].theme_id
            rows += [
                base | {"theme_id": theme_id, "assigned_by": "rule", "score": score, "phrase": h.phrase,
                        "start": offset + h.start, "end": offset + h.end}
                for h in own
            ]  # fmt: skip
    if likeness is not None:
        close = _close(passages, contexts, codebook, hits, likeness)
        rows += _similar(passages, contexts, codebook, close, embed)
    return pd.DataFrame(rows, columns=list(schema.table("taggings").names))


def _close(
    passages: pd.DataFrame,
    contexts: dict[str, _Context],
    codebook: Codebook,
    hits: list[dict[int, tuple[Hit, ...]]],
    likeness: Vectors,
) -> list[tuple[int, int, float]]:
    """Return (row, number of the theme, score) where likeness alone gives a theme."""
    languages = [contexts[d].language for d in passages["document_id"]]
    limits = {
        (language, long): [similarity_threshold(theme, language, long=long) for theme in codebook.themes]
        for language in sorted(set(languages))
        for long in (False, True)
    }
    needed = np.array(
        [limits[code, len(text.split()) >= LONG_ENOUGH] for code, text in zip(languages, passages["text"], strict=True)]
    )
    return [
        (int(row), int(number), max(joined_score(0, float(likeness[row, number])), ASSIGN_AT))
        for row, number in np.argwhere(likeness >= needed)
        if number not in hits[row]
    ]


def _similar(
    passages: pd.DataFrame,
    contexts: dict[str, _Context],
    codebook: Codebook,
    close: list[tuple[int, int, float]],
    embed: Embed | None,
) -> list[dict[str, object]]:
    """Return the taggings that rest on likeness alone, each with the sentence that is most like its theme."""
    if not close or embed is None:
        return []
    from consult.text.passages import sentence_spans  # with spaCy's pipelines; seldom needed, and slow to load

    by_row: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for row, number, score in close:
        by_row[row].append((number, score))
    sentences: list[tuple[int, int, int]] = []
    texts: list[str] = []
    languages: list[str] = []
    for row in sorted(by_row):
        passage = passages.iloc[row]
        language = contexts[passage["document_id"]].language
        text = passage["text"]
        for start, end in sentence_spans(text, language) or [(0, len(text))]:
            sentences.append((row, start, end))
            texts.append(text[start:end])
            languages.append(language)
    likeness = theme_similarities(embed(texts, languages), codebook, embed)
    rows = []
    places = defaultdict(list)
    for i, (row, _, _) in enumerate(sentences):
        places[row].append(i)
    for row, themes in sorted(by_row.items()):
        passage = passages.iloc[row]
        for number, score in themes:
            best = max(places[row], key=lambda i: (likeness[i, number], -i))
            _, start, end = sentences[best]
            rows.append(
                {
                    "passage_id": passage["passage_id"],
                    "document_id": passage["document_id"],
                    "response_id": contexts[passage["document_id"]].response_id,
                    "theme_id": codebook.themes[number].theme_id,
                    "assigned_by": "similarity",
                    "score": score,
                    "start": int(passage["start"]) + start,
                    "end": int(passage["start"]) + end,
                    "phrase": None,
                }
            )
    return rows


def completed(
    own: pd.DataFrame,
    passages: pd.DataFrame,
    documents: pd.DataFrame,
    codebook: Codebook,
    vectors: Vectors | None = None,
    embed: Embed | None = None,
    known: Mapping[str, Missed] | None = None,
    taught: frozenset[str] = frozenset(),
) -> tuple[pd.DataFrame, Mapping[str, Missed]]:
    """
    Return the table `taggings`: broader themes, and what the phrases probably missed (`themes.expected`).

    Args:
        own: What `own_taggings` found.
        passages: As for `tag_passages`, as are the others.
        documents: Table `documents`.
        codebook: The themes.
        vectors: One row for each row of `passages`.
        embed: Embeds texts.
        known: What this function returned the last time, so that it need not be found again.
        taught: Themes that people's verdicts taught: their classifiers know better what phrases miss.
    """
    tagged = with_broader_themes(own, codebook)
    if vectors is None or embed is None or own.empty or not looks_behind(codebook):
        return tagged, {}
    meanings = meanings_of(passages, documents, vectors, theme_similarities(vectors, codebook, embed))
    rows = pd.Series(range(len(passages)), index=passages["passage_id"])
    columns = {t: n for n, t in enumerate(codebook.by_id)}
    with_themes = np.zeros((len(passages), len(columns)), dtype=np.bool_)
    with_themes[rows.loc[tagged["passage_id"]].to_numpy(), tagged["theme_id"].map(columns).to_numpy(dtype=int)] = True
    found, keep = missed(meanings, with_themes, codebook.recall, known)
    themes = list(columns)
    found = [one for one in found if themes[one[1]] not in taught]
    if not found:
        return tagged, keep
    more = _similar(passages, _contexts(documents), codebook, found, embed)
    return with_broader_themes(pd.concat([own, pd.DataFrame(more)], ignore_index=True), codebook), keep


def with_broader_themes(own: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Return the table `taggings`: every broader theme is given too; of equal rows the highest score stays."""
    if own.empty:
        return schema.empty("taggings")
    above = {t.theme_id: codebook.ancestors(t.theme_id) for t in codebook.themes}
    inherited = [
        own[own["theme_id"] == theme].assign(theme_id=broader, own=False)
        for theme, all_above in above.items()
        for broader in all_above
    ]
    table = pd.concat([own.assign(own=True), *inherited], ignore_index=True)
    key = list(schema.table("taggings").key)
    order = [*key, "score", "own", "phrase"]
    table = table.sort_values(order, ascending=[True] * len(key) + [False, False, True], kind="stable")
    return schema.build("taggings", table.drop_duplicates(key).drop(columns="own").reset_index(drop=True))
