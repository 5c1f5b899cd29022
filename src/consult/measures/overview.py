"""Everything the first page shows, counted at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from consult.measures import caveats
from consult.measures.campaigns import campaigns_in, possibly_coordinated_in
from consult.measures.counting import of_words
from consult.measures.filters import Selected, select, selected
from consult.measures.groups import grouping
from consult.measures.hiding import hide_small, total
from consult.measures.result import Caveat, Measure
from consult.measures.selection import VIEWS, Selection
from consult.measures.shares import by_group, shares
from consult.translation import later

if TYPE_CHECKING:
    from consult.measures.corpus import Corpus


@dataclass(frozen=True)
class Overview:
    """
    The state of a selection at a glance.

    Attributes:
        n: Responses counted under the campaign view.
        n_matching: Responses that match the filters.
        n_all: Responses in the study.
        showing: ``Showing 312 of 1,216 responses.``
        of: The denominator in words.
        views: One row a campaign view: ``view``, ``n``.
        by_type: Measure by stakeholder type.
        by_country: Measure by country.
        by_language: Measure by language of documents.
        by_day: Measure by day; empty table where nothing has a date.
        by_question: Measure by open question, in the order asked.
        themes: Measure of themes; empty table before tagging.
        topics: Measure of topics; empty table before topics were found.
        campaigns: One row a campaign in the selection; see `campaigns.campaigns_in`.
        possibly_coordinated: One row a group of texts that say the same in other words; see
            `campaigns.possibly_coordinated_in`.
        quality: One row a figure of data quality: ``key``, ``label``, ``n``, ``N``.
        caveats: What a reader must know.
    """

    n: int
    n_matching: int
    n_all: int
    showing: str
    of: str
    views: pd.DataFrame
    by_type: Measure
    by_country: Measure
    by_language: Measure
    by_day: Measure
    by_question: Measure
    themes: Measure
    topics: Measure
    campaigns: pd.DataFrame
    possibly_coordinated: pd.DataFrame
    quality: pd.DataFrame
    caveats: tuple[Caveat, ...]


def overview(corpus: Corpus, selection: Selection | None = None, *, small_hidden: bool = False) -> Overview:
    """
    Count what the first page shows.

    Args:
        corpus: The tables.
        selection: Which responses, under which campaign view.
        small_hidden: Hide counts under 10 and round the others to 5.

    Raises:
        UserError: The study is empty or the selection keeps nothing.
    """
    chosen = selection or Selection()
    kept = selected(corpus, chosen)
    fields = ("stakeholder_type", "country", "language", "day", "question_id")
    everything = select(corpus, chosen.with_(view="all"))
    groups = {name: by_group(corpus, kept, grouping(corpus, name), small_hidden=small_hidden) for name in fields}
    shown = partial(total, small_hidden=small_hidden)
    figures = quality(corpus, kept)
    return Overview(
        n=shown(kept.n),
        n_matching=shown(kept.n_matching),
        n_all=shown(kept.n_all),
        showing=kept.showing(small_hidden=small_hidden),
        of=of_words(corpus, kept, shown(kept.n)),
        views=pd.DataFrame([(v, shown(select(corpus, chosen.with_(view=v)).n)) for v in VIEWS], columns=["view", "n"]),
        by_type=groups["stakeholder_type"],
        by_country=groups["country"],
        by_language=groups["language"],
        by_day=groups["day"],
        by_question=groups["question_id"],
        themes=shares(corpus, "themes", chosen, small_hidden=small_hidden),
        topics=shares(corpus, "topics", chosen, small_hidden=small_hidden),
        campaigns=campaigns_in(corpus, everything),
        possibly_coordinated=possibly_coordinated_in(corpus, everything),
        quality=hide_small(figures) if small_hidden else figures,
        caveats=caveats.applying(corpus, kept, small_hidden=small_hidden),
    )


def quality(corpus: Corpus, kept: Selected) -> pd.DataFrame:
    """
    Return figures on the quality of the data in a selection.

    Returns:
        ``key``, ``label``, ``n``, ``N``; N is responses or texts, as the label says.
    """
    documents, responses = corpus.documents[kept.documents], corpus.responses[kept.responses]
    n_docs, n_responses = len(documents), len(responses)
    wrote = int(documents["response_id"].nunique())
    rows = [
        ("with_text", later("responses with a text to analyse"), wrote, n_responses),
        ("dated", later("responses with a date"), int(responses["submitted_at"].notna().sum()), n_responses),
        ("country", later("responses with a country"), int(responses["country"].notna().sum()), n_responses),
        ("typed", later("responses with a stakeholder type"),
         int((responses["stakeholder_type"] != "unknown").sum()), n_responses),
        ("anonymous", later("responses that are anonymous"), int(responses["anonymous"].sum()), n_responses),
        ("damaged", later("texts that lost letters"), int((documents["damaged"] >= caveats.DAMAGED).sum()), n_docs),
        ("unsure_language", later("texts whose language is unsure"),
         int((documents["language_score"] < 0.5).sum()), n_docs),
        ("short", later("texts under 8 words"), int((documents["n_words"] < 8).sum()), n_docs),
        ("attachments", later("texts that are attachments"), int(documents["attachment"].notna().sum()), n_docs),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["key", "label", "n", "N"])
    return table[table["N"] > 0].reset_index(drop=True)
