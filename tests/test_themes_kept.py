"""What each theme found is kept; the result is the same as tagging everything anew."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from consult.themes import kept
from consult.themes.kept import find_changed, look_behind
from consult.themes.patterns import parse_pattern
from consult.themes.tagging import tag_passages
from test_themes_tagging import CODEBOOK, _embed, tables

if TYPE_CHECKING:
    from pathlib import Path

    from consult.themes.codebook import Codebook

PASSAGES, DOCUMENTS, QUESTIONS = tables(["The poor pay more.", "They are left behind.", "The rich do not."])
VECTORS = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]], dtype=np.float32)


def changed(**phrases: str) -> Codebook:
    """Return the codebook with other English phrases for the themes named."""
    themes = tuple(
        replace(t, phrases={"en": (parse_pattern(phrases[t.theme_id]),)}) if t.theme_id in phrases else t
        for t in CODEBOOK.themes
    )
    return replace(CODEBOOK, themes=themes)


def tag(file: Path, codebook: Codebook, passages: pd.DataFrame = PASSAGES) -> pd.DataFrame:
    vectors = VECTORS[: len(passages)]
    own = find_changed(file, passages, DOCUMENTS, QUESTIONS, codebook, vectors, _embed)
    return look_behind(file, own, passages, DOCUMENTS, codebook, vectors, _embed)


def anew(codebook: Codebook, passages: pd.DataFrame = PASSAGES) -> pd.DataFrame:
    return tag_passages(passages, DOCUMENTS, QUESTIONS, codebook, VECTORS[: len(passages)], _embed)


@pytest.fixture
def looked_for(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The themes that were looked for, call by call."""
    calls: list[list[str]] = []
    original = kept.own_taggings

    def watched(*arguments: object) -> pd.DataFrame:
        calls.append([t.theme_id for t in arguments[3].themes])  # type: ignore[attr-defined]
        return original(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(kept, "own_taggings", watched)
    return calls


def test_only_the_theme_that_changed_is_looked_for(tmp_path: Path, looked_for: list[list[str]]) -> None:
    file = tmp_path / "kept.parquet"
    pd.testing.assert_frame_equal(tag(file, CODEBOOK), anew(CODEBOOK))
    pd.testing.assert_frame_equal(tag(file, CODEBOOK), anew(CODEBOOK))
    other = changed(poverty="rich")
    pd.testing.assert_frame_equal(tag(file, other), anew(other))
    assert looked_for == [["groups", "poverty", "cost"], ["poverty"]]


def test_a_new_parent_needs_no_search_and_a_theme_taken_out_is_gone(
    tmp_path: Path, looked_for: list[list[str]]
) -> None:
    file = tmp_path / "kept.parquet"
    tag(file, CODEBOOK)
    alone = replace(CODEBOOK, themes=tuple(replace(t, parent_id=None) for t in CODEBOOK.themes if t.theme_id != "cost"))
    pd.testing.assert_frame_equal(tag(file, alone), anew(alone))
    assert len(looked_for) == 1


def test_other_texts_or_a_broken_file_mean_tagging_anew(tmp_path: Path, looked_for: list[list[str]]) -> None:
    file = tmp_path / "kept.parquet"
    tag(file, CODEBOOK)
    pd.testing.assert_frame_equal(tag(file, CODEBOOK, PASSAGES.head(2)), anew(CODEBOOK, PASSAGES.head(2)))
    file.write_bytes(b"not a table")
    pd.testing.assert_frame_equal(tag(file, CODEBOOK), anew(CODEBOOK))
    assert len(looked_for) == 3
