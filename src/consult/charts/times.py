"""Figures over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from consult.charts.style import ENGLISH, LIGHT, WIDTH, Theme, Words, dressed, named, sentence, title

if TYPE_CHECKING:
    from collections.abc import Mapping

    import altair as alt

    from consult.measures import Measure

MAX_LINES = 6
NEXT = {
    "day": pd.DateOffset(days=1),
    "week": pd.DateOffset(days=7),
    "month": pd.DateOffset(months=1),
    "year": pd.DateOffset(years=1),
}
"""How far it is from the start of a period to the start of the next."""
MOST_DAYS, MOST_WEEKS = 62, 104
"""More bars than these crowd on a telephone."""


def period(first: str, last: str) -> str:
    """
    Return the period to count by, so that the bars between two days can be told apart on a telephone.

    >>> period("2020-06-01", "2020-07-01"), period("2020-02-19", "2020-06-19"), period("2015-01-01", "2020-01-01")
    ('day', 'week', 'month')
    """
    days = (pd.Timestamp(last) - pd.Timestamp(first)).days
    return "day" if days <= MOST_DAYS else "week" if days <= MOST_WEEKS * 7 else "month"


def timeline(
    measure: Measure,
    question: str,
    *,
    labels: Mapping[str, str] | None = None,
    theme: Theme = LIGHT,
    words: Words = ENGLISH,
) -> alt.LayerChart:
    """
    Draw responses, or shares of them, over time.

    Counts of responses are bars; shares are lines with points, a faint band for the interval,
    and another dash for each line, so that colour is not needed to tell them apart. At most six
    lines are drawn. Days are those of the source, wherever the figure is looked at.

    Args:
        measure: From `measures.over_time`.
        question: The title.
        labels: Words to show in place of keys.
        theme: Colours.
        words: Words of axes and tooltips.
    """
    import altair as alt

    table = measure.table
    order = table.groupby("key")["n"].sum().sort_values(ascending=False, kind="stable").head(MAX_LINES).index.tolist()
    rows = table[table["key"].isin(order)]
    rows = rows.assign(
        day=rows["group"],
        shown_label=named(rows["key"], rows["label"], labels),
        share_pc=rows["share"].astype(float) * 100,
        low_pc=rows["low"].astype(float) * 100,
        high_pc=rows["high"].astype(float) * 100,
    )
    name = words.week if measure.field == "week" else words.day
    # A day is read as midnight in universal time; in the reader's own time it could be the day before.
    dates = {"month": "%b %Y", "year": "%Y"}.get(measure.field, "%-d %b %Y")
    axis = alt.Axis(format=dates, labelOverlap="greedy", labelSeparation=12, labelFlush=True, labelBound=True)
    x = alt.X("group:T", title=name, scale=alt.Scale(type="utc"), axis=axis)
    heading = title(question, sentence(measure.of))
    tips = [
        alt.Tooltip("day:N", title=name),
        alt.Tooltip("shown_label:N", title=words.item),
        alt.Tooltip("n:Q", title=words.responses, format=","),
        alt.Tooltip("N:Q", title=words.of, format=","),
        alt.Tooltip("share_pc:Q", title=words.share, format=".1f"),
    ]
    base = alt.Chart(rows)
    if measure.what == "responses":
        # Each bar is as wide as its day, week, month or year, whatever the width of the figure.
        ends = [f"{start + NEXT.get(measure.field, NEXT['day']):%Y-%m-%d}" for start in pd.to_datetime(rows["group"])]
        drawn = (
            alt.Chart(rows.assign(until=ends))
            .mark_bar(color=theme.mark, stroke=theme.background, strokeWidth=0.5)
            .encode(
                x=x,
                x2="until:T",
                y=alt.Y("n:Q", title=words.responses),
                y2=alt.datum(0),
                tooltip=[alt.Tooltip("day:N", title=name), tips[2]],
            )
        )
        whole: alt.LayerChart = alt.LayerChart(layer=[drawn]).properties(width=WIDTH, height=220, title=heading)
        return dressed(whole, theme)
    names = list(dict.fromkeys(w for k in order for w in rows.loc[rows["key"] == k, "shown_label"]))
    scale = alt.Scale(domain=names, range=list(theme.series[: len(names)]))
    colour = alt.Color(
        "shown_label:N", sort=names, title=None, legend=alt.Legend(orient="bottom", columns=2),
        scale=scale,
    )  # fmt: skip
    faint = alt.Color("shown_label:N", sort=names, scale=scale, legend=None)
    band = base.mark_area(opacity=0.15).encode(x=x, y="low_pc:Q", y2="high_pc:Q", color=faint)
    line = base.mark_line(point=True).encode(
        x=x, y=alt.Y("share_pc:Q", title=words.share, scale=alt.Scale(zero=True)), color=colour,
        strokeDash=alt.StrokeDash("shown_label:N", sort=names, legend=None), tooltip=tips,
    )  # fmt: skip
    return dressed((band + line).properties(width=WIDTH, height=280, title=heading), theme)
