"""JSON, JSON lines and Parquet as tables of strings."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from consult.errors import UserError
from consult.ingest.batch import Aside, Sheet
from consult.ingest.encodings import decode, find_encoding, open_text
from consult.ingest.workbooks import cell_text, sheet_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

_MOST_PAGES = 10_000
# Objects whose own name says nothing about what is in them.
_WRAPPERS = frozenset(
    (
        "properties answers data fields attributes response responses values respondent who user author profile "
        "demographic_data demographics metadata meta info details"
    ).split()
)
_QUESTION_KEYS = ("question", "question_text", "questionText", "q")
_ANSWER_KEYS = ("answer", "answer_text", "answerText", "a", "value", "text", "response")


def read_json(path: Path, name: str | None = None) -> Any:
    """
    Read a JSON document.

    Raises:
        UserError: It is not valid JSON; the message says where it stops being so.
    """
    name = name or path.name
    text, _ = decode(path.read_bytes(), name)
    try:
        return json.loads(text.lstrip("\ufeff"), parse_constant=str)
    except (json.JSONDecodeError, RecursionError, ValueError) as error:
        place = f"line {error.lineno}: {error.msg}" if isinstance(error, json.JSONDecodeError) else str(error)
        message = f"{name}, {place}; expected a JSON document. The file may be cut short: export or download it again."
        raise UserError(message) from error


def read_json_lines(path: Path, name: str | None = None) -> Sheet:
    """
    Read one JSON object a line; lines that are not are set aside.

    Raises:
        UserError: No line is an object.
    """
    name = name or path.name
    found: list[dict[str, Any]] = []
    numbers: list[int] = []
    asides: list[Aside] = []
    n = 0
    with open_text(path, find_encoding(path)) as stream:
        for line in stream:
            if not line.strip():
                continue
            n += 1
            try:
                record = json.loads(line.lstrip("\ufeff"))
            except (json.JSONDecodeError, RecursionError, ValueError):
                record = None
            if isinstance(record, dict):
                found.append(record)
                numbers.append(n)
            else:
                asides.append(Aside(n, "row", "the line is not a JSON object"))
    if not found:
        message = f"{name}: no line is a JSON object; expected one response a line. Export the file again."
        raise UserError(message)
    return sheet_of_records(name, flattened(found), numbers, n, asides)


def sheet_of_records(
    name: str,
    records: Sequence[Mapping[str, Any]],
    numbers: Sequence[int] | None = None,
    n_rows: int | None = None,
    asides: Sequence[Aside] = (),
) -> Sheet:
    """Make a sheet of objects: one column a key, in the order of first sight; nested values as JSON text."""
    keys = list(dict.fromkeys(str(k) for r in records for k in r))
    columns = {i: pd.Series([value_text(r.get(k)) for r in records], dtype="str") for i, k in enumerate(keys)}
    cells = pd.DataFrame(columns, index=pd.RangeIndex(len(records)))
    rows = np.asarray(numbers if numbers is not None else range(1, len(records) + 1), dtype=np.int64)
    blank = ~(cells != "").any(axis=1).to_numpy() if keys else np.ones(len(records), dtype=bool)
    lost = [Aside(int(i), "row", "every field of the record is empty") for i in rows[blank]]
    cells = cells[~blank].reset_index(drop=True)
    return Sheet(name, tuple(keys), cells, rows[~blank], n_rows or len(records), (*asides, *lost))


def is_docling(start: str) -> bool:
    """Whether a text that begins so is a document as Docling wrote it."""
    return start.startswith("{") and '"DoclingDocument"' in start[:2000]


def docling_pages(data: Any) -> list[str]:
    """Return the text, page by page, of a document as Docling wrote it; eu-consultations keeps papers so."""
    pages: dict[int, list[str]] = {}
    texts = data.get("texts") if isinstance(data, dict) else None
    for item in texts if isinstance(texts, list) else []:
        if isinstance(item, dict) and isinstance(item.get("text"), str):
            places = item.get("prov")
            place = places[0] if isinstance(places, list) and places and isinstance(places[0], dict) else {}
            number = place.get("page_no")
            # What has no place stands where it was written, on the page of what came before it.
            page = number if isinstance(number, int) and 0 < number < _MOST_PAGES else max(pages, default=1)
            pages.setdefault(page, []).append(item["text"])
    return ["\n".join(pages.get(n, [])) for n in range(1, max(pages, default=0) + 1)]


def flattened(records: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """
    Take the fields out of objects inside records; questions with their answers become a field each.

    An object whose keys differ from record to record (evidence by theme, say) stays one field.

    >>> flattened([{"id": 1, "who": {"country": "BE"}, "answers": [{"question": "Why?", "answer": "So."}]}])
    [{'id': 1, 'country': 'BE', 'Why?': 'So.'}]
    """
    nested: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        for key, value in record.items():
            if isinstance(value, dict) and value:
                nested.setdefault(str(key), []).append(value)
    opened = {key for key, values in nested.items() if key in _WRAPPERS or alike(values)}
    return [_flat(record, opened) for record in records]


def alike(objects: Sequence[Mapping[str, Any]]) -> bool:
    """Whether objects are records of one kind: most of their keys are those of the others."""
    counts = Counter(key for found in objects for key in found)
    return bool(counts) and sum(n for n in counts.values() if n > len(objects) / 2) > 0.5 * sum(counts.values())


def _flat(record: Mapping[str, Any], opened: Collection[str] | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in record.items():
        name = str(key)
        if isinstance(value, dict) and value and (opened is None or name in opened):
            inner = _flat(value, None)
            above = "" if name in _WRAPPERS else f"{name}."
            found |= {f"{above}{k}": v for k, v in inner.items() if f"{above}{k}" not in found}
        elif not value and opened is not None and name in opened:
            continue
        elif pairs := _asked(value):
            found |= {k: v for k, v in pairs.items() if k not in found}
        else:
            found[name] = value
    return found


def _asked(value: Any) -> dict[str, Any]:
    """Return the answers by question where a list holds pairs of them; empty where it does not."""
    if not isinstance(value, list) or not value or not all(isinstance(v, dict) for v in value):
        return {}
    pairs: dict[str, Any] = {}
    for item in value:
        question = next((str(item[k]) for k in _QUESTION_KEYS if isinstance(item.get(k), str)), None)
        answer = next((item[k] for k in _ANSWER_KEYS if k in item), None)
        if question is None or question in pairs:
            return {}
        pairs[question] = answer
    return pairs


def value_text(value: Any) -> str:
    """Write a JSON value as text; lists of plain values are joined by semicolons, as in a table."""
    if isinstance(value, str):
        text = value
    elif isinstance(value, list) and all(isinstance(v, str | int | float) for v in value):
        text = "; ".join(cell_text(v) for v in value)
    elif isinstance(value, dict | list):
        text = json.dumps(value, ensure_ascii=False, sort_keys=True) if value else ""
    else:
        text = cell_text(value)
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def read_parquet(path: Path, name: str | None = None) -> Sheet:
    """
    Read a Parquet file, every value as text.

    Raises:
        UserError: The file is broken.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    name = name or path.name
    try:
        table = pq.read_table(path)
        if any(pa.types.is_nested(f.type) and not pa.types.is_list(f.type) for f in table.schema):
            return sheet_of_records(name, flattened(table.to_pylist()))
        body = [[value_text(v) for v in column.to_pylist()] for column in table.columns]
    except (pa.ArrowException, OSError, ValueError, NotImplementedError) as error:
        reason = " ".join(str(error).split())[:150]
        message = f"{name}: not a readable Parquet file ({reason}). Export it again."
        raise UserError(message) from error
    return sheet_of(name, list(table.column_names), [list(r) for r in zip(*body, strict=True)])
