"""Cross-tables, what sets groups apart, co-occurrence and time, counted by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from consult import measures as m
from consult.errors import UserError
from consult.measures.comparing import trend
from measures_study import CLOSED, document, passages_of, response, small_corpus, tables, tagging, two_groups


@pytest.fixture(scope="module")
def corpus():
    return small_corpus()


def test_each_cell_is_counted_by_hand(corpus):
    table = m.crosstab(corpus, "stakeholder_type").table.set_index(["group", "key"])
    assert table.loc[("ngo", "access"), ["n", "N", "rest_n", "rest_N"]].tolist() == [2, 3, 3, 7]
    assert table.loc[("citizen_eu", "money"), ["n", "N"]].tolist() == [2, 5]
    assert set(table["direction"]) == {"too few to compare"}
    assert not table["significant"].any()
    assert table["p"].isna().all()


def test_groups_of_languages_count_what_was_said_in_them(corpus):
    """e says money in an English paper and access in both languages."""
    result = m.crosstab(corpus, "language")
    table = result.table.set_index(["group", "key"])
    assert table.loc[("fr", "money"), ["n", "N"]].tolist() == [1, 2]
    assert table.loc[("en", "money"), ["n", "N"]].tolist() == [2, 7]
    assert table.loc[("en", "access"), "n"] == 5
    assert "overlap" in {c.key for c in result.caveats}
    assert m.ids_behind(corpus, result, "money", group="en") == ("r-c", "r-e")


def test_closed_answers_cross_with_anything(corpus):
    table = m.crosstab(corpus, "country", f"closed:{CLOSED}").table.set_index(["group", "key"])
    assert table.loc[("DE", "Yes"), ["n", "N"]].tolist() == [2, 3]
    assert table.loc[("FR", "No"), ["n", "N"]].tolist() == [1, 2]
    assert "unknown" not in table.index.get_level_values("group")
    by_answer = m.crosstab(corpus, f"closed:{CLOSED}").table.set_index(["group", "key"])
    assert by_answer.loc[("Yes", "access"), ["n", "N"]].tolist() == [3, 3]
    by_language = m.crosstab(corpus, "language", f"closed:{CLOSED}").table.set_index(["group", "key"])
    assert by_language.loc[("fr", "Yes"), "n"] == 1


def test_a_real_difference_is_shown_with_its_test():
    corpus = two_groups(100, 10, 60, 30)
    result = m.crosstab(corpus, "stakeholder_type", keys=("access",))
    row = result.table.set_index("group").loc["ngo"]
    expected = stats.chi2_contingency(np.array([[30, 30], [10, 90]]), correction=False)
    assert row["p"] == pytest.approx(expected.pvalue)
    assert row["p_adjusted"] == pytest.approx(expected.pvalue)
    assert (row["direction"], row["test"]) == ("more", "chi-square")
    assert row["difference"] == pytest.approx(0.4)
    assert row["difference_low"] < 0.4 < row["difference_high"]
    overall = result.overall.iloc[0]
    assert overall["cramers_v"] == pytest.approx(np.sqrt(expected.statistic / 160))
    assert m.ids_behind(corpus, result, "access", group="ngo")[0] == "r-ngo0000"


def test_under_thirty_is_too_few_to_compare():
    table = m.crosstab(two_groups(100, 10, 29, 29), "stakeholder_type").table
    assert set(table["direction"]) == {"too few to compare"}
    assert table["p"].isna().all()
    assert set(m.crosstab(two_groups(100, 10, 30, 30), "stakeholder_type").table["direction"]) > {"more", "less"}


def test_lift_ranks_what_sets_a_group_apart():
    result = m.group_lift(two_groups(100, 10, 60, 30), "stakeholder_type", "ngo")
    row = result.table.iloc[0]
    assert row["key"] == "access"
    assert row["lift"] == pytest.approx((30.5 / 60.5) / (10.5 / 100.5))
    assert row["lift_low"] > 1
    assert row["z"] > 1.96
    with pytest.raises(UserError, match="no response is in 'nobody'"):
        m.group_lift(two_groups(40, 1, 40, 1), "stakeholder_type", "nobody")
    with pytest.raises(UserError, match="everybody is in it"):
        m.group_lift(two_groups(40, 1, 40, 1), "consultation_id", "c-1")


def test_two_selections_are_compared_once_for_each_idea():
    corpus = two_groups(100, 10, 60, 30)
    first, second = (m.Selection(stakeholder_type=t) for t in ("citizen_eu", "ngo"))
    result = m.compare(corpus, first, second, names=("citizens", "NGOs"))
    assert result.of == "of 100 responses against 60"
    once = [chosen.with_(view="once") for chosen in (first, second)]
    assert m.compare(corpus, *once).of == "of 100 responses, each campaign counted once, against 60"
    crossed = m.crosstab(corpus, "stakeholder_type").table.set_index(["group", "key"])
    table = result.table.set_index(["group", "key"])
    assert table.loc[("NGOs", "access"), "p"] == pytest.approx(crossed.loc[("ngo", "access"), "p"])
    assert table.loc[("citizens", "access"), "difference"] == pytest.approx(-0.4)
    p = table["p_adjusted"]
    assert p.loc["citizens"].tolist() == pytest.approx(p.loc["NGOs"].tolist())
    assert len(m.ids_behind(corpus, result, "access", group="NGOs")) == 30
    assert "shared" in {c.key for c in m.compare(corpus, first, m.Selection()).caveats}


def test_consultations_are_shown_by_their_titles(corpus):
    titles = dict(zip(corpus.consultations["consultation_id"], corpus.consultations["title"], strict=True))
    shown = m.choices(corpus, "consultation_id")
    assert dict(zip(shown["value"], shown["label"], strict=True)) == titles
    table = m.crosstab(corpus, "consultation_id").table
    assert set(table["group_label"]) == set(titles.values())


def test_cooccurrence_leaves_out_parents(corpus):
    table = m.cooccurrence(corpus).table.set_index(["key", "other"])
    assert table.loc[("access", "money"), ["n", "N"]].tolist() == [2, 5]
    assert table.loc[("money", "access"), ["n", "N"]].tolist() == [2, 3]
    assert ("access", "roma") not in table.index
    assert table.loc[("access", "money"), "expected"] == pytest.approx(5 * 3 / 10)
    assert table.loc[("access", "money"), "p"] == pytest.approx(table.loc[("money", "access"), "p"])
    assert m.responses_with_both(corpus, "themes", "access", "money") == ("r-c", "r-e")


def test_days_without_responses_are_in_counts_and_not_in_shares(corpus):
    days = m.over_time(corpus, "day")
    by_day = dict(zip(days.table["group"], days.table["n"], strict=True))
    assert len(by_day) == 20
    assert (by_day["2020-04-01"], by_day["2020-04-03"], by_day["2020-04-20"]) == (6, 0, 1)
    assert m.ids_behind(corpus, days, "responses", group="2020-04-20") == ("r-j",)
    assert "undated" in {c.key for c in days.caveats}
    themes = m.over_time(corpus, "day", "themes", ("access",)).table.set_index("group")
    assert themes.loc["2020-04-10", ["n", "N"]].tolist() == [1, 1]
    assert "2020-04-03" not in themes.index
    with pytest.raises(UserError, match="period 'hour'"):
        m.over_time(corpus, "hour")


def test_time_without_dates_is_a_message():
    rows = [response("a", submitted_at=None)]
    with pytest.raises(UserError, match="has a date"):
        m.over_time(m.Corpus.from_tables(tables(responses=rows)))


def test_small_cells_can_be_hidden():
    table = m.crosstab(two_groups(100, 10, 60, 4), "stakeholder_type", small_hidden=True).table
    row = table.set_index(["group", "key"]).loc[("ngo", "access")]
    assert row["shown"] == "hidden"
    assert row[["n", "share", "p", "difference"]].isna().all()


def test_an_unknown_field_names_the_allowed_ones(corpus):
    with pytest.raises(UserError, match="field 'colour': unknown; allowed are stakeholder_type"):
        m.crosstab(corpus, "colour")
    with pytest.raises(UserError, match="columns 'words'"):
        m.crosstab(corpus, "country", "words")


def test_gaps_of_a_theme():
    corpus = two_groups(100, 40, 60, 0)
    result = m.theme_gaps(corpus, "access")
    assert result.table.set_index("group")["gap"].to_dict() == {"ngo": "missing", "citizen_eu": "no gap shown"}
    assert result.table.iloc[0]["group"] == "ngo"
    rarer = m.theme_gaps(two_groups(100, 60, 60, 5), "access").table
    assert rarer.iloc[0]["gap"] == "rarer"
    few = m.theme_gaps(two_groups(100, 60, 6, 0), "access").table
    assert set(few["gap"]) == {"too few to compare"}
    with pytest.raises(UserError, match="Did you mean access"):
        m.theme_gaps(corpus, "acces")


def test_gaps_of_a_group():
    result = m.group_gaps(two_groups(100, 40, 60, 0), "stakeholder_type", "ngo")
    assert result.never["key"].tolist() == ["access"]
    assert result.never["gap"].tolist() == ["missing"]
    other = m.group_gaps(two_groups(100, 40, 60, 0), "stakeholder_type", "citizen_eu")
    assert other.alone["key"].tolist() == ["access"]
    with pytest.raises(UserError, match="it has one response"):
        m.group_gaps(two_groups(100, 40, 1, 0), "stakeholder_type", "ngo")


def test_questions_nobody_answered_come_first(corpus):
    table = m.question_gaps(corpus).set_index("question_id")
    assert table["n"].to_dict() == {"q-second": 1, "q-closed": 5, "q-open": 8}
    assert m.question_gaps(corpus, m.Selection(stakeholder_type="company")).iloc[0]["n"] == 0
    assert set(table["N"]) == {10}


def test_the_weak_languages_of_the_tagger_are_a_caveat():
    docs = [document("a", "a", language="mt")]
    given = tables(
        responses=[response("a")], documents=docs, passages=passages_of(docs), taggings=[tagging("a", "money", "a")]
    )
    corpus = m.Corpus.from_tables(given, weak_languages=("mt",))
    assert "weak_language" in {c.key for c in m.theme_shares(corpus).caveats}
    assert "weak_language" not in {c.key for c in m.respondent_shares(corpus, "country").caveats}


def test_what_many_raise_and_nobody_asked(corpus):
    raised = m.unasked(corpus, asked={"money"}, at_least=0.2)
    assert raised.table["key"].tolist() == ["access"]
    assert m.ids_behind(corpus, raised, "access")


def test_questions_are_searched_for_themes(tmp_path):
    from consult.themes.codebook import load_codebook

    path = tmp_path / "codebook.yaml"
    path.write_text(
        """
