"""A source that does not fit in memory is refused in words before it is read."""

from __future__ import annotations

import pytest

from consult import pipeline
from consult.errors import UserError
from consult.ingest import memory
from consult.study import Study


def test_a_source_that_does_not_fit_is_refused_before_it_is_read(tmp_path, monkeypatch):
    path = tmp_path / "large.csv"
    path.write_text("id,opinion\n1,Everyone needs access to training\n")
    monkeypatch.setattr(memory, "_SMALL", 10)
    monkeypatch.setattr(memory, "free_memory", lambda: 100)
    study = Study.create(tmp_path / "study")
    with pytest.raises(UserError, match=r"large.csv: reading this takes about 0 GB of memory.*cut the file into parts"):
        pipeline.ingest([path], study)
    assert not study.has("responses")
    monkeypatch.setattr(memory, "free_memory", lambda: None)
    pipeline.ingest([path], study)
    assert study.has("responses")


def test_the_free_memory_is_a_number_where_the_system_says_it():
    free = memory.free_memory()
    assert free is None or free >= 0
