"""Campaigns: near-identical texts, who sent them, what was changed, and what they do to the shares."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from consult import charts, measures
from consult.dashboard import figures, reading, vega, words
from consult.dashboard import help as helps
from consult.dashboard.coordination import possibly_coordinated
from consult.dashboard.filters import filter_bar
from consult.dashboard.frame import study_page
from consult.dashboard.links import address, page_link
from consult.dashboard.loaders import Loaded
from consult.dashboard.reader import source_line
from consult.report.withheld import instead
from consult.report.words import language_name, percent
from consult.text.privacy import mask
from consult.translation import later, number, say, say_n

SHOWN_PARTS = 8
SENTENCE_ENDS = '.!?…:;•”»"\n'


@study_page(
    later("Campaigns"), later("Near-identical texts sent by several respondents, and what they do to the shares.")
)
def campaigns_page(loaded: Loaded) -> None:
    """Show the campaigns of a study."""
    selection = filter_bar(loaded.corpus)
    overview = loaded.overview(selection)
    found = overview.campaigns
    if not len(found):
        reading.line(say("No near-identical texts from several respondents were found in this selection."))
        possibly_coordinated(loaded, overview.possibly_coordinated)
        return
    reading.line(helps.text("view"))
    names = {str(c): say("Campaign {n}", n=position + 1) for position, c in enumerate(found["campaign_id"])}
    _table(found, names)
    counts = dict(zip(found["campaign_id"], found["n_responses"], strict=True))
    chosen = st.selectbox(
        say("Open a campaign"), list(names), key="campaigns_open",
        format_func=lambda c: f"{names[c]} ({words.responses(int(counts[c]))})",
    )  # fmt: skip
    if chosen:
        _one(loaded, selection, found.set_index("campaign_id").loc[chosen], chosen, names[chosen])
    possibly_coordinated(loaded, overview.possibly_coordinated)
    _views(loaded, selection)


def _table(found: pd.DataFrame, names: dict[str, str]) -> None:
    shown = pd.DataFrame(
        {
            say("Campaign"): [names[c] for c in found["campaign_id"]],
            say("Responses"): [number(n) for n in found["n_responses"]],
            say("Texts"): [number(n) for n in found["n_documents"]],
            say("With own words"): [number(n) for n in found["n_own"]],
            say("Types of respondent"): [number(n) for n in found["types"]],
            say("Largely the same senders as"): [
                names[head] if head != own else ""
                for own, head in zip(found["campaign_id"], found["sent_with"], strict=True)
            ],
            say("First"): found["first_at"].dt.strftime("%Y-%m-%d").fillna(say("no date")),
            say("Last"): found["last_at"].dt.strftime("%Y-%m-%d").fillna(say("no date")),
        }
    )
    numbers = (say("Responses"), say("Texts"), say("With own words"), say("Types of respondent"))
    reading.table(shown, say("Campaigns, largest first"), numbers=numbers)
    senders = found["sent_with"].nunique()
    if senders < len(found):
        reading.line(
            say(
                "{n} campaigns come from {senders} groups of senders: where at least half of those who sent a text "
                "also sent a larger campaign’s, the two belong together, as when a campaign fills several questions.",
                n=number(len(found)), senders=number(senders),
            ),
            kind="small",
        )  # fmt: skip


def _one(loaded: Loaded, selection: measures.Selection, campaign: Any, campaign_id: str, name: str) -> None:
    with st.container(border=True):
        reading.heading(say("{campaign}: the text most like all the others", campaign=name))
        template = loaded.texts.document.first(str(campaign["representative_document_id"]))
        if template is None:
            return
        reading.line(say("In {language}.", language=language_name(template["language"])), kind="small")
        text = instead() if template["response_id"] in loaded.withheld else template["text"]
        reading.show(reading.text_block(text, lang=str(template["language"])))
        page_link(
            "responses",
            say_n(
                "Read {n} response of this campaign",
                "Read {n} responses of this campaign",
                int(campaign["n_responses"]),
            ),
            address(selection.with_(campaign_id=(campaign_id,), view="all")),
            icon=":material/article:",
        )
    only = selection.with_(campaign_id=(campaign_id,), view="all")
    who = measures.respondent_shares(loaded.corpus, "stakeholder_type", only)
    labels = words.labels("stakeholder_type", dict(zip(who.table["key"], who.table["label"], strict=True)))
    figures.figure(
        who, say("Who sent {campaign}?", campaign=name), key="campaigns_who", labels=labels, level=3, open_label=""
    )
    _own_parts(loaded, campaign_id, int(campaign["n_own"]), int(campaign["n_documents"]))


def _own_parts(loaded: Loaded, campaign_id: str, n_own: int, n_letters: int) -> None:
    reading.heading(say("What did senders add in their own words?"), level=3)
    parts = loaded.table("own_parts")
    parts = parts[parts["campaign_id"] == campaign_id]
    if not len(parts):
        reading.line(say("Nobody added eight words or more of their own."))
        return
    reading.line(
        say(
            "{n} of the {of} letters add words of their own. These count in every view, also where the letter itself "
            "is counted once or set apart.",
            n=number(n_own), of=number(n_letters),
        )
    )  # fmt: skip
    for row in parts.head(SHOWN_PARTS).to_dict("records"):
        document = loaded.texts.document.first(row["document_id"])
        response = loaded.texts.responses.first(document["response_id"]) if document else None
        if document is None or response is None:
            continue
        words_own = own_words(mask(str(document["text"])), int(row["start"]), int(row["end"]))
        if document["response_id"] in loaded.withheld:
            words_own = instead()
        language = str(document["language"])
        reading.quote_block(words_own, source_line(response, language), lang=language)
    if len(parts) > SHOWN_PARTS:
        reading.line(say("{n} more are among the responses.", n=number(len(parts) - SHOWN_PARTS)), kind="small")


def own_words(text: str, start: int, end: int) -> str:
    """
    Return a sender's own words with the signs that close their sentence, and dots where they are a part of one.

    >>> own_words("Pay for it. We are poor, and tired. Yours", 12, 23), own_words("We ask. Pay for all of it.", 12, 25)
    ('We are poor …', '… for all of it.')
    """
    end += len(text[end:]) - len(text[end:].lstrip(".!?…)]”’»\"'"))
    before, own, after = text[:start].rstrip(" "), text[start:end].strip(), text[end:].strip()
    inside = before and before[-1] not in SENTENCE_ENDS
    broken = after and own[-1:] not in SENTENCE_ENDS
    return f"{'… ' if inside else ''}{reading.flowing(own)}{' …' if broken else ''}"


def _views(loaded: Loaded, selection: measures.Selection) -> None:
    question = say("What do campaigns change?")
    reading.heading(question)
    reading.line(say("The same shares, counted in the three ways."))
    for what in ("themes", "topics"):
        if not len(loaded.table(what)):
            continue
        table = loaded.counted(f"{what} in three views", selection, partial(_in_three_views, loaded, what, selection))
        if not len(table):
            continue
        themes = what == "themes"
        by = say("Share of responses by theme") if themes else say("Share of responses by topic")
        reading.heading(by, level=3)
        named = {view: words.view_name(view) for view in measures.VIEWS}
        vega.show(
            lambda theme, table=table, named=named: charts.views(table, "", view_labels=named, theme=theme),  # type: ignore[misc]
            ("views", table), key=f"campaigns_views_{what}",
            alt=say("{question} Counted in the three ways; the table below has the numbers.", question=f"{by}."),
        )  # fmt: skip
        shown = pd.DataFrame(
            {
                say("Item"): table["label"],
                say("Counted"): [named[v] for v in table["view"]],
                say("Responses"): [number(n) for n in table["n"]],
                say("Of"): [number(n) for n in table["N"]],
                say("Share"): [percent(s) for s in table["share"]],
                say("95 % interval"): figures.intervals(table),
            }
        )
        caption = say("{what}, under three campaign views", what=by)
        figures.files(table, shown, caption, f"campaigns_views_{what}")
    reading.line(f"{say('Thin lines: 95 % intervals.')} {helps.short_caveat()}", kind="small")


def _in_three_views(loaded: Loaded, what: str, selection: measures.Selection) -> pd.DataFrame:
    return measures.three_views(lambda one: measures.shares(loaded.corpus, what, one), selection)
