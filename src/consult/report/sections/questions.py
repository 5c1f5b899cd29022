"""Results question by question: answers to closed ones, themes in answers to open ones."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from consult import measures
from consult.report.blocks import Block, Paragraph, Section, Table
from consult.report.material import Material, share_table
from consult.report.words import percent

TOP = 8
SCALE = 3


def per_question(material: Material) -> Section | None:
    """Write what was answered to each question, in the order asked; None if there are no questions."""
    questions = measures.question_gaps(material.corpus).sort_values(["number", "question_id"])
    sections: list[Section] = []
    for row in questions.to_dict("records"):
        number, text, n, total = int(row["number"]), str(row["text"]), int(row["n"]), int(row["N"])
        answered = Paragraph(
            f"Answered by {n:,} of {total:,} responses ({percent(row['share'])})." if n else "Nobody answered.", "soft"
        )
        blocks: list[Block] = [answered]
        if n and row["kind"] == "closed":
            blocks += _closed(material, str(row["question_id"]), number)
        elif n and row["kind"] == "open":
            blocks += _open(material, str(row["question_id"]), number)
        sections.append(Section(f"question-{number}-{row['question_id']}", f"{number}. {text}", tuple(blocks)))
    if not sections:
        return None
    intro = Paragraph(
        "Closed questions: of those who answered. Open questions: the share of those who answered whose answer "
        "mentions a theme; an answer may mention several or none.",
        "soft",
    )
    return Section("questions", "Results question by question", (intro,), tuple(sections))


def _closed(material: Material, question_id: str, number: int) -> list[Block]:
    measure = measures.closed_answers(material.corpus, question_id)
    measure = replace(measure, table=in_scale_order(measure.table))
    return [share_table(measure, f"Question {number}: answers", "Answer")]


def in_scale_order(table: pd.DataFrame) -> pd.DataFrame:
    """
    Return answers in the order of their scale where they are numbered, highest first, with “No opinion” last.

    Answers without numbers stay as they are, most frequent first.
    """
    numbers = table["label"].str.extract(r"^(\d+)\b", expand=False).astype("float64")
    if numbers.notna().sum() < SCALE:
        return table
    order = numbers.sort_values(ascending=False, kind="stable", na_position="last").index
    return table.loc[order].reset_index(drop=True)


def _open(material: Material, question_id: str, number: int) -> list[Block]:
    blocks: list[Block] = []
    for what, words, carried in (
        ("themes", "Themes", material.corpus.themes),
        ("topics", "Topics (machine-made)", material.corpus.topics),
    ):
        if not len(carried):
            continue
        measure = measures.shares(material.corpus, what, measures.Selection(question_id=(question_id,)))
        table = share_table(measure, f"{words} in answers to question {number}", words.split(" (")[0][:-1])
        kept = [i for i, row in enumerate(table.rows) if row[1] != "0"][:TOP]
        if not kept:
            blocks.append(Paragraph(f"{words}: none was found in these answers.", "soft"))
            continue
        blocks.append(
            Table(
                f"{table.caption}{', the most frequent' if len(kept) == TOP else ''}",
                table.columns,
                tuple(table.rows[i] for i in kept),
                tuple(table.bars[i] for i in kept),
            )
        )
    return blocks
