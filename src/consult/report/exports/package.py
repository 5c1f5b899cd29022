"""A data package: everything with its description and checksums, to archive, to cite and to check."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

import consult
from consult import schema
from consult.report.exports.columnar import parquet_bytes
from consult.report.exports.delimited import NOTE, csv_bytes, readme
from consult.report.exports.files import zipped
from consult.report.exports.tables import COUNTED, Exported
from consult.report.words import CAVEAT

PROFILE = "tabular-data-package"
DESCRIPTION = "datapackage.json"
SETTINGS = "study.toml"
SUMS = "SHA256SUMS"
TABLES = "tables/"
NO_SOURCES = (
    "The sources themselves are left out, since they may name private persons; sources.sha256 tells whether a file is "
    "the one that was read. consult run --from-package FILE.zip --study NEW_FOLDER does every later stage again and "
    "compares each table with this package."
)
TYPES = {"string": "string", "integer": "integer", "number": "number", "boolean": "boolean", "time": "datetime"}
# Keys under which a decision names the person who took it; persons are numbered instead.
PERSONS = ("person", "coder", "reviewer", "who", "user", "author")
REFERENCES = {
    "consultation_id": "consultations",
    "source_id": "sources",
    "question_id": "questions",
    "response_id": "responses",
    "document_id": "documents",
    "passage_id": "passages",
    "campaign_id": "campaigns",
    "topic_id": "topics",
    "theme_id": "themes",
}


def package_archive(
    exported: Exported,
    *,
    texts: Mapping[str, str],
    records: Mapping[str, list[dict[str, Any]]],
) -> bytes:
    """
    Return a ZIP with a Frictionless `datapackage.json`, CSV and Parquet tables, codebook, decisions and runs.

    Args:
        exported: The tables.
        texts: Further files by name: settings, the codebook, claims, the consultation's own text.
        records: Append-only files by name: runs, edits, verdicts, audits. Persons in them are numbered.
    """
    files: dict[str, bytes] = {}
    resources = []
    for name, frame in exported.everything.items():
        path = f"data/{name}.csv"
        files[path] = csv_bytes(frame)
        files[f"{TABLES}{name}.parquet"] = parquet_bytes(frame)
        resources.append(_resource(name, path, frame, files[path]))
    files.update({name: text.encode() for name, text in texts.items() if text})
    numbers: dict[str, str] = {}
    files.update({name: _lines(lines, numbers) for name, lines in records.items() if lines})
    parquet = "The same tables lie in tables/ as Parquet, with types."
    files["README.txt"] = readme(exported, NOTE, parquet, NO_SOURCES).encode()
    described = {
        "profile": PROFILE,
        "name": "consult-study",
        "title": exported.title,
        "description": CAVEAT,
        "keywords": ["public consultation"],
        "created_with": f"consult {consult.__version__}",
        "masked": exported.masked,
        "resources": resources,
    }
    files[DESCRIPTION] = json.dumps(described, ensure_ascii=False, indent=2).encode()
    files[SUMS] = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)).encode()
    return zipped({name: files[name] for name in sorted(files)})


def _resource(name: str, path: str, frame: pd.DataFrame, content: bytes) -> dict[str, Any]:
    table = schema.TABLES.get(name)
    return {
        "profile": "tabular-data-resource",
        "name": name.replace("_", "-"),
        "path": path,
        "title": name,
        "description": table.description if table else COUNTED[name],
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8-sig",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        "schema": _table_schema(table, frame)
        if table
        else {"fields": [_plain(str(c), frame[c]) for c in frame.columns]},
    }


def _table_schema(table: schema.Table, frame: pd.DataFrame) -> dict[str, Any]:
    fields = []
    for column in table.columns:
        # An empty text cannot be told from a missing one in CSV.
        may_be_empty = column.nullable or (column.kind == "string" and bool((frame[column.name] == "").any()))
        constraints: dict[str, Any] = {} if may_be_empty else {"required": True}
        if column.allowed:
            constraints["enum"] = list(column.allowed)
        if column.low is not None:
            constraints["minimum"] = column.low
        if column.high is not None:
            constraints["maximum"] = column.high
        one: dict[str, Any] = {"name": column.name, "type": TYPES[column.kind], "description": column.description}
        if column.kind == "boolean":
            one |= {"trueValues": ["True"], "falseValues": ["False"]}
        fields.append({**one, **({"constraints": constraints} if constraints else {})})
    described: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if table.unique:
        described["primaryKey"] = list(table.key)
    keys = [
        {"fields": c.name, "reference": {"resource": REFERENCES[c.name].replace("_", "-"), "fields": c.name}}
        for c in table.columns
        if c.name in REFERENCES and REFERENCES[c.name] != table.name
    ]
    return {**described, **({"foreignKeys": keys} if keys else {})}


def _plain(name: str, column: pd.Series) -> dict[str, Any]:
    if pd.api.types.is_bool_dtype(column):
        return {"name": name, "type": "boolean", "trueValues": ["True"], "falseValues": ["False"]}
    if pd.api.types.is_integer_dtype(column):
        return {"name": name, "type": "integer"}
    return {"name": name, "type": "number" if pd.api.types.is_numeric_dtype(column) else "string"}


def _lines(records: list[dict[str, Any]], numbers: dict[str, str]) -> bytes:
    """Return records as JSON Lines, persons in them numbered; one person has one number in all files."""
    written = []
    for record in records:
        named = {key: value for key, value in record.items() if key in PERSONS and isinstance(value, str)}
        shown = {key: numbers.setdefault(value, f"person {len(numbers) + 1}") for key, value in named.items()}
        written.append(json.dumps({**record, **shown}, ensure_ascii=False, sort_keys=True))
    return ("\n".join(written) + "\n").encode()
