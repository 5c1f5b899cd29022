"""Every page over a small study, over an empty one, and over none."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from consult.cli.serving import STUDY
from consult.dashboard.links import HOME
from consult.dashboard.pages.gaps import of_and_share
from consult.dashboard.router import PAGES
from consult.study import Study
from dashboard_study import make_study

SECONDS = 30
WHOLE = ("start", "method", "review")
"""Pages that look at the whole study, without filters."""


def page_test(path: str, **query) -> AppTest:
    page = next(p for p in PAGES if p.path == path)
    name = page.render.__name__
    at = AppTest.from_string(f"from {page.render.__module__} import {name}\n{name}()", default_timeout=SECONDS)
    at.query_params.update(query)
    return at


def unfolded(at: AppTest, *keys: str) -> AppTest:
    """Unfold what is folded away, which is made only then."""
    for key in keys:
        at.session_state[key] = True
    return at


def html(at: AppTest) -> str:
    """Return what the page shows as HTML; plain spaces, and cells of tables without what is for narrow windows."""
    shown = "\n".join(str(e.proto.body) for e in at.get("html")).replace("\u00a0", " ")
    return re.sub(r'<td role="cell" data-name="[^"]*"', "<td", shown)


@pytest.mark.parametrize("path", [p.path for p in PAGES])
def test_page_shows_a_study(open_small, path):
    at = page_test(path).run()
    assert not at.exception
    if path != "start":
        assert "of 40 responses" in html(at)


@pytest.mark.parametrize("path", [p.path for p in PAGES])
def test_page_says_what_to_do_without_responses(tmp_path, monkeypatch, path):
    empty = Study.create(tmp_path / "empty", "Empty")
    monkeypatch.setenv(STUDY, str(empty.path))
    monkeypatch.setenv(HOME, str(tmp_path / "home"))
    at = page_test(path).run()
    assert not at.exception
    if path != "start":
        assert "holds no responses yet" in html(at)


@pytest.mark.parametrize("path", [p.path for p in PAGES])
def test_page_says_what_to_do_without_a_study(tmp_path, monkeypatch, path):
    monkeypatch.delenv(STUDY, raising=False)
    monkeypatch.setenv(HOME, str(tmp_path))
    at = page_test(path).run()
    assert not at.exception
    assert path == "start" or "No study is open" in html(at)


@pytest.mark.parametrize("path", [p.path for p in PAGES if p.path not in WHOLE])
def test_page_survives_a_filter_that_keeps_nothing(open_small, path):
    at = page_test(path, country=["BE"], stakeholder_type=["citizen_eu"]).run()
    assert not at.exception
    assert "Showing 0 of 40 responses" in html(at)


def test_paths_and_titles_are_unique():
    assert len({p.path for p in PAGES}) == len({p.title for p in PAGES}) == len(PAGES)


def test_router_opens_the_overview_of_a_study(open_small):
    at = AppTest.from_file("../app.py", default_timeout=SECONDS).run()
    assert not at.exception


def test_address_sets_the_filters_and_keeps_them(open_small):
    at = unfolded(page_test("themes", stakeholder_type=["ngo"], view="once"), "filter_form_open").run()
    assert "Showing 10 of 40 responses" in html(at)
    assert at.multiselect(key="filter_stakeholder_type").value == ["ngo"]
    assert at.radio(key="filter_view").value == "once"
    assert at.query_params["stakeholder_type"] == "ngo"


def test_filters_go_into_the_address_and_one_click_takes_them_away(open_small):
    at = unfolded(page_test("themes"), "filter_form_open").run()
    at.multiselect(key="filter_country").set_value(["DE"])
    next(b for b in at.button if b.label == "Apply").click()
    at.run()
    assert "Showing 10 of 40 responses" in html(at)
    assert at.query_params["country"] == "DE"
    at.button(key="filter_reset").click().run()
    assert "Showing 40 of 40 responses" in html(at)
    assert "country" not in at.query_params


def test_the_filter_form_holds_the_filters_in_force_however_often_it_is_folded_away(open_small):
    at = unfolded(page_test("themes", country="DE"), "filter_form_open").run()
    for folded in (False, True):
        at.session_state["filter_form_open"] = folded
        at.run()
    assert at.multiselect(key="filter_country").value == ["DE"]
    assert "Showing 10 of 40 responses" in html(at)


@pytest.mark.parametrize("path", ["overview", "themes", "topics", "campaigns"])
def test_tables_and_files_beside_figures_are_made_when_they_are_unfolded(open_small, path):
    at = page_test(path).run()
    keys = [box.proto.id.rpartition("-")[2] for box in at.expander if box.proto.id.endswith("_folded")]
    assert keys
    assert "95 % interval</th>" not in html(at)
    unfolded(at, *keys).run()
    assert not at.exception
    assert html(at).count("95 % interval</th>") >= len(keys)
    assert {"CSV", "SVG", "PNG"} <= {b.proto.label for b in at.get("download_button")}


def test_what_a_click_opened_stays_open_while_the_list_is_folded_away(open_small):
    at = unfolded(page_test("overview"), "overview_themes_folded").run()
    at.selectbox(key="overview_themes_open").set_value("poverty").run()
    at.session_state["overview_themes_folded"] = False
    at.run()
    at.run()
    assert '<mark class="c-found">' in html(at)
    assert not [s for s in at.selectbox if s.key == "overview_themes_open"]


def test_a_bad_address_is_told_and_shows_everything(open_small):
    at = page_test("themes", date_from="yesterday").run()
    assert not at.exception
    assert "Showing 40 of 40 responses" in html(at)
    assert at.warning


def test_opening_a_theme_shows_quotes_with_the_evidence_marked(open_small):
    at = page_test("themes").run()
    at.selectbox(key="themes_open").set_value("poverty").run()
    assert '<mark class="c-found">' in html(at)
    assert "as time went on" in html(at)
    assert at.query_params["theme"] == "poverty"
    again = page_test("themes", theme="poverty").run()
    assert again.selectbox(key="themes_open").value == "poverty"


def test_what_respondents_wrote_is_only_text(open_small):
    at = page_test("responses", response="r-000").run()
    shown = html(at)
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown
    assert "<b>poor" not in shown
    assert "**bold** [link](http://example.org)" in shown


def test_personal_data_is_masked_everywhere(open_small):
    for query in ({"response": "r-001"}, {"q": "write"}, {"theme": "poverty"}):
        at = page_test("responses", **query).run()
        assert "ana@example.org" not in str(at.main)
        assert "ana@" not in html(at)


def test_search_folds_accents_and_case(open_small):
    at = page_test("responses", q="ETUDIANT").run()
    assert "étudiants" in html(at)
    assert "13 responses to read" in html(at)


def test_search_combines_with_theme_and_filter(open_small):
    at = page_test("responses", q="poor", theme="poverty", country=["DE"]).run()
    assert not at.exception
    assert "to read" in html(at)


def test_response_opens_from_the_list_and_goes_back(open_small):
    at = page_test("responses", theme="poverty").run()
    button = next(b for b in at.button if b.label == "Read the whole response")
    button.click().run()
    folded = next(box for box in at.expander if box.label == "1 other answer")
    assert "<dt>Do you agree?</dt><dd>" in "".join(str(e.proto.body) for e in folded.get("html"))
    at.button(key="responses_back").click().run()
    assert "to read" in html(at)


def test_reader_shows_page_campaign_and_language(open_small):
    paper = html(page_test("responses", response="r-005").run())
    assert "Attachment: paper.pdf" in paper
    assert "Page 1" in paper
    letter = html(page_test("responses", response="r-006").run())
    assert "Part of a campaign: near-identical texts in 2 responses" in letter
    assert 'lang="en"' in letter


def test_verdicts_are_given_blind_and_kept(tmp_path, monkeypatch):
    from consult.pipeline import find_codebook

    study = make_study(tmp_path / "study")
    text = find_codebook("lifelong-learning").read_text(encoding="utf-8")
    study.write_codebook(text)
    monkeypatch.setenv(STUDY, str(study.path))
    monkeypatch.setenv(HOME, str(tmp_path / "home"))
    at = page_test("review").run()
    at.text_input(key="review_who").set_value("AB")
    at.selectbox(key="review_new_theme").set_value("poverty")
    at.number_input(key="review_n").set_value(5)
    next(b for b in at.button if b.label == "Draw").click()
    at.run()
    assert not at.exception
    assert "topic:" not in html(at)
    for _ in range(5):
        at.button(key="review_yes").click().run()
    assert not at.exception
    assert "All passages of this sample are decided" in html(at)
    assert {(line["who"], line["verdict"]) for line in study.lines("verdicts.jsonl")} == {("AB", "yes")}


def test_a_claim_is_checked_and_kept(tmp_path, monkeypatch):
    study = make_study(tmp_path / "study")
    monkeypatch.setenv(STUDY, str(study.path))
    monkeypatch.setenv(HOME, str(tmp_path / "home"))
    at = page_test("claims").run()
    at.text_input(key="claims_sentence").set_value("Nobody *speaks* of the poor")
    at.multiselect(key="claims_themes").set_value(["poverty"])
    at.selectbox(key="claims_limit").set_value("at_most")
    next(b for b in at.button if b.label == "Check it").click()
    at.run()
    assert "Say both" in html(at)
    at.number_input(key="claims_share").set_value(5.0)
    next(b for b in at.button if b.label == "Check it").click()
    at.run()
    assert not at.exception
    assert "The claim does not hold." in html(at)
    assert "Not audited: nobody has read" in html(at)
    at.button(key="claims_keep").click().run()
    assert "Nobody *speaks* of the poor" in study.claims_text()


def test_a_claim_that_was_kept_is_opened_and_checked_again(tmp_path, monkeypatch):
    study = make_study(tmp_path / "study")
    study.write_claims("claims:\n- sentence: Nobody speaks of the poor\n  themes: [poverty]\n  at_most: 0.05\n")
    monkeypatch.setenv(STUDY, str(study.path))
    monkeypatch.setenv(HOME, str(tmp_path / "home"))
    at = page_test("claims").run()
    assert "Those who mention it" not in html(at)
    at.selectbox(key="claims_open").set_value(0).run()
    assert not at.exception
    assert "Those who mention it" in html(at)
    assert "The claim does not hold. Limit given with it: at most 5.0 %." in html(at)


def test_words_in_the_consultations_own_text_are_marked_where_they_stand(tmp_path, monkeypatch):
    study = make_study(tmp_path / "study")
    study.write_own_text("Who asks for fees, and who pays fees?")
    monkeypatch.setenv(STUDY, str(study.path))
    monkeypatch.setenv(HOME, str(tmp_path / "home"))
    at = page_test("claims").run()
    at.text_input(key="claims_sentence").set_value("It speaks of fees")
    at.text_input(key="claims_phrases").set_value("fees, pay*")
    next(b for b in at.button if b.label == "Check it").click()
    at.run()
    found = '<mark class="c-found">{}</mark>'
    assert f"Who asks for {found.format('fees')}, and who pays fees?" in html(at)
    assert f"Who asks for fees, and who {found.format('pays')} fees?" in html(at)
    assert f"Who asks for fees, and who pays {found.format('fees')}?" in html(at)


def test_a_campaign_is_shown_with_its_text(open_small):
    at = page_test("campaigns").run()
    assert "Campaign 1" in html(at)
    assert "the text most like all the others" in html(at)
    assert "1 of the 2 letters add words of their own" in html(at)
    assert ">… people …</blockquote>" in html(at)
    assert re.search("Company, .*, response F006, in English", html(at))


def test_each_place_named_at_the_top_of_the_overview_is_on_the_page(open_small):
    shown = html(page_test("overview").run())
    anchors = re.findall(r'<a href="#([^"]*)">', shown)
    assert len(anchors) == 10
    assert [a for a in anchors if f' id="{a}"' not in shown] == []


def test_two_groups_too_small_to_compare_are_shown_with_their_sizes(open_small):
    at = page_test("compare").run()
    assert not at.exception
    assert "“Company”: 10 responses. Under 30 are too few to compare, so no difference is marked." in html(at)
    assert "/10" in html(at)
    assert "Every group is too small" not in html(at)


def test_those_who_did_not_say_what_they_are_come_last_among_the_groups(open_small):
    at = page_test("gaps").run()
    assert at.selectbox(key="gaps_value_stakeholder_type").options[-1] == "Type not stated"


def test_what_a_group_leaves_out_is_told_as_counts_and_shares():
    assert of_and_share(pd.Series([3]), pd.Series([20]), pd.Series([0.15])) == ["3 of 20 (15 %)"]


def test_a_long_response_names_the_texts_that_hold_what_was_looked_for(tmp_path, monkeypatch):
    study = make_study(tmp_path / "study")
    documents = study.read("documents")
    more = documents[documents["document_id"].isin(["d-006", "d-007"])].assign(
        document_id=["d-x", "d-y"], response_id="r-004", question_id=None, text=["Nothing here.", "A <b>boat</b>."]
    )
    study.write({"documents": pd.concat([documents, more], ignore_index=True)})
    monkeypatch.setenv(STUDY, str(study.path))
    monkeypatch.setenv(HOME, str(tmp_path / "home"))
    shown = html(page_test("responses", response="r-004", q="boat").run())
    assert re.findall(r'<a href="#([^"]*)">', shown) == ["d-y"]
    assert '<h3 class="c-h3" id="d-y">' in shown
    assert "<a href=" not in html(page_test("responses", response="r-004").run())


def test_what_may_be_coordinated_is_shown_as_a_possibility(open_small):
    at = page_test("campaigns").run()
    assert not at.exception
    assert "That is a possibility and no fact" in " ".join(html(at).split())
    assert any(label.startswith("2 responses, 2021-06-0") for label in (e.label for e in at.expander))
    assert "81 % alike" in html(at)


def test_the_map_of_passages_is_drawn_when_asked_for(open_small):
    at = page_test("topics").run()
    at.toggle(key="topics_map_on").set_value(True).run()
    assert not at.exception
    assert at.get("plotly_chart")


def test_words_that_must_not_be_published_stand_in_no_list_and_no_campaign(tmp_path, monkeypatch):
    study, said = make_study(tmp_path / "study"), "Poor people and a clandestine pay."
    for name in ("documents", "passages"):
        table = study.read(name)
        study.write({name: table.assign(text=table["text"].mask(table["document_id"] == "d-003", said))})
    study.write({"topic_details": study.read("topic_details").assign(gloss=said)})
    monkeypatch.setenv(STUDY, str(study.path))
    monkeypatch.setenv(HOME, str(tmp_path / "home"))
    pages = {"responses": {"campaign_id": ["k"]}, "campaigns": {}, "topics": {"topic": "t1"}}

    def shown():
        letter = html(page_test("responses", response="r-006").run())
        return {"letter": letter, **{path: html(page_test(path, **query).run()) for path, query in pages.items()}}

    assert [where for where, text in shown().items() if "clandestine" not in text] == []
    study.write_settings({"withheld": {"references": ["F003"]}})
    after = shown()
    assert [where for where, text in after.items() if "clandestine" in text] == []
    assert [where for where, text in after.items() if "asked not to be published" in text] == list(pages)


def test_whoever_is_anonymous_is_named_by_no_organisation(tmp_path, monkeypatch):
    study = make_study(tmp_path / "study")
    responses = study.read("responses")
    study.write({"responses": responses.assign(organisation="The Society", anonymous=responses["anonymous"])})
    monkeypatch.setenv(STUDY, str(study.path))
    monkeypatch.setenv(HOME, str(tmp_path / "home"))
    assert "The Society" in html(page_test("responses", response="r-001").run())
    hidden = html(page_test("responses", response="r-007").run())
    assert "anonymous" in hidden
    assert "The Society" not in hidden
