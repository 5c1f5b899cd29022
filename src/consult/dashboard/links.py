"""Addresses inside the dashboard: which study, which filters, which theme or response."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from consult import measures
from consult.cli.serving import STUDY
from consult.errors import UserError
from consult.study import Study, is_study
from consult.translation import say, spoken

HOME = "CONSULT_HOME"
"""Environment variable with the folder that holds studies made in the dashboard."""

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,80}")

Query = Mapping[str, str | list[str]]


def home() -> Path:
    """Return the folder that holds studies made in the dashboard."""
    return Path(os.environ.get(HOME) or Path.home() / "consult-studies")


def own_study(name: str) -> Path | None:
    """Return the folder of a study made in the dashboard; None for any other name, whatever it spells."""
    folder = home() / name
    return folder if _NAME.fullmatch(name) and is_study(folder) else None


def open_study(name: str) -> None:
    """Turn to another study made in the dashboard; filters of the last one are dropped."""
    st.session_state["study"] = name
    st.session_state["selection"] = measures.Selection()
    st.session_state["selection_changed"] = True


def current_study() -> Study | None:
    """
    Return the study in the address, else the one opened last, else the one the server was started with.

    Raises:
        UserError: The study named when the server was started is not one.
    """
    named = st.query_params.get("study")
    if st.session_state.get("selection_changed"):
        named = st.session_state.get("study", named)
    name = named or st.session_state.get("study")
    if name:
        folder = own_study(name)
        if folder is not None:
            st.session_state["study"] = name
            return Study.open(folder)
    given = os.environ.get(STUDY)
    return Study.open(given) if given else None


def address(selection: measures.Selection, **more: str | list[str] | None) -> dict[str, str | list[str]]:
    """Return the address's query for a selection and whatever else a page needs."""
    query: dict[str, str | list[str]] = {}
    name = st.session_state.get("study")
    if name:
        query["study"] = name
    if spoken() != "en":
        query["lang"] = spoken()
    query.update(selection.to_query())
    query.update({key: value for key, value in more.items() if value})
    return query


def page_link(path: str, label: str, query: Query, *, icon: str | None = None) -> None:
    """Show a link to another page of the dashboard."""
    pages: dict[str, Any] = st.session_state.get("_pages", {})
    if path in pages:
        st.page_link(pages[path], label=label, icon=icon, query_params=dict(query))
    else:
        st.caption(f"{label} ({path})")


def study_address() -> dict[str, str | list[str]]:
    """Return the address's query for the study that is open."""
    return address(measures.Selection())


def go_to(path: str, query: Query) -> None:
    """Turn to another page at once."""
    pages: dict[str, Any] = st.session_state.get("_pages", {})
    if path in pages:
        st.switch_page(pages[path], query_params=dict(query))


def from_address(name: str) -> str:
    """Return one value of the address, an empty string where it is absent."""
    return str(st.query_params.get(name) or "")


def chosen_selection() -> measures.Selection:
    """
    Return the filters in force, and write them into the address.

    The address wins, so that a link opens the view it was copied from. Streamlit empties the address when
    a reader goes to another page; the filters then stay as they were.
    """
    page = st.session_state.get("_page", "")
    held: measures.Selection = st.session_state.get("selection", measures.Selection())
    try:
        given = measures.Selection.from_query({k: st.query_params.get_all(k) for k in st.query_params})
    except UserError as error:
        st.warning(say("The address holds a filter that cannot be used.") + f" {error}")
        given = measures.Selection()
    if st.session_state.pop("selection_changed", False):
        chosen = held
    elif not given.whole:
        chosen = given
    elif st.session_state.get("selection_page") != page:
        chosen = held
    else:
        chosen = given
    st.session_state["selection"] = chosen
    st.session_state["selection_page"] = page
    _write(address(chosen))
    return chosen


def choose(selection: measures.Selection) -> None:
    """Change the filters; to be called from a widget's callback."""
    st.session_state["selection"] = selection
    st.session_state["selection_changed"] = True


def keep_in_address(**values: str | list[str] | None) -> None:
    """Put what a page shows into the address, so that it can be linked to; None takes it away."""
    for name, value in values.items():
        if value:
            if st.query_params.get_all(name) != (value if isinstance(value, list) else [value]):
                st.query_params[name] = value
        elif name in st.query_params:
            del st.query_params[name]


_FILTERS = frozenset(measures.Selection.__dataclass_fields__)


def _write(query: Query) -> None:
    wanted = {name: value if isinstance(value, list) else [value] for name, value in query.items()}
    for name in list(st.query_params):
        if name in _FILTERS and name not in wanted:
            del st.query_params[name]
    for name, values in wanted.items():
        if st.query_params.get_all(name) != values:
            st.query_params[name] = values
