"""
Sources to responses: every format recognised by its content, every row accounted for.

`read_sources` reads, `recognise` only looks. A source is opened (`material`), taken by the surest reader
(`readers`), its columns understood (`mapping`, `guessing`, `classify`), and made into tables (`assemble`, `ingested`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from consult.ingest.batch import ColumnRole, Ingested, Recognition
    from consult.ingest.read import read_sources
    from consult.ingest.recognition import recognise

__all__ = ["ColumnRole", "Ingested", "Recognition", "read_sources", "recognise"]

_WHERE = {
    "read_sources": "read", "recognise": "recognition", "Ingested": "batch", "Recognition": "batch",
    "ColumnRole": "batch",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import on first use, so that importing the package loads neither pandas nor a parser."""
    if name not in _WHERE:
        message = f"module 'consult.ingest' has no attribute '{name}'"
        raise AttributeError(message)
    from importlib import import_module

    return getattr(import_module(f"consult.ingest.{_WHERE[name]}"), name)
