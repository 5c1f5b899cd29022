"""The claims of a study: kept in `claims.yaml`, checked again whenever asked."""

from __future__ import annotations

from dataclasses import dataclass

from consult import measures
from consult.errors import UserError
from consult.study import Study


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

    Raises:
        UserError: As `measures.check_claim`.
    """
    texts = study.read("documents", ["document_id", "text"]) if claim.query.phrases else None
    return measures.check_claim(corpus, claim, texts=texts, audit=audit, n_quotes=n_quotes)


def check_all(study: Study, *, n_quotes: int = 3) -> tuple[Checked, ...]:
    """
    Check every stored claim of a study; nothing is written.

    Raises:
        UserError: `claims.yaml` is faulty.
    """
    stored = stored_claims(study)
    if not stored:
        return ()
    corpus = measures.Corpus.from_study(study)
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
    """Store what was found now; a claim that can no longer be checked stays as it was."""
    kept = [one.stored if one.result is None else measures.checked(one.result) for one in checked]
    if kept:
        study.write_claims(measures.write_claims(kept))
