"""Runs stages in order, and skips those that are up to date."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import consult
from consult.errors import UserError
from consult.pipeline.freshness import file_hash, hash_of, is_done, log, versions
from consult.pipeline.options import Options, Progress, StageRun, quiet, remember_options
from consult.pipeline.shipped import use_codebook
from consult.pipeline.sources import ingest
from consult.pipeline.stages import STAGES
from consult.pipeline.threads import one_thread
from consult.pipeline.topics import EDITS, NOT_CARRIED, forget_topics
from consult.study import Study

if TYPE_CHECKING:
    from consult.topics import Edit


def run(
    sources: Sequence[Path | str],
    study: Path | str | Study,
    *,
    codebook: Path | str | None = None,
    mapping: Mapping[str, Sequence[str]] | None = None,
    consultation_id: str | None = None,
    title: str | None = None,
    keep_names: bool | None = None,
    options: Options | None = None,
    progress: Progress | None = None,
) -> Study:
    """
    Do all stages: ingest the sources, find passages, campaigns and topics, tag themes, and check the claims.

    Last comes the index that the dashboard searches. Stages whose input, options and version have not changed since
    they last ran are skipped, so that an interrupted run goes on where it stopped.

    Args:
        sources: Files or folders; may be empty when the study has been ingested before.
        study: Folder of the study; made when it does not exist.
        codebook: Codebook file, or the name of a shipped one; None keeps the study's own, or takes the default.
        mapping: Columns by field, as `consult ingest --map`.
        consultation_id: Id for the consultation; None makes one from its questions.
        title: Title of the consultation; None makes one from its format and dates.
        keep_names: Keep names of private persons; None does as the study did before.
        options: Seed, embedding, language of the study, number of topics.
        progress: Called with stage, number done, number to do.

    Returns:
        The study.

    Raises:
        UserError: A source, the codebook or the study is at fault.
    """
    from consult.pipeline.searching import search_index
    from consult.report.claims import recheck

    report = progress or quiet
    opened = study if isinstance(study, Study) else Study.create(study)
    use_codebook(opened, codebook)
    if sources:
        ingest(
            sources,
            opened,
            mapping=mapping,
            consultation_id=consultation_id,
            title=title,
            keep_names=keep_names,
            progress=report,
        )
    chosen = remember_options(opened, options)
    for name in STAGES:
        run_stage(opened, name, chosen, report)
    recheck(opened, versions, report)
    search_index(opened)
    return opened


def run_stage(
    study: Study, name: str, options: Options, progress: Progress | None = None, *, again: bool = False
) -> StageRun:
    """
    Run one stage, unless it is up to date and not asked for `again`.

    Raises:
        UserError: There is no such stage, or nothing has been ingested yet.
    """
    report = progress or quiet
    if name not in STAGES:
        message = f"stage '{name}': there is no such stage; the stages are {', '.join(STAGES)}."
        raise UserError(message)
    if not study.has("documents"):
        message = f"{study.path}: nothing has been ingested yet. Start with: consult ingest SOURCE --study {study.path}"
        raise UserError(message)
    stage = STAGES[name]
    chosen = {option: getattr(options, option) for option in stage.options}
    key = hash_of(
        consult.__version__,
        json.dumps(chosen, sort_keys=True),
        study.digest(stage.reads),
        study.codebook_path.read_text(encoding="utf-8") if stage.uses_codebook else "",
        *(file_hash(study.path / kept) for kept in stage.decisions),
    )
    if not again and is_done(study, name, key, stage.writes):
        return StageRun(name, skipped=True, seconds=0.0, counts={})
    started = time.perf_counter()
    report(name, 0, 0)
    with one_thread(*stage.libraries):
        tables = dict(stage.work(study, options, report))
    study.write(tables)
    seconds = time.perf_counter() - started
    counts = {table: len(frame) for table, frame in tables.items()}
    log(
        study,
        name,
        key,
        stage.writes,
        seconds,
        counts,
        {"options": chosen, **(stage.about(study) if stage.about else {})},
    )
    report(name, 1, 1)
    return StageRun(name, skipped=False, seconds=seconds, counts=counts)


def find_topics_anew(study: Study, options: Options, progress: Progress | None = None) -> StageRun:
    """Find the topics of a study anew, edits are replayed, and topics that return keep their ids."""
    forget_topics(study)
    return run_stage(study, "topics", options, progress, again=True)


def edit_topics(study: Study, wished: Edit, progress: Progress | None = None) -> StageRun:
    """
    Edit the topics of a study, and record who did it, when and why; every later run replays it.

    Args:
        study: A study whose topics have been found.
        wished: What to do; when is filled in here. An `undo` that names no edit takes the last one back.
        progress: As for `run`.

    Raises:
        UserError: A topic, passage or edit does not exist, or something is missing.
    """
    from consult.topics import make_edit, read_edit
    from consult.topics.edits import active

    if wished.action == "undo" and wished.undoes is None:
        standing = active([read_edit(record) for record in study.lines(EDITS)])
        if not standing:
            message = "topics undo: there is no edit to take back."
            raise UserError(message)
        wished = replace(wished, undoes=standing[-1].edit_id)
    now = datetime.now(tz=UTC).isoformat(timespec="milliseconds")
    edit = make_edit(replace(wished, when=now), study.read("topics"), study.read("passage_topics"))
    reasons: list[str] = []

    def watch(stage: str, done: int, total: int) -> None:
        if stage.startswith(f"{NOT_CARRIED} ({edit.edit_id})"):
            reasons.append(stage.partition("): ")[2])
        elif progress:
            progress(stage, done, total)

    study.append(EDITS, edit.record())
    chosen = remember_options(study, None)
    try:
        done = run_stage(study, "topics", chosen, watch)
    except BaseException:
        study.take_back(EDITS, edit.record())
        raise
    if reasons:
        study.take_back(EDITS, edit.record())
        run_stage(study, "topics", chosen, progress)
        message = f"topics {edit.action}: {reasons[0]}. Nothing was changed."
        raise UserError(message)
    return done
