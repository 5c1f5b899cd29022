"""Shares in words, by rules that are written down here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass

from consult.errors import UserError
from consult.measures.comparing import FEW
from consult.measures.intervals import wilson
from consult.translation import decimal, later, say
from consult.translation import percent as as_percent

# Lowest share of each level, in words. A share belongs to the last level whose bound it reaches.
LEVELS: tuple[tuple[float, str, str], ...] = (
    (0.0, "hardly_ever", later("hardly ever mentioned")),
    (0.02, "rarely", later("rarely mentioned")),
    (0.10, "sometimes", later("sometimes mentioned")),
    (0.25, "often", later("often mentioned")),
    (0.50, "by_most", later("mentioned by most")),
)
_RULES = (
    later("Nobody mentions it: not mentioned."),
    later("Under 2 %: hardly ever. From 2 %: rarely. From 10 %: sometimes. From 25 %: often. From 50 %: by most."),
    later("The level is that of the share. Where the 95 % interval reaches into another level, the sentence says so."),
    later("Under {few} responses asked no level is given."),
    later(
        "A limit given with the claim holds if the whole interval is within it, fails if the whole interval is "
        "outside, and is open otherwise."
    ),
    later(
        "The upper bound adds the mentions that the recall audit says may have been missed, at the upper end of "
        "the audit's own 95 % interval, and takes the sum at the upper end of its own. Without an audit there is "
        "none, and the sentence says so."
    ),
)


@dataclass(frozen=True)
class Audit:
    """
    A person's check of responses in which nothing was found.

    Attributes:
        missed: How many of what was read do mention it.
        sampled: How many responses were read, or passages where `more` is given.
        more: How many responses more, at the upper end of the audit's own interval, may mention it; to be
            given where passages were read, of which a response may have several. None: reckoned from the
            share of responses missed.
    """

    missed: int
    sampled: int
    more: int | None = None

    def __post_init__(self) -> None:
        if self.more is not None and self.more < 0:
            message = f"audit: {self.more} more responses; expected 0 or more. Correct the number."
            raise UserError(message)
        if not 0 <= self.missed <= self.sampled or not self.sampled:
            message = (
                f"audit: {self.missed} missed of {self.sampled} read; expected at least one read and no more "
                "missed than read. Correct the numbers."
            )
            raise UserError(message)


def level(share: float) -> str:
    """Return the key of a share's level."""
    return next(key for bound, key, _ in reversed(LEVELS) if share >= bound)


def level_words(share: float) -> str:
    """Return the words of a share's level."""
    return say(next(words for bound, _, words in reversed(LEVELS) if share >= bound))


def level_name(key: str) -> str:
    """Return the words of a level, from its key."""
    more = {"not_mentioned": later("not mentioned"), "too_few": later("too few responses for a verdict")}
    return say({**{name: words for _, name, words in LEVELS}, **more}.get(key, key))


def rules() -> tuple[str, ...]:
    """Return the rules that the words of verdicts follow, a sentence or two each."""
    return tuple(say(rule, few=FEW) for rule in _RULES)


def upper_bound(n: int, of: int, audit: Audit | None) -> float | None:
    """
    Return the highest share to reckon with when the audit's misses are added; None without audit.

    The responses that may have been missed are the audit's own number where it gives one (`Audit.more`);
    else the share of misses is taken at the upper end of its Wilson interval and applied to all responses
    in which nothing was found. The sum is taken at the upper end of its own interval: a cautious bound.
    """
    if audit is None or not of:
        return None
    if audit.more is None:
        _, worst = wilson(audit.missed, audit.sampled)
        more = (of - n) * float(worst)
    else:
        more = float(audit.more)
    _, high = wilson(min(n + more, float(of)), of)
    return float(high)


def percent(share: float) -> str:
    """Return a share as ``4.1 %``; ``100 %`` and ``0 %`` without a fraction."""
    return as_percent(share, 0 if share in (0.0, 1.0) else 1)


def sentence(n: int, of: int, of_words: str, audit: Audit | None = None) -> str:
    """
    Return a count as a verdict in words.

    For example ``rarely mentioned: 4.1 % of 508 responses, between 2.7 and 6.2 %; not audited``.

    Raises:
        UserError: Nobody was asked.
    """
    if of <= 0:
        message = "claim: nobody was asked; at least one response is needed. Take a filter away."
        raise UserError(message)
    share = n / of
    low, high = (float(v) for v in wilson(n, of))
    if of < FEW:
        found = say("too few responses for a verdict: {n} {of}", n=n, of=of_words)
    elif n == 0:
        found = say("not mentioned: none {of}, with up to {high} to reckon with", of=of_words, high=percent(high))
    else:
        numbers = {"share": percent(share), "of": of_words, "low": decimal(low * 100), "high": percent(high)}
        found = say("{level}: {share} {of}, between {low} and {high}", level=level_words(share), **numbers)
        if level(low) != level(high):
            found = say(
                "{verdict} ({lowest} to {highest})", verdict=found, lowest=level_words(low), highest=level_words(high)
            )
    bound = upper_bound(n, of, audit)
    if bound is None:
        return say("{verdict}; not audited", verdict=found)
    return say("{verdict}; at most {bound} if the audit's misses are added", verdict=found, bound=percent(bound))


def holds(n: int, of: int, *, at_most: float | None, at_least: float | None, bound: float | None = None) -> str:
    """Return ``holds``, ``fails`` or ``open`` for limits given with a claim, an empty string without."""
    if at_most is None and at_least is None:
        return ""
    if of < FEW:
        return "open"
    low, high = (float(v) for v in wilson(n, of))
    high = max(high, bound or 0.0)
    told = []
    if at_most is not None:
        told.append("holds" if high <= at_most else "fails" if low > at_most else "open")
    if at_least is not None:
        told.append("holds" if low >= at_least else "fails" if high < at_least else "open")
    return "fails" if "fails" in told else "open" if "open" in told else "holds"


def to_overturn(n: int, of: int, limit: float) -> int:
    """
    Return how many more responses would have to mention it for the share to pass a limit.

    Negative where the share is above: how many fewer, for it to fall to the limit or below.
    """
    most = int(limit * of + 1e-9)
    return most + 1 - n if n <= most else most - n
