"""A page that is written from the code: written anew, or with `--check` only compared."""

from __future__ import annotations

import sys
from pathlib import Path


def keep(page: Path, text: str) -> None:
    """Write the page; with `--check` write nothing, and exit 1 where it is not current."""
    if "--check" in sys.argv:
        current = page.exists() and page.read_text(encoding="utf-8") == text
        sys.exit(0 if current else f"{page}: not current. Run: uv run python scripts/{Path(sys.argv[0]).name}")
    page.parent.mkdir(exist_ok=True)
    page.write_text(text, encoding="utf-8")
