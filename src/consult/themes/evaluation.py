"""How well taggings agree with a person's coding, with the uncertainty of a small sample."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from consult.themes import agreement
from consult.themes.agreement import Counts

if TYPE_CHECKING:
    from collections.abc import Hashable

    from consult.themes.agreement import Floats

RESAMPLES = 1000
_LEVEL = 0.95


@dataclass(frozen=True)
class Evaluation:
    """
    The measures of one comparison.

    `overall`: one row a measure with value, low, high (95 % bootstrap over texts). `per_theme` and
    `per_language`: one row each, with the number of texts, the prevalence (share of decided cells that the
    person gave), and precision, recall, F1, kappa, AC1 and alpha, each with low and high. `disagreements`:
    every cell on which the two differ.
    """

    overall: pd.DataFrame
    per_theme: pd.DataFrame
    per_language: pd.DataFrame
    disagreements: pd.DataFrame


@dataclass(frozen=True)
class _Cells:
    """Cell by cell: 1 where the condition holds, 0 elsewhere and where a cell is not decided."""

    both: Floats
    first_only: Floats
    second_only: Floats
    neither: Floats

    def counts(self, weights: Floats, axis_themes: bool) -> Counts:  # noqa: FBT001
        """Sum over texts (weights: resamples by texts), and over themes unless they are kept."""
        parts = [weights @ part for part in (self.both, self.first_only, self.second_only, self.neither)]
        return Counts(*(part if axis_themes else part.sum(axis=1) for part in parts))


def _cells(predicted: Floats, gold: Floats) -> _Cells:
    decided = ~(np.isnan(predicted) | np.isnan(gold))
    yes, truth = (predicted == 1) & decided, (gold == 1) & decided
    return _Cells(
        *(part.astype(np.float64) for part in (yes & truth, yes & ~truth, ~yes & truth, decided & ~yes & ~truth))
    )


def _over_texts(cells: _Cells, weights: Floats, measure: Callable[[Counts], Floats]) -> Floats:
    """
    Return the mean of a measure over texts, for each resample.

    A text that neither side gives any theme counts as full agreement; where only one side does, precision or recall
    is undefined for the text and counts as 0, as its F1 is.
    """
    sums = [part.sum(axis=1) for part in (cells.both, cells.first_only, cells.second_only, cells.neither)]
    values = measure(Counts(*sums))
    silent = (sums[0] + sums[1] + sums[2]) == 0
    values = np.where(np.isnan(values), np.where(silent, 1.0, 0.0), values)
    return np.asarray(weights @ values / weights.sum(axis=1), dtype=np.float64)


def _weights(n: int, resamples: int, seed: int) -> Floats:
    """Return how often each text is drawn in each resample; the first row is the sample itself."""
    drawn = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=resamples)
    return np.vstack([np.ones(n), drawn]).astype(np.float64)


def _interval(values: Floats) -> tuple[float, float, float]:
    """Return the value of the sample (first) and the interval of its resamples."""
    rest = values[1:][~np.isnan(values[1:])]
    if not len(rest):
        return float(values[0]), float("nan"), float("nan")
    low, high = np.quantile(rest, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return float(values[0]), float(low), float(high)


def _row(cells: _Cells, weights: Floats) -> dict[str, float]:
    """Return one line of measures over all the cells given, each with its interval."""
    counts = cells.counts(weights, axis_themes=False)
    total = counts.total[0]
    row = {
        "n_texts": float(len(cells.both)),
        "n_given": float(counts.both[0] + counts.second_only[0]),
        "n_found": float(counts.both[0] + counts.first_only[0]),
        "prevalence": float((counts.both[0] + counts.second_only[0]) / total) if total else float("nan"),
    }
    for name, measure in _MEASURES.items():
        row[name], row[f"{name}_low"], row[f"{name}_high"] = _interval(measure(counts))
    return row


_MEASURES: dict[str, Callable[[Counts], Floats]] = {
    "precision": agreement.precision,
    "recall": agreement.recall,
    "f1": agreement.f1,
    "kappa": agreement.cohen_kappa,
    "ac1": agreement.gwet_ac1,
    "alpha": agreement.pair_alpha,
}


def _overall(cells: _Cells, weights: Floats) -> pd.DataFrame:
    pooled = cells.counts(weights, axis_themes=False)
    themes = cells.counts(weights, axis_themes=True)

    def macro(measure: Callable[[Counts], Floats]) -> Floats:
        values = measure(themes)
        n = (~np.isnan(values)).sum(axis=1)
        found: Floats = np.full(len(n), np.nan)
        np.divide(np.nansum(values, axis=1), n, out=found, where=n > 0)
        return found

    rows = {
        "precision (micro)": agreement.precision(pooled),
        "recall (micro)": agreement.recall(pooled),
        "F1 (micro)": agreement.f1(pooled),
        "precision (macro)": macro(agreement.precision),
        "recall (macro)": macro(agreement.recall),
        "F1 (macro)": macro(agreement.f1),
        "precision (mean over texts)": _over_texts(cells, weights, agreement.precision),
        "recall (mean over texts)": _over_texts(cells, weights, agreement.recall),
        "F1 (mean over texts)": _over_texts(cells, weights, agreement.f1),
        "Cohen's kappa": agreement.cohen_kappa(pooled),
        "Gwet's AC1": agreement.gwet_ac1(pooled),
        "Krippendorff's alpha": agreement.pair_alpha(pooled),
    }
    return pd.DataFrame(
        [(name, *_interval(values)) for name, values in rows.items()], columns=["measure", "value", "low", "high"]
    )


def evaluate(
    predicted: pd.DataFrame,
    gold: pd.DataFrame,
    languages: pd.Series[str] | None = None,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Evaluation:
    """
    Compare two sets of decisions on the same texts.

    Intervals come from resampling whole texts (percentile bootstrap), since decisions on one text are not
    independent. A measure that is not defined (no yes on either side) is NaN, and is left out of macro
    means.

    Args:
        predicted: Texts by themes; 1 given, 0 not given, NaN not decided.
        gold: The person's decisions; only texts and themes that both have are compared.
        languages: The language of each text, by the same index; None leaves the table empty.
        resamples: Number of bootstrap resamples.
        seed: Seed of the resampling.

    Raises:
        ValueError: The two share no text or no theme.
    """
    index = [i for i in gold.index if i in predicted.index]
    themes = [t for t in gold.columns if t in predicted.columns]
    if not index or not themes:
        message = f"{len(index)} texts and {len(themes)} themes are in both codings; at least one of each is needed."
        raise ValueError(message)
    first = predicted.loc[index, themes].to_numpy(dtype=np.float64)
    second = gold.loc[index, themes].to_numpy(dtype=np.float64)
    cells = _cells(first, second)
    weights = _weights(len(index), resamples, seed)
    per_theme = [{"theme_id": t} | _slice(first, second, weights, columns=[j]) for j, t in enumerate(themes)]
    per_language = []
    if languages is not None:
        spoken = languages.loc[index].fillna("").astype(str).to_numpy()
        for language in sorted(set(spoken)):
            rows = np.flatnonzero(spoken == language)
            sub = _weights(len(rows), resamples, seed)
            per_language.append({"language": language} | _slice(first[rows], second[rows], sub))
    return Evaluation(
        overall=_overall(cells, weights),
        per_theme=pd.DataFrame(per_theme),
        per_language=pd.DataFrame(per_language),
        disagreements=_disagreements(index, themes, first, second),
    )


def _slice(first: Floats, second: Floats, weights: Floats, columns: list[int] | None = None) -> dict[str, float]:
    if columns is not None:
        first, second = first[:, columns], second[:, columns]
    return _row(_cells(first, second), weights)


def _disagreements(index: list[Hashable], themes: list[str], first: Floats, second: Floats) -> pd.DataFrame:
    differ = (first != second) & ~np.isnan(first) & ~np.isnan(second)
    rows = [(index[i], themes[j], first[i, j], second[i, j]) for i, j in zip(*np.nonzero(differ), strict=True)]
    return pd.DataFrame(rows, columns=["text", "theme_id", "predicted", "gold"])
