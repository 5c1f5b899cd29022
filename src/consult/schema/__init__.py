"""Every table of a study: one definition used to read, write, check and document it."""

from consult.schema.frames import build, check, empty
from consult.schema.tables import (
    CONSULTATION_KINDS,
    QUESTION_KINDS,
    STAKEHOLDER_TYPES,
    TABLES,
    TAGGERS,
    Column,
    SchemaError,
    Table,
    table,
)

__all__ = [
    "CONSULTATION_KINDS",
    "QUESTION_KINDS",
    "STAKEHOLDER_TYPES",
    "TABLES",
    "TAGGERS",
    "Column",
    "SchemaError",
    "Table",
    "build",
    "check",
    "empty",
    "table",
]
