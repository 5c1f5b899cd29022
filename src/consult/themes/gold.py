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
from consult.themes.codebook_files import slug
from consult.themes.words import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from consult.themes.codebook import Codebook

_YES = frozenset({"1", "x", "yes", "y", "true", "wahr", "vrai", "oui", "ja"})
_NO = frozenset({"", "0", "no", "n", "false", "falsch", "faux", "non", "nein"})
_UNSURE = frozenset({"?", "borderline", "unsure"})
_PLAIN = ("reference", "question", "text", "language")
#: What other programs call the reference of a response.
_REFERENCES = ("reference", "response_id", "document_id", "themefinder_id", "id")
_LABELS = ("labels", "theme_keys", "topic_ids")


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
    Read a coded file: JSON lines, ThemeFinder's mapping, or CSV/TSV with one row a text.

    JSON lines hold ``reference``, ``themes`` (ids) and, if known, ``question``, ``text``, ``language``,
    ``evidence`` (quotes by theme) and ``borderline`` (ids not to be scored). A CSV has a column
    ``reference`` and either a column ``themes`` (ids joined by ``;``) or a column for each theme
    (1 or 0, yes or no, x or empty; ``?`` for not decided). Columns that are no theme are passed over if they
    hold other things than decisions. Themes are named by id or name. A theme given also counts for its
    broader themes. ThemeFinder's ``mapping.jsonl`` holds ``response_id`` and ``labels``; what the labels stand
    for is read from the ``themes.json`` beside it, and the question from ``question.json``.

    Raises:
        UserError: The file cannot be read, has no such columns, or names a theme the codebook lacks.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = "it is not text in UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror or error
        message = f"{path}: it cannot be read ({why}); expected a coded file, JSONL or CSV (UTF-8)."
        raise UserError(message) from error
    json_lines = text.lstrip().startswith("{")
    rows = _json_rows(text, path) if json_lines else _csv_rows(text, path.name, codebook)
    if not rows:
        message = f"{path.name}: no coded text was found; expected one row (or JSON line) for each."
        raise UserError(message)
    return _coding(rows, path.name, codebook)


def theme_named(codebook: Codebook, name: str) -> str | None:
    """Return the id of a theme given by its id or its name, in whatever capitals and signs; None if there is none."""
    if name in codebook.by_id:
        return name
    wanted = slug(name)
    return next((t.theme_id for t in codebook.themes if wanted in (slug(t.theme_id), slug(t.name))), None)


