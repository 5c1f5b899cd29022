"""From a measure to a figure; nothing is counted here."""

from __future__ import annotations

from consult.charts.alternatives import alt_text
from consult.charts.bars import bars, countries, dots, views
from consult.charts.draw import to_png, to_svg
from consult.charts.europe import TILES, europe, off_map
from consult.charts.heat import ARROWS, heat_cells, heat_key, heat_map, pair_cells, pairs_map, shade, top_share
from consult.charts.style import DARK, LIGHT, Theme, Words
from consult.charts.times import NEXT, period, timeline

__all__ = [
    "ARROWS",
    "DARK",
    "LIGHT",
    "NEXT",
    "TILES",
    "Theme",
    "Words",
    "alt_text",
    "bars",
    "countries",
    "dots",
    "europe",
    "heat_cells",
    "heat_key",
    "heat_map",
    "off_map",
    "pair_cells",
    "pairs_map",
    "period",
    "shade",
    "timeline",
    "to_png",
    "to_svg",
    "top_share",
    "views",
]
