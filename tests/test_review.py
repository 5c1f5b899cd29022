"""Verdicts, samples to code, and what comes back."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult import schema
from consult.themes.verdicts import Verdict, apply_verdicts, text_hash

THEMES = schema.build(
    "themes",
    [
        {"theme_id": "access", "parent_id": None, "name": "Access", "definition": "-"},
        {"theme_id": "migrants", "parent_id": "access", "name": "Migrants", "definition": "-"},
        {"theme_id": "rural", "parent_id": "access", "name": "Rural areas", "definition": "-"},
        {"theme_id": "costs", "parent_id": None, "name": "Costs", "definition": "-"},
    ],
)
TEXTS = ("Migrants are left out.", "Villages have no courses.", "It costs too much.", "It costs too much.")


def tables(texts=TEXTS, prefix="d"):
    documents, passages = [], []
    for i, text in enumerate(texts):
        documents.append(
            {
                "document_id": f"{prefix}-{i}", "response_id": f"r-{prefix}{i}", "question_id": "q", "text": f"{text}",
                "language": "en" if i % 2 else "de", "language_score": 1.0, "n_words": 4, "damaged": 0.0,
            }
        )  # fmt: skip
        passages.append(
            {"passage_id": f"p-{prefix}{i}", "document_id": f"{prefix}-{i}", "start": 0, "end": len(text), "text": text}
        )
    return schema.build("documents", documents), schema.build("passages", passages)


def tag(i, theme, start=0, end=4, by="rule", phrase="x"):
    return {
        "passage_id": f"p-d{i}", "document_id": f"d-{i}", "response_id": f"r-d{i}", "theme_id": theme,
        "assigned_by": by, "score": 0.9, "start": start, "end": end, "phrase": phrase,
    }  # fmt: skip


MACHINE = schema.build(
    "taggings",
    [tag(0, "migrants", 0, 8, phrase="migrant*"), tag(0, "access", 0, 8, phrase="migrant*"),
     tag(0, "access", 13, 21, phrase="left out"), tag(1, "rural", 0, 8), tag(1, "access", 0, 8), tag(2, "costs", 3, 8)],
)  # fmt: skip


def verdict(i, theme, answer, **more):
    more = {"passage_id": f"p-d{i}", "document_id": f"d-{i}", "text_hash": text_hash(TEXTS[i]), "who": "Ana"} | more
    return Verdict(theme_id=theme, verdict=answer, **more)


def applied(*verdicts, taggings=MACHINE, texts=TEXTS, prefix="d"):
    documents, passages = tables(texts, prefix)
    return apply_verdicts(taggings, verdicts, passages, documents=documents, themes=THEMES)


def at(table, i, prefix="d"):
    return set(table.loc[table["passage_id"] == f"p-{prefix}{i}", "theme_id"])


def test_a_no_removes_the_theme_and_what_was_inherited_from_it_alone():
    table = applied(verdict(0, "migrants", "no"), verdict(1, "rural", "no"))
    assert at(table, 0) == {"access"}
    left = table[table["passage_id"] == "p-d0"]
    assert left["phrase"].tolist() == ["left out"]
    assert at(table, 1) == set()
    assert at(table, 2) == {"costs"}


def test_what_another_narrower_theme_supports_stays():
    both = schema.build("taggings", pd.concat([MACHINE, pd.DataFrame([tag(1, "migrants", 0, 8)])]))
    assert at(applied(verdict(1, "rural", "no"), taggings=both), 1) == {"migrants", "access"}


def test_a_no_on_a_broad_theme_takes_its_narrower_ones_along():
    assert at(applied(verdict(0, "access", "no")), 0) == set()


def test_a_yes_is_a_persons_tagging_on_the_best_evidence_there_is():
    marked = verdict(3, "costs", "yes", start=3, end=8)
    table = applied(marked, verdict(2, "costs", "yes"), verdict(1, "migrants", "yes"))
    person = table[table["assigned_by"] == "person"].set_index(["passage_id", "theme_id"])
    assert (person["score"] == 1.0).all()
    assert tuple(person.loc[("p-d3", "costs"), ["start", "end"]]) == (3, 8)
    assert tuple(person.loc[("p-d2", "costs"), ["start", "end"]]) == (3, 8)
    assert tuple(person.loc[("p-d1", "migrants"), ["start", "end"]]) == (0, len(TEXTS[1]))
    assert ("p-d1", "access") in person.index


def test_the_latest_verdict_counts():
    assert at(applied(verdict(2, "costs", "no"), verdict(2, "costs", "yes", who="Ben")), 2) == {"costs"}
    assert at(applied(verdict(2, "costs", "yes"), verdict(2, "costs", "no")), 2) == set()
    assert at(applied(verdict(0, "access", "no"), verdict(0, "rural", "yes")), 0) >= {"rural", "access"}
    assert at(applied(verdict(0, "rural", "yes"), verdict(0, "access", "no")), 0) == set()


def test_a_verdict_is_about_its_own_passage_and_survives_new_ids():
    """The third and fourth text are equal: only the one that was read is meant while it is there."""
    assert at(applied(verdict(2, "costs", "no")), 2) == set()
    assert at(applied(verdict(3, "costs", "yes")), 3) == {"costs"}
    anew = applied(verdict(0, "costs", "yes"), taggings=schema.empty("taggings"), prefix="e")
    assert at(anew, 0, "e") == {"costs"}
    changed = applied(verdict(0, "costs", "yes"), texts=("Other words.", *TEXTS[1:]))
    assert "costs" not in at(changed, 0)


def test_themes_that_the_codebook_lost_do_no_harm():
    pd.testing.assert_frame_equal(applied(verdict(0, "gone", "yes")), MACHINE)


VERDICTS = st.lists(
    st.builds(verdict, st.integers(0, 3), st.sampled_from(list(THEMES["theme_id"])), st.sampled_from(["yes", "no"])),
    max_size=6,
)


@settings(max_examples=25, deadline=None)
@given(VERDICTS)
def test_the_last_word_on_each_place_holds_and_applying_twice_changes_nothing(verdicts):
    before = MACHINE.copy()
    table = applied(*verdicts)
    pd.testing.assert_frame_equal(MACHINE, before)
    pd.testing.assert_frame_equal(applied(*verdicts, taggings=table), table)
    if verdicts:
        last = verdicts[-1]
        assert (last.theme_id in at(table, int(last.passage_id[-1]))) == (last.verdict == "yes")
    for i in range(4):
        assert not at(table, i) & {"migrants", "rural"} or "access" in at(table, i)


@pytest.fixture
def nothing():
    return schema.empty("taggings")


def test_nothing_tagged_and_nothing_decided(nothing):
    assert applied(taggings=nothing).empty
    assert applied(verdict(0, "costs", "no"), taggings=nothing).empty
