"""Editing topics from the command line: recorded, replayed, taken back."""

from __future__ import annotations

import json
import shutil

import pytest

from consult.cli import main
from consult.cli.topic_editing import topic_lines
from consult.study import Study


@pytest.fixture
def copy(example_study, tmp_path):
    shutil.copytree(example_study.path, tmp_path / "study")
    return Study.open(tmp_path / "study")


def leaves(study: Study):
    topics = study.read("topics")
    return topics[~topics["topic_id"].isin(topics["parent_id"].dropna()) & ~topics["is_outlier"]]


def test_topics_are_listed_with_how_often_they_were_found_again(copy, capsys):
    assert main(["topics", "--study", str(copy.path)]) == 0
    words = capsys.readouterr().out
    assert "found in" in words
    assert all(label in words for label in leaves(copy)["label"])


def test_a_topic_that_few_runs_find_is_shown_with_a_caution(copy):
    topics = copy.read("topics")
    said = topics.assign(found_in=[2 + i % 2 for i in range(len(topics))], n_runs=10)
    lines = {line.split()[0]: line for line in topic_lines(said)}
    for row in said.itertuples():
        assert ("use with caution" in lines[row.topic_id]) == (row.found_in == 2)


def test_an_edit_is_recorded_replayed_and_taken_back(copy, capsys):
    before = copy.read("topics")
    first = leaves(copy)["topic_id"].iloc[0]
    arguments = ["--study", str(copy.path), "--json"]
    assert main(["topics", "rename", first, "Bus and books", "--why", "clearer", "--who", "Ana", *arguments]) == 0
    assert "Bus and books" in {row["label"] for row in json.loads(capsys.readouterr().out)}
    (record,) = copy.lines("edits.jsonl")
    assert (record["action"], record["who"], record["why"], record["label"]) == (
        "rename",
        "Ana",
        "clearer",
        "Bus and books",
    )
    assert "when" in record
    copy.table_path("topics").unlink()
    assert main(["topics", *arguments]) == 0
    assert "Bus and books" in set(copy.read("topics")["label"])
    assert main(["topics", "undo", *arguments]) == 0
    assert copy.read("topics").equals(before)


def test_merging_two_topics_moves_every_passage(copy):
    one, two = leaves(copy)["topic_id"].iloc[:2]
    held = copy.read("passage_topics")["topic_id"].isin([one, two]).sum()
    assert main(["topics", "merge", one, two, "--study", str(copy.path), "--json"]) == 0
    after = copy.read("passage_topics")["topic_id"].value_counts()
    assert held in set(after)
    assert len(copy.read("passage_topics")) == len(copy.read("passages"))


def test_a_topic_that_is_not_there_is_named_and_nothing_recorded(copy, capsys):
    assert main(["topics", "split", "t-none", "--study", str(copy.path)]) == 1
    assert "t-none" in capsys.readouterr().err
    assert copy.lines("edits.jsonl") == []


def test_topics_can_be_shown_with_clear_cases_only_or_with_everything(copy, capsys):
    before = copy.read("passage_topics")
    unclear = {}
    for option in ("--clear-only", "--everything"):
        assert main(["topics", "--study", str(copy.path), option, "--json"]) == 0
        shown = json.loads(capsys.readouterr().out)
        unclear[option] = next(row["n_passages"] for row in shown if row["is_outlier"])
    stored = copy.read("topics").loc[lambda t: t["is_outlier"], "n_passages"].item()
    assert unclear["--everything"] <= stored < unclear["--clear-only"]
    assert copy.read("passage_topics").equals(before)
    assert main(["topics", "--study", str(copy.path), "--strength", "2"]) == 1
    assert "between 0" in capsys.readouterr().err


def test_listing_topics_keeps_the_options_of_the_study_until_told_otherwise(copy, capsys):
    before = copy.read("passage_topics")
    assert main(["topics", "--study", str(copy.path), "--topics", "3"]) == 0
    assert main(["topics", "--study", str(copy.path)]) == 0
    assert capsys.readouterr().out.count("3 topics.") == 2
    assert main(["topics", "--study", str(copy.path), "--topics", "few"]) == 2
    assert "neither a number from 2 on nor auto" in capsys.readouterr().err
    assert main(["topics", "--study", str(copy.path), "--topics", "auto"]) == 0
    assert copy.read("passage_topics").equals(before)
    assert "n_topics" not in copy.settings()["run"]
