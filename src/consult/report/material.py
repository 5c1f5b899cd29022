"""What the sections of a report are written from, read and counted once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from consult import measures
from consult.measures import verdicts
from consult.measures.comparing import FEW
from consult.report.blocks import Table
from consult.report.quotes import Quotable
from consult.report.words import group_name, percent
from consult.study import Study
from consult.themes.codebook import Codebook, load_codebook

SET_ASIDE: tuple[measures.View, ...] = ("once", "apart")


@dataclass(frozen=True, eq=False)
class Material:
    """
    A study as the report needs it.

    Attributes:
        study: The study.
        corpus: Its tables for counting.
        overview: Counts of the whole study.
        n_quotes: How many quotes a theme or topic gets.
    """

    study: Study
    corpus: measures.Corpus
    overview: measures.Overview
    n_quotes: int

    @classmethod
    def from_study(cls, study: Study, n_quotes: int = 3) -> Material:
        """
        Read a study.

        Raises:
            UserError: It holds no responses.
        """
        corpus = measures.Corpus.from_study(study)
        return cls(study, corpus, measures.overview(corpus), n_quotes)

    @cached_property
    def quotable(self) -> Quotable:
        """Where quotes come from."""
        return Quotable.from_study(self.study)

    @cached_property
    def codebook(self) -> Codebook | None:
        """The codebook in force."""
        return load_codebook(self.study.codebook_path) if self.study.codebook_path.exists() else None

    @cached_property
    def has_campaigns(self) -> bool:
        """Whether any campaign was found, so that the three views differ."""
        return len(self.overview.campaigns) > 0

    @cached_property
    def by_type(self) -> measures.Measure | None:
        """Themes by type of respondent, tested; None without themes."""
        return measures.crosstab(self.corpus, "stakeholder_type", "themes") if len(self.corpus.themes) else None

    @cached_property
    def views(self) -> Mapping[str, pd.DataFrame]:
        """Shares of themes and of topics under the three campaign views, by ``themes`` and ``topics``."""
        found: dict[str, pd.DataFrame] = {}
        for what, table in (("themes", self.corpus.themes), ("topics", self.corpus.topics)):
            if len(table):
                found[what] = self._three_views(what)
        return found

    def _three_views(self, what: str) -> pd.DataFrame:
        return measures.three_views(lambda chosen: measures.shares(self.corpus, what, chosen))

    def view_words(self, what: str, key: str) -> str:
        """Return a theme's or topic's share with campaigns counted once and set apart; empty without campaigns."""
        if not self.has_campaigns:
            return ""
        table = self.views[what]
        mine = table[table["key"] == key].set_index("view")["share"]
        parts = [f"{measures.VIEW_WORDS[view]}: {percent(mine[view])}" for view in SET_ASIDE if view in mine.index]
        return f"{parts[0][:1].upper()}{'; '.join(parts)[1:]}." if parts else ""


def finding(n: int, total: int, low: float, high: float, who: str = "responses") -> str:
    """
    Return a share as a sentence whose first words follow the rules in the annex.

    >>> finding(50, 1216, 0.0313, 0.0538)
    'Rarely mentioned: 50 of 1,216 responses (4.1 %, between 3.1 % and 5.4 %).'
    """
    if total < FEW:
        return f"Too few responses for a verdict: {n:,} of {total:,} {who}."
    if not n:
        return f"Not mentioned: none of {total:,} {who} (at most {percent(high)} to reckon with)."
    words = verdicts.level_words(n / total)
    numbers = f"{n:,} of {total:,} {who} ({percent(n / total)}, between {percent(low)} and {percent(high)})"
    reach = ""
    if verdicts.level(low) != verdicts.level(high):
        reach = f"; the interval reaches from {verdicts.level_words(low)} to {verdicts.level_words(high)}"
    return f"{words[:1].upper()}{words[1:]}: {numbers}{reach}."


def share_table(
    measure: measures.Measure,
    caption: str,
    first: str,
    *,
    names: Mapping[str, str] | None = None,
    unit: str = "Responses",
) -> Table:
    """Return shares as a table, in the order of the measure, with bars."""
    rows = measure.table[measure.table["n"].notna()]
    widest = max(float(rows["high"].max()), 0.001) if len(rows) else 1.0
    labels = [(names or {}).get(str(k), str(label)) for k, label in zip(rows["key"], rows["label"], strict=True)]
    cells = tuple(
        (label, f"{int(n):,}", percent(share), f"{percent(low)} to {percent(high)}")
        for label, n, share, low, high in zip(labels, rows["n"], rows["share"], rows["low"], rows["high"], strict=True)
    )
    bars = tuple(round(float(share) / widest, 4) for share in rows["share"])
    return Table(f"{caption} ({measure.of})", (first, unit, "Share", "Between"), cells, bars)


def group_names(field: str, keys: pd.Series) -> dict[str, str]:
    """Return the groups of a field in words."""
    return {str(key): group_name(field, str(key)) for key in keys}
