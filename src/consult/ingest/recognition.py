"""A first look at a source: what it is and what each column would be taken for, before anything is kept."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from consult.ingest.batch import Recognition
from consult.ingest.expand import expand
from consult.ingest.readers import choose, unread_sheets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from consult.ingest.batch import Batch
    from consult.ingest.expand import Opened
    from consult.ingest.readers import Choice


def recognise(path: Path, *, mapping: Mapping[str, Sequence[str]] | None = None) -> Recognition:
    """
    Say what a file or folder looks like.

    Args:
        path: The source.
        mapping: As for `read_sources`; what it names is shown as mapped.

    Raises:
        UserError: The source cannot be read at all.
    """
    with ExitStack() as stack:
        found = [_one(opened, mapping) for opened in expand(Path(path), stack)]
    return together(found)


def together(found: Sequence[Recognition]) -> Recognition:
    """Make one of what lies in a folder or archive: the largest table, with notes on the others."""
    first = max(found, key=lambda r: (r.n_rows, r.name))
    rest = [r for r in found if r is not first]
    notes = tuple(f"{r.name}: also here, {r.format}, {r.n_rows} rows." for r in rest)
    problems = tuple(p for r in found for p in r.problems)
    return replace(first, problems=problems, notes=(*first.notes, *notes))


def _one(opened: Opened, mapping: Mapping[str, Sequence[str]] | None) -> Recognition:
    chosen = choose(opened.material)
    batches = chosen.reader.read(chosen.material, mapping)
    if batches:
        batches[0] = replace(batches[0], asides=(*batches[0].asides, *unread_sheets(chosen)))
    return recognition_of(opened, chosen, batches)


def recognition_of(opened: Opened, chosen: Choice, batches: Sequence[Batch]) -> Recognition:
    """Say what an opened source was taken for, from what was read of it."""
    reader, name = chosen.reader, opened.material.name
    left = [a for b in batches for a in b.asides] + list(opened.asides)
    counts = Counter(f"{a.item.split(' ', 1)[0]}: {a.reason}" for a in left)
    problems = [n for b in batches for n in b.notes]
    problems += [f"{name}: set aside {n} × {what}." for what, n in sorted(counts.items())[:20]]
    unsure = [c.heading for b in batches for c in b.columns if c.role == "open" and 0.15 < c.confidence < 0.65]
    if unsure:
        problems.append(
            f"{name}: it is not certain that these are open questions: {', '.join(unsure[:8])}. "
            "Overrule with --map closed=COLUMN."
        )
    columns = batches[0].columns if batches else ()
    n_rows = sum(b.n_rows for b in batches)
    shown = tuple(dict.fromkeys(problems))
    return Recognition(name, reader.title, reader.name, chosen.confidence, columns, n_rows, shown)
