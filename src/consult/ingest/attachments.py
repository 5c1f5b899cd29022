"""Attachments: which file belongs to which response, and what stands in it."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from consult.ingest.batch import Aside, FileText
from consult.ingest.canonical import language
from consult.ingest.material import holds_table
from consult.ingest.papers import paper_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from consult.ingest.batch import Batch

BESIDE = ("attachments", "attachment", "files", "documents", "uploads", "Attachments", "Files")


@dataclass(frozen=True)
class Joined:
    """Attachments with text, by row of the batch; what could not be joined or read; files left over."""

    texts: tuple[tuple[int, int | None, FileText], ...]
    asides: tuple[Aside, ...]
    unused: tuple[Path, ...]


def hidden(path: Path, folder: Path) -> bool:
    """Whether a file is one that systems leave behind (.DS_Store, __MACOSX, ~$lock files)."""
    return any(part.startswith((".", "__MACOSX", "~$")) for part in path.relative_to(folder).parts)


def paper_files(folder: Path) -> list[Path]:
    """
    Files below a folder that are no tables, sorted by name.

    Pictures and other files without text are among them, so that they are set aside with a reason rather
    than overlooked; hidden files and links out of the folder are not.
    """
    root = folder.resolve()
    found = (p for p in sorted(folder.rglob("*")) if p.is_file() and not hidden(p, folder))
    return [p for p in found if not holds_table(p) and p.resolve().is_relative_to(root)]


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold().strip()


def _forms(path: Path) -> list[str]:
    """Under which keys a file can be found: name, stem, id before an underscore."""
    stem = path.stem
    within = f"{path.parent.name}/{path.name}"
    forms = [_plain(path.name), _plain(stem), _plain(within), _plain(f"{path.parent.name}/{stem}")]
    forms.extend(_plain(m.group(1)) for m in [re.match(r"([0-9A-Za-z-]{4,})[_ ]", stem)] if m)
    return forms


def index_files(folders: Iterable[Path]) -> dict[str, list[Path]]:
    """Map every key of every document below the folders to the files it stands for."""
    index: dict[str, list[Path]] = defaultdict(list)
    for folder in folders:
        for path in paper_files(folder):
            for form in dict.fromkeys(_forms(path)):
                index[form].append(path)
    return dict(index)


def join_attachments(
    batch: Batch,
    folders: Iterable[Path],
    progress: Callable[[str, int, int], None] | None = None,
) -> Joined:
    """
    Find and read the files that the rows of a batch name.

    A file belongs to a row when it has the name the row gives (its text may have been saved as .txt), or
    an id the row gives as its name or its beginning. A name that two rows share is joined to both. Texts
    that came with the source are used as they are.
    """
    folders = list(dict.fromkeys(folders))
    index = index_files(folders)
    references = batch.fields["reference"].tolist() if "reference" in batch.fields else []
    languages = batch.fields["declared_language"].tolist() if "declared_language" in batch.fields else []
    wanted: list[tuple[int, int | None, str, list[Path], str | None]] = []
    claimed: dict[int, set[Path]] = defaultdict(set)
    for named in batch.named:
        own = references[named.index].strip() if references else ""
        first = tuple(f"{own}{joint}{named.name}" for joint in ("_", "-", "/", " ")) if own else ()
        paths = [] if named.text else _find(index, named.name, first, named.keys)
        claimed[named.index].update(paths)
        wanted.append((named.index, named.question, named.name, paths[:1], named.text))
    only = next((i for i, q in enumerate(batch.questions) if q.kind == "attachment"), None)
    for i, reference in enumerate(references):
        for path in index.get(_plain(reference), []) if reference.strip() else []:
            if path not in claimed[i]:
                claimed[i].add(path)
                wanted.append((i, only, path.name, [path], None))
    used = {p for paths in claimed.values() for p in paths}
    texts: list[tuple[int, int | None, FileText]] = []
    asides: list[Aside] = []
    read: dict[Path, FileText] = {}
    for n, (i, question, name, paths, text) in enumerate(wanted):
        if progress:
            progress("attachments", n, len(wanted))
        declared = languages[i].strip() if languages else ""
        found = _read(name, paths, text, read, language(declared) if declared else None)
        if found.problem:
            asides.append(Aside(int(batch.rows[i]), f"attachment '{name}'", found.problem))
        else:
            texts.append((i, question, found))
    unused = tuple(p for folder in folders for p in paper_files(folder) if p not in used)
    return Joined(tuple(texts), tuple(asides), unused)


def _find(index: dict[str, list[Path]], name: str, first: tuple[str, ...], keys: tuple[str, ...]) -> list[Path]:
    """Look under the row's own reference first: many rows name a file 'position paper.pdf'."""
    for form in (*map(_plain, first), _plain(name), _plain(Path(name).stem), *map(_plain, keys)):
        if form and index.get(form):
            return index[form]
    return []


def _read(name: str, paths: list[Path], text: str | None, read: dict[Path, FileText], declared: str | None) -> FileText:
    if text and text.strip():
        return FileText(name, text.strip(), ((0, len(text.strip())),))
    if not paths:
        return FileText(name, "", problem="the file was not found beside the source, so its text is not analysed")
    path = paths[0]
    if path not in read:
        read[path] = paper_text(path, language=declared)
    found = read[path]
    return FileText(name, found.text, found.pages, found.problem)
