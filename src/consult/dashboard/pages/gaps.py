"""Gaps: who does not mention a theme, what a group leaves out, and what nobody answered."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from consult import measures
from consult.dashboard import figures, reading, words
from consult.dashboard import help as helps
from consult.dashboard.behind import narrowed
from consult.dashboard.downloads import csv_bytes, download, file_name
from consult.dashboard.filters import filter_bar
from consult.dashboard.frame import missing, study_page
from consult.dashboard.links import address, page_link
from consult.dashboard.loaders import Loaded
from consult.errors import UserError
from consult.report.questions import short_question, stem_and_part
from consult.report.words import percent
from consult.translation import later, number, say

BY = ("stakeholder_type", "country", "language")
KINDS = {"open": later("open"), "closed": later("closed"), "attachment": later("attachment")}


@study_page(later("Gaps"), later("What was not raised: by whom, in which group, under which question."))
def gaps_page(loaded: Loaded) -> None:
    """Show what is missing."""
    selection = filter_bar(loaded.corpus)
    measures.selected(loaded.corpus, selection)
    names = dict(zip(loaded.table("themes")["theme_id"], loaded.table("themes")["name"], strict=True))
    if not names:
        missing("tag")
    else:
        _theme(loaded, selection, names)
        _group(loaded, selection, names)
    _questions(loaded, selection)


def _theme(loaded: Loaded, selection: measures.Selection, names: dict[str, str]) -> None:
    reading.heading(say("Who does not mention a theme?"))
    left, right = st.columns(2)
    with left:
        theme = st.selectbox(say("Theme"), list(names), key="gaps_theme", format_func=names.__getitem__)
    with right:
        field = st.selectbox(say("Compare by"), BY, key="gaps_by", format_func=words.field_name)
    found = measures.theme_gaps(loaded.corpus, theme, field, selection)
    table = found.table
    labels = words.labels(field, dict(zip(table["group"], table["group_label"], strict=True)))
    shown = pd.DataFrame(
        {
            say("Group"): [labels[g] for g in table["group"]],
            say("Responses"): [number(n) for n in table["n"]],
            say("Of"): [number(n) for n in table["N"]],
            say("Share"): [percent(s) for s in table["share"]],
            say("95 % interval"): figures.intervals(table),
            say("Finding"): [say(str(gap)) for gap in table["gap"]],
        }
    )
    reading.table(
        shown,
        say("{theme}, by {field}", theme=names[theme], field=words.field_in_text(field)),
        numbers=(say("Responses"), say("Of"), say("Share")),
    )
    reading.line(f"{helps.text('difference')} {helps.short_caveat()}", kind="small")
    with st.container(horizontal=True):
        chosen = st.selectbox(
            say("Read those of a group that do not mention it"), list(labels), key="gaps_group", index=None,
            format_func=labels.__getitem__, placeholder=say("Choose a group"),
        )  # fmt: skip
    if chosen:
        ids = measures.ids_behind(loaded.corpus, found, theme, group=chosen, mentions=False)
        page_link(
            "responses", say(
                "Read those of “{group}” without it ({n})", group=labels[chosen], n=number(len(ids))
            ),
            address(narrowed(selection, field, chosen), without=theme), icon=":material/article:",
        )  # fmt: skip
    download(
        "CSV", lambda: csv_bytes(table), file_name(names[theme], field, suffix="csv"), "text/csv", "gaps_theme_csv"
    )


def _group(loaded: Loaded, selection: measures.Selection, names: dict[str, str]) -> None:
    reading.heading(say("What does a group leave out?"))
    left, right = st.columns(2)
    with left:
        field = st.selectbox(say("Groups by"), BY, key="gaps_field", format_func=words.field_name)
    table = measures.choices(loaded.corpus, field)
    labels = words.labels(field, dict(zip(table["value"], table["label"], strict=True)))
    with right:
        value = st.selectbox(
            say("Group"), words.stated_first(labels), key=f"gaps_value_{field}", format_func=labels.__getitem__
        )
    try:
        found = measures.group_gaps(loaded.corpus, field, value, selection)
    except UserError as error:
        reading.line(str(error), kind="problem")
        return
    for rows, told in (
        (found.never, say("Themes that nobody of this group mentions, and others do")),
        (found.rarer, say("Themes mentioned less often than by others")),
        (found.alone, say("Themes that this group alone mentions")),
    ):
        if not len(rows):
            reading.line(say("{what}: none.", what=told))
            continue
        columns = {
            say("Theme"): [names.get(k, k) for k in rows["key"]],
            say("In this group"): of_and_share(rows["n"], rows["N"], rows["share"]),
            say("In all others"): of_and_share(rows["rest_n"], rows["rest_N"], rows["rest_share"]),
        }
        if len(set(rows["gap"])) > 1:  # else the caption has said it already
            columns[say("Finding")] = [say(str(gap)) for gap in rows["gap"]]
        shown = pd.DataFrame(columns)
        reading.table(shown, told, numbers=(say("In this group"), say("In all others")))
    reading.line(helps.short_caveat(), kind="small")


def _questions(loaded: Loaded, selection: measures.Selection) -> None:
    reading.heading(say("Which questions were left unanswered?"))
    table = loaded.counted("question gaps", selection, lambda: measures.question_gaps(loaded.corpus, selection))
    if not len(table):
        reading.line(say("There are no questions in this study."))
        return
    cut = stem_and_part(str(text) for text in table["text"])
    shown = pd.DataFrame(
        {
            say("Question"): [words.shortened(short_question(str(t), cut), 140) for t in table["text"]],
            say("Kind"): [say(KINDS.get(str(kind), str(kind))) for kind in table["kind"]],
            say("Answered"): _of(table["n"], table["N"]),
            say("Share"): [percent(s) for s in table["share"]],
        }
    )
    reading.table(shown, say("Questions, those least answered first"), numbers=(say("Answered"), say("Share")))
    stems = dict.fromkeys(stem for stem, _ in cut.values() if stem)
    if stems:
        reading.line(say("Questions that begin with “…” are rows of:"), kind="small")
        for stem in stems:
            reading.folded(stem)


def of_and_share(counts: pd.Series, totals: pd.Series, shares: pd.Series) -> list[str]:
    """Return counts with what they are of and their share, in words."""
    return [f"{told} ({percent(share)})" for told, share in zip(_of(counts, totals), shares, strict=True)]


def _of(counts: pd.Series, totals: pd.Series) -> list[str]:
    return [say("{n} of {of}", n=number(n), of=number(total)) for n, total in zip(counts, totals, strict=True)]
