"""Shares, selections and campaign views against tables counted by hand."""

from __future__ import annotations

import math
import pickle
from datetime import date

import pandas as pd
import pytest

from consult import measures as m
from consult import schema
from consult.errors import UserError
from measures_study import CLOSED, OPEN, SECOND, document, response, small, small_corpus, tables, tagging


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


def with_own_part():
    """The small study where a added a paragraph to the letter: characters 6 to 40 of its document."""
    given = small()
    given["own_parts"] = schema.build(
        "own_parts", [{"document_id": "d-a", "campaign_id": "ca-1", "start": 6, "end": 40, "n_words": 8}]
    )
    money = tagging("a", "money", "a", start=20, end=30)
    given["taggings"] = schema.build("taggings", pd.concat([given["taggings"], pd.DataFrame([money])]))
    return m.Corpus.from_tables(given)


def test_words_of_ones_own_in_a_letter_count_in_every_view():
    """
    In a the letter says access (0 to 4); its own words say access again (6 to 9) and money (20 to 30).

    Once: b stands for the letter; a stays with its own words, c with its other answer: ten responses.
    """
    corpus = with_own_part()
    assert counts(m.theme_shares(corpus)) == {"access": 5, "money": 4, "roma": 1, "never": 0}
    once = m.theme_shares(corpus, m.Selection(view="once"))
    assert counts(once) == {"access": 4, "money": 4, "roma": 1, "never": 0}
    assert set(once.table["N"]) == {10}
    apart = m.theme_shares(corpus, m.Selection(view="apart"))
    assert counts(apart) == {"access": 3, "money": 4, "roma": 1, "never": 0}
    assert m.ids_behind(corpus, apart, "access") == ("r-a", "r-e", "r-f")
    claim = m.check_claim(corpus, m.Claim("-", m.Query(themes="access"), m.Selection(view="apart")))
    assert claim.n == 3
    quote = claim.quotes.set_index("response_id").loc["r-a"]
    assert (quote["start"], quote["end"]) == (6, 9)


def test_themes_of_the_letter_itself_do_not_count_for_who_added_something_else():
    given = small()
    given["own_parts"] = schema.build(
        "own_parts", [{"document_id": "d-c", "campaign_id": "ca-1", "start": 50, "end": 90, "n_words": 8}]
    )
    apart = m.theme_shares(m.Corpus.from_tables(given), m.Selection(view="apart"))
    assert counts(apart) == {"access": 2, "money": 3, "roma": 1, "never": 0}
    assert set(apart.table["N"]) == {8}


def test_campaigns_say_who_added_words_and_what_else_the_same_senders_sent():
    given = small()
    given["own_parts"] = schema.build(
        "own_parts",
        [{"document_id": "d-a", "campaign_id": "ca-1", "start": s, "end": s + 3, "n_words": 8} for s in (0, 5)],
    )
    second = [document(f"{key}9", key, question_id=SECOND) for key in "ab"]
    other = [document(f"{key}9", key, question_id=SECOND) for key in "gh"]
    given["documents"] = schema.build("documents", pd.concat([given["documents"], pd.DataFrame(second + other)]))
    given["campaigns"] = schema.build(
        "campaigns",
        [
            {"campaign_id": c, "n_documents": n, "n_responses": n, "representative_document_id": d}
            for c, n, d in (("ca-1", 3, "d-b"), ("ca-2", 2, "d-a9"), ("ca-3", 2, "d-g9"))
        ],
    )
    members = [("a9", "ca-2"), ("b9", "ca-2"), ("g9", "ca-3"), ("h9", "ca-3")]
    more = [{"document_id": f"d-{d}", "campaign_id": c, "similarity": 1.0} for d, c in members]
    given["campaign_members"] = schema.build(
        "campaign_members", pd.concat([given["campaign_members"], pd.DataFrame(more)])
    )
    table = m.overview(m.Corpus.from_tables(given)).campaigns.set_index("campaign_id")
    assert table["n_own"].to_dict() == {"ca-1": 1, "ca-2": 0, "ca-3": 0}
    assert table["sent_with"].to_dict() == {"ca-1": "ca-1", "ca-2": "ca-1", "ca-3": "ca-3"}


