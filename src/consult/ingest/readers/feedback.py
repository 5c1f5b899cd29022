"""Feedback on an initiative: records of the portal's API, as JSON or as scrapers write them."""

from __future__ import annotations

import ast
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from consult.errors import UserError
from consult.ingest.batch import Named
from consult.ingest.canonical import fold
from consult.ingest.cells import said
from consult.ingest.delimited import read_delimited
from consult.ingest.mapping import Layout, column_roles
from consult.ingest.readers.reader import Reader, headings_of
from consult.ingest.records import docling_pages, sheet_of_records
from consult.ingest.tables import batch_of, column
from consult.translation import later

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from consult.ingest.batch import Batch, Sheet
    from consult.ingest.material import Material
    from consult.ingest.readers.reader import Map

QUESTION = "Feedback"
_NAMES = {
    "reference": ("id", "feedback_id", "feedbackId"),
    "submitted_at": ("dateFeedback", "date_feedback", "feedback_date_feedback", "created"),
    "declared_language": ("language", "feedback_language"),
    "stakeholder_type": ("userType", "user_type", "feedback_user_type"),
    "organisation": ("organization", "organisation", "feedback_organization"),
    "organisation_size": ("companySize", "company_size", "feedback_company_size"),
    "country": ("country", "feedback_country"),
    "scope": ("scope", "governanceLevel", "governance_level", "feedback_scope"),
    "transparency_register": ("trNumber", "tr_number", "feedback_tr_number"),
    "anonymous": ("publication", "feedback_publication"),
}
LAYOUT = Layout(
    fields={fold(h): field for field, headings in _NAMES.items() for h in headings},
    texts={fold(h): QUESTION for h in ("feedback", "feedback_feedback")},
    persons=frozenset(
        fold(h)
        for h in (
            "firstName", "first_name", "firstname", "surname", "login", "author", "feedback_surname",
            "feedback_first_name", "feedback_login",
        )
    ),
    others="ignored",
)  # fmt: skip
_PUBLICATION = ("publicationId", "publication_id", "feedback_publication_id")


