"""Write docs/formats.md from the registry of readers; `--check` fails when the file is not current."""

from __future__ import annotations

from pathlib import Path

from consult.ingest.formats import formats_markdown

TARGET = Path(__file__).parents[1] / "docs" / "formats.md"


if __name__ == "__main__":
    from keeping import keep

    keep(TARGET, formats_markdown())