def _json_rows(text: str, path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    name, labels = path.name, _Labels(path)
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            message = f"{name}, line {number}: this is not JSON ({error.msg}); expected one object a line."
            raise UserError(message) from error
        if isinstance(row, dict) and not {"reference", "themes"} <= set(row):
            row = labels.read(row)
        if not isinstance(row, dict) or "reference" not in row or "themes" not in row:
            message = (
                f"{name}, line {number}: 'reference' or 'themes' is absent (ThemeFinder: 'response_id' or 'labels'); "
                "each line needs both."
            )
            raise UserError(message)
        rows.append(row)
    return rows


class _Labels:
    """What stands beside a mapping of ThemeFinder: the themes that its labels stand for, and the question."""

    def __init__(self, path: Path) -> None:
        self.names: dict[str, str] = {}
        found = _beside(path, "themes.json")
        listed = found.get("themes", []) if isinstance(found, dict) else found
        for row in listed if isinstance(listed, list) else ():
            if isinstance(row, dict):
                label = next((row[k] for k in ("topic_label", "theme_name", "name") if row.get(k)), None)
                keys = [row[k] for k in ("topic_id", "theme_key", "id") if row.get(k) is not None]
                self.names |= {str(key): str(label) for key in keys if label}
        question = _beside(path, "question.json")
        self.question = question.get("question_text") if isinstance(question, dict) else None

    def read(self, row: dict[str, Any]) -> dict[str, Any]:
        """Return a line of the mapping as a coded text; as it is, where it is none."""
        reference = next((row[k] for k in _REFERENCES if row.get(k) is not None), None)
        given = next((row[k] for k in _LABELS if isinstance(row.get(k), list)), None)
        if reference is None or given is None:
            return row
        themes = [self.names.get(str(label), str(label)) for label in given]
        return {"reference": str(reference), "question": self.question, "themes": themes}


def _beside(path: Path, name: str) -> Any:
    """Return a JSON file beside another, or an empty object."""
    beside = path.parent / name
    try:
        return json.loads(beside.read_text(encoding="utf-8-sig")) if beside.is_file() else {}
    except (OSError, ValueError) as error:
        message = f"{beside}: this is not JSON; expected ThemeFinder's {name}. Export it again, or move it away."
        raise UserError(message) from error


def _csv_rows(text: str, name: str, codebook: Codebook) -> list[dict[str, Any]]:
    head = text.split("\n", 1)[0]
    delimiter = max("\t;,", key=head.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    columns = reader.fieldnames or []
    reference = next((c for c in _REFERENCES if c in columns), None)
    if reference is None:
        message = (
            f"{name}: there is no column 'reference' (found: {', '.join(columns[:8]) or 'none'}); "
            "expected 'reference' and 'themes', or 'reference' and a column for each theme."
        )
        raise UserError(message)
    records = list(reader)
    themes = [] if "themes" in columns else _theme_columns(columns, records, codebook)
    rows = []
    for number, record in enumerate(records, start=1):
        row: dict[str, Any] = {k: v for k, v in record.items() if k in _PLAIN and v}
        row["reference"] = record[reference]
        if "themes" in columns:
            row["themes"] = [t.strip() for t in (record["themes"] or "").split(";") if t.strip()]
            row["borderline"] = [t.strip() for t in (record.get("borderline") or "").split(";") if t.strip()]
        else:
            row |= _cells(record, themes, f"{name}, row {number}")
        rows.append(row)
    return rows


def _theme_columns(columns: Sequence[str], records: Sequence[dict[str, str]], codebook: Codebook) -> list[str]:
    """Return the columns that hold decisions: those named as a theme, and others with nothing but decisions in them."""

    def decides(column: str) -> bool:
        words = {(record[column] or "").strip().lower() for record in records}
        return bool(words - {""}) and words <= _YES | _NO | _UNSURE

    others = {*_PLAIN, *_REFERENCES, "campaign", "coder", "note", None}
    return [c for c in columns if c not in others and (theme_named(codebook, c) or decides(c))]


def _cells(record: dict[str, str], columns: Sequence[str], where: str) -> dict[str, Any]:
    themes, borderline = [], []
    for column in columns:
        value = record[column]
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
            for given in row.get(kind) or ():
                theme = theme_named(codebook, given)
                if theme is None:
                    message = (
                        f"{name}, row {number + 1}: the codebook '{codebook.codebook_id}' has no theme '{given}'; "
                        f"its themes are {', '.join(themes)}."
                    )
                    raise UserError(message)
                for each in (theme, *codebook.ancestors(theme)):
                    if value == 1.0 or decisions.loc[number, each] == 0.0:
                        decisions.loc[number, each] = value
        for theme, quotes in (row.get("evidence") or {}).items():
            evidence[number, theme_named(codebook, theme) or theme] = tuple(quotes)
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

    A row is joined by its reference; by its question too where it names one, by its words or its id ("attachment"
    stands for any attachment); and by its text where the question is asked more than once. Rows that match nothing are
    absent from the result.
    """
    reference = dict(zip(responses["response_id"], responses["reference"], strict=True))
    asked = {q: _tidy(t) for q, t in zip(questions["question_id"], questions["text"], strict=True)}
    by_reference: dict[str, list[tuple[str, tuple[str, ...], str]]] = {}
    columns = ["document_id", "response_id", "question_id", "text"]
    for document_id, response_id, question_id, text in documents[columns].itertuples(index=False):
        names = ("attachment",) if pd.isna(question_id) else (asked.get(question_id, ""), _tidy(question_id))
        by_reference.setdefault(str(reference.get(response_id)), []).append((document_id, names, _tidy(text)))
    found: dict[int, tuple[str, ...]] = {}
    for number, unit in enumerate(coding.units.to_dict("records")):
        candidates = by_reference.get(str(unit["reference"]), [])
        question, text = _tidy(unit["question"]), _tidy(unit["text"])
        if question:
            candidates = [c for c in candidates if question in c[1]]
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
