"""Commands for coding by people: measure taggings against a coding, give out samples, take them back; and fetch."""

from __future__ import annotations

import os
import re
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from consult.cli.application import Json, StudyFolder, app, study_folder
from consult.cli.printing import emit, records
from consult.cli.progress import shown_progress
from consult.errors import UserError
from consult.study import Study

if TYPE_CHECKING:
    from consult.pipeline import Progress
    from consult.themes.codebook import Codebook
    from consult.themes.review import Sample


class Next(StrEnum):
    """Which passages to ask about next."""

    RANDOM = "random"
    LEARN = "learn"


BASE_URL_VARIABLE = "CONSULT_FETCH_URL"


@app.command()
def evaluate(
    gold: Annotated[
        Path | None,
        typer.Argument(
            help="Coded file: CSV, JSON lines, ThemeFinder's mapping.jsonl or a QDPX project. Left out: the verdicts "
            "of samples coded blind."
        ),
    ] = None,
    study: StudyFolder = None,
    resamples: Annotated[int, typer.Option("--resamples", min=100, help="Resamples for the intervals.")] = 1000,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the resampling.")] = 0,
    as_json: Json = False,
) -> None:
    """Measure the taggings against a person's coding: F1 with interval, kappa, AC1, per theme and language."""
    from consult.cli import coding_words

    opened = Study.open(study_folder(study))
    codebook = _codebook(opened)
    compared = _against_file(opened, gold, codebook) if gold else _against_verdicts(opened, codebook)
    found = _evaluated(compared, resamples, seed)
    found |= {"study": str(opened.path), "codebook": f"{codebook.codebook_id} {codebook.version}".strip()}
    found["names"] = {t.theme_id: t.name for t in codebook.themes}
    emit(found, coding_words.evaluation_lines, as_json=as_json)


def _against_file(study: Study, path: Path, codebook: Codebook) -> dict[str, Any]:
    from consult.themes.gold import decisions_of, join_coding, read_coding
    from consult.themes.gold_project import read_project

    if not study.has("taggings"):
        message = f"{study.path}: nothing has been tagged yet. Start with: consult tag --study {study.path}"
        raise UserError(message)
    documents, taggings = study.read("documents"), study.read("taggings")
    responses, questions = study.read("responses"), study.read("questions")
    left_out: list[dict[str, Any]] = []
    notes: list[str] = []
    if path.suffix.lower() == ".qdpx":
        project = read_project(path, codebook, documents, responses, questions)
        coding, joined = project.coding, project.joined
        left_out = [{"row": None, "reference": name, "question": None, "reason": "no text of this study in it"}
                    for name in project.not_joined]  # fmt: skip
        if project.codes_left_out:
            notes = [f"Codes that are no theme of the codebook are left out: {', '.join(project.codes_left_out)}."]
    else:
        coding = read_coding(path, codebook)
        joined = join_coding(coding, documents, responses, questions)
    if not joined:
        message = (
            f"{path.name}: none of its {len(coding.units) + len(left_out):,} rows matches a text of {study.path}; "
            "expected the references and questions of the responses that were ingested. Check that it is the same "
            "consultation."
        )
        raise UserError(message)
    spoken = dict(zip(documents["document_id"], documents["language"], strict=True))
    lost = coding.units[~coding.units.index.isin(list(joined))]
    known = set(responses["reference"].dropna())
    left_out += [
        {
            "row": int(n) + 1,
            "reference": str(r),
            "question": q if isinstance(q, str) else None,
            "reason": "no text under that question" if str(r) in known else "no such reference",
        }
        for n, r, q in zip(lost.index, lost["reference"], lost["question"], strict=True)
    ]
    return {
        "against": path.name,
        "predicted": decisions_of(taggings, joined, coding.decisions.columns),
        "gold": coding.decisions,
        "languages": {n: spoken[ids[0]] for n, ids in joined.items()},
        "n_rows": len(joined) + len(left_out),
        "not_joined": left_out,
        "by_person": int((taggings["assigned_by"] == "person").sum()),
        "by_classifier": int((taggings["assigned_by"] == "classifier").sum()),
        "notes": notes,
    }


