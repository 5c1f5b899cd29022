"""A checked claim as plain data and in words."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from consult.cli.analysis_words import caveat_lines
from consult.cli.printing import columns, heading, records, wrapped
from consult.report.own_text import in_own_text
from consult.report.words import FIELD_WORDS, group_name, percent

if TYPE_CHECKING:
    from consult import measures
    from consult.study import Study

ROWS = 15
OUTCOMES = {
    "holds": "The limit given with it holds: the whole interval is within it.",
    "fails": "The limit given with it does not hold: the whole interval is outside.",
    "open": "It cannot be told whether the limit given with it holds: the interval crosses it, or too few were asked.",
}


def claim_result(study: Study, corpus: measures.Corpus, result: measures.ClaimResult) -> dict[str, Any]:
    """Return a checked claim as plain data, with its quotes (masked, verbatim otherwise)."""
    claim = result.claim
    themes = dict(zip(corpus.themes["theme_id"], corpus.themes["name"], strict=True))
    topics = dict(zip(corpus.topics["topic_id"], corpus.topics["label"], strict=True))
    return {
        "sentence": claim.sentence,
        "query": {
            "themes": {theme: themes.get(theme, theme) for theme in claim.query.themes},
            "topics": {topic: topics.get(topic, topic) for topic in claim.query.topics},
            "phrases": list(claim.query.phrases),
            "closed": [list(pair) for pair in claim.query.closed],
            "combine": claim.query.combine,
        },
        "where": claim.selection.to_query(),
        "at_most": claim.at_most,
        "at_least": claim.at_least,
        "n": result.n,
        "of": result.N,
        "of_words": result.of,
        "share": result.share,
        "low": result.low,
        "high": result.high,
        "bound": result.bound,
        "audited": result.bound is not None,
        "verdict": result.verdict,
        "level": result.level,
        "outcome": result.outcome,
        "to_overturn": result.to_overturn,
        "views": records(result.views),
        "by": {name: records(table) for name, table in result.by.items()},
        "own_text": _own_text(study, claim.query),
        "quotes": _quotes(study, result),
        "responses": list(result.ids),
        "responses_without": list(result.ids_without),
        "caveats": [caveat.text for caveat in result.caveats],
    }


def _own_text(study: Study, query: measures.Query) -> dict[str, Any] | None:
    own = in_own_text(study, query)
    return None if own is None else {**asdict(own), "words": own.words}


def _quotes(study: Study, result: measures.ClaimResult) -> list[dict[str, Any]]:
    from consult.report.quotes import Quotable

    if not len(result.quotes):
        return []
    quotable = Quotable.from_study(study)
    found = []
    for row in result.quotes.to_dict("records"):
        quote = quotable.for_place(row["document_id"], row["start"], row["end"])
        if quote is None or quote.evidence is None:
            continue
        found.append(
            {
                "text": quote.shortened(),
                "evidence": quote.text[quote.evidence[0] : quote.evidence[1]],
                "because": row["because"],
                "source": quote.source_line,
                "language": quote.language,
                "response_id": quote.response_id,
                "passage_id": quote.passage_id,
                "document_id": quote.document_id,
                "start": row["start"],
                "end": row["end"],
            }
        )
    return found


def claim_lines(found: dict[str, Any]) -> list[str]:
    """Return a checked claim in words."""
    lines = [*wrapped(f"“{found['sentence']}”", 0, 1), "", *wrapped(f"Stands for it: {_query(found['query'])}.", 0, 2)]
    lines += ["", *wrapped(_sentence(found["verdict"]), 2)]
    if found["outcome"]:
        lines += wrapped(OUTCOMES[found["outcome"]], 2)
    lines += wrapped(_overturn(found), 2)
    if not found["audited"]:
        lines += wrapped(
            "Upper bound with missed mentions: not audited. Nobody has read responses in which nothing was found, so "
            "that how many mentions were missed is not known. Draw some to read with: consult review --audit THEME", 2
        )  # fmt: skip
    if found["own_text"]:
        lines += wrapped(_sentence(found["own_text"]["words"]), 2)
    lines += heading("Under the three campaign views")
    lines += _table("Counted", [(v["view_label"], v) for v in found["views"]])
    for field, rows in found["by"].items():
        lines += heading(f"By {FIELD_WORDS[field]}")
        lines += _table(FIELD_WORDS[field].capitalize(), [(group_name(field, r["key"], r["label"]), r) for r in rows])
    lines += _said(found)
    lines += _silent(found)
    lines += caveat_lines(found["caveats"])
    if found["changed"]:
        lines += ["", *wrapped(f"Since it was last checked: {found['changed']}")]
    if found["kept_in"]:
        lines += ["", f"Kept in {found['kept_in']}. Check all claims again with: consult claim"]
    return lines


def all_claims_lines(found: dict[str, Any]) -> list[str]:
    """Return every stored claim with its verdict and what changed."""
    lines: list[str] = []
    for claim in found["claims"]:
        lines += wrapped(f"“{claim['sentence']}”", 0, 1)
        lines += wrapped(claim["verdict"] or f"can no longer be checked: {claim['fault']}", 2)
        if claim["outcome"]:
            lines += wrapped(OUTCOMES[claim["outcome"]], 2)
        if claim["own_text"]:
            lines += wrapped(_sentence(claim["own_text"]), 2)
        lines += [*wrapped(f"Changed: {claim['changed']}" if claim["changed"] else "Unchanged.", 2), ""]
    return lines[:-1]


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def example_claims(study: Study) -> list[str]:
    """Return each stored claim with its last verdict, and what the consultation's own text says of it."""
    from consult.report.claims import stored_claims

    lines = []
    for stored in stored_claims(study):
        claim, last = stored.claim, stored.last
        lines.append(f"“{claim.sentence}”: {last.get('verdict', 'not checked')}.{_against(claim, last.get('outcome'))}")
        own = in_own_text(study, claim.query) if last else None
        if own:
            lines.append(_sentence(own.words))
    return lines


