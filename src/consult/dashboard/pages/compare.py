"""Compare: two groups, or two consultations, side by side."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from consult import measures
from consult.dashboard import figures, reading, words
from consult.dashboard import help as helps
from consult.dashboard.behind import narrowed
from consult.dashboard.filters import filter_bar
from consult.dashboard.frame import study_page
from consult.dashboard.links import address, page_link
from consult.dashboard.loaders import Loaded
from consult.report.words import percent
from consult.translation import later, say

FIELDS = ("stakeholder_type", "country", "language", "consultation_id", "question_id")
WHAT = {"themes": later("Themes"), "topics": later("Topics")}


@study_page(later("Compare"), later("Two groups side by side: what each says more often than the other."))
def compare_page(loaded: Loaded) -> None:
    """Show two groups beside each other."""
    selection = filter_bar(loaded.corpus)
    measures.selected(loaded.corpus, selection)
    choices = {field: measures.choices(loaded.corpus, field) for field in FIELDS}
    fields = [field for field in FIELDS if len(choices[field]) > 1]
    if not fields:
        reading.line(say("There are no two groups to compare in this study."))
        return
    field = st.selectbox(say("Compare by"), fields, key="compare_field", format_func=words.field_name)
    table = choices[field]
    labels = words.labels(field, dict(zip(table["value"], table["label"], strict=True)))
    left, right = st.columns(2)
    options = words.stated_first(labels)
    with left:
        first = st.selectbox(say("First group"), options, key=f"compare_a_{field}", format_func=labels.__getitem__)
    with right:
        others = [value for value in options if value != first]
        second = st.selectbox(say("Second group"), others, key=f"compare_b_{field}", format_func=labels.__getitem__)
    what = st.radio(
        say("What"), list(WHAT), key="compare_what", horizontal=True, format_func=lambda key: say(WHAT[key])
    )
    sel_a, sel_b = narrowed(selection, field, first), narrowed(selection, field, second)
    names = (labels[first], labels[second])
    found = measures.compare(loaded.corpus, sel_a, sel_b, what, names=names)
    if not len(found.table):
        reading.line(say("There is nothing to compare yet; run the study again on the page Start."))
        return
    _show(found, names, what)
    with st.container(horizontal=True):
        for name, chosen in ((names[0], sel_a), (names[1], sel_b)):
            page_link(
                "responses",
                say("Read the responses of “{group}”", group=name),
                address(chosen),
                icon=":material/article:",
            )


def _show(found: measures.Measure, names: tuple[str, str], what: str) -> None:
    question = (
        say("Which themes differ between {one} and {other}?", one=names[0], other=names[1])
        if what == "themes"
        else say("Which topics differ between {one} and {other}?", one=names[0], other=names[1])
    )
    labels = words.labels("", dict(zip(found.table["key"], found.table["label"], strict=True)))
    figures.figure(found, question, key="compare", labels=labels, kind="heat", open_label="", limit=40)
    rows = found.table[found.table["direction"].isin(["more", "less"]) & (found.table["group"] == names[0])]
    reading.line(helps.text("difference"), kind="small")
    if not len(rows):
        for told in _too_few(found, names) or [say("No difference is larger than chance could make it.")]:
            reading.line(told)
        return
    shown = pd.DataFrame(
        {
            say("Item"): [labels[k] for k in rows["key"]],
            names[0]: [percent(s) for s in rows["share"]],
            names[1]: [percent(s) for s in rows["rest_share"]],
            say("Finding"): [
                say("{group} more often", group=names[0]) if d == "more" else say("{group} less often", group=names[0])
                for d in rows["direction"]
            ],
        }
    )
    reading.table(shown, say("Differences larger than chance"), numbers=names)


def _too_few(found: measures.Measure, names: tuple[str, str]) -> list[str]:
    """Return which of the two groups is too small to compare, and how small."""
    sizes = found.table.groupby("group")["N"].max()
    return [
        say(
            "“{group}”: {responses}. Under {few} are too few to compare, so no difference is marked.",
            group=name, responses=words.responses(int(sizes[name])), few=measures.FEW,
        )
        for name in names
        if sizes[name] < measures.FEW
    ]  # fmt: skip
