"""Names of formats, stages and matrix questions in words that a reader understands."""

from __future__ import annotations

import pandas as pd
import pytest

from consult import schema
from consult.cli.serving import STUDY
from consult.dashboard import words
from consult.dashboard.links import HOME
from consult.ingest.readers import READERS
from consult.report.questions import short_question, stem_and_part
from dashboard_study import make_study
from test_dashboard_pages import html, page_test, unfolded

STEM = "How important are the following aims for you, on a scale from 1 (not at all) to 5 (very) & as a <b>person</b>?"


@pytest.fixture
def matrix_study(tmp_path, monkeypatch):
    """The small study with two rows of a matrix, and a text that was set aside."""
    study = make_study(tmp_path / "study")
    rows = [
        {"question_id": f"q{n}", "consultation_id": "c", "number": n, "text": f"{STEM}: {part}", "kind": "closed"}
        for n, part in ((3, "Costs"), (4, "Quality: in all countries"))
    ]
    given = [{"response_id": "r-002", "question_id": f"q{n}", "text": "5"} for n in (3, 4)]
    aside = [{"source_id": "s", "stage": "text", "source_row": 3, "item": "d-12", "reason": "it is empty"}]
    for name, more in (("questions", rows), ("answers", given), ("set_aside", aside)):
        known = study.read(name).to_dict("records")
        study.write({name: schema.build(name, pd.DataFrame([*known, *more]))})
    monkeypatch.setenv(STUDY, str(study.path))
    monkeypatch.setenv(HOME, str(tmp_path / "home"))
    return study


@pytest.mark.parametrize("reader", READERS, ids=lambda r: r.name)
def test_a_format_has_a_title(reader):
    assert words.source_format(reader.name) == reader.title


def test_a_format_of_another_version_keeps_its_name():
    assert words.source_format("something_new") == "something_new"


def test_notes_name_formats_by_their_title():
    assert words.with_titles("a.csv: read as eusurvey; 2 rows.") == "a.csv: read as EUSurvey results; 2 rows."


def test_rows_of_a_matrix_lose_what_they_share():
    texts = [f"{STEM}: Costs", f"{STEM}: Quality", "Who are you: a person?", "Anything else?"]
    cut = stem_and_part(texts)
    assert cut[texts[0]] == (STEM, "Costs")
    assert short_question(texts[1], cut) == "… Quality"
    assert [short_question(text, cut) for text in texts[2:]] == texts[2:]


def test_every_question_can_be_put_together_again():
    texts = [f"{STEM} [{part}]" for part in ("a: b", "a: c")] + [f"{STEM} - d"]
    cut = stem_and_part(texts)
    assert set(cut) == set(texts)
    for text, (stem, part) in cut.items():
        assert text.startswith(stem)
        assert part in text


def test_sources_and_what_was_set_aside_are_told_in_words(matrix_study):
    method = html(page_test("method").run())
    assert "<td>Any table with a text column</td>" in method
    assert "<td>Reading the sources</td>" in method
    assert "<td>Reading the texts</td>" in method
    assert "d-12" not in method
    assert "<td>Any table with a text column</td>" in html(page_test("overview").run())


def test_a_matrix_question_is_shown_by_its_row_with_the_rest_to_unfold(matrix_study):
    shown = html(page_test("responses", response="r-002").run())
    assert "<dt>Costs</dt>" in shown
    assert shown.count("<details") == 1
    assert "&lt;b&gt;person&lt;/b&gt;?</p></details>" in shown
    assert "… Quality: in all countries" in html(page_test("gaps").run())


def test_sub_themes_stand_below_their_parent(matrix_study):
    shown = html(unfolded(page_test("themes"), "themes_folded").run())
    assert shown.index("<td>Access</td>") < shown.index("<td>↳ People in poverty</td>")
    assert "part of the theme above them" in shown


def test_those_who_did_not_say_what_they_are_come_last_when_comparing(matrix_study):
    at = page_test("compare").run()
    assert not at.exception
    assert at.selectbox(key="compare_a_stakeholder_type").options[-1] == "Type not stated"
