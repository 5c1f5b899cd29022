"""Take a coded sheet back into the study: verdicts, and for an audit its result."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from consult.errors import UserError
from consult.themes.review import Sample, Tables, read_samples
from consult.themes.review_audit import Audit, audit_of, keep_audit, read_audits
from consult.themes.review_sheets import Coded, Texts, read_sheet
from consult.themes.verdicts import NO, YES, Verdict, add_verdicts

if TYPE_CHECKING:
    import pandas as pd

    from consult.study import Study
    from consult.themes.codebook import Codebook


@dataclass(frozen=True)
class TakenBack:
    """
    What a coded sheet brought.

    Attributes:
        sample: The sample that was coded.
        n_read: Passages on which something was decided.
        n_not_read: Passages in whose rows nothing was written.
        n_yes: Decisions that a theme is raised.
        n_no: Decisions that it is not.
        n_undecided: Decisions left open with ?.
        n_new: Verdicts that were not in the study yet.
        audit: Its result, for an audit.
    """

    sample: Sample
    n_read: int
    n_not_read: int
    n_yes: int
    n_no: int
    n_undecided: int
    n_new: int
    audit: Audit | None


def texts_of(sample: Sample, tables: Tables, questions: pd.DataFrame) -> dict[str, Texts]:
    """Return what a coder is shown of each passage: text, question and language."""
    wanted = {p.passage_id for p in sample.passages}
    asked = dict(zip(questions["question_id"], questions["text"], strict=True))
    kept = tables.passages[tables.passages["passage_id"].isin(wanted)]
    joined = kept.merge(tables.documents[["document_id", "question_id", "attachment", "language"]], on="document_id")
    return {
        str(row["passage_id"]): Texts(
            str(row["text"]), str(asked.get(row["question_id"]) or "(attachment)"), str(row["language"])
        )
        for row in joined.to_dict("records")
    }


def take_back(study: Study, path: Path, coder: str, codebook: Codebook) -> TakenBack:
    """
    Append the verdicts of a coded sheet to the study; a sheet taken back twice adds nothing.

    Args:
        study: The study that the sheet was drawn from.
        path: The coded sheet.
        coder: Name or sign of the person who coded it.
        codebook: The codebook in force.

    Raises:
        UserError: The sheet is faulty, or was drawn from another study. Nothing is appended then.
    """
    who = coder.strip()
    if not who:
        message = "--coder: no name was given; expected the name or sign of the person who coded. Add --coder NAME."
        raise UserError(message)
    coded = read_sheet(path, codebook)
    sample = _sample_of(study, coded, path)
    drawn = {p.passage_id: p for p in sample.passages}
    strange = sorted({p for p, _ in coded.decisions} - set(drawn))
    if strange:
        message = (
            f"{path.name}: the passage '{strange[0]}' is not in the sample that the sheet was made of; expected the "
            f"ids as they were given out ({len(strange)} are not). Restore the column 'passage'."
        )
        raise UserError(message)
    decided = {key: answer for key, answer in sorted(coded.decisions.items()) if answer is not None}
    verdicts = [
        Verdict(
            passage_id=passage,
            document_id=drawn[passage].document_id,
            text_hash=drawn[passage].text_hash,
            theme_id=theme,
            verdict=YES if answer else NO,
            who=who,
            sample=sample.sample_id,
        )
        for (passage, theme), answer in decided.items()
    ]
    audit = None
    if sample.kind == "audit":
        audit = audit_of(sample, {p: a for (p, t), a in decided.items() if t == sample.themes[0]}, who)
    new = add_verdicts(study, verdicts)
    if audit and not _same_audit(study, audit):
        keep_audit(study, audit)
    read = {p for p, _ in coded.decisions}
    return TakenBack(
        sample=sample,
        n_read=len(read),
        n_not_read=len(set(coded.not_read) - read),
        n_yes=sum(decided.values()),
        n_no=len(decided) - sum(decided.values()),
        n_undecided=len(coded.decisions) - len(decided),
        n_new=new,
        audit=audit,
    )


def _sample_of(study: Study, coded: Coded, path: Path) -> Sample:
    samples = read_samples(study)
    if coded.sample_id in samples:
        return samples[coded.sample_id]
    message = (
        f"{path.name}: the sample '{coded.sample_id}' was not drawn from {study.path}; expected one of "
        f"{', '.join(samples) or '(none drawn yet)'}. Name the study that the sheet was drawn from with --study."
    )
    raise UserError(message)


def _same_audit(study: Study, audit: Audit) -> bool:
    """Return whether the last audit of this person on this sample says the same."""
    mine = [a for a in read_audits(study) if (a.who, a.sample) == (audit.who, audit.sample)]
    return bool(mine) and (mine[-1].sampled, mine[-1].missed) == (audit.sampled, audit.missed)
