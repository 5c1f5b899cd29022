"""Answers and attachments become documents: repaired, with their language and their damage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from consult import schema
from consult.identity import make_id
from consult.ingest.pointers import pointers_among
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
    progress: Callable[[int, int], None] | None = None,
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
        progress: Called with how many texts are done and how many there are.

    Returns:
        The documents, the pages of attachments in document offsets, and what was set aside (stage "text").
    """
    open_ids = set(questions.loc[questions["kind"] == "open", "question_id"])
    about = responses[["source_id", "source_row", "declared_language"]].reset_index(drop=True)
    paged = set(zip(attachment_pages["response_id"], attachment_pages["attachment"], strict=True))
    places = np.flatnonzero(answers["question_id"].isin(open_ids))
    asked = answers[["response_id", "question_id"]].iloc[places].assign(attachment=None)
    asked = asked.assign(place=places, row=_rows_of(asked, responses), document_id=_document_ids(asked))
    # Made in the order of their ids: sorting a million texts afterwards would hold them in memory twice.
    asked = asked.drop(columns=["response_id", "question_id"]).sort_values("document_id")
    attached = attachments.assign(document_id=_document_ids(attachments), row=_rows_of(attachments, responses))
    total = len(asked) + len(attached)
    made: list[_Part] = []
    for start in range(0, total, BLOCK):
        if progress:
            progress(start, total)
        end = start + BLOCK
        block = asked.iloc[start:end]
        written = answers.iloc[block["place"]].reset_index(drop=True).join(block.reset_index(drop=True))
        files = attached.iloc[max(0, start - len(asked)) : max(0, end - len(asked))]
        made += [_made(texts, about, paged) for texts in (written, files) if len(texts)]
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
    """Make the documents of some texts (with their ids and `row`, the place of the response in `about`)."""
    columns = ["document_id", "response_id", "question_id", "attachment"]
    response, attachment = texts["response_id"].tolist(), texts["attachment"].tolist()
    # The text of a paged attachment was repaired page by page on ingest; repairing it again would move its pages.
    mended = [
        text if key in paged else repair(text)
        for text, key in zip(texts["text"].tolist(), zip(response, attachment, strict=True), strict=True)
    ]
    raw = about.reindex(texts["row"]).reset_index(drop=True)
    raw[columns] = texts[columns].reset_index(drop=True)
    raw["text"] = pd.Series(mended, dtype="str")
    has_text = np.array([bool(text) for text in mended])
    pointer = np.array(pointers_among(mended)) & [not isinstance(file, str) for file in attachment]
    kept = raw[has_text & ~pointer].reset_index(drop=True)
    blank, pointers = raw[~has_text], raw[has_text & pointer]
    analysed = kept["text"].tolist()
    declared = [None if pd.isna(value) else str(value) for value in kept["declared_language"]]
    identified = identify_all(analysed, declared)
    documents = kept[[*columns, "text"]].assign(
        language=pd.Series([found.language for found in identified], dtype="str"),
        language_score=[found.score for found in identified],
        n_words=[count_words(text) for text in analysed],
        damaged=[damaged_share(text) for text in analysed],
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


def _rows_of(texts: pd.DataFrame, responses: pd.DataFrame) -> np.ndarray:
    """Return where the response of each text stands; -1 where there is none."""
    wanted, there = (pa.array(frame["response_id"], pa.large_string()) for frame in (texts, responses))
    return np.asarray(pc.index_in(wanted, value_set=there).fill_null(-1))


def _document_ids(texts: pd.DataFrame) -> pd.Series:
    """Make an id from the response and the attachment's name, or else the question."""
    made = [pd.Series([], index=texts.index[:0], dtype="str")]
    for start in range(0, len(texts), BLOCK):
        block = texts.iloc[start : start + BLOCK]
        columns = (block[name].tolist() for name in ("response_id", "question_id", "attachment"))
        names = [make_id("d", r, _text_or(a, _text_or(q, ""))) for r, q, a in zip(*columns, strict=True)]
        made.append(pd.Series(names, index=block.index, dtype="str"))
    ids: pd.Series = pd.concat(made)
    return ids


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
