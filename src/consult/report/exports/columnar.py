"""Parquet and JSON Lines: for programs, with types and without apostrophes."""

from __future__ import annotations

from io import BytesIO

import pandas as pd

from consult.report.exports.delimited import readme
from consult.report.exports.tables import Exported


def parquet_files(exported: Exported) -> dict[str, bytes]:
    """Return one Parquet file a table, and a README."""
    files = {f"{name}.parquet": parquet_bytes(frame) for name, frame in exported.everything.items()}
    return {**files, "README.txt": readme(exported, "Parquet files, one a table, with types.").encode()}


def json_lines_files(exported: Exported) -> dict[str, bytes]:
    """Return one JSON Lines file a table, and a README; what is missing is null, times are ISO 8601."""
    files = {f"{name}.jsonl": _json_lines(frame) for name, frame in exported.everything.items()}
    note = "JSON Lines: one object a line, UTF-8; missing values are null, times ISO 8601 without a zone."
    return {**files, "README.txt": readme(exported, note).encode()}


def parquet_bytes(frame: pd.DataFrame) -> bytes:
    """Return a table as a Parquet file."""
    buffer = BytesIO()
    frame.to_parquet(buffer, index=False, compression="zstd")
    return buffer.getvalue()


def _json_lines(frame: pd.DataFrame) -> bytes:
    if not len(frame):
        return b""
    text = frame.to_json(orient="records", lines=True, force_ascii=False, date_format="iso", double_precision=15)
    return f"{text.rstrip()}\n".encode()
