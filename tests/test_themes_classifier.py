"""What verdicts teach: classifiers a theme, what they add and take away, and when they keep still."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from consult import schema
from consult.themes.classifier import ENOUGH, learn_themes, signals_of
from consult.themes.classifier_apply import apply_classifiers
from consult.themes.codebook import parse_codebook
from consult.themes.verdicts import Verdict, apply_verdicts, text_hash

CODEBOOK = parse_codebook(
    """
codebook: made
title: Made
themes:
  - {id: access, name: Access, definition: Who is left out.}
  - {id: rural, name: Rural, definition: Villages., parent: access}
  - {id: costs, name: Costs, definition: Money.}
""",
    "made.yaml",
)
N = 120


def embed(texts, languages):
    """Each text is its number: even ones speak of villages, whatever the words."""
    return np.array([place(int(t.split()[1])) for t in texts], dtype=np.float32)


def place(number):
    random = np.random.default_rng(number)
    vector = random.normal(size=8) * 0.3
    vector[0] += 1.0 if number % 2 == 0 else -1.0
    return vector / np.linalg.norm(vector)


def anchors(texts, languages):
    return np.ones((len(texts), 8), dtype=np.float32) / np.sqrt(8)


@pytest.fixture(scope="module")
def world():
    texts = [f"Text {i} says this. Text {i} goes on." for i in range(N)]
    documents = schema.build(
        "documents",
        [
            {
                "document_id": f"d-{i:03}", "response_id": f"r-{i:03}", "question_id": "q", "text": f"-- {t}",
                "language": "en", "language_score": 1.0, "n_words": 8, "damaged": 0.0,
            }
            for i, t in enumerate(texts)
        ],
    )  # fmt: skip
    passages = schema.build(
        "passages",
        [
            {"passage_id": f"p-{i:03}", "document_id": f"d-{i:03}", "start": 3, "end": 3 + len(t), "text": t}
            for i, t in enumerate(texts)
        ],
    )
    return documents, passages, embed(texts, ["en"] * N)


def verdicts(theme, numbers, truth):
    return [
        Verdict(f"p-{i:03}", f"d-{i:03}", text_hash(f"Text {i} says this. Text {i} goes on."), theme,
                "yes" if truth(i) else "no", "Ana")
        for i in numbers
    ]  # fmt: skip


def rule(i, theme):
    return {
        "passage_id": f"p-{i:03}", "document_id": f"d-{i:03}", "response_id": f"r-{i:03}", "theme_id": theme,
        "assigned_by": "rule", "score": 0.8, "start": 3, "end": 7, "phrase": "x",
    }  # fmt: skip


def machine(numbers):
    rows = [rule(i, t) for i in numbers for t in ("rural", "access")]
    return schema.build("taggings", rows) if rows else schema.empty("taggings")


def both(texts, languages):
    return embed(texts, languages) if texts[0].startswith("Text") else anchors(texts, languages)


def taught(world, taggings, given):
    documents, passages, vectors = world
    signals = signals_of(taggings, passages, CODEBOOK, vectors, both)
    learned = learn_themes(signals, passages, documents, CODEBOOK, given)
    return learned, apply_classifiers(taggings, learned, passages, documents, CODEBOOK, both)


def even(i):
    return i % 2 == 0


def test_what_the_rules_lack_is_added_with_a_sentence_as_evidence(world):
    documents = world[0]
    learned, applied = taught(world, machine([]), verdicts("rural", range(60), even))
    state = {one.theme_id: one for one in learned.themes}
    assert state["rural"].use in ("adds", "corrects")
    assert state["rural"].f1_learned > 0.95 > state["rural"].f1_found
    assert state["costs"].use == "waits"
    table = applied.taggings
    unseen = table[(table["theme_id"] == "rural") & (table["passage_id"] >= "p-060")]
    assert {int(p[2:]) % 2 for p in unseen["passage_id"]} == {0}
    assert len(unseen) >= 27
    assert (table["assigned_by"] == "classifier").all()
    assert table["score"].between(learned.cut - 1e-6, 1).all()
    assert set(unseen["passage_id"]) <= set(table.loc[table["theme_id"] == "access", "passage_id"])
    texts = dict(zip(documents["document_id"], documents["text"], strict=True))
    shown = [texts[d][s:e] for d, s, e in zip(table["document_id"], table["start"], table["end"], strict=True)]
    assert all(words.startswith("Text") and words.endswith(".") and words.count(".") == 1 for words in shown)


def test_wrong_taggings_are_taken_away_where_the_verdicts_show_that_this_helps(world):
    """The rules give the theme to every passage; people say that half of these are wrong."""
    learned, applied = taught(world, machine(range(N)), verdicts("rural", range(60), even))
    assert next(one for one in learned.themes if one.theme_id == "rural").use == "corrects"
    left = applied.taggings[applied.taggings["theme_id"] == "rural"]
    assert {int(p[2:]) % 2 for p in left["passage_id"]} == {0}
    assert applied.withdrawn["rural"] > 50
    broader = applied.taggings[applied.taggings["theme_id"] == "access"]
    assert set(broader["passage_id"]) == set(left["passage_id"])


def test_where_the_rules_are_right_nothing_changes(world):
    found = machine([i for i in range(N) if even(i)])
    learned, applied = taught(world, found, verdicts("rural", range(60), even))
    assert next(one for one in learned.themes if one.theme_id == "rural").use == "as found"
    pd.testing.assert_frame_equal(applied.taggings, found)


def test_verdicts_of_pure_chance_teach_nothing(world):
    chance = np.random.default_rng(5).random(N) < 0.5
    found = machine([i for i in range(N) if chance[i] or i % 5 == 0])
    _, applied = taught(world, found, verdicts("rural", range(80), lambda i: chance[i]))
    pd.testing.assert_frame_equal(applied.taggings, found)


def test_twenty_verdicts_of_both_kinds_are_needed(world):
    few, _ = taught(world, machine([]), verdicts("rural", range(ENOUGH - 1), even))
    alike, _ = taught(world, machine([]), verdicts("rural", range(40), lambda i: True))
    enough, _ = taught(world, machine([]), verdicts("rural", range(ENOUGH), even))
    for classifiers, use in ((few, {"waits"}), (alike, {"waits"}), (enough, {"adds", "corrects"})):
        assert next(one for one in classifiers.themes if one.theme_id == "rural").use in use


def test_the_order_of_rows_does_not_matter(world):
    documents, passages, vectors = world
    given = verdicts("rural", range(60), even)
    _, first = taught(world, machine([]), given)
    turned = np.random.default_rng(0).permutation(N)
    other = (documents.iloc[turned], passages.iloc[turned].reset_index(drop=True), vectors[turned])
    _, second = taught(other, machine([]), given)
    pd.testing.assert_frame_equal(first.taggings, second.taggings)


def test_a_persons_verdict_wins_over_the_classifier(world):
    documents, passages, _ = world
    given = [*verdicts("rural", range(60), even), *verdicts("rural", [70], lambda i: False)]
    _, applied = taught(world, machine([]), given)
    table = apply_verdicts(applied.taggings, given, passages, documents=documents, themes=CODEBOOK.themes_table())
    at = table[table["theme_id"] == "rural"].groupby("passage_id")["assigned_by"].agg(set)
    assert "p-070" not in at.index
    assert "person" in at["p-002"]
    assert at["p-072"] == {"classifier"}