def _against_verdicts(study: Study, codebook: Codebook) -> dict[str, Any]:
    from consult.themes.review import read_samples
    from consult.themes.review_coders import machine_decisions, settled_decisions
    from consult.themes.verdicts import read_verdicts

    samples = list(read_samples(study).values())
    gold = settled_decisions(read_verdicts(study), samples, codebook)
    if gold.empty:
        message = (
            f"{study.path}: no sample drawn by chance has been coded yet, and no coded file was named; one of the "
            "two is needed (samples of --audit and --next learn do not measure). "
            "Draw a sample with: consult review --theme all --n 100 --out sheet.xlsx"
        )
        raise UserError(message)
    return {
        "against": "verdicts on samples coded blind; what the machine had found when they were drawn",
        "predicted": machine_decisions(samples, codebook),
        "gold": gold,
        "languages": {p.passage_id: p.language for s in samples for p in s.passages},
        "n_rows": len(gold),
        "not_joined": [],
        "by_person": 0,
        "by_classifier": 0,
        "notes": [],
    }


def _evaluated(compared: dict[str, Any], resamples: int, seed: int) -> dict[str, Any]:
    import pandas as pd

    from consult.themes.evaluation import evaluate as measured

    languages = pd.Series(compared["languages"], dtype="str")
    result = measured(compared["predicted"], compared["gold"], languages, resamples=resamples, seed=seed)
    both = compared["gold"].index.intersection(compared["predicted"].index)
    return {
        "against": compared["against"],
        "n_rows": compared["n_rows"],
        "n_compared": len(both),
        "not_joined": compared["not_joined"],
        "by_person": compared["by_person"],
        "by_classifier": compared["by_classifier"],
        "notes": compared["notes"],
        "overall": records(result.overall),
        "per_theme": records(result.per_theme),
        "per_language": records(result.per_language),
        "n_disagreements": len(result.disagreements),
    }


@app.command()
def review(
    study: StudyFolder = None,
    theme: Annotated[
        list[str] | None, typer.Option("--theme", help="Id or name of a theme to decide on, or all. Repeatable.")
    ] = None,
    audit: Annotated[
        str | None, typer.Option("--audit", metavar="THEME", help="Draw passages WITHOUT this theme: what was missed?")
    ] = None,
    n: Annotated[int, typer.Option("--n", min=1, help="How many passages to draw.")] = 100,
    out: Annotated[Path | None, typer.Option("--out", help="Sheet to write: .xlsx or .csv.")] = None,
    choose: Annotated[
        Next,
        typer.Option("--next", help="random: by chance, to measure. learn: what most is learned from, to teach."),
    ] = Next.RANDOM,
    seed: Annotated[int, typer.Option("--seed", help="The same seed draws the same passages.")] = 0,
    coders: Annotated[
        str | None, typer.Option("--coders", metavar="NAME,NAME", help="Write a sheet for each of these people.")
    ] = None,
    overlap: Annotated[
        int | None, typer.Option("--overlap", min=0, help="With --coders: passages that all of them read; else all.")
    ] = None,
    back: Annotated[Path | None, typer.Option("--take-back", help="Coded sheet to take back.")] = None,
    coder: Annotated[str, typer.Option("--coder", help="Name or sign of the person who coded.")] = "",
    tag: Annotated[bool, typer.Option("--tag/--no-tag", help="Put the verdicts in force at once.")] = True,
    as_json: Json = False,
) -> None:
    """Give out passages to code blind, or take a coded sheet back; with neither, say where coding stands."""
    from consult.cli import coding_words

    opened = Study.open(study_folder(study))
    codebook = _codebook(opened)
    if sum(bool(x) for x in (theme, audit, back)) > 1:
        message = "consult review: expected one of --theme, --audit and --take-back; several were given. Leave one."
        raise UserError(message)
    if back:
        found = _taken_back(opened, back, coder, codebook, tag=tag, as_json=as_json)
        emit(found, coding_words.taken_back_lines, as_json=as_json)
    elif theme or audit:
        if audit and choose is Next.LEARN:
            message = "consult review: an audit is drawn by chance; --next learn goes with --theme. Leave one out."
            raise UserError(message)
        with shown_progress(quiet=as_json) as progress:
            sample = _draw(opened, codebook, theme, audit, n, seed, choose, progress)
        emit(_given_out(opened, codebook, sample, out, coders, overlap), coding_words.drawn_lines, as_json=as_json)
    else:
        emit(_standing(opened, codebook), coding_words.standing_lines, as_json=as_json)


