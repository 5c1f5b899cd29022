"""A response shown whole: every answer, evidence marked, topics and themes at each passage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import pandas as pd
import streamlit as st
from markupsafe import Markup

from consult import measures
from consult.campaigns.changes import changes
from consult.dashboard import evidence, reading, words
from consult.dashboard import help as helps
from consult.dashboard.links import address, page_link
from consult.dashboard.loaders import Loaded
from consult.dashboard.reading import Span
from consult.report.questions import stem_and_part
from consult.report.words import country_name, language_name, type_name
from consult.text.privacy import mask
from consult.translation import day, percent, say, say_n

SEVERAL = 2
FEW_ANSWERS = 12
"""So many closed answers are shown at once; more are folded away."""


@dataclass(frozen=True)
class Looked:
    """What a reader was looking for, to be marked."""

    theme: str = ""
    topic: str = ""
    hits: Mapping[str, tuple[tuple[int, int], ...]] | None = None


def source_facts(response: Mapping[str, Any]) -> str:
    """Return who answered, from where and when, as one line; the organisation of whoever is anonymous is left out."""
    parts = [type_name(str(response["stakeholder_type"]))]
    if _given(response["organisation"]) and not response["anonymous"]:
        parts.append(str(response["organisation"]))
    if _given(response["country"]):
        parts.append(country_name(str(response["country"])))
    when = response["submitted_at"]
    if pd.notna(when):
        parts.append(day(when))
    if response["anonymous"]:
        parts.append(say("anonymous"))
    return ", ".join(parts)


def reference_of(response: Mapping[str, Any]) -> str:
    """Return the source's own id of a response, or its row."""
    return str(response["reference"]) if _given(response["reference"]) else say("row {row}", row=response["source_row"])


def source_line(response: Mapping[str, Any], language: str) -> str:
    """Return who wrote a text in which response, and in which language, as one line."""
    return say(
        "{who}, response {reference}, in {language}", who=source_facts(response),
        reference=reference_of(response), language=language_name(language),
    )  # fmt: skip


def show_response(loaded: Loaded, response_id: str, looked: Looked) -> None:
    """Show one response whole."""
    response = loaded.texts.responses.first(response_id)
    if response is None:
        reading.line(say("There is no such response in this study."), kind="problem")
        return
    reading.heading(say("Response {reference}", reference=reference_of(response)))
    reading.line(source_facts(response))
    if response_id in loaded.withheld:
        text = say("This response asked not to be published: it is counted, and must not be quoted.")
        reading.line(text, kind="problem")
    documents = loaded.texts.documents.rows(response_id)
    if response_id not in loaded.withheld:
        _copy(loaded, response, documents)
    in_order = _in_order(loaded, documents)
    _places(loaded, in_order, looked)
    for document in in_order:
        _document(loaded, document, looked)
    if not len(documents):
        reading.line(say("This response holds no text to analyse."))
    _closed(loaded, response_id)
    reading.line(helps.text("masked"), kind="small")


def snippet(text: str, spans: Sequence[tuple[int, int]], around: int = 160) -> tuple[str, list[Span]]:
    """Return a piece of a text around the first span, cut at words, with the spans that lie in it."""
    first = spans[0] if spans else (0, 0)
    start = max(0, first[0] - around)
    if start:
        space = text.find(" ", start, first[0])
        start = space + 1 if space >= 0 else start
    end = min(len(text), max(first[1], start) + around * (1 if spans else 2))
    if end < len(text):
        space = text.rfind(" ", max(first[1], start + 1), end)
        end = space if space > start else end
    before = "… " if start else ""
    moved = [Span(a - start + len(before), b - start + len(before)) for a, b in spans if a >= start and b <= end]
    return f"{before}{text[start:end]}{' …' if end < len(text) else ''}", moved


def _in_order(loaded: Loaded, documents: pd.DataFrame) -> list[dict[str, Any]]:
    rows = [{str(k): v for k, v in row.items()} for row in documents.to_dict("records")]

    def place(row: dict[str, Any]) -> tuple[int, str]:
        question = loaded.texts.question.first(row["question_id"]) if _given(row["question_id"]) else None
        return (int(question["number"]) if question else 10_000, str(row["document_id"]))

    return sorted(rows, key=place)


