"""Answers and attachments become documents: repaired, with their language and their damage."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from consult import schema
from consult.identity import make_id
from consult.ingest.pointers import points_to_attachment
from consult.text.languages import identify_all
from consult.text.repair import count_words, damaged_share, repair

BLOCK = 20_000
"""So many texts are made into documents at a time."""

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
    about = responses.set_index("response_id")[["source_id", "source_row", "declared_language"]]
    paged = set(zip(attachment_pages["response_id"], attachment_pages["attachment"], strict=True))
    made: list[_Part] = []
    for start in range(0, len(answers), BLOCK):
        block = answers.iloc[start : start + BLOCK]
        made.append(_made(block[block["question_id"].isin(open_ids)].assign(attachment=None), about, paged))
    made += [_made(attachments.iloc[i : i + BLOCK], about, paged) for i in range(0, len(attachments), BLOCK)]
    made = [part for part in made if len(part.documents) or len(part.set_aside)]
    if not made:
        return Documents(schema.empty("documents"), schema.empty("pages"), schema.empty("set_aside"))
    set_aside = pd.concat([part.set_aside for part in made], ignore_index=True)
    documents = schema.build("documents", pd.concat([part.documents for part in made], ignore_index=True))
    return Documents(
        documents,
        _pages(attachment_pages, documents),
        schema.build("set_aside", set_aside) if len(set_aside) else schema.empty("set_aside"),
    )


@dataclass(frozen=True)
class _Part:
    documents: pd.DataFrame
    set_aside: pd.DataFrame


def _made(texts: pd.DataFrame, about: pd.DataFrame, paged: set[tuple[str, str]]) -> _Part:
    """Make the documents of some texts: as few at a time that a large study fits in memory."""
    columns = ["response_id", "question_id", "attachment", "text"]
    raw = texts[columns].join(about, on="response_id").reset_index(drop=True)
    raw["document_id"] = [
        make_id("d", response, _text_or(attachment, _text_or(question, "")))
        for response, question, attachment in zip(
            raw["response_id"], raw["question_id"], raw["attachment"], strict=True
        )
    ]
    # The text of a paged attachment was repaired page by page on ingest; repairing it again would move its pages.
    raw["text"] = pd.Series(
        [
            text if (response, attachment) in paged else repair(text)
            for text, response, attachment in zip(raw["text"], raw["response_id"], raw["attachment"], strict=True)
        ],
        dtype="str",
    )
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
    return _Part(documents, set_aside)


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
