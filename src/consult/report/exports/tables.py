"""The tables that leave the tool: those of the study, masked, and the counts a reader wants beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from consult import measures, schema
from consult.report.words import STAKEHOLDER
from consult.study import Study
from consult.text.privacy import mask

# Where respondents' own words stand, and with them maybe e-mail addresses, telephone numbers and IBANs.
WORDS_OF_RESPONDENTS = {
    "answers": ("text",),
    "documents": ("text", "attachment"),
    "passages": ("text",),
    "responses": ("organisation",),
    "topic_details": ("gloss",),
    "topic_terms": ("term",),
    "set_aside": ("item", "reason"),
}

COUNTED = {
    "theme_shares": "How many responses mention each theme, under each campaign view.",
    "topic_shares": "How many responses speak of each topic, under each campaign view.",
    "closed_answers": "How many responses gave each answer, of those who answered the question.",
    "themes_by_type": "Themes by type of respondent, with tests.",
}
"""Tables that are counted for the export, with what they hold."""


@dataclass(frozen=True)
class Exported:
    """
    What leaves the tool.

    Attributes:
        title: Title of the study.
        tables: The study's tables by name, in the order of `consult.schema`.
        counted: Counts by name; see `COUNTED`. Shares are between 0 and 1, intervals 95 %.
        masked: Whether e-mail addresses, telephone numbers and IBANs were replaced by dots.
    """

    title: str
    tables: Mapping[str, pd.DataFrame]
    counted: Mapping[str, pd.DataFrame]
    masked: bool

    @property
    def everything(self) -> dict[str, pd.DataFrame]:
        """Tables and counts together."""
        return {**self.tables, **self.counted}


def gather(study: Study, *, unmasked: bool = False) -> Exported:
    """
    Read the tables to export.

    Masked text keeps its length, so that offsets stay right. The organisation of a response that asked to stay
    anonymous is left out.

    Args:
        study: A study that has been ingested.
        unmasked: Leave texts and organisations as they are.

    Raises:
        UserError: The study holds no responses.
    """
    tables = {name: study.read(name) for name in schema.TABLES}
    corpus = measures.Corpus.from_tables(tables)
    measures.selected(corpus)
    if not unmasked:
        tables = {name: _masked(name, frame) for name, frame in tables.items()}
    title = study.title if study.settings().get("title") else " and ".join(tables["consultations"]["title"])
    return Exported(title, tables, _counted(corpus), masked=not unmasked)


def _masked(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    columns = WORDS_OF_RESPONDENTS.get(name, ())
    changed = {c: frame[c].map(mask, na_action="ignore").astype(frame[c].dtype) for c in columns}
    if name == "responses":
        changed["organisation"] = changed["organisation"].mask(frame["anonymous"])
    return frame.assign(**changed) if changed else frame


def _counted(corpus: measures.Corpus) -> dict[str, pd.DataFrame]:
    counted: dict[str, pd.DataFrame] = {}
    if len(corpus.themes):
        counted["theme_shares"] = _views(corpus, "themes")
    if len(corpus.topics):
        counted["topic_shares"] = _views(corpus, "topics")
    closed = corpus.questions[corpus.questions["kind"] == "closed"].sort_values("number")
    answers = []
    asked = set(corpus.answers["question_id"])
    for question, number, text in zip(closed["question_id"], closed["number"], closed["text"], strict=True):
        if question in asked:
            found = measures.closed_answers(corpus, question).table
            answers.append(found.assign(question_id=question, number=number, question=text))
    if answers:
        together = pd.concat(answers, ignore_index=True)
        front = ["question_id", "number", "question"]
        counted["closed_answers"] = together[[*front, *(c for c in together.columns if c not in front)]]
    if len(corpus.themes):
        crossed = measures.crosstab(corpus, "stakeholder_type", "themes").table
        counted["themes_by_type"] = crossed.assign(group_label=crossed["group"].map(STAKEHOLDER).astype("str"))
    return counted


def _views(corpus: measures.Corpus, what: str) -> pd.DataFrame:
    found = measures.three_views(lambda chosen: measures.shares(corpus, what, chosen))
    return found.sort_values(["view", "n", "key"], ascending=[True, False, True], ignore_index=True)
