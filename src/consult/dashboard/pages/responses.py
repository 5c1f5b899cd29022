"""Responses: searched, filtered, and read whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd
import streamlit as st

from consult import measures
from consult.dashboard import help as helps
from consult.dashboard import reading
from consult.dashboard.downloads import csv_bytes, download
from consult.dashboard.evidence import theme_family, topic_family
from consult.dashboard.filters import filter_bar
from consult.dashboard.frame import study_page
from consult.dashboard.links import from_address, keep_in_address
from consult.dashboard.loaders import Loaded
from consult.dashboard.reader import Looked, reference_of, show_response, snippet, source_facts
from consult.report.withheld import instead
from consult.report.words import language_name
from consult.text.privacy import mask
from consult.text.search import Hit
from consult.translation import later, say, say_n

ON_A_PAGE = 10


@dataclass(frozen=True)
class Found:
    """Responses in the order to show, what was searched for, and the documents that hold it, by response."""

    response_ids: list[str]
    looked: Looked
    query: str = ""
    hits: Mapping[str, Sequence[Hit]] = field(default_factory=dict)

    def marked(self, loaded: Loaded, response_ids: Iterable[str]) -> Found:
        """Return the same with where in the documents of some responses the words stand."""
        hits = [hit for response_id in response_ids for hit in self.hits.get(response_id, ())]
        return replace(self, looked=replace(self.looked, hits=loaded.search.spans(self.query, hits))) if hits else self


@study_page(later("Responses"), later("Search the texts, and read a response whole."))
def responses_page(loaded: Loaded) -> None:
    """Show the list of responses, or one of them."""
    selection = filter_bar(loaded.corpus)
    one = from_address("response")
    if one:
        st.button(
            say("Back to the list"), icon=":material/arrow_back:", key="responses_back", on_click=_open, args=(None,)
        )
        show_response(loaded, one, _search(loaded, selection).marked(loaded, [one]).looked)
        return
    query, theme, without, topic = _questions(loaded)
    keep_in_address(q=query or None, theme=theme or None, without=without or None, topic=topic or None)
    found = _search(loaded, selection)
    _list(loaded, found)


def _questions(loaded: Loaded) -> tuple[str, str, str, str]:
    themes, topics = loaded.table("themes"), loaded.table("topics")
    theme_names = dict(zip(themes["theme_id"], themes["name"], strict=True))
    inside = topics[~topics["is_outlier"]]
    topic_names = dict(zip(inside["topic_id"], inside["label"], strict=True))
    _start("responses_q", from_address("q"))
    _start("responses_theme", from_address("theme") if from_address("theme") in theme_names else None)
    _start("responses_without", from_address("without") if from_address("without") in theme_names else None)
    _start("responses_topic", from_address("topic") if from_address("topic") in topic_names else None)
    query = st.text_input(
        say("Search the texts"), key="responses_q", help=helps.text("search"), icon=":material/search:"
    )
    left, middle, right = st.columns(3)
    with left:
        theme = st.selectbox(
            say("Mentions the theme"), list(theme_names), key="responses_theme", index=None,
            format_func=theme_names.__getitem__, placeholder=say("Any"), help=helps.text("theme"),
        )  # fmt: skip
    with middle:
        without = st.selectbox(
            say("Does not mention"), list(theme_names), key="responses_without", index=None,
            format_func=theme_names.__getitem__, placeholder=say("Any"), help=helps.text("without"),
        )  # fmt: skip
    with right:
        topic = st.selectbox(
            say("Touches the topic"), list(topic_names), key="responses_topic", index=None,
            format_func=topic_names.__getitem__, placeholder=say("Any"), help=helps.text("topic"),
        )  # fmt: skip
    return query.strip(), theme or "", without or "", topic or ""


def _start(key: str, value: str | None) -> None:
    if key not in st.session_state:
        st.session_state[key] = value


def _open(response_id: str | None) -> None:
    keep_in_address(response=response_id)


def _search(loaded: Loaded, selection: measures.Selection) -> Found:
    query, theme, topic, without = (from_address(name) for name in ("q", "theme", "topic", "without"))
    asked = f"responses in order: {theme}, {topic}, {without}"
    fitting = loaded.counted(asked, selection, lambda: _fitting(loaded, selection, theme, topic, without))
    if not query:
        return Found(fitting, Looked(theme, topic))
    wanted = set(fitting)
    hits: dict[str, list[Hit]] = {}
    for hit in loaded.search.find(query):
        if hit.response_id in wanted:
            hits.setdefault(hit.response_id, []).append(hit)
    return Found(list(hits), Looked(theme, topic), query, hits)


def _fitting(loaded: Loaded, selection: measures.Selection, theme: str, topic: str, without: str) -> list[str]:
    """Return the responses of a selection that mention and do not mention what is asked for, newest first."""
    wanted = set(measures.responses_with(loaded.corpus, selection))
    themes, topics = set(loaded.table("themes")["theme_id"]), set(loaded.table("topics")["topic_id"])
    if theme in themes:
        wanted &= set(measures.responses_with(loaded.corpus, selection, what="themes", key=theme))
    if without in themes:
        wanted &= set(measures.responses_with(loaded.corpus, selection, what="themes", key=without, mentions=False))
    if topic in topics:
        wanted &= set(measures.responses_with(loaded.corpus, selection, what="topics", key=topic))
    return loaded.texts.order(sorted(wanted))


def _list(loaded: Loaded, found: Found) -> None:
    n = len(found.response_ids)
    if not n:
        reading.line(say("No response fits. Take a word or a filter away."), kind="problem")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        reading.heading(say_n("{n} response to read", "{n} responses to read", n))
        download(
            say("CSV of this list"),
            lambda: csv_bytes(_table(loaded, found)),
            "responses.csv",
            "text/csv",
            "responses_csv",
        )
    pages = -(-n // ON_A_PAGE)
    page = 1
    if pages > 1:
        if st.session_state.get("responses_page", 1) > pages:
            st.session_state["responses_page"] = 1
        page = st.pagination(pages, key="responses_page", max_visible_pages=5)
    shown = found.response_ids[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    found = found.marked(loaded, shown)
    for response_id in shown:
        _card(loaded, response_id, found)


def _card(loaded: Loaded, response_id: str, found: Found) -> None:
    response = loaded.texts.responses.first(response_id)
    if response is None:
        return
    with st.container(border=True):
        reading.heading(say("Response {reference}", reference=reference_of(response)), level=3)
        reading.line(source_facts(response), kind="small")
        text, spans, language, what = _excerpt(loaded, response_id, found)
        if response_id in loaded.withheld:
            reading.line(instead(), kind="small")
        elif text:
            shown, marks = snippet(text, spans)
            reading.quote_block(shown, what, marks, lang=language)
        else:
            reading.line(say("No text to analyse."), kind="small")
        st.button(
            say("Read the whole response"), key=f"responses_read_{response_id}", on_click=_open, args=(response_id,)
        )


def _excerpt(loaded: Loaded, response_id: str, found: Found) -> tuple[str, Sequence[tuple[int, int]], str, str]:
    """Return a text of the response, what to mark in it, its language, and how many other texts there are."""
    documents = loaded.texts.documents.rows(response_id)
    best: tuple[str, Sequence[tuple[int, int]], str] = ("", (), "")
    for document in documents.to_dict("records"):
        spans = _spans(loaded, document["document_id"], found)
        if not best[0] or (spans and not best[1]):
            best = (mask(document["text"]), spans, document["language"])
    more = len(documents) - 1
    what = say("in {language}", language=language_name(best[2])) if best[2] else ""
    return *best, what + ("; " + say_n("{n} other text", "{n} other texts", more) if more > 0 else "")


def _spans(loaded: Loaded, document_id: str, found: Found) -> list[tuple[int, int]]:
    if found.looked.hits:
        return list(found.looked.hits.get(document_id, ()))
    if found.looked.theme:
        rows = loaded.texts.taggings.rows(document_id)
        chosen = rows[rows["theme_id"].isin(theme_family(loaded.table("themes"), found.looked.theme))]
        return [(int(a), int(b)) for a, b in zip(chosen["start"], chosen["end"], strict=True)]
    if found.looked.topic:
        family = set(topic_family(loaded.table("topics"), found.looked.topic))
        return [
            (int(p["start"]), int(p["end"]))
            for p in loaded.texts.passages.rows(document_id).to_dict("records")
            if (loaded.texts.topic_of.first(p["passage_id"]) or {}).get("topic_id") in family
        ]
    return []


def _table(loaded: Loaded, found: Found) -> pd.DataFrame:
    """Return the list as a table for a spreadsheet: who, and the texts, masked."""
    responses = loaded.table("responses").set_index("response_id").loc[found.response_ids]
    responses = responses.assign(organisation=responses["organisation"].mask(responses["anonymous"]))
    kept = responses[["reference", "submitted_at", "stakeholder_type", "organisation", "country"]].reset_index()
    texts = {
        r: instead() if r in loaded.withheld else "\n\n".join(mask(t) for t in loaded.texts.documents.rows(r)["text"])
        for r in found.response_ids
    }
    return kept.assign(text=[texts[r] for r in kept["response_id"]])
