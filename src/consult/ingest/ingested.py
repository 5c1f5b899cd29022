"""Batches of all sources to the tables of a study, each response once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from consult import schema
from consult.errors import UserError
from consult.ingest.assemble import Assembled, assemble, consultation_key, sha256_of, whole_rows
from consult.ingest.batch import Ingested
from consult.ingest.cells import said
from consult.ingest.merge import merge, same_consultations

if TYPE_CHECKING:
    from consult.ingest.attachments import Joined
    from consult.ingest.batch import Aside, Batch


@dataclass(frozen=True)
class _Source:
    batch: Batch
    parts: Assembled
    joined: Joined | None
    ids: tuple[str, ...] | None = None


def tables_of(
    batches: list[Batch],
    joined: list[Joined | None],
    consultation_id: str | None,
    title: str | None,
    *,
    keep_names: bool,
) -> Ingested:
    """
    Make the tables of a study of all sources together.

    Args:
        batches: What was read; emptied, so that no more than one lies in memory beside the tables.
        joined: The attachments of each.
        consultation_id: Put all in this consultation.
        title: Title of the consultation; made from the content where absent.
        keep_names: Keep names of private persons.

    Raises:
        UserError: Nothing is left to analyse.
    """
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
