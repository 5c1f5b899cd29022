"""A first look at a source: what it is and what each column would be taken for, before anything is kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from consult.ingest.batch import Recognition
from consult.ingest.material import open_material
from consult.ingest.readers import choose

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def recognise(path: Path, *, mapping: Mapping[str, Sequence[str]] | None = None) -> Recognition:
    """
    Say what a file or folder looks like.

    Args:
        path: The source.
        mapping: As for `read_sources`; what it names is shown as mapped.

    Raises:
        UserError: The source cannot be read at all.
    """
    material = open_material(Path(path))
    reader, confidence = choose(material)
    batches = reader.read(material, mapping)
    n_rows = sum(b.n_rows for b in batches)
    columns = batches[0].columns if batches else ()
    notes = tuple(n for b in batches for n in b.notes)
    problems = tuple(dict.fromkeys(notes))
    return Recognition(material.name, reader.title, reader.name, confidence, columns, n_rows, problems, notes)
