"""What each column holds, to be changed by a person before a run."""

from __future__ import annotations

import streamlit as st

from consult.dashboard import reading, words
from consult.ingest import ColumnRole, Recognition
from consult.translation import later, say

ROLES = {
    "text": later("an open question (text to analyse)"),
    "closed": later("a closed question (answers to count)"),
    "attachment": later("names of attached files"),
    "person": later("name or contact of a person (not kept)"),
    "ignore": later("of no use here"),
    "reference": later("reference number of the response"),
    "submitted_at": later("date of submission"),
    "declared_language": later("language of the form"),
    "stakeholder_type": later("type of respondent"),
    "organisation": later("name of the organisation"),
    "organisation_size": later("size of the organisation"),
    "country": later("country"),
    "scope": later("scope of the organisation"),
    "transparency_register": later("Transparency Register number"),
    "anonymous": later("wish to stay anonymous"),
}
_ROLE_KEYS = {"open": "text", "closed": "closed", "attachment": "attachment", "person": "person", "ignored": "ignore"}


def role_key(column: ColumnRole) -> str:
    """Return the word that `--map` uses for what a column was taken for."""
    return column.field if column.role == "field" and column.field else _ROLE_KEYS.get(column.role, "ignore")


def role_words(column: ColumnRole) -> str:
    """Return what a column was taken for, in words."""
    found = ROLES.get(role_key(column), role_key(column))
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
        for number, column in enumerate(found.columns):
            given = role_key(column)
            chosen = sides[number % 2].selectbox(
                reading.plain(words.shortened(column.heading or say("column {n}", n=column.position + 1))),
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
