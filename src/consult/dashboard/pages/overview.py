"""Overview: what this consultation is, who answered, and what came up most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
import streamlit as st

from consult import charts, measures
from consult.dashboard import figures, reading, words
from consult.dashboard import help as helps
from consult.dashboard.behind import behind, link_to_responses
from consult.dashboard.filters import filter_bar
from consult.dashboard.frame import missing, study_page
from consult.dashboard.links import address, page_link
from consult.dashboard.loaders import Loaded
from consult.report.words import percent
from consult.translation import capital, later, number, say, say_n

TOP, MOST_CAMPAIGNS = 10, 5
WHO = (
    ("stakeholder_type", later("Who answered?"), "by_type"),
    ("country", later("From which countries?"), "by_country"),
    ("language", later("In which languages?"), "by_language"),
    ("question_id", later("Which questions were answered?"), "by_question"),
)
WHEN = later("When were the responses sent?")
CAMPAIGNS = later("Are there campaigns?")
QUALITY = later("How good are the data?")
SOURCES = later("What was read?")


@study_page(later("Overview"), later("Who answered, and what came up most."))
def overview_page(loaded: Loaded) -> None:
    """Show the study at a glance."""
    selection = filter_bar(loaded.corpus)
    found = loaded.overview(selection)
    _numbers(found)
    reading.line(helps.not_a_survey())
    reading.places(say("On this page:"), _headings(found), narrow_only=True)
    for column, (measure, question, key, stage) in zip(st.columns(2), _most(found), strict=True):
        with column:
            _ideas(loaded, measure, question, key, stage)
    for row in (WHO[:2], WHO[2:]):
        for column, (field, question, name) in zip(st.columns(2), row, strict=True):
            with column:
                _who(loaded, getattr(found, name), field, say(question))
    if len(found.by_day.table):
        _when(loaded, found, selection)
    _campaigns(found)
    _quality(found)
    _sources(loaded)


def _headings(found: measures.Overview) -> list[tuple[str, str]]:
    """Return the headings below with their anchors: in a narrow window the page is many screens long."""
    when = [(say(WHEN), "overview_day")] if len(found.by_day.table) else []
    return [
        *((question, key) for _, question, key, _ in _most(found)),
        *((say(question), f"overview_{field}") for field, question, _ in WHO),
        *when,
        (say(CAMPAIGNS), "overview_campaigns"),
        (say(QUALITY), "overview_quality"),
        (say(SOURCES), "overview_sources"),
    ]


def _numbers(found: measures.Overview) -> None:
    with st.container(horizontal=True):
        counted = dict(zip(found.views["view"], found.views["n"], strict=True))
        for name, n, told in (
            (say("Responses"), found.n, None),
            (say("Each campaign counted once"), counted["once"], helps.text("view")),
            (say("Campaigns"), len(found.campaigns), None),
            (say("Languages"), len(found.by_language.table), None),
            (say("Countries"), _known(found.by_country), None),
        ):
            st.metric(name, number(n), help=told, width="content", border=True)


def _known(measure: measures.Measure) -> int:
    return len(measure.table[measure.table["key"] != measures.UNKNOWN])


def _most(found: measures.Overview) -> tuple[tuple[measures.Measure, str, str, str], ...]:
    return (
        (found.themes, say("Which themes come up most?"), "overview_themes", "tag"),
        (found.topics, say("Which topics come up most?"), "overview_topics", "topics"),
    )


def _ideas(loaded: Loaded, measure: measures.Measure, question: str, key: str, stage: str) -> None:
    if not len(measure.table):
        missing("tag" if stage == "tag" else "topics")
        return
    labels = words.labels("", dict(zip(measure.table["key"], measure.table["label"], strict=True)))
    opened = figures.figure(measure, question, key=key, labels=labels, limit=TOP, compact=True)
    if opened:
        behind(loaded, measure, opened, labels[opened], key_of_widgets=key)


def _who(loaded: Loaded, measure: measures.Measure, field: str, question: str) -> None:
    labels = words.labels(field, dict(zip(measure.table["key"], measure.table["label"], strict=True)))
    key = f"overview_{field}"
    mapped = field == "country" and any(code in charts.TILES for code in measure.table["key"])
    opened = figures.figure(
        measure, question, key=key, labels=labels, limit=TOP, compact=True, kind="map" if mapped else "bars",
        remarks=_elsewhere(measure, labels) if mapped else (),
    )  # fmt: skip
    if opened:
        behind(loaded, measure, opened, labels[opened], key_of_widgets=key)


def _elsewhere(measure: measures.Measure, labels: Mapping[str, str]) -> tuple[str, ...]:
    """Return a sentence on the countries that the map has no tile for."""
    counts = dict(zip(measure.table["key"], measure.table["n"], strict=True))
    off = charts.off_map(measure)
    named = ", ".join(f"{labels[key]} {number(counts[key])}" for key in off[:TOP])
    if len(off) > TOP:
        named = say("{words} and {more} more", words=named, more=number(len(off) - TOP))
    return (say("Not on the map: {names}.", names=named),) if named else ()


def _when(loaded: Loaded, found: measures.Overview, selection: measures.Selection) -> None:
    days = found.by_day.table["key"]
    by = charts.period(days.min(), days.max())
    times = loaded.counted(
        f"responses by {by}", selection, lambda: measures.over_time(loaded.corpus, by=by, selection=selection)
    )
    opened = figures.figure(times, say(WHEN), key="overview_day", kind="time", compact=True)
    if opened:
        link_to_responses(replace(times, name="groups"), opened, n=figures.count_at(times, opened))


def _campaigns(found: measures.Overview) -> None:
    reading.heading(say(CAMPAIGNS), anchor="overview_campaigns")
    if not len(found.campaigns):
        reading.line(say("No near-identical texts from several respondents were found in this selection."))
        return
    told = [say_n("{n} group of near-identical texts.", "{n} groups of near-identical texts.", len(found.campaigns))]
    senders = found.campaigns["sent_with"].nunique()
    if senders < len(found.campaigns):
        told.append(
            say_n(
                "They come from {n} group of senders, since one campaign may fill several questions.",
                "They come from {n} groups of senders, since one campaign may fill several questions.",
                senders,
            )
        )
    reading.line(" ".join([*told, helps.text("view")]))
    largest = found.campaigns.head(MOST_CAMPAIGNS)
    table = pd.DataFrame(
        {
            say("Campaign"): [say("Campaign {n}", n=position + 1) for position in range(len(largest))],
            say("Responses"): [number(n) for n in largest["n_responses"]],
            say("Texts"): [number(n) for n in largest["n_documents"]],
            say("First"): largest["first_at"].dt.strftime("%Y-%m-%d").fillna(say("no date")),
            say("Last"): largest["last_at"].dt.strftime("%Y-%m-%d").fillna(say("no date")),
        }
    )
    reading.table(
        table,
        say("The largest {n} of {of}", n=len(largest), of=number(len(found.campaigns))),
        numbers=(say("Responses"), say("Texts")),
    )
    page_link("campaigns", say("All campaigns"), address(found.by_type.selection), icon=":material/campaign:")


def _quality(found: measures.Overview) -> None:
    reading.heading(say(QUALITY), anchor="overview_quality")
    table = found.quality
    shown = pd.DataFrame(
        {
            say("What"): [capital(say(str(label))) for label in table["label"]],
            say("Number"): [
                say("{n} of {of}", n=number(n), of=number(of)) for n, of in zip(table["n"], table["N"], strict=True)
            ],
            say("Share"): [percent(n / of) for n, of in zip(table["n"], table["N"], strict=True)],
        }
    )
    reading.table(shown, say("Quality of the data in this selection"), numbers=(say("Number"), say("Share")))
    for caveat in found.caveats:
        reading.line(caveat.text, kind="small")


def _sources(loaded: Loaded) -> None:
    reading.heading(say(SOURCES), anchor="overview_sources")
    sources = loaded.table("sources")
    shown = pd.DataFrame(
        {
            say("File"): sources["name"],
            say("Format"): [words.source_format(str(name)) for name in sources["format"]],
            say("Rows"): [number(n) for n in sources["n_rows"]],
            say("Responses"): [number(n) for n in sources["n_responses"]],
            say("Set aside"): [number(n) for n in sources["n_set_aside"]],
        }
    )
    reading.table(
        shown,
        say("Sources: every row is a response or set aside"),
        numbers=(say("Rows"), say("Responses"), say("Set aside")),
    )
