"""A coded project of QDA software (REFI-QDA, .qdpx) as a coding to measure against."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from consult.errors import UserError
from consult.themes.gold import Coding, theme_named

if TYPE_CHECKING:
    from consult.themes.codebook import Codebook

SPACE = "urn:QDA-XML:project:1.0"
#: The user under whose name this program writes its own taggings; they are no person's coding.
OURS = "consult"
_LARGEST = 500_000_000


@dataclass(frozen=True)
class Project:
    """
    A coded project, joined to the texts of a study.

    Attributes:
        coding: One row a text of the study that a coded source holds.
        joined: The document of each row.
        codes_left_out: Names of codes that are no theme of the codebook, in the order of the project.
        not_joined: Names of coded sources that hold no text of the study.
    """

    coding: Coding
    joined: dict[int, tuple[str, ...]]
    codes_left_out: tuple[str, ...]
    not_joined: tuple[str, ...]


@dataclass(frozen=True)
class _Source:
    name: str
    text: str
    coded: tuple[tuple[int, int, str], ...]
    """Start, end and code of each selection that a person coded."""


def read_project(
    path: Path,
    codebook: Codebook,
    documents: pd.DataFrame,
    responses: pd.DataFrame,
    questions: pd.DataFrame,
) -> Project:
    """
    Read a project: which themes its coders gave to which texts of a study, and on which words.

    A source stands for the response whose reference its name ends in, else for all texts of the study that stand in
    it word for word. Its texts count as read if anything in the source is coded: a source without any coding counts
    as not read. What is coded by the user 'consult', in a project that this program wrote, is its own answer and does
    not count.

    Args:
        path: A .qdpx file.
        codebook: The codebook in force; codes are joined to its themes by name or id.
        documents: Table `documents`.
        responses: Table `responses`.
        questions: Table `questions`.

    Raises:
        UserError: It is no such project, it is damaged, or nothing in it is coded by a person with a theme.
    """
    codes, sources = _parts(path)
    themes = {guid: theme_named(codebook, name) for guid, name in codes.items()}
    used = dict.fromkeys(code for source in sources for _, _, code in source.coded)
    left_out = tuple(dict.fromkeys(codes[code] for code in used if not themes[code]))
    coded = [s for s in sources if any(themes[code] for _, _, code in s.coded)]
    if not coded:
        message = (
            f"{path.name}: nothing in it is coded by a person with a theme of the codebook '{codebook.codebook_id}' "
            f"(codes used: {', '.join(left_out[:8]) or 'none'}; what the user '{OURS}' coded is the program's own). "
            "Code it first, or give the codes the names of themes."
        )
        raise UserError(message)
    asked = dict(zip(questions["question_id"], questions["text"], strict=True))
    finder = _Finder(documents, responses)
    units: list[dict[str, Any]] = []
    rows: list[dict[str, float]] = []
    evidence: dict[tuple[int, str], tuple[str, ...]] = {}
    joined: dict[int, tuple[str, ...]] = {}
    lost: list[str] = []
    for source in coded:
        found = finder.documents_in(source)
        if not found:
            lost.append(source.name)
        for document, first in found:
            number, last = len(units), first + len(document["text"])
            given = dict.fromkeys(codebook.by_id, 0.0)
            for start, end, code in source.coded:
                theme = themes[code]
                if theme and start < last and first < end:
                    quote = source.text[max(start, first) : min(end, last)]
                    evidence[number, theme] = (*evidence.get((number, theme), ()), quote)
                    given |= dict.fromkeys((theme, *codebook.ancestors(theme)), 1.0)
            question = document["question_id"]
            units.append(
                {
                    "reference": finder.references.get(document["response_id"]),
                    "question": "attachment" if pd.isna(question) else asked.get(question),
                    "text": document["text"],
                    "language": document["language"],
                }
            )
            rows.append(given)
            joined[number] = (document["document_id"],)
    decisions = pd.DataFrame(rows, columns=list(codebook.by_id), dtype=float)
    frame = pd.DataFrame(units, columns=["reference", "question", "text", "language"])
    return Project(Coding(frame, decisions, evidence), joined, left_out, tuple(lost))


class _Finder:
    """Finds the texts of a study in a source."""

    def __init__(self, documents: pd.DataFrame, responses: pd.DataFrame) -> None:
        columns = ["document_id", "response_id", "question_id", "text", "language"]
        records = documents.sort_values("document_id")[columns].to_dict("records")
        self.rows: list[dict[str, Any]] = [{str(k): v for k, v in row.items()} for row in records]
        pairs = zip(responses["response_id"], responses["reference"], strict=True)
        self.references = {r: r if pd.isna(reference) else str(reference) for r, reference in pairs}
        self.by_reference: dict[str, list[dict[str, Any]]] = {}
        for row in self.rows:
            self.by_reference.setdefault(self.references.get(row["response_id"], ""), []).append(row)

    def documents_in(self, source: _Source) -> list[tuple[dict[str, Any], int]]:
        """Return the documents in a source, each with where it starts."""
        stem = source.name.rsplit(".", 1)[0] if source.name.endswith((".txt", ".docx")) else source.name
        named = self.by_reference.get(stem) or self.by_reference.get(stem.rpartition(" ")[2])
        found: list[tuple[dict[str, Any], int]] = []
        taken: list[tuple[int, int]] = []
        # Longest first, so that a short answer is not found inside a longer one.
        for row in sorted(named or self.rows, key=lambda r: -len(r["text"])):
            text = row["text"].replace("\r", "\n")
            at = source.text.find(text) if text.strip() else -1
            while at >= 0 and any(a < at + len(text) and at < b for a, b in taken):
                at = source.text.find(text, at + 1)
            if at >= 0:
                taken.append((at, at + len(text)))
                found.append((row, at))
        return sorted(found, key=lambda pair: pair[1])


def _parts(path: Path) -> tuple[dict[str, str], list[_Source]]:
    """Return the codes by their GUID, and the text sources with what people coded in them."""
    from defusedxml import ElementTree
    from defusedxml.common import DefusedXmlException

    try:
        with zipfile.ZipFile(path) as archive:
            listed = {info.filename: info for info in archive.infolist()}
            entry = next((name for name in sorted(listed) if name.lower().endswith(".qde")), None)
            if entry is None or sum(info.file_size for info in listed.values()) > _LARGEST:
                message = f"{path.name}: it holds no project.qde, or is too large; expected a REFI-QDA project (.qdpx)."
                raise UserError(message)
            root = ElementTree.fromstring(archive.read(entry))
            lower = {name.lower(): name for name in listed}
            return _read(root, lambda name: _file(archive, lower, name), path.name)
    except (OSError, zipfile.BadZipFile, ElementTree.ParseError, DefusedXmlException) as error:
        message = f"{path}: it cannot be read as a REFI-QDA project ({error}). Export it again as .qdpx."
        raise UserError(message) from error


def _file(archive: zipfile.ZipFile, names: dict[str, str], name: str) -> str | None:
    found = names.get(f"sources/{name}".lower()) or names.get(name.lower())
    return None if found is None else archive.read(found).decode("utf-8-sig", "replace").replace("\r\n", "\n")


def _read(root: Any, file: Any, name: str) -> tuple[dict[str, str], list[_Source]]:
    if root.tag != f"{{{SPACE}}}Project":
        message = f"{name}: '{root.tag}' was found; expected a project of REFI-QDA ({SPACE}). Export it as .qdpx."
        raise UserError(message)
    q = f"{{{SPACE}}}"
    codes = {c.get("guid", "").lower(): " ".join(c.get("name", "").split()) for c in root.iter(f"{q}Code")}
    ours = {u.get("guid", "").lower() for u in root.iter(f"{q}User") if u.get("name") == OURS}
    sources = []
    for element in root.iter(f"{q}TextSource"):
        label = element.get("name", "")
        text = element.findtext(f"{q}PlainTextContent")
        if text is None:
            text = file((element.get("plainTextPath") or "").removeprefix("internal://"))
        if text is None:
            message = f"{name}, source '{label}': its text is not in the project; expected it inside. Export it again."
            raise UserError(message)
        coded = [one for selection in element.iter(f"{q}PlainTextSelection") for one in _coded(selection, ours)]
        strange = next((code for _, _, code in coded if code not in codes), None)
        if strange is not None:
            message = f"{name}, source '{label}': the code {strange} is not in its codebook. Export it again."
            raise UserError(message)
        wrong = next((one for one in coded if not 0 <= one[0] <= one[1] <= len(text) + 1), None)
        if wrong is not None:
            message = (
                f"{name}, source '{label}': a selection from {wrong[0]} to {wrong[1]} lies outside its text "
                f"({len(text)} characters). Export the project again."
            )
            raise UserError(message)
        sources.append(_Source(label, text, tuple(coded)))
    return codes, sources


def _coded(selection: Any, ours: set[str]) -> list[tuple[int, int, str]]:
    """Return what people coded at a selection; a position that is no number is -1, which lies outside of any text."""
    q = f"{{{SPACE}}}"
    start, end = (
        int(value) if (value := selection.get(key) or "").isdecimal() else -1
        for key in ("startPosition", "endPosition")
    )
    return [
        (start, end, reference.get("targetGUID", "").lower())
        for coding in selection.findall(f"{q}Coding")
        if coding.get("creatingUser", "").lower() not in ours
        for reference in coding.findall(f"{q}CodeRef")
    ]
