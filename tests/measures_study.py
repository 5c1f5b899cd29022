"""Small hand-made studies for the tests of measures, charts and claims."""

from __future__ import annotations

from typing import Any

import pandas as pd

from consult import schema
from consult.measures import Corpus

OPEN, SECOND, CLOSED = "q-open", "q-second", "q-closed"


def response(key: str, **fields: Any) -> dict[str, Any]:
    row = {
        "response_id": f"r-{key}",
        "consultation_id": "c-1",
        "source_id": "s-1",
        "source_row": 1,
        "stakeholder_type": "citizen_eu",
        "country": "DE",
        "submitted_at": pd.Timestamp("2020-04-01 10:00"),
        "anonymous": False,
    }
    return row | fields


def document(key: str, of: str, **fields: Any) -> dict[str, Any]:
    row = {
        "document_id": f"d-{key}",
        "response_id": f"r-{of}",
        "question_id": OPEN,
        "attachment": None,
        "text": "Some words.",
        "language": "en",
        "language_score": 0.9,
        "n_words": 20,
        "damaged": 0.0,
    }
    return row | fields


def tagging(of: str, theme: str, response: str, **fields: Any) -> dict[str, Any]:
    row = {
        "passage_id": f"p-{of}",
        "document_id": f"d-{of}",
        "response_id": f"r-{response}",
        "theme_id": theme,
        "assigned_by": "rule",
        "score": 1.0,
        "start": 0,
        "end": 4,
        "phrase": "some",
    }
    return row | fields


