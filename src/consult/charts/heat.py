"""Heat maps: who says what, and what goes with what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from consult.charts.style import (
    ENGLISH,
    LIGHT,
    ROW,
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
    from collections.abc import Mapping, Sequence

    import altair as alt
    import pandas as pd

    from consult.measures import Measure

CELL = 62
ARROWS = {"more": "\u25b2", "less": "\u25bc"}


def heat_map(
    measure: Measure,
    question: str,
    *,
    labels: Mapping[str, str] | None = None,
    group_labels: Mapping[str, str] | None = None,
    limit: int = 30,
    theme: Theme = LIGHT,
    words: Words = ENGLISH,
) -> alt.LayerChart:
    """
    Draw a cross-table: the darker, the larger the share; an arrow where a difference is shown.

    Cells of groups too few to compare are grey and say how many of how many, such as 2/3: a share
    of a few responses would mislead, and has no colour of its own. The direction is told by the
    arrow, not by colour alone.

    Args:
        measure: From `measures.crosstab`.
        question: The title.
        labels: Words to show in place of keys (rows of the figure).
        group_labels: Words to show in place of groups (columns of the figure).
        limit: How many rows and columns to draw at most, those with most responses first.
        theme: Colours.
        words: Words of legend and tooltips.
    """
    rows = heat_cells(measure, labels=labels, group_labels=group_labels, limit=limit, words=words)
    return _drawn(rows, title(question, *_key(measure, words)), theme, words)


def heat_cells(
    measure: Measure,
    *,
    labels: Mapping[str, str] | None = None,
    group_labels: Mapping[str, str] | None = None,
    limit: int = 30,
    words: Words = ENGLISH,
) -> pd.DataFrame:
    """
    Return what a heat map shows, one row a cell.

    The columns are those of the measure and ``shown_label`` and ``shown_group`` (names of row and column),
    ``key_order`` and ``group_order`` (their places, from 0), ``mark`` (what is written in the cell), ``share_pc``,
    ``low_pc`` and ``high_pc`` (in %), ``few``, and ``finding`` (in words).

    Args: as those of `heat_map`.
    """
    return _cells(measure.table, labels, group_labels, limit, words)


def pairs_map(
    measure: Measure,
    question: str,
    *,
    labels: Mapping[str, str] | None = None,
    limit: int = 20,
    theme: Theme = LIGHT,
    words: Words = ENGLISH,
) -> alt.LayerChart:
    """
    Draw which ideas go together: of the responses with the row's idea, the share with the column's.

    Args:
        measure: From `measures.cooccurrence`.
        question: The title.
        labels: Words to show in place of keys.
        limit: How many ideas to draw at most, those with most responses first.
        theme: Colours.
        words: Words of legend and tooltips.
    """
    cells = pair_cells(measure, labels=labels, limit=limit, words=words)
    return _drawn(cells, title(question, *_key(measure, words)), theme, words)


def pair_cells(
    measure: Measure, *, labels: Mapping[str, str] | None = None, limit: int = 20, words: Words = ENGLISH
) -> pd.DataFrame:
    """Return what a map of pairs shows, one row a cell, with the columns of `heat_cells`; args as `pairs_map`."""
    table = measure.table.rename(columns={"other": "group", "other_label": "group_label"})
    more = table["lift"].astype(float) > 1
    direction = [
        words.no_difference if not s else "more" if m else "less"
        for s, m in zip(table["significant"], more, strict=True)
    ]
    sizes = table.groupby("key")["N"].max().sort_values(ascending=False, kind="stable")
    return _cells(table.assign(direction=direction), labels, labels, limit, words, order=list(sizes.index))


def heat_key(cells: pd.DataFrame, words: Words = ENGLISH) -> str:
    """Return in words what the signs in these cells mean; empty where there are none."""
    signs = [
        (f"{ARROWS['more']} {words.more}", (cells["direction"] == "more").any()),
        (f"{ARROWS['less']} {words.less}", (cells["direction"] == "less").any()),
        (words.few_key, cells["few"].any()),
    ]
    return sentence("; ".join(told for told, here in signs if here))


def top_share(cells: pd.DataFrame) -> float:
    """Return the top of the colour scale in %: the largest share of what is not too few to compare, 1 at least."""
    return max(float(cells.loc[~cells["few"], "share_pc"].max()), 1.0) if (~cells["few"]).any() else 1.0


def shade(share_pc: float, top: float, theme: Theme) -> tuple[str, str]:
    """
    Return the colour of a cell and of what is written in it, as on the page; the darker, the larger the share.

    Black or white, whichever stands out more, has a contrast of at least 4.5 to 1 with every colour.

    >>> from consult.charts.style import LIGHT
    >>> shade(0, 80, LIGHT), shade(80, 80, LIGHT)
    (('#eaf3f9', '#000000'), ('#00507d', '#ffffff'))
    """
    along = min(max(share_pc / top, 0.0), 1.0) if top else 0.0
    ends = [[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in theme.ramp]
    mixed = [round(a + (b - a) * along) for a, b in zip(*ends, strict=True)]
    light = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in mixed]  # WCAG 2.2
    brightness = 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]
    ink = "#000000" if (brightness + 0.05) ** 2 > 1.05 * 0.05 else "#ffffff"
    return "#" + "".join(f"{c:02x}" for c in mixed), ink


def _key(measure: Measure, words: Words) -> list[str]:
    return [sentence(measure.of), f"{ARROWS['more']} {words.more}; {ARROWS['less']} {words.less}; {words.few_key}"]


def _cells(
    table: pd.DataFrame,
    labels: Mapping[str, str] | None,
    group_labels: Mapping[str, str] | None,
    limit: int,
    words: Words,
    order: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Return the cells to draw; `order`, where given, is that of rows and columns alike."""
    keys: Sequence[str] = _most(table, "key", "n", limit) if order is None else order[:limit]
    groups: Sequence[str] = _most(table, "group", "N", limit) if order is None else order[:limit]
    rows = table[table["key"].isin(keys) & table["group"].isin(groups) & table["n"].notna()]
    told = {"more": words.more, "less": words.less, "too few to compare": words.few}
    few = rows["few"].to_numpy(dtype=bool)
    return rows.assign(
        shown_label=named(rows["key"], rows["label"], labels),
        shown_group=named(rows["group"], rows["group_label"], group_labels),
        share_pc=rows["share"].astype(float) * 100,
        low_pc=rows["low"].astype(float) * 100,
        high_pc=rows["high"].astype(float) * 100,
        n=rows["n"].astype(int),
        N=rows["N"].astype(int),
        few=few,
        finding=[told.get(d, words.no_difference) for d in rows["direction"]],
        mark=[
            f"{n:.0f}/{of:.0f}" if f else f"{s * 100:.0f} {ARROWS.get(d, '')}".strip()
            for n, of, f, s, d in zip(rows["n"], rows["N"], few, rows["share"], rows["direction"], strict=True)
        ],
        key_order=[keys.index(k) for k in rows["key"]],
        group_order=[groups.index(g) for g in rows["group"]],
    )  # fmt: skip