def _places(loaded: Loaded, documents: Sequence[dict[str, Any]], looked: Looked) -> None:
    """Name the texts in which something is marked, to go to them; a response can be many screens long."""
    if len(documents) < SEVERAL or not (looked.theme or looked.hits):
        return
    places = [
        (words.shortened(_title(loaded, document), 80), str(document["document_id"]))
        for document in documents
        if _spans(loaded, document["document_id"], looked)
    ]
    if places:
        reading.places(say("Marked in:"), places)


def _title(loaded: Loaded, document: Mapping[str, Any]) -> str:
    if _given(document["attachment"]):
        return say("Attachment: {name}", name=document["attachment"])
    question = loaded.texts.question.first(document["question_id"]) if _given(document["question_id"]) else None
    return str(question["text"]) if question else say("Text")


def _document(loaded: Loaded, document: dict[str, Any], looked: Looked) -> None:
    with st.container(border=True):
        reading.heading(_title(loaded, document), level=3, anchor=str(document["document_id"]))
        facts = say_n(
            "In {language}, {n} word.", "In {language}, {n} words.", int(document["n_words"]),
            language=language_name(document["language"]),
        )  # fmt: skip
        if document["damaged"] > 0:
            lost = percent(document["damaged"], 1)
            facts += " " + say("About {share} of the letters were lost before the text reached us.", share=lost)
        reading.line(facts, kind="small")
        reading.show(_body(loaded, document, looked))
        _campaign(loaded, document)


def _body(loaded: Loaded, document: dict[str, Any], looked: Looked) -> Markup:
    text, language = mask(document["text"]), document["language"]
    if _given(document["attachment"]):
        text = reading.flowing(text)
    document_id = document["document_id"]
    taggings = loaded.texts.taggings.rows(document_id)
    spans = _spans(loaded, document_id, looked)
    pages = [(int(r["start"]), int(r["page"])) for r in loaded.texts.pages.rows(document_id).to_dict("records")]
    parts: list[Markup] = []
    position = 0
    for passage in loaded.texts.passages.rows(document_id).to_dict("records"):
        start, end = int(passage["start"]), int(passage["end"])
        parts += [_page_line(page) for at, page in pages if position <= at < end]
        if text[position:start].strip():
            parts.append(_piece(text, position, start, spans, language))
        parts.append(_piece(text, start, end, spans, language))
        here = taggings[taggings["passage_id"] == passage["passage_id"]]
        parts.append(_tags(loaded, here, str(passage["passage_id"])))
        position = end
    if text[position:].strip():
        parts.append(_piece(text, position, len(text), spans, language))
    return Markup("").join(parts)


def _piece(text: str, start: int, end: int, spans: Iterable[Span], language: str) -> Markup:
    inside = [Span(s.start - start, s.end - start, s.kind) for s in spans if s.start < end and s.end > start]
    return Markup('<div class="c-text" lang="{}">{}</div>').format(language, reading.marked(text[start:end], inside))


def _page_line(page: int) -> Markup:
    return Markup('<p class="c-small">{}</p>').format(say("Page {page}", page=page))


def _evidence(loaded: Loaded, taggings: pd.DataFrame, looked: Looked) -> list[Span]:
    chosen = taggings
    if looked.theme:
        chosen = taggings[taggings["theme_id"].isin(evidence.theme_family(loaded.table("themes"), looked.theme))]
    elif looked.topic or looked.hits:
        return []
    return [
        Span(int(r["start"]), int(r["end"]), "like" if r["assigned_by"] == "similarity" else "found")
        for r in chosen.to_dict("records")
    ]


def _spans(loaded: Loaded, document_id: str, looked: Looked) -> list[Span]:
    return [*_evidence(loaded, loaded.texts.taggings.rows(document_id), looked), *_hits(looked, document_id)]


def _hits(looked: Looked, document_id: str) -> list[Span]:
    return [Span(a, b) for a, b in (looked.hits or {}).get(document_id, ())]