def _draw(
    study: Study,
    codebook: Codebook,
    themes: list[str] | None,
    audit: str | None,
    n: int,
    seed: int,
    choose: Next,
    progress: Progress,
) -> Sample:
    from consult.themes import review as reviewing

    tables = reviewing.Tables.of(study)
    if audit:
        return reviewing.draw_audit(tables, codebook, reviewing.find_theme(codebook, audit), n, seed=seed)
    named = [] if themes == [reviewing.ALL] else [reviewing.find_theme(codebook, t) for t in themes or []]
    ids = list(dict.fromkeys(named)) or list(codebook.by_id)
    if choose is Next.RANDOM:
        return reviewing.draw_sample(tables, codebook, ids, n, seed=seed)
    from consult.pipeline.themes import chances
    from consult.themes.verdicts import place_verdicts, read_verdicts

    table, vectors = chances(study, progress)
    known = {(p, v.theme_id) for p, v in place_verdicts(read_verdicts(study), tables.passages)}
    return reviewing.draw_learning(tables, codebook, ids, n, chances=table, vectors=vectors, known=known, seed=seed)


def _given_out(
    study: Study, codebook: Codebook, sample: Sample, out: Path | None, coders: str | None, overlap: int | None
) -> dict[str, Any]:
    """Write a sheet, or one for each coder, and remember the sample."""
    from consult.themes.review import Tables, keep_sample, shared_out
    from consult.themes.review_back import texts_of
    from consult.themes.review_sheets import write_sheet

    path = out or Path(f"{sample.kind}-{'all' if len(sample.themes) > 1 else sample.themes[0]}.xlsx")
    names = [name.strip() for name in (coders or "").split(",") if name.strip()]
    both = len(sample.passages) if overlap is None else overlap
    parts = dict(zip(names, shared_out(sample, len(names), both), strict=True)) if names else {"NAME": sample}
    texts = texts_of(sample, Tables.of(study), study.read("questions"))
    files: list[str] = []
    sheets: dict[str, str] = {}
    for name, part in parts.items():
        sign = re.sub(r"\W+", "-", name).lower()
        own = path.with_stem(f"{path.stem}-{sign}") if names else path
        files += [str(f) for f in write_sheet(part, texts, codebook, own)]
        sheets[name] = str(own)
    keep_sample(study, sample)
    return {
        "study": str(study.path),
        "sample": sample.sample_id,
        "kind": sample.kind,
        "themes": list(sample.themes),
        "n": len(sample.passages),
        "population": sample.population,
        "seed": sample.seed,
        "files": files,
        "coders": sheets,
    }


def _taken_back(
    study: Study, path: Path, coder: str, codebook: Codebook, *, tag: bool, as_json: bool
) -> dict[str, Any]:
    from consult.pipeline import remember_options, run_stage
    from consult.pipeline.themes import read_learned
    from consult.themes.review_back import take_back

    done = take_back(study, path, coder, codebook)
    if tag and done.n_new:
        with shown_progress(quiet=as_json) as progress:
            run_stage(study, "tag", remember_options(study, None), progress)
    sample = done.sample
    return {
        "study": str(study.path),
        "sample": sample.sample_id,
        "kind": sample.kind,
        "themes": list(sample.themes),
        "coder": coder.strip(),
        **{k: getattr(done, k) for k in ("n_read", "n_not_read", "n_yes", "n_no", "n_undecided", "n_new")},
        "in_force": tag,
        "learned": read_learned(study).get("classifiers", []) if tag else [],
        "audit": asdict(done.audit) if done.audit else None,
        "agreement": _agreements(study, codebook, sample.sample_id),
        "agreement_of_all": _of_all(study, codebook, sample.sample_id),
    }


def _agreements(study: Study, codebook: Codebook, sample: str | None = None) -> list[dict[str, Any]]:
    """Return how far people agree, on one sample or on all that was coded blind."""
    from consult.text.privacy import mask
    from consult.themes.review_coders import agreements
    from consult.themes.verdicts import read_verdicts

    verdicts = [v for v in read_verdicts(study) if v.sample and sample in (None, v.sample)]
    found = agreements(verdicts, codebook)
    passages = study.read("passages", ["passage_id", "text"]) if found else None
    texts = {} if passages is None else dict(zip(passages["passage_id"], passages["text"], strict=True))
    return [
        {
            "first": one.first,
            "second": one.second,
            "n_passages": one.n_passages,
            "overall": records(one.evaluation.overall),
            "per_theme": records(one.evaluation.per_theme),
            "disagreements": [
                {**row, "text": mask(texts.get(row["passage_id"], ""))} for row in records(one.disagreements)
            ],
        }
        for one in found
    ]


