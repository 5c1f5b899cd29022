"""A small study made by hand for the tests of the dashboard: 40 responses, all tables, hostile texts among them."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from consult import schema
from consult.study import Study

HOSTILE = "<script>alert(1)</script> **bold** [link](http://example.org) =1+1 <b>poor people</b> cannot pay."
MAIL = "Poor people cannot pay. Write to ana@example.org."
PLAIN = {
    "en": "Poor people cannot pay for courses.",
    "de": "Arme Menschen können Kurse nicht bezahlen.",
    "fr": "Les étudiants paient trop pour les cours.",
}
TYPES = ("citizen_eu", "ngo", "company", "unknown")
COUNTRIES = ("DE", "FR", None, "BE")
N = 40


def make_study(folder: Path) -> Study:
    """Write the study; its offsets are right and its totals add up."""
    study = Study.create(folder, "A study made by hand")
    study.write({name: schema.build(name, pd.DataFrame(rows)) for name, rows in _tables().items()})
    done = {"stage": "ingest", "key": "x", "seconds": 1.5, "counts": {"responses": N}, "versions": {"consult": "0"}}
    study.log_run(done)
    return study


def _text(number: int) -> tuple[str, str]:
    if number == 0:
        return HOSTILE, "en"
    if number == 1:
        return MAIL, "en"
    language = ("en", "de", "fr")[number % 3]
    return PLAIN[language] if number < 8 else f"{PLAIN[language]} {'x' * (number % 5)}{number}.", language


def _tables() -> dict[str, list[dict[str, Any]]]:
    start = datetime(2021, 6, 1, 9)
    responses, documents, passages, taggings, answers, passage_topics = [], [], [], [], [], []
    for number in range(N):
        rid, did, pid = f"r-{number:03}", f"d-{number:03}", f"p-{number:03}"
        text, language = _text(number)
        responses.append(
            {"response_id": rid, "consultation_id": "c", "source_id": "s", "source_row": number + 1,
             "reference": f"F{number:03}", "submitted_at": start + timedelta(days=number % 9),
             "declared_language": language, "stakeholder_type": TYPES[number % 4],
             "organisation": "The *Starred* Society" if number == 1 else None, "country": COUNTRIES[number % 4],
             "anonymous": number % 7 == 0}
        )  # fmt: skip
        documents.append(
            {"document_id": did, "response_id": rid, "question_id": None if number == 5 else "q1",
             "attachment": "paper.pdf" if number == 5 else None, "text": text, "language": language,
             "language_score": 0.9, "n_words": len(text.split()), "damaged": 0.0}
        )  # fmt: skip
        passages.append({"passage_id": pid, "document_id": did, "start": 0, "end": len(text), "text": text})
        answers.append({"response_id": rid, "question_id": "q2", "text": "Yes" if number % 3 else "No"})
        passage_topics.append({"passage_id": pid, "topic_id": ("t1", "t2", "t0")[number % 3], "strength": 0.5})
        for word, theme in (("oor people", "poverty"), ("Arme Menschen", "poverty"), ("pa", "costs")):
            at = text.find(word)
            if at >= 0:
                taggings.append(
                    {"passage_id": pid, "document_id": did, "response_id": rid, "theme_id": theme, "score": 0.9,
                     "assigned_by": "similarity" if number % 5 == 0 else "rule", "start": at, "end": at + len(word),
                     "phrase": None}
                )  # fmt: skip
    return {
        "consultations": [{"consultation_id": "c", "title": "A call *for* input", "kind": "questionnaire"}],
        "sources": [{"source_id": "s", "consultation_id": "c", "name": "file.csv", "format": "table", "sha256": "0",
                     "n_rows": N + 1, "n_responses": N, "n_set_aside": 1}],
        "questions": [
            {"question_id": "q1", "consultation_id": "c", "number": 1, "text": "What *do* you think?", "kind": "open"},
            {"question_id": "q2", "consultation_id": "c", "number": 2, "text": "Do you agree?", "kind": "closed"},
        ],
        "responses": responses, "documents": documents, "passages": passages, "taggings": taggings,
        "answers": answers, "passage_topics": passage_topics,
        "pages": [{"document_id": "d-005", "page": 1, "start": 0, "end": len(documents[5]["text"])}],
        "campaigns": [{"campaign_id": "k", "n_documents": 2, "n_responses": 2, "representative_document_id": "d-003",
                       "first_at": start, "last_at": start}],
        "campaign_members": [{"document_id": d, "campaign_id": "k", "similarity": 1.0} for d in ("d-003", "d-006")],
        "own_parts": [{"document_id": "d-006", "campaign_id": "k", "start": 5, "end": 11, "n_words": 8}],
        "possibly_coordinated": [
            {"document_id": d, "group_id": "pc", "representative_document_id": "d-009", "likeness": like}
            for d, like in (("d-009", 1.0), ("d-010", 0.81))
        ],
        "topics": [
            {"topic_id": "t0", "parent_id": None, "label": "In no topic", "n_passages": 13, "n_responses": 13,
             "is_outlier": True},
            {"topic_id": "t1", "parent_id": None, "label": "Paying *for* courses", "n_passages": 14,
             "n_responses": 14, "is_outlier": False},
            {"topic_id": "t2", "parent_id": None, "label": "Kurse", "n_passages": 13, "n_responses": 13,
             "is_outlier": False},
        ],
        "topic_terms": [{"topic_id": "t1", "rank": 1, "term": "pay", "weight": 1.0}],
        "topic_details": [{"topic_id": t, "gloss": PLAIN["en"], "found_in": 4, "n_runs": 5} for t in ("t1", "t2")],
        "topic_quotes": [{"topic_id": "t1", "rank": 1, "passage_id": "p-003"}],
        "passage_positions": [{"passage_id": f"p-{n:03}", "x": n % 7, "y": n // 7} for n in range(N)],
        "themes": [
            {"theme_id": "access", "parent_id": None, "name": "Access", "definition": "Who can take part."},
            {"theme_id": "costs", "parent_id": None, "name": "Costs", "definition": "Who pays."},
            {"theme_id": "poverty", "parent_id": "access", "name": "People in poverty", "definition": "The poor."},
        ],
        "set_aside": [
            {"source_id": "s", "stage": "ingest", "source_row": 41, "item": "row 41", "reason": "it is empty"}
        ],
    }  # fmt: skip