def _against(claim: measures.Claim, outcome: object) -> str:
    """Return what became of a claim's limits, as a sentence after a space; nothing without limits."""
    told = {"holds": "holds", "fails": "does not hold", "open": "cannot be told"}.get(str(outcome))
    limits = [("at most", claim.at_most), ("at least", claim.at_least)]
    words = " and ".join(f"{name} {share * 100:g} %" for name, share in limits if share is not None)
    return f" The limit given with it, {words}, {told}." if told and words else ""


def changed_claims(record: dict[str, Any]) -> list[str]:
    """Return one line for each claim that a run's record says has changed or can no longer be checked."""
    lines = [f"The claim “{one['sentence']}” changed: {one['change']}." for one in record.get("changed", [])]
    gone = record.get("cannot_be_checked", [])
    lines += [f"The claim “{one['sentence']}” can no longer be checked: {one['fault']}" for one in gone]
    return [*lines, f"The claims were not checked: {record['fault']}"] if record.get("fault") else lines


def _query(query: dict[str, Any]) -> str:
    parts = [f"theme {name} ({key})" for key, name in query["themes"].items()]
    parts += [f"topic {name} ({key})" for key, name in query["topics"].items()]
    parts += [f"the words “{phrase}”" for phrase in query["phrases"]]
    parts += [f"answer “{answer}” to {question}" for question, answer in query["closed"]]
    return (" and " if query["combine"] == "all" else " or ").join(parts)


def _overturn(found: dict[str, Any]) -> str:
    n = found["to_overturn"]
    if n is None:
        return ""
    limit = found["at_most"] is not None or found["at_least"] is not None
    to = "to overturn it" if limit else "to lift it to the next word"
    return f"It would take {abs(n):,} {'more' if n > 0 else 'fewer'} response{'s' if abs(n) != 1 else ''} {to}."


def _table(first: str, rows: list[tuple[str, dict[str, Any]]]) -> list[str]:
    cells = [
        [
            label, f"{row['n']:,} of {row['N']:,}", percent(row["share"]),
            f"{percent(row['low'])} to {percent(row['high'])}", "too few to compare" if row.get("few") else "",
        ]
        for label, row in rows[:ROWS]
    ]  # fmt: skip
    lines = columns([first, "mention it", "share", "between", ""], cells)
    return [*lines, f"  and {len(rows) - ROWS} more: --json gives all."] if len(rows) > ROWS else lines


def _said(found: dict[str, Any]) -> list[str]:
    if not found["quotes"]:
        return []
    lines = heading("In their words")
    for quote in found["quotes"]:
        lines += wrapped(f"“{quote['text']}”", 2)
        lines += wrapped(f"{quote['source']}; because of “{quote['evidence']}”; {quote['passage_id']}", 6)
    return lines


def _silent(found: dict[str, Any]) -> list[str]:
    lines = heading("Who does not mention it")
    n = len(found["responses_without"])
    lines += wrapped(f"{n:,} of {found['of']:,} responses do not ({percent(n / found['of'])}).", 2)
    for field, rows in found["by"].items():
        none = [f"{group_name(field, r['key'], r['label'])} ({r['N']:,})" for r in rows if not r["n"]]
        if none:
            more = f" and {len(none) - ROWS} more" if len(none) > ROWS else ""
            lines += wrapped(f"Nobody, by {FIELD_WORDS[field]}: {', '.join(none[:ROWS])}{more}.", 2, 2)
    return lines
