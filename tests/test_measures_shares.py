"""Shares, selections and campaign views against tables counted by hand."""

from __future__ import annotations

import math
import pickle
from datetime import date

import pandas as pd
import pytest

from consult import measures as m
from consult.errors import UserError
from measures_study import CLOSED, OPEN, SECOND, response, small, small_corpus, tables


@pytest.fixture(scope="module")
def corpus():
    return small_corpus()


def counts(measure):
    return dict(zip(measure.table["key"], measure.table["n"], strict=True))


def test_theme_shares_count_distinct_responses(corpus):
    result = m.theme_shares(corpus)
    assert counts(result) == {"access": 5, "money": 3, "roma": 1, "never": 0}
    assert set(result.table["N"]) == {10}
    assert result.of == "of 10 responses"
    assert result.showing == "Showing 10 of 10 responses."
    row = result.table.iloc[0]
    assert row["share"] == 0.5
    assert row["low"] == pytest.approx(0.2366, abs=1e-4)
    assert row["high"] == pytest.approx(0.7634, abs=1e-4)
    assert bool(row["few"])


def test_denominator_of_those_who_wrote(corpus):
    result = m.theme_shares(corpus, of="with_text")
    assert set(result.table["N"]) == {8}
    assert result.of == "of 8 responses with a text to analyse"
    assert len(m.ids_behind(corpus, result, "access", mentions=False)) == 3


def test_each_campaign_counted_once_keeps_what_is_ones_own(corpus):
    """a's letter is represented by b's; c keeps its own second answer, with its own theme only."""
    result = m.theme_shares(corpus, m.Selection(view="once"))
    assert counts(result) == {"access": 3, "money": 3, "roma": 1, "never": 0}
    assert set(result.table["N"]) == {9}
    assert result.of == "of 9 responses, each campaign counted once"
    assert result.showing == "Showing 10 of 10 responses; counted as 9 with each campaign counted once."
    assert m.ids_behind(corpus, result, "access") == ("r-b", "r-e", "r-f")
    assert m.ids_behind(corpus, result, "money") == ("r-c", "r-d", "r-e")


def test_campaigns_set_apart(corpus):
    result = m.theme_shares(corpus, m.Selection(view="apart"))
    assert counts(result) == {"access": 2, "money": 3, "roma": 1, "never": 0}
    assert set(result.table["N"]) == {8}


def test_a_stand_in_is_found_when_a_filter_removes_the_representative(corpus):
    """In question 2 and among a and c there is no b: a is the more similar one."""
    without_b = small()
    without_b["responses"] = without_b["responses"].assign(
        country=without_b["responses"]["country"].where(without_b["responses"]["response_id"] != "r-b", "IT")
    )
    chosen = m.Selection(country="DE", question_id=OPEN, view="once")
    kept = m.select(m.Corpus.from_tables(without_b), chosen)
    ids = corpus.responses["response_id"][kept.responses].tolist()
    assert "r-a" in ids
    assert "r-c" not in ids


def test_language_looks_at_documents(corpus):
    result = m.theme_shares(corpus, m.Selection(language="fr"))
    assert counts(result) == {"access": 1, "money": 1, "roma": 1, "never": 0}
    assert set(result.table["N"]) == {2}
    assert result.of == "of 2 responses with a text in French"


def test_question_looks_at_its_documents_only(corpus):
    result = m.theme_shares(corpus, m.Selection(question_id=SECOND))
    assert counts(result)["money"] == 1
    assert counts(result)["access"] == 0
    assert result.of == "of 1 response that answered question 2"
    attachments = m.theme_shares(corpus, m.Selection(question_id=m.ATTACHMENT))
    assert counts(attachments) == {"access": 1, "money": 1, "never": 0, "roma": 0}


def test_topics_count_for_their_broader_topic_and_outliers_do_not(corpus):
    result = m.topic_shares(corpus)
    assert counts(result) == {"t-1": 2, "t-2": 2}


def test_closed_answers_are_of_those_who_answered(corpus):
    result = m.closed_answers(corpus, CLOSED)
    assert counts(result) == {"Yes": 3, "No": 2}
    assert set(result.table["N"]) == {5}
    assert result.of == "of 5 responses that answered question 3"
    assert m.ids_behind(corpus, result, "No") == ("r-d", "r-i")
    chosen = m.Selection(closed=((CLOSED, "Yes"),))
    assert m.select(corpus, chosen).n == 3


def test_respondents_by_field(corpus):
    assert counts(m.respondent_shares(corpus, "stakeholder_type")) == {
        "citizen_eu": 5, "ngo": 3, "company": 1, "unknown": 1,
    }  # fmt: skip
    assert counts(m.respondent_shares(corpus, "country")) == {"DE": 5, "FR": 4, "unknown": 1}
    assert counts(m.respondent_shares(corpus, "language")) == {"en": 7, "fr": 2}
    assert counts(m.respondent_shares(corpus, "registered")) == {"not an organisation": 6, "no": 3, "yes": 1}
    assert counts(m.respondent_shares(corpus, "day"))["2020-04-02"] == 1
    assert counts(m.respondent_shares(corpus, "week")) == {"2020-03-30": 7, "2020-04-06": 1, "2020-04-20": 1}
    by_country = m.respondent_shares(corpus, "country")
    assert m.ids_behind(corpus, by_country, "unknown") == ("r-h",)


def test_days_are_inclusive_and_undated_responses_left_out(corpus):
    chosen = m.Selection(date_from=date(2020, 4, 2), date_to=date(2020, 4, 2))
    assert m.responses_with(corpus, chosen) == ("r-d",)
    assert m.select(corpus, m.Selection(date_from=date(2020, 1, 1))).n == 9


