"""A figure as it stands on a page: question, chart, what it is of, table, files, and the way to the responses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import pandas as pd
import streamlit as st

from consult import charts, measures
from consult.dashboard import help as helps
from consult.dashboard import reading
from consult.dashboard.downloads import csv_bytes, download, file_name
from consult.dashboard.tree import indented
from consult.report.words import percent
from consult.translation import later, number, say

Kind = Literal["bars", "map", "time", "heat", "pairs"]
FOLDED = later("Read the responses, table, files")
NOTHING = ""
"""The choice that opens nothing."""

_DRAW: dict[Kind, Callable[..., Any]] = {
    "bars": charts.bars,
    "map": charts.europe,
    "time": charts.timeline,
    "heat": charts.heat_map,
    "pairs": charts.pairs_map,
}
WIDE = ("heat", "pairs")
MOST_GREY, MOST_NAMED = 4, 12
AXIS, HEADS, NAMES, CELLS = 50, 230, 290, 0.74
"""Room for the axis below, for the slanted heads of columns with the legend, and for names on the left, in pixels;
and how much narrower than in a printed report the cells of a heat map may get before it is scrolled."""
LAST_HEAD = 70
"""Room at the right for the slanted head of the last column, in pixels."""
_FILES = (("SVG", "svg", "image/svg+xml"), ("PNG", "png", "image/png"))


def figure(
    measure: measures.Measure,
    question: str,
    *,
    key: str,
    labels: Mapping[str, str] | None = None,
    group_labels: Mapping[str, str] | None = None,
    kind: Kind = "bars",
    limit: int = 25,
    open_label: str = later("Read the responses behind"),
    level: Literal[2, 3] = 2,
    remarks: Sequence[str] = (),
    depths: Mapping[str, int] | None = None,
    compact: bool = False,
) -> str:
    """
    Show a measure as a figure with everything that must stand beside it.

    Args:
        measure: What to show; its table may be empty.
        question: Title: the question that the figure answers.
        key: Start of all widget keys.
        labels: Words to show in place of keys.
        group_labels: Words to show in place of groups.
        kind: How it is drawn.
        limit: Rows drawn; the table has all.
        open_label: Label of the list that does the same as a click on the figure; empty for none.
        level: Level of the heading.
        remarks: Sentences below the figure.
        depths: How far each key lies below the top, to be indented; the measure's rows are in that order already.
        compact: Whether the list that opens a row is folded away with the table, to keep a page of many figures short.

    Returns:
        The key of the row that the reader opened, by a click or from the list; empty for none.
    """
    reading.heading(question, level=level)
    if not len(measure.table):
        reading.line(say("There is nothing to show for this choice."))
        return NOTHING
    names = labels or dict(zip(measure.table["key"], measure.table["label"], strict=True))
    more: dict[str, Any] = {"group_labels": group_labels} if kind == "heat" else {}
    told_of, whole = list(remarks), measure
    if kind == "heat":
        measure, small = _large_enough(measure)
        told_of += _not_drawn(small, group_labels or {}, any_left=len(measure.table) > 0)
    if kind != "time":
        more["limit"] = limit
    alt = charts.alt_text(measure, question, labels={**names, **(group_labels or {})})
    names = indented(names, depths or {})
    opened = NOTHING
    if not len(measure.table):
        reading.line(" ".join(told_of))
        _files_of(whole, question, None, names, group_labels or {}, alt, key)
        return opened

    def draw(theme: charts.Theme = charts.LIGHT) -> Any:
        from altair.utils.schemapi import debug_mode

        # Without checking each part against the schema, which the tests of the charts do; it takes half the time.
        with debug_mode(arg=False):
            return _DRAW[kind](measure, question, labels=names, theme=theme, **more)

    rows = _days(measure) if kind == "time" and measure.what == "responses" else measure
    pick = "group" if kind == "time" else "key"
    clickable = bool(open_label) and (kind in ("bars", "map") or rows is not measure)
    _chart(
        draw(theme()),
        alt,
        key,
        pick=pick if clickable else "",
        wide=kind in WIDE,
    )
    shares = kind != "time" or measure.what != "responses"
    told = [
        say("Unit: share of responses, in %, {of}.", of=measure.of)
        if shares
        else say("Unit: responses, {of}.", of=measure.of)
    ]
    if shares and kind == "bars":
        told.append(say("Thin lines: 95 % intervals."))
    reading.line(" ".join([*told, *told_of, *((helps.short_caveat(),) if shares else ())]), kind="small")
    shown = names if rows is measure else {}
    some = limit if kind == "bars" else len(rows.table)
    if clickable and not compact:
        opened = _open_list(rows, shown, key, say(open_label), some)
    if not (clickable and compact):
        _files_of(whole, question, draw, names, group_labels or {}, alt, key)
        return opened
    with st.expander(say(FOLDED), icon=":material/table:"):
        opened = _open_list(rows, shown, key, say(open_label), some)
        _table_and_files(whole, question, draw, names, group_labels or {}, alt, key)
    return opened


def _large_enough(measure: measures.Measure) -> tuple[measures.Measure, list[tuple[str, str]]]:
    """
    Return a cross-table without the groups too few to compare, and those groups, where they would crowd the figure.

    A few grey columns say that there are such groups; many hide the others.
    """
    table = measure.table
    few = table.groupby("group")["few"].all()
    small = list(few.index[few])
    if len(small) <= min(MOST_GREY, len(few) - 1):
        return measure, []
    words = dict(zip(table["group"], _group_words(table), strict=True))
    kept = table[~table["group"].isin(small)].reset_index(drop=True)
    return replace(measure, table=kept), [(str(g), str(words[g])) for g in small]


def _not_drawn(small: Sequence[tuple[str, str]], group_labels: Mapping[str, str], *, any_left: bool) -> list[str]:
    if not small:
        return []
    if not any_left:
        return [say("Every group is too small to compare. The table has the counts.")]
    named = [group_labels.get(group, word) for group, word in small]
    listed = ", ".join(named[:MOST_NAMED])
    if len(named) > MOST_NAMED:
        listed = say("{words} and {more} more", words=listed, more=number(len(named) - MOST_NAMED))
    return [say("Too few to compare and not drawn, but in the table: {names}.", names=listed)]


def shown_table(
    measure: measures.Measure, labels: Mapping[str, str], group_labels: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Return a measure's table in words, for reading."""
    table = measure.table
    columns: dict[str, Any] = {}
    if "group" in table.columns:
        names = group_labels or {}
        columns[say("Group")] = [names.get(g, str(w)) for g, w in zip(table["group"], _group_words(table), strict=True)]
    columns[say("Item")] = [labels.get(k, str(w)) for k, w in zip(table["key"], table["label"], strict=True)]
    if "other" in table.columns:
        columns[say("With")] = [
            labels.get(k, str(w)) for k, w in zip(table["other"], table["other_label"], strict=True)
        ]
    columns[say("Responses")] = [number(n) for n in table["n"]]
    columns[say("Of")] = [number(n) for n in table["N"]]
    columns[say("Share")] = [percent(s) for s in table["share"]]
    columns[say("95 % interval")] = intervals(table)
    if "direction" in table.columns:
        columns[say("Compared with all others")] = [
            {"more": say("more often"), "less": say("less often")}.get(str(d), say(str(d))) for d in table["direction"]
        ]
    return pd.DataFrame(columns)


