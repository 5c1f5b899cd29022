"""Themes across all questions, and topics found by the machine."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from consult import charts, measures
from consult.report.blocks import Block, Figure, Paragraph, Quoted, Section
from consult.report.material import Material, finding
from consult.report.trends import trend_paragraphs
from consult.report.words import count, group_name, number, percent, share_words
from consult.translation import say

HEAT_LIMIT = 30
ALL = 60


def themes(material: Material) -> Section | None:
    """Write how often each theme is mentioned, by whom, in whose words; None before tagging."""
    measure = material.overview.themes
    if not len(measure.table):
        return None
    question = say("How often is each theme mentioned?")
    blocks: list[Block] = [
        Paragraph(
            say(
                "A theme is defined by a person in the codebook (annex). A response mentions it when at least one of "
                "its passages does. In quotes, the words a tagging rests on are marked; quotes are verbatim, in the "
                "original language, but for masked addresses and numbers."
            ),
            "soft",
        ),
        Figure(
            charts.bars(measure, question, limit=ALL),
            say("Themes by share of responses."),
            charts.alt_text(measure, question),
        ),
    ]
    if material.by_type is not None and material.by_type.table["group"].nunique() > 1:
        asked = say("Which themes does each type of respondent mention?")
        labels = {str(g): group_name("stakeholder_type", str(g)) for g in material.by_type.table["group"]}
        blocks.append(
            Figure(
                charts.heat_map(material.by_type, asked, group_labels=labels, limit=HEAT_LIMIT),
                say("Themes by type of respondent, in per cent of each type's responses."),
                charts.alt_text(material.by_type, asked, labels=labels),
            )
        )
    blocks += trend_paragraphs(material, "themes")
    rows = measure.table.sort_values(["n", "key"], ascending=[False, True])
    sections = tuple(_theme(material, row) for row in rows.to_dict("records"))
    return Section("themes", say("Themes: what was raised, by whom, in whose words"), tuple(blocks), sections)


def _theme(material: Material, row: dict[Hashable, Any]) -> Section:
    key = str(row["key"])
    blocks: list[Block] = [_finding(material, "themes", row)]
    if count(row["n"]) != 0:
        blocks += [Paragraph(text, "soft") for text in (who_words(material, key),) if text]
        blocks += [Quoted(quote) for quote in material.quotable.for_theme(key, material.n_quotes)]
    return Section(f"theme-{key}", str(row["label"]), tuple(blocks))


def _finding(material: Material, what: str, row: dict[Hashable, Any]) -> Paragraph:
    n, total = count(row["n"]), int(row["N"])
    text = finding(n, total, row["low"], row["high"])
    more = material.view_words(what, str(row["key"])) if n else ""
    return Paragraph(f"{text} {more}".strip(), "finding")


def who_words(material: Material, key: str) -> str:
    """Return which types of respondent mention a theme more or less often than the others, where that is shown."""
    if material.by_type is None:
        return ""
    table = material.by_type.table
    mine = table[(table["key"] == key) & table["n"].notna() & table["direction"].isin(["more", "less"])]
    parts = []
    for direction in ("more", "less"):
        rows = mine[mine["direction"] == direction].sort_values(["p_adjusted", "group"])
        told = [
            say(
                "{who} ({share} of {of})",
                who=group_name("stakeholder_type", str(group)),
                share=percent(share),
                of=number(int(n)),
            )
            for group, share, n in zip(rows["group"], rows["share"], rows["N"], strict=True)
        ]
        if told:
            more = direction == "more"
            who = ", ".join(told)
            parts.append(
                say("More often than the others: {who}.", who=who)
                if more
                else say("Less often than the others: {who}.", who=who)
            )
    return " ".join(parts)


def topics(material: Material) -> Section | None:
    """Write the topics that the machine found, narrow ones only; None before they were sought."""
    measure = material.overview.topics
    broader = set(material.corpus.topics["parent_id"].dropna())
    table = measure.table[~measure.table["key"].isin(broader)]
    if not len(table):
        return None
    question = say("How many responses speak of each topic?")
    shown = measures.Measure(
        measure.name, measure.what, table, measure.of, measure.showing, measure.selection, measure.caveats
    )
    blocks: list[Block] = [
        Paragraph(
            say(
                "Passages of like meaning, grouped whatever their language. A topic is machine-made: read its quotes "
                "before you use it."
            ),
            "soft",
        ),
        Figure(
            charts.bars(shown, question, limit=ALL),
            say("Topics by share of responses."),
            charts.alt_text(shown, question),
        ),
        *trend_paragraphs(material, "topics"),
    ]
    terms = material.study.read("topic_terms").sort_values(["topic_id", "rank"])
    words = terms.groupby("topic_id")["term"].agg(lambda found: ", ".join(found.head(8)))
    sections = []
    for row in table.sort_values(["n", "key"], ascending=[False, True]).to_dict("records"):
        key = str(row["key"])
        parts: list[Block] = [_topic_finding(material, row)]
        if key in words.index:
            parts.append(Paragraph(say("Words: {words}.", words=words[key]), "soft"))
        parts += [Quoted(quote) for quote in material.quotable.for_topic(key, material.n_quotes)]
        sections.append(Section(f"topic-{key}", str(row["label"]), tuple(parts)))
    return Section("topics", say("Topics: what the machine found"), tuple(blocks), tuple(sections))


def _topic_finding(material: Material, row: dict[Hashable, Any]) -> Paragraph:
    n, total = count(row["n"]), int(row["N"])
    if n is None:
        return Paragraph(finding(n, total, 0.0, 0.0), "finding")
    numbers = share_words(n, total, row["low"], row["high"])
    return Paragraph(f"{numbers}. {material.view_words('topics', str(row['key']))}".strip(), "finding")
