"""Passages get themes with their evidence: phrases, similarity, parents, and what the question said before."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult import schema
from consult.ingest import read_sources
from consult.pipeline.shipped import DEFAULT_CODEBOOK, example_sources, find_codebook
from consult.text.documents import make_documents
from consult.text.passages import split_passages
from consult.themes.codebook import load_codebook, parse_codebook
from consult.themes.patterns import parse_pattern
from consult.themes.score import SIMILARITY_ALONE, SIMILARITY_WITHOUT_PHRASES, joined_score, similarity_threshold
from consult.themes.tagging import tag_passages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from consult.study import Study

CODEBOOK = parse_codebook(
    """
codebook: made
title: Made
themes:
  - id: groups
    name: Groups
    definition: People who are left out.
    phrases: {en: ["left behind"]}
  - id: poverty
    name: Poverty
    parent: groups
    definition: People without money.
    examples: [{language: en, text: "They have no money."}]
    phrases: {en: ["poor", "poverty"], de: ["arm"]}
  - id: cost
    name: Cost
    definition: What it costs.
    phrases: {de: ["teuer*"]}
""",
    "made.yaml",
)
QUESTION = "What should be done about poverty and the price of learning?"


def tables(
    texts: Sequence[str], languages: Sequence[str] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """One document a text, split into passages at blank lines."""
    documents, passages = [], []
    for i, text in enumerate(texts):
        language = languages[i] if languages else "en"
        documents.append(
            {"document_id": f"d-{i:04}", "response_id": f"r-{i:04}", "question_id": "q-1", "attachment": None,
             "text": text, "language": language, "language_score": 1.0, "n_words": len(text.split()), "damaged": 0.0}
        )  # fmt: skip
        at = 0
        for part in text.split("\n\n"):
            if part.strip():
                passages.append(
                    {"passage_id": f"p-{i:04}-{at:04}", "document_id": f"d-{i:04}", "start": at, "end": at + len(part),
                     "text": part}
                )  # fmt: skip
            at += len(part) + 2
    questions = [{"question_id": "q-1", "consultation_id": "c", "number": 1, "text": QUESTION, "kind": "open"}]
    return (
        schema.build("passages", passages) if passages else schema.empty("passages"),
        schema.build("documents", documents),
        schema.build("questions", questions),
    )


def evidence(taggings: pd.DataFrame, documents: pd.DataFrame) -> list[tuple[str, str, str]]:
    texts = dict(zip(documents["document_id"], documents["text"], strict=True))
    return sorted((r.theme_id, r.assigned_by, texts[r.document_id][r.start : r.end]) for r in taggings.itertuples())


def test_a_phrase_gives_its_theme_and_the_broader_one_on_the_same_words() -> None:
    passages, documents, questions = tables(["All is well.\n\nThe poor pay more."])
    taggings = tag_passages(passages, documents, questions, CODEBOOK)
    assert evidence(taggings, documents) == [("groups", "rule", "poor"), ("poverty", "rule", "poor")]
    assert set(taggings["phrase"]) == {"poor"}
    assert taggings["score"].between(0.5, 1).all()


def test_own_and_inherited_evidence_stand_side_by_side() -> None:
    passages, documents, questions = tables(["The poor are left behind."])
    found = evidence(tag_passages(passages, documents, questions, CODEBOOK), documents)
    assert found == [("groups", "rule", "left behind"), ("groups", "rule", "poor"), ("poverty", "rule", "poor")]


def test_repeating_the_question_is_no_mention() -> None:
    texts = [
        "What should be done about poverty and the price? Nothing.",
        "Poverty is the problem.",
        "What should be done about poverty? Poverty will stay.",
    ]
    passages, documents, questions = tables(texts)
    taggings = tag_passages(passages, documents, questions, CODEBOOK)
    own = taggings[taggings["theme_id"] == "poverty"]
    assert own[["document_id", "start"]].to_numpy().tolist() == [["d-0001", 0], ["d-0002", 35]]


def test_phrases_of_another_language_are_not_tried() -> None:
    passages, documents, questions = tables(["Der Arm tut weh.", "My arm hurts."], ["de", "en"])
    taggings = tag_passages(passages, documents, questions, CODEBOOK)
    assert set(taggings["document_id"]) == {"d-0000"}


def _embed(texts: Sequence[str], languages: Sequence[str]) -> np.ndarray:
    """Two directions: money, and everything else."""
    assert len(texts) == len(languages)
    return np.array([[1.0, 0.0] if "money" in t else [0.0, 1.0] for t in texts], dtype=np.float32)


LONG = "The sun shines on the old town and on the new one. " * 3 + "Some have no money at all."


def test_similarity_alone_gives_a_theme_with_the_closest_sentence() -> None:
    passages, documents, questions = tables([LONG, LONG])
    vectors = np.array([[1.0, 0.0], [0.0, 1.0]], dtype=np.float32)
    taggings = tag_passages(passages, documents, questions, CODEBOOK, vectors, _embed)
    own = taggings[taggings["document_id"] == "d-0000"]
    assert evidence(own, documents) == [
        ("groups", "similarity", "Some have no money at all."),
        ("poverty", "similarity", "Some have no money at all."),
    ]
    assert own["phrase"].isna().all()


def test_similarity_alone_gives_short_passages_nothing_unless_the_theme_says_so() -> None:
    """The shorter a passage, the more themes it is close to by chance."""
    passages, documents, questions = tables(["Some have no money at all."])
    vectors = np.array([[1.0, 0.0]], dtype=np.float32)
    assert tag_passages(passages, documents, questions, CODEBOOK, vectors, _embed).empty
    themes = tuple(replace(t, similarity=0.5) if t.theme_id == "poverty" else t for t in CODEBOOK.themes)
    told = tag_passages(passages, documents, questions, replace(CODEBOOK, themes=themes), vectors, _embed)
    assert set(told["theme_id"]) == {"poverty", "groups"}


def test_a_phrase_and_similarity_together_score_higher() -> None:
    assert joined_score(1, 0.6) > joined_score(1, 0.1) > 0.5
    assert joined_score(3, 0.1) > joined_score(1, 0.1)
    assert joined_score(0, SIMILARITY_ALONE) > joined_score(0, 0.2)
    assert 0 <= joined_score(0, -1.0) < joined_score(0, None) < 0.5
    assert joined_score(50, 1.0) <= 1


def test_similarity_may_do_more_where_the_codebook_has_no_phrases() -> None:
    cost = CODEBOOK.by_id["cost"]
    assert similarity_threshold(cost, "de") == SIMILARITY_ALONE
    assert similarity_threshold(cost, "fr") == SIMILARITY_WITHOUT_PHRASES
    assert similarity_threshold(CODEBOOK.by_id["poverty"], "fr") == SIMILARITY_ALONE
    assert similarity_threshold(cost, "fr", long=False) == math.inf


def test_what_is_not_meant_but_named_is_taken_back_by_an_exclusion() -> None:
    """The program does not read negations; an author who needs it writes them down."""
    exclusions = {"en": (parse_pattern("not ... poor ... but"),)}
    themes = tuple(replace(t, exclusions=exclusions) if t.theme_id == "poverty" else t for t in CODEBOOK.themes)
    passages, documents, questions = tables(["Not the poor, but the banks.", "The poor do not ask, but we do."])
    taggings = tag_passages(passages, documents, questions, replace(CODEBOOK, themes=themes))
    assert set(taggings["document_id"]) == {"d-0001"}


def test_nothing_to_tag_is_an_empty_table() -> None:
    passages, documents, questions = tables(["", "No theme here."])
    taggings = tag_passages(passages, documents, questions, CODEBOOK)
    assert taggings.empty
    assert tuple(taggings.columns) == schema.table("taggings").names
    assert tag_passages(passages.head(0), documents, questions, CODEBOOK).empty


def test_vectors_must_fit_the_passages() -> None:
    passages, documents, questions = tables(["One.", "Two."])
    with pytest.raises(ValueError, match="one for each of 2 passages"):
        tag_passages(passages, documents, questions, CODEBOOK, np.zeros((1, 2), dtype=np.float32), _embed)


_PARTS = ["the poor", "poverty", "left behind", "teuer", "arm", ".", "\n\n", ",", "nothing", "ÄÖ\u00ad", "…", "\u2019s"]


@given(st.lists(st.lists(st.sampled_from(_PARTS), max_size=12), min_size=1, max_size=4), st.randoms())
@settings(max_examples=60, deadline=None)
def test_evidence_lies_in_its_passage_and_row_order_does_not_matter(parts: list[list[str]], random: object) -> None:
    texts = [" ".join(p) for p in parts]
    passages, documents, questions = tables(texts, ["en", "de", "en", "de"][: len(texts)])
    before = passages.copy()
    taggings = tag_passages(passages, documents, questions, CODEBOOK)
    places = passages.set_index("passage_id")
    for row in taggings.itertuples():
        passage = places.loc[row.passage_id]
        assert passage["start"] <= row.start < row.end <= passage["end"]
        text = documents.set_index("document_id").loc[row.document_id, "text"]
        assert not text[row.start : row.end][0].isspace()
    pd.testing.assert_frame_equal(passages, before)
    order = list(range(len(passages)))
    random.shuffle(order)  # type: ignore[attr-defined]
    shuffled = tag_passages(passages.iloc[order], documents.iloc[::-1], questions, CODEBOOK)
    pd.testing.assert_frame_equal(shuffled, taggings)


def _assert_verbatim(taggings: pd.DataFrame, passages: pd.DataFrame, documents: pd.DataFrame) -> None:
    """Every span lies in its passage, and is the document's own words."""
    texts, places = documents.set_index("document_id")["text"], passages.set_index("passage_id")
    assert len(taggings) > 300
    for row in taggings.itertuples():
        passage = places.loc[row.passage_id]
        span = texts[row.document_id][row.start : row.end]
        assert row.document_id == passage["document_id"]
        assert passage["start"] <= row.start < row.end <= passage["end"]
        assert span == passage["text"][row.start - passage["start"] : row.end - passage["start"]]
        assert span == span.strip()


def test_evidence_in_the_example_is_verbatim(example_study: Study) -> None:
    _assert_verbatim(*(example_study.read(name) for name in ("taggings", "passages", "documents")))


def test_evidence_in_the_other_example_is_verbatim() -> None:
    found = read_sources(example_sources("learning-accounts")[0])
    documents = make_documents(
        found.answers, found.questions, found.responses, found.attachments, found.attachment_pages
    ).documents
    passages = split_passages(documents)
    codebook = load_codebook(find_codebook(DEFAULT_CODEBOOK))
    _assert_verbatim(tag_passages(passages, documents, found.questions, codebook), passages, documents)
