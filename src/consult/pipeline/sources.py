"""The first stage: sources become responses, answers and documents."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import consult
from consult.pipeline.freshness import hash_of, is_done, log, source_hash
from consult.pipeline.options import Progress, StageRun, quiet
from consult.study import Study

if TYPE_CHECKING:
    import pandas as pd

INGEST_TABLES = ("consultations", "sources", "questions", "responses", "answers", "documents", "pages")


def ingest(
    sources: Sequence[Path | str],
    study: Study,
    *,
    mapping: Mapping[str, Sequence[str]] | None = None,
    consultation_id: str | None = None,
    title: str | None = None,
    progress: Progress | None = None,
) -> StageRun:
    """
    Read sources into the study; what it holds already stays, the same source given twice counts once.

    Raises:
        UserError: A source cannot be read.
    """
    import pandas as pd

    from consult.ingest import read_sources
    from consult.text.documents import make_documents

    report = progress or quiet
    paths = [Path(source) for source in sources]
    key = hash_of(
        consult.__version__,
        json.dumps([dict(mapping or {}), consultation_id, title], sort_keys=True, default=list),
        *sorted(source_hash(path) for path in paths),
    )
    if is_done(study, "ingest", key, INGEST_TABLES):
        return StageRun("ingest", skipped=True, seconds=0.0, counts={})
    started = time.perf_counter()
    report("ingest", 0, 0)
    found = read_sources(
        paths,
        mapping=mapping,
        consultation_id=consultation_id,
        title=title,
        progress=lambda _, done, total: report("ingest", done, total),
    )
    made = make_documents(found.answers, found.questions, found.responses, found.attachments, found.attachment_pages)
    new: dict[str, pd.DataFrame] = {
        "consultations": found.consultations,
        "sources": found.sources,
        "questions": found.questions,
        "responses": found.responses,
        "answers": found.answers,
        "documents": made.documents,
        "pages": made.pages,
        "set_aside": pd.concat([found.set_aside, made.set_aside], ignore_index=True),
    }
    tables = {name: _added(study, name, frame) for name, frame in new.items()}
    study.write(tables)
    by_name = {path.name: path for path in paths}
    for source_id, name in zip(found.sources["source_id"], found.sources["name"], strict=True):
        if name in by_name:
            study.keep_source(source_id, by_name[name])
    seconds = time.perf_counter() - started
    counts = {name: len(frame) for name, frame in tables.items()}
    log(study, "ingest", key, INGEST_TABLES, seconds, counts, {"notes": list(found.notes)})
    report("ingest", 1, 1)
    return StageRun("ingest", skipped=False, seconds=seconds, counts=counts)


def _added(study: Study, name: str, new: pd.DataFrame) -> pd.DataFrame:
    """Join new rows to those of the study; a row that is there already (by its key) stays as it was."""
    import pandas as pd

    from consult import schema

    if not study.has(name):
        return new
    old = study.read(name)
    both = pd.concat([old, new], ignore_index=True) if len(old) and len(new) else (old if len(old) else new)
    return both.drop_duplicates(list(schema.table(name).key), ignore_index=True)
