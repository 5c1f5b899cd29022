"""The folder that i.AI's ThemeFinder and Consult read: questions, responses, themes and who mentions which."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pandas as pd

from consult.report.exports.delimited import readme
from consult.report.exports.tables import Exported
from consult.report.words import STAKEHOLDER, country_name, language_name

ATTACHMENTS = "Attachments"
NOTE = (
    "One folder a question, as ThemeFinder writes it: question.json, responses.jsonl (response_id, response), "
    "themes.json (topic_id, topic_label, topic_description) and mapping.jsonl (response_id, labels: the themes that "
    "its answer mentions). Themes are those of the codebook. stances is empty: nothing is interpreted. Texts of "
    "attachments are a question of their own. respondents.jsonl says who answered."
)


def themefinder_files(exported: Exported) -> dict[str, bytes]:
    """Return the files of the folder by their paths in it."""
    tables = exported.tables
    themes = [
        {"topic_id": key, "topic_label": name, "topic_description": words, "topic": f"{name}: {words}"}
        for key, name, words in zip(
            tables["themes"]["theme_id"], tables["themes"]["name"], tables["themes"]["definition"], strict=True
        )
    ]
    files = {
        "respondents.jsonl": _lines(_respondents(tables["responses"], tables["documents"])),
        "README.txt": readme(exported, NOTE).encode(),
    }
    tagged = tables["taggings"].drop_duplicates(["document_id", "theme_id"])
    said = tagged.sort_values(["document_id", "theme_id"]).groupby("document_id")["theme_id"].agg(list).to_dict()
    for folder, question, documents in _parts(tables["questions"], tables["documents"]):
        texts = documents.groupby("response_id")["text"].agg("\n\n".join)
        labels: dict[str, set[str]] = {response: set() for response in texts.index}
        for document, response in zip(documents["document_id"], documents["response_id"], strict=True):
            labels[response].update(said.get(document, ()))
        files |= {
            f"{folder}/question.json": _json(question),
            f"{folder}/responses.jsonl": _lines({"response_id": r, "response": text} for r, text in texts.items()),
            f"{folder}/themes.json": _json(themes),
            f"{folder}/mapping.jsonl": _lines(
                {"response_id": response, "labels": sorted(found), "stances": []}
                for response, found in sorted(labels.items())
            ),
        }
    return files


def _parts(questions: pd.DataFrame, documents: pd.DataFrame) -> Iterable[tuple[str, dict[str, Any], pd.DataFrame]]:
    """Yield folder, question and documents of each question that was answered in words, then those of attachments."""
    ordered = documents.sort_values(["response_id", "document_id"])
    attached = ordered["attachment"].notna()
    several = len(set(questions["consultation_id"])) > 1
    for row in questions.sort_values(["consultation_id", "number"]).to_dict("records"):
        mine = ordered[(ordered["question_id"] == row["question_id"]) & ~attached]
        if len(mine):
            folder = f"question_part_{row['number']}"
            folder = f"{row['consultation_id']}/{folder}" if several else folder
            yield folder, {"question_number": row["number"], "question_text": row["text"]}, mine
    if attached.any():
        last = int(questions["number"].max()) + 1 if len(questions) else 1
        question = {"question_number": last, "question_text": ATTACHMENTS}
        yield "question_part_attachments", question, ordered[attached]


def _respondents(responses: pd.DataFrame, documents: pd.DataFrame) -> Iterable[dict[str, Any]]:
    spoken = documents.sort_values("document_id").drop_duplicates("response_id").set_index("response_id")["language"]
    for row in responses.to_dict("records"):
        response = row["response_id"]
        about = {
            "stakeholder type": STAKEHOLDER[row["stakeholder_type"]],
            "country": country_name(row["country"]) if isinstance(row["country"], str) else None,
            "organisation size": row["organisation_size"] if isinstance(row["organisation_size"], str) else None,
            "language": language_name(spoken[response]) if response in spoken.index else None,
            "reference": row["reference"] if isinstance(row["reference"], str) else None,
        }
        yield {"response_id": response, "demographic_data": {k: v for k, v in about.items() if v is not None}}


def _json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, indent=2).encode()


def _lines(records: Iterable[dict[str, Any]]) -> bytes:
    return "".join(f"{json.dumps(record, ensure_ascii=False)}\n" for record in records).encode()
