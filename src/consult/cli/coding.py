"""Command `review`: give out passages to code blind, take coded sheets back, say where coding stands."""

from __future__ import annotations

import re
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from consult.cli.application import Json, StudyFolder, app, codebook_in_force, study_folder
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
    codebook = codebook_in_force(opened)
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
