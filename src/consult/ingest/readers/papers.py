"""A folder of position papers, or a single one: each file is a response."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from consult.errors import UserError
from consult.ingest.attachments import paper_files
from consult.ingest.batch import Aside, Batch
from consult.ingest.papers import paper_text
from consult.ingest.readers.reader import Reader
from consult.translation import later

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from consult.ingest.material import Material
    from consult.ingest.readers.reader import Map


def _recognises(material: Material) -> float:
    if material.shape == "paper":
        return 0.5
    return 0.5 if material.shape == "folder" and paper_files(material.path) else 0.0


def _read(material: Material, mapping: Map) -> list[Batch]:  # noqa: ARG001 - every reader takes a mapping
    files = [material.path] if material.shape == "paper" else paper_files(material.path)
    return [batch_of_papers(material.path, files)]


def batch_of_papers(path: Path, files: Sequence[Path]) -> Batch:
    """
    Read document files as responses, one each; files without text are set aside with the reason.

    The file's name below the folder is the reference.

    Raises:
        UserError: The only file given cannot be read.
    """
    files = sorted(files)
    read = [paper_text(f) for f in files]
    good = [i for i, t in enumerate(read) if not t.problem]
    if path.is_file() and not good:
        message = f"{files[0].name}: {read[0].problem}; expected a document with text."
        raise UserError(message)
    names = [f.relative_to(path).as_posix() if path.is_dir() else f.name for f in files]
    asides = (
        *(Aside(i + 1, f"file '{names[i]}'", t.problem) for i, t in enumerate(read) if t.problem),
        *(Aside(i + 1, f"part {what} of '{names[i]}'", why) for i, t in enumerate(read) for what, why in t.lost),
    )
    fields = pd.DataFrame({"reference": pd.Series([names[i] for i in good], dtype="str")})
    return Batch(
        name=path.name, path=path, format="papers", family="papers", kind="papers", fields=fields, questions=(),
        rows=np.asarray([i + 1 for i in good], dtype=np.int64), n_rows=len(files), call="Position papers",
        asides=asides, texts=tuple((n, None, read[i]) for n, i in enumerate(good)),
    )  # fmt: skip


READER = Reader(
    name="papers",
    title=later("Position papers"),
    made_by="anyone: PDF, DOCX, ODT, RTF, HTML, TXT and EML files, one or a folder of them",
    known_by="document files; each is a response, or joined to the response that names it",
    family="papers",
    kind="papers",
    recognises=_recognises,
    read=_read,
)
