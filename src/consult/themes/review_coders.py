"""Two people who coded the same passages: how far they agree, and what they have to settle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from consult.themes.agreement import krippendorff_alpha
from consult.themes.evaluation import Evaluation, evaluate
from consult.themes.verdicts import YES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from consult.themes.codebook import Codebook
    from consult.themes.review import Sample
    from consult.themes.verdicts import Verdict


@dataclass(frozen=True)
class Agreement:
    """
    Two coders on the places that both decided.

    Attributes:
        first: Name of the one.
        second: Name of the other.
        n_passages: Passages that both read.
        evaluation: Its measures; precision and recall mean nothing here, since neither is right.
        disagreements: ``passage_id``, ``theme_id``, ``first`` and ``second`` (yes or no).
    """

    first: str
    second: str
    n_passages: int
    evaluation: Evaluation
    disagreements: pd.DataFrame


def decisions_by(who: str, verdicts: Iterable[Verdict], codebook: Codebook) -> pd.DataFrame:
    """
    Return what one person decided last: passages by themes, 1 yes, 0 no, NaN not decided.

    A yes on a theme is a yes on its broader themes.
    """
    given: dict[str, dict[str, float]] = {}
    for verdict in verdicts:
        if verdict.who == who and verdict.theme_id in codebook.by_id:
            given.setdefault(verdict.passage_id, {})[verdict.theme_id] = float(verdict.verdict == YES)
    for answers in given.values():
        for theme in [t for t, answer in answers.items() if answer]:
            answers.update(dict.fromkeys(codebook.ancestors(theme), 1.0))
    themes = [t for t in codebook.by_id if any(t in answers for answers in given.values())]
    return pd.DataFrame.from_dict(dict(sorted(given.items())), orient="index", columns=None, dtype=float).reindex(
        columns=themes
    )


def agreements(verdicts: Sequence[Verdict], codebook: Codebook) -> list[Agreement]:
    """Return the agreement of every two people who decided on the same theme at the same passage."""
    people = sorted({v.who for v in verdicts})
    coded = {who: decisions_by(who, verdicts, codebook) for who in people}
    found = []
    for i, first in enumerate(people):
        for second in people[i + 1 :]:
            one, other = coded[first].align(coded[second], join="inner")
            both = one.notna() & other.notna()
            if not both.to_numpy().any():
                continue
            rows = both.any(axis=1)
            one, other = one.where(both)[rows], other.where(both)[rows]
            result = evaluate(one, other)
            differ = result.disagreements.rename(columns={"text": "passage_id"})
            words = {c: np.where(differ[c] == 1, "yes", "no") for c in ("predicted", "gold")}
            table = differ[["passage_id", "theme_id"]].assign(first=words["predicted"], second=words["gold"])
            found.append(Agreement(first, second, int(rows.sum()), result, table))
    return found


def alpha_of_all(verdicts: Sequence[Verdict], codebook: Codebook) -> pd.DataFrame:
    """
    Return Krippendorff's alpha over all coders together, which need not all have read the same passages.

    Returns:
        A row for each theme that two of them decided, and one for all themes (``theme_id`` empty): ``n_coders``,
        ``n_passages`` that two or more decided, ``alpha`` (NaN where all say the same).
    """
    people = sorted({v.who for v in verdicts})
    coded = [decisions_by(who, verdicts, codebook) for who in people]
    passages = sorted(set().union(*(one.index for one in coded)))
    themes = [t for t in codebook.by_id if any(t in one for one in coded)]
    cube = np.array([one.reindex(index=passages, columns=themes).to_numpy(dtype=float) for one in coded])
    rows = []
    for name, part in [("", cube), *((t, cube[:, :, [i]]) for i, t in enumerate(themes))] if people else []:
        both = (~np.isnan(part)).sum(axis=0) >= 2
        if both.any():
            rows.append(
                {
                    "theme_id": name,
                    "n_coders": int((~np.isnan(part) & both).any(axis=(1, 2)).sum()),
                    "n_passages": int(both.any(axis=1).sum()),
                    "alpha": krippendorff_alpha(part.reshape(len(people), -1)),
                }
            )
    return pd.DataFrame(rows, columns=["theme_id", "n_coders", "n_passages", "alpha"])


def machine_decisions(samples: Iterable[Sample], codebook: Codebook) -> pd.DataFrame:
    """
    Return what the machine had found when samples of kind ``review`` were drawn: passages by themes, 1 or 0.

    Samples of audits are left out: they hold no passage with the theme, and would say nothing of recall.
    """
    rows: dict[str, dict[str, float]] = {}
    for sample in samples:
        if sample.kind == "review":
            for passage in sample.passages:
                rows.setdefault(
                    passage.passage_id, {t: float(t in passage.machine) for t in sample.themes if t in codebook.by_id}
                )
    return pd.DataFrame.from_dict(rows, orient="index")


def settled_decisions(verdicts: Sequence[Verdict], samples: Iterable[Sample], codebook: Codebook) -> pd.DataFrame:
    """
    Return what people decided on samples of kind ``review``: passages by themes; NaN where they differ.

    Only verdicts given on such a sample count: what a person corrected while reading was not blind.
    """
    blind = {s.sample_id for s in samples if s.kind == "review"}
    given = [v for v in verdicts if v.sample in blind]
    coded = [decisions_by(who, given, codebook) for who in sorted({v.who for v in given})]
    if not coded:
        return pd.DataFrame()
    total = coded[0]
    for other in coded[1:]:
        one, two = total.align(other, join="outer")
        total = one.where(two.isna() | (one == two) | one.isna()).fillna(two.where(one.isna()))
    return total
