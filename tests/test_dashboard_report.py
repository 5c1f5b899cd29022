"""The page Report: what is chosen on it, and in the filter bar, is what the report is about."""

from __future__ import annotations

import io
import zipfile

import pytest

from consult.dashboard.pages import report
from test_dashboard_pages import html, page_test


@pytest.fixture
def made(open_small, monkeypatch):
    """The files that the page offers, by name; each is made when it is asked for."""
    found = {}

    def download(label, make, name, mime, key, *, primary=False):
        found[name] = make

    monkeypatch.setattr(report, "download", download)
    return found


def written(made, suffix):
    return next(make() for name, make in made.items() if name.endswith(suffix))


def test_the_report_is_about_the_responses_chosen_in_the_filter_bar(made):
    at = page_test("report", stakeholder_type=["ngo"]).run()
    assert not at.exception
    assert "It is about the responses chosen above" in html(at)
    told = written(made, ".html").decode()
    assert [name for name in made if name.startswith("part-") and name.endswith(".html")]
    assert "10 of 40 responses" in told
    assert "Type of respondent: NGO." in told


def test_without_filters_it_is_about_the_whole_study(made):
    at = page_test("report").run()
    assert "It is about the whole study" in html(at)
    assert not [name for name in made if "part" in name]
    assert "This report is about a part" not in written(made, ".html").decode()


def test_the_tables_are_of_the_responses_chosen_but_for_a_package(made):
    at = page_test("report", stakeholder_type=["ngo"]).run()
    assert "They hold the responses chosen above" in html(at)
    archive = zipfile.ZipFile(io.BytesIO(made["csv-part-a-study-made-by-hand.zip"]()))
    assert len(archive.read("responses.csv").splitlines()) == 1 + 10
    assert "Showing 10 of 40 responses. Type of respondent: NGO." in archive.read("README.txt").decode()
    at.selectbox(key="report_format").set_value("package").run()
    assert "This format holds the whole study, whatever is chosen above" in html(at)
    package = zipfile.ZipFile(io.BytesIO(made["package-a-study-made-by-hand.zip"]()))
    assert len(package.read("data/responses.csv").splitlines()) == 1 + 40


def test_without_filters_the_tables_are_of_the_whole_study_whatever_the_campaign_view(made):
    at = page_test("report", view="once").run()
    assert "They hold the whole study." in html(at)
    archive = zipfile.ZipFile(io.BytesIO(made["csv-a-study-made-by-hand.zip"]()))
    assert len(archive.read("responses.csv").splitlines()) == 1 + 40


def test_of_a_selection_without_responses_nothing_is_offered(made):
    at = page_test("report", country=["BE"], stakeholder_type=["citizen_eu"]).run()
    assert not at.exception
    assert "No response fits" in html(at)
    assert not made


def test_theme_language_and_hidden_counts_are_chosen(made):
    at = page_test("report", view="once").run()
    at.selectbox(key="report_theme").set_value("poverty")
    at.selectbox(key="report_language").set_value("de")
    at.checkbox(key="report_small").set_value(True)
    made.clear()
    at.run()
    assert not at.exception
    assert "poverty-part-de-small-hidden-a-study-made-by-hand.html" in made
    told = written(made, ".html").decode()
    assert '<html lang="de">' in told
    assert "jede Kampagne einmal gezählt" in told
    assert "<nav" not in told
    assert zipfile.ZipFile(io.BytesIO(written(made, ".docx"))).testzip() is None


def test_narrower_topics_are_drawn_when_asked_for(open_small, monkeypatch):
    from consult.dashboard import figures, vega
    from consult.dashboard.pages import topics

    vega._drawn.clear()
    drawn = []
    monkeypatch.setattr(topics, "MANY", 0)
    monkeypatch.setattr(
        topics, "in_tree", lambda measure: (measure, {k: i for i, k in enumerate(measure.table["key"])})
    )
    monkeypatch.setitem(figures._DRAW, "bars", lambda measure, *given, **more: _kept(drawn, measure, given, more))
    at = page_test("topics").run()
    assert not at.exception
    first = drawn[0]
    drawn.clear()
    at.toggle(key="topics_narrower").set_value(True).run()
    assert len(first) == 1
    assert len(drawn[0]) > len(first)
    assert len(at.selectbox(key="topics_open").options) > len(drawn[0])


def _kept(drawn, measure, given, more):
    from consult import charts

    drawn.append(list(measure.table["key"]))
    return charts.bars(measure, *given, **more)


@pytest.mark.parametrize("field", ["country", "language", "question_id"])
def test_themes_are_compared_by_what_is_chosen(open_small, field):
    at = page_test("themes").run()
    at.radio(key="themes_by").set_value(field).run()
    assert not at.exception
    at.selectbox(key=f"themes_cell_{field}_theme").set_value("poverty")
    at.selectbox(key=f"themes_cell_{field}_group").set_value(_first_group(open_small, field)).run()
    assert not at.exception
    assert "of this group" in html(at)


def _first_group(study, field):
    from consult import measures

    corpus = measures.Corpus.from_study(study)
    return str(measures.crosstab(corpus, field).table["group"].iloc[0])
