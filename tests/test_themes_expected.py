"""What phrases miss is looked for behind them, where nobody has measured that they catch enough."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from consult.errors import UserError
from consult.themes import expected
from consult.themes.codebook import parse_codebook
from consult.themes.kept import find_changed, look_behind
from consult.themes.tagging import tag_passages
from test_themes_tagging import tables

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from consult.themes.codebook import Codebook

BOOK = """
codebook: made
title: Made
themes:
  - {id: traffic, name: Traffic, definition: What moves., phrases: {en: ["street*"]}}
  - {id: cars, name: Cars, parent: traffic, definition: Driving., phrases: {en: ["car|cars"]}}
"""
CODEBOOK = parse_codebook(BOOK, "made.yaml")
#: Sixty texts about cars, every fourth without the word; sixty about trees; all as the vectors say.
ABOUT_CARS = [f"Number {i}: too many {'of them' if i % 4 == 0 else 'cars'} are here." for i in range(60)]
ABOUT_TREES = [f"Tree {i}: plant more of them." for i in range(60)]
PASSAGES, DOCUMENTS, QUESTIONS = tables(ABOUT_CARS + ABOUT_TREES)


def _vectors(sure: float = 3.0) -> np.ndarray:
    """Cars lie in one direction and trees in the other, `sure` times as far as chance moves them."""
    found = np.random.default_rng(7).normal(size=(120, 8)).astype(np.float32)
    found[:60, 0] += sure * 3
    found[60:, 0] -= sure * 3
    return found / np.linalg.norm(found, axis=1, keepdims=True)


VECTORS = _vectors()


def _embed(texts: Sequence[str], languages: Sequence[str]) -> np.ndarray:
    assert len(texts) == len(languages)
    return np.tile(np.eye(8, dtype=np.float32)[7], (len(texts), 1))


def tag(codebook: Codebook, vectors: np.ndarray = VECTORS) -> pd.DataFrame:
    return tag_passages(PASSAGES, DOCUMENTS, QUESTIONS, codebook, vectors, _embed)


def test_documents_like_those_with_a_phrase_get_the_theme_and_its_broader_ones() -> None:
    """Their evidence is a sentence of theirs, and they are never quite sure."""
    added = tag(CODEBOOK).query("assigned_by == 'similarity'")
    without = {f"d-{i:04}" for i in range(0, 60, 4)}
    assert set(added["document_id"]) == without
    assert set(added["theme_id"]) == {"cars", "traffic"}
    assert added["score"].between(0.5, 0.95).all()
    assert added["phrase"].isna().all()
    texts = dict(zip(DOCUMENTS["document_id"], DOCUMENTS["text"], strict=True))
    assert all(texts[r.document_id][r.start : r.end] == texts[r.document_id] for r in added.itertuples())


@pytest.mark.parametrize(("recall", "added"), [(None, 30), (0.5, 30), (0.9, 0), (1.0, 0)])
def test_phrases_that_catch_enough_are_looked_behind_no_further(recall: float | None, added: int) -> None:
    found = tag(replace(CODEBOOK, recall=recall))
    assert (found["assigned_by"] == "similarity").sum() == added


@pytest.mark.parametrize(("numbers", "added"), [("1|2|3|5|6|7|9|10|11", False), ("1|2|3|5|6|7|9|10|11|13", True)])
def test_nothing_is_learned_from_fewer_than_ten_documents(numbers: str, added: bool) -> None:
    codebook = parse_codebook(BOOK.replace("car|cars", f"number {numbers}"), "made.yaml")
    alone = replace(codebook, themes=(replace(codebook.themes[1], parent_id=None),), recall=0.05)
    assert ("similarity" in set(tag(alone)["assigned_by"])) is added


def test_rows_in_another_order_give_the_same() -> None:
    order = np.random.default_rng(1).permutation(len(PASSAGES))
    again = tag_passages(PASSAGES.iloc[order], DOCUMENTS.iloc[::-1], QUESTIONS, CODEBOOK, VECTORS[order], _embed)
    pd.testing.assert_frame_equal(again, tag(CODEBOOK))


def test_what_was_learned_is_kept_until_its_theme_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fitted: list[int] = []
    original = expected._held_out

    def watched(meanings: expected.Meanings, held: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        fitted.append(int(held.sum()))
        return original(meanings, held)

    monkeypatch.setattr(expected, "_held_out", watched)
    file = tmp_path / "kept.parquet"

    def run(codebook: Codebook, taught: frozenset[str] = frozenset()) -> pd.DataFrame:
        own = find_changed(file, PASSAGES, DOCUMENTS, QUESTIONS, codebook, VECTORS, _embed)
        return look_behind(file, own, PASSAGES, DOCUMENTS, codebook, VECTORS, _embed, taught)

    first = run(CODEBOOK)
    assert fitted == [45, 45]
    pd.testing.assert_frame_equal(run(CODEBOOK), first)
    theme = first.loc[first["assigned_by"] == "similarity", "theme_id"].iloc[0]
    taught = run(CODEBOOK, frozenset({theme}))
    of_theme = taught[taught["theme_id"] == theme]
    assert set(of_theme["assigned_by"]) == {"rule"}, "verdicts know better what the phrases of a theme miss"
    assert len(taught[taught["theme_id"] != theme]) == len(first[first["theme_id"] != theme])
    assert len(fitted) == 2
    other = parse_codebook(BOOK.replace('"street*"', '"street*", "plant more"'), "made.yaml")
    changed = run(other)
    assert fitted[2:] == [105], "only the theme that changed is learned again"
    pd.testing.assert_frame_equal(changed, tag(other))


def test_recall_is_a_share() -> None:
    assert parse_codebook(BOOK + "recall: 0.8\n", "made.yaml").recall == 0.8
    with pytest.raises(UserError, match=r"made\.yaml, field 'recall': 80 was found; a number above 0"):
        parse_codebook(BOOK + "recall: 80\n", "made.yaml")
