"""Colours, words and sizes that all figures share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FONT = "DejaVu Sans, Noto Sans, Arial, sans-serif"
WIDTH = 560
ROW = 24
LABEL_WIDTH = 260
# M. Okabe and K. Ito (2008), Color Universal Design; yellow is left out for its contrast on white.
OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")


@dataclass(frozen=True)
class Theme:
    """
    Colours of a figure.

    Contrast with the background is at least 4.5 to 1 for text and 3 to 1 for marks (WCAG 2.2).
    """

    background: str
    text: str
    quiet: str
    grid: str
    mark: str
    interval: str
    grey: str
    series: tuple[str, ...]
    ramp: tuple[str, str]


LIGHT = Theme(
    background="#FFFFFF",
    text="#1A1A1A",
    quiet="#595959",
    grid="#E3E3E3",
    mark="#0072B2",
    interval="#1A1A1A",
    grey="#E8E8E8",
    series=OKABE_ITO,
    ramp=("#EAF3F9", "#00507D"),
)
DARK = Theme(
    background="#0E1117",
    text="#F2F2F2",
    quiet="#B8B8B8",
    grid="#333A45",
    mark="#56B4E9",
    interval="#F2F2F2",
    grey="#2A2F38",
    series=("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#F0E442", "#D55E00", "#FFFFFF"),
    ramp=("#15283A", "#8CCBF2"),
)


@dataclass(frozen=True)
class Words:
    """The words of figures, so that an interface in another language can give its own."""

    share: str = "Share of responses (%)"
    responses: str = "Responses"
    of: str = "Responses asked"
    interval_low: str = "95 % interval from"
    interval_high: str = "to"
    group: str = "Group"
    item: str = "Item"
    day: str = "Date"
    view: str = "Counted"
    lift: str = "Times as often as elsewhere"
    more: str = "more often than elsewhere"
    less: str = "less often than elsewhere"
    few: str = "too few to compare"
    no_difference: str = "no difference shown"
    finding: str = "Comparison"
    other: str = "with"
    lines: str = "Thin lines: 95 % intervals."


ENGLISH = Words()


def named(values: list[str], labels: Mapping[str, str] | None) -> list[str]:
    """Return the words to show, each different: equal labels get their key in brackets."""
    shown = [str((labels or {}).get(v, v)) for v in values]
    return shown


def title(text: str, subtitle: str) -> dict[str, Any]:
    """Return a title with the denominator under it."""
    return {"text": text, "subtitle": subtitle} if subtitle else {"text": text}


def dressed(chart: Any, theme: Theme) -> Any:
    """Apply colours and sizes to a finished chart."""
    return (
        chart.configure(background=theme.background, font=FONT)
        .configure_view(stroke=None)
        .configure_title(
            anchor="start", color=theme.text, subtitleColor=theme.quiet, fontSize=15, subtitleFontSize=12, offset=12
        )
        .configure_axis(
            labelColor=theme.text,
            titleColor=theme.text,
            gridColor=theme.grid,
            domainColor=theme.quiet,
            tickColor=theme.quiet,
            labelFontSize=12,
            titleFontSize=12,
            labelLimit=LABEL_WIDTH,
            titleFontWeight="normal",
        )
        .configure_legend(
            labelColor=theme.text, titleColor=theme.text, labelFontSize=12, titleFontSize=12, labelLimit=LABEL_WIDTH
        )
    )
