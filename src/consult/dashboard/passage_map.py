"""The map of passages: a dot a passage, drawn by the graphics card, read by drawing around dots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from consult.dashboard import vega, words
from consult.dashboard.loaders import Loaded
from consult.report.words import language_name, type_name
from consult.translation import later, number, say

COLOURS = {"topic": later("Topic"), "stakeholder_type": later("Type of respondent"), "language": later("Language")}
MOST = 20_000
"""More dots than this cannot be told apart; ids are as good as random, so the first are a fair sample."""
SHOWN = 7
READ = 20
OTHERS = later("All others")


def points(loaded: Loaded, response_ids: Sequence[str], colour: str) -> pd.DataFrame:
    """
    Return the dots of the responses named: `passage_id`, `x`, `y`, `group` (in words).

    The groups are the seven with most dots; the rest are put together.
    """
    at = loaded.table("passage_positions")
    passages = loaded.quotable.passages
    chosen = at[at["passage_id"].isin(passages.index[passages["response_id"].isin(list(response_ids))])]
    chosen = chosen.sort_values("passage_id").head(MOST)
    if colour == "topic":
        topics = loaded.table("topics").set_index("topic_id")["label"]
        topic_of = loaded.table("passage_topics").set_index("passage_id")["topic_id"]
        group = chosen["passage_id"].map(topic_of).map(topics).fillna(say("In no topic"))
    else:
        names = type_name if colour == "stakeholder_type" else language_name
        group = chosen["passage_id"].map(passages[colour]).map(names).astype("str")
    most = group.value_counts(sort=True).head(SHOWN).index
    return chosen.assign(group=group.where(group.isin(most), OTHERS)).reset_index(drop=True)


def show(dots: pd.DataFrame, *, key: str) -> list[str]:
    """Show the map and return the passages that the reader drew around."""
    import plotly.graph_objects as go

    theme = vega.theme()
    drawn = go.Figure()
    counts = dots["group"].value_counts()
    order = [g for g in counts.index if g != OTHERS] + ([OTHERS] if OTHERS in counts.index else [])
    for position, group in enumerate(order):
        here = dots[dots["group"] == group]
        colour = theme.quiet if group == OTHERS else theme.series[position % len(theme.series)]
        drawn.add_trace(
            go.Scattergl(
                x=here["x"], y=here["y"], mode="markers", name=_plain(words.shortened(group, 40)),
                customdata=here["passage_id"], hovertemplate=f"{_plain(group)}<extra></extra>",
                marker={"size": 6, "color": colour, "opacity": 0.75, "symbol": position},
            )
        )  # fmt: skip
    drawn.update_layout(
        height=560, dragmode="lasso", paper_bgcolor=theme.background, plot_bgcolor=theme.background,
        font={"color": theme.text}, margin={"l": 0, "r": 0, "t": 10, "b": 10},
        legend={"orientation": "h", "y": -0.02, "itemsizing": "constant"},
        xaxis={"visible": False}, yaxis={"visible": False, "scaleanchor": "x"},
    )  # fmt: skip
    told = (
        say("Map of {n} passages, coloured by group:", n=number(len(dots)))
        + " "
        + ", ".join(f"{group} {number(int(counts[group]))}" for group in order)
    )
    state: Any = st.plotly_chart(
        drawn, theme=None, key=key, on_select="rerun", selection_mode=("lasso", "box", "points"), alt=told,
        config={"displaylogo": False},
    )  # fmt: skip
    found = (state or {}).get("selection", {}).get("points", [])
    return [_first(point.get("customdata")) for point in found]


def _first(value: Any) -> str:
    return str(value[0]) if isinstance(value, list | tuple) else str(value)


def _plain(text: str) -> str:
    return text.replace("<", "\u2039").replace(">", "\u203a").replace("%{", "% {")
