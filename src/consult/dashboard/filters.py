"""The filter bar: one for all pages, its state in the address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

import pandas as pd
import streamlit as st

from consult import measures
from consult.dashboard import help as helps
from consult.dashboard import reading, words
from consult.dashboard.links import choose, chosen_selection
from consult.report import filters
from consult.translation import number, say, spoken

MAIN = ("stakeholder_type", "country", "language", "question_id")
MORE = ("consultation_id", "organisation_size", "scope", "registered", "anonymous")
_HELP = {"language": "language", "question_id": "question"}


def filter_bar(corpus: measures.Corpus) -> measures.Selection:
    """
    Show how many responses are looked at and the filters, and return the filters in force.

    A choice takes effect when it is applied; one click takes all filters away.

    Returns:
        The selection; it may keep no response, which the measures report.
    """
    selection = chosen_selection()
    kept = measures.select(corpus, selection)
    with st.container(key="filter_bar", border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            reading.line(kept.showing(), kind="showing")
            if not selection.whole:
                st.button(say("Show all responses"), key="filter_reset", on_click=choose, args=(measures.Selection(),))
        told = in_words(corpus, selection)
        if told:
            reading.line(told, kind="small")
        form = st.expander(
            say("Change what is counted"), icon=":material/filter_alt:", key="filter_form_open", on_change="rerun"
        )
        if form.open:
            with form:
                _form(corpus, selection)
    return selection


def in_words(corpus: measures.Corpus, selection: measures.Selection) -> str:
    """Return the filters in force as a sentence, an empty string for none."""
    return filters.in_words(corpus, selection, _options)


def _form(corpus: measures.Corpus, selection: measures.Selection) -> None:
    fields = [*MAIN, *(field for field in MORE if len(_options(corpus, field)) > 1)]
    # Streamlit forgets what the fields hold while the form is folded away.
    if st.session_state.get("filter_shown") != selection or "filter_view" not in st.session_state:
        _fill(fields, selection)
        st.session_state["filter_shown"] = selection
    with st.form("filter_form", border=False):
        columns = st.columns(2)
        for position, field in enumerate(fields):
            with columns[position % 2]:
                _field(corpus, field, getattr(selection, field))
        first, last = _days(corpus)
        if first is not None:
            with columns[0]:
                st.date_input(say("From day"), None, first, last, key="filter_date_from", help=helps.text("date"))
            with columns[1]:
                st.date_input(say("Until day"), None, first, last, key="filter_date_to")
        st.radio(
            say("How campaigns are counted"),
            measures.VIEWS,
            key="filter_view",
            format_func=words.view_name,
            horizontal=True,
            help=helps.text("view"),
        )
        st.form_submit_button(say("Apply"), type="primary", on_click=_apply, args=(fields,))


def _field(corpus: measures.Corpus, field: str, chosen: Sequence[str]) -> None:
    known = _options(corpus, field)
    options = list(dict.fromkeys([*known, *chosen]))
    counts = dict(zip(*_counts(corpus, field), strict=True))
    st.multiselect(
        words.field_name(field),
        options,
        key=f"filter_{field}",
        format_func=lambda value: f"{known.get(value, value)} ({number(counts.get(value, 0))})",
        help=helps.text(_HELP[field]) if field in _HELP else None,
        placeholder=say("All"),
    )


def _fill(fields: Sequence[str], selection: measures.Selection) -> None:
    for field in fields:
        st.session_state[f"filter_{field}"] = list(getattr(selection, field))
    st.session_state["filter_date_from"] = selection.date_from
    st.session_state["filter_date_to"] = selection.date_to
    st.session_state["filter_view"] = selection.view


def _apply(fields: Sequence[str]) -> None:
    held: measures.Selection = st.session_state.get("selection", measures.Selection())
    given: dict[str, Any] = {field: tuple(st.session_state.get(f"filter_{field}", ())) for field in fields}
    for name in ("date_from", "date_to"):
        given[name] = st.session_state.get(f"filter_{name}")
    choose(held.with_(**given, view=st.session_state.get("filter_view", "all")))


def _options(corpus: measures.Corpus, field: str) -> dict[str, str]:
    return filters.words_of(field, _choices(corpus, field))


def _counts(corpus: measures.Corpus, field: str) -> tuple[list[str], list[int]]:
    table = _choices(corpus, field)
    return table["value"].tolist(), table["n"].tolist()


def _choices(corpus: measures.Corpus, field: str) -> pd.DataFrame:
    """Return the values of a field, which hold whatever the filters; counted once for each study in memory."""
    made = _MADE.setdefault(corpus, {})
    if (field, spoken()) not in made:
        made[field, spoken()] = measures.choices(corpus, field)
    return made[field, spoken()]


_MADE: WeakKeyDictionary[measures.Corpus, dict[tuple[str, str], pd.DataFrame]] = WeakKeyDictionary()


def _days(corpus: measures.Corpus) -> tuple[Any, Any]:
    when = corpus.responses["submitted_at"].dropna()
    if not len(when):
        return None, None
    return pd.Timestamp(when.min()).date(), pd.Timestamp(when.max()).date()
