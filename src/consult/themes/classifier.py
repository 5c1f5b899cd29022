"""
What people's verdicts teach: one classifier a theme, on the meaning of passages and on what the rules found.

Each classifier is a logistic regression with an L2 penalty (C. Bishop, Pattern Recognition and Machine Learning,
2006, section 4.3) on the passage's vector, its likeness to the themes, and what the rules found. Its answers are
made probabilities by a second one on its own cross-validated answers (J. Platt, Probabilistic outputs for support
vector machines, 1999).

Rules are known to be good where their author had the words; a classifier of twenty verdicts need not be. So it may
change what the rules found only where cross-validation on the verdicts shows that it helps, by more than chance.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from consult.themes.similarity import theme_similarities
from consult.themes.verdicts import YES, Family, decisions

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from consult.themes.codebook import Codebook
    from consult.themes.similarity import Embed, Vectors
    from consult.themes.verdicts import Verdict

    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]

#: Verdicts on a theme from which on a classifier is trained, and how many of each kind are among them at least.
ENOUGH = 20
OF_EACH = 3
FOLDS = 5
_PENALTY = 1.0
_CUTS = np.arange(0.30, 0.61, 0.025)
_USUAL_CUT = 0.45
#: By how many standard errors F1 must rise in cross-validation before a classifier changes anything.
_CLEAR = 1.0
Use = Literal["waits", "as found", "adds", "corrects"]


@dataclass(frozen=True)
class Learned:
    """
    What the verdicts on one theme taught.

    Attributes:
        theme_id: The theme.
        n_yes: Passages that a person gave the theme.
        n_no: Passages that a person did not.
        use: ``waits``: too few verdicts. ``as found``: rules and similarity stand, the classifier is no
            clear gain. ``adds``: it adds taggings. ``corrects``: it adds, and takes away those of machines.
        f1_found: F1 of rules and similarity on the verdicts; NaN while it waits.
        f1_learned: F1 on the same verdicts, each judged by a classifier that did not see it, used as `use` says.
    """

    theme_id: str
    n_yes: int
    n_no: int
    use: Use = "waits"
    f1_found: float = float("nan")
    f1_learned: float = float("nan")


@dataclass(frozen=True)
class _Model:
    """A fitted classifier; `slope` and `base` turn its logits into probabilities."""

    weights: Floats
    intercept: float
    slope: float
    base: float

    def probability(self, features: Floats) -> Floats:
        logits = features @ self.weights + self.intercept
        return np.asarray(1 / (1 + np.exp(-(self.slope * logits + self.base))), dtype=np.float64)


@dataclass(frozen=True)
class Signals:
    """
    What classifiers see of passages.

    Attributes:
        vectors: Passages by dimensions.
        likeness: Similarity to each theme, passages by themes.
        found: Highest score that rules or similarity gave, passages by themes; 0 where they gave none.
    """

    vectors: Floats
    likeness: Floats
    found: Floats

    def features(self, theme: int, rows: npt.NDArray[np.int64] | slice = slice(None)) -> Floats:
        """Return the features of passages for one theme: meaning, its own signals, and those of all themes."""
        own, likeness, found = self.found[rows, theme], self.likeness[rows], self.found[rows] > 0
        sure = np.clip(own, 0.01, 0.99)
        trust = np.where(own > 0, np.log(sure / (1 - sure)) / 4, -0.5)
        return np.column_stack(
            [self.vectors[rows], trust, likeness[:, theme], own > 0, likeness, found.astype(np.float64) / 2]
        )


@dataclass(frozen=True)
class Classifiers:
    """
    What was learned, theme by theme in the order of the codebook.

    Attributes:
        themes: What the verdicts taught of each theme.
        cut: Probability from which on a classifier says yes, the same for all themes.
        models: A fitted classifier or None, for each theme.
        signals: What they see of the study's passages.
    """

    themes: tuple[Learned, ...]
    cut: float
    models: tuple[_Model | None, ...]
    signals: Signals

    @property
    def taught(self) -> frozenset[str]:
        """The themes whose classifier changes what rules and similarity find."""
        return frozenset(one.theme_id for one in self.themes if one.use in ("adds", "corrects"))

    def probabilities(self, theme: int) -> Floats | None:
        """Return the probability of a theme (by its number) for each passage; None without a classifier."""
        model = self.models[theme]
        return None if model is None else model.probability(self.signals.features(theme))


def signals_of(
    taggings: pd.DataFrame, passages: pd.DataFrame, codebook: Codebook, vectors: Vectors, embed: Embed
) -> Signals:
    """Return what classifiers see of the passages; `taggings` are those of rules and similarity."""
    rows = pd.Series(range(len(passages)), index=passages["passage_id"])
    themes = {t: i for i, t in enumerate(codebook.by_id)}
    found = np.zeros((len(passages), len(themes)))
    at = rows.reindex(taggings["passage_id"]).to_numpy(dtype=np.float64)
    for row, theme, score in zip(at, taggings["theme_id"], taggings["score"], strict=True):
        if theme in themes and not np.isnan(row):
            found[int(row), themes[theme]] = max(found[int(row), themes[theme]], score)
    likeness = theme_similarities(vectors, codebook, embed)
    return Signals(np.asarray(vectors, dtype=np.float64), likeness.astype(np.float64), found)


def learn_themes(
    signals: Signals,
    passages: pd.DataFrame,
    documents: pd.DataFrame,
    codebook: Codebook,
    verdicts: Sequence[Verdict],
) -> Classifiers:
    """
    Train a classifier for each theme with enough verdicts, and find out by cross-validation what it is good for.

    A yes on a theme is one on its broader themes, a no one on its narrower themes. All passages of a response
    are in the same fold. Gain is measured on responses, as shares are counted: a response mentions a theme if
    one of its passages does.

    Args:
        signals: What `signals_of` made of the same passages.
        passages: Table `passages`.
        documents: Table `documents`; document_id and response_id are enough.
        codebook: The codebook in force.
        verdicts: People's verdicts, oldest first; the latest on a passage counts.
    """
    cases = _cases(passages, documents, codebook, verdicts)
    tried = {n: _trial(signals.features(n, case.rows), case) for n, case in cases.items() if case.enough}
    cut = _best_cut([(cases[n], trial.held_out) for n, trial in tried.items()])
    learned: list[Learned] = []
    for number, theme in enumerate(codebook.by_id):
        case = cases.get(number)
        if case is None or number not in tried:
            n_yes = 0 if case is None else int(case.given.sum())
            learned.append(Learned(theme, n_yes, 0 if case is None else len(case.given) - n_yes))
            continue
        found = signals.found[case.rows, number] > 0
        use, before, after = _use_of(case, found, tried[number].held_out >= cut)
        learned.append(Learned(theme, int(case.given.sum()), int((~case.given).sum()), use, before, after))
    models = tuple(tried[n].model if n in tried else None for n in range(len(codebook.themes)))
    return Classifiers(tuple(learned), cut, models, signals)


@dataclass(frozen=True)
class _Case:
    """The verdicts on one theme: rows of `passages`, what was decided, and whose text it is."""

    rows: npt.NDArray[np.int64]
    given: Flags
    responses: npt.NDArray[np.str_]

    @property
    def enough(self) -> bool:
        """Whether a classifier can be trained on them."""
        n_yes = int(self.given.sum())
        return len(self.given) >= ENOUGH and min(n_yes, len(self.given) - n_yes) >= OF_EACH

    def any_of(self, values: Floats | Flags) -> Floats:
        """Return the highest value of each response."""
        names, at = np.unique(self.responses, return_inverse=True)
        highest = np.zeros(len(names))
        np.maximum.at(highest, at, np.asarray(values, dtype=np.float64))
        return highest


def _cases(
    passages: pd.DataFrame, documents: pd.DataFrame, codebook: Codebook, verdicts: Sequence[Verdict]
) -> dict[int, _Case]:
    """Return the verdicts by the number of their theme, in the order of passage ids."""
    family = Family(codebook.themes_table())
    decided = decisions(verdicts, passages, family)
    owner = dict(zip(documents["document_id"], documents["response_id"], strict=True))
    places = {
        p: (row, d) for row, (p, d) in enumerate(zip(passages["passage_id"], passages["document_id"], strict=True))
    }
    said: dict[str, dict[str, bool]] = {t: {} for t in codebook.by_id}
    for passage, answers in sorted(decided.items()):
        for theme, verdict in answers.items():
            yes = verdict.verdict == YES
            for other in (theme, *(family.above(theme) if yes else sorted(family.below(theme)))):
                said[other][passage] = yes
    found = {}
    for number, theme in enumerate(codebook.by_id):
        ids = sorted(said[theme])
        if ids:
            found[number] = _Case(
                np.array([places[p][0] for p in ids], dtype=np.int64),
                np.array([said[theme][p] for p in ids], dtype=bool),
                np.array([owner[places[p][1]] for p in ids], dtype=np.str_),
            )
    return found


@dataclass(frozen=True)
class _Trial:
    """A classifier of all verdicts, and what those of the other folds say of each (a probability)."""

    model: _Model
    held_out: Floats


def _trial(features: Floats, case: _Case) -> _Trial:
    from sklearn.linear_model import LogisticRegression

    def fitted(rows: Flags) -> tuple[Floats, float]:
        found = LogisticRegression(C=_PENALTY, max_iter=300).fit(features[rows], case.given[rows])
        return found.coef_[0], float(found.intercept_[0])

    folds = _folds(case)
    logits = np.zeros(len(case.given))
    for fold in range(FOLDS):
        inside = folds == fold
        if inside.any() and len(set(case.given[~inside])) == 2:
            weights, intercept = fitted(~inside)
            logits[inside] = features[inside] @ weights + intercept
    platt = LogisticRegression(C=1.0).fit(logits[:, None], case.given)
    weights, intercept = fitted(np.ones(len(case.given), dtype=bool))
    model = _Model(weights, intercept, float(platt.coef_[0, 0]), float(platt.intercept_[0]))
    held_out = 1 / (1 + np.exp(-(model.slope * logits + model.base)))
    return _Trial(model, held_out)


def _folds(case: _Case) -> npt.NDArray[np.int64]:
    """Deal responses out to folds, those with a yes first, by chance that hangs on their ids alone."""
    with_yes = set(case.responses[case.given])
    dealt = sorted(
        set(case.responses), key=lambda r: (r not in with_yes, hashlib.blake2b(r.encode(), digest_size=8).digest())
    )
    fold = {response: i % FOLDS for i, response in enumerate(dealt)}
    return np.array([fold[r] for r in case.responses], dtype=np.int64)


def _best_cut(trials: Sequence[tuple[_Case, Floats]]) -> float:
    """Return the probability that as a limit gives the highest F1 over all verdicts; of equals, the usual one."""
    if not trials:
        return _USUAL_CUT
    truth = np.concatenate([case.any_of(case.given) for case, _ in trials]) > 0
    chance = np.concatenate([case.any_of(held_out) for case, held_out in trials])
    return float(max(_CUTS, key=lambda cut: (_f1(chance >= cut, truth)[0], -abs(cut - _USUAL_CUT))))


def _f1(found: Flags, truth: Flags) -> tuple[float, Floats]:
    """Return F1, and by how much each response moves it (its influence, to first order)."""
    both, wrong = found & truth, found ^ truth
    total = 2 * both.sum() + wrong.sum()
    if not total:
        return 1.0, np.zeros(len(truth))
    value = float(2 * both.sum() / total)
    return value, (2 * both - value * (2 * both + wrong.astype(np.float64))) / total


def _use_of(case: _Case, found: Flags, learned: Flags) -> tuple[Use, float, float]:
    """Return what a classifier is good for, and F1 without and with it."""
    truth = case.any_of(case.given) > 0
    before, moved_before = _f1(case.any_of(found) > 0, truth)
    use: Use = "as found"
    best = before
    choices: tuple[tuple[Use, Flags], ...] = (("adds", found | learned), ("corrects", learned))
    for name, answer in choices:
        value, moved = _f1(case.any_of(answer) > 0, truth)
        error = float(np.sqrt(((moved - moved_before) ** 2).sum()))
        if value - before > _CLEAR * error and value > best:
            use, best = name, value
    return use, before, best