def _most(table: pd.DataFrame, column: str, number: str, limit: int) -> list[str]:
    """Return the rows with most mentions (`n`), or the groups with most responses (`N`), most first."""
    by = table.groupby(column)[number]
    total = by.sum() if number == "n" else by.max()
    return [str(value) for value in total.sort_values(ascending=False, kind="stable").head(limit).index]


def _drawn(rows: pd.DataFrame, heading: dict[str, Any], theme: Theme, words: Words) -> alt.LayerChart:
    import altair as alt

    y_names = rows.sort_values("key_order")["shown_label"].drop_duplicates().tolist()
    x_names = rows.sort_values("group_order")["shown_group"].drop_duplicates().tolist()
    x = alt.X("shown_group:N", sort=x_names, title=None, axis=alt.Axis(orient="top", labelAngle=-40, labelLimit=180))
    y = alt.Y("shown_label:N", sort=y_names, title=None, axis=rows_axis(y_names))
    top = top_share(rows)
    scale = alt.Scale(domain=[0, top], range=list(theme.ramp), interpolate="rgb")
    tips = [
        alt.Tooltip("shown_group:N", title=words.group),
        alt.Tooltip("shown_label:N", title=words.item),
        alt.Tooltip("n:Q", title=words.responses, format=","),
        alt.Tooltip("N:Q", title=words.of, format=","),
        alt.Tooltip("share_pc:Q", title=words.share, format=".1f"),
        alt.Tooltip("low_pc:Q", title=words.interval_low, format=".1f"),
        alt.Tooltip("high_pc:Q", title=words.interval_high, format=".1f"),
        alt.Tooltip("finding:N", title=words.finding),
    ]
    legend = None if rows["few"].all() else alt.Legend(orient="bottom")
    colour = alt.condition(
        alt.datum.few,
        alt.value(theme.grey),
        alt.Color(
            "share_pc:Q",
            scale=scale,
            title=words.share,
            legend=legend,
        ),
    )
    dark_cells = alt.datum.share_pc > top * theme.switch
    light, dark = ("#FFFFFF", "#1A1A1A") if theme.background.upper() == "#FFFFFF" else ("#0E1117", "#F2F2F2")
    text_colour = alt.condition(dark_cells & ~alt.datum.few, alt.value(light), alt.value(dark))
    base = alt.Chart(rows).encode(x=x, y=y, tooltip=tips)
    drawn = base.mark_rect(stroke=theme.background, strokeWidth=1).encode(color=colour)
    marks = base.mark_text(fontSize=11).encode(text="mark:N", color=text_colour)
    size = {"width": max(len(x_names), 1) * CELL, "height": max(len(y_names), 1) * row_height(y_names, ROW + 4)}
    return dressed((drawn + marks).properties(title=heading, **size), theme)