def typed(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Return a table with its columns and types, unchecked: faster, for tests with many tables."""
    columns = schema.table(name).columns
    return pd.DataFrame({c.name: pd.Series([row.get(c.name) for row in rows], dtype=c.dtype) for c in columns})


def tables(*, quick: bool = False, **given: Any) -> dict[str, pd.DataFrame]:
    """Return tables, checked unless `quick`; questions and themes are there if not given."""
    given.setdefault("consultations", [{"consultation_id": "c-1", "title": "Test", "kind": "questionnaire"}])
    given.setdefault(
        "questions",
        [
            {"question_id": OPEN, "consultation_id": "c-1", "number": 1, "text": "What do you think?", "kind": "open"},
            {"question_id": SECOND, "consultation_id": "c-1", "number": 2, "text": "What else?", "kind": "open"},
            {"question_id": CLOSED, "consultation_id": "c-1", "number": 3, "text": "Do you agree?", "kind": "closed"},
        ],
    )
    given.setdefault(
        "themes",
        [
            {"theme_id": t, "parent_id": parent, "name": t.title(), "definition": "."}
            for t, parent in (("access", None), ("roma", "access"), ("money", None), ("never", None))
        ],
    )
    make = typed if quick else schema.build
    return {name: make(name, rows) for name, rows in given.items()}


def passages_of(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One passage a document, called after it."""
    return [
        {"passage_id": d["document_id"].replace("d-", "p-"), "document_id": d["document_id"], "start": 0, "end": 4,
         "text": d["text"][:4]}
        for d in documents
    ]  # fmt: skip


def small() -> dict[str, pd.DataFrame]:
    """
    Ten responses counted by hand.

    a to d: citizens from DE (a, b, c) and FR (d); e to g: NGOs from FR, one registered; h: company
    without country; i: unknown and anonymous, closed answer only; j: citizen, April 20, no document.
    a, b, c sent one campaign letter (b is the representative); c wrote an own answer beside it.
    Themes: access in a, b, c (letter), e, f; roma (child of access) in e; money in c (own answer), d, e.
    Languages: en, but d and e write French. Closed: Yes a, b, e; No d, i.
    """
    responses = [
        response("a"), response("b"), response("c"),
        response("d", country="FR", submitted_at=pd.Timestamp("2020-04-02 23:59")),
        response("e", country="FR", stakeholder_type="ngo", transparency_register="123-45"),
        response("f", country="FR", stakeholder_type="ngo", submitted_at=pd.Timestamp("2020-04-10")),
        response("g", country="FR", stakeholder_type="ngo", submitted_at=None),
        response("h", country=None, stakeholder_type="company"),
        response("i", stakeholder_type="unknown", anonymous=True),
        response("j", submitted_at=pd.Timestamp("2020-04-20")),
    ]  # fmt: skip
    documents = [
        document("a", "a"), document("b", "b"), document("c", "c"),
        document("c2", "c", question_id=SECOND),
        document("d", "d", language="fr"), document("e", "e", language="fr"),
        document("e2", "e", question_id=None, attachment="paper.pdf", damaged=0.2),
        document("f", "f"), document("g", "g"), document("h", "h"),
    ]  # fmt: skip
    taggings = [
        tagging("a", "access", "a"), tagging("b", "access", "b"), tagging("c", "access", "c"),
        tagging("e", "access", "e"), tagging("e", "roma", "e"), tagging("f", "access", "f"),
        tagging("e2", "access", "e"), tagging("a", "access", "a", start=6, end=9),
        tagging("c2", "money", "c"), tagging("d", "money", "d"), tagging("e2", "money", "e"),
    ]  # fmt: skip
    topics = [
        {
            "topic_id": "t-1",
            "parent_id": None,
            "label": "Everything",
            "n_passages": 3,
            "n_responses": 2,
            "is_outlier": False,
        },
        {
            "topic_id": "t-2",
            "parent_id": "t-1",
            "label": "Part",
            "n_passages": 2,
            "n_responses": 2,
            "is_outlier": False,
        },
        {"topic_id": "t-0", "parent_id": None, "label": "None", "n_passages": 1, "n_responses": 1, "is_outlier": True},
    ]
    return tables(
        responses=responses,
        documents=documents,
        passages=passages_of(documents),
        taggings=taggings,
        topics=topics,
        passage_topics=[
            {"passage_id": "p-d", "topic_id": "t-2", "strength": 1.0},
            {"passage_id": "p-e", "topic_id": "t-2", "strength": 1.0},
            {"passage_id": "p-e2", "topic_id": "t-1", "strength": 1.0},
            {"passage_id": "p-h", "topic_id": "t-0", "strength": 1.0},
        ],
        answers=[
            *({"response_id": f"r-{r}", "question_id": CLOSED, "text": "Yes"} for r in "abe"),
            *({"response_id": f"r-{r}", "question_id": CLOSED, "text": "No"} for r in "di"),
            {"response_id": "r-a", "question_id": OPEN, "text": "Some words."},
        ],
        campaigns=[
            {"campaign_id": "ca-1", "n_documents": 3, "n_responses": 3, "representative_document_id": "d-b"}
        ],
        campaign_members=[
            {"document_id": "d-a", "campaign_id": "ca-1", "similarity": 0.9},
            {"document_id": "d-b", "campaign_id": "ca-1", "similarity": 1.0},
            {"document_id": "d-c", "campaign_id": "ca-1", "similarity": 0.8},
        ],
    )  # fmt: skip


def small_corpus() -> Corpus:
    return Corpus.from_tables(small())


def two_groups(n_a: int, hits_a: int, n_b: int, hits_b: int) -> Corpus:
    """Citizens and NGOs, the first of each mentioning access."""
    rows, docs, tags = [], [], []
    for kind, size, hits in (("citizen_eu", n_a, hits_a), ("ngo", n_b, hits_b)):
        for i in range(size):
            key = f"{kind}{i:04d}"
            rows.append(response(key, stakeholder_type=kind))
            docs.append(document(key, key))
            if i < hits:
                tags.append(tagging(key, "access", key))
    return Corpus.from_tables(
        tables(quick=True, responses=rows, documents=docs, passages=passages_of(docs), taggings=tags)
    )
