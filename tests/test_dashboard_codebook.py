"""Changing the codebook on the page: what would change is shown first, saved as a new version, and kept apart."""

from __future__ import annotations

import pytest

from consult.cli.serving import STUDY
from consult.dashboard.links import HOME
from consult.errors import UserError
from consult.pipeline import Options, run_stage
from consult.pipeline.codebook_editing import preview_edit, save_edit
from consult.themes.codebook import Change, load_codebook, parse_codebook
from consult.themes.codebook_changes import read_changes
from consult.themes.codebook_edits import PhraseEdit, edited, next_version
from dashboard_study import make_study
from test_dashboard_pages import html, page_test

BOOK = """\
# Notes at the head stay.
codebook: small
title: Small
version: 1
language: en
themes:
  - id: poverty
    name: People in poverty
    definition: Respondents speak of people without money.
    similarity: 1.0
    phrases:
      # a note between the lists stays too
      en: ["poor people"]
      de:
        - "arme menschen"
        - "armut*"
  - {id: costs, name: Costs, definition: What courses cost., similarity: 1.0, phrases: {en: ["price*"]}}
  - id: others
    name: Others
    definition: Nothing yet.
    similarity: 1.0
"""
CHANGE = Change("2", "2021-06-01", 'A "B"', "clearer: yes # really")


@pytest.fixture
def coded(tmp_path, monkeypatch):
    study = make_study(tmp_path / "study")
    study.write_codebook(BOOK)
    run_stage(study, "tag", Options())
    monkeypatch.setenv(STUDY, str(study.path))
    monkeypatch.setenv(HOME, str(tmp_path / "home"))
    return study


@pytest.mark.parametrize(
    ("edit", "after"),
    [
        (PhraseEdit("poverty", "en", ("homeless*",)), ["poor people", "homeless*"]),
        (PhraseEdit("poverty", "de", ("not ... leidend",), ("armut*",)), ["arme menschen", "not ... leidend"]),
        (PhraseEdit("poverty", "fr", ("pauvre*",)), ["pauvre*"]),
        (PhraseEdit("poverty", "en", (), ("poor people",)), []),
        (PhraseEdit("costs", "en", ("fee: high",)), ["price*", "fee: high"]),
        (PhraseEdit("costs", "de", ("kosten",)), ["kosten"]),
        (PhraseEdit("others", "en", ("other*",)), ["other*"]),
    ],
)
def test_an_edit_changes_the_phrases_and_nothing_else(edit, after):
    text = edited(BOOK, edit, CHANGE)
    book, before = parse_codebook(text, "x"), parse_codebook(BOOK, "x")
    assert [p.source for p in book.by_id[edit.theme_id].phrases.get(edit.language, ())] == after
    assert [t.theme_id for t in book.themes] == [t.theme_id for t in before.themes]
    assert (book.version, book.changes) == ("2", (CHANGE,))
    for note in ("# Notes at the head stay.", "# a note between the lists stays too"):
        assert note in text


def test_later_changes_come_first_in_the_history():
    once = edited(BOOK, PhraseEdit("poverty", "en", ("a",)), CHANGE)
    twice = edited(once, PhraseEdit("poverty", "en", ("b",)), Change("3", "2021-06-02", "CD", ""))
    assert [c.version for c in parse_codebook(twice, "x").changes] == ["3", "2"]


@pytest.mark.parametrize(
    "edit",
    [
        PhraseEdit("nothing", "en", ("a",)),
        PhraseEdit("poverty", "en", (), ("not there",)),
        PhraseEdit("poverty", "en", ("poor people",)),
        PhraseEdit("poverty", "en", ("a ( b",)),
        PhraseEdit("poverty", "xx", ("a",)),
    ],
)
def test_an_edit_that_cannot_be_made_says_so(edit):
    with pytest.raises(UserError):
        edited(BOOK, edit, CHANGE)


def test_versions_count_on():
    book = parse_codebook(BOOK, "x")
    assert next_version(book) == "2"
    assert next_version(parse_codebook(BOOK.replace("version: 1", 'version: "1.9"'), "x")) == "1.10"
    assert next_version(parse_codebook(BOOK.replace("version: 1", "version: draft"), "x")) == "draft.1"


def test_a_preview_tells_what_saving_then_does(coded):
    before = set(coded.read("taggings")["passage_id"])
    seen = preview_edit(coded, PhraseEdit("poverty", "de", ("kurse*",), ()))
    assert set(coded.read("taggings")["passage_id"]) == before, "looking changes nothing"
    save_edit(coded, seen, who="AB", why="courses")
    now = set(coded.read("taggings").query("theme_id == 'poverty'")["passage_id"])
    assert now - before == set(seen.gained["passage_id"])
    assert load_codebook(coded.codebook_path).version == "2"
    record = read_changes(coded)[-1]
    assert (record["by"], record["why"], record["version"]) == ("AB", "courses", "2")
    assert [(c["theme_id"], c["language"], c["added"]) for c in record["changed"]] == [("poverty", "de", ["kurse*"])]


def test_what_is_taken_away_is_lost(coded):
    seen = preview_edit(coded, PhraseEdit("poverty", "en", (), ("poor people",)))
    assert len(seen.lost)
    assert not len(seen.gained)
    assert seen.n_responses_after < seen.n_responses


def test_two_people_at_once_do_not_undo_each_other(coded):
    first = preview_edit(coded, PhraseEdit("poverty", "en", ("homeless",)))
    second = preview_edit(coded, PhraseEdit("poverty", "en", ("needy",)))
    save_edit(coded, first, who="AB", why="")
    with pytest.raises(UserError, match="somebody changed it"):
        save_edit(coded, second, who="CD", why="")
    assert [c["by"] for c in read_changes(coded) if c["changed"]] == ["AB"]


def test_the_page_shows_what_would_change_and_saves_it(coded):
    at = page_test("themes").run()
    at.selectbox(key="codebook_theme").set_value("others").run()
    at.selectbox(key="codebook_language").set_value("en").run()
    at.text_area(key="codebook_add_0_others_en").set_value("cannot <b>pay*\ncourses").run()
    at.button(key="codebook_look").click().run()
    assert not at.exception
    shown = html(at)
    assert "would gain the theme" in shown
    assert "Would gain it" in shown
    at.button(key="codebook_save").click().run()
    assert "Write your name or sign first" in html(at)
    assert load_codebook(coded.codebook_path).version == "1"
    at.text_input(key="codebook_who").set_value("AB")
    at.button(key="codebook_save").click().run()
    assert not at.exception
    assert load_codebook(coded.codebook_path).version == "2"
    assert "cannot &lt;b&gt;pay*" in html(at), "kept in the list of changes, as text"


def test_the_topics_page_counts_only_clear_cases_when_asked(tmp_path, monkeypatch):
    study = make_study(tmp_path / "study")
    run_stage(study, "topics", Options())
    monkeypatch.setenv(STUDY, str(study.path))
    monkeypatch.setenv(HOME, str(tmp_path / "home"))
    at = page_test("topics").run()
    assert "of this page only" not in html(at)
    before = study.read("passage_topics")
    at.radio(key="topics_strength").set_value("0.75").run()
    assert not at.exception
    assert "of this page only" in html(at)
    assert study.read("passage_topics").equals(before), "nothing is written"
