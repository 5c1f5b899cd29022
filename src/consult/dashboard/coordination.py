"""Texts that may be coordinated, on the page of campaigns: always a possibility, never a fact."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from consult.dashboard import reading, words
from consult.dashboard.loaders import Loaded
from consult.dashboard.reader import reference_of
from consult.report.withheld import instead
from consult.report.words import language_name
from consult.text.privacy import mask
from consult.translation import number, percent, say

SHOWN_GROUPS = 10
SHOWN_TEXTS = 3


def possibly_coordinated(loaded: Loaded, found: pd.DataFrame) -> None:
    """Show groups of texts that say the same in other words, close in time; nothing where there are none."""
    if not len(found):
        return
    reading.heading(say("Possibly coordinated"))
    reading.line(
        say(
            "These texts say much the same in other words or another language, close in time. That is a possibility "
            "and no fact: people who think alike, or read the same article, write alike. Nobody is counted less for it."
        )
    )
    members = loaded.table("possibly_coordinated").merge(
        loaded.table("campaign_members")[["document_id", "campaign_id"]], on="document_id", how="left"
    )
    members = members.assign(letter=members["campaign_id"].fillna(members["document_id"]))
    members = members.sort_values(["likeness", "document_id"], ascending=[False, True])
    for row in found.head(SHOWN_GROUPS).to_dict("records"):
        texts = members[members["group_id"] == row["group_id"]].drop_duplicates("letter")
        with st.expander(_heading(row)):
            for text in texts.head(SHOWN_TEXTS).to_dict("records"):
                _text(loaded, text)
    if len(found) > SHOWN_GROUPS:
        more = number(len(found) - SHOWN_GROUPS)
        reading.line(say("{n} more such groups are in the table possibly_coordinated.", n=more), kind="small")


def _heading(row: Mapping[Hashable, Any]) -> str:
    first, last = (row[name] for name in ("first_at", "last_at"))
    when = say("no date") if pd.isna(first) else f"{first:%Y-%m-%d} – {last:%Y-%m-%d}"
    spoken = ", ".join(language_name(code) for code in str(row["languages"]).split(", "))
    return f"{words.responses(int(row['n_responses']))}, {when}, {spoken}"


def _text(loaded: Loaded, row: Mapping[Hashable, Any]) -> None:
    document = loaded.texts.document.first(str(row["document_id"]))
    response = loaded.texts.responses.first(document["response_id"]) if document else None
    if document is None or response is None:
        return
    whose = say(
        "Response {reference}, {likeness} alike",
        reference=reference_of(response), likeness=percent(float(row["likeness"]), 0),
    )  # fmt: skip
    withheld = document["response_id"] in loaded.withheld
    said = instead() if withheld else words.shortened(mask(str(document["text"])), 400)
    reading.quote_block(said, whose, lang=str(document["language"]))
