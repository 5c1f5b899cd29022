"""Write docs/tables.md from the one definition of every table; `--check` fails when the file is not current."""

from __future__ import annotations

from pathlib import Path

from consult import schema

TARGET = Path(__file__).parents[1] / "docs" / "tables.md"


def reference() -> str:
    """Return the reference of all tables as Markdown."""
    lines = [
        "# Tables of a study",
        "",
        "Written by `scripts/write_table_reference.py` from `consult/schema/tables.py`; do not edit by hand.",
        "Each table is `STUDY/tables/NAME.parquet`. Ids are strings made from content, the same in every run.",
    ]
    for table in schema.TABLES.values():
        lines += ["", f"## {table.name}", "", table.description, "", f"A row is identified by: {', '.join(table.key)}."]
        lines += ["", "| column | holds | may be empty | what it is |", "|---|---|---|---|"]
        for column in table.columns:
            allowed = f" One of: {', '.join(column.allowed)}." if column.allowed else ""
            empty = "yes" if column.nullable else ""
            lines.append(f"| {column.name} | {column.kind} | {empty} | {column.description}{allowed} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    from keeping import keep

    keep(TARGET, reference())
