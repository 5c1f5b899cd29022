"""Any table: CSV, TSV, XLSX, XLS, ODS, JSON, JSONL or Parquet, by a mapping or a guess that is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from consult.errors import UserError
from consult.ingest.mapping import column_roles, require_text
from consult.ingest.readers.reader import Reader
from consult.ingest.records import alike, flattened, sheet_of_records
from consult.ingest.tables import batch_of
from consult.translation import later

if TYPE_CHECKING:
    from consult.ingest.batch import Batch, Sheet
    from consult.ingest.material import Material
    from consult.ingest.readers.reader import Map


_SURE = 0.5
_PLAIN = (str, int, float, type(None))


def _recognises(material: Material) -> float:
    return 0.2 if material.shape in ("table", "json") else 0.0


def objects_in(data: Any) -> list[dict[str, Any]]:
    """Return the longest list of objects in a JSON document, wherever it stands."""
    if isinstance(data, list):
        if data and all(isinstance(d, dict) for d in data):
            return data
        if data and all(isinstance(d, str) for d in data):
            return [{"text": d} for d in data]
        return max((objects_in(d) for d in data), key=len, default=[])
    if isinstance(data, dict):
        if len(data) > 1 and all(isinstance(v, dict) for v in data.values()) and alike(list(data.values())):
            return [{"id": k, **v} for k, v in data.items()]
        found = max((objects_in(d) for d in data.values()), key=len, default=[])
        columns = {k: v for k, v in data.items() if isinstance(v, list) and all(isinstance(x, _PLAIN) for x in v)}
        if len(columns) > 1 and len({len(v) for v in columns.values()}) == 1 and not found:
            return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        if not found and data and all(isinstance(v, _PLAIN) for v in data.values()):
            return [data]
        return found
    return []


def sheet_in(material: Material) -> Sheet:
    """
    Return the sheet to read: of a workbook, the largest that holds text, a visible one first.

    Raises:
        UserError: A JSON document holds no list of objects.
    """
    if material.shape == "json":
        objects = objects_in(material.data)
        if not objects:
            message = (
                f"{material.name}: the JSON holds no list of responses; expected an array of objects with one "
                "text each. Check that this is the right file."
            )
            raise UserError(message)
        return sheet_of_records(material.name, flattened(objects))
    if len(material.sheets) == 1:
        return material.sheets[0]
    return max(material.sheets, key=lambda s: (_holds_text(s), not s.hidden, s.cells.size))


def _holds_text(sheet: Sheet) -> bool:
    return any(r.role == "open" and r.confidence >= _SURE for r in column_roles(sheet))


def _read(material: Material, mapping: Map) -> list[Batch]:
    sheet = sheet_in(material)
    if not len(sheet.rows):
        message = (
            f"{material.name}: there is a heading row but no response below it; expected at least one row. "
            "Export the file again."
        )
        raise UserError(message)
    roles = column_roles(sheet, None, mapping)
    require_text(roles, material.name)
    return [
        batch_of(
            sheet, roles, path=material.path, format="table", family="table", kind="survey", call="Responses",
        )
    ]  # fmt: skip


READER = Reader(
    name="table",
    title=later("Any table with a text column"),
    made_by="anything that writes CSV, TSV, XLSX, XLS, ODS, JSON, JSONL or Parquet",
    known_by="headings and values; the guess is shown, and --map FIELD=COLUMN overrules it",
    family="table",
    kind="survey",
    recognises=_recognises,
    read=_read,
)