def test_possible_coordination_is_counted_in_the_selection_and_changes_no_share():
    given = small()
    rows = [
        {"document_id": d, "group_id": "pc-1", "representative_document_id": "d-e", "likeness": like}
        for d, like in (("d-e", 1.0), ("d-f", 0.8), ("d-g", 0.9))
    ]
    given["possibly_coordinated"] = schema.build("possibly_coordinated", rows)
    corpus = m.Corpus.from_tables(given)
    found = m.overview(corpus).possibly_coordinated.iloc[0]
    assert (found["n_responses"], found["n_texts"], found["languages"], found["least"]) == (3, 3, "en, fr", 0.8)
    assert not len(m.overview(corpus, m.Selection(language="fr")).possibly_coordinated)
    for view in m.VIEWS:
        same = [m.theme_shares(c, m.Selection(view=view)).table for c in (corpus, small_corpus())]
        assert same[0].equals(same[1])


def several_choices():
    given = small()
    answers = (("a", "Red; Blue"), ("b", "Red"), ("e", "Blue"), ("d", "Red;Green"), ("i", "Green;Red;Blue"))
    given["answers"] = schema.build(
        "answers", [{"response_id": f"r-{r}", "question_id": CLOSED, "text": text} for r, text in answers]
    )
    return m.Corpus.from_tables(given)


def test_several_choices_are_counted_one_by_one():
    corpus = several_choices()
    found = m.closed_answers(corpus, CLOSED)
    assert counts(found) == {"Red": 4, "Blue": 3, "Green": 2}
    assert set(found.table["N"]) == {5}
    assert "overlap" in {caveat.key for caveat in found.caveats}
    assert m.ids_behind(corpus, found, "Blue") == ("r-a", "r-e", "r-i")
    assert m.ids_behind(corpus, found, "Blue", mentions=False) == ("r-b", "r-d")
    assert m.select(corpus, m.Selection(closed=((CLOSED, "Red"), (CLOSED, "Blue")))).n == 2
    assert m.choices(corpus, f"closed:{CLOSED}").set_index("value")["n"].to_dict() == counts(found)
    claim = m.check_claim(corpus, m.Claim("-", m.Query(closed=((CLOSED, "Green"),))))
    assert (claim.n, claim.N) == (2, 5)


def test_several_choices_make_groups_that_are_compared_with_those_who_did_not_choose():
    corpus = several_choices()
    crossed = m.crosstab(corpus, f"closed:{CLOSED}")
    row = crossed.table.set_index(["group", "key"]).loc[("Blue", "access")]
    assert row[["n", "N", "rest_n", "rest_N"]].tolist() == [2, 3, 1, 2]
    assert crossed.of == "of 5 responses"
    for cell in crossed.table.itertuples():
        assert len(m.ids_behind(corpus, crossed, cell.key, group=cell.group)) == cell.n
    with_itself = m.crosstab(corpus, f"closed:{CLOSED}", f"closed:{CLOSED}").table.set_index(["group", "key"])
    assert with_itself.loc[("Green", "Blue"), "n"] == 1


def test_one_choice_whose_words_hold_a_semicolon_is_one():
    given = small()
    texts = ("Yes; if it is free", "Yes; if it is free", "No; never", "Perhaps")
    given["answers"] = schema.build(
        "answers",
        [{"response_id": f"r-{r}", "question_id": CLOSED, "text": t} for r, t in zip("abde", texts, strict=True)],
    )
    found = m.closed_answers(m.Corpus.from_tables(given), CLOSED)
    assert counts(found) == {"Yes; if it is free": 2, "No; never": 1, "Perhaps": 1}


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
