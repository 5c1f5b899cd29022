"""Colours, words and sizes that all figures share."""

from __future__ import annotations

import json
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from consult.translation import capital, later, number_marks, say, time_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import altair as alt

FONT = "DejaVu Sans, Noto Sans, Arial, sans-serif"
WIDTH = 560
ROW = 24
LABEL_WIDTH = 260
LINE, LETTERS, MOST_LINES = 14, 32, 3
"""Height of a line of a label in pixels, how many letters stand on it, and how many lines a label may have."""
# M. Okabe and K. Ito (2008), Color Universal Design; yellow is left out for its contrast on white.
OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")


@dataclass(frozen=True)
class Theme:
    """
    Colours of a figure.

    `switch` is how far along the ramp of a heat map text changes from dark to light or back.
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
    switch: float


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
    switch=0.7,
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
    switch=0.5,
)


@dataclass(frozen=True)
class Words:
    """The words of figures; each is given in the language spoken when it is asked for."""

    share: str = later("Share of responses (%)")
    responses: str = later("Responses")
    of: str = later("Responses asked")
    interval_low: str = later("95 % interval from")
    interval_high: str = later("to")
    group: str = later("Group")
    item: str = later("Item")
    day: str = later("Date")
    week: str = later("Week from")
    view: str = later("Counted")
    lift: str = later("Times as often as elsewhere")
    more: str = later("more often than elsewhere")
    less: str = later("less often than elsewhere")
    few: str = later("too few to compare")
    few_key: str = later("grey, 2/3: two of three responses, too few to compare")
    no_difference: str = later("no difference shown")
    finding: str = later("Comparison")
    other: str = later("with")
    lines: str = later("Thin lines: 95 % intervals.")

    def __getattribute__(self, name: str) -> Any:
        value = super().__getattribute__(name)
        return say(value) if isinstance(value, str) and not name.startswith("_") else value


ENGLISH = Words()


def named(keys: Iterable[str], names: Iterable[str], labels: Mapping[str, str] | None) -> list[str]:
    """
    Return the words to show for keys: those of `labels`, else their own names.

    Where two keys would show the same words, the key follows in brackets.
    """
    shown = [(str(key), str((labels or {}).get(str(key), str(name)))) for key, name in zip(keys, names, strict=True)]
    different: dict[str, set[str]] = {}
    for key, words in shown:
        different.setdefault(words, set()).add(key)
    return [f"{words} ({key})" if len(different[words]) > 1 else words for key, words in shown]


def rows_axis(names: Sequence[str]) -> alt.Axis:
    """Return an axis of rows whose long labels are broken over several lines rather than cut."""
    import altair as alt

    # Vega's parser takes U+2028 for the end of a line, so nothing but ASCII is written.
    lines = json.dumps({name: _lines(name) for name in names})
    raised = [
        {"test": f"length({lines}[datum.label]) == {n}", "value": -LINE * (n - 1) / 2} for n in range(2, MOST_LINES + 1)
    ]
    offset = {"condition": raised, "value": 0}  # else the first of several lines would stand at the tick
    return alt.Axis(labelExpr=f"{lines}[datum.label]", labelLineHeight=LINE, labelOffset=offset)


def row_height(names: Sequence[str], least: int = ROW) -> int:
    """Return the height of a row in pixels, so that the longest label has room."""
    return max(least, LINE * max((len(_lines(name)) for name in names), default=1) + 4)


def _lines(name: str) -> list[str]:
    return textwrap.wrap(name, LETTERS, max_lines=MOST_LINES, placeholder=" …", drop_whitespace=True) or [name]


def sentence(words: str) -> str:
    """Return words as a sentence: a capital in front, a full stop behind."""
    return f"{capital(words).rstrip('.')}." if words else ""


def title(text: str, *below: str) -> dict[str, Any]:
    """Return a title with the denominator and the key under it."""
    return {"text": text, "subtitle": list(below)} if below else {"text": text}


def dressed(chart: alt.LayerChart, theme: Theme) -> alt.LayerChart:
    """Apply colours and sizes to a finished figure."""
    whole: alt.LayerChart = (
        chart.configure(background=theme.background, font=FONT, locale={"number": number_marks(), "time": time_words()})
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
        .configure_axisX(titleAnchor="end")
        .configure_legend(
            labelColor=theme.text, titleColor=theme.text, labelFontSize=12, titleFontSize=12, labelLimit=LABEL_WIDTH
        )
    )
    return whole
