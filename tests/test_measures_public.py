"""The smaller public measures by hand, and a check that none is left without a test."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pandas as pd
import pytest

from consult import measures as m
from consult import schema
from consult.errors import UserError
from measures_study import CLOSED, response, small, small_corpus, tables


def test_every_public_measure_is_called_by_a_test():
    tests = "\n".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("*.py"))
    functions = [name for name in m.__all__ if inspect.isfunction(getattr(m, name))]
    assert len(functions) > 30
    assert [name for name in functions if not re.search(rf"\b(?:m|measures)\.{name}\(", tests)] == []


def test_campaigns_are_counted_within_the_selection():
    corpus = small_corpus()
    found = m.campaigns_in(corpus, m.selected(corpus, m.Selection(country=("DE",))))
    row = found.set_index("campaign_id").loc["ca-1"]
    assert row[["n_documents", "n_responses", "types", "n_own"]].tolist() == [3, 3, 1, 0]
    assert row["first_at"] == row["last_at"] == pd.Timestamp("2020-04-01 10:00")
    assert m.campaigns_in(corpus, m.select(corpus, m.Selection(country=("FR",)))).empty


def test_what_may_be_coordinated_is_counted_within_the_selection():
    """The letter of a, b and c is one text; with d's text it makes two, of four responses."""
    given = small()
    rows = [("a", 0.9), ("b", 1.0), ("c", 0.9), ("d", 0.8)]
    given["possibly_coordinated"] = schema.build(
        "possibly_coordinated",
        [
            {"document_id": f"d-{d}", "group_id": "g-1", "representative_document_id": "d-b", "likeness": likeness}
            for d, likeness in rows
        ],
    )
    corpus = m.Corpus.from_tables(given)
    row = m.possibly_coordinated_in(corpus, m.select(corpus)).iloc[0]
    assert row[["n_documents", "n_responses", "n_texts", "languages", "least"]].tolist() == [4, 4, 2, "en, fr", 0.8]
    assert row["last_at"] == pd.Timestamp("2020-04-02 23:59")
    alone = m.select(corpus, m.Selection(country=("FR",)))
    assert m.possibly_coordinated_in(corpus, alone).empty  # one response is no group


def test_the_quality_of_the_data_is_counted_of_responses_or_texts():
    corpus = small_corpus()
    found = m.quality(corpus, m.select(corpus)).set_index("key")[["n", "N"]].T.to_dict("list")
    assert found["with_text"] == [8, 10]
    assert found["dated"] == [9, 10]
    assert found["country"] == [9, 10]
    assert found["typed"] == [9, 10]
    assert found["anonymous"] == [1, 10]
    assert found["damaged"] == [1, 10]
    assert found["attachments"] == [1, 10]


def test_phrases_are_found_at_their_place():
    texts = pd.DataFrame({"document_id": ["d-1", "d-2"], "text": ["A Café, a cafe-bar.", "None."], "language": "en"})
    found = m.find_phrases(texts, ["café", "caf* bar"])
    assert found.to_numpy().tolist() == [["d-1", "café", 2, 6], ["d-1", "café", 10, 14], ["d-1", "caf* bar", 10, 18]]
    with pytest.raises(UserError, match="too little to look for"):
        m.find_phrases(texts, ["*"])


def test_levels_and_names_in_words():
    assert {m.level_name(name) for _, name, _ in m.LEVELS} == {words for _, _, words in m.LEVELS}
    assert m.level_name("too_few") == "too few responses for a verdict"
    assert m.nearest("acess", ["access", "money"]) == " Did you mean access?"
    assert m.nearest("zzz", ["access"]) == ""


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (lambda c: m.crosstab(c, "country"), "themes: there are none in this study yet. Run `consult tag"),
        (lambda c: m.crosstab(c, "country", "topics"), "topics: there are none in this study yet. Run `consult topics"),
        (lambda c: m.theme_gaps(c, "access"), "themes: there are none in this study yet"),
        (lambda c: m.group_gaps(c, "country", "DE"), "themes: there are none in this study yet"),
        (lambda c: m.crosstab(c, "country", f"closed:{CLOSED}"), "nobody answered that question. Choose another"),
        (lambda c: m.check_claim(c, m.Claim("-", m.Query(themes=("access",)))), "themes: there are none in this study"),
    ],
)
def test_nothing_to_count_is_a_message_and_no_empty_table(count, words):
    corpus = m.Corpus.from_tables(tables(themes=[], responses=[response("a"), response("b", country="FR")]))
    with pytest.raises(UserError, match=words.replace("(", r"\(")):
        count(corpus)
