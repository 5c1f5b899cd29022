"""Attachments: which file belongs to which response, and what stands in it."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from consult.ingest.assemble import sha256_of
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
    an id the row gives as its name or its beginning. A file in a folder named after another row's reference is
    never taken, and of several files with one name none, unless one lies in the row's own folder. A name that two
    rows share is joined to both. Texts that came with the source are used as they are.
    """
    folders = list(dict.fromkeys(folders))
    index = index_files(folders)
    if not index and not batch.named:
        return Joined((), (), ())
    references = batch.fields["reference"].tolist() if "reference" in batch.fields else []
    files = _Files(index, frozenset(_plain(r) for r in references) - {""}, tuple(folders))
    languages = batch.fields["declared_language"].tolist() if "declared_language" in batch.fields else []
    wanted: list[tuple[int, int | None, str, list[Path], str | None]] = []
    claimed: dict[int, set[Path]] = defaultdict(set)
    for named in batch.named:
        own = references[named.index].strip() if references else ""
        paths = [] if named.text else files.of(named.name, own, named.keys)
        claimed[named.index].update(paths)
        wanted.append((named.index, named.question, named.name, paths, named.text))
    only = next((i for i, q in enumerate(batch.questions) if q.kind == "attachment"), None)
    for i, reference in enumerate(references):
        for path in files.index.get(_plain(reference), []) if reference.strip() else []:
            if path not in claimed[i]:
                claimed[i].add(path)
                wanted.append((i, only, path.name, [path], None))
    used = {p for paths in claimed.values() for p in paths}
    texts: list[tuple[int, int | None, FileText]] = []
    asides: list[Aside] = []
    read: dict[Path, FileText] = {}
    digest = cache(sha256_of)
    for n, (i, question, name, paths, text) in enumerate(wanted):
        if progress:
            progress("attachments", n, len(wanted))
        declared = languages[i].strip() if languages else ""
        if len(paths) > 1 and len({digest(p) for p in paths}) > 1:
            found = _ambiguous(name, len(paths))
        else:
            found = _read(name, paths, text, read, language(declared) if declared else None)
        if found.problem:
            asides.append(Aside(int(batch.rows[i]), f"attachment '{name}'", found.problem))
            continue
        asides.extend(Aside(int(batch.rows[i]), f"part {what} of '{name}'", why) for what, why in found.lost)
        texts.append((i, question, found))
    unused = tuple(p for folder in folders for p in paper_files(folder) if p not in used)
    return Joined(tuple(texts), tuple(asides), unused)


@dataclass(frozen=True)
class _Files:
    """The files by every key they can be found under, the references of all rows, and where the files were given."""

    index: dict[str, list[Path]]
    references: frozenset[str]
    folders: tuple[Path, ...]

    def of(self, name: str, own: str, keys: tuple[str, ...]) -> list[Path]:
        """
        Return the file a row names, or all that it may be.

        Looked for first under the row's own reference: many rows name a file 'position paper.pdf'.
        """
        within = PurePosixPath(name)
        first = [f"{own}{joint}{n}" for n in (name, within.stem) for joint in ("_", "-", "/", " ")] if own else []
        several: list[Path] = []
        for form in map(_plain, (*first, name, str(within.with_suffix("")) if within.name else name, *keys)):
            found = [p for p in self.index.get(form, []) if self._may(p, own)] if form else []
            inside = [p for p in found if own and _plain(own) in self._lies_in(p)]
            if len(inside or found) == 1:
                return inside or found
            several = several or inside or found
        return several

    def _may(self, path: Path, own: str) -> bool:
        """Whether a file does not lie in the folder of another row."""
        owners = self.references & self._lies_in(path)
        return not owners or _plain(own) in owners

    def _lies_in(self, path: Path) -> set[str]:
        """Return the folders of a file below those that were given; those above say nothing of it."""
        given = [folder for folder in self.folders if path.is_relative_to(folder)]
        within = path.relative_to(max(given, key=lambda folder: len(folder.parts))) if given else path
        return {_plain(part) for part in within.parent.parts}


def _read(name: str, paths: list[Path], text: str | None, read: dict[Path, FileText], declared: str | None) -> FileText:
    if text and text.strip():
        return FileText(name, text.strip(), ((0, len(text.strip())),))
    if not paths:
        return FileText(name, "", problem="the file was not found beside the source, so its text is not analysed")
    path = paths[0]
    if path not in read:
        read[path] = paper_text(path, language=declared)
    return replace(read[path], name=name)


def _ambiguous(name: str, n_files: int) -> FileText:
    problem = (
        f"{n_files} files have this name, and none lies in a folder named after the response; "
        "put the response's reference before the file's name"
    )
    return FileText(name, "", problem=problem)
