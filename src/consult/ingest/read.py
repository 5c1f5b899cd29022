"""Sources in, tables out: each source recognised, read, and joined to its attachments."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from consult.errors import UserError
from consult.ingest.attachments import BESIDE, join_attachments
from consult.ingest.batch import Aside
from consult.ingest.expand import expand
from consult.ingest.ingested import tables_of
from consult.ingest.mapping import Overrules, headings_not_there
from consult.ingest.readers import choose, unread_sheets
from consult.ingest.readers.papers import batch_of_papers
from consult.ingest.recognition import recognition_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from consult.ingest.attachments import Joined
    from consult.ingest.batch import Batch, Ingested
    from consult.ingest.expand import Opened

    Progress = Callable[[str, int, int], None] | None


def read_sources(
    paths: Sequence[Path],
    *,
    mapping: Mapping[str, Sequence[str]] | None = None,
    consultation_id: str | None = None,
    title: str | None = None,
    kept: Mapping[str, Any] | None = None,
    keep_names: bool = False,
    progress: Progress = None,
) -> Ingested:
    """
    Read sources of any known format into the tables of a study.

    Every row of every source ends up as a response or is set aside with a reason. Names of private persons
    are kept only where asked for. Ids come from content: neither the order of the rows nor a file's name plays a part.

    Args:
        paths: Files and folders. A folder of documents beside a table whose rows name them is joined to it.
        mapping: Field to columns, as `--map FIELD=COLUMN`: `text`, `closed`, `attachment`, `person`,
            `ignore`, or a field of the respondent. It overrules what was recognised.
        consultation_id: Put all sources in this consultation.
        title: Title of the consultation; made from the content where absent.
        kept: The table [map] of `study.toml`: what each column of a file was, by the file's name, and
            field to columns for files it does not name. `mapping` overrules it.
        keep_names: Keep columns with names and contact details (table `persons`), and what citizens wrote as
            their organisation, which often is their name.
        progress: Called with what is being done, how many are done, and how many there are.

    Raises:
        UserError: A source cannot be read, the mapping does not fit, or nothing is left to analyse.
    """
    if not paths:
        message = "no source was given; name at least one file or folder."
        raise UserError(message)
    with ExitStack() as stack:
        batches: list[Batch] = []
        for n, path in enumerate(paths):
            if progress:
                progress("sources", n, len(paths))
            batches.extend(_read_path(Path(path), stack, _Told(mapping, kept or {})))
        recognised = tuple(b.recognition for b in batches if b.recognition)
        batches, joined = _join(batches, progress)
        found = tables_of(batches, joined, consultation_id, title, keep_names=keep_names)
    named = found.columns.merge(found.sources[["source_id", "name"]])
    headings = {str(name): list(columns) for name, columns in named.groupby("name")["heading"]}
    notes = (*found.notes, *headings_not_there(kept or {}, headings))
    return replace(found, recognised=recognised, notes=notes)


@dataclass(frozen=True)
class _Told:
    """What a person said of columns: of all sources, and of each by its name."""

    mapping: Mapping[str, Sequence[str]] | None
    kept: Mapping[str, Any]

    def of(self, name: str) -> Overrules:
        return Overrules(self.mapping, self.kept, name)


def _read_path(path: Path, stack: ExitStack, told: _Told) -> list[Batch]:
    found = expand(path, stack)
    if len(found) == 1:
        return _given(found[0], told)
    batches: list[Batch] = []
    unread: list[Aside] = []
    for opened in found:
        try:
            batches.extend(_given(opened, told))
        except UserError as error:
            # One file among many in a folder is set aside; the rest is read.
            unread.extend((Aside(None, f"member '{opened.material.name}'", str(error)), *opened.asides))
    if not batches:
        raise UserError(unread[0].reason)
    return [replace(batches[0], asides=(*batches[0].asides, *unread)), *batches[1:]]


def _given(opened: Opened, told: _Told) -> list[Batch]:
    """Read one opened source; it carries the name and the checksum of what the person gave."""
    chosen = choose(opened.material)
    batches = chosen.reader.read(chosen.material, told.of(opened.material.name))
    if not batches:
        return []
    batches[0] = replace(batches[0], asides=(*batches[0].asides, *unread_sheets(chosen)))
    batches[0] = replace(batches[0], recognition=recognition_of(opened, chosen, batches))
    if opened.asides:
        batches = [replace(batches[0], asides=(*batches[0].asides, *opened.asides)), *batches[1:]]
    return [replace(b, name=opened.material.name, given=opened.given) for b in batches]


def _join(batches: list[Batch], progress: Progress) -> tuple[list[Batch], list[Joined | None]]:
    """Read attachments; folders of documents given as sources serve the tables beside them first."""
    papers = [b for b in batches if b.format == "papers" and b.path.is_dir()]
    hosts = [b for b in batches if b.format != "papers"]
    given = [b.path for b in papers] if hosts else []
    joined: list[Joined | None] = []
    used: set[Path] = set()
    kept: list[Batch] = []
    for batch in hosts:
        beside = [d for d in _beside(batch.path) if d not in given]
        found = join_attachments(batch, [*given, *batch.folders, *beside], progress)
        own = {p for p in found.unused if not any(p.is_relative_to(g) for g in given)}
        given_files = {p for g in given for p in g.rglob("*")}
        used |= given_files - set(found.unused)
        kept.append(_with_unused(batch, sorted(own), hosts))
        joined.append(found)
    for batch in papers:
        left = [p for p in (batch.path / f for f in _files(batch)) if p not in used] if hosts else None
        if left is None:
            kept.append(batch)
            joined.append(None)
        elif left:
            identity = hosts[0].identity
            rest = batch_of_papers(batch.path, left)
            kept.append(replace(rest, name=batch.name, given=batch.given, family=hosts[0].family, identity=identity))
            joined.append(None)
    for batch in batches:
        if batch.format == "papers" and not batch.path.is_dir():
            kept.append(batch)
            joined.append(None)
    return kept, joined


def _files(batch: Batch) -> list[str]:
    names = batch.fields["reference"].tolist() + [a.item.removeprefix("file '")[:-1] for a in batch.asides]
    return sorted(names)


def _beside(path: Path) -> list[Path]:
    folder = path if path.is_dir() else path.parent
    return [folder / name for name in BESIDE if (folder / name).is_dir()]


def _with_unused(batch: Batch, unused: list[Path], hosts: list[Batch]) -> Batch:
    """Note documents that lie beside a table and that no row of it names."""
    if not unused or len(hosts) > 1 or not batch.named:
        return batch
    asides = tuple(
        Aside(None, f"attachment '{p.name}'", "no response names this file; give its folder as a source to count it")
        for p in unused
    )
    return replace(batch, asides=(*batch.asides, *asides))
