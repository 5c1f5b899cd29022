"""Agreement and evaluation figures against hand-worked tables and other people's code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

from consult.errors import UserError
from consult.themes import agreement
from consult.themes.agreement import Counts
from consult.themes.codebook import parse_codebook
from consult.themes.evaluation import evaluate
from consult.themes.gold import decisions_of, join_coding, read_coding

if TYPE_CHECKING:
    from pathlib import Path

CODEBOOK = parse_codebook(
    """
codebook: made
title: Made
themes:
  - {id: a, name: A, definition: First.}
  - {id: b, name: B, definition: Second., parent: a}
  - {id: c, name: C, definition: Third.}
""",
    "made.yaml",
)


def counts(both: float, first: float, second: float, neither: float) -> Counts:
    return Counts(*(np.array(v, dtype=np.float64) for v in (both, first, second, neither)))


def test_measures_by_hand() -> None:
    """20 both, 5 first only, 10 second only, 15 neither: the example of Cohen's kappa in every textbook."""
    table = counts(20, 5, 10, 15)
    assert agreement.precision(table) == pytest.approx(20 / 25)
    assert agreement.recall(table) == pytest.approx(20 / 30)
    assert agreement.f1(table) == pytest.approx(40 / 55)
    assert agreement.cohen_kappa(table) == pytest.approx((0.7 - 0.5) / (1 - 0.5))
    share = (25 + 30) / 100
    assert agreement.gwet_ac1(table) == pytest.approx((0.7 - 2 * share * (1 - share)) / (1 - 2 * share * (1 - share)))


def test_krippendorff_by_hand() -> None:
    """Alpha for two coders and yes/no is 1 - (n - 1) * disagreements / (yeses * noes), n values in all."""
    first, second = [1, 1, 1, 0, 0, 0, 0, 1], [1, 1, 0, 0, 0, 0, 1, np.nan]
    expected = 1 - 13 * 2 / (6 * 8)
    assert agreement.krippendorff_alpha(np.array([first, second])) == pytest.approx(expected)


def test_alpha_of_a_pair_is_that_of_the_package() -> None:
    predicted, gold = _random(3)
    first, second = predicted.to_numpy().ravel(), gold.to_numpy().ravel()
    table = counts(*(((first == a) & (second == b)).sum() for a, b in ((1, 1), (1, 0), (0, 1), (0, 0))))
    assert agreement.pair_alpha(table) == pytest.approx(agreement.krippendorff_alpha(np.array([first, second])))


def test_means_over_texts_by_hand() -> None:
    """Texts: right; half right; missed; both silent."""
    predicted = pd.DataFrame({"a": [1.0, 1, 0, 0], "b": [0.0, 1, 0, 0]})
    gold = pd.DataFrame({"a": [1.0, 1, 1, 0], "b": [0.0, 0, 0, 0]})
    overall = evaluate(predicted, gold, resamples=20).overall.set_index("measure")["value"]
    assert overall["precision (mean over texts)"] == pytest.approx((1 + 0.5 + 0 + 1) / 4)
    assert overall["recall (mean over texts)"] == pytest.approx((1 + 1 + 0 + 1) / 4)
    assert overall["F1 (mean over texts)"] == pytest.approx((1 + 2 / 3 + 0 + 1) / 4)


def test_undefined_measures_are_nan_not_an_error() -> None:
    nothing = counts(0, 0, 0, 9)
    assert np.isnan(agreement.f1(nothing))
    assert np.isnan(agreement.cohen_kappa(nothing))
    assert np.isnan(agreement.krippendorff_alpha(np.zeros((2, 5))))


