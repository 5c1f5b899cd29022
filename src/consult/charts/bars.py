"""Bars with intervals: shares of themes, topics, answers and groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from consult.charts.style import (
    ENGLISH,
    LIGHT,
    ROW,
    WIDTH,
    Theme,
    Words,
    dressed,
    named,
    row_height,
    rows_axis,
    sentence,
    title,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import altair as alt
    import pandas as pd

    from consult.measures import Measure

LIMIT = 25


def bars(
    measure: Measure,
    question: str,
    *,
    labels: Mapping[str, str] | None = None,
    limit: int = LIMIT,
    theme: Theme = LIGHT,
    words: Words = ENGLISH,
) -> alt.LayerChart:
    """
    Draw shares as bars, with a thin line for the interval of each.

    Args:
        measure: Shares or groups, in the order to show. Hidden counts are left out.
        question: The title: the question that the figure answers.
        labels: Words to show in place of keys.
        limit: How many rows to draw at most; the table beside the figure has them all.
        theme: Colours.
        words: Words of axes and tooltips.
    """
    rows = _prepared(measure.table, labels).head(limit)
    return dressed(_bars(rows, title(question, f"{sentence(measure.of)} {words.lines}"), theme, words), theme)


def countries(
    measure: Measure,
    question: str,
    *,
    labels: Mapping[str, str] | None = None,
    limit: int = 40,
    theme: Theme = LIGHT,
    words: Words = ENGLISH,
) -> alt.LayerChart:
    """Draw responses by country as bars, most first; the same as `bars` with more rows."""
    return bars(measure, question, labels=labels, limit=limit, theme=theme, words=words)


def views(
    table: pd.DataFrame,
    question: str,
    *,
    labels: Mapping[str, str] | None = None,
    view_labels: Mapping[str, str] | None = None,
    limit: int = 12,
    theme: Theme = LIGHT,
    words: Words = ENGLISH,
) -> alt.LayerChart:
    """
    Draw shares under the three campaign views, one above the other for each item.

    Args:
        table: From `measures.three_views`.
        question: The title.
        labels: Words to show in place of keys.
        view_labels: Words to show in place of the views' English names.
        limit: How many items to draw at most.
        theme: Colours.
        words: Words of axes and tooltips.
    """
    import altair as alt

    first = table["view"].iloc[0]
    keys = table.loc[table["view"] == first, "key"].head(limit).tolist()
    rows = _prepared(table[table["key"].isin(keys)], labels)
    rows = rows.assign(
        counted=[(view_labels or {}).get(v, w) for v, w in zip(rows["view"], rows["view_label"], strict=True)]
    )
    order = rows.loc[rows["view"] == first, "shown_label"].tolist()
    names = list(dict.fromkeys(rows["counted"]))
    y = alt.Y("shown_label:N", sort=order, title=None, axis=rows_axis(order))
    offset = alt.YOffset("counted:N", sort=names)
    colour = alt.Color(
        "counted:N", sort=names, title=words.view, legend=alt.Legend(orient="bottom"),
        scale=alt.Scale(domain=names, range=list(theme.series[: len(names)])),
    )  # fmt: skip
    base = alt.Chart(rows)
    drawn = base.mark_bar().encode(
        x=_share_axis(words), y=y, yOffset=offset, color=colour, tooltip=_tooltip(words, ("counted", words.view))
    )
    lines = base.mark_rule(color=theme.interval).encode(x="low_pc:Q", x2="high_pc:Q", y=y, yOffset=offset)
    size = max(len(order), 1) * row_height(order, ROW * 2)
    return dressed((drawn + lines).properties(width=WIDTH, height=size, title=title(question, words.lines)), theme)


def dots(
    measure: Measure,
    question: str,
    *,
    labels: Mapping[str, str] | None = None,
    limit: int = LIMIT,
    theme: Theme = LIGHT,
    words: Words = ENGLISH,
) -> alt.LayerChart:
    """
    Draw what sets a group apart: times as often as elsewhere, on a logarithmic axis.

    Args:
        measure: From `measures.group_lift`.
        question: The title.
        labels: Words to show in place of keys.
        limit: How many rows to draw at most.
        theme: Colours.
        words: Words of axes and tooltips.
    """
    import altair as alt

    rows = _prepared(measure.table, labels).head(limit)
    order = rows["shown_label"].tolist()
    base = alt.Chart(rows).encode(y=alt.Y("shown_label:N", sort=order, title=None, axis=rows_axis(order)))
    axis = alt.X("lift:Q", title=words.lift, scale=alt.Scale(type="log"))
    even = alt.Chart(rows.head(1).assign(one=1.0)).mark_rule(color=theme.quiet, strokeDash=[4, 4]).encode(x="one:Q")
    lines = base.mark_rule(color=theme.interval).encode(x="lift_low:Q", x2="lift_high:Q")
    tips = [*_tooltip(words), alt.Tooltip("lift:Q", format=".2f", title=words.lift)]
    points = base.mark_point(filled=True, size=80, color=theme.mark, opacity=1).encode(x=axis, tooltip=tips)
    drawn = (even + lines + points).properties(
        width=WIDTH, height=max(len(order), 1) * row_height(order),
        title=title(question, f"{sentence(measure.of)} {words.lines}"),
    )  # fmt: skip
    return dressed(drawn, theme)


def _prepared(table: pd.DataFrame, labels: Mapping[str, str] | None) -> pd.DataFrame:
    rows = table[table["n"].notna()]
    return rows.assign(
        shown_label=named(rows["key"], rows["label"], labels),
        share_pc=rows["share"].astype(float) * 100,
        low_pc=rows["low"].astype(float) * 100,
        high_pc=rows["high"].astype(float) * 100,
        n=rows["n"].astype(int),
        N=rows["N"].astype(int),
    )


def _bars(rows: pd.DataFrame, heading: dict[str, Any], theme: Theme, words: Words) -> Any:
    import altair as alt

    order = rows["shown_label"].tolist()
    y = alt.Y("shown_label:N", sort=order, title=None, axis=rows_axis(order))
    base = alt.Chart(rows)
    drawn = base.mark_bar(color=theme.mark).encode(x=_share_axis(words), y=y, tooltip=_tooltip(words))
    lines = base.mark_rule(color=theme.interval, strokeWidth=1.5).encode(x="low_pc:Q", x2="high_pc:Q", y=y)
    return (drawn + lines).properties(width=WIDTH, height=max(len(order), 1) * row_height(order), title=heading)


def _share_axis(words: Words) -> Any:
    import altair as alt

    return alt.X("share_pc:Q", title=words.share, scale=alt.Scale(zero=True, nice=True), axis=alt.Axis(tickCount=7))


def _tooltip(words: Words, *more: tuple[str, str]) -> list[Any]:
    import altair as alt

    return [
        alt.Tooltip("shown_label:N", title=words.item),
        *(alt.Tooltip(f"{name}:N", title=word) for name, word in more),
        alt.Tooltip("n:Q", title=words.responses, format=","),
        alt.Tooltip("N:Q", title=words.of, format=","),
        alt.Tooltip("share_pc:Q", title=words.share, format=".1f"),
        alt.Tooltip("low_pc:Q", title=words.interval_low, format=".1f"),
        alt.Tooltip("high_pc:Q", title=words.interval_high, format=".1f"),
    ]
