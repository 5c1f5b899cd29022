"""Topics as found, before any edit, in one file: edits are replayed on it without finding the topics anew."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from consult.topics.find import TopicResult

TABLES = (
    "topics",
    "topic_terms",
    "topic_details",
    "topic_quotes",
    "passage_topics",
    "passage_positions",
    "nearest",
)
_ARRAYS = ("centres",)


def pack(result: TopicResult, key: str) -> bytes:
    """Return a result as the bytes of a ZIP file; `key` says what it was made from."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in TABLES:
            archive.writestr(f"{name}.parquet", getattr(result, name).to_parquet(index=False))
        for name in _ARRAYS:
            held = io.BytesIO()
            np.save(held, np.asarray(result.model[name]), allow_pickle=False)
            archive.writestr(f"{name}.npy", held.getvalue())
        rest = {name: _plain(value) for name, value in result.model.items() if name not in _ARRAYS}
        agreement = {str(k): float(v) for k, v in result.agreement.items()}
        archive.writestr("model.json", json.dumps({"key": key, "model": rest, "agreement": agreement}))
    return buffer.getvalue()


def unpack(path: Path) -> tuple[TopicResult, str] | None:
    """Return a packed result and its key; None where there is none, or it cannot be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            tables: dict[str, Any] = {
                name: pd.read_parquet(io.BytesIO(archive.read(f"{name}.parquet"))) for name in TABLES
            }
            arrays = {name: np.load(io.BytesIO(archive.read(f"{name}.npy")), allow_pickle=False) for name in _ARRAYS}
            said = json.loads(archive.read("model.json"))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return None
    model = {**said["model"], **arrays, "topic_ids": tuple(said["model"]["topic_ids"])}
    agreement = {int(k): v for k, v in said["agreement"].items()}
    return TopicResult(**tables, model=model, agreement=agreement), said["key"]


def read_model(path: Path) -> dict[str, Any]:
    """Return what a packed result says of its model, without arrays; empty where there is none."""
    try:
        with zipfile.ZipFile(path) as archive:
            return dict(json.loads(archive.read("model.json"))["model"])
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return {}


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray | tuple | list):
        return [_plain(item) for item in value]
    return value.item() if isinstance(value, np.generic) else value
