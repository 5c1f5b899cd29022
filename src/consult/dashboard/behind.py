"""From a number to the responses behind it: the sentence, a few quotes, and the way to all of them."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from consult import charts, measures
from consult.dashboard import evidence, figures, reading
from consult.dashboard.links import address, page_link
from consult.dashboard.loaders import Loaded
from consult.translation import say, say_n

QUOTES = 3
GROUP_FILTERS = ("stakeholder_type", "country", "language", "question_id", "organisation_size", "scope", "registered")


def behind(
    loaded: Loaded,
    measure: measures.Measure,
    key: str,
    label: str,
    *,
    key_of_widgets: str,
    group: str | None = None,
    told: str = "",
) -> None:
    """
    Show what is behind one row of a measure.

    Args:
        loaded: The study.
        measure: The measure that was opened.
        key: The row's key; for a measure of groups, the group.
        label: The row in words.
        key_of_widgets: Start of widget keys.
        group: The row's group, for a cross-table.
        told: What the row stands for, such as a definition.
    """
    rows = measure.table[measure.table["key"] == key]
    if group is not None:
        rows = rows[rows["group"] == group]
    if not len(rows):
        return
    row: dict[str, Any] = {str(k): v for k, v in rows.iloc[0].to_dict().items()}
    response_ids = measures.ids_behind(loaded.corpus, measure, key, group=group)
    with st.container(border=True, key=f"{key_of_widgets}_behind"):
        reading.heading(label, level=3)
        if told:
            reading.line(told, kind="small")
        reading.line(figures.share_sentence(row, measure.of if group is None else _of_group(measure, int(row["N"]))))
        quotes = quotes_for(loaded, measure.what, key, response_ids)
        reading.show_quotes(quotes)
        link_to_responses(measure, key, group, n=len(response_ids))


def _of_group(measure: measures.Measure, n: int) -> str:
    """Return in words what the share of one group is of: its own responses, not those of all groups."""
    view = measure.selection.view
    of = say_n("of {n} response of this group", "of {n} responses of this group", n)
    return of if view == "all" else say("{of}, {view}", of=of, view=say(measures.VIEW_WORDS[view]))


def quotes_for(loaded: Loaded, what: str, key: str, response_ids: tuple[str, ...], n: int = QUOTES) -> list[Any]:
    """Return quotes for a theme or topic, none for anything else."""
    if what == "themes":
        return evidence.theme_quotes(loaded.quotable, loaded.table("themes"), key, response_ids, n)
    if what == "topics":
        return evidence.topic_quotes(
            loaded.quotable, loaded.table("topics"), loaded.table("passage_topics"), key, response_ids, n
        )
    return []


def link_to_responses(
    measure: measures.Measure,
    key: str,
    group: str | None = None,
    *,
    n: int,
) -> None:
    """Show the link to the responses behind a row, with the evidence marked there."""
    selection = measure.selection
    more: dict[str, str | list[str] | None] = {}
    if measure.name == "groups":
        selection = narrowed(selection, measure.field, key)
    elif measure.what == "themes":
        more["theme"] = key
    elif measure.what == "topics":
        more["topic"] = key
    elif measure.what.startswith("closed:"):
        selection = selection.with_(closed=(*selection.closed, (measure.what.removeprefix("closed:"), key)))
    if group is not None:
        selection = narrowed(selection, measure.field, group)
    page_link(
        "responses",
        say_n("Read {n} response in full", "Read {n} responses in full", n),
        address(selection, **more),
        icon=":material/article:",
    )


def narrowed(selection: measures.Selection, field: str, value: str) -> measures.Selection:
    """Return the selection with one more filter."""
    if field.startswith("closed:"):
        return selection.with_(closed=(*selection.closed, (field.removeprefix("closed:"), value)))
    if field in charts.NEXT:
        first = pd.Timestamp(value)
        last = first + charts.NEXT[field] - pd.Timedelta(days=1)
        return selection.with_(date_from=first.date(), date_to=last.date())
    return selection.with_(**{field: (value,)})
