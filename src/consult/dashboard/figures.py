"""A figure as it stands on a page: question, chart, what it is of, table, files, and the way to the responses."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

import pandas as pd
import streamlit as st

from consult import charts, measures
from consult.dashboard import help as helps
from consult.dashboard import reading, vega
from consult.dashboard.downloads import csv_bytes, download, file_name
from consult.dashboard.heat_table import heat_html
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
MOST_GREY, MOST_NAMED = 4, 12
AXIS = 32
"""Room for the axis below the bars, in pixels."""


@dataclass(frozen=True)
class _Beside:
    """What stands beside a figure: its table in words, its text, and its files."""

    measure: measures.Measure
    question: str
    names: Mapping[str, str]
    group_names: Mapping[str, str]
    alt: str
    key: str
    draw: Callable[[], Any] | None = None

    def folded(self) -> None:
        """Show it folded away; it is made when it is unfolded."""
        box = fold(say("Table, text and files"), self.key)
        if box.open:
            with box:
                self.show()

    def show(self) -> None:
        """Show it."""
        reading.line(self.alt, kind="small")
        reading.table(
            shown_table(self.measure, self.names, self.group_names),
            f"{self.question} {say('Shares are {of}.', of=self.measure.of)}",
            numbers=(say("Responses"), say("Of"), say("Share")),
        )
        for caveat in self.measure.caveats:
            reading.line(caveat.text, kind="small")
        with st.container(horizontal=True):
            self._file("CSV", "csv", "text/csv", lambda: csv_bytes(self.measure.table))
            if self.draw is not None:
                self._file("SVG", "svg", "image/svg+xml", partial(_svg, self.draw))
                self._file("PNG", "png", "image/png", partial(_png, self.draw))

    def _file(self, label: str, suffix: str, mime: str, make: Callable[[], bytes]) -> None:
        download(label, make, file_name(self.question, suffix=suffix), mime, f"{self.key}_{suffix}")


def _svg(draw: Callable[[], Any]) -> bytes:
    return charts.to_svg(draw()).encode()


def _png(draw: Callable[[], Any]) -> bytes:
    return charts.to_png(draw())


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
    undrawn: Collection[str] = (),
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
        undrawn: Keys of rows that are left to the list and the table.
        compact: Whether the caveat is left to the page, and the list that opens a row is folded away with the table,
            to keep a page of many figures short.

    Returns:
        The key of the row that the reader opened, by a click or from the list; empty for none.
    """
    reading.heading(question, level=level, anchor=key)
    if not len(measure.table):
        reading.line(say("There is nothing to show for this choice."))
        return NOTHING
    names = labels or dict(zip(measure.table["key"], measure.table["label"], strict=True))
    alt = charts.alt_text(measure, question, labels={**names, **(group_labels or {})})
    names = indented(names, depths or {})
    beside = _Beside(measure, question, names, group_labels or {}, alt, key)
    if kind in ("heat", "pairs"):
        _heat(beside, kind, limit, remarks)
        return NOTHING
    rows = _days(measure) if kind == "time" and measure.what == "responses" else measure
    drawn = replace(measure, table=measure.table[~measure.table["key"].isin(list(undrawn))].reset_index(drop=True))
    more = {} if kind == "time" else {"limit": limit}

    def draw(theme: charts.Theme = charts.LIGHT) -> Any:
        return _DRAW[kind](drawn, question, labels=names, theme=theme, **more)

    clickable = bool(open_label) and (kind in ("bars", "map") or rows is not measure)
    pick = ("group" if kind == "time" else "key") if clickable else ""
    vega.show(
        draw, (kind, drawn.table, drawn.what, drawn.of, drawn.field, names, more), alt=alt, key=f"{key}_chart",
        room=AXIS, pick=pick, on_pick=lambda: _picked(key, pick),
    )  # fmt: skip
    shares = kind != "time" or measure.what != "responses"
    told = [unit(measure) if shares else say("Unit: responses, {of}.", of=measure.of)]
    if shares and kind == "bars":
        told.append(say("Thin lines: 95 % intervals."))
    caveat = (helps.short_caveat(),) if shares and not compact else ()
    reading.line(" ".join([*told, *remarks, *caveat]), kind="small")
    beside = replace(beside, draw=draw)
    shown = names if rows is measure else {}
    some = limit if kind == "bars" else len(rows.table)
    opened = NOTHING
    if clickable and compact:
        box = fold(say(FOLDED), key)
        if not box.open:
            return _kept_open(rows, key)
        with box:
            opened = _open_list(rows, shown, key, say(open_label), some)
            beside.show()
        return opened
    if clickable:
        opened = _open_list(rows, shown, key, say(open_label), some)
    beside.folded()
    return opened


