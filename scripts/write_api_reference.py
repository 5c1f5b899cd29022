"""Write docs/api.md from the docstrings of the public functions; `--check` fails when the file is not current."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parents[1] / "docs" / "api.md"
HEAD = """\
# Python

Written by `scripts/write_api_reference.py` from the docstrings; do not edit by hand. The [tutorial](tutorial.md) shows
how these go together. Functions take data frames and return new ones; arguments are never changed. Faults in what a
user gave raise `consult.UserError`, with a message that says what to do.
"""
PARTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("consult", "Run", ("run", "run_from_package", "run_stage", "Options", "Study", "UserError", "example_sources")),
    ("consult.measures", "Count", ()),
    ("consult.charts", "Draw", ()),
    ("consult.report", "Write", ()),
)
LONGEST = 40
SECTIONS = ("Args", "Attributes", "Returns", "Raises", "Yields")
PLAIN = ("Returns", "Yields")


def reference() -> str:
    """Return the reference of the public functions as Markdown."""
    from importlib import import_module

    lines = [HEAD]
    for module, title, chosen in PARTS:
        home = import_module(module)
        lines.append(f"\n## {title}: `{module}`\n")
        for name in chosen or sorted(home.__all__, key=lambda n: (n[0].isupper(), n.lower())):
            found = getattr(home, name)
            if inspect.isclass(found) or inspect.isfunction(found):
                lines += _entry(f"{module}.{name}", found)
    return "".join(lines)


def _entry(name: str, found: Any) -> list[str]:
    lines = [f"\n### {name.removeprefix('consult.')}\n"]
    if inspect.isfunction(found) or "__init__" in vars(found) or hasattr(found, "__dataclass_fields__"):
        lines.append(f"\n```python\n{name}{_signature(found)}\n```\n")
    lines.append(_text(inspect.getdoc(found) or ""))
    if inspect.isclass(found):
        methods = [(n, m) for n, m in vars(found).items() if not n.startswith("_") and _documented(m)]
        rows = [f"| `{n}{_of(m)}` | {_first(m)} |\n" for n, m in methods]
        if rows:
            lines += ["\n| method | what it does |\n|---|---|\n", *rows]
    return lines


def _documented(member: Any) -> bool:
    return isinstance(member, property | classmethod) or inspect.isfunction(member)


def _of(member: Any) -> str:
    if isinstance(member, property):
        return ""
    plain = member.__func__ if isinstance(member, classmethod) else member
    names = [n for n in inspect.signature(plain).parameters if n not in ("self", "cls")]
    return f"({', '.join(names)})"


def _first(member: Any) -> str:
    doc = inspect.getdoc(member) or ""
    return " ".join(doc.strip().split("\n\n")[0].split()).replace("|", "\\|")


def _signature(found: Any) -> str:
    """Return the parameters, one a line where they are many; annotations as they stand in the source."""
    signature = inspect.signature(found)
    parts: list[str] = []
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and "*" not in parts:
            parts.append("*")
        declared = "" if parameter.annotation is parameter.empty else f": {parameter.annotation}"
        default = "" if parameter.default is parameter.empty else f" = {parameter.default!r}"
        parts.append(re.sub(r" at 0x[0-9a-f]+", "", f"{parameter.name}{declared}{default}"))
    gives = (
        "" if inspect.isclass(found) or signature.return_annotation is signature.empty else signature.return_annotation
    )
    after = f" -> {gives}" if gives else ""
    line = f"({', '.join(parts)}){after}"
    return line if len(line) <= 80 else "(\n    " + ",\n    ".join(parts) + f",\n){after}"


def _text(doc: str) -> str:
    """Return a docstring as Markdown: its sections as lists, its examples as code."""
    lines: list[str] = []
    section, example = "", False
    for line in doc.split("\n"):
        head = re.fullmatch(r"(\w+):", line)
        example = line.startswith(">>>") or (example and bool(line))
        if head and head[1] in SECTIONS:
            section = head[1]
            lines += ["", f"**{section}**", ""]
        elif example:
            lines.append(f"    {line}")
        elif section and re.match(r"    \S", line):
            entry = re.match(r"    ([\w*, ]+): (.*)", line) if section not in PLAIN else None
            if section in PLAIN and lines[-1]:
                lines[-1] += f" {line.strip()}"
                continue
            lines.append(f"- `{entry[1]}`: {entry[2]}" if entry else line.strip())
        elif section and line.startswith("     "):
            lines[-1] += f" {line.strip()}"
        else:
            lines.append(line)
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return "\n" + re.sub(r"``([^`]+)``", r"`\1`", text) + "\n"


if __name__ == "__main__":
    from keeping import keep

    keep(TARGET, reference())
