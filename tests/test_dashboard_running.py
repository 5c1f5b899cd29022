"""Runs in the background: progress, stopping, resuming, faults told."""

from __future__ import annotations

import time

import pytest

import consult
from consult.dashboard import running
from consult.errors import UserError
from consult.study import Study


@pytest.fixture
def study(tmp_path):
    return Study.create(tmp_path / "study", "A study")


def wait(run: running.Run) -> running.Run:
    until = time.monotonic() + 10
    while not run.finished and time.monotonic() < until:
        time.sleep(0.02)
    assert run.finished
    return run


def test_a_run_goes_through_and_is_forgotten(study, monkeypatch):
    monkeypatch.setattr(consult, "run", lambda sources, study, *, mapping, title, progress: progress("tag", 1, 1))
    run = wait(running.start(study.path, []))
    assert (run.message, run.share) == ("", 1.0)
    assert running.run_of(study.path) is run
    running.forget(study.path)
    assert running.run_of(study.path) is None


def test_a_fault_of_the_input_is_told_as_it_is(study, monkeypatch):
    def fail(*args, **kwargs):
        message = "file.csv: it is empty; a row is needed. Send another."
        raise UserError(message)

    monkeypatch.setattr(consult, "run", fail)
    assert wait(running.start(study.path, [])).message.startswith("file.csv: it is empty")


def test_a_run_stops_when_asked_and_can_go_on(study, monkeypatch):
    def work(sources, study, *, mapping, title, progress):
        for done in range(2000):
            progress("topics", done, 2000)
            time.sleep(0.005)

    monkeypatch.setattr(consult, "run", work)
    run = running.start(study.path, [])
    assert running.start(study.path, []) is run
    run.stopping = True
    assert "Stopped" in wait(run).message
    monkeypatch.setattr(consult, "run", lambda *args, **kwargs: None)
    assert wait(running.start(study.path, [])).message == ""


def test_an_unforeseen_failure_is_told_and_loses_nothing(study, monkeypatch):
    monkeypatch.setattr(consult, "run", lambda *args, **kwargs: 1 / 0)
    assert "ZeroDivisionError" in wait(running.start(study.path, [])).message


def test_progress_in_words():
    run = running.Run("x")
    run.report("embedding", 30, 60)
    run.stage_started -= 10
    assert run.words == "Reading for meaning: 30 of 60, about 10 s left"
    assert 0 < run.share < 1
