"""Topics on the page: broader ones with theirs below, how steady they are, and changes by hand with a way back."""

from __future__ import annotations

import shutil
from html import escape

import pandas as pd
import pytest

from consult import measures, schema
from consult.cli.serving import STUDY
from consult.dashboard.links import HOME
from consult.dashboard.tree import in_tree, indented
from consult.measures import Corpus
from consult.pipeline import EDITS, Options, run_stage
from consult.study import Study
from dashboard_study import make_study
from test_dashboard_pages import html, page_test


@pytest.fixture(scope="module")
def grouped(tmp_path_factory):
    study = make_study(tmp_path_factory.mktemp("topics") / "study")
    run_stage(study, "topics", Options())
    return study


@pytest.fixture
def editable(grouped, tmp_path, monkeypatch):
    shutil.copytree(grouped.path, tmp_path / "study")
    monkeypatch.setenv(STUDY, str(tmp_path / "study"))
    monkeypatch.setenv(HOME, str(tmp_path / "home"))
    return Study.open(tmp_path / "study")


def topics_of(study):
    table = study.read("topics")
    return table[~table["is_outlier"]].set_index("topic_id")["label"].to_dict()


def start(action: str, topic: str, who: str = "AB", why: str = "clearer"):
    at = page_test("topics").run()
    at.text_input(key="topics_edit_who").set_value(who)
    at.selectbox(key="topics_edit_topic_0").set_value(topic)
    at.radio(key="topics_edit_action_0").set_value(action).run()
    at.text_input(key="topics_edit_why_0").set_value(why)
    return at


def test_a_topic_is_renamed_listed_and_given_its_name_back(editable):
    before = topics_of(editable)
    topic = next(iter(before))
    at = start("rename", topic)
    at.text_input(key=f"topics_edit_label_0_{topic}").set_value("Who <b>pays</b>")
    at.button(key="topics_edit_do").click().run()
    assert not at.exception
    assert topics_of(editable)[topic] == "Who <b>pays</b>"
    shown = html(at)
    assert "Who &lt;b&gt;pays&lt;/b&gt;" in shown
    assert "1 change made to the topics by people" in shown
    assert "<td>AB</td>" in shown
    assert "<td>clearer</td>" in shown
    assert "<td>in force</td>" in shown
    at.button(key="topics_edit_undo").click().run()
    assert not at.exception
    assert topics_of(editable) == before
    assert "<td>taken back</td>" in html(at)
    assert "took back: named a topic" in html(at)
    assert [line["action"] for line in editable.lines(EDITS)] == ["rename", "undo"]
    assert {line["who"] for line in editable.lines(EDITS)} == {"AB"}


def test_two_topics_become_one_and_the_page_shows_it(editable):
    first, second = list(topics_of(editable))[:2]
    at = start("merge", first)
    at.multiselect(key=f"topics_edit_others_0_{first}").set_value([second])
    at.text_input(key=f"topics_edit_name_0_{first}").set_value("Paying")
    at.button(key="topics_edit_do").click().run()
    assert not at.exception
    assert list(topics_of(editable).values()) == ["Paying"]
    assert "into “Paying”" in html(at)


def test_hiding_warns_first_and_the_topic_is_gone_from_the_page(editable):
    topic, label = next(iter(topics_of(editable).items()))
    at = start("hide", topic)
    assert "takes the topic out of every figure" in html(at)
    assert label in at.selectbox(key="topics_edit_topic_0").options
    at.button(key="topics_edit_do").click().run()
    assert not at.exception
    assert topic not in topics_of(editable)
    assert label not in at.selectbox(key="topics_edit_topic_1").options
    assert f"hid “{escape(label)}”" in html(at)


def test_a_split_that_cannot_be_made_is_told(editable):
    topic = list(topics_of(editable))[-1]
    at = start("split", topic)
    at.number_input(key="topics_edit_parts_0").set_value(10)
    at.button(key="topics_edit_do").click().run()
    assert not at.exception
    assert len(topics_of(editable)) > 2 or "too few different passages to be split" in html(at)


@pytest.mark.parametrize(("who", "label", "told"), [("", "New", "Write your name"), ("AB", "", "Write the new name")])
def test_nothing_is_changed_without_a_name(editable, who, label, told):
    topic = next(iter(topics_of(editable)))
    at = start("rename", topic, who=who)
    at.text_input(key=f"topics_edit_label_0_{topic}").set_value(label)
    at.button(key="topics_edit_do").click().run()
    assert told in html(at)
    assert not editable.lines(EDITS)


def test_a_topic_says_how_often_it_was_found_again(monkeypatch, tmp_path):
    study = make_study(tmp_path / "study")
    monkeypatch.setenv(STUDY, str(study.path))
    monkeypatch.setenv(HOME, str(tmp_path / "home"))
    topics = study.read("topics")
    broader = {"topic_id": "b", "parent_id": None, "label": "Money", "n_passages": 27, "n_responses": 27,
               "is_outlier": False}  # fmt: skip
    below = topics.assign(parent_id=["b" if t in ("t1", "t2") else None for t in topics["topic_id"]])
    rows = [*below.to_dict("records"), broader]
    study.write({"topics": schema.build("topics", pd.DataFrame(rows).sort_values("topic_id"))})
    at = page_test("topics").run()
    assert not at.exception
    shown = html(at)
    assert "<td>found again in 4 of 5 repeats</td>" in shown
    assert "<td>↳ Kurse</td>" in shown
    assert "<td>not measured</td>" in shown


def test_rows_follow_those_they_belong_to(grouped):
    measure, depths = in_tree(measures.theme_shares(Corpus.from_study(grouped)))
    keys = list(measure.table["key"])
    assert keys.index("poverty") == keys.index("access") + 1
    assert depths == {"costs": 0, "access": 0, "poverty": 1}
    assert indented({"a": "A", "b": "B"}, {"a": 0, "b": 2}) == {"a": "A", "b": "\u2003↳ B"}
