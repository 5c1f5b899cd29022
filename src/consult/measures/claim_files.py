"""Claims as they stand in `claims.yaml`, and what changed since they were last checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from consult.errors import UserError
from consult.measures import verdicts
from consult.measures.claims import Claim, ClaimResult
from consult.measures.queries import Query
from consult.measures.selection import Selection
from consult.translation import later, say, spoken

if TYPE_CHECKING:
    from collections.abc import Sequence

FIELDS = ("sentence", "themes", "topics", "phrases", "closed", "combine", "where", "at_most", "at_least", "last")
HEADER = "# Claims to check. Edit by hand or with `consult claim`; `last` is written by the program.\n"


OUTCOMES = {"holds": later("holds"), "fails": later("does not hold"), "open": later("not settled")}


@dataclass(frozen=True)
class StoredClaim:
    """
    A claim with what was found when it was last checked.

    Attributes:
        claim: The claim.
        last: ``n``, ``of``, ``level``, ``outcome``, ``verdict``; empty if never checked.
    """

    claim: Claim
    last: dict[str, Any]


def read_claims(text: str, where: str = "claims.yaml") -> tuple[StoredClaim, ...]:
    """
    Read the text of a `claims.yaml`.

    Args:
        text: YAML: a list under ``claims``.
        where: The file's name, for messages.

    Raises:
        UserError: It is not such a list, or an entry has an unknown or missing field.
    """
    import yaml

    try:
        content = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        message = f"{where}: {error}; expected YAML. Mend the line it names."
        raise UserError(message) from error
    entries = content.get("claims", []) if isinstance(content, dict) else None
    if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        message = f"{where}: no list of claims; expected 'claims:' with entries below. Write it so."
        raise UserError(message)
    return tuple(_read(entry, f"{where}, claim {i}") for i, entry in enumerate(entries, start=1))


def write_claims(claims: Sequence[StoredClaim]) -> str:
    """Return the text of a `claims.yaml`."""
    import yaml

    entries = [_written(stored) for stored in claims]
    body = yaml.safe_dump({"claims": entries}, allow_unicode=True, sort_keys=False, width=100)
    return HEADER + str(body)


def checked(result: ClaimResult) -> StoredClaim:
    """Return a claim with what was found, to be written."""
    last = {
        "n": result.n,
        "of": result.N,
        "level": result.level,
        "outcome": result.outcome,
        "verdict": result.kept,
    }
    return StoredClaim(result.claim, last)


def change(stored: StoredClaim, result: ClaimResult) -> str:
    """
    Say what changed since a claim was last checked; an empty string if nothing did.

    A change of level or outcome is named first, then one of the numbers.
    """
    if not stored.last:
        return ""
    before, after = stored.last, checked(result).last
    for name in ("outcome", "level"):
        if before.get(name, "") != after[name]:
            was, now = (_word(name, str(kept.get(name) or "")) for kept in (before, after))
            told = {"was": was, "now": now, "verdict": result.verdict}
            if name == "outcome":
                return say("outcome was {was}, is {now}: {verdict}", **told)
            return say("level was {was}, is {now}: {verdict}", **told)
    if (before.get("n"), before.get("of")) != (after["n"], after["of"]):
        counts = {"n": before.get("n"), "of": before.get("of"), "n_now": after["n"], "of_now": after["of"]}
        return say("was {n} of {of}, is {n_now} of {of_now}", **counts)
    return ""


def _word(name: str, key: str) -> str:
    """Return an outcome or level in words; in English its key, as it stands in the file."""
    if not key:
        return say("none")
    return key if spoken() == "en" else say(OUTCOMES.get(key, key)) if name == "outcome" else verdicts.level_name(key)


def _read(entry: dict[str, Any], where: str) -> StoredClaim:
    unknown = [name for name in entry if name not in FIELDS]
    if unknown or not entry.get("sentence"):
        fault = f"unknown field '{unknown[0]}'" if unknown else "no sentence"
        message = f"{where}: {fault}; allowed are {', '.join(FIELDS)}. Correct the entry."
        raise UserError(message)
    chosen = entry.get("where") or {}
    closed = entry.get("closed") or {}
    if not isinstance(chosen, dict) or not isinstance(closed, dict):
        message = f"{where}: 'where' and 'closed' hold FIELD: VALUE lines; found something else. Write them so."
        raise UserError(message)
    query = Query(
        themes=_names(entry.get("themes")),
        topics=_names(entry.get("topics")),
        phrases=_names(entry.get("phrases")),
        closed=tuple((str(q), str(a)) for q, a in closed.items()),
        combine=entry.get("combine", "any"),
    )
    selection = Selection.from_query({k: [str(x) for x in _names(v)] for k, v in chosen.items()})
    limits = {name: _limit(entry.get(name), name, where) for name in ("at_most", "at_least")}
    claim = Claim(str(entry["sentence"]), query, selection, **limits)
    return StoredClaim(claim, dict(entry.get("last") or {}))


def _limit(value: object, name: str, where: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, (int, float)) and 0 <= value <= 1:
        return float(value)
    message = f"{where}, {name}: '{value}'; expected a share between 0 and 1, e.g. 0.05. Correct the entry."
    raise UserError(message)


def _names(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(str(v) for v in value) if isinstance(value, (list, tuple)) else (str(value),)


def _written(stored: StoredClaim) -> dict[str, Any]:
    claim, query = stored.claim, stored.claim.query
    entry: dict[str, Any] = {"sentence": claim.sentence}
    for name in ("themes", "topics", "phrases"):
        if getattr(query, name):
            entry[name] = list(getattr(query, name))
    if query.closed:
        entry["closed"] = dict(query.closed)
    if query.combine != "any":
        entry["combine"] = query.combine
    chosen = claim.selection.to_query()
    if chosen:
        entry["where"] = chosen
    for name in ("at_most", "at_least"):
        if getattr(claim, name) is not None:
            entry[name] = getattr(claim, name)
    if stored.last:
        entry["last"] = stored.last
    return entry
