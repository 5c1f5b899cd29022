"""What was found in a study, at a glance: the same facts for the command line and for the report's first page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from consult import measures
from consult.report.quotes import Quotable, Quote
from consult.report.withheld import withheld_glosses
from consult.study import Study


@dataclass(frozen=True)
class Finding:
    """A theme or topic with its share of responses and the words behind it."""

    key: str
    label: str
    n: int
    N: int
    share: float
    low: float
    high: float
    quotes: tuple[Quote, ...]
    gloss: str = ""


@dataclass(frozen=True)
class Summary:
    """
    The first page of a study.

    Attributes:
        title: Title of the study, or of its only consultation.
        consultations: Table `consultations`.
        sources: Table `sources`.
        set_aside: One row a stage and reason: stage, reason, n.
        overview: Counts of the whole study.
        topics: Topics by share, largest first; broader topics left out.
        themes: Themes by share, largest first; those nobody mentions last.
    """

    title: str
    consultations: pd.DataFrame
    sources: pd.DataFrame
    set_aside: pd.DataFrame
    overview: measures.Overview
    topics: tuple[Finding, ...]
    themes: tuple[Finding, ...]


def summarise(study: Study, *, n_quotes: int = 1, top: int | None = None) -> Summary:
    """
    Gather what was found.

    Args:
        study: A study whose stages have run.
        n_quotes: Quotes for each topic and theme.
        top: How many topics and themes; None takes all.

    Raises:
        UserError: The study holds no responses.
    """
    corpus = measures.Corpus.from_study(study)
    overview = measures.overview(corpus)
    quotable = Quotable.from_study(study)
    consultations = study.read("consultations")
    aside = study.read("set_aside")
    grouped = aside.groupby(["stage", "reason"], as_index=False).size().rename(columns={"size": "n"})
    details = study.read("topic_details").set_index("topic_id")["gloss"]
    details = details[~details.isin(withheld_glosses(study, details))]
    broader = set(study.read("topics")["parent_id"].dropna())
    leaves = overview.topics.table[~overview.topics.table["key"].isin(broader)]
    topics = _findings(leaves, top, lambda key: quotable.for_topic(key, n_quotes))
    return Summary(
        title=study.title if study.settings().get("title") else " and ".join(consultations["title"]),
        consultations=consultations,
        sources=study.read("sources"),
        set_aside=grouped.sort_values(["n", "reason"], ascending=[False, True], ignore_index=True),
        overview=overview,
        topics=tuple(Finding(**{**vars(t), "gloss": str(details.get(t.key, ""))}) for t in topics),
        themes=tuple(_findings(overview.themes.table, top, lambda key: quotable.for_theme(key, n_quotes))),
    )


def _findings(table: pd.DataFrame, top: int | None, quotes: Callable[[str], list[Quote]]) -> list[Finding]:
    ordered = table.sort_values(["n", "key"], ascending=[False, True])
    chosen = ordered if top is None else ordered.head(top)
    return [
        Finding(
            key=row["key"],
            label=row["label"],
            n=int(row["n"]),
            N=int(row["N"]),
            share=float(row["share"]),
            low=float(row["low"]),
            high=float(row["high"]),
            quotes=tuple(quotes(row["key"])),
        )
        for row in chosen.to_dict("records")
    ]
