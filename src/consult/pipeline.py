"""The stages in order, and which of them are up to date."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import consult
from consult.errors import UserError
from consult.study import Study

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[str, int, int], None]

DEFAULT_CODEBOOK = "lifelong-learning"
EDITS = "edits.jsonl"
FOUND_TOPICS = "topics.zip"


@dataclass(frozen=True)
class Options:
    """What a run was asked to do; kept in `study.toml` under [run] and used again when not given."""

    seed: int = 0
    embedding: str = "auto"
    language: str = "en"
    n_topics: int | None = None


@dataclass(frozen=True)
class StageRun:
    """What a stage did, for the person who waits for it."""

    stage: str
    skipped: bool
    seconds: float
    counts: Mapping[str, int]


@dataclass(frozen=True)
class Stage:
    """One stage: what it reads, what it writes, and which options change its result."""

    name: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    options: tuple[str, ...]
    work: Callable[[Study, Options, Progress], Mapping[str, pd.DataFrame]]
    uses_codebook: bool = False


def run(
    sources: Sequence[Path | str],
    study: Path | str | Study,
    *,
    codebook: Path | str | None = None,
    mapping: Mapping[str, Sequence[str]] | None = None,
    consultation_id: str | None = None,
    title: str | None = None,
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
        options: Seed, embedding, language of the study, number of topics.
        progress: Called with stage, number done, number to do.

    Returns:
        The study.

    Raises:
        UserError: A source, the codebook or the study is at fault.
    """
    from consult.report.claims import recheck

    report = progress or _quiet
    opened = study if isinstance(study, Study) else Study.create(study)
    use_codebook(opened, codebook)
    if sources:
        ingest(sources, opened, mapping=mapping, consultation_id=consultation_id, title=title, progress=report)
    chosen = remember_options(opened, options)
    for name in STAGES:
        run_stage(opened, name, chosen, report)
    recheck(opened, _versions, report)
    return opened


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

    report = progress or _quiet
    paths = [Path(source) for source in sources]
    key = _hash(
        consult.__version__,
        json.dumps([dict(mapping or {}), consultation_id, title], sort_keys=True, default=list),
        *sorted(_source_hash(path) for path in paths),
    )
    if _is_done(study, "ingest", key, INGEST_TABLES):
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
    _log(study, "ingest", key, INGEST_TABLES, seconds, counts, {"notes": list(found.notes)})
    report("ingest", 1, 1)
    return StageRun("ingest", skipped=False, seconds=seconds, counts=counts)


def run_stage(study: Study, name: str, options: Options, progress: Progress | None = None) -> StageRun:
    """
    Run one stage, unless it is up to date.

    Raises:
        UserError: There is no such stage, or nothing has been ingested yet.
    """
    report = progress or _quiet
    if name not in STAGES:
        message = f"stage '{name}': there is no such stage; the stages are {', '.join(STAGES)}."
        raise UserError(message)
    if not study.has("documents"):
        message = f"{study.path}: nothing has been ingested yet. Start with: consult ingest SOURCE --study {study.path}"
        raise UserError(message)
    stage = STAGES[name]
    chosen = {option: getattr(options, option) for option in stage.options}
    key = _hash(
        consult.__version__,
        json.dumps(chosen, sort_keys=True),
        study.digest(stage.reads),
        study.codebook_path.read_text(encoding="utf-8") if stage.uses_codebook else "",
        *(_file_hash(study.path / kept) for kept in _DECISIONS.get(name, ())),
    )
    if _is_done(study, name, key, stage.writes):
        return StageRun(name, skipped=True, seconds=0.0, counts={})
    started = time.perf_counter()
    report(name, 0, 0)
    with _one_thread():
        tables = dict(stage.work(study, options, report))
    study.write(tables)
    seconds = time.perf_counter() - started
    counts = {table: len(frame) for table, frame in tables.items()}
    _log(study, name, key, stage.writes, seconds, counts, {"options": chosen})
    report(name, 1, 1)
    return StageRun(name, skipped=False, seconds=seconds, counts=counts)


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
    study.append(EDITS, edit.record())
    return run_stage(study, "topics", remember_options(study, None), progress)


def use_codebook(study: Study, codebook: Path | str | None) -> None:
    """
    Put a codebook in force: the file or shipped codebook named, else the study's own, else the default.

    Raises:
        UserError: There is no such codebook, or it is faulty.
    """
    from consult.themes.codebook import load_codebook

    if codebook is None and study.codebook_path.exists():
        return
    path = find_codebook(codebook or DEFAULT_CODEBOOK)
    load_codebook(path)
    text = path.read_text(encoding="utf-8")
    if not study.codebook_path.exists() or study.codebook_path.read_text(encoding="utf-8") != text:
        study.write_codebook(text)


