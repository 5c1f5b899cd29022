"""
The REFI-QDA exchange standard (version 1.5): codebook (.qdc) and project (.qdpx) for QDA software.

Positions count Unicode code points from 0, as Python's strings do; `endPosition` is one past the last. Sources
are UTF-8 with single line feeds, so that a position means the same everywhere.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET

import pandas as pd

from consult.report.exports.files import zipped
from consult.report.exports.tables import Exported
from consult.report.words import STAKEHOLDER, country_name, language_name
from consult.themes.codebook import Codebook

CODEBOOK_SPACE = "urn:QDA-XML:codebook:1.0"
PROJECT_SPACE = "urn:QDA-XML:project:1.0"
_IDS = uuid.UUID("b1d3c6a8-0f5e-5d1b-9d43-6d0c1a2e4f70")
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
TOPICS = "Topics (machine-made)"
VARIABLES = ("type of respondent", "country", "language", "reference")


def guid(*parts: str) -> str:
    """Return the same GUID for the same parts, everywhere and always."""
    return str(uuid.uuid5(_IDS, "\x1f".join(parts)))


def codebook_xml(codebook: Codebook) -> bytes:
    """Return the codebook as a .qdc file."""
    root = ET.Element("CodeBook", {"xmlns": CODEBOOK_SPACE, "origin": "consult"})
    _theme_codes(ET.SubElement(root, "Codes"), codebook)
    return _xml(root)


def project_archive(exported: Exported, codebook: Codebook | None, made_at: str) -> bytes:
    """
    Return the study as a .qdpx file: themes and topics as codes, responses as sources and cases.

    A source holds all texts of one response, each under a line that names its question or attachment.

    Args:
        exported: The tables.
        codebook: The codebook in force, if any.
        made_at: Time that the project states it was made at, ISO 8601.
    """
    user = guid("user")
    stamp = {"creatingUser": user, "creationDateTime": made_at}
    sources = _sources(exported)
    root = ET.Element(
        "Project",
        {
            "xmlns": PROJECT_SPACE,
            "name": _clean(exported.title),
            "origin": "consult",
            "creatingUserGUID": user,
            "creationDateTime": made_at,
        },
    )
    ET.SubElement(ET.SubElement(root, "Users"), "User", {"guid": user, "name": "consult"})
    codes = ET.SubElement(ET.SubElement(root, "CodeBook"), "Codes")
    if codebook is not None:
        _theme_codes(codes, codebook)
    _topic_codes(codes, exported.tables["topics"])
    variables = ET.SubElement(root, "Variables")
    for name in VARIABLES:
        ET.SubElement(variables, "Variable", {"guid": guid("variable", name), "name": name, "typeOfVariable": "Text"})
    _cases(ET.SubElement(root, "Cases"), exported, {source.response_id for source in sources})
    listed = ET.SubElement(root, "Sources")
    for source in sources:
        _source(listed, source, stamp)
    # The schema wants at least one of each, or none of the whole part.
    for part in [part for part in root if not len(codes if part.tag == "CodeBook" else part)]:
        root.remove(part)
    if exported.about:
        ET.SubElement(root, "Description").text = _clean(exported.about)
    files = {"project.qde": _xml(root)}
    files.update({f"sources/{source.guid}.txt": source.text.encode() for source in sources})
    return zipped(files)


@dataclass
class _Source:
    """All texts of one response in one, with what is coded in it."""

    response_id: str
    name: str
    text: str = ""
    coded: list[tuple[int, int, str, str, str]] = field(default_factory=list)

    @property
    def guid(self) -> str:
        return guid("source", self.response_id)


def _sources(exported: Exported) -> list[_Source]:
    tables = exported.tables
    headings = _headings(tables["questions"])
    numbers = tables["questions"].set_index("question_id")["number"]
    references = tables["responses"].set_index("response_id")["reference"]
    coded = _coded(tables)
    sources: dict[str, _Source] = {}
    documents = tables["documents"].join(numbers, on="question_id")
    for row in documents.sort_values(["response_id", "number", "document_id"]).to_dict("records"):
        response, reference = row["response_id"], references[row["response_id"]]
        name = f"Response {reference if isinstance(reference, str) else response}"
        source = sources.setdefault(response, _Source(response, name))
        heading = row["attachment"] if isinstance(row["attachment"], str) else headings.get(row["question_id"], "Text")
        source.text += f"{chr(10) * 2 if source.text else ''}[{heading}]\n"
        shift = len(source.text)
        text = row["text"].replace("\r", "\n")
        source.text += text
        for start, end, code, key, note in coded.get(row["document_id"], ()):
            source.coded.append((start + shift, end + shift, code, key, note))
    return [sources[key] for key in sorted(sources)]


def _headings(questions: pd.DataFrame) -> dict[str, str]:
    return {
        key: f"Question {number}: {text}"
        for key, number, text in zip(questions["question_id"], questions["number"], questions["text"], strict=True)
    }


def _coded(tables: Any) -> dict[str, list[tuple[int, int, str, str, str]]]:
    """Return what is coded in each document: start, end, code, key of the selection, note."""
    found: dict[str, list[tuple[int, int, str, str, str]]] = {}
    taggings = tables["taggings"].sort_values(["document_id", "start", "end", "theme_id", "assigned_by"])
    for row in taggings.to_dict("records"):
        note = f"by {row['assigned_by']}, score {row['score']:.2f}"
        note += f", phrase {row['phrase']}" if isinstance(row["phrase"], str) else ""
        found.setdefault(row["document_id"], []).append(
            (row["start"], row["end"], guid("theme", row["theme_id"]), f"{row['theme_id']} {row['assigned_by']}", note)
        )
    topics = tables["topics"]
    outlier = set(topics.loc[topics["is_outlier"], "topic_id"])
    placed = tables["passage_topics"].merge(tables["passages"], on="passage_id")
    placed = placed[~placed["topic_id"].isin(outlier)].sort_values(["document_id", "start"])
    for row in placed.to_dict("records"):
        found.setdefault(row["document_id"], []).append(
            (row["start"], row["end"], guid("topic", row["topic_id"]), row["passage_id"], f"fits {row['strength']:.2f}")
        )
    return found


# Parts of the XML ------------------------------------------------------------------------------------


def _theme_codes(parent: ET.Element, codebook: Codebook) -> None:
    made: dict[str, ET.Element] = {}
    waiting = list(codebook.themes)
    while waiting:  # parents may stand after their children in the file
        for theme in [t for t in waiting if t.parent_id is None or t.parent_id in made]:
            above = parent if theme.parent_id is None else made[theme.parent_id]
            code = ET.SubElement(
                above, "Code", {"guid": guid("theme", theme.theme_id), "name": _clean(theme.name), "isCodable": "true"}
            )
            parts = [theme.definition]
            parts += [f"Counts: {text}" for text in theme.counts]
            parts += [f"Does not count: {text}" for text in theme.does_not_count]
            ET.SubElement(code, "Description").text = _clean("\n".join(parts))
            made[theme.theme_id] = code
            waiting.remove(theme)


def _topic_codes(parent: ET.Element, topics: pd.DataFrame) -> None:
    kept = topics[~topics["is_outlier"]].sort_values(["n_responses", "topic_id"], ascending=[False, True])
    if not len(kept):
        return
    root = ET.SubElement(parent, "Code", {"guid": guid("topics"), "name": TOPICS, "isCodable": "false"})
    made: dict[str, ET.Element] = {}
    ids = set(kept["topic_id"])
    waiting = [
        (key, above if above in ids else None, label)
        for key, above, label in zip(kept["topic_id"], kept["parent_id"], kept["label"], strict=True)
    ]
    while waiting:
        for one in [w for w in waiting if w[1] is None or w[1] in made]:
            key, above, label = one
            made[key] = ET.SubElement(
                root if above is None else made[above],
                "Code",
                {"guid": guid("topic", key), "name": _clean(label), "isCodable": "true"},
            )
            waiting.remove(one)


def _cases(parent: ET.Element, exported: Exported, with_text: set[str]) -> None:
    documents = exported.tables["documents"].sort_values(["response_id", "document_id"])
    spoken = documents.drop_duplicates("response_id").set_index("response_id")["language"]
    for row in exported.tables["responses"].to_dict("records"):
        response = row["response_id"]
        if response not in with_text:
            continue
        reference = row["reference"] if isinstance(row["reference"], str) else response
        case = ET.SubElement(parent, "Case", {"guid": guid("case", response), "name": _clean(f"Response {reference}")})
        values = (
            STAKEHOLDER[row["stakeholder_type"]],
            country_name(row["country"]) if isinstance(row["country"], str) else "",
            language_name(spoken[response]),
            str(reference),
        )
        for name, value in zip(VARIABLES, values, strict=True):
            holder = ET.SubElement(case, "VariableValue")
            ET.SubElement(holder, "VariableRef", {"targetGUID": guid("variable", name)})
            ET.SubElement(holder, "TextValue").text = _clean(value)
        ET.SubElement(case, "SourceRef", {"targetGUID": guid("source", response)})


def _source(parent: ET.Element, source: _Source, stamp: dict[str, str]) -> None:
    element = ET.SubElement(
        parent,
        "TextSource",
        {
            "guid": source.guid,
            "name": _clean(source.name),
            "plainTextPath": f"internal://{source.guid}.txt",
            **stamp,
        },
    )
    for start, end, code, key, note in source.coded:
        place = (source.response_id, str(start), str(end), code, key)
        selection = ET.SubElement(
            element,
            "PlainTextSelection",
            {
                "guid": guid("selection", *place),
                "name": _clean(" ".join(source.text[start:end].split())[:60]),
                "startPosition": str(start),
                "endPosition": str(end),
                **stamp,
            },
        )
        ET.SubElement(selection, "Description").text = _clean(note)
        coding = ET.SubElement(selection, "Coding", {"guid": guid("coding", *place), **stamp})
        ET.SubElement(coding, "CodeRef", {"targetGUID": code})


def _clean(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return _FORBIDDEN.sub("", text)


def _xml(root: ET.Element) -> bytes:
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))