def _tags(loaded: Loaded, taggings: pd.DataFrame, passage_id: str) -> Markup:
    themes = loaded.table("themes").set_index("theme_id")["name"]
    tags = []
    for theme_id, rows in taggings.groupby("theme_id", sort=True):
        sure = "" if set(rows["assigned_by"]) != {"similarity"} else f" ({say('by likeness')})"
        tags.append(Markup('<span class="c-tag">{}{}</span>').format(themes.get(theme_id, theme_id), sure))
    topic = loaded.texts.topic_of.first(passage_id)
    if topic is not None:
        topics = loaded.table("topics").set_index("topic_id")
        if topic["topic_id"] in topics.index and not topics["is_outlier"][topic["topic_id"]]:
            name = topics["label"][topic["topic_id"]]
            tags.append(Markup('<span class="c-tag c-tag-topic">{}</span>').format(say("topic: {name}", name=name)))
    return Markup('<p class="c-tags">{}</p>').format(Markup(" ").join(tags)) if tags else Markup("<p></p>")


def _campaign(loaded: Loaded, document: dict[str, Any]) -> None:
    member = loaded.texts.member.first(document["document_id"])
    campaign = loaded.texts.campaign.first(member["campaign_id"]) if member else None
    if member is None or campaign is None:
        return
    n = int(campaign["n_responses"])
    reading.line(say("Part of a campaign: near-identical texts in {responses}.", responses=words.responses(n)))
    template = loaded.texts.document.first(campaign["representative_document_id"])
    if (
        template is not None
        and template["document_id"] != document["document_id"]
        and template["response_id"] not in loaded.withheld
    ):
        with st.expander(say("What this text changes in the campaign's text")):
            reading.show(changes_html(mask(template["text"]), mask(document["text"]), str(document["language"])))
    page_link(
        "responses",
        say("Read the campaign's responses"),
        address(measures.Selection(campaign_id=(str(member["campaign_id"]),))),
    )


def changes_html(template: str, letter: str, language: str) -> Markup:
    """Return a letter with what it adds to its template underlined and what it leaves out struck through."""
    parts: list[Markup] = []
    position = 0
    for change in changes(template, letter):
        parts.append(reading.marked(letter[position : change.start]))
        if change.kind == "left_out":
            parts.append(Markup("<del>{}</del> ").format(change.text))
        elif change.kind == "changed":
            parts.append(Markup("<del>{}</del> <ins>{}</ins>").format(change.was, change.text))
        elif change.kind == "added":
            parts.append(Markup("<ins>{}</ins>").format(change.text))
        else:
            parts.append(reading.marked(change.text))
        position = max(position, change.end)
    parts.append(reading.marked(letter[position:]))
    return Markup('<div class="c-text" lang="{}">{}</div>').format(language, Markup("").join(parts))


def _closed(loaded: Loaded, response_id: str) -> None:
    pairs = []
    for row in loaded.texts.answers.rows(response_id).to_dict("records"):
        question = loaded.texts.question.first(row["question_id"])
        if question is not None and question["kind"] != "open":
            pairs.append((int(question["number"]), str(question["text"]), mask(str(row["text"]))))
    if not pairs:
        return
    cut = stem_and_part(str(text) for text in loaded.table("questions")["text"])
    told = say_n("{n} other answer", "{n} other answers", len(pairs))
    with st.expander(told, expanded=len(pairs) <= FEW_ANSWERS):
        for stem, rows in groupby(sorted(pairs), key=lambda pair: cut[pair[1]][0]):
            if stem:
                reading.folded(stem)
            reading.facts([(cut[question][1], answer) for _, question, answer in rows])


def _copy(loaded: Loaded, response: Mapping[str, Any], documents: pd.DataFrame) -> None:
    passages = [
        (str(p["passage_id"]), mask(str(p["text"])), str(d["language"]))
        for d in documents.to_dict("records")
        for p in loaded.texts.passages.rows(d["document_id"]).to_dict("records")
    ]
    if not passages:
        return
    texts = {passage: text for passage, text, _ in passages}
    languages = {passage: language for passage, _, language in passages}
    with st.popover(say("Copy a quote with its source"), icon=":material/content_copy:"):
        chosen = st.selectbox(
            say("Passage"), list(texts), key="responses_quote", format_func=lambda p: words.shortened(texts[p], 70)
        )
        if chosen:
            line = source_line(response, languages[chosen])
            st.code(f"“{texts[chosen]}”\n({line})", language=None, wrap_lines=True)


def _given(value: object) -> bool:
    return isinstance(value, str) and bool(value)
