"""Results question by question: answers to closed ones, themes in answers to open ones."""

from __future__ import annotations

from consult import measures
from consult.report.blocks import Block, Paragraph, Section, Table
from consult.report.material import Material, share_table
from consult.report.sections.matrix import Battery, batteries, closed, section
from consult.report.words import count, number, percent
from consult.translation import say

TOP = 8


def per_question(material: Material) -> Section | None:
    """Write what was answered to each question, in the order asked; None if there are no questions."""
    questions = material.questions.sort_values(["number", "question_id"])
    sections: list[Section] = []
    rows = [{str(name): value for name, value in row.items()} for row in questions.to_dict("records")]
    for row in batteries(material, rows):
        if isinstance(row, Battery):
            sections.append(section(row))
            continue
        place, text, n = int(row["number"]), str(row["text"]), count(row["n"])
        counts = {"n": number(n), "of": number(int(row["N"])), "share": percent(row["share"])}
        answered = say("Answered by {n} of {of} responses ({share}).", **counts)
        answered = say("Nobody answered.") if n == 0 else answered
        blocks: list[Block] = [Paragraph(answered, "soft")]
        if n and row["kind"] == "closed":
            blocks += _closed(material, str(row["question_id"]), place)
        elif n and row["kind"] == "open":
            blocks += _open(material, str(row["question_id"]), place)
        sections.append(Section(f"question-{place}-{row['question_id']}", f"{place}. {text}", tuple(blocks)))
    if not sections:
        return None
    intro = Paragraph(
        say(
            "Closed questions: of those who answered. Open questions: the share of those who answered whose answer "
            "mentions a theme; an answer may mention several or none. Questions that ask the same of several things "
            "stand in one table; their counts and intervals are in an annex."
        ),
        "soft",
    )
    return Section("questions", say("Results question by question"), (intro,), tuple(sections))


def _closed(material: Material, question_id: str, place: int) -> list[Block]:
    return [share_table(closed(material, question_id), say("Question {place}: answers", place=place), say("Answer"))]


def _open(material: Material, question_id: str, place: int) -> list[Block]:
    blocks: list[Block] = []
    asked = material.selection.question_id
    here = material.selection.with_(question_id=(question_id,))
    if (asked and question_id not in asked) or not measures.select(material.corpus, here).n:
        return []  # the report looks at other texts only
    for what, carried in (("themes", material.corpus.themes), ("topics", material.corpus.topics)):
        if not len(carried):
            continue
        themes = what == "themes"
        measure = measures.shares(material.corpus, what, here, small_hidden=material.small_hidden)
        caption = (
            say("Themes in answers to question {place}", place=place)
            if themes
            else say("Topics (machine-made) in answers to question {place}", place=place)
        )
        table = share_table(measure, caption, say("Theme") if themes else say("Topic"))
        kept = [i for i, row in enumerate(table.rows) if row[1] not in ("0", number(None))][:TOP]
        if not kept:
            none = (
                say("No theme was found in these answers.") if themes else say("No topic was found in these answers.")
            )
            blocks.append(Paragraph(none, "soft"))
            continue
        blocks.append(
            Table(
                say("{table}, the most frequent", table=table.caption) if len(kept) == TOP else table.caption,
                table.columns,
                tuple(table.rows[i] for i in kept),
                tuple(table.bars[i] for i in kept),
            )
        )
    return blocks
