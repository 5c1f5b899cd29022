"""A map of Europe in tiles of one size, so that Malta can be read as well as France."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from consult.charts.style import ENGLISH, LIGHT, Theme, Words, dressed, named, sentence, title

if TYPE_CHECKING:
    from collections.abc import Mapping

    import altair as alt

    from consult.measures import Measure

TILE = 46
_ROWS = (
    "IS -- -- -- NO SE FI --",
    "-- -- -- -- DK -- EE RU",
    "IE GB -- NL DE -- LV BY",
    "-- -- BE LU CZ PL LT UA",
    "-- -- FR CH AT SK HU MD",
    "PT ES -- IT SI HR RS RO",
    "-- -- -- -- BA ME XK BG",
    "-- -- -- MT AL MK GR TR",
    "-- -- -- -- -- -- -- CY",
)
TILES = {
    code: (column, row) for row, line in enumerate(_ROWS) for column, code in enumerate(line.split()) if code != "--"
}
"""Where each country's tile stands: column and row, set by hand so that neighbours stay near each other."""


def off_map(measure: Measure) -> list[str]:
    """Return the countries of a measure that have no tile, most responses first."""
    rows = measure.table[measure.table["n"].notna() & (measure.table["n"] > 0)]
    return [str(key) for key in rows["key"] if key not in TILES]


def europe(
    measure: Measure,
    question: str,
    *,
    labels: Mapping[str, str] | None = None,
    limit: int = 0,  # noqa: ARG001
    theme: Theme = LIGHT,
    words: Words = ENGLISH,
) -> alt.LayerChart:
    """
    Draw responses by country as a map of tiles: the darker, the larger the share, with the number of responses.

    The number in each tile says the same as its colour. A country without a response has an empty tile.
    Countries without a tile are named by `off_map`; the caller must say how many they are.

    Args:
        measure: Responses by country, keys being ISO 3166 codes of two letters.
        question: The title.
        labels: Words to show in place of codes.
        limit: Not used: all countries with a tile are drawn.
        theme: Colours.
        words: Words of legend and tooltips.
    """
    import altair as alt

    rows = _tiles(measure.table, labels)
    top = max(float(rows["share_pc"].max()), 0.1)
    x = alt.X("column:O", axis=None, scale=alt.Scale(paddingInner=0.06))
    y = alt.Y("row:O", axis=None, scale=alt.Scale(paddingInner=0.06))
    heard = "datum.n > 0"
    # The root sets small countries apart where one country sends most; the legend shows it.
    scale = alt.Scale(type="sqrt", domain=[0, top], range=list(theme.ramp), interpolate="rgb")
    colour = alt.condition(
        heard,
        alt.Color("share_pc:Q", scale=scale, title=words.share, legend=alt.Legend(orient="bottom", format=".3~g")),
        alt.value(theme.background),
    )
    tips = [
        alt.Tooltip("shown_label:N", title=words.item),
        alt.Tooltip("n:Q", title=words.responses, format=","),
        alt.Tooltip("share_pc:Q", title=words.share, format=".1f"),
        alt.Tooltip("low_pc:Q", title=words.interval_low, format=".1f"),
        alt.Tooltip("high_pc:Q", title=words.interval_high, format=".1f"),
    ]
    base = alt.Chart(rows).encode(x=x, y=y, tooltip=tips)
    tiles = base.mark_rect(stroke=theme.grid, strokeWidth=1).encode(color=colour)
    light, dark = ("#FFFFFF", "#1A1A1A") if theme.background.upper() == "#FFFFFF" else ("#0E1117", "#F2F2F2")
    ink = alt.condition(f"{heard} && sqrt(datum.share_pc / {top}) > {theme.switch}", alt.value(light), alt.value(dark))
    codes = base.mark_text(fontSize=12, fontWeight="bold", dy=-8).encode(text="code:N", color=ink)
    counts = base.mark_text(fontSize=12, dy=9).encode(text="told:N", color=ink)
    size = {"width": TILE * (1 + max(c for c, _ in TILES.values())), "height": TILE * len(_ROWS)}
    heading = title(question, sentence(measure.of))
    return dressed((tiles + codes + counts).properties(title=heading, **size), theme)


def _tiles(table: pd.DataFrame, labels: Mapping[str, str] | None) -> pd.DataFrame:
    """Return one row a tile, with what the measure says of its country."""
    known: dict[str, Any] = {str(row["key"]): row for row in table[table["n"].notna()].to_dict("records")}
    words = dict(zip(known, named(known, [row["label"] for row in known.values()], labels), strict=True))
    rows = []
    for code, (column, row) in TILES.items():
        here = known.get(code, {})
        n = int(here.get("n", 0))
        rows.append(
            {
                "key": code, "code": code, "shown_label": words.get(code, code), "column": column, "row": row, "n": n,
                "told": f"{n:,}" if n else "",
                **{f"{name}_pc": float(here[name]) * 100 if n else 0.0 for name in ("share", "low", "high")},
            }
        )  # fmt: skip
    return pd.DataFrame(rows)
