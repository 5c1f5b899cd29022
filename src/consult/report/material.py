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
from consult.report.filters import in_words
from consult.report.quotes import Quotable
from consult.report.withheld import withheld_responses
from consult.report.words import CAVEAT, between, group_name, number, percent, share_words
from consult.study import Study
from consult.themes.codebook import Codebook, load_codebook
from consult.translation import capital, say


@dataclass(frozen=True, eq=False)
class Material:
    """
    A study as the report needs it.

    Attributes:
        study: The study.
        corpus: Its tables for counting.
        overview: Counts of the responses that the report is about.
        n_quotes: How many quotes a theme or topic gets.
        small_hidden: Hide counts under 10 and round the others to 5, everywhere.
        selection: Which responses the report is about, under which campaign view.
    """

    study: Study
    corpus: measures.Corpus
    overview: measures.Overview
    n_quotes: int
    small_hidden: bool = False
    selection: measures.Selection = measures.Selection()  # noqa: RUF009

    @classmethod
    def from_study(
        cls,
        study: Study,
        n_quotes: int = 3,
        *,
        small_hidden: bool = False,
        selection: measures.Selection | None = None,
        corpus: measures.Corpus | None = None,
    ) -> Material:
        """
        Read a study, and its tables for counting unless they are given.

        Raises:
            UserError: It holds no responses, or the selection keeps none.
        """
        chosen = selection or measures.Selection()
        corpus = corpus or measures.Corpus.from_study(study)
        overview = measures.overview(corpus, chosen, small_hidden=small_hidden)
        return cls(study, corpus, overview, n_quotes, small_hidden, chosen)

    @cached_property
    def kept(self) -> measures.Selected:
        """Which responses and documents the report is about."""
        return measures.selected(self.corpus, self.selection)

    @cached_property
    def filters(self) -> str:
        """The selection in words, an empty string for the whole study."""
        return in_words(self.corpus, self.selection)

    @property
    def about(self) -> str:
        """Which part of the study the report is about, or how campaigns are counted; empty for the whole study."""
        if self.selection.whole:
            return ""
        part = say("This report is about a part of the study.") if self.selection.filtered else ""
        filters = in_words(self.corpus, self.selection.with_(view="all"))
        return " ".join(filter(None, [part, self.overview.showing, capital(filters)]))

    @property
    def caveat(self) -> str:
        """What every reader must know first."""
        return f"{self.about} {say(CAVEAT)}".strip()

    @cached_property
    def questions(self) -> pd.DataFrame:
        """Who answered each question, those least answered first; see `measures.question_gaps`."""
        return self.fit(measures.question_gaps(self.corpus, self.selection))

    def fit(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return a table of counts as it may be shown: with small counts hidden, if that was asked for."""
        return measures.hide_small(table) if self.small_hidden else table

    @cached_property
    def quotable(self) -> Quotable:
        """Where quotes come from: the texts that the report is about."""
        found = Quotable.from_study(self.study)
        if self.selection.whole:
            return found
        read = self.kept.documents & ~self.kept.own_only & self.kept.responses[self.corpus.index.doc_response]
        return found.within(self.corpus.documents["document_id"][read], self.corpus.passage_topics)

    @cached_property
    def withheld(self) -> frozenset[str]:
        """Responses that asked not to be published: counted, not quoted."""
        return withheld_responses(self.study)

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
        if not len(self.corpus.themes):
            return None
        return measures.crosstab(
            self.corpus, "stakeholder_type", "themes", self.selection, small_hidden=self.small_hidden
        )

    @cached_property
    def views(self) -> Mapping[str, pd.DataFrame]:
        """Shares of themes and of topics under the three campaign views, by ``themes`` and ``topics``."""
        found: dict[str, pd.DataFrame] = {}
        for what, table in (("themes", self.corpus.themes), ("topics", self.corpus.topics)):
            if len(table):
                found[what] = self._three_views(what)
        return found

    def _three_views(self, what: str) -> pd.DataFrame:
        hidden = self.small_hidden
        return measures.three_views(
            lambda chosen: measures.shares(self.corpus, what, chosen, small_hidden=hidden), self.selection
        )

    def view_words(self, what: str, key: str) -> str:
        """Return a theme's or topic's share under the other campaign views; empty without campaigns."""
        if not self.has_campaigns:
            return ""
        table = self.views[what]
        mine = table[table["key"] == key].set_index("view")["share"]
        told = [
            f"{say(words)}: {percent(mine[view])}"
            for view, words in measures.VIEW_WORDS.items()
            if view != self.selection.view and view in mine.index
        ]
        return f"{capital('; '.join(told))}." if told else ""


def finding(n: int | None, total: int, low: float, high: float) -> str:
    """
    Return a share as a sentence whose first words follow the rules in the annex.

    >>> finding(50, 1216, 0.0313, 0.0538)
    'Rarely mentioned: 50 of 1,216 responses (4.1 %, between 3.1 % and 5.4 %).'
    """
    if n is None:
        return say("Few or none: under 10 of {of} responses.", of=number(total))
    if total < FEW:
        return say("Too few responses for a verdict: {n} of {of} responses.", n=number(n), of=number(total))
    if not n:
        return say(
            "Not mentioned: none of {of} responses (at most {high} to reckon with).",
            of=number(total),
            high=percent(high),
        )
    told = {"level": capital(verdicts.level_words(n / total)), "numbers": share_words(n, total, low, high)}
    if verdicts.level(low) == verdicts.level(high):
        return say("{level}: {numbers}.", **told)
    return say(
        "{level}: {numbers}; the interval reaches from {lowest} to {highest}.",
        **told, lowest=verdicts.level_words(low), highest=verdicts.level_words(high),
    )  # fmt: skip


def share_table(
    measure: measures.Measure,
    caption: str,
    first: str,
    *,
    names: Mapping[str, str] | None = None,
) -> Table:
    """Return shares as a table, in the order of the measure, with bars."""
    rows = measure.table
    widest = max(float(rows["high"].max()), 0.001) if len(rows) else 1.0
    labels = [(names or {}).get(str(k), str(label)) for k, label in zip(rows["key"], rows["label"], strict=True)]
    cells = tuple(
        (label, number(n), percent(share), between(low, high))
        for label, n, share, low, high in zip(labels, rows["n"], rows["share"], rows["low"], rows["high"], strict=True)
    )
    bars = tuple(round(float(share) / widest, 4) for share in rows["share"].fillna(0.0))
    columns = (first, say("Responses"), say("Share"), say("Between"))
    return Table(f"{caption} ({measure.of})", columns, cells, bars)


def group_names(field: str, keys: pd.Series) -> dict[str, str]:
    """Return the groups of a field in words."""
    return {str(key): group_name(field, str(key)) for key in keys}
