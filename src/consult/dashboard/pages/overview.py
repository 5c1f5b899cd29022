"""Overview: what this consultation is, who answered, and what came up most."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from consult import measures
from consult.dashboard import figures, reading, words
from consult.dashboard import help as helps
from consult.dashboard.behind import behind, link_to_responses
from consult.dashboard.filters import filter_bar
from consult.dashboard.frame import missing, study_page
from consult.dashboard.loaders import Loaded
from consult.report.words import percent

TOP = 10
WHO = (
    ("stakeholder_type", "Who answered?", "by_type"),
    ("country", "From which countries?", "by_country"),
    ("language", "In which languages?", "by_language"),
    ("question_id", "Which questions were answered?", "by_question"),
)


@study_page("Overview", "Who answered, and what came up most.")
def overview_page(loaded: Loaded) -> None:
    """Show the study at a glance."""
    selection = filter_bar(loaded.corpus)
    found = measures.overview(loaded.corpus, selection)
    _numbers(found)
    reading.line(helps.NOT_A_SURVEY)
    _most(loaded, found)
    for row in (WHO[:2], WHO[2:]):
        for column, (field, question, name) in zip(st.columns(2), row, strict=True):
            with column:
                _who(loaded, getattr(found, name), field, question)
    if len(found.by_day.table):
        _when(loaded, selection)
    _campaigns(found)
    _quality(found)
    _sources(loaded)


def _numbers(found: measures.Overview) -> None:
    with st.container(horizontal=True):
        counted = dict(zip(found.views["view"], found.views["n"], strict=True))
        st.metric("Responses", f"{found.n:,}", width="content", border=True)
        st.metric("Each campaign counted once", f"{counted['once']:,}", width="content", border=True)
        st.metric("Campaigns", f"{len(found.campaigns):,}", width="content", border=True)
        st.metric("Languages", f"{len(found.by_language.table):,}", width="content", border=True)
        st.metric("Countries", f"{_known(found.by_country):,}", width="content", border=True)


def _known(measure: measures.Measure) -> int:
    return len(measure.table[measure.table["key"] != measures.UNKNOWN])


def _most(loaded: Loaded, found: measures.Overview) -> None:
    for measure, question, key in (
        (found.themes, "Which themes come up most?", "overview_themes"),
        (found.topics, "Which topics come up most?", "overview_topics"),
    ):
        if not len(measure.table):
            missing("Themes" if measure is found.themes else "Topics", "tag" if measure is found.themes else "topics")
            continue
        labels = words.labels("", dict(zip(measure.table["key"], measure.table["label"], strict=True)))
        opened = figures.figure(measure, question, key=key, labels=labels, limit=TOP)
        if opened:
            behind(loaded, measure, opened, labels[opened], key_of_widgets=key)


def _who(loaded: Loaded, measure: measures.Measure, field: str, question: str) -> None:
    labels = words.labels(field, dict(zip(measure.table["key"], measure.table["label"], strict=True)))
    key = f"overview_{field}"
    opened = figures.figure(measure, question, key=key, labels=labels, limit=15)
    if opened:
        behind(loaded, measure, opened, labels[opened], key_of_widgets=key)


def _when(loaded: Loaded, selection: measures.Selection) -> None:
    times = measures.over_time(loaded.corpus, by="day", selection=selection)
    opened = figures.figure(times, "When were the responses sent?", key="overview_day", kind="time")
    if opened:
        link_to_responses(replace(times, name="groups"), opened, n=figures.count_at(times, opened))


def _campaigns(found: measures.Overview) -> None:
    reading.heading("Are there campaigns?")
    if not len(found.campaigns):
        reading.line("No near-identical texts from several respondents were found in this selection.")
        return
    reading.line(
        f"{words.plural(len(found.campaigns), 'group')} of near-identical texts. {helps.text('view')}",
    )
    table = found.campaigns.assign(
        Campaign=[f"Campaign {position + 1}" for position in range(len(found.campaigns))],
        Responses=[f"{n:,}" for n in found.campaigns["n_responses"]],
        Texts=[f"{n:,}" for n in found.campaigns["n_documents"]],
        First=found.campaigns["first_at"].dt.strftime("%Y-%m-%d").fillna("no date"),
        Last=found.campaigns["last_at"].dt.strftime("%Y-%m-%d").fillna("no date"),
    )[["Campaign", "Responses", "Texts", "First", "Last"]]
    reading.table(table, "Campaigns, largest first", numbers=("Responses", "Texts"))


def _quality(found: measures.Overview) -> None:
    reading.heading("How good are the data?")
    table = found.quality
    shown = table.assign(
        What=table["label"].str[:1].str.upper() + table["label"].str[1:],
        Number=[f"{n:,} of {total:,}" for n, total in zip(table["n"], table["N"], strict=True)],
        Share=[percent(n / total) for n, total in zip(table["n"], table["N"], strict=True)],
    )[["What", "Number", "Share"]]
    reading.table(shown, "Quality of the data in this selection", numbers=("Number", "Share"))
    for caveat in found.caveats:
        reading.line(caveat.text, kind="small")


def _sources(loaded: Loaded) -> None:
    reading.heading("What was read?")
    sources = loaded.table("sources")
    sources = sources.assign(format=[words.source_format(str(name)) for name in sources["format"]])
    shown = sources.rename(
        columns={
            "name": "File", "format": "Format", "n_rows": "Rows", "n_responses": "Responses", "n_set_aside": "Set aside"
        }
    )[["File", "Format", "Rows", "Responses", "Set aside"]]  # fmt: skip
    reading.table(shown, "Sources: every row is a response or set aside", numbers=("Rows", "Responses", "Set aside"))
