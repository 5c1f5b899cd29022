"""
Run the code of docs/tutorial.md from top to bottom and put what it prints under each block.

`run_blocks` is what the tests use; as a program it brings the outputs in the file up to date.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
import tempfile
from pathlib import Path

TUTORIAL = Path(__file__).parents[1] / "docs" / "tutorial.md"
BLOCK = re.compile(r"```python\n(?P<code>.*?)```\n(?:\n```text\n(?P<output>.*?)```\n)?", re.DOTALL)


def run_blocks(text: str) -> list[tuple[str, str, str]]:
    """Run every Python block in one namespace, in the current folder; return code, output shown, output now."""
    names: dict[str, object] = {"__name__": "tutorial"}
    found = []
    for match in BLOCK.finditer(text):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(match["code"], str(TUTORIAL), "exec"), names)
        found.append((match["code"], match["output"] or "", printed.getvalue()))
    return found


def with_outputs(text: str) -> str:
    """Return the tutorial with the outputs of today under its blocks."""
    outputs = iter([now for _, _, now in run_blocks(text)])

    def written(match: re.Match[str]) -> str:
        now = next(outputs)
        return f"```python\n{match['code']}```\n" + (f"\n```text\n{now}```\n" if now else "")

    return BLOCK.sub(written, text)


def main() -> None:
    """Bring the outputs in the file up to date."""
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        text = with_outputs(TUTORIAL.read_text(encoding="utf-8"))
    TUTORIAL.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{TUTORIAL}\n")


if __name__ == "__main__":
    main()