def of_groups(measure: measures.Measure, key: str) -> measures.Measure:
    """Return the rows of a cross-table for one theme or topic, with the groups as rows of the figure."""
    rows = measure.table[measure.table["key"] == key]
    table = rows.assign(key=rows["group"], label=rows["group_label"]).drop(columns=["group", "group_label"])
    table = table.sort_values(["n", "key"], ascending=[False, True])
    return replace(measure, table=table.reset_index(drop=True), name="groups")


def count_at(measure: measures.Measure, group: str) -> int:
    """Return the number of responses at one point in time."""
    return int(measure.table.loc[measure.table["group"] == group, "n"].sum())


def _days(measure: measures.Measure) -> measures.Measure:
    return replace(measure, table=measure.table.assign(key=measure.table["group"], label=measure.table["group"]))


def _group_words(table: pd.DataFrame) -> pd.Series:
    return table["group_label"] if "group_label" in table.columns else table["group"]


def theme() -> charts.Theme:
    """Return the colours for the light or dark page."""
    return charts.DARK if st.context.theme.type == "dark" else charts.LIGHT


def untitled(drawn: Any) -> Any:
    """Return a figure without its title, which the page shows as a heading, and with a legend that fits a phone."""
    import altair as alt

    drawn = drawn.copy(deep=False)
    drawn.title = alt.Undefined
    if drawn.config is not alt.Undefined and drawn.config.legend is not alt.Undefined:
        drawn.config = drawn.config.copy(deep=True)
        drawn.config.legend.columns = 1
    return drawn


