"""The study folder: safe to write, honest about what it is."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from consult import schema
from consult.errors import UserError
from consult.study import Study

THEME = {"theme_id": "a", "name": "A", "definition": "About a."}


def test_a_new_study_is_empty_and_can_be_opened(tmp_path):
    Study.create(tmp_path / "s", "My title")
    study = Study.open(tmp_path / "s")
    assert study.title == "My title"
    assert len(study.read("responses")) == 0
    assert not study.has("responses")


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "holiday.txt").write_text("sea")
    with pytest.raises(UserError, match="not empty"):
        Study.create(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["holiday.txt"]


@pytest.mark.parametrize("make", [lambda p: None, lambda p: p.mkdir(), lambda p: p.write_text("x")])
def test_what_is_not_a_study_is_said_with_what_to_do(tmp_path, make):
    path = tmp_path / "x"
    make(path)
    with pytest.raises(UserError, match="consult run"):
        Study.open(path)


def test_a_faulty_settings_file_is_named(tmp_path):
    study = Study.create(tmp_path / "s")
    (study.path / "study.toml").write_text("title = ")
    with pytest.raises(UserError, match=r"study\.toml"):
        Study.open(study.path)


def test_settings_made_by_hand_survive(tmp_path):
    study = Study.create(tmp_path / "s", "T")
    path = study.path / "study.toml"
    path.write_text(path.read_text() + "# mine\nmine = 3\n")
    study.write_settings({"run": {"seed": 1}})
    assert "# mine" in path.read_text()
    assert study.settings() == {"title": "T", "mine": 3, "run": {"seed": 1}}


def test_nothing_is_written_when_one_table_is_wrong(tmp_path):
    study = Study.create(tmp_path / "s")
    good = schema.build("themes", [THEME])
    with pytest.raises(schema.SchemaError):
        study.write({"themes": good, "topics": good})
    assert not study.has("themes")
    assert not list((study.path / "tables").iterdir())


def test_a_damaged_table_is_named(tmp_path):
    study = Study.create(tmp_path / "s")
    study.table_path("themes").write_bytes(b"not parquet")
    with pytest.raises(UserError, match=r"themes\.parquet"):
        study.read("themes")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_named(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(UserError, match="cannot be written"):
        Study.create(tmp_path / "s")


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot be written"):
        Study.create(tmp_path / "file" / "s")


def test_people_who_write_at_once_lose_nothing(tmp_path):
    study = Study.create(tmp_path / "s")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda i: study.append("verdicts.jsonl", {"i": i}), range(200)))
    assert sorted(record["i"] for record in study.lines("verdicts.jsonl")) == list(range(200))


def test_a_line_cut_off_by_a_crash_is_skipped(tmp_path):
    study = Study.create(tmp_path / "s")
    study.log_run({"stage": "ingest"})
    path = study.path / "runs.jsonl"
    path.write_text(path.read_text() + json.dumps({"stage": "topics"})[:9])
    assert [record["stage"] for record in study.runs()] == ["ingest"]


def test_a_line_cut_off_by_a_crash_takes_no_other_with_it(tmp_path):
    study = Study.create(tmp_path / "s")
    study.append("verdicts.jsonl", {"n": 1})
    with (study.path / "verdicts.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"n": 2, "who')
    study.append("verdicts.jsonl", {"n": 3})
    assert [record["n"] for record in study.lines("verdicts.jsonl")] == [1, 3]


def test_a_write_that_fails_leaves_nothing_behind(tmp_path, monkeypatch):
    study = Study.create(tmp_path / "s", "T")
    (tmp_path / "paper.txt").write_text("A paper.")

    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    for write in (
        lambda: study.write_claims("- claim"),
        lambda: study.write({"themes": schema.build("themes", [THEME])}),
        lambda: study.keep_source("s-1", tmp_path / "paper.txt"),
    ):
        with pytest.raises(UserError, match="No space left"):
            write()
    assert not list(study.path.rglob("*.tmp"))


def test_a_record_that_is_taken_back_leaves_the_others_as_they_were(tmp_path):
    """A line separator of Unicode stands in a record as it is, and ends no line of the file."""
    study = Study.create(tmp_path / "s")
    study.append("edits.jsonl", {"label": "one\u2028two"})
    study.append("edits.jsonl", {"label": "three"})
    study.take_back("edits.jsonl", {"label": "three"})
    assert study.lines("edits.jsonl") == [{"label": "one\u2028two"}]
