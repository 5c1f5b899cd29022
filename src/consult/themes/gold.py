"""Codings made by people, read from a file, and joined to what the program found."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from consult.errors import UserError
from consult.themes.words import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from consult.themes.codebook import Codebook

_YES = frozenset({"1", "x", "yes", "y", "true", "wahr", "vrai", "oui", "ja"})
_NO = frozenset({"", "0", "no", "n", "false", "falsch", "faux", "non", "nein"})
_UNSURE = frozenset({"?", "borderline", "unsure"})
_PLAIN = ("reference", "question", "text", "language")


@dataclass(frozen=True)
class Coding:
    """
    What a person decided on a set of texts.

    `units`: one row a coded text, with reference and, where the file has them, question, text and
    language. `decisions`: the same rows by themes; 1 given, 0 not given, NaN not decided (left out of
    every score). `evidence`: the words quoted, by (row, theme).
    """

    units: pd.DataFrame
    decisions: pd.DataFrame
    evidence: Mapping[tuple[int, str], tuple[str, ...]]


def read_coding(path: Path | str, codebook: Codebook) -> Coding:
    """
    Read a coded file: JSON lines, or CSV/TSV with one row a text.

    JSON lines hold ``reference``, ``themes`` (ids) and, if known, ``question``, ``text``, ``language``,
    ``evidence`` (quotes by theme) and ``borderline`` (ids not to be scored). A CSV has a column
    ``reference`` and either a column ``themes`` (ids joined by ``;``) or a column for each theme
    (1 or 0, yes or no, x or empty; ``?`` for not decided). A theme given also counts for its broader
    themes.

    Raises:
        UserError: The file cannot be read, has no such columns, or names a theme the codebook lacks.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path}: it cannot be read ({type(error).__name__}); expected a coded file, JSONL or CSV (UTF-8)."
        raise UserError(message) from error
    json_lines = text.lstrip().startswith("{")
    rows = _json_rows(text, path.name) if json_lines else _csv_rows(text, path.name)
    if not rows:
        message = f"{path.name}: no coded text was found; expected one row (or JSON line) for each."
        raise UserError(message)
    return _coding(rows, path.name, codebook)


def _json_rows(text: str, name: str) -> list[dict[str, Any]]:
    rows = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            message = f"{name}, line {number}: this is not JSON ({error.msg}); expected one object a line."
            raise UserError(message) from error
        if not isinstance(row, dict) or "reference" not in row or "themes" not in row:
            message = f"{name}, line {number}: 'reference' or 'themes' is absent; each line needs both."
            raise UserError(message)
        rows.append(row)
    return rows


def _csv_rows(text: str, name: str) -> list[dict[str, Any]]:
    head = text.split("\n", 1)[0]
    delimiter = max("\t;,", key=head.count)
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    columns = reader.fieldnames or []
    if "reference" not in columns:
        message = (
            f"{name}: there is no column 'reference' (found: {', '.join(columns[:8]) or 'none'}); "
            "expected 'reference' and 'themes', or 'reference' and a column for each theme."
        )
        raise UserError(message)
    rows = []
    for number, record in enumerate(reader, start=1):
        row: dict[str, Any] = {k: v for k, v in record.items() if k in _PLAIN and v}
        if "themes" in columns:
            row["themes"] = [t.strip() for t in (record["themes"] or "").split(";") if t.strip()]
            row["borderline"] = [t.strip() for t in (record.get("borderline") or "").split(";") if t.strip()]
        else:
            row |= _cells(record, f"{name}, row {number}")
        rows.append(row)
    return rows


def _cells(record: dict[str, str], where: str) -> dict[str, Any]:
    themes, borderline = [], []
    for column, value in record.items():
        if column is None or column in _PLAIN or column in ("campaign", "coder", "note"):
            continue
        word = (value or "").strip().lower()
        if word in _YES:
            themes.append(column)
        elif word in _UNSURE:
            borderline.append(column)
        elif word not in _NO:
            message = f"{where}, column '{column}': '{value}' is not a decision; write 1 or 0 (or '?' for undecided)."
            raise UserError(message)
    return {"themes": themes, "borderline": borderline}


def _coding(rows: Sequence[dict[str, Any]], name: str, codebook: Codebook) -> Coding:
    themes = [t.theme_id for t in codebook.themes]
    decisions = pd.DataFrame(0.0, index=range(len(rows)), columns=themes)
    evidence: dict[tuple[int, str], tuple[str, ...]] = {}
    for number, row in enumerate(rows):
        for kind, value in (("borderline", float("nan")), ("themes", 1.0)):
            for theme in row.get(kind) or ():
                if theme not in codebook.by_id:
                    message = (
                        f"{name}, row {number + 1}: the codebook '{codebook.codebook_id}' has no theme '{theme}'; "
                        f"its themes are {', '.join(themes)}."
                    )
                    raise UserError(message)
                for each in (theme, *codebook.ancestors(theme)):
                    if value == 1.0 or decisions.loc[number, each] == 0.0:
                        decisions.loc[number, each] = value
        for theme, quotes in (row.get("evidence") or {}).items():
            evidence[number, theme] = tuple(quotes)
    units = pd.DataFrame([{c: row.get(c) for c in _PLAIN} for row in rows])
    return Coding(units, decisions, evidence)


def _tidy(text: object) -> str:
    return " ".join(fold(str(text)).split()) if isinstance(text, str) else ""


def join_coding(
    coding: Coding,
    documents: pd.DataFrame,
    responses: pd.DataFrame,
    questions: pd.DataFrame,
) -> dict[int, tuple[str, ...]]:
    """
    Return the documents that each coded text stands for, by row of `coding.units`.

    A row is joined by its reference; by its question too where it names one ("attachment" stands for any
    attachment); and by its text where the question is asked more than once. Rows that match nothing are
    absent from the result.
    """
    reference = dict(zip(responses["response_id"], responses["reference"], strict=True))
    asked = {q: _tidy(t) for q, t in zip(questions["question_id"], questions["text"], strict=True)}
    by_reference: dict[str, list[tuple[str, str, str]]] = {}
    columns = ["document_id", "response_id", "question_id", "text"]
    for document_id, response_id, question_id, text in documents[columns].itertuples(index=False):
        question = "attachment" if pd.isna(question_id) else asked.get(question_id, "")
        by_reference.setdefault(str(reference.get(response_id)), []).append((document_id, question, _tidy(text)))
    found: dict[int, tuple[str, ...]] = {}
    for number, unit in enumerate(coding.units.to_dict("records")):
        candidates = by_reference.get(str(unit["reference"]), [])
        question, text = _tidy(unit["question"]), _tidy(unit["text"])
        if question:
            candidates = [c for c in candidates if c[1] == question]
        if text and len(candidates) > 1:
            candidates = [c for c in candidates if c[2] == text] or candidates
        if candidates:
            found[number] = tuple(sorted(c[0] for c in candidates))
    return found


def decisions_of(taggings: pd.DataFrame, joined: Mapping[int, tuple[str, ...]], themes: Iterable[str]) -> pd.DataFrame:
    """Return what the taggings say of the coded texts: rows of the coding by themes, 1 or 0."""
    given = set(zip(taggings["document_id"], taggings["theme_id"], strict=True))
    rows = {n: {t: float(any((d, t) in given for d in ids)) for t in themes} for n, ids in sorted(joined.items())}
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(themes))