def _is_record(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    keys = {fold(str(k)) for k in value}
    return "datefeedback" in keys and ("usertype" in keys or "feedback" in keys)


def records_in(data: Any) -> list[dict[str, Any]] | None:
    """
    Return the feedback records of API JSON: a bare array, either envelope, or a list of pages.

    None where the document holds none.
    """
    if isinstance(data, dict):
        if isinstance(data.get("content"), list):
            return records_in(data["content"]) if data["content"] else []
        embedded = data.get("_embedded")
        if isinstance(embedded, dict) and isinstance(embedded.get("feedback"), list):
            return records_in(embedded["feedback"]) if embedded["feedback"] else []
        if isinstance(data.get("page"), dict) and "totalPages" in data["page"] and embedded is None:
            return []
        if _is_record(data):
            return [data]
        return None
    if isinstance(data, list) and data:
        if any(_is_record(d) for d in data):
            return [d if isinstance(d, dict) else {} for d in data]
        pages = [records_in(d) for d in data if isinstance(d, dict)]
        if pages and all(p is not None for p in pages) and len(pages) == len(data):
            return [r for p in pages if p for r in p]
    return None


def batches_of_records(
    records: Sequence[Mapping[str, Any]],
    path: Path,
    format: str,  # noqa: A002
    mapping: Map,
    titles: Mapping[str, str] | None = None,
) -> list[Batch]:
    """
    Make one batch for each publication among API records.

    Attachments named by a record are joined to it by file name, document id and feedback id; a text that
    came with the record (`extractedText`) is used as it is.
    """
    groups = _by_publication(records)
    batches = []
    for publication, group in sorted(groups.items()):
        flat = [{k: v for k, v in r.items() if k not in ("attachments", "_links")} for _, r in group]
        sheet = sheet_of_records(path.name, flat, [n for n, _ in group])
        position = {int(n): i for i, n in enumerate(sheet.rows)}
        named = tuple(named for n, record in group if n in position for named in _named(position[n], record))
        folders = tuple(_folders(path.parent))
        title = (titles or {}).get(publication)
        batches.append(_batch(sheet, path, format, publication, mapping, named, folders, title))
    return batches


def _by_publication(records: Sequence[Mapping[str, Any]]) -> dict[str, list[tuple[int, Mapping[str, Any]]]]:
    """Group records, with their numbers, by publication id; those without one belong to the largest."""
    groups: dict[str, list[tuple[int, Mapping[str, Any]]]] = {}
    for n, record in enumerate(records, 1):
        groups.setdefault(str(record.get("publicationId") or ""), []).append((n, record))
    lost = groups.pop("", [])
    if lost:
        largest = min(groups, key=lambda p: (-len(groups[p]), p), default="")
        groups[largest] = sorted([*groups.get(largest, []), *lost], key=lambda pair: pair[0])
    return groups


def _named(index: int, record: Mapping[str, Any]) -> list[Named]:
    found = record.get("attachments")
    result = []
    for item in found if isinstance(found, list) else []:
        if not isinstance(item, dict):
            continue
        name = str(item.get("fileName") or item.get("ersFileName") or item.get("documentId") or "attachment")
        document = str(item.get("documentId") or "")
        saved = Path(str(item.get("downloadedFilepath") or "")).name
        keys = (saved, f"{document}_{name}", document, str(item.get("ersFileName") or ""), str(item.get("id") or ""))
        text = item.get("extractedText") or "\n\n".join(docling_pages(item.get("doclingJson")))
        result.append(Named(index, name, tuple(k for k in keys if k), None, text if isinstance(text, str) else None))
    return result


def _batch(
    sheet: Sheet,
    path: Path,
    format: str,  # noqa: A002
    publication: str,
    mapping: Map,
    named: Sequence[Named] = (),
    folders: Sequence[Path] = (),
    title: str | None = None,
) -> Batch:
    sheet = _with_scope(sheet)
    roles = column_roles(sheet, LAYOUT, mapping)
    call = f"Have Your Say feedback, publication {publication}" if publication else "Have Your Say feedback"
    return batch_of(
        sheet, roles, path=path, format=format, family="hys_feedback", kind="feedback",
        identity=(publication,) if publication else (), title=title, call=call,
        left_out=rejected(sheet), named=named, folders=folders,
    )  # fmt: skip


def _with_scope(sheet: Sheet) -> Sheet:
    """Fill the scope, which organisations state, with the level of government that authorities state instead."""
    keys = [fold(h) for h in sheet.headings]
    scope = next((i for i, k in enumerate(keys) if k in ("scope", "feedback scope")), None)
    level = next((i for i, k in enumerate(keys) if k in ("governancelevel", "governance level")), None)
    if scope is None or level is None:
        return sheet
    cells = sheet.cells.copy(deep=False)
    cells[scope] = cells[scope].where(said(cells[scope]), cells[level])
    return replace(sheet, cells=cells)


def rejected(sheet: Sheet) -> list[tuple[np.ndarray, str]]:
    """Rows that the portal rejected and published without a text."""
    status = column(sheet, "status", "feedback_status")
    text = column(sheet, "feedback", "feedback_feedback")
    if status is None:
        return []
    mask = (status.str.strip().str.upper() == "REJECTED").to_numpy()
    if text is not None:
        mask = mask & ~said(text).to_numpy()
    return [(mask, "the portal rejected this feedback (status REJECTED) and published no text")]


def _recognises_json(material: Material) -> float:
    if material.lines and material.sheets:
        return 0.92 if _scraped(material.sheets[0]) else 0.0
    return 0.95 if material.shape == "json" and records_in(material.data) is not None else 0.0


def _read_json(material: Material, mapping: Map) -> list[Batch]:
    if material.lines:
        sheet = material.sheets[0]
        return _publications(sheet, material.path, "hys_api", mapping, (), _folders(material.path.parent))
    records = records_in(material.data)
    if not records:
        message = (
            f"{material.name}: an answer of the portal without any feedback in it; expected at least one record. "
            "Check the publication id, or whether its feedback period has begun."
        )
        raise UserError(message)
    return batches_of_records(records, material.path, "hys_api", mapping)


def _scraped(sheet: Sheet) -> float:
    have = headings_of(sheet)
    if {"date feedback", "user type", "publication"} <= have or {"datefeedback", "usertype"} <= have:
        return 0.9
    if {"feedback id", "usertype", "created"} <= have:
        return 0.85
    return 0.85 if {"feedback date feedback", "feedback id"} <= have else 0.0


def _recognises_table(material: Material) -> float:
    return _scraped(material.sheets[0]) if material.shape == "table" and material.sheets else 0.0


def _read_table(material: Material, mapping: Map) -> list[Batch]:
    sheet = material.sheets[0]
    beside = material.path.parent
    return _publications(sheet, material.path, _table_format(sheet), mapping, _listed(beside, sheet), _folders(beside))


def _table_format(sheet: Sheet) -> str:
    have = headings_of(sheet)
    return "hys_scraper" if "date feedback" in have and not have & {"timestamp", "feedback id"} else "haveyoursay"


def _publications(
    sheet: Sheet,
    path: Path,
    format: str,  # noqa: A002
    mapping: Map,
    named: Sequence[Named],
    folders: Sequence[Path],
) -> list[Batch]:
    """One batch for each publication id; rows without one belong to the largest."""
    ids = column(sheet, *_PUBLICATION)
    if ids is None:
        return [_batch(sheet, path, format, "", mapping, (*named, *_column_named(sheet)), folders)]
    ids = ids.str.strip().str.removesuffix(".0")
    counts = ids[ids != ""].value_counts()
    known = sorted(counts.index)
    if len(known) <= 1:
        publication = known[0] if known else ""
        return [_batch(sheet, path, format, publication, mapping, (*named, *_column_named(sheet)), folders)]
    largest = min(known, key=lambda p: (-int(counts[p]), p))
    ids = ids.mask(ids == "", largest)
    batches = []
    every = (*named, *_column_named(sheet))
    for publication in known:
        mask = (ids == publication).to_numpy()
        where = np.cumsum(mask) - 1
        part = sheet.__class__(
            sheet.name, sheet.headings, sheet.cells[mask].reset_index(drop=True), sheet.rows[mask], int(mask.sum()),
            (), sheet.notes if publication == largest else (),
        )  # fmt: skip
        if publication == largest:
            # Rows set aside while reading belong to no publication; they are counted once.
            lost = sum(a.item.startswith("row") for a in sheet.asides)
            part = sheet.__class__(
                part.name, part.headings, part.cells, part.rows, part.n_rows + lost, sheet.asides, part.notes
            )
        mine = [Named(int(where[n.index]), n.name, n.keys, n.question, n.text) for n in every if mask[n.index]]
        batches.append(_batch(part, path, format, publication, mapping, mine, folders))
    return batches


def _column_named(sheet: Sheet) -> list[Named]:
    """Attachments in a column of their own, as JSON or as file names."""
    cells = column(sheet, "attachments", "feedback_attachments")
    if cells is None:
        return []
    result: list[Named] = []
    for i, cell in enumerate(cells):
        text = cell.strip()
        if not text or text == "[]":
            continue
        try:
            items = json.loads(text)
        except (ValueError, RecursionError):
            try:
                items = ast.literal_eval(text)
            except (ValueError, SyntaxError, RecursionError, MemoryError):
                items = [{"fileName": part.strip()} for part in text.split(";") if part.strip()]
        result.extend(_named(i, {"attachments": items if isinstance(items, list) else [items]}))
    return result


def _folders(folder: Path) -> list[Path]:
    return [d for d in (folder / "attachments", folder / "files") if d.is_dir()]


def _listed(folder: Path, sheet: Sheet) -> list[Named]:
    """Attachments that hys-scraper lists in attachments.csv beside the feedback."""
    path = folder / "attachments.csv"
    references = column(sheet, *_NAMES["reference"])
    if references is None or not path.is_file():
        return []
    listing = read_delimited(path)
    ids, files = column(listing, "id"), column(listing, "filename")
    if ids is None or files is None:
        return []
    at = {r: i for i, r in enumerate(references.str.strip())}
    return [
        Named(at[i], Path(f.replace("\\", "/")).name, (i,))
        for i, f in zip(ids.str.strip(), files.str.strip(), strict=True)
        if i in at and f
    ]


def _recognises_folder(material: Material) -> float:
    if material.shape != "folder":
        return 0.0
    path = material.path / "feedbacks.csv"
    return 0.97 if path.is_file() and _scraped(read_delimited(path, limit=5)) else 0.0


def _read_folder(material: Material, mapping: Map) -> list[Batch]:
    folder = material.path
    sheet = read_delimited(folder / "feedbacks.csv", f"{material.name}/feedbacks.csv")
    return _publications(sheet, folder, "hys_scraper", mapping, _listed(folder, sheet), _folders(folder))


API = Reader(
    name="hys_api",
    title=later("Have Your Say API records"),
    made_by="the portal's allFeedback API, saved as JSON (`consult fetch` writes it)",
    known_by="JSON objects with dateFeedback and userType, bare, in `content` or in `_embedded.feedback`",
    family="hys_feedback",
    kind="feedback",
    recognises=_recognises_json,
    read=_read_json,
)
SCRAPER = Reader(
    name="hys_scraper",
    title=later("hys-scraper folder"),
    made_by="hys-scraper: feedbacks.csv, attachments.csv and an attachments folder",
    known_by="a folder with feedbacks.csv that has the columns date_feedback, user_type and publication",
    family="hys_feedback",
    kind="feedback",
    recognises=_recognises_folder,
    read=_read_folder,
)
TABLE = Reader(
    name="haveyoursay",
    title=later("Feedback table of a scraper (haveyoursay, hys-scraper and others)"),
    made_by="haveyoursay, hys-scraper's feedbacks.csv alone, and scrapers that keep the API's names",
    known_by="the API's column names in camelCase, snake_case or with the prefix feedback_",
    family="hys_feedback",
    kind="feedback",
    recognises=_recognises_table,
    read=_read_table,
)
