"""Closed questions that ask the same of several things, shown together: a row an item, a column an answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from consult import measures
from consult.report.blocks import Block, Paragraph, Section, Table
from consult.report.material import Material, share_table
from consult.report.words import number, percent
from consult.translation import say

SCALE = 3
SHORTEST = 15
MOST_ANSWERS = 8
_NUMBERED = re.compile(r"(\d+)\b\W*(.*)", re.DOTALL)


@dataclass(frozen=True)
class Battery:
    """
    Questions in a row that differ only in what stands after their last colon.

    Attributes:
        stem: What they have in common.
        rows: Of `measures.question_gaps`, in the order asked.
        tables: Answers to each, in the order of the scale.
    """

    stem: str
    rows: tuple[dict[str, Any], ...]
    tables: tuple[measures.Measure, ...]


def closed(material: Material, question_id: str) -> measures.Measure:
    """Return the answers to a closed question, in the order of their scale."""
    measure = measures.closed_answers(
        material.corpus, question_id, material.selection, small_hidden=material.small_hidden
    )
    return replace(measure, table=in_scale_order(measure.table))


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


def batteries(material: Material, rows: Sequence[dict[str, Any]]) -> list[Battery | dict[str, Any]]:
    """Return questions in the order asked, those that belong together as one."""
    found: list[Battery | dict[str, Any]] = []
    waiting: list[dict[str, Any]] = []
    consultations = material.corpus.questions.set_index("question_id")["consultation_id"]

    def stem(row: dict[str, Any]) -> tuple[str, str]:
        return str(consultations[row["question_id"]]), _stem(row)

    for row in [*rows, None]:
        if waiting and (row is None or stem(row) != stem(waiting[0])):
            found += _together(material, waiting)
            waiting = []
        if row is None:
            break
        if _stem(row):
            waiting.append(row)
        else:
            found.append(row)
    return found


def _stem(row: dict[str, Any]) -> str:
    stem, _, item = str(row["text"]).rpartition(": ")
    asked = row["kind"] == "closed" and not (pd.notna(row["n"]) and row["n"] == 0)
    return stem if asked and item and len(stem) >= SHORTEST else ""


def _together(material: Material, rows: list[dict[str, Any]]) -> list[Battery | dict[str, Any]]:
    if len(rows) == 1:
        return list(rows)
    tables = tuple(closed(material, str(row["question_id"])) for row in rows)
    if len({str(label) for one in tables for label in one.table["label"]}) > MOST_ANSWERS:
        return list(rows)
    return [Battery(str(rows[0]["text"]).rpartition(": ")[0], tuple(rows), tables)]


def section(battery: Battery) -> Section:
    """Write questions that belong together as one table."""
    first, last = (str(battery.rows[i]["number"]) for i in (0, -1))
    labels = list(dict.fromkeys(str(label) for one in battery.tables for label in one.table["label"]))
    labels = in_scale_order(pd.DataFrame({"label": labels}))["label"].tolist()
    short = {label: found[1] if (found := _NUMBERED.fullmatch(label)) else label for label in labels}
    rows, bars = [], []
    for row, one in zip(battery.rows, battery.tables, strict=True):
        shares = one.table.set_index("label")["share"]
        cells = (percent(shares[label]) if label in shares.index else percent(0.0) for label in labels)
        item = str(row["text"]).rpartition(": ")[2]
        rows.append((f"{row['number']}. {item}", number(row["n"]), *cells))
        most = shares.get(labels[0], 0.0)
        bars.append(0.0 if pd.isna(most) else float(most))
    caption = say(
        "Questions {first} to {last}: shares of those who answered each. Bars: “{answer}”.",
        first=first, last=last, answer=labels[0],
    )  # fmt: skip
    columns = (say("Question"), say("Answered"), *(short[label] for label in labels))
    blocks: list[Block] = []
    if list(short.values()) != labels:
        blocks.append(Paragraph(say("Answers: {answers}.", answers="; ".join(labels)), "soft"))
    blocks.append(Table(caption, columns, tuple(rows), tuple(round(bar, 4) for bar in bars)))
    key = f"question-{first}-{battery.rows[0]['question_id']}"
    return Section(key, f"{first}–{last}. {battery.stem}", tuple(blocks))


def annex(material: Material) -> Section | None:
    """Write the answers to such questions once more, one table a question, with counts and intervals."""
    questions = material.questions.sort_values(["number", "question_id"])
    rows = [{str(name): value for name, value in row.items()} for row in questions.to_dict("records")]
    blocks: list[Block] = []
    for one in batteries(material, rows):
        if isinstance(one, Battery):
            for row, measure in zip(one.rows, one.tables, strict=True):
                caption = f"{row['number']}. {str(row['text']).rpartition(': ')[2]}"
                blocks.append(share_table(measure, caption, say("Answer")))
    return Section("annex-answers", say("Annex: answers with counts and intervals"), tuple(blocks)) if blocks else None