def find_codebook(name: Path | str) -> Path:
    """
    Return the path of a codebook given as a file or by the name of a shipped one.

    Raises:
        UserError: Neither exists.
    """
    path = Path(name)
    if path.is_file():
        return path
    shipped = shipped_data() / "codebooks" / f"{name}.yaml"
    if shipped.is_file():
        return shipped
    names = ", ".join(sorted(p.stem for p in (shipped_data() / "codebooks").glob("*.yaml")))
    message = f"codebook '{name}': there is no such file; shipped codebooks are {names}. Give a path or one of these."
    raise UserError(message)


@cache
def shipped_data() -> Path:
    """Return the folder of shipped examples and codebooks, in an installed package or in a checkout."""
    packaged = Path(str(files("consult"))) / "data"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "data"


EXAMPLES = {
    "microcredentials": (
        ("contributions.csv",),
        "Micro-credentials: an example consultation, invented by hand",
    ),
    "learning-accounts": (
        ("feedback.json",),
        "Individual learning accounts: an example consultation, invented by hand",
    ),
}


def example_sources(name: str) -> tuple[list[Path], str]:
    """
    Return the sources and the title of a shipped example.

    Raises:
        UserError: There is no example of that name.
    """
    if name not in EXAMPLES:
        message = (
            f"example '{name}': there is no such example; the examples are {', '.join(EXAMPLES)}. Name one of them."
        )
        raise UserError(message)
    sources, title = EXAMPLES[name]
    return [shipped_data() / name / source for source in sources], title


def place_example(name: str, study: Study) -> None:
    """Put the claims and the consultation's own text of a shipped example into a study that has no claims."""
    from consult.report.own_text import keep_own_text

    if study.claims_text().strip():
        return
    study.write_claims((shipped_data() / name / "claims.yaml").read_text(encoding="utf-8"))
    keep_own_text(study, shipped_data() / name / "brief.md")


def remember_options(study: Study, options: Options | None) -> Options:
    """Return the options given, or those of the study's last run; keep them in `study.toml`."""
    kept = study.settings().get("run", {})
    known = {key: value for key, value in kept.items() if key in Options.__dataclass_fields__}
    if options is None:
        return replace(Options(), **known)
    given = {key: value for key, value in asdict(options).items() if value is not None}
    if given != known:
        study.write_settings({"run": given})
    return options


# The work of each stage ------------------------------------------------------------------------------


def _passages(study: Study, options: Options, report: Progress) -> Mapping[str, pd.DataFrame]:  # noqa: ARG001
    from consult.text.passages import split_passages

    return {"passages": split_passages(study.read("documents"))}


def _campaigns(study: Study, options: Options, report: Progress) -> Mapping[str, pd.DataFrame]:  # noqa: ARG001
    from consult.campaigns import find_campaigns

    found = find_campaigns(study.read("documents"), study.read("responses"))
    return {"campaigns": found.campaigns, "campaign_members": found.members}


def _topics(study: Study, options: Options, report: Progress) -> Mapping[str, pd.DataFrame]:
    from consult.text.embedding import Embedder
    from consult.topics import apply_edits, carry_ids, find_topics, read_edit
    from consult.topics.store import pack, unpack

    passages, documents, responses = study.read("passages"), study.read("documents"), study.read("responses")
    vectors, offsets = _vectors(study, passages, documents, options, report)
    embedder = Embedder(options.embedding, study.path / "models")

    def embed(texts: Sequence[str], languages: Sequence[str]) -> Any:
        return embedder.embed(texts, languages, offsets)

    stage = STAGES["topics"]
    chosen = {option: getattr(options, option) for option in stage.options}
    key = _hash(consult.__version__, json.dumps(chosen, sort_keys=True), study.digest(stage.reads))
    stored = unpack(study.model_path(FOUND_TOPICS))
    if stored and stored[1] == key:
        found = stored[0]
    else:
        found = find_topics(
            passages,
            documents,
            responses,
            vectors,
            language=options.language,
            n_topics=options.n_topics,
            seed=options.seed,
            embed=embed,
            progress=lambda done, total: report("topics", done, total),
        )
        if stored:
            found = carry_ids(found, stored[0].passage_topics)
        study.write_model(FOUND_TOPICS, pack(found, key))
    edits = [read_edit(record) for record in study.lines(EDITS)]
    edited = apply_edits(found, edits, passages, documents, responses, vectors, language=options.language, embed=embed)
    for lost in edited.not_carried:
        report(f"edit not carried over: {lost.reason}", 1, 1)
    return {name: getattr(edited.result, name) for name in stage.writes}


