"""A folder of questions and responses as ThemeFinder and Consult write it, in JSON lines."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from consult.errors import UserError
from consult.ingest.batch import Aside
from consult.ingest.headings import tidy
from consult.ingest.mapping import column_roles
from consult.ingest.readers.reader import Reader
from consult.ingest.records import read_json, read_json_lines, sheet_of_records
from consult.ingest.tables import batch_of, column
from consult.translation import later

if TYPE_CHECKING:
    from consult.ingest.batch import Batch, ColumnRole, Sheet
    from consult.ingest.material import Material
    from consult.ingest.readers.reader import Map

_IDS = ("response_id", "themefinder_id", "id")
_TEXTS = ("response", "text", "answer")


def _parts(folder: Path) -> list[Path]:
    return sorted(folder.rglob("responses.jsonl"))


def _recognises(material: Material) -> float:
    return 0.97 if material.shape == "folder" and _parts(material.path) else 0.0


def _read(material: Material, mapping: Map) -> list[Batch]:
    answers: dict[str, dict[str, Any]] = {}
    asides: list[Aside] = []
    texts: list[str] = []
    for path in _parts(material.path):
        question = _question(path)
        texts.append(question)
        sheet = read_json_lines(path, f"{material.name}/{path.relative_to(material.path).as_posix()}")
        asides.extend(sheet.asides)
        ids, text = column(sheet, *_IDS), column(sheet, *_TEXTS)
        if ids is None or text is None:
            message = (
                f"{sheet.name}: expected response_id and response on each line; found "
                f"{', '.join(sheet.headings)}. Export the folder again."
            )
            raise UserError(message)
        for reference, answer in zip(ids, text, strict=True):
            answers.setdefault(reference, {})[question] = answer
    about = _respondents(material.path)
    known = [{"response_id": r, **a, **about.get(r, {})} for r, a in sorted(answers.items())]
    sheet = sheet_of_records(material.name, known, asides=asides, n_rows=len(known) + len(asides))
    silent = len(about.keys() - answers.keys())
    if silent:
        note = f"{material.name}: respondents without an answer in any responses.jsonl: {silent}; they are not counted."
        sheet = replace(sheet, notes=(*sheet.notes, note))
    return [
        batch_of(
            sheet, _roles(sheet, set(texts), mapping), path=material.path, format="themefinder",
            family="themefinder", kind="survey", call="Consultation",
        )
    ]  # fmt: skip


def _roles(sheet: Sheet, texts: set[str], mapping: Map) -> list[ColumnRole]:
    return [
        replace(r, role="open", field=None, confidence=1.0, why="a question of the folder")
        if r.heading in texts and r.why != "as mapped"
        else r
        for r in column_roles(sheet, None, mapping)
    ]


def _question(path: Path) -> str:
    """Return the question's text from question.json beside the responses, else the folder's name."""
    beside = path.parent / "question.json"
    try:
        data = read_json(beside) if beside.is_file() else None
    except UserError:
        data = None
    if isinstance(data, dict) and data.get("question_text"):
        return tidy(str(data["question_text"]))
    return tidy(path.parent.name.replace("_", " "))


def _respondents(folder: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.rglob("respondents.jsonl")):
        sheet = read_json_lines(path)
        ids = column(sheet, *_IDS)
        if ids is None:
            continue
        for i, reference in enumerate(ids):
            row = {h: sheet.cells[j].iloc[i] for j, h in enumerate(sheet.headings) if h not in _IDS}
            found.setdefault(reference, {}).update(_flat(row))
    return found


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """Take the fields of `demographic_data` out of their object."""
    import json

    flat: dict[str, Any] = {}
    for key, value in row.items():
        if key == "demographic_data" and value.startswith("{"):
            flat.update(json.loads(value))
        else:
            flat[key] = value
    return flat


READER = Reader(
    name="themefinder",
    title=later("ThemeFinder or Consult folder"),
    made_by="i.AI's ThemeFinder and Consult: question.json, responses.jsonl, respondents.jsonl",
    known_by="a folder that holds responses.jsonl, one or several questions",
    family="themefinder",
    kind="survey",
    recognises=_recognises,
    read=_read,
)