def test_answers_as_unit_have_an_interval_that_knows_of_responses(corpus):
    result = m.answer_shares(corpus)
    row = result.table.set_index("key").loc["access"]
    assert (row["n"], row["N"]) == (6, 10)
    assert row["low"] < 0.6 < row["high"]
    assert result.of == "of 10 documents in 8 responses"


def test_overview_adds_up(corpus):
    result = m.overview(corpus)
    assert result.by_type.table["n"].sum() == result.n == 10
    assert result.views.set_index("view")["n"].to_dict() == {"all": 10, "once": 9, "apart": 8}
    assert result.campaigns.iloc[0][["n_documents", "n_responses"]].tolist() == [3, 3]
    quality = result.quality.set_index("key")["n"]
    assert quality["with_text"] == 8
    assert quality["damaged"] == 1
    assert quality["dated"] == 9
    assert {c.key for c in result.caveats} >= {
        "self_selection",
        "few",
        "untyped",
        "unregistered",
        "damaged",
        "campaigns",
    }


def test_a_campaign_is_a_filter_like_any_other(corpus):
    result = m.respondent_shares(corpus, "stakeholder_type", m.Selection(campaign_id="ca-1"))
    assert counts(result) == {"citizen_eu": 3}


def test_small_cells_are_hidden_and_others_rounded():
    table = pd.DataFrame({"key": list("abc"), "n": [9, 12, 48], "N": [103, 103, 103]})
    table = table.assign(share=table["n"] / table["N"], low=0.0, high=1.0)
    hidden = m.hide_small(table)
    assert hidden["n"].tolist()[1:] == [10, 50]
    assert pd.isna(hidden["n"].iloc[0])
    assert pd.isna(hidden["share"].iloc[0])
    assert hidden["N"].tolist() == [105, 105, 105]
    assert hidden["shown"].tolist() == ["under 10", "10", "50"]
    assert hidden["share"].iloc[1] == pytest.approx(10 / 105)
    assert table["n"].tolist() == [9, 12, 48]


def test_three_views_side_by_side(corpus):
    table = m.three_views(lambda chosen: m.theme_shares(corpus, chosen))
    access = table[table["key"] == "access"].set_index("view")
    assert access["n"].to_dict() == {"all": 5, "once": 3, "apart": 2}
    assert access["N"].to_dict() == {"all": 10, "once": 9, "apart": 8}


def test_a_selection_survives_an_address_bar():
    chosen = m.Selection(
        country=("FR", "DE"), language="fr", closed=((CLOSED, "Yes"),), date_from=date(2020, 4, 1), view="apart"
    )
    assert m.Selection.from_query(chosen.to_query()) == chosen
    assert m.Selection.from_query({}) == m.Selection()
    assert not m.Selection(view="once").filtered
    assert pickle.loads(pickle.dumps(chosen)) == chosen


def test_conditions_as_typed(corpus):
    chosen = m.parse_where(corpus, ["country=de", "type=Citizen_EU", "question=1", f"{CLOSED}=Yes"])
    assert chosen == m.Selection(
        country="DE", stakeholder_type="citizen_eu", question_id=OPEN, closed=((CLOSED, "Yes"),)
    )
    assert m.select(corpus, chosen).n == 2


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        (["country"], "expected FIELD=VALUE"),
        (["contry=DE"], "Did you mean country"),
        (["country=ZZ"], "no response has 'ZZ'"),
        (["date_from=1.4.2020"], "expected yyyy-mm-dd"),
    ],
)
def test_bad_conditions_are_plain_messages(corpus, conditions, words):
    with pytest.raises(UserError, match=words):
        m.parse_where(corpus, conditions)


def test_nothing_left_is_a_message_and_never_a_number(corpus):
    with pytest.raises(UserError, match="none of 10 responses is left"):
        m.theme_shares(corpus, m.Selection(country="FR", stakeholder_type="company"))
    with pytest.raises(UserError, match=r"not in this study.*Did you mean access"):
        m.responses_with(corpus, key="acess")
    with pytest.raises(UserError, match="not a closed question"):
        m.closed_answers(corpus, OPEN)
    with pytest.raises(UserError, match="view: 'twice'"):
        m.Selection(view="twice")
    with pytest.raises(UserError, match="it holds no responses"):
        m.overview(m.Corpus.from_tables({}))


def test_nobody_answered_gives_no_row():
    """A closed question that nobody in the selection answered is a message, not 0 %."""
    corpus = small_corpus()
    with pytest.raises(UserError, match="none of 1 selected responses answered"):
        m.closed_answers(corpus, CLOSED, m.Selection(stakeholder_type="company"))


def test_a_study_without_later_stages_has_an_overview():
    corpus = m.Corpus.from_tables(tables(responses=[response("a"), response("b", submitted_at=None)]))
    result = m.overview(corpus)
    assert result.n == 2
    assert not len(result.topics.table)
    assert not len(result.campaigns)
    assert not result.themes.table["n"].any()


def test_no_number_is_missing(corpus):
    result = m.overview(corpus)
    for measure in (result.by_type, result.by_country, result.themes, result.topics, result.by_question):
        assert not measure.table[["n", "N", "share", "low", "high"]].isna().any(axis=None)
        assert all(math.isfinite(v) for v in measure.table["share"])


def test_choices_and_pickling(corpus):
    assert m.choices(corpus, "country")["value"].tolist() == ["DE", "FR", "unknown"]
    labels = m.choices(corpus, "question_id").set_index("value")["label"]
    assert labels[OPEN] == "What do you think?"
    again = pickle.loads(pickle.dumps(corpus))
    assert m.theme_shares(again).table.equals(m.theme_shares(corpus).table)
