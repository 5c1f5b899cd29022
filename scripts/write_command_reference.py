"""Write docs/commands.md from the commands' own help; `--check` fails when the file is not current."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from consult.cli import COMMAND_MODULES
from consult.cli.application import app

TARGET = Path(__file__).parents[1] / "docs" / "commands.md"
HEAD = """\
# Commands

Written by `scripts/write_command_reference.py` from the commands' own help; do not edit by hand.
Data go to stdout (with `--json` for machines), progress to stderr. Exit code 0: done; 1: the input or the study is at
fault, with one message that says what to do; 2: wrong usage.
"""


def reference() -> str:
    """Return the reference of all commands as Markdown."""
    from typer.main import get_command

    for name in COMMAND_MODULES:
        import_module(f"consult.cli.{name}")
    return HEAD + "".join(_command("consult", get_command(app), 0))


def _command(path: str, command: Any, depth: int) -> list[str]:
    lines = []
    if depth:
        arguments = [p for p in command.params if p.param_type_name == "argument"]
        words = " ".join(_placeholder(p) for p in arguments)
        lines += [f"\n{'#' * min(depth + 1, 4)} {path}\n", f"\n    {f'{path} {words}'.rstrip()} [OPTIONS]\n"]
        lines.append(f"\n{_cell(command.help or '')}\n")
        rows = [_row(p) for p in command.params if not getattr(p, "hidden", False) and p.name != "help"]
        if rows:
            lines += ["\n| option | what it does |\n|---|---|\n", *rows]
    for name, part in sorted(getattr(command, "commands", {}).items()):
        lines += _command(f"{path} {name}", part, depth + 1)
    return lines


def _placeholder(parameter: Any) -> str:
    name = (parameter.metavar or parameter.name).upper()
    name = f"{name}..." if parameter.nargs == -1 else name
    return name if parameter.required else f"[{name}]"


def _row(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        named = _placeholder(parameter)
    else:
        flags = [*parameter.opts, *parameter.secondary_opts]
        value = "" if parameter.is_flag else f" {parameter.metavar or _kind(parameter)}"
        named = f"{', '.join(flags)}{value}"
    text = _cell(getattr(parameter, "help", None) or "")
    default = parameter.default
    if isinstance(default, str | int | float) and not isinstance(default, bool) and default != "":
        text += f" Default: {default}."
    return f"| `{named}` | {text.strip()} |\n"


def _kind(parameter: Any) -> str:
    """Return what an option takes, from the type its function declares."""
    declared = str(parameter.type_descriptor.annotation)
    return next((word for kind, word in (("Path", "PATH"), ("int", "N"), ("float", "X")) if kind in declared), "TEXT")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    from keeping import keep

    keep(TARGET, reference())