def unit(measure: measures.Measure) -> str:
    """Return in words what the shares of a measure are of."""
    if measure.name == "cooccurrence":
        return say("Unit: share of responses within each row, in %, {of} in all.", of=measure.of)
    if measure.name != "compare" and "rest_n" in measure.table.columns:  # a cross-table, or one row of it
        return say("Unit: share of responses within each group, in %, {of} in all.", of=measure.of)
    return say("Unit: share of responses, in %, {of}.", of=measure.of)


def _heat(beside: _Beside, kind: Kind, limit: int, remarks: Sequence[str]) -> None:
    """Show a cross-table or pairs as a table of coloured cells; the files hold the drawn figure."""
    told, drawn = list(remarks), beside.measure
    words: dict[str, Any] = {"labels": beside.names, "limit": limit}
    if kind == "heat":
        drawn, small = _large_enough(drawn)
        words["group_labels"] = beside.group_names
        told += _not_drawn(small, beside.group_names, any_left=len(drawn.table) > 0)
    if not len(drawn.table):
        reading.line(" ".join(told))
        beside.folded()
        return
    make = charts.heat_cells if kind == "heat" else charts.pair_cells
    cells = make(drawn, **words)
    reading.show(heat_html(cells, beside.question, vega.theme()))
    told = [unit(drawn), charts.heat_key(cells), *told, helps.short_caveat()]
    reading.line(" ".join(filter(None, told)), kind="small")
    alt = charts.alt_text(drawn, beside.question, labels={**beside.names, **beside.group_names})
    replace(beside, alt=alt, draw=lambda: _DRAW[kind](drawn, beside.question, **words)).folded()


def _large_enough(measure: measures.Measure) -> tuple[measures.Measure, list[tuple[str, str]]]:
    """
    Return a cross-table without the groups too few to compare, and those groups, where they would crowd the figure.

    A few grey columns say that there are such groups; many hide the others. Two groups that somebody chose to see
    side by side are always drawn.
    """
    table = measure.table
    few = table.groupby("group")["few"].all()
    small = list(few.index[few])
    if measure.name == "compare" or len(small) <= min(MOST_GREY, len(few) - 1):
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


def too_few(measure: measures.Measure, labels: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Return the rows of `of_groups` that are too few to compare, not to be drawn, and the sentence that says so."""
    table = measure.table[measure.table["few"]]
    if len(table) == len(measure.table):
        return [], []
    keys = [str(key) for key in table["key"]]
    return keys, _not_drawn([(key, key) for key in keys], labels, any_left=True)


def count_at(measure: measures.Measure, group: str) -> int:
    """Return the number of responses at one point in time."""
    return int(measure.table.loc[measure.table["group"] == group, "n"].sum())


def _days(measure: measures.Measure) -> measures.Measure:
    return replace(measure, table=measure.table.assign(key=measure.table["group"], label=measure.table["group"]))


def _group_words(table: pd.DataFrame) -> pd.Series:
    return table["group_label"] if "group_label" in table.columns else table["group"]


def _picked(key: str, pick: str) -> None:
    state: Any = st.session_state.get(f"{key}_chart") or {}
    points = (state.get("selection") or {}).get("pick") or []
    value = points[0].get(pick, NOTHING) if points else NOTHING
    if isinstance(value, int | float):  # a day comes back as milliseconds since 1970
        value = f"{pd.Timestamp(value, unit='ms'):%Y-%m-%d}"
    st.session_state[f"{key}_open"] = str(value)


def fold(label: str, key: str) -> Any:
    """Return an expander that says in `open` whether it is unfolded, so that what is in it is made only then."""
    return st.expander(label, icon=":material/table:", key=f"{key}_folded", on_change="rerun")


def _kept_open(measure: measures.Measure, key: str) -> str:
    """Return what was opened by a click, or from the list before it was folded away; Streamlit would forget it."""
    opened = str(st.session_state.get(f"{key}_open", NOTHING))
    if opened and opened not in set(measure.table.loc[measure.table["n"] > 0, "key"]):
        opened = NOTHING
    st.session_state[f"{key}_open"] = opened
    return opened


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


def files(table: pd.DataFrame, shown: pd.DataFrame, caption: str, key: str) -> None:
    """Show a table that belongs to a figure, and its CSV."""
    box = fold(say("Table and file"), key)
    if box.open:
        with box:
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
