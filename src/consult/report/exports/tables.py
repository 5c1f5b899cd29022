"""The tables that leave the tool: those of the study, masked, and the counts a reader wants beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from consult import measures, schema
from consult.report.filters import in_words
from consult.report.withheld import hidden, withheld_responses
from consult.report.words import STAKEHOLDER
from consult.study import Study
from consult.text.privacy import mask, mask_passages
from consult.translation import capital

# Where respondents' own words stand, and with them maybe e-mail addresses, telephone numbers and IBANs.
WORDS_OF_RESPONDENTS = {
    "answers": ("text",),
    "documents": ("text", "attachment"),
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


PART = (
    "This is a part of the study. {showing} {filters} Every letter of a campaign among them is there. Numbers in the "
    "tables sources, campaigns and topics, and all of set_aside, are of the whole study."
)
NO_RESPONSES = ("consultations", "questions", "themes", "topic_terms")
"""Tables in which nothing can be counted response by response."""


@dataclass(frozen=True)
class Exported:
    """
    What leaves the tool.

    Attributes:
        title: Title of the study.
        tables: The study's tables by name, in the order of `consult.schema`.
        counted: Counts by name; see `COUNTED`. Shares are between 0 and 1, intervals 95 %.
        masked: Whether e-mail addresses, telephone numbers and IBANs were replaced by dots.
        n_withheld: Responses that asked not to be published; their words are dots.
        small_hidden: Whether counts under 10 are hidden; then the tables with one row a response are left out too,
            since anyone could count them.
        about: Which part of the study it is; empty for the whole study.
    """

    title: str
    tables: Mapping[str, pd.DataFrame]
    counted: Mapping[str, pd.DataFrame]
    masked: bool
    n_withheld: int = 0
    small_hidden: bool = False
    about: str = ""

    @property
    def everything(self) -> dict[str, pd.DataFrame]:
        """Tables and counts together."""
        return {**self.tables, **self.counted}


def gather(
    study: Study,
    *,
    unmasked: bool = False,
    small_hidden: bool = False,
    selection: measures.Selection | None = None,
) -> Exported:
    """
    Read the tables to export.

    Masked text keeps its length, so that offsets stay right. The organisation of a response that asked to stay
    anonymous is left out.

    Args:
        study: A study that has been ingested.
        unmasked: Leave texts and organisations as they are.
        small_hidden: Take counts only, those under 10 hidden and the others rounded to 5.
        selection: Which responses, with the texts of theirs that it looks at; its campaign view is passed over, since
            shares are counted under all three. None for the whole study.

    Raises:
        UserError: The study holds no responses, or the selection keeps none.
    """
    names = [name for name in schema.TABLES if name != "persons" or (unmasked and study.has(name))]
    tables = {name: study.read(name) for name in names}
    withheld = withheld_responses(study)
    corpus = measures.Corpus.from_tables(tables)
    chosen = (selection or measures.Selection()).with_(view="all")
    kept = measures.selected(corpus, chosen)
    if withheld:
        tables = _without_words(tables, withheld)
    if not unmasked:
        tables = {name: _masked(name, frame) for name, frame in tables.items()}
        tables["passages"] = mask_passages(tables["passages"], tables["documents"])
    title = study.title if study.settings().get("title") else " and ".join(tables["consultations"]["title"])
    counted = _counted(corpus, kept, small_hidden=small_hidden)
    n_withheld = len(withheld.intersection(corpus.responses["response_id"][kept.responses]))
    if not chosen.whole:
        tables = _part(tables, corpus, kept)
    if small_hidden:
        tables = {name: frame for name, frame in tables.items() if name in NO_RESPONSES}
    about = "" if chosen.whole else _about(corpus, kept, small_hidden=small_hidden)
    return Exported(title, tables, counted, not unmasked, n_withheld, small_hidden, about)


def _about(corpus: measures.Corpus, kept: measures.Selected, *, small_hidden: bool) -> str:
    filters = capital(in_words(corpus, kept.selection))
    return PART.format(showing=kept.showing(small_hidden=small_hidden), filters=filters)


def _part(
    tables: Mapping[str, pd.DataFrame], corpus: measures.Corpus, kept: measures.Selected
) -> dict[str, pd.DataFrame]:
    """Return the tables with the rows of some responses only, and of the texts of theirs that the filters look at."""
    documents = corpus.documents["document_id"][kept.documents]
    rows = {
        "response_id": corpus.responses["response_id"][kept.responses],
        "document_id": documents,
        "passage_id": corpus.passages.loc[corpus.passages["document_id"].isin(documents), "passage_id"],
    }
    members = tables["campaign_members"]
    rows["campaign_id"] = members.loc[members["document_id"].isin(documents), "campaign_id"]
    found = dict(tables)
    for name, frame in tables.items():
        for column in set(rows) & set(frame.columns):
            found[name] = found[name][found[name][column].isin(rows[column])]
    return {name: frame.reset_index(drop=True) for name, frame in found.items()}


def _without_words(tables: Mapping[str, pd.DataFrame], withheld: frozenset[str]) -> dict[str, pd.DataFrame]:
    """Replace the words of responses that asked not to be published by dots, wherever they stand."""
    answers, documents, details = tables["answers"], tables["documents"], tables["topic_details"]
    shut = tables["questions"].loc[tables["questions"]["kind"] == "closed", "question_id"]
    open_ = answers["response_id"].isin(withheld) & ~answers["question_id"].isin(shut)
    mine = documents["response_id"].isin(withheld)
    own = tables["passages"].loc[tables["passages"]["document_id"].isin(documents.loc[mine, "document_id"]), "text"]
    gloss = details["gloss"].map(lambda text: hidden(text) if any(text in words for words in own) else text)
    documents = documents.assign(text=documents["text"].mask(mine, documents["text"].map(hidden)))
    return {
        **tables,
        "answers": answers.assign(text=answers["text"].mask(open_, answers["text"].map(hidden))),
        "documents": documents,
        "passages": mask_passages(tables["passages"], documents),
        "topic_details": details.assign(gloss=gloss.astype(details["gloss"].dtype)),
    }


def _masked(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    columns = WORDS_OF_RESPONDENTS.get(name, ())
    changed = {c: frame[c].map(mask, na_action="ignore").astype(frame[c].dtype) for c in columns}
    if name == "responses":
        changed["organisation"] = changed["organisation"].mask(frame["anonymous"])
    return frame.assign(**changed) if changed else frame


def _counted(corpus: measures.Corpus, kept: measures.Selected, *, small_hidden: bool) -> dict[str, pd.DataFrame]:
    counted: dict[str, pd.DataFrame] = {}
    if len(corpus.themes):
        counted["theme_shares"] = _views(corpus, "themes", kept.selection, small_hidden=small_hidden)
    if len(corpus.topics):
        counted["topic_shares"] = _views(corpus, "topics", kept.selection, small_hidden=small_hidden)
    closed = corpus.questions[corpus.questions["kind"] == "closed"].sort_values("number")
    answers = []
    here = corpus.answers["response_id"].isin(corpus.responses["response_id"][kept.responses])
    asked = set(corpus.answers.loc[here, "question_id"])
    for question, number, text in zip(closed["question_id"], closed["number"], closed["text"], strict=True):
        if question in asked:
            found = measures.closed_answers(corpus, question, kept.selection, small_hidden=small_hidden).table
            answers.append(found.assign(question_id=question, number=number, question=text))
    if answers:
        together = pd.concat(answers, ignore_index=True)
        front = ["question_id", "number", "question"]
        counted["closed_answers"] = together[[*front, *(c for c in together.columns if c not in front)]]
    if len(corpus.themes):
        crossed = measures.crosstab(
            corpus, "stakeholder_type", "themes", kept.selection, small_hidden=small_hidden
        ).table
        hidden = crossed["n"].isna()
        counted["themes_by_type"] = crossed.assign(
            group_label=crossed["group"].map(STAKEHOLDER).astype("str"),
            direction=crossed["direction"].mask(hidden, ""),
        )
    return counted


def _views(corpus: measures.Corpus, what: str, selection: measures.Selection, *, small_hidden: bool) -> pd.DataFrame:
    found = measures.three_views(
        lambda chosen: measures.shares(corpus, what, chosen, small_hidden=small_hidden), selection
    )
    return found.sort_values(["view", "n", "key"], ascending=[True, False, True], ignore_index=True)
