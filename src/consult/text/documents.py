"""Answers and attachments become documents: repaired, with their language and their damage."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from consult import schema
from consult.identity import make_id
from consult.ingest.pointers import points_to_attachment
from consult.text.languages import identify_all
from consult.text.repair import count_words, damaged_share, repair

UNREADABLE = 0.5
"""A document that lost more than this share of its characters is kept and counted, but not analysed."""


@dataclass(frozen=True)
class Documents:
    """Tables `documents` and `pages`, and what was set aside with its reason."""

    documents: pd.DataFrame
    pages: pd.DataFrame
    set_aside: pd.DataFrame


def make_documents(
    answers: pd.DataFrame,
    questions: pd.DataFrame,
    responses: pd.DataFrame,
    attachments: pd.DataFrame,
    attachment_pages: pd.DataFrame,
) -> Documents:
    """
    Make one document of each answer to an open question and of each attachment's text.

    A text of which nothing is left after repair, or that only points to an attachment, is set aside. A text of
    which most letters were lost before it reached us stays a document, so that it is counted, and is set aside
    from analysis.

    Args:
        answers: Table `answers`.
        questions: Table `questions`.
        responses: Table `responses`.
        attachments: One row an attachment: response_id, question_id (nullable), attachment, text.
        attachment_pages: One row a page: response_id, attachment, page, start, end (in the attachment's text).

    Returns:
        The documents, the pages of attachments in document offsets, and what was set aside (stage "text").
    """
    open_ids = set(questions.loc[questions["kind"] == "open", "question_id"])
    from_answers = answers[answers["question_id"].isin(open_ids)].assign(attachment=None)
    columns = ["response_id", "question_id", "attachment", "text"]
    parts = [part[columns] for part in (from_answers, attachments) if len(part)]
    if not parts:
        return Documents(schema.empty("documents"), schema.empty("pages"), schema.empty("set_aside"))
    raw = pd.concat(parts, ignore_index=True).merge(
        responses[["response_id", "source_id", "source_row", "declared_language"]],
        on="response_id",
        how="left",
    )
    paged = set(zip(attachment_pages["response_id"], attachment_pages["attachment"], strict=True))
    raw["document_id"] = [
        make_id("d", response, _text_or(attachment, _text_or(question, "")))
        for response, question, attachment in zip(
            raw["response_id"], raw["question_id"], raw["attachment"], strict=True
        )
    ]
    # The text of a paged attachment was repaired page by page on ingest; repairing it again would move its pages.
    raw["text"] = [
        text if (response, attachment) in paged else repair(text)
        for text, response, attachment in zip(raw["text"], raw["response_id"], raw["attachment"], strict=True)
    ]
    has_text = raw["text"].str.len() > 0
    pointer = pd.Series(
        [
            not isinstance(attachment, str) and points_to_attachment(text)
            for text, attachment in zip(raw["text"], raw["attachment"], strict=True)
        ],
        index=raw.index,
        dtype=bool,
    )
    kept = raw[has_text & ~pointer].reset_index(drop=True)
    blank, pointers = raw[~has_text], raw[has_text & pointer]
    declared = [None if pd.isna(value) else str(value) for value in kept["declared_language"]]
    identified = identify_all(kept["text"].tolist(), declared)
    documents = kept[["document_id", *columns]].assign(
        language=[found.language for found in identified],
        language_score=[found.score for found in identified],
        n_words=[count_words(text) for text in kept["text"]],
        damaged=[damaged_share(text) for text in kept["text"]],
    )
    damaged = kept[documents["damaged"] > UNREADABLE]
    set_aside = pd.concat(
        [
            _aside(blank, "nothing is left of the text after repair"),
            _aside(pointers, "only says that the answer is in an attachment"),
            _aside(damaged, "most letters were lost before the text reached us; counted, but not analysed"),
        ],
        ignore_index=True,
    )
    return Documents(
        schema.build("documents", documents),
        _pages(attachment_pages, documents),
        schema.build("set_aside", set_aside) if len(set_aside) else schema.empty("set_aside"),
    )


def readable(documents: pd.DataFrame) -> pd.DataFrame:
    """Return the documents that can be analysed: those that did not lose most of their letters."""
    return documents[documents["damaged"] <= UNREADABLE].reset_index(drop=True)


def _text_or(value: str | float | None, default: str) -> str:
    return default if value is None or pd.isna(value) else str(value)


def _aside(rows: pd.DataFrame, reason: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "source_id": rows["source_id"],
            "stage": "text",
            "source_row": rows["source_row"],
            "item": rows["document_id"],
            "reason": reason,
        }
    )


def _pages(attachment_pages: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    if not len(attachment_pages):
        return schema.empty("pages")
    with_id = attachment_pages.merge(
        documents[["document_id", "response_id", "attachment"]], on=["response_id", "attachment"]
    )
    return schema.build("pages", with_id[["document_id", "page", "start", "end"]])
