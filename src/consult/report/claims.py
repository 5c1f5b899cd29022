"""The claims of a study: kept in `claims.yaml`, checked again whenever asked."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import consult
from consult import measures
from consult.errors import UserError
from consult.study import Study

STAGE = "claims"
RESTS_ON = (
    "responses", "answers", "questions", "documents", "campaigns", "campaign_members",
    "topics", "passage_topics", "themes", "taggings",
)  # fmt: skip


@dataclass(frozen=True)
class Checked:
    """
    A stored claim, checked again.

    Attributes:
        stored: As it stands in `claims.yaml`.
        result: What is found now; None if it can no longer be checked.
        change: What changed since it was last checked; empty if nothing did.
        fault: Why it can no longer be checked; empty if it can.
    """

    stored: measures.StoredClaim
    result: measures.ClaimResult | None
    change: str
    fault: str


def stored_claims(study: Study) -> tuple[measures.StoredClaim, ...]:
    """
    Return the claims of a study, in the order of the file.

    Raises:
        UserError: `claims.yaml` is faulty.
    """
    return measures.read_claims(study.claims_text(), str(study.claims_path))


def check_one(
    study: Study,
    corpus: measures.Corpus,
    claim: measures.Claim,
    *,
    audit: measures.Audit | None = None,
    n_quotes: int = 10,
) -> measures.ClaimResult:
    """
    Check a claim, reading the texts only where its phrases need them.

    Args:
        study: The study.
        corpus: Its tables.
        claim: The claim.
        audit: A person's check of what was missed; None takes the study's own, see `audit_for`.
        n_quotes: How many places to quote at most.

    Raises:
        UserError: As `measures.check_claim`.
    """
    audit = audit or audit_for(study, corpus, claim)
    texts = study.read("documents", ["document_id", "text", "language"]) if claim.query.phrases else None
    return measures.check_claim(corpus, claim, texts=texts, audit=audit, n_quotes=n_quotes)


def audit_for(study: Study, corpus: measures.Corpus, claim: measures.Claim) -> measures.Audit | None:
    """
    Return the study's recall audit of the one theme that stands for a claim; None if there is none.

    An audit says what one codebook missed: with another in force, or with a theme that is combined with
    something else, it says nothing. Its responses were read in the whole study, so that for a part of it
    the bound is cautious.

    Raises:
        UserError: The codebook in force is faulty.
    """
    from consult.themes.codebook import load_codebook
    from consult.themes.review_audit import latest_audit

    query = claim.query
    if len(query.themes) != 1 or query.topics or query.phrases or query.closed:
        return None
    named = corpus.themes.loc[corpus.themes["name"] == query.themes[0], "theme_id"]
    audit = latest_audit(study, str(named.iloc[0]) if len(named) else query.themes[0])
    if audit is None or not study.codebook_path.exists():
        return None
    codebook = load_codebook(study.codebook_path)
    if audit.codebook != f"{codebook.codebook_id} {codebook.version}".strip():
        return None
    more = max(audit.responses_at_most - audit.responses_found, 0)
    return measures.Audit(missed=audit.missed, sampled=audit.sampled, more=more)


def check_all(study: Study, *, n_quotes: int = 3, corpus: measures.Corpus | None = None) -> tuple[Checked, ...]:
    """
    Check every stored claim of a study; nothing is written.

    Args:
        study: The study.
        n_quotes: How many places to quote at most.
        corpus: Its tables for counting, where they were read already.

    Raises:
        UserError: `claims.yaml` is faulty.
    """
    stored = stored_claims(study)
    if not stored:
        return ()
    corpus = corpus or measures.Corpus.from_study(study)
    found = []
    for one in stored:
        try:
            result = check_one(study, corpus, one.claim, n_quotes=n_quotes)
        except UserError as error:
            found.append(Checked(one, None, "", str(error)))
        else:
            found.append(Checked(one, result, measures.change(one, result), ""))
    return tuple(found)


def keep_claim(study: Study, result: measures.ClaimResult) -> str:
    """
    Store a checked claim, in the place of the one with the same sentence and selection if there is one.

    Returns:
        What changed since it was last checked; empty if nothing did or it is new.
    """
    from filelock import FileLock

    with FileLock(study.path / ".claims.lock"):  # two people may keep a claim at once
        return _keep(study, result)


def _keep(study: Study, result: measures.ClaimResult) -> str:
    stored = list(stored_claims(study))
    new = measures.checked(result)
    changed = ""
    for i, one in enumerate(stored):
        if (one.claim.sentence, one.claim.selection) == (new.claim.sentence, new.claim.selection):
            changed = measures.change(one, result) if one.claim == new.claim else ""
            stored[i] = new
            break
    else:
        stored.append(new)
    study.write_claims(measures.write_claims(stored))
    return changed


def keep_all(study: Study, checked: tuple[Checked, ...]) -> None:
    """
    Store what was found now; a claim that can no longer be checked stays as it was.

    Where nothing is new the file is left alone, with the comments somebody may have written into it.
    """
    kept = [one.stored if one.result is None else measures.checked(one.result) for one in checked]
    if kept != [one.stored for one in checked]:
        study.write_claims(measures.write_claims(kept))


def recheck(
    study: Study, versions: Callable[[], Mapping[str, str]], report: Callable[[str, int, int], None]
) -> dict[str, Any]:
    """
    Check every claim again after a run, and record in `runs.jsonl` which verdicts changed.

    Without claims, or where neither they nor what they rest on has changed, nothing is done. A faulty
    `claims.yaml` does not undo the run: the fault is recorded, and the file is read again next time.

    Args:
        study: A study whose stages have been run.
        versions: Gives the versions to record; asked only where there is something to record.
        report: Called with the stage, number done, number to do.

    Returns:
        The record written; empty where nothing was done.
    """
    if not study.claims_text().strip():
        return {}
    key = _rests_on(study)
    last: dict[str, Any] = next((run for run in reversed(study.runs()) if run.get("stage") == STAGE), {})
    if (last.get("key"), last.get("result")) == (key, _hash(study.claims_text())):
        return {}
    started = time.perf_counter()
    report(STAGE, 0, 0)
    record: dict[str, Any] = {"stage": STAGE, "key": key, "versions": dict(versions())}
    try:
        checked = check_all(study, n_quotes=0)
        keep_all(study, checked)
    except UserError as error:
        record["fault"] = str(error)
    else:
        changed = [{"sentence": c.stored.claim.sentence, "change": c.change} for c in checked if c.change]
        gone = [{"sentence": c.stored.claim.sentence, "fault": c.fault} for c in checked if c.fault]
        record |= {"result": _hash(study.claims_text()), "changed": changed, "cannot_be_checked": gone}
        record["counts"] = {"claims": len(checked), "changed": len(changed), "cannot be checked": len(gone)}
    record["seconds"] = round(time.perf_counter() - started, 3)
    study.log_run(record)
    report(STAGE, 1, 1)
    return record


def _rests_on(study: Study) -> str:
    """Return a hash over what verdicts rest on, beside the claims themselves."""
    from consult.themes.review_audit import FILE

    codebook = study.codebook_path.read_text(encoding="utf-8") if study.codebook_path.exists() else ""
    return _hash(consult.__version__, study.digest(RESTS_ON), codebook, repr(study.lines(FILE)))


def _hash(*parts: str) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        digest.update(f"{len(part)}:{part}".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
