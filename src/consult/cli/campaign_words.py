"""Campaigns, and texts that may be coordinated, as plain data and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from consult.cli.printing import cut, heading, records, wrapped
from consult.report.withheld import withheld_responses
from consult.text.privacy import mask

if TYPE_CHECKING:
    from consult.study import Study

SHOWN = 10
EXCERPT = 160


def campaign_result(study: Study) -> dict[str, Any]:
    """Return the campaigns of a study, and the texts that may be coordinated, with the beginning of their text."""
    from consult import measures

    corpus = measures.Corpus.from_study(study)
    kept = measures.select(corpus)
    found = measures.campaigns_in(corpus, kept)
    possible = measures.possibly_coordinated_in(corpus, kept)
    documents = study.read("documents", ["document_id", "response_id", "text"]).set_index("document_id")
    withheld = frozenset(withheld_responses(study))
    likeness = corpus.possibly_coordinated.merge(
        corpus.campaign_members[["document_id", "campaign_id"]], on="document_id", how="left"
    )
    likeness = likeness.assign(letter=likeness["campaign_id"].fillna(likeness["document_id"]))
    likeness = likeness.sort_values(["likeness", "document_id"], ascending=[False, True])
    likeness = likeness.drop_duplicates(["group_id", "letter"])
    texts: dict[str, list[dict[str, Any]]] = {}
    for group, document, like in zip(likeness["group_id"], likeness["document_id"], likeness["likeness"], strict=True):
        entry = {"document_id": document, "likeness": like, "text": _excerpt(documents, str(document), withheld)}
        texts.setdefault(str(group), []).append(entry)
    listed = records(found)
    for row in listed:
        row["text"] = _excerpt(documents, row["representative_document_id"], withheld)
    groups = records(possible)
    for row in groups:
        row["texts"] = texts[row["group_id"]]
    return {
        "study": str(study.path),
        "n_responses": corpus.n_responses,
        "n_senders": len(set(found["sent_with"])),
        "campaigns": listed,
        "possibly_coordinated": groups,
    }


def _excerpt(documents: pd.DataFrame, document_id: str, withheld: frozenset[str]) -> str | None:
    if document_id not in documents.index:
        return None
    row = documents.loc[document_id]
    return None if row["response_id"] in withheld else cut(" ".join(mask(str(row["text"])).split()), EXCERPT)


def campaign_lines(found: dict[str, Any]) -> list[str]:
    """Return the campaigns in words, then what is only a possibility."""
    campaigns = found["campaigns"]
    if not campaigns:
        lines = ["No near-identical texts from several respondents were found."]
    else:
        many = f"{len(campaigns):,} campaign{'s' if len(campaigns) != 1 else ''} of near-identical texts"
        if found["n_senders"] < len(campaigns):
            many += (
                f", from {found['n_senders']:,} groups of senders: some sent several texts, say to several questions"
            )
        lines = wrapped(f"{many}.")
        heads = [row for row in campaigns if row["sent_with"] == row["campaign_id"]]
        for head in heads[:SHOWN]:
            lines += ["", *_campaign(head, sum(row["sent_with"] == head["campaign_id"] for row in campaigns) - 1)]
        if len(heads) > SHOWN:
            lines += ["", f"  and {len(heads) - SHOWN:,} more: --json gives all."]
    lines += heading("Possibly coordinated")
    possible = found["possibly_coordinated"]
    if not possible:
        return [*lines, "No texts of several respondents say the same in other words, as far as can be told."]
    lines += wrapped(
        "These texts say much the same in other words or another language, close in time. That is a possibility and no "
        "fact: people who think alike, or read the same article, write alike. Nobody is counted less for it."
    )
    for row in possible[:SHOWN]:
        lines += ["", *wrapped(f"{row['n_responses']:,} responses, {_days(row)}, in {row['languages']}")]
        for text in row["texts"][:3]:
            lines += wrapped(f"{text['likeness'] * 100:.0f} % {text['text'] or '(not to be quoted)'}", 2, 5)
    if len(possible) > SHOWN:
        lines += ["", f"  and {len(possible) - SHOWN:,} more: --json gives all."]
    return lines


def _campaign(row: dict[str, Any], n_more: int) -> list[str]:
    """Return one campaign: how many sent it when, how many added words of their own, what else they sent."""
    letters = row["n_documents"]
    own = f"words of their own in {row['n_own']:,} of {letters:,} letters"
    more = f"; largely the same senders sent {n_more:,} more" if n_more else ""
    first = f"{row['n_responses']:,} responses, {_days(row)}; {own}{more} ({row['campaign_id']})"
    return [*wrapped(first, 0, 2), *wrapped(row["text"] or "(not to be quoted)", 2)]


def _days(row: dict[str, Any]) -> str:
    first, last = (str(row[name] or "")[:10] for name in ("first_at", "last_at"))
    if not first:
        return "no date"
    return first if first == last else f"{first} to {last}"
