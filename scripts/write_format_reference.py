"""Write docs/formats.md from the registry of readers; `--check` fails when the file is not current."""

from __future__ import annotations

import sys
from pathlib import Path

from consult.ingest.formats import formats_markdown

TARGET = Path(__file__).parents[1] / "docs" / "formats.md"


def main() -> None:
    """Write the file, or check that it is current."""
    if "--check" in sys.argv:
        current = TARGET.exists() and TARGET.read_text(encoding="utf-8") == formats_markdown()
        sys.exit(0 if current else f"{TARGET}: not current. Run: uv run python scripts/write_format_reference.py")
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(formats_markdown(), encoding="utf-8")


if __name__ == "__main__":
    main()
