"""Runs stages in order, and skips those that are up to date."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import consult
from consult.errors import UserError
from consult.pipeline.freshness import file_hash, hash_of, is_done, log, versions
from consult.pipeline.options import Options, Progress, StageRun, quiet, remember_options
from consult.pipeline.shipped import use_codebook
from consult.pipeline.sources import ingest
from consult.pipeline.stages import STAGES
from consult.pipeline.topics import EDITS, NOT_CARRIED, forget_topics
from consult.study import Study


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

    Stages whose input, options and version have not changed since they last ran are skipped, so that an
    interrupted run goes on where it stopped.

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
    with _one_thread():
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


def edit_topics(
    study: Study,
    action: str,
    topic_ids: Sequence[str] = (),
    *,
    label: str | None = None,
    n_parts: int | None = None,
    passage_ids: Sequence[str] = (),
    undoes: str | None = None,
    who: str = "",
    why: str = "",
    progress: Progress | None = None,
) -> StageRun:
    """
    Edit the topics of a study, and record who did it, when and why; every later run replays it.

    Args:
        study: A study whose topics have been found.
        action: merge, split, rename, move, hide or undo.
        topic_ids: The topics to do it to; for `move`, the topic that the passages go to.
        label: New label, for rename and merge.
        n_parts: Number of parts, for split.
        passage_ids: Passages, for move.
        undoes: Id of the edit to take back, for undo; None takes the last one.
        who: Who does it.
        why: For the record.
        progress: As for `run`.

    Raises:
        UserError: A topic, passage or edit does not exist, or something is missing.
    """
    from consult.topics import make_edit, read_edit
    from consult.topics.edits import active

    if action == "undo" and undoes is None:
        standing = active([read_edit(record) for record in study.lines(EDITS)])
        if not standing:
            message = "topics undo: there is no edit to take back."
            raise UserError(message)
        undoes = standing[-1].edit_id
    edit = make_edit(
        action,
        study.read("topics"),
        study.read("passage_topics"),
        topic_ids,
        label=label,
        n_parts=n_parts,
        passage_ids=passage_ids,
        undoes=undoes,
        who=who,
        when=datetime.now(tz=UTC).isoformat(timespec="milliseconds"),
        why=why,
    )
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
        message = f"topics {action}: {reasons[0]}. Nothing was changed."
        raise UserError(message)
    return done


@contextmanager
def _one_thread() -> Iterator[None]:
    """
    Let matrix products use one thread, so that sums are taken in the same order whatever the number of cores.

    Only libraries that are loaded can be limited, so they are loaded first. Where work is split over cores, as in
    embedding, it is split by hand.
    """
    import numpy  # noqa: F401, ICN001
    import sklearn.utils  # noqa: F401
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        yield
