"""Command `evaluate`: how far the taggings agree with what people coded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from consult.cli.application import Json, StudyFolder, app, codebook_in_force, study_folder
from consult.cli.printing import emit, records
from consult.errors import UserError
from consult.study import Study

if TYPE_CHECKING:
    from consult.themes.codebook import Codebook


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
    codebook = codebook_in_force(opened)
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
