"""The first stage: sources become responses, answers and documents."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import consult
from consult.pipeline.freshness import hash_of, is_done, log, source_hash
from consult.pipeline.options import Progress, StageRun, quiet
from consult.study import UPLOADS, Study

if TYPE_CHECKING:
    import pandas as pd

    from consult.ingest import Ingested

INGEST_TABLES = ("consultations", "sources", "questions", "responses", "answers", "documents", "pages")


def ingest(
    sources: Sequence[Path | str],
    study: Study,
    *,
    mapping: Mapping[str, Sequence[str]] | None = None,
    consultation_id: str | None = None,
    title: str | None = None,
    keep_names: bool | None = None,
    progress: Progress | None = None,
) -> StageRun:
    """
    Read sources into the study; what it holds already stays, the same source given twice counts once.

    What each column was taken for is kept in `study.toml` under [map."FILE"], where a person can change it. A source
    read again with other columns takes the place of what it gave before.

    Args:
        sources: Files and folders.
        study: The study.
        mapping: Field to columns; overrules what `study.toml` says.
        consultation_id: Put the sources in this consultation.
        title: Title of the consultation.
        keep_names: Keep names of private persons; None does as the study did before.
        progress: As for `run`.

    Raises:
        UserError: A source cannot be read.
    """
    from consult.ingest import read_sources
    from consult.ingest.memory import require_memory

    report = progress or quiet
    paths = [Path(source) for source in sources]
    names = bool(study.settings().get("ingest", {}).get("keep_names")) if keep_names is None else keep_names
    told = [dict(mapping or {}), consultation_id, title, names]
    hashes = sorted(source_hash(path) for path in paths)
    if is_done(study, "ingest", _key(study, told, hashes), INGEST_TABLES):
        return StageRun("ingest", skipped=True, seconds=0.0, counts={})
    started = time.perf_counter()
    report("ingest", 0, 0)
    require_memory(paths)
    before = _read_before(study, paths)
    found = read_sources(
        paths,
        mapping=mapping,
        consultation_id=consultation_id or before.get("consultation_id"),
        title=title or (before.get("title") if not consultation_id else None),
        kept=study.settings().get("map"),
        keep_names=names,
        progress=lambda _, done, total: report("ingest", done, total),
    )
    tables = _with_study(study, found, report)
    study.write(tables)
    _keep_sources(study, found, paths, names=names)
    _keep_settings(study, found, names=names)
    seconds = time.perf_counter() - started
    counts = {name: len(frame) for name, frame in tables.items()}
    log(study, "ingest", _key(study, told, hashes), INGEST_TABLES, seconds, counts, {"notes": list(found.notes)})
    report("ingest", 1, 1)
    return StageRun("ingest", skipped=False, seconds=seconds, counts=counts)


def _key(study: Study, told: list[Any], hashes: Sequence[str]) -> str:
    kept = study.settings().get("map", {})
    return hash_of(consult.__version__, json.dumps([told, kept], sort_keys=True, default=str), *hashes)


def _read_before(study: Study, paths: Sequence[Path]) -> dict[str, str]:
    """
    Return the consultation that holds the very same files already, so that ids and decisions on them stay.

    Empty where a file is new, or where the files hold several consultations.
    """
    from consult.ingest.assemble import sha256_of

    if not study.has("sources"):
        return {}
    sources = study.read("sources")
    given = {sha256_of(path) for path in paths if path.exists()}
    known = sources[sources["sha256"].isin(given)]
    held = set(known["consultation_id"])
    if set(known["sha256"]) != given or len(held) != 1:
        return {}
    consultations = study.read("consultations")
    one = consultations[consultations["consultation_id"].isin(held)]
    return {"consultation_id": held.pop(), "title": str(one["title"].iloc[0])}


def _with_study(study: Study, found: Ingested, report: Progress) -> dict[str, pd.DataFrame]:
    """Join what was read to what the study holds; a source read again with other columns is replaced."""
    import pandas as pd

    from consult.text.documents import make_documents

    made = make_documents(
        found.answers, found.questions, found.responses, found.attachments, found.attachment_pages,
        lambda done, total: report("ingest", done, total),
    )  # fmt: skip
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
    if len(found.persons) or study.has("persons"):
        new["persons"] = found.persons
    old = {name: study.read(name) for name in new if study.has(name)}
    if _changed(old, new):
        old = _without(old, set(found.sources["sha256"]))
    return {name: _added(name, old.get(name), frame) for name, frame in new.items()}


def _changed(old: Mapping[str, pd.DataFrame], new: Mapping[str, pd.DataFrame]) -> bool:
    """Whether files that the study holds were read in another way than before."""
    if "sources" not in old:
        return False
    again = old["sources"]["sha256"].isin(new["sources"]["sha256"])
    if not again.any():
        return False
    if set(old["sources"].loc[again, "source_id"]) - set(new["sources"]["source_id"]):
        return True
    both = new["questions"].merge(old["questions"], on="question_id", how="left", suffixes=("", "_old"))
    if (both["kind"] != both["kind_old"]).any():
        return True
    mine = old["responses"]["source_id"].isin(new["sources"]["source_id"])
    columns = ["response_id", "organisation", "country", "stakeholder_type", "submitted_at"]
    alike = old["responses"].loc[mine, columns].merge(new["responses"][columns], on="response_id", how="inner")
    differ = any(not alike[f"{c}_x"].equals(alike[f"{c}_y"].rename(f"{c}_x")) for c in columns[1:])
    return differ or ("persons" in new and not new["persons"].equals(old.get("persons", new["persons"])))


def _without(old: Mapping[str, pd.DataFrame], files: set[str]) -> dict[str, pd.DataFrame]:
    """Take out all that came from some files, by their checksums."""
    stale = old["sources"]["sha256"].isin(files)
    source_ids = set(old["sources"].loc[stale, "source_id"])
    consultations = set(old["sources"].loc[stale, "consultation_id"])
    gone = set(old["responses"].loc[old["responses"]["source_id"].isin(source_ids), "response_id"])
    left = dict(old)
    for name in ("sources", "set_aside"):
        if name in left:
            left[name] = left[name][~left[name]["source_id"].isin(source_ids)]
    for name in ("responses", "answers", "documents", "persons"):
        if name in left:
            left[name] = left[name][~left[name]["response_id"].isin(gone)]
    if "pages" in left:
        left["pages"] = left["pages"][left["pages"]["document_id"].isin(left["documents"]["document_id"])]
    asked = ~left["questions"]["consultation_id"].isin(consultations)
    left["questions"] = left["questions"][asked | left["questions"]["question_id"].isin(left["answers"]["question_id"])]
    kept = left["consultations"]["consultation_id"].isin(left["sources"]["consultation_id"])
    left["consultations"] = left["consultations"][kept]
    return left


def _added(name: str, old: pd.DataFrame | None, new: pd.DataFrame) -> pd.DataFrame:
    """Join new rows to those of the study; a row that is there already (by its key) stays as it was."""
    import pandas as pd

    from consult import schema

    if old is None or not len(old):
        return new
    both = pd.concat([old, new], ignore_index=True) if len(new) else old
    return both.drop_duplicates(list(schema.table(name).key), ignore_index=True)


def _keep_sources(study: Study, found: Ingested, paths: Sequence[Path], *, names: bool) -> None:
    """Copy the sources into the study, without the names of private persons unless those are kept."""
    from consult.ingest.copies import Private, copy_without_names

    held = set(study.read("sources", ["source_id"])["source_id"])
    of_path = found.sources["name"].str.split("/").str[0]
    for path in {path.name: path for path in paths}.values():
        uploaded = path.resolve().parent == (study.path / UPLOADS).resolve()
        source_ids = found.sources.loc[of_path == path.name, "source_id"]
        if source_ids.empty or (path.resolve().is_relative_to(study.path.resolve()) and not uploaded):
            continue
        columns = found.columns[found.columns["source_id"].isin(source_ids)]
        private = Private(
            frozenset(columns.loc[columns["role"] == "person", "heading"]),
            frozenset(columns.loc[columns["field"] == "stakeholder_type", "heading"]),
            frozenset(columns.loc[columns["field"] == "organisation", "heading"]),
        )
        # One copy of a folder or archive, however many sources lie in it; an older copy may hold other columns.
        study.forget_sources(held - set(source_ids))
        with tempfile.TemporaryDirectory(prefix="consult-") as folder:
            shown = path
            if uploaded:
                shown = Path(shutil.copy2(path, Path(folder) / path.name))
            if not names and (private.persons or (private.kinds and private.organisations)):
                (Path(folder) / "copy").mkdir()
                shown = copy_without_names(path, Path(folder) / "copy", private)
            study.keep_source(source_ids.iloc[0], shown)
        if uploaded:
            path.unlink()


def _keep_settings(study: Study, found: Ingested, *, names: bool) -> None:
    """Write to `study.toml` what each column was taken for, and whether names are kept."""
    from consult.ingest.role_words import word_of

    settings = study.settings()
    kept = dict(settings.get("map", {}))
    named = found.columns.merge(found.sources[["source_id", "name"]], on="source_id")
    for name, columns in named.groupby("name", sort=True):
        words = [word_of(r, f) for r, f in zip(columns["role"], columns["field"], strict=True)]
        kept[str(name)] = dict(zip(columns["heading"], words, strict=True))
    changes = {}
    if kept != settings.get("map", {}):
        changes["map"] = kept
    if names != bool(settings.get("ingest", {}).get("keep_names")):
        changes["ingest"] = {**settings.get("ingest", {}), "keep_names": names}
    if changes:
        study.write_settings(changes)
