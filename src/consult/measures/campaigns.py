"""Campaigns counted within a selection: how large, when, by whom, with which words of one's own."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pandas as pd

from consult.campaigns.summary import summary

if TYPE_CHECKING:
    from consult.measures.corpus import Corpus
    from consult.measures.filters import Selected

SHARED_SENDERS = 0.5
LEAST_SHARED = 2


def campaigns_in(corpus: Corpus, kept: Selected) -> pd.DataFrame:
    """
    Return the campaigns with documents in a selection, counted within it, largest first.

    Returns:
        ``campaign_id``, ``n_documents``, ``n_responses``, ``first_at``, ``last_at``, ``types`` (distinct
        stakeholder types), ``n_own`` (documents to which their senders added words of their own),
        ``representative_document_id``, and ``sent_with``: the id of the largest campaign that largely the same
        responses sent, its own id if there is none larger. Campaigns alike in it are one campaign of responses
        that fills several questions.
    """
    inside = _sent(corpus, kept, corpus.campaign_members)
    inside["own"] = inside["document_id"].isin(corpus.own_parts["document_id"])
    mixed = inside.groupby("campaign_id", as_index=False).agg(
        types=("stakeholder_type", "nunique"), n_own=("own", "sum")
    )
    table = (
        summary(inside)
        .merge(mixed, on="campaign_id")
        .merge(corpus.campaigns[["campaign_id", "representative_document_id"]], on="campaign_id", how="left")
    )
    table = table.sort_values(["n_responses", "campaign_id"], ascending=[False, True], ignore_index=True)
    return table.assign(sent_with=_sent_with(table["campaign_id"].tolist(), inside))


def possibly_coordinated_in(corpus: Corpus, kept: Selected) -> pd.DataFrame:
    """
    Return the groups of texts that may be coordinated, counted within a selection, largest first.

    A possibility, never a fact: nobody is counted less for being in such a group.

    Returns:
        ``group_id``, ``n_documents``, ``n_responses`` (at least two), ``n_texts`` (a campaign counts as one),
        ``first_at``, ``last_at``, ``languages`` (sorted codes with a comma), ``least`` (lowest likeness to the
        representative document), ``representative_document_id``.
    """
    inside = _sent(corpus, kept, corpus.possibly_coordinated)
    letters = corpus.campaign_members[["document_id", "campaign_id"]]
    inside = inside.merge(letters, on="document_id", how="left")
    inside = inside.assign(letter=inside["campaign_id"].fillna(inside["document_id"]))
    alike = inside.groupby("group_id", as_index=False).agg(
        n_texts=("letter", "nunique"),
        languages=("language", lambda codes: ", ".join(sorted(set(codes)))),
        least=("likeness", "min"),
        representative_document_id=("representative_document_id", "first"),
    )
    table = summary(inside, "group_id").merge(alike, on="group_id")
    table = table[table["n_responses"] > 1]
    return table.sort_values(["n_responses", "group_id"], ascending=[False, True], ignore_index=True)


def _sent(corpus: Corpus, kept: Selected, members: pd.DataFrame) -> pd.DataFrame:
    documents = corpus.documents[kept.documents][["document_id", "response_id", "language"]]
    who = corpus.responses[["response_id", "submitted_at", "stakeholder_type"]]
    return members.merge(documents, on="document_id").merge(who, on="response_id")


def _sent_with(largest_first: list[str], inside: pd.DataFrame) -> list[str]:
    """Join to each campaign, largest first, the smaller ones that were sent half or more by its own senders."""
    senders = {str(c): frozenset(who) for c, who in inside.groupby("campaign_id")["response_id"]}
    sent: dict[str, list[str]] = defaultdict(list)
    for campaign in largest_first:
        for response in senders[campaign]:
            sent[response].append(campaign)
    head: dict[str, str] = {}
    for campaign in largest_first:
        if campaign in head:
            continue
        head[campaign] = campaign
        others = {other for response in senders[campaign] for other in sent[response] if other not in head}
        for other in others:
            shared = len(senders[campaign] & senders[other])
            if shared >= max(LEAST_SHARED, SHARED_SENDERS * len(senders[other])):
                head[other] = campaign
    return [head[campaign] for campaign in largest_first]