codebook: test
title: Test
version: 1
language: en
description: A codebook.
sources: []
themes:
  - {id: money, name: Money, definition: Who pays., counts: [], does_not_count: [], phrases: {en: [funding]},
     examples: [{language: en, text: The funding is too low.}]}
  - {id: rural, name: Rural, definition: Far away., counts: [], does_not_count: [], phrases: {en: [village*]},
     examples: [{language: en, text: Our village has none.}]}
""",
        encoding="utf-8",
    )
    questions = pd.DataFrame(
        {"question_id": ["q-1", "q-2"], "text": ["How should funding be shared?", "What else?"], "kind": "open"}
    )
    assert m.asked_themes(questions, load_codebook(path)) == {"money"}


def test_a_trend_is_the_correlation_of_time_with_mentioning():
    """Cochran and Armitage's z is Pearson's r over single responses, times the root of their number."""
    when, hits, of = [0, 7, 21], [2, 9, 16], [20, 30, 25]
    z, p = trend(hits, of, when)
    place = np.repeat(when, of)
    says = np.concatenate([np.r_[np.ones(n), np.zeros(total - n)] for n, total in zip(hits, of, strict=True)])
    assert z == pytest.approx(stats.pearsonr(place, says).statistic * np.sqrt(75))
    assert p == pytest.approx(2 * stats.norm.sf(abs(z)))
    assert trend([0, 0], [5, 5], [1, 2]) == (0.0, 1.0)
    assert trend([1, 2], [5, 5], [1, 1]) == (0.0, 1.0)


def test_themes_over_time_say_whether_they_rise():
    rows, docs, tags = [], [], []
    for week, hits in enumerate((1, 5, 10, 18)):
        for i in range(20):
            key = f"{week}{i:02d}"
            rows.append(response(key, submitted_at=pd.Timestamp("2020-04-06") + pd.Timedelta(weeks=week)))
            docs.append(document(key, key))
            if i < hits:
                tags.append(tagging(key, "access", key))
    corpus = m.Corpus.from_tables(tables(responses=rows, documents=docs, passages=passages_of(docs), taggings=tags))
    found = m.over_time(corpus, "week", "themes")
    told = found.overall.set_index("key")["direction"].to_dict()
    assert told == {"access": "rising", "money": "no trend shown", "never": "no trend shown", "roma": "no trend shown"}
    assert m.over_time(corpus, "year", "themes").overall["direction"].tolist() == ["too few to compare"] * 4
    for row in found.table.itertuples():
        assert len(m.ids_behind(corpus, found, row.key, group=row.group)) == row.n
    assert m.over_time(corpus, "week").overall is None


def test_pairs_and_documents_can_be_opened_too():
    corpus = small_corpus()
    pairs, documents = m.cooccurrence(corpus), m.answer_shares(corpus)
    assert len(pairs.table)
    assert len(documents.table)
    for row in pairs.table.itertuples():
        assert len(m.ids_behind(corpus, pairs, row.key, group=row.other)) == row.n
        assert len(m.ids_behind(corpus, pairs, row.key, group=row.other, mentions=False)) == row.N - row.n
    for row in documents.table.itertuples():
        assert len(m.ids_behind(corpus, documents, row.key)) == row.n
        assert len(m.ids_behind(corpus, documents, row.key, mentions=False)) == row.N - row.n
