"""One workbook for people who work in a spreadsheet: typed columns, frozen headers, filters, nothing that runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

import pandas as pd

from consult import measures
from consult.errors import UserError
from consult.report.exports.delimited import privacy
from consult.report.exports.tables import Exported
from consult.report.words import CAVEAT, STAKEHOLDER, country_name, language_name
from consult.themes.codebook import Codebook

LONGEST = 32_767
MOST_ROWS = 1_048_575
CUT = " […] (cut: a cell holds 32,767 characters; the CSV and Parquet exports have all of it)"
WIDE = 60
SHARES = (
    "Shares are between 0 % and 100 % of the responses named in column N; low and high are the ends of a 95 % "
    "interval (Wilson)."
)
IDS = (
    "response_id, document_id and passage_id join the sheets; `consult show ID` prints what is behind one. start and "
    "end count characters from 0 in the document's text."
)
PERCENT = ("share", "low", "high", "rest_share", "difference", "difference_low", "difference_high", "language_score")
# A fixed time of making: the same study gives the same bytes.
_MADE = datetime(2000, 1, 1)


@dataclass(frozen=True)
class Sheet:
    """One sheet: its table and what it holds."""

    name: str
    holds: str
    frame: pd.DataFrame


def workbook_bytes(exported: Exported, codebook: Codebook | None) -> bytes:
    """
    Return the study as a workbook.

    Texts are written as texts, never as formulas or links. A text longer than a cell can hold is cut, and says so.

    Raises:
        UserError: A table has more rows than a sheet can hold.
    """
    import xlsxwriter

    sheets = _sheets(exported, codebook)
    buffer = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"title": exported.title, "created": _MADE, "comments": CAVEAT})
    styles = _styles(book)
    _front(book, exported, sheets, styles)
    for sheet in sheets:
        _write(book, sheet, styles)
    book.close()
    return buffer.getvalue()


def _styles(book: Any) -> dict[str, Any]:
    return {
        "title": book.add_format({"bold": True, "font_size": 16}),
        "head": book.add_format({"bold": True, "bg_color": "#DCE6F0", "bottom": 1, "valign": "top"}),
        "text": book.add_format({"valign": "top"}),
        "wrap": book.add_format({"valign": "top", "text_wrap": True}),
        "time": book.add_format({"valign": "top", "num_format": "yyyy-mm-dd hh:mm"}),
        "integer": book.add_format({"valign": "top", "num_format": "#,##0"}),
        "number": book.add_format({"valign": "top", "num_format": "0.000"}),
        "percent": book.add_format({"valign": "top", "num_format": "0.0%"}),
    }


def _front(book: Any, exported: Exported, sheets: Sequence[Sheet], styles: dict[str, Any]) -> None:
    page = book.add_worksheet("README")
    page.hide_gridlines(2)
    page.set_column(0, 0, 24)
    page.set_column(1, 1, 100)
    page.write_string(0, 0, exported.title, styles["title"])
    lines = [
        ("What this is", "The responses to a consultation, with the topics and themes found in them."),
        *([("Which part", exported.about)] if exported.about else []),
        ("Read with care", CAVEAT),
        ("Shares", SHARES),
        ("Topics", "Topics are machine-made: read the passages before you use them."),
        ("Ids", IDS),
        ("Formulas", "No cell holds a formula: every text is stored as text, even where it starts with = + - or @."),
        ("Privacy", " ".join(privacy(exported)) or "Not masked: texts hold e-mail addresses and telephone numbers."),
    ]  # fmt: skip
    for row, (name, text) in enumerate([*lines, *((s.name, f"Sheet: {s.holds}") for s in sheets)], start=2):
        page.write_string(row, 0, name, styles["head"])
        page.write_string(row, 1, text, styles["wrap"])


def _write(book: Any, sheet: Sheet, styles: dict[str, Any]) -> None:
    frame = sheet.frame
    if len(frame) > MOST_ROWS:
        message = (
            f"sheet '{sheet.name}': {len(frame):,} rows; a sheet holds {MOST_ROWS:,} at most. "
            "Use --format csv or parquet."
        )
        raise UserError(message)
    page = book.add_worksheet(sheet.name)
    page.freeze_panes(1, 1)
    page.autofilter(0, 0, max(len(frame), 1), max(len(frame.columns) - 1, 0))
    for column, name in enumerate(frame.columns):
        values = frame[name]
        page.write_string(0, column, str(name), styles["head"])
        page.set_column(column, column, _width(str(name), values))
        _column(page, column, str(name), values, styles)


def _column(page: Any, column: int, name: str, values: pd.Series, styles: dict[str, Any]) -> None:
    present = values.notna().to_numpy(dtype=bool)
    if pd.api.types.is_bool_dtype(values):
        write, style = page.write_boolean, styles["text"]
    elif pd.api.types.is_datetime64_any_dtype(values):
        write, style = page.write_datetime, styles["time"]
    elif pd.api.types.is_integer_dtype(values):
        write, style = page.write_number, styles["integer"]
    elif pd.api.types.is_numeric_dtype(values):
        write, style = (
            page.write_number,
            styles["percent" if name in PERCENT or name.startswith("share,") else "number"],
        )
    else:
        write, style = page.write_string, styles["text"]
        values = values.map(fitting, na_action="ignore")
    for row, (value, there) in enumerate(zip(values.tolist(), present, strict=True), start=1):
        if there:
            write(row, column, value, style)


def fitting(value: object) -> str:
    """Return a text that fits a cell, cut with a note where it does not."""
    text = str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - len(CUT)] + CUT


def _width(name: str, values: pd.Series) -> float:
    shown = values.head(200).dropna().astype("str").str.len()
    longest = int(shown.quantile(0.9)) if len(shown) else 0
    return float(max(8, len(name) + 3, min(longest + 2, WIDE)))


# What the sheets hold ----------------------------------------------------------------------------------


def _sheets(exported: Exported, codebook: Codebook | None) -> list[Sheet]:
    counted = exported.counted
    sheets = [] if exported.small_hidden else _listed(exported)
    sheets += [
        Sheet("themes", "how many responses mention each theme, all responses counted", _shares(counted, "theme")),
        Sheet("topics", "how many responses speak of each topic, with its terms", _topics(exported)),
        Sheet("themes by type", "themes by type of respondent, with tests", _by_type(counted)),
        Sheet("closed answers", "answers to closed questions, of those who answered", _closed(counted)),
        Sheet("codebook", "the themes' definitions, phrases and examples", _codebook(codebook)),
    ]
    if "set_aside" in exported.tables:
        sheets.append(Sheet("set aside", "what could not be used, with the reason", exported.tables["set_aside"]))
    return [sheet for sheet in sheets if len(sheet.frame.columns)]


def _listed(exported: Exported) -> list[Sheet]:
    return [
        Sheet("responses", "one response a row: who answered", _responses(exported.tables["responses"])),
        Sheet("passages", "one passage a row, with its topic and its themes", _passages(exported)),
        Sheet("evidence", "one tagging a row: the words on which a theme rests", _evidence(exported)),
    ]


def _responses(responses: pd.DataFrame) -> pd.DataFrame:
    country = responses["country"].map(country_name, na_action="ignore")
    shown = responses.assign(stakeholder_type=responses["stakeholder_type"].map(STAKEHOLDER), country=country)
    return shown.drop(columns=["source_id", "stakeholder_type_raw"])


def _passages(exported: Exported) -> pd.DataFrame:
    tables = exported.tables
    names = tables["themes"].set_index("theme_id")["name"]
    tagged = tables["taggings"].drop_duplicates(["passage_id", "theme_id"]).sort_values(["passage_id", "theme_id"])
    themes = tagged.assign(name=tagged["theme_id"].map(names)).groupby("passage_id")["name"].agg("; ".join)
    labels = tables["topics"].set_index("topic_id")["label"]
    topics = tables["passage_topics"].set_index("passage_id")["topic_id"].map(labels)
    documents = tables["documents"][["document_id", "response_id", "question_id", "attachment", "language"]]
    numbers = tables["questions"].set_index("question_id")["number"]
    joined = tables["passages"].merge(documents, on="document_id", how="left")
    who = tables["responses"].set_index("response_id")[["reference", "stakeholder_type", "country"]]
    joined = joined.join(who, on="response_id").sort_values(["response_id", "document_id", "start"])
    return pd.DataFrame(
        {
            "passage_id": joined["passage_id"],
            "text": joined["text"],
            "themes": joined["passage_id"].map(themes),
            "topic": joined["passage_id"].map(topics),
            "stakeholder_type": joined["stakeholder_type"].map(STAKEHOLDER),
            "country": joined["country"].map(country_name, na_action="ignore"),
            "language": joined["language"].map(language_name),
            "question": joined["question_id"].map(numbers).astype("Int64"),
            "attachment": joined["attachment"],
            "reference": joined["reference"],
            "response_id": joined["response_id"],
            "document_id": joined["document_id"],
            "start": joined["start"],
            "end": joined["end"],
        }
    ).reset_index(drop=True)


def _evidence(exported: Exported) -> pd.DataFrame:
    tables = exported.tables
    texts = tables["documents"].set_index("document_id")["text"]
    names = tables["themes"].set_index("theme_id")["name"]
    found = tables["taggings"].sort_values(["theme_id", "response_id", "document_id", "start"], ignore_index=True)
    words = [
        texts[document][start:end]
        for document, start, end in zip(found["document_id"], found["start"], found["end"], strict=True)
    ]
    passages = tables["passages"].set_index("passage_id")["text"]
    front = pd.DataFrame(
        {
            "theme": found["theme_id"].map(names),
            "words": pd.Series(words, index=found.index, dtype="str"),
            "passage": found["passage_id"].map(passages),
        }
    )
    return pd.concat([front, found], axis=1)


def _shares(counted: Mapping[str, pd.DataFrame], which: str) -> pd.DataFrame:
    table = counted.get(f"{which}_shares")
    if table is None:
        return pd.DataFrame()
    wide = table[table["view"] == "all"].drop(columns=["view", "view_label", "of", "few"], errors="ignore")
    for view in ("once", "apart"):
        other = table[table["view"] == view].set_index("key")["share"]
        wide = wide.assign(**{f"share, {measures.VIEW_WORDS[view]}": wide["key"].map(other)})
    front = ["label", "n", "N", "share", "low", "high"]
    return wide[[*front, *(c for c in wide.columns if c not in front)]].reset_index(drop=True)


def _topics(exported: Exported) -> pd.DataFrame:
    table = _shares(exported.counted, "topic")
    if not len(table):
        return table
    terms = exported.tables["topic_terms"].sort_values(["topic_id", "rank"]).groupby("topic_id")["term"].agg(", ".join)
    return table.assign(terms=table["key"].map(terms))


def _by_type(counted: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    table = counted.get("themes_by_type")
    if table is None:
        return pd.DataFrame()
    columns = ["group_label", "label", "n", "N", "share", "low", "high", "rest_n", "rest_N", "rest_share", "direction"]
    more = [name for name in ("p", "p_adjusted", "shown", "group", "key") if name in table.columns]
    return table[[*columns, *more]].rename(columns={"group_label": "type of respondent", "label": "theme"})


def _closed(counted: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    table = counted.get("closed_answers")
    if table is None:
        return pd.DataFrame()
    names = ("number", "question", "label", "n", "N", "share", "low", "high", "shown", "question_id")
    return table[[name for name in names if name in table.columns]].rename(columns={"label": "answer"})


def _codebook(codebook: Codebook | None) -> pd.DataFrame:
    if codebook is None:
        return pd.DataFrame()
    rows = [
        {
            "theme_id": theme.theme_id,
            "name": theme.name,
            "broader": theme.parent_id,
            "definition": theme.definition,
            "counts": "; ".join(theme.counts),
            "does not count": "; ".join(theme.does_not_count),
            "phrases": " / ".join(
                f"{language}: {', '.join(p.source for p in patterns)}" for language, patterns in theme.phrases.items()
            ),
            "examples": " / ".join(f"{e.language}: {e.text}" for e in theme.examples),
        }
        for theme in codebook.themes
    ]
    return pd.DataFrame(rows)