def _random(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    random = np.random.default_rng(seed)
    gold = (random.random((40, 5)) < 0.3).astype(float)
    predicted = np.where(random.random((40, 5)) < 0.8, gold, 1 - gold)
    columns = list("abcde")
    return pd.DataFrame(predicted, columns=columns), pd.DataFrame(gold, columns=columns)


def test_as_scikit_learn_has_it() -> None:
    predicted, gold = _random(1)
    overall = evaluate(predicted, gold, resamples=20).overall.set_index("measure")["value"]
    for average in ("micro", "macro"):
        expected = metrics.f1_score(gold, predicted, average=average)
        assert overall[f"F1 ({average})"] == pytest.approx(expected)
        assert overall[f"recall ({average})"] == pytest.approx(metrics.recall_score(gold, predicted, average=average))
    mean = metrics.f1_score(gold, predicted, average="samples", zero_division=1)
    assert overall["F1 (mean over texts)"] == pytest.approx(mean)
    kappa = metrics.cohen_kappa_score(gold.to_numpy().ravel(), predicted.to_numpy().ravel())
    assert overall["Cohen's kappa"] == pytest.approx(kappa)


def test_per_theme_and_language_and_what_is_not_decided() -> None:
    predicted = pd.DataFrame({"a": [1.0, 1, 0, 0], "b": [1.0, 0, 0, 0]})
    gold = pd.DataFrame({"a": [1.0, 0, 1, np.nan], "b": [np.nan, 0, 0, 0]})
    result = evaluate(predicted, gold, pd.Series(["de", "de", "fr", "fr"]), resamples=50)
    a = result.per_theme.set_index("theme_id").loc["a"]
    assert (a["precision"], a["recall"], a["f1"]) == (0.5, 0.5, 0.5)
    assert a["prevalence"] == pytest.approx(2 / 3)
    b = result.per_theme.set_index("theme_id").loc["b"]
    assert np.isnan(b["f1"])
    assert result.per_language["language"].tolist() == ["de", "fr"]
    assert result.per_language["precision"].iloc[0] == 0.5
    assert result.disagreements[["text", "theme_id"]].to_numpy().tolist() == [[1, "a"], [2, "a"]]


def test_the_interval_holds_the_value_and_repeats() -> None:
    predicted, gold = _random(2)
    first, again = (evaluate(predicted, gold, resamples=200).overall for _ in range(2))
    pd.testing.assert_frame_equal(first, again)
    rows = first.dropna(subset=["low"])
    assert (rows["low"] <= rows["value"]).all()
    assert (rows["value"] <= rows["high"]).all()


def test_nothing_in_common_is_an_error() -> None:
    with pytest.raises(ValueError, match="0 texts"):
        evaluate(pd.DataFrame({"a": [1.0]}, index=[5]), pd.DataFrame({"a": [1.0]}, index=[6]))


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_coding_in_json_lines(tmp_path: Path) -> None:
    row = {"reference": "R1", "question": "Why?", "text": "Because.", "themes": ["b"], "borderline": ["c"],
           "evidence": {"b": ["Because"]}}  # fmt: skip
    coding = read_coding(_write(tmp_path / "c.jsonl", json.dumps(row)), CODEBOOK)
    assert coding.decisions.loc[0, ["a", "b"]].tolist() == [1.0, 1.0], "a theme counts for its broader theme"
    assert np.isnan(coding.decisions.loc[0, "c"])
    assert coding.evidence[0, "b"] == ("Because",)


@pytest.mark.parametrize(
    "text",
    ["reference;a;b;c\nR1;x;;?\n", "reference,themes,borderline\nR1,a,c\n", "reference\ta\tb\tc\nR1\tyes\tno\t?\n"],
)
def test_codings_in_tables(tmp_path: Path, text: str) -> None:
    coding = read_coding(_write(tmp_path / "c.csv", text), CODEBOOK)
    assert coding.decisions.loc[0, ["a", "b"]].tolist() == [1.0, 0.0]
    assert np.isnan(coding.decisions.loc[0, "c"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no column 'reference'"),
        ("name,themes\nR1,a\n", "no column 'reference'"),
        ("reference,themes\nR1,zzz\n", "no theme 'zzz'"),
        ("reference,a\nR1,perhaps\n", "'perhaps' is not a decision"),
        ('{"reference": "R1"}', "line 1"),
        ('{"reference": ', "not JSON"),
    ],
)
def test_faulty_codings_are_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        read_coding(_write(tmp_path / "c.csv", text), CODEBOOK)


def test_a_coding_that_cannot_be_read_says_why_in_words(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"none\.csv: it cannot be read \(No such file or directory\)"):
        read_coding(tmp_path / "none.csv", CODEBOOK)
    (tmp_path / "latin.csv").write_bytes("reference,themes\nFran\xe7ois,a\n".encode("latin-1"))
    with pytest.raises(UserError, match=r"latin\.csv: it cannot be read \(it is not text in UTF-8\)"):
        read_coding(tmp_path / "latin.csv", CODEBOOK)


def test_codings_are_joined_by_reference_question_and_text(tmp_path: Path) -> None:
    responses = pd.DataFrame({"response_id": ["r1", "r2"], "reference": ["R1", "R2"]})
    questions = pd.DataFrame({"question_id": ["q1", "q2", "q3"], "text": ["Why?", "Why?", "How?"]})
    documents = pd.DataFrame(
        {
            "document_id": ["d1", "d2", "d3", "d4"],
            "response_id": ["r1", "r1", "r1", "r2"],
            "question_id": ["q1", "q2", "q3", None],
            "text": ["One.", "Two.", "Three.", "A paper."],
        }
    )
    lines = [
        {"reference": "R1", "question": "why?", "text": "two.", "themes": []},
        {"reference": "R1", "question": "How?", "themes": ["b"]},
        {"reference": "R2", "question": "attachment", "themes": []},
        {"reference": "R9", "themes": []},
        {"reference": "R1", "question": "q1", "themes": []},
    ]
    coding = read_coding(_write(tmp_path / "c.jsonl", "\n".join(map(json.dumps, lines))), CODEBOOK)
    joined = join_coding(coding, documents, responses, questions)
    assert joined == {0: ("d2",), 1: ("d3",), 2: ("d4",), 4: ("d1",)}
    taggings = pd.DataFrame({"document_id": ["d3"], "theme_id": ["b"]})
    said = decisions_of(taggings, joined, ["a", "b"])
    assert said["b"].tolist() == [0.0, 1.0, 0.0, 0.0]
