"""Which sources lie at a path: a file is one, a folder or archive may hold several."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from consult.errors import UserError
from consult.ingest.archives import unpack
from consult.ingest.attachments import hidden, paper_files
from consult.ingest.batch import Aside
from consult.ingest.material import Material, holds_table, open_material

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import ExitStack

_DEEPEST = 3
# Files that hys-scraper and ThemeFinder write beside the responses; they are no sources of their own.
_COMPANIONS = frozenset({"attachments.csv", "categories.csv", "countries.csv", "themes.json", "mapping.jsonl"})


@dataclass(frozen=True)
class Opened:
    """A material, the path a person gave, and what was left out on the way to it."""

    material: Material
    given: Path
    asides: tuple[Aside, ...] = ()


def expand(path: Path, stack: ExitStack, *, limit: int | None = None) -> list[Opened]:
    """
    Open what lies at a path.

    A folder that a reader knows as a whole stays one source. Any other folder, and an archive once it is
    unpacked, gives one source for each table in it, and one for its documents.

    Args:
        path: File, folder or ZIP archive.
        stack: Keeps unpacked archives until everything was read.
        limit: Read so many rows of a delimited text only.

    Raises:
        UserError: Nothing in it can be read.
    """
    return _expand(path, path, path.name or str(path), stack, limit, 0)


def _expand(path: Path, given: Path, name: str, stack: ExitStack, limit: int | None, depth: int) -> list[Opened]:
    material = open_material(path, name, limit=limit)
    if material.shape == "archive":
        if depth >= _DEEPEST:
            message = f"{name}: archives packed {_DEEPEST} deep in each other are not unpacked. Unpack it yourself."
            raise UserError(message)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="consult-")))
        unpacked = unpack(path, folder, name)
        return _with_asides(_in_folder(folder, given, name, stack, limit, depth + 1), unpacked.asides, name)
    if material.shape == "folder":
        return _in_folder(path, given, name, stack, limit, depth)
    return [Opened(material, given)]


def _in_folder(folder: Path, given: Path, name: str, stack: ExitStack, limit: int | None, depth: int) -> list[Opened]:
    from consult.ingest.readers import recognised_folder

    whole = Material(folder, name, "folder")
    if recognised_folder(whole):
        return [Opened(whole, given)]
    inner = _only_folder(folder)
    if inner is not None:
        return _in_folder(inner, given, name, stack, limit, depth)
    found: list[Opened] = []
    problems: list[Aside] = []
    tables = [p for p in sorted(folder.rglob("*")) if _is_source(p, folder)]
    for path in tables:
        within = f"{name}/{path.relative_to(folder).as_posix()}"
        try:
            found.extend(_expand(path, given, within, stack, limit, depth))
        except UserError as error:
            problems.append(Aside(None, f"member '{path.relative_to(folder).as_posix()}'", str(error)))
    if paper_files(folder):
        found.append(Opened(whole, given))
    if not found:
        if problems:
            raise UserError(problems[0].reason)
        message = f"{name}: holds no file that can be read; expected tables, JSON or documents. Check the path."
        raise UserError(message)
    return _with_asides(found, tuple(problems), name)


def _with_asides(found: list[Opened], asides: Iterable[Aside], name: str) -> list[Opened]:
    asides = tuple(asides)
    if not asides:
        return found
    if not found:
        message = f"{name}: nothing in it can be read ({asides[0].reason})."
        raise UserError(message)
    return [replace(found[0], asides=(*found[0].asides, *asides)), *found[1:]]


def _only_folder(folder: Path) -> Path | None:
    """Archives often hold one folder that holds everything."""
    entries = [p for p in folder.iterdir() if not hidden(p, folder)]
    return entries[0] if len(entries) == 1 and entries[0].is_dir() and not entries[0].is_symlink() else None


def _is_source(path: Path, folder: Path) -> bool:
    if not path.is_file() or hidden(path, folder) or path.name in _COMPANIONS:
        return False
    return holds_table(path) and path.resolve().is_relative_to(folder.resolve())