def _tag(study: Study, options: Options, report: Progress) -> Mapping[str, pd.DataFrame]:
    from consult.text.embedding import Embedder
    from consult.themes.codebook import load_codebook
    from consult.themes.tagging import tag_passages
    from consult.themes.verdicts import apply_verdicts, read_verdicts

    codebook = load_codebook(study.codebook_path)
    passages, documents = study.read("passages"), study.read("documents")
    vectors, offsets = _vectors(study, passages, documents, options, report)
    embedder = Embedder(options.embedding, study.path / "models")
    taggings = tag_passages(
        passages,
        documents,
        study.read("questions"),
        codebook,
        vectors,
        lambda texts, languages: embedder.embed(texts, languages, offsets),
    )
    themes = codebook.themes_table()
    decided = apply_verdicts(taggings, read_verdicts(study), passages, documents=documents, themes=themes)
    return {"themes": themes, "taggings": decided}


def _vectors(
    study: Study, passages: pd.DataFrame, documents: pd.DataFrame, options: Options, report: Progress
) -> tuple[Any, dict[str, Any]]:
    from consult.text.embedding import Embedder

    languages = passages["document_id"].map(documents.set_index("document_id")["language"]).tolist()
    return Embedder(options.embedding, study.path / "models").fit(
        passages["text"].tolist(), languages, lambda done, total: report("embedding", done, total)
    )


INGEST_TABLES = ("consultations", "sources", "questions", "responses", "answers", "documents", "pages")

STAGES: dict[str, Stage] = {
    stage.name: stage
    for stage in (
        Stage("passages", ("documents",), ("passages",), (), _passages),
        Stage("campaigns", ("documents", "responses"), ("campaigns", "campaign_members"), (), _campaigns),
        Stage(
            "topics",
            ("passages", "documents", "responses"),
            ("topics", "topic_terms", "topic_details", "topic_quotes", "passage_topics", "passage_positions"),
            ("seed", "embedding", "language", "n_topics"),
            _topics,
        ),
        Stage(
            "tag",
            ("passages", "documents", "questions"),
            ("themes", "taggings"),
            ("embedding",),
            _tag,
            uses_codebook=True,
        ),
    )
}

# Files with people's decisions that a stage replays.
_DECISIONS: dict[str, tuple[str, ...]] = {"topics": (EDITS,), "tag": ("verdicts.jsonl",)}


# What is up to date ----------------------------------------------------------------------------------


def _is_done(study: Study, stage: str, key: str, writes: Sequence[str]) -> bool:
    last = next((record for record in reversed(study.runs()) if record.get("stage") == stage), None)
    return bool(last and last.get("key") == key and last.get("result") == study.digest(writes))


def _log(
    study: Study,
    stage: str,
    key: str,
    writes: Sequence[str],
    seconds: float,
    counts: Mapping[str, int],
    more: Mapping[str, Any],
) -> None:
    study.log_run(
        {
            "stage": stage,
            "key": key,
            "result": study.digest(writes),
            "seconds": round(seconds, 3),
            "counts": dict(counts),
            "versions": _versions(),
            **more,
        }
    )


@cache
def _versions() -> dict[str, str]:
    from importlib.metadata import version

    names = ("bertopic", "pandas", "spacy", "scikit-learn", "numpy", "simplemma", "py3langid")
    return {"consult": consult.__version__, **{name: version(name) for name in names}}


def _added(study: Study, name: str, new: pd.DataFrame) -> pd.DataFrame:
    """Join new rows to those of the study; a row that is there already (by its key) stays as it was."""
    import pandas as pd

    from consult import schema

    if not study.has(name):
        return new
    old = study.read(name)
    both = pd.concat([old, new], ignore_index=True) if len(old) and len(new) else (old if len(old) else new)
    return both.drop_duplicates(list(schema.table(name).key), ignore_index=True)


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


def _hash(*parts: str) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        digest.update(f"{len(part)}:{part}".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _file_hash(path: Path) -> str:
    return hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest() if path.is_file() else "absent"


def _source_hash(path: Path) -> str:
    if path.is_dir():
        inside = sorted(p for p in path.rglob("*") if p.is_file())
        return _hash(*(f"{p.relative_to(path)}:{_file_hash(p)}" for p in inside))
    return _file_hash(path)


def _quiet(stage: str, done: int, total: int) -> None:
    """Report nothing."""
