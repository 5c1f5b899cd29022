"""What each column holds, to be changed by a person before a run."""

from __future__ import annotations

import streamlit as st

from consult.dashboard import reading, words
from consult.ingest import ColumnRole, Recognition
from consult.ingest.role_words import ROLES, role_key
from consult.report.questions import short_question, stem_and_part
from consult.translation import say


def role_words(column: ColumnRole) -> str:
    """Return what a column was taken for, in words."""
    found = ROLES[role_key(column.role, column.field)]
    return say(found) if column.confidence >= 0.9 else say("{what} (a guess)", what=say(found))


def mapping_form(found: Recognition) -> dict[str, list[str]]:
    """
    Show a list for each column, and return the changes as `--map` takes them.

    Where one open question is changed all others are named too, since naming one leaves out the rest.
    """
    changed: dict[str, str] = {}
    with st.expander(say("Change what a column holds"), icon=":material/edit:"):
        reading.line(say("Choose only where the guess is wrong."), kind="small")
        sides = st.columns(2)
        parts = stem_and_part(column.heading for column in found.columns)
        for number, column in enumerate(found.columns):
            given = role_key(column.role, column.field)
            heading = short_question(column.heading, parts) or say("column {n}", n=column.position + 1)
            chosen = sides[number % 2].selectbox(
                reading.plain(words.shortened(heading)),
                list(ROLES),
                index=list(ROLES).index(given) if given in ROLES else None,
                format_func=lambda role: say(ROLES[role]),
                key=f"start_map_{column.position}",
            )
            if chosen and chosen != given:
                changed[column.heading] = chosen
    return mapping_of(found, changed)


def mapping_of(found: Recognition, changed: dict[str, str]) -> dict[str, list[str]]:
    """Return changed columns by role; see `mapping_form`."""
    if not changed:
        return {}
    mapping: dict[str, list[str]] = {}
    for column in found.columns:
        role = changed.get(column.heading)
        if role is None and "text" in changed.values() and column.role == "open":
            role = "text"
        if role is not None:
            mapping.setdefault(role, []).append(column.heading)
    return mapping
