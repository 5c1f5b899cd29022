"""Sources in, tables out: each source recognised, read, given ids, and joined to its attachments."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from consult import schema
from consult.errors import UserError
from consult.ingest.assemble import Assembled, assemble, consultation_key, sha256_of, whole_rows
from consult.ingest.attachments import join_attachments
from consult.ingest.batch import Aside, Ingested
from consult.ingest.cells import said
from consult.ingest.expand import expand
from consult.ingest.mapping import Overrules, headings_not_there
from consult.ingest.merge import merge, same_consultations
from consult.ingest.readers import choose, unread_sheets
from consult.ingest.readers.papers import batch_of_papers
from consult.ingest.recognition import recognition_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from consult.ingest.attachments import Joined
    from consult.ingest.batch import Batch
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
        found = _tables(batches, joined, consultation_id, title, keep_names=keep_names)
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
    from consult.ingest.attachments import BESIDE

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


@dataclass(frozen=True)
class _Source:
    batch: Batch
    parts: Assembled
    joined: Joined | None
    ids: tuple[str, ...] | None = None


def _tables(
    batches: list[Batch],
    joined: list[Joined | None],
    consultation_id: str | None,
    title: str | None,
    *,
    keep_names: bool,
) -> Ingested:
    notes: list[str] = []
    sources: list[_Source] = []
    same = same_consultations(batches) if len(batches) > 1 else {}
    host = same.get(0, consultation_key(batches[0])) if batches else None
    names = [b.name for b in batches]
    for n, found in enumerate(joined):
        batch = batches.pop(0)
        cid = consultation_id or same.get(n)
        if cid is None and batch.format == "papers" and batch.family != "papers":
            cid = host
        parts = assemble(batch, cid, title, keep_names=keep_names)
        if any(s.parts.source_id == parts.source_id for s in sources):
            notes.append(f"{batch.name}: holds the same responses as a source given before; it is read once.")
            continue
        # The cells stand in the tables now; a second copy of a large source would not fit in memory.
        persons = batch.persons if keep_names else ()
        sources.append(_Source(replace(batch, fields=batch.fields[[]], questions=(), persons=persons), parts, found))
        del batch, parts
    if not any(len(s.parts.responses) for s in sources):
        if not any(s.batch.n_rows for s in sources):
            message = (
                f"{', '.join(names)}: there is a heading row but no response below it; expected at least one row. "
                "Export the file again."
            )
            raise UserError(message)
        reasons = sorted({a.reason for s in sources for a in s.parts.asides})[:3]
        message = (
            f"{', '.join(names)}: no response is left; every row was set aside "
            f"({'; '.join(reasons) or 'there are none'}). Check that this is the right file."
        )
        raise UserError(message)
    if len(sources) > 1:
        merged = merge([s.parts for s in sources], [s.batch.name for s in sources])
        sources = [replace(s, parts=p, ids=i) for s, p, i in zip(sources, merged.parts, merged.ids, strict=True)]
        notes.extend(merged.notes)
    notes.extend(line for s in sources for line in _said(s))
    if consultation_id is None:
        notes.extend(_taken_for_one(sources))
    attachments, pages = _attachments(sources)
    responses = schema.build("responses", _stacked([s.parts.responses for s in sources]))
    answers = [s.parts.answers for s in sources]
    sources = [replace(s, parts=replace(s.parts, answers=pd.DataFrame())) for s in sources]
    table = _sorted(answers, ["response_id", "question_id"])
    return Ingested(
        consultations=_consultations(sources),
        sources=_sources_table(sources),
        questions=_questions(sources),
        responses=responses,
        answers=schema.build("answers", table),
        set_aside=_set_aside(sources),
        attachments=attachments,
        attachment_pages=pages,
        columns=_columns(sources),
        notes=tuple(notes),
        persons=_persons(sources),
    )


def _taken_for_one(sources: list[_Source]) -> list[str]:
    """Say which tables were put in one consultation only because they ask the same questions."""
    groups: dict[str, list[str]] = {}
    for s in sources:
        if not s.batch.identity and s.batch.format != "papers":
            groups.setdefault(s.parts.consultation_id, []).append(s.batch.name)
    return [
        f"{', '.join(sorted(names))}: ask the same questions and are taken for one consultation. To keep them "
        "apart, ingest each with its own --consultation."
        for names in groups.values()
        if len(names) > 1
    ]


def _stacked(frames: list[pd.DataFrame]) -> pd.DataFrame:
    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)


def _sorted(frames: list[pd.DataFrame], by: list[str]) -> pd.DataFrame:
    """
    Stack and sort frames of strings, emptying the list.

    The texts are most of a large study: they are joined and put in order one column at a time, so that
    they never stand in memory more than twice.
    """
    order = _stacked([f[by] for f in frames]).reset_index(drop=True).sort_values(by, kind="stable").index.to_numpy()
    names = list(frames[0].columns)
    columns = {n: [chunk for f in frames for chunk in _chunks(f[n])] for n in names}
    frames.clear()
    text = pd.StringDtype(storage="pyarrow", na_value=np.nan)
    done: dict[str, pd.Series] = {}
    for name in names:
        whole = _whole(columns.pop(name))
        done[name] = pd.Series(pd.array(whole.take(pa.array(order)), dtype=text))
    return pd.DataFrame(done, copy=False)


def _chunks(values: pd.Series) -> list[pa.Array]:
    found = pa.array(values, pa.large_string())
    return list(found.chunks) if isinstance(found, pa.ChunkedArray) else [found]


def _whole(chunks: list[pa.Array]) -> pa.Array:
    if len(chunks) == 1:
        return chunks[0]
    return pa.concat_arrays(chunks) if chunks else pa.array([], pa.large_string())


def _consultations(sources: list[_Source]) -> pd.DataFrame:
    seen: dict[str, tuple[str, str, str]] = {}
    for s in sorted(sources, key=lambda s: (-len(s.parts.responses), s.parts.source_id)):
        seen.setdefault(s.parts.consultation_id, (s.parts.consultation_id, s.parts.title, s.batch.kind))
    names = ["consultation_id", "title", "kind"]
    return schema.build("consultations", pd.DataFrame(list(seen.values()), columns=names))


def _questions(sources: list[_Source]) -> pd.DataFrame:
    table = pd.concat([s.parts.questions for s in sources], ignore_index=True)
    table = table.drop_duplicates("question_id")
    table["number"] = table.groupby("consultation_id", sort=False).cumcount() + 1
    return schema.build("questions", table)


def _asides(source: _Source) -> tuple[Aside, ...]:
    return (*source.parts.asides, *(source.joined.asides if source.joined else ()))


def _sources_table(sources: list[_Source]) -> pd.DataFrame:
    return schema.build(
        "sources",
        [
            {
                "source_id": s.parts.source_id, "consultation_id": s.parts.consultation_id, "name": s.batch.name,
                "format": s.batch.format, "sha256": sha256_of(s.batch.given or s.batch.path), "n_rows": s.batch.n_rows,
                "n_responses": len(s.parts.responses), "n_set_aside": whole_rows(s.parts.asides),
            }
            for s in sources
        ],
    )  # fmt: skip


def _set_aside(sources: list[_Source]) -> pd.DataFrame:
    rows = [(s.parts.source_id, "ingest", a.row, a.item, a.reason) for s in sources for a in _asides(s)]
    names = ["source_id", "stage", "source_row", "item", "reason"]
    return schema.build("set_aside", pd.DataFrame(rows, columns=names)) if rows else schema.empty("set_aside")


def _attachments(sources: list[_Source]) -> tuple[pd.DataFrame, pd.DataFrame]:
    texts = []
    seen: set[tuple[str, str]] = set()
    known: set[tuple[str, str]] = set()
    pages: list[tuple[str, str, int, int, int]] = []
    for s in sources:
        named = [*s.batch.texts, *(s.joined.texts if s.joined else ())]
        if not named:
            continue
        ids = s.ids or tuple(s.parts.responses["response_id"])
        position = s.parts.kept.cumsum() - 1
        qids = s.parts.questions["question_id"].tolist()
        for i, question, found in named:
            if not s.parts.kept[i]:
                continue
            rid = ids[position[i]]
            if (rid, found.text) in known and len(sources) > 1:
                continue
            known.add((rid, found.text))
            name, n = found.name, 1
            while (rid, name) in seen:
                n += 1
                name = f"{found.name} ({n})"
            seen.add((rid, name))
            texts.append((rid, None if question is None else qids[question], name, found.text))
            pages.extend((rid, name, p, start, end) for p, (start, end) in enumerate(found.pages, 1))
    table = pd.DataFrame(texts, columns=["response_id", "question_id", "attachment", "text"]).astype("str")
    numbered = pd.DataFrame(pages, columns=["response_id", "attachment", "page", "start", "end"])
    whole = dict.fromkeys(("page", "start", "end"), "int64")
    numbered = numbered.astype({"response_id": "str", "attachment": "str"} | whole)
    return (
        table.sort_values(["response_id", "attachment"], ignore_index=True),
        numbered.sort_values(["response_id", "attachment", "page"], ignore_index=True),
    )


def _persons(sources: list[_Source]) -> pd.DataFrame:
    parts = []
    for s in sources:
        ids = np.asarray(s.ids or tuple(s.parts.responses["response_id"]), dtype=object)
        for heading, values in s.batch.persons:
            kept = values[s.parts.kept].reset_index(drop=True)
            filled = said(kept).to_numpy()
            parts.append(pd.DataFrame({"response_id": ids[filled], "detail": heading, "value": kept[filled]}))
    if not parts:
        return schema.empty("persons")
    found = pd.concat(parts, ignore_index=True).drop_duplicates(["response_id", "detail"], ignore_index=True)
    return schema.build("persons", found)


def _columns(sources: list[_Source]) -> pd.DataFrame:
    rows = [
        (s.parts.source_id, c.position + 1, c.heading, c.role, c.field, c.confidence, " · ".join(c.samples), c.why)
        for s in sources
        for c in s.batch.columns
    ]
    names = ["source_id", "position", "heading", "role", "field", "confidence", "samples", "why"]
    return pd.DataFrame(rows, columns=names)


def _said(source: _Source) -> list[str]:
    batch, parts = source.batch, source.parts
    kinds = parts.questions["kind"].value_counts().to_dict()
    counted = ", ".join(f"{kinds[k]} {k}" for k in ("open", "closed", "attachment") if k in kinds) or "none"
    n_attached = len(batch.texts) + (len(source.joined.texts) if source.joined else 0)
    attached = f"; {n_attached} attachments with text" if n_attached else ""
    lines = [
        (
            f"{batch.name}: read as {batch.format}; {batch.n_rows} rows = {len(parts.responses)} responses + "
            f"{whole_rows(parts.asides)} set aside; questions: {counted}{attached}."
        )
    ]
    if batch.format == "table":
        used = [c for c in batch.columns if c.role != "ignored"]
        taken = "; ".join(f"'{c.heading}' as {c.field or c.role}" for c in used[:30])
        lines.append(f"{batch.name}: columns taken: {taken}. Overrule with --map FIELD=COLUMN.")
        ignored = [f"'{c.heading}'" for c in batch.columns if c.role == "ignored"]
        if ignored:
            lines.append(f"{batch.name}: columns left out: {', '.join(ignored[:30])}.")
    return [*lines, *parts.notes]
