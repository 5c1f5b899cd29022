"""The stage over time: new responses into topics found before, edits that fail, topics found anew."""

from __future__ import annotations

import shutil

import pytest

from consult import pipeline
from consult.errors import UserError
from consult.pipeline import Options, edit_topics, run_stage
from consult.pipeline.topics import additions
from consult.study import Study
from consult.topics import Edit


@pytest.fixture
def copy(example_study, tmp_path):
    shutil.copytree(example_study.path, tmp_path / "study")
    return Study.open(tmp_path / "study")


def without_responses(study: Study, share: float) -> dict:
    """The study's tables without the last responses, by id."""
    documents, passages = study.read("documents"), study.read("passages")
    ids = sorted(documents["response_id"].unique())
    kept = documents[documents["response_id"].isin(ids[: round(len(ids) * (1 - share))])].reset_index(drop=True)
    inside = passages["document_id"].isin(kept["document_id"])
    return {"documents": kept, "passages": passages[inside].reset_index(drop=True)}


def test_new_responses_get_the_topics_there_were(copy):
    everything = {name: copy.read(name) for name in ("documents", "passages")}
    fewer = without_responses(copy, 0.1)
    copy.write(fewer)
    run_stage(copy, "topics", Options())
    before, labels = copy.read("passage_topics"), set(copy.read("topics")["label"])
    edit_topics(copy, Edit("rename", (before["topic_id"].iloc[0],), "Given by a person"))
    assert additions(copy) == ""

    copy.write(everything)
    said: list[str] = []
    run_stage(copy, "topics", Options(), lambda stage, done, total: said.append(stage))
    after = copy.read("passage_topics")
    assert len(after) == len(everything["passages"])
    old = after[after["passage_id"].isin(before["passage_id"])].reset_index(drop=True)
    assert old.equals(before.reset_index(drop=True))
    topics = copy.read("topics")
    assert len(set(topics["label"]) - labels) == 1
    assert "Given by a person" in set(topics["label"])
    assert topics.loc[topics["parent_id"].isna(), "n_passages"].sum() == len(after)
    n_new = len(everything["passages"]) - len(fewer["passages"])
    assert additions(copy).startswith(f"{n_new} passages were added")
    assert "consult topics --refit" in additions(copy)

    pipeline.find_topics_anew(copy, Options())
    assert additions(copy) == ""
    assert "Given by a person" in set(copy.read("topics")["label"])


def test_topics_are_found_anew_when_responses_were_taken_out(copy):
    run_stage(copy, "topics", Options())
    copy.write(without_responses(copy, 0.1))
    run_stage(copy, "topics", Options())
    assert additions(copy) == ""
    assert len(copy.read("passage_topics")) == len(copy.read("passages"))


def test_an_edit_that_fails_is_not_recorded(copy, monkeypatch):
    before = copy.read("topics")
    monkeypatch.setattr("consult.topics.apply_edits", _fail)
    with pytest.raises(RuntimeError):
        edit_topics(copy, Edit("rename", (before["topic_id"].iloc[0],), "Lost"))
    assert copy.lines("edits.jsonl") == []
    assert copy.read("topics").equals(before)


def test_an_edit_that_cannot_be_done_says_why_and_is_not_recorded(copy):
    before = copy.read("topics")
    topic = before.loc[~before["is_outlier"], "topic_id"].iloc[0]
    with pytest.raises(UserError, match="too few different passages"):
        edit_topics(copy, Edit("split", (topic,), n_parts=500))
    assert copy.lines("edits.jsonl") == []
    assert copy.read("topics").equals(before)


def _fail(*_given, **_more):
    message = "no space left"
    raise RuntimeError(message)