def _of_all(study: Study, codebook: Codebook, sample: str | None = None) -> list[dict[str, Any]]:
    """Return how far all people agree together, where there are more than two."""
    from consult.themes.review_coders import alpha_of_all
    from consult.themes.verdicts import read_verdicts

    verdicts = [v for v in read_verdicts(study) if v.sample and sample in (None, v.sample)]
    return records(alpha_of_all(verdicts, codebook)) if len({v.who for v in verdicts}) > 2 else []


def _standing(study: Study, codebook: Codebook) -> dict[str, Any]:
    from consult.pipeline.themes import read_learned
    from consult.themes.review import read_samples
    from consult.themes.review_audit import latest_audit, read_audits
    from consult.themes.verdicts import read_verdicts

    verdicts = read_verdicts(study)
    coded: dict[str, set[str]] = {}
    for verdict in verdicts:
        coded.setdefault(verdict.sample, set()).add(verdict.who)
    audits = [latest_audit(study, t) for t in sorted({a.theme_id for a in read_audits(study)})]
    return {
        "study": str(study.path),
        "n_verdicts": len(verdicts),
        "samples": [
            {"sample": s.sample_id, "kind": s.kind, "themes": list(s.themes), "n": len(s.passages),
             "coders": sorted(coded.get(s.sample_id, ()))}
            for s in read_samples(study).values()
        ],
        "audits": [asdict(a) for a in audits if a],
        "learned": read_learned(study).get("classifiers", []),
        "agreement": _agreements(study, codebook),
        "agreement_of_all": _of_all(study, codebook),
    }  # fmt: skip


def _codebook(study: Study) -> Codebook:
    from consult.themes.codebook import load_codebook

    if not study.codebook_path.exists():
        message = f"{study.path}: no codebook is in force yet. Start with: consult tag --study {study.path}"
        raise UserError(message)
    return load_codebook(study.codebook_path)


@app.command()
def fetch(
    publication: Annotated[
        str | None, typer.Argument(metavar="PUBLICATION_ID", help="Id of the publication, or its feedback page.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder to put it in.")] = None,
    initiative: Annotated[
        str | None, typer.Option("--initiative", metavar="ID", help="List the publications of an initiative.")
    ] = None,
    attachments: Annotated[bool, typer.Option("--attachments/--no-attachments", help="Download attachments.")] = True,
    again: Annotated[bool, typer.Option("--again", help="Ask for all pages anew, for what came in since.")] = False,
    keep_names: Annotated[bool, typer.Option("--keep-names", help="Keep the names of persons.")] = False,
    pause: Annotated[float, typer.Option("--pause", min=0, help="Seconds between two requests.")] = 0.5,
    base_url: Annotated[
        str | None, typer.Option("--base-url", help=f"Another address of the portal; also in {BASE_URL_VARIABLE}.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Download feedback and attachments from the Have Your Say portal; goes on where it stopped."""
    from consult.cli import coding_words
    from consult.ingest.fetch import fetch_feedback, publications_of
    from consult.ingest.fetch_client import BASE_URL, Portal

    if bool(publication) == bool(initiative) or (publication and out is None):
        message = (
            "consult fetch: expected either PUBLICATION_ID with --out DIR, or --initiative ID to list the publications "
            "of an initiative. For example: consult fetch 14488 --out feedback"
        )
        raise UserError(message)
    with Portal(base_url or os.environ.get(BASE_URL_VARIABLE) or BASE_URL, pause=pause) as portal:
        if initiative:
            listed = [asdict(p) for p in publications_of(initiative, portal)]
            found = {"initiative": initiative, "publications": listed}
            emit(found, coding_words.publication_lines, as_json=as_json)
            return
        with shown_progress(quiet=as_json) as progress:
            done = fetch_feedback(
                publication or "",
                out or Path(),
                portal,
                attachments=attachments,
                again=again,
                keep_names=keep_names,
                progress=progress,
            )
    emit(asdict(done), coding_words.fetched_lines, as_json=as_json)
