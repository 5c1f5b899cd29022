"""Campaigns: who sent near-identical texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from consult import schema
from consult.campaigns.grouping import Group, Texts, group_texts
from consult.campaigns.shingles import shingle
from consult.campaigns.summary import summary
from consult.identity import make_id

MIN_WORDS = 8

if TYPE_CHECKING:
    from consult.campaigns.shingles import Shingled


@dataclass(frozen=True)
class Campaigns:
    """
    What was found.

    Attributes:
        campaigns: Table ``campaigns``.
        members: Table ``campaign_members``.
        n_short: Documents under eight words, which are never part of a campaign: "Yes" and "No
            opinion" from many people are answers, not letters.
    """

    campaigns: pd.DataFrame
    members: pd.DataFrame
    n_short: int


def find_campaigns(documents: pd.DataFrame, responses: pd.DataFrame) -> Campaigns:
    """
    Find near-identical documents from at least two responses to one consultation.

    Works on words, in any language and script; capitals, punctuation and spaces do not count.
    Two texts are linked from a Jaccard similarity of their word triples of .4, or where 60 % of the
    shorter one (and 20 triples) is shared; a member must have .2 with the representative document,
    or hold 60 % of it beside text of its own. Below 25 triples .6 is asked for throughout, so that
    "please see our comments attached" is no campaign. A letter with a paragraph of one's own added
    is thus a member; what is its own is found with `own_parts`. Texts that say the same in other
    words are not found. Copies within one response are no campaign. The order of rows changes
    nothing.

    Args:
        documents: Table ``documents``.
        responses: Table ``responses``.
    """
    origin = responses[["response_id", "consultation_id", "submitted_at"]]
    known = documents[["document_id", "response_id", "text", "n_words"]].merge(origin, on="response_id")
    known = known.sort_values("document_id", kind="stable", ignore_index=True)
    rows: list[pd.DataFrame] = []
    n_short = 0
    for _, part in known.groupby("consultation_id", sort=True):
        shingled = shingle(part["text"].tolist())
        # Both counts must reach the limit, but a text without spaces is one word to `n_words`.
        long = (shingled.n_words >= MIN_WORDS) & (
            (part["n_words"].to_numpy() >= MIN_WORDS) | (shingled.n_unspaced >= MIN_WORDS)
        )
        n_short += int((~long).sum())
        rows += _of_consultation(part.reset_index(drop=True), shingled, np.flatnonzero(long).tolist())
    if not rows:
        return Campaigns(schema.empty("campaigns"), schema.empty("campaign_members"), n_short)
    found = pd.concat(rows, ignore_index=True)
    representatives = found[["campaign_id", "representative_document_id"]].drop_duplicates()
    campaigns = summary(found).merge(representatives, on="campaign_id")
    members = found[["document_id", "campaign_id", "similarity"]]
    return Campaigns(schema.build("campaigns", campaigns), schema.build("campaign_members", members), n_short)


def _of_consultation(part: pd.DataFrame, shingled: Shingled, usable: list[int]) -> list[pd.DataFrame]:
    copies: dict[bytes, list[int]] = {}
    for row in usable:
        copies.setdefault(shingled.exact[row], []).append(row)
    distinct = list(copies.values())  # in the order of the smallest document id
    if not distinct:
        return []
    texts = Texts(
        tuple(shingled.shingles[same[0]] for same in distinct),
        np.array([len(same) for same in distinct], dtype=np.int64),
    )
    frames = (_members(part, distinct, group) for group in group_texts(texts))
    return [frame for frame in frames if len(set(frame["response_id"])) > 1]


def _members(part: pd.DataFrame, distinct: list[list[int]], group: Group) -> pd.DataFrame:
    rows = [row for text in group.members for row in distinct[text]]
    likeness = [s for text, s in zip(group.members, group.similarity, strict=True) for _ in distinct[text]]
    representative = str(part["document_id"].iloc[distinct[group.representative][0]])
    return part.iloc[rows][["document_id", "response_id", "submitted_at"]].assign(
        campaign_id=make_id("ca", representative),
        similarity=likeness,
        representative_document_id=representative,
    )
