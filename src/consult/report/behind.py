"""What is behind a reference: a response, document, passage, theme, topic, campaign, question or source."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from consult import measures
from consult.errors import UserError
from consult.report.quotes import Quotable, Quote
from consult.report.withheld import hidden, instead, withheld_glosses, withheld_responses
from consult.report.words import STAKEHOLDER, country_name, language_name, percent, share_words
from consult.study import Study
from consult.text.privacy import mask

QUOTES = 5
MEMBERS = 20
PREFIXES = {
    "r-": "response",
    "d-": "document",
    "p-": "passage",
    "t-": "topic",
    "ca-": "campaign",
    "q-": "question",
    "s-": "source",
}


@dataclass(frozen=True)
class Item:
    """One line or paragraph, and where it comes from."""

    text: str
    note: str = ""


@dataclass(frozen=True)
class Section:
    """Items under a heading."""

    heading: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Behind:
    """
    What is behind a reference.

    Attributes:
        kind: ``response``, ``document``, ``passage``, ``theme``, ``topic``, ``campaign``, ``question``, ``source``.
        ref: Its id.
        title: One line that says what it is.
        facts: Short facts by name.
        sections: The rest. Texts of respondents are masked, and otherwise verbatim.
    """

    kind: str
    ref: str
    title: str
    facts: dict[str, Any]
    sections: tuple[Section, ...]


def behind(study: Study, ref: str) -> Behind:
    """
    Find what a reference stands for.

    Args:
        study: A study.
        ref: An id as printed anywhere, the name of a theme, or a response's reference in its source.

    Raises:
        UserError: The study holds nothing of that id; the message names the nearest.
    """
    wanted = ref.strip()
    looked: list[str] = []
    for kind, table, column, show in _KINDS:
        known = study.read(table, [column])[column].dropna()
        if (known == wanted).any():
            return show(study, _id_of(study, table, column, wanted))
        prefix = next((p for p, k in PREFIXES.items() if wanted.startswith(p)), None)
        if prefix is None or PREFIXES[prefix] == kind:
            looked += [str(value) for value in known]
    message = (
        f"'{ref}': nothing in this study has this id; expected the id of a response (r-…), document (d-…), passage "
        "(p-…), topic (t-…), campaign (ca-…) or question (q-…), a theme's id, or a response's reference."
    )
    raise UserError(message + (measures.nearest(wanted, looked) if len(looked) < 20_000 else ""))


def _id_of(study: Study, table: str, column: str, value: str) -> str:
    """Return the id of the row in which a column has a value."""
    from consult import schema

    key = schema.table(table).key[0]
    frame = study.read(table, list(dict.fromkeys([key, column])))
    return str(frame.loc[frame[column] == value, key].iloc[0])


def _row(frame: pd.DataFrame, column: str, value: str) -> dict[str, Any]:
    found = frame[frame[column] == value].iloc[0].to_dict()
    return {str(name): None if pd.isna(cell) else cell for name, cell in found.items()}


def _facts(**given: Any) -> dict[str, Any]:
    """Return the facts that are known, with spaces for underscores in their names."""
    return {name.replace("_", " "): value for name, value in given.items() if value not in (None, "")}


def _quoted(quotes: Iterable[Quote]) -> tuple[Item, ...]:
    return tuple(Item(quote.shortened(), f"{quote.source_line}; {quote.passage_id}") for quote in quotes)


def _section(heading: str, items: Iterable[Item]) -> tuple[Section, ...]:
    """Return the section, unless it is empty."""
    made = tuple(items)
    return (Section(heading, made),) if made else ()


def _response(study: Study, ref: str) -> Behind:
    row = _row(study.read("responses"), "response_id", ref)
    answers = study.read("answers")
    questions = study.read("questions").set_index("question_id")
    mine = answers[answers["response_id"] == ref].join(
        questions[["number", "text", "kind"]], "question_id", rsuffix="_q"
    )
    mine = mine.sort_values("number")
    documents = study.read("documents")
    papers = documents[(documents["response_id"] == ref) & documents["attachment"].notna()]
    taggings = study.read("taggings", ["response_id", "theme_id", "passage_id"])
    names = study.read("themes").set_index("theme_id")["name"]
    themes = (
        taggings[taggings["response_id"] == ref].drop_duplicates(["theme_id", "passage_id"]).groupby("theme_id").size()
    )
    members = study.read("campaign_members")
    campaigns = members[members["document_id"].isin(documents.loc[documents["response_id"] == ref, "document_id"])]
    facts = _facts(
        type_of_respondent=STAKEHOLDER[row["stakeholder_type"]],
        organisation=None if row["anonymous"] else row["organisation"],
        country=country_name(row["country"]) if row["country"] else None,
        reference=row["reference"],
        submitted=row["submitted_at"].isoformat(sep=" ") if row["submitted_at"] is not None else None,
        declared_language=language_name(row["declared_language"]) if row["declared_language"] else None,
        source=f"{row['source_id']}, row {row['source_row']}",
        campaigns=", ".join(sorted(set(campaigns["campaign_id"]))),
    )
    closed, open_ = mine[mine["kind"] == "closed"], mine[mine["kind"] != "closed"]
    if ref in withheld_responses(study):
        open_ = open_.assign(text=instead())
    return Behind(
        "response", ref, f"Response {row['reference'] or ref}", facts,
        _section("What it says", (Item(mask(t), f"question {n}: {q}") for t, n, q in _three(open_)))
        + _section("Attachments", (Item(f"{a}, {n:,} words", d) for a, n, d in zip(
            papers["attachment"], papers["n_words"], papers["document_id"], strict=True)))
        + _section("Themes found in it", (Item(str(names.get(t, t)), f"{t}, in {n} passage{'s' if n != 1 else ''}")
                                          for t, n in themes.items()))
        + _section("Closed answers", (Item(t, f"question {n}: {q}") for t, n, q in _three(closed))),
    )  # fmt: skip


def _three(rows: pd.DataFrame) -> list[tuple[str, int, str]]:
    return [(str(t), int(n), str(q)) for t, n, q in zip(rows["text"], rows["number"], rows["text_q"], strict=True)]


def _document(study: Study, ref: str) -> Behind:
    row = _row(study.read("documents"), "document_id", ref)
    passages = study.read("passages")
    mine = passages[passages["document_id"] == ref].sort_values("start")
    facts = _facts(
        response=row["response_id"],
        question=row["question_id"],
        attachment=row["attachment"],
        language=f"{language_name(row['language'])} ({percent(row['language_score'])} sure)",
        words=row["n_words"],
        characters_lost=percent(row["damaged"]) if row["damaged"] else None,
    )
    if row["response_id"] in withheld_responses(study):
        mine = mine.assign(text=instead())
    items = (
        Item(mask(text), f"{key}, characters {start} to {end}")
        for text, key, start, end in zip(mine["text"], mine["passage_id"], mine["start"], mine["end"], strict=True)
    )
    return Behind("document", ref, f"Document {ref}", facts, _section("Its passages, in order", items))


def _passage(study: Study, ref: str) -> Behind:
    quote = Quotable.from_study(study).for_passage(ref)
    row = _row(study.read("passages"), "passage_id", ref)
    text = _row(study.read("documents", ["document_id", "text"]), "document_id", row["document_id"])["text"]
    if quote.response_id in withheld_responses(study):
        text = hidden(text)
    given = study.read("passage_topics")
    topic = given[given["passage_id"] == ref]
    labels = study.read("topics").set_index("topic_id")["label"]
    names = study.read("themes").set_index("theme_id")["name"]
    taggings = study.read("taggings")
    tagged = taggings[taggings["passage_id"] == ref].sort_values(["theme_id", "start"])
    facts = _facts(
        source=quote.source_line,
        response=quote.response_id,
        document=f"{row['document_id']}, characters {row['start']} to {row['end']}",
        topic="; ".join(
            f"{labels.get(t, t)} ({t}, fits {s:.2f})" for t, s in zip(topic["topic_id"], topic["strength"], strict=True)
        ),
    )
    evidence = (
        Item(
            f"{names.get(theme, theme)}: “{mask(text[start:end])}”",
            f"{theme}, by {by}, score {score:.2f}, characters {start} to {end}"
            + (f", phrase {phrase}" if isinstance(phrase, str) else ""),
        )
        for theme, start, end, by, score, phrase in zip(
            tagged["theme_id"], tagged["start"], tagged["end"], tagged["assigned_by"], tagged["score"],
            tagged["phrase"], strict=True,
        )
    )  # fmt: skip
    return Behind(
        "passage", ref, f"Passage {ref}", facts,
        _section("Its words", [Item(quote.text)]) + _section("Themes and their evidence", evidence),
    )  # fmt: skip


def _shares(study: Study, what: str, key: str) -> tuple[Section, ...]:
    """Return the share of a theme or topic under the three campaign views."""
    corpus = measures.Corpus.from_study(study)
    if not corpus.n_responses:
        return ()
    table = measures.three_views(lambda chosen: measures.shares(corpus, what, chosen))
    mine = table[table["key"] == key]
    return _section(
        "How many responses",
        (
            Item(share_words(int(n), int(of), low, high), view)
            for n, of, low, high, view in zip(
                mine["n"], mine["N"], mine["low"], mine["high"], mine["view_label"], strict=True
            )
        ),
    )


def _theme(study: Study, ref: str) -> Behind:
    themes = study.read("themes")
    row = _row(themes, "theme_id", ref)
    taggings = study.read("taggings")
    mine = taggings[taggings["theme_id"] == ref]
    phrases = mine.drop_duplicates(["response_id", "phrase"])["phrase"].dropna().value_counts().sort_index()
    phrases = phrases.sort_values(ascending=False, kind="stable").head(MEMBERS)
    below = themes.loc[themes["parent_id"] == ref, ["theme_id", "name"]]
    facts = _facts(
        definition=row["definition"],
        broader_theme=row["parent_id"],
        narrower_themes=", ".join(below["theme_id"]),
        taggings=", ".join(f"{n:,} by {by}" for by, n in mine["assigned_by"].value_counts().sort_index().items()),
    )
    return Behind(
        "theme", ref, f"Theme: {row['name']}", facts,
        _shares(study, "themes", ref)
        + _section("In whose words", _quoted(Quotable.from_study(study).for_theme(ref, QUOTES)))
        + _section("Phrases that found it", (Item(str(p), f"{n:,} response{'' if n == 1 else 's'}")
                                             for p, n in phrases.items())),
    )  # fmt: skip


def _topic(study: Study, ref: str) -> Behind:
    topics = study.read("topics")
    row = _row(topics, "topic_id", ref)
    terms = study.read("topic_terms")
    details = study.read("topic_details")
    found = details[details["topic_id"] == ref]
    detail: dict[str, Any] = _row(found, "topic_id", ref) if len(found) else {}
    gloss = str(detail.get("gloss") or "")
    gloss = instead() if withheld_glosses(study, [gloss]) and gloss else mask(gloss)
    below = topics.loc[topics["parent_id"] == ref, "label"]
    stable = f"{detail['found_in']} of {detail['n_runs']} repeated runs" if detail.get("found_in") else None
    facts = _facts(
        passages=row["n_passages"],
        broader_topic=row["parent_id"],
        narrower_topics="; ".join(below),
        found_again_in=stable,
        terms=", ".join(terms[terms["topic_id"] == ref].sort_values("rank")["term"]),
    )
    return Behind(
        "topic", ref, f"Topic: {row['label']} (machine-made)", facts,
        _shares(study, "topics", ref)
        + _section("In the middle of it", [Item(gloss)] if gloss else [])
        + _section("In whose words", _quoted(Quotable.from_study(study).for_topic(ref, QUOTES))),
    )  # fmt: skip


def _campaign(study: Study, ref: str) -> Behind:
    row = _row(study.read("campaigns"), "campaign_id", ref)
    members = study.read("campaign_members")
    members = members[members["campaign_id"] == ref].sort_values(["similarity", "document_id"], ascending=[False, True])
    documents = study.read("documents", ["document_id", "response_id", "text"])
    text = _row(documents, "document_id", row["representative_document_id"])["text"]
    joined = members.merge(documents[["document_id", "response_id"]], on="document_id")
    whose = joined.loc[joined["document_id"] == row["representative_document_id"], "response_id"]
    if whose.isin(withheld_responses(study)).any():
        text = instead()
    joined = joined.merge(study.read("responses", ["response_id", "stakeholder_type", "country"]), on="response_id")
    types = joined.drop_duplicates("response_id")["stakeholder_type"].value_counts().sort_index()
    facts = _facts(
        responses=row["n_responses"],
        documents=row["n_documents"],
        first=row["first_at"].date().isoformat() if row["first_at"] is not None else None,
        last=row["last_at"].date().isoformat() if row["last_at"] is not None else None,
        who=", ".join(
            f"{STAKEHOLDER[str(t)]} {n:,}" for t, n in types.sort_values(ascending=False, kind="stable").items()
        ),
        representative=row["representative_document_id"],
    )
    shown = joined.head(MEMBERS)
    items = [
        Item(f"{r} (alike {percent(s)})", f"{STAKEHOLDER[t]}{', ' + country_name(c) if isinstance(c, str) else ''}")
        for r, s, t, c in zip(
            shown["response_id"], shown["similarity"], shown["stakeholder_type"], shown["country"], strict=True
        )
    ]
    if len(joined) > MEMBERS:
        items.append(Item(f"and {len(joined) - MEMBERS:,} more"))
    return Behind(
        "campaign", ref, f"Campaign of {row['n_responses']:,} responses", facts,
        _section("The text, as most of them sent it", [Item(mask(text))]) + _section("Who sent it", items),
    )  # fmt: skip


def _question(study: Study, ref: str) -> Behind:
    row = _row(study.read("questions"), "question_id", ref)
    title = f"Question {row['number']} ({row['kind']}): {row['text']}"
    corpus = measures.Corpus.from_study(study)
    asked = measures.question_gaps(corpus)
    mine = asked[asked["question_id"] == ref]
    facts: dict[str, Any] = {}
    if len(mine):
        first = mine.iloc[0]
        facts["answered by"] = share_words(int(first["n"]), int(first["N"]), first["low"], first["high"])
    if row["kind"] != "closed" or not len(mine) or not int(mine["n"].iloc[0]):
        return Behind("question", ref, title, facts, ())
    table = measures.closed_answers(corpus, ref).table
    items = (
        Item(str(label), share_words(int(n), int(of), low, high))
        for label, n, of, low, high in zip(
            table["label"], table["n"], table["N"], table["low"], table["high"], strict=True
        )
    )
    return Behind("question", ref, title, facts, _section("Answers", items))


def _source(study: Study, ref: str) -> Behind:
    row = _row(study.read("sources"), "source_id", ref)
    aside = study.read("set_aside")
    reasons = aside[aside["source_id"] == ref].groupby("reason").size()
    facts = _facts(**{k: v for k, v in row.items() if k not in ("source_id", "name")})
    items = (Item(str(reason), f"{n:,}") for reason, n in reasons.items())
    return Behind("source", ref, f"Source {row['name']}", facts, _section("Set aside, with the reason", items))


_KINDS: tuple[tuple[str, str, str, Callable[[Study, str], Behind]], ...] = (
    ("theme", "themes", "theme_id", _theme),
    ("theme", "themes", "name", _theme),
    ("topic", "topics", "topic_id", _topic),
    ("campaign", "campaigns", "campaign_id", _campaign),
    ("response", "responses", "response_id", _response),
    ("response", "responses", "reference", _response),
    ("passage", "passages", "passage_id", _passage),
    ("document", "documents", "document_id", _document),
    ("question", "questions", "question_id", _question),
    ("source", "sources", "source_id", _source),
)
