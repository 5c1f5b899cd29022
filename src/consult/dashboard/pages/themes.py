"""Themes: how often each is mentioned, by whom, and in which words."""

from __future__ import annotations

from typing import Any

import streamlit as st

from consult import measures
from consult.dashboard import figures, reading, words
from consult.dashboard import help as helps
from consult.dashboard.behind import behind
from consult.dashboard.codebook_form import codebook_section
from consult.dashboard.filters import filter_bar
from consult.dashboard.frame import missing, study_page
from consult.dashboard.links import from_address, keep_in_address
from consult.dashboard.loaders import Loaded
from consult.dashboard.over_time import over_time
from consult.dashboard.tree import in_tree
from consult.translation import later, say

BY = ("stakeholder_type", "country", "language", "question_id")


@study_page(
    later("Themes"), later("Ideas defined in the codebook: how often each is mentioned, by whom, in which words.")
)
def themes_page(loaded: Loaded) -> None:
    """Show the themes of a study."""
    selection = filter_bar(loaded.corpus)
    measure = loaded.counted("themes", selection, lambda: measures.theme_shares(loaded.corpus, selection))
    if not len(measure.table):
        missing("tag")
        return
    labels = words.labels("", dict(zip(measure.table["key"], measure.table["label"], strict=True)))
    _from_address("themes_open", "theme", list(labels))
    measure, depths = in_tree(measure)
    below = (say("Themes marked ↳ are part of the theme above them, which counts their mentions too."),)
    opened = figures.figure(
        measure, say("Which share of responses mentions each theme?"), key="themes", labels=labels, limit=40,
        open_label=say("Open a theme"), remarks=(helps.text("mention"), *(below if any(depths.values()) else ())),
        depths=depths,
    )  # fmt: skip
    keep_in_address(theme=opened or None)
    if opened:
        _one(loaded, measure, opened, labels)
    _groups(loaded, selection, labels)
    _together(loaded, selection, labels)
    codebook_section(loaded, opened)


def _from_address(widget: str, name: str, known: list[str]) -> None:
    given = from_address(name)
    if given in known and widget not in st.session_state:
        st.session_state[widget] = given


def _one(loaded: Loaded, measure: measures.Measure, theme_id: str, labels: dict[str, str]) -> None:
    themes = loaded.table("themes").set_index("theme_id")
    definition: Any = themes["definition"].get(theme_id, "")
    told = say("Definition: {definition}", definition=definition)
    behind(loaded, measure, theme_id, labels[theme_id], key_of_widgets="themes_one", told=told)
    over_time(loaded, "themes", theme_id, labels[theme_id], measure.selection)


def _groups(loaded: Loaded, selection: measures.Selection, labels: dict[str, str]) -> None:
    reading.heading(say("Who mentions what?"))
    reading.line(helps.text("difference"), kind="small")
    field = st.radio(say("Compare by"), BY, key="themes_by", horizontal=True, format_func=words.field_name)
    cross = loaded.counted(
        f"themes by {field}", selection, lambda: measures.crosstab(loaded.corpus, field, selection=selection)
    )
    names = dict(zip(cross.table["group"], cross.table["group_label"], strict=True))
    group_labels = words.labels(field, names)
    figures.figure(
        cross, say("Which themes are mentioned, by {field}?", field=words.field_in_text(field)),
        key=f"themes_by_{field}", labels=labels, group_labels=group_labels, kind="heat", open_label="", level=3,
    )  # fmt: skip
    _cell(loaded, cross, labels, group_labels, f"themes_cell_{field}")


def _cell(
    loaded: Loaded, cross: measures.Measure, labels: dict[str, str], group_labels: dict[str, str], key: str
) -> None:
    with st.container(horizontal=True):
        theme = st.selectbox(say("Theme"), [k for k in labels if k in set(cross.table["key"])], key=f"{key}_theme",
                             format_func=labels.__getitem__, index=None, placeholder=say("Choose a theme"))  # fmt: skip
        group = st.selectbox(
            say("Group"), list(group_labels), key=f"{key}_group",
            format_func=group_labels.__getitem__, index=None, placeholder=say("Choose a group"),
        )  # fmt: skip
    if theme and group:
        label = f"{labels[theme]}: {group_labels[group]}"
        behind(loaded, cross, theme, label, key_of_widgets=key, group=group)


def _together(loaded: Loaded, selection: measures.Selection, labels: dict[str, str]) -> None:
    pairs = loaded.counted(
        "themes together", selection, lambda: measures.cooccurrence(loaded.corpus, "themes", selection)
    )
    if not len(pairs.table):
        return
    figures.figure(
        pairs, say("Which themes are mentioned together?"), key="themes_together", labels=labels, kind="pairs",
        open_label="", limit=15, remarks=(helps.text("together"),),
    )  # fmt: skip
