"""How many mentions of a theme may have been missed, from a sample of passages that do not carry it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from consult.errors import UserError

if TYPE_CHECKING:
    from consult.study import Study
    from consult.themes.review import Sample

FILE = "audits.jsonl"
LEVEL = 0.95


@dataclass(frozen=True)
class Audit:
    """
    What a person found in passages that did not carry a theme.

    Counts of passages are of all passages without the theme; counts of responses are of the responses that
    carried the theme nowhere, which are the ones that a share of responses may be too low by.

    Attributes:
        theme_id: The theme.
        who: Who read them.
        time: When, ISO 8601.
        sample: Id of the sample.
        codebook: Id and version of the codebook with which nothing had been found.
        sampled: Passages read and decided.
        missed: How many of these do mention the theme.
        population: Passages without the theme.
        rate: missed / sampled.
        low: Lower end of the 95 % interval of the rate.
        high: Its upper end.
        passages_at_most: Mentions among all passages without the theme, at the upper end; those found
            are among them.
        responses_without: Responses with text that carried the theme nowhere.
        responses_found: How many of these do mention it, as was seen in the sample.
        responses_at_most: How many of these may mention it, at the upper end; those found are among them.
    """

    theme_id: str
    who: str
    time: str
    sample: str
    codebook: str
    sampled: int
    missed: int
    population: int
    rate: float
    low: float
    high: float
    passages_at_most: int
    responses_without: int
    responses_found: int
    responses_at_most: int


def clopper_pearson(n: int, of: int, level: float = LEVEL) -> tuple[float, float]:
    """
    Return the exact interval of a share.

    Source: C. J. Clopper and E. S. Pearson, Biometrika 26 (1934). It is never too short; of nothing read,
    nothing is known: 0 to 1.

    >>> low, high = clopper_pearson(0, 100)
    >>> round(high, 4)
    0.0362
    """
    from scipy.stats import beta

    if not of:
        return 0.0, 1.0
    tail = (1 - level) / 2
    low = 0.0 if n == 0 else float(beta.ppf(tail, n, of - n + 1))
    high = 1.0 if n == of else float(beta.ppf(1 - tail, n + 1, of - n))
    return low, high


def audit_of(sample: Sample, decisions: Mapping[str, bool], who: str) -> Audit:
    """
    Return what an audit's coding says.

    The upper end of the rate is applied to the passages that nobody read. A response is missed when one of
    its passages is, so there are at most as many missed responses as missed passages in responses that
    carry the theme nowhere: a cautious bound, since several may be in one response.

    Args:
        sample: A sample of kind ``audit``.
        decisions: By passage, whether the person found the theme there; undecided ones left out.
        who: Who read them.

    Raises:
        UserError: Nothing was decided.
    """
    read = [p for p in sample.passages if p.passage_id in decisions]
    if not read:
        message = (
            f"audit of '{sample.themes[0]}': no row of the sheet was decided; at least one is needed. Write yes or no "
            "in the theme's column."
        )
        raise UserError(message)
    missed = [p for p in read if decisions[p.passage_id]]
    low, high = clopper_pearson(len(missed), len(read))
    new = [p for p in read if not p.elsewhere]
    new_missed = [p for p in new if decisions[p.passage_id]]
    found = len({p.response_id for p in new_missed})
    _, new_high = clopper_pearson(len(new_missed), len(new))
    unread = sample.population_new - len(new)
    return Audit(
        theme_id=sample.themes[0],
        who=who,
        time=datetime.now(tz=UTC).isoformat(timespec="seconds"),
        sample=sample.sample_id,
        codebook=sample.codebook,
        sampled=len(read),
        missed=len(missed),
        population=sample.population,
        rate=len(missed) / len(read),
        low=low,
        high=high,
        passages_at_most=len(missed) + _up(high * (sample.population - len(read))),
        responses_without=sample.responses_without,
        responses_found=found,
        responses_at_most=min(sample.responses_without, found + _up(new_high * unread)),
    )


def _up(value: float) -> int:
    """Round up, whatever the last digits of a float."""
    return math.ceil(value - 1e-9)


def keep_audit(study: Study, audit: Audit) -> None:
    """Append an audit to the study."""
    study.append(FILE, asdict(audit))


def read_audits(study: Study) -> tuple[Audit, ...]:
    """Return the audits of a study, oldest first."""
    names = set(Audit.__dataclass_fields__)
    return tuple(Audit(**line) for line in study.lines(FILE) if set(line) == names)


def latest_audit(study: Study, theme: str) -> Audit | None:
    """Return the latest audit of a theme, or None; of several people on one sample the most cautious."""
    mine = [a for a in read_audits(study) if a.theme_id == theme]
    if not mine:
        return None
    same: dict[str, Audit] = {a.who: a for a in mine if a.sample == mine[-1].sample}
    return max(same.values(), key=lambda a: (a.responses_at_most, a.high))


def audit_words(audit: Audit | Mapping[str, Any]) -> list[str]:
    """Return an audit in sentences."""
    a = audit if isinstance(audit, Audit) else Audit(**audit)
    seen = f"{a.rate * 100:.1f} %, with up to {a.high * 100:.1f} % to reckon with"
    sampled = f"{a.sampled} passages read in which nothing had been found"
    responses = f"{a.responses_without:,} responses in which it was found nowhere"
    return [
        f"{a.missed} of {sampled} do mention '{a.theme_id}': {seen}.",
        f"Of {a.population:,} passages without the theme, at most {a.passages_at_most:,} mention it.",
        f"Of {responses}, at most {a.responses_at_most:,} mention it ({a.responses_found} were seen).",
        "95 % interval of Clopper and Pearson; cautious, since several missed passages may be in one response.",
    ]