def _chart(drawn: Any, told: str, key: str, *, pick: str, wide: bool) -> None:
    import altair as alt

    drawn = untitled(drawn)
    drawn.height = int(drawn.height) + (HEADS if wide else AXIS)  # the page fits the whole figure into its height
    if not pick:
        # A wide figure keeps its width and is scrolled in a narrow window.
        with st.container(key=f"{key}_wide"):
            if wide:
                drawn.padding = {"left": 5, "top": 5, "bottom": 5, "right": LAST_HEAD}
                width = int(drawn.width * CELLS) + NAMES + LAST_HEAD
                st.html(f"<style>.st-key-{key}_wide [data-testid=stElementContainer] {{min-width: {width}px}}</style>")
            st.altair_chart(drawn, theme=None, alt=told, key=f"{key}_chart")
        return
    chosen = alt.selection_point(name="pick", fields=[pick], on="click", clear="dblclick")
    st.altair_chart(
        drawn.add_params(chosen),
        theme=None,
        alt=told,
        key=f"{key}_chart",
        on_select=lambda: _picked(key, pick),
        selection_mode="pick",
    )


def _picked(key: str, pick: str) -> None:
    state: Any = st.session_state.get(f"{key}_chart") or {}
    points = (state.get("selection") or {}).get("pick") or []
    value = points[0].get(pick, NOTHING) if points else NOTHING
    if isinstance(value, int | float):  # a day comes back as milliseconds since 1970
        value = f"{pd.Timestamp(value, unit='ms'):%Y-%m-%d}"
    st.session_state[f"{key}_open"] = str(value)


def _open_list(measure: measures.Measure, names: Mapping[str, str], key: str, label: str, limit: int) -> str:
    table = measure.table[measure.table["n"] > 0]
    counts = dict(zip(table["key"], table["n"], strict=True))
    options = [NOTHING, *counts]
    if st.session_state.get(f"{key}_open", NOTHING) not in options:
        st.session_state[f"{key}_open"] = NOTHING
    chosen: str = st.selectbox(
        label,
        options,
        key=f"{key}_open",
        format_func=lambda k: f"{names.get(k, k)} ({number(counts[k])})" if k else say("Click a bar, or choose here"),
    )
    if len(table) > limit:
        reading.line(
            say(
                "The figure shows the first {limit} of {all}; the list and the table have all.",
                limit=limit,
                all=number(len(table)),
            ),
            kind="small",
        )
    return chosen


def _table_and_files(
    measure: measures.Measure,
    question: str,
    draw: Callable[[], Any] | None,
    names: Mapping[str, str],
    group_names: Mapping[str, str],
    alt: str,
    key: str,
) -> None:
    reading.line(alt, kind="small")
    frame = shown_table(measure, names, group_names)
    reading.table(
        frame,
        f"{question} {say('Shares are {of}.', of=measure.of)}",
        numbers=(say("Responses"), say("Of"), say("Share")),
    )
    for caveat in measure.caveats:
        reading.line(caveat.text, kind="small")
    with st.container(horizontal=True):
        download("CSV", lambda: csv_bytes(measure.table), file_name(question, suffix="csv"), "text/csv", f"{key}_csv")
        for label, suffix, mime in _FILES if draw is not None else ():
            write = charts.to_svg if suffix == "svg" else charts.to_png

            def make(write: Callable[[Any], Any] = write) -> bytes:
                made = write(draw()) if draw is not None else b""
                return made.encode() if isinstance(made, str) else bytes(made)

            download(label, make, file_name(question, suffix=suffix), mime, f"{key}_{suffix}")


def _files_of(
    measure: measures.Measure,
    question: str,
    draw: Callable[[], Any] | None,
    names: Mapping[str, str],
    group_names: Mapping[str, str],
    alt: str,
    key: str,
) -> None:
    with st.expander(say("Table, text and files"), icon=":material/table:"):
        _table_and_files(measure, question, draw, names, group_names, alt, key)


def files(table: pd.DataFrame, shown: pd.DataFrame, caption: str, key: str) -> None:
    """Show a table that belongs to a figure, and its CSV."""
    with st.expander(say("Table and file"), icon=":material/table:"):
        reading.table(shown, caption, numbers=(say("Responses"), say("Of"), say("Share")))
        download("CSV", lambda: csv_bytes(table), file_name(caption, suffix="csv"), "text/csv", f"{key}_csv")


def intervals(table: pd.DataFrame) -> list[str]:
    """Return the interval of each row in words."""
    return [
        say("{low} to {high}", low=percent(a), high=percent(b))
        for a, b in zip(table["low"], table["high"], strict=True)
    ]


def share_sentence(row: Mapping[str, Any], of: str) -> str:
    """Return one row of a measure as a sentence."""
    shares = {name: percent(float(row[name])) for name in ("share", "low", "high")}
    return say("{n} {of}: {share}, between {low} and {high}.", n=number(int(row["n"])), of=of, **shares)
