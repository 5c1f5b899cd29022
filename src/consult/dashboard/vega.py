"""Charts as Vega-Lite: each is drawn once for everybody who asks for the same, and sent as it was drawn."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from consult import charts
from consult.translation import spoken

_TURN = threading.Lock()
BELOW = 2
"""Empty pixels below a figure."""
KEPT_CHARTS = 500
"""How many drawn charts are kept, over all studies and filters; each is some ten kilobytes of text."""


def show(
    draw: Callable[[charts.Theme], Any],
    depends_on: tuple[object, ...],
    *,
    alt: str,
    key: str,
    room: int = 0,
    pick: str = "",
    on_pick: Callable[[], None] | None = None,
) -> None:
    """
    Show a chart without its title, which the page shows as a heading, and with a legend that fits a phone.

    Args:
        draw: Makes the Altair chart in the colours given; not called where the same was drawn before.
        depends_on: All that the chart is made from, beside colours and language; tables are compared by what they hold.
        alt: The chart in words.
        key: Key of the widget.
        room: How many pixels to add to the height, since the page fits the whole figure into it.
        pick: The field whose value a click picks; empty for none.
        on_pick: Called after a click.
    """
    made = _drawn(repr((spoken(), theme(), room, pick, *map(_content, depends_on))), lambda: draw(theme()), room, pick)
    more: dict[str, Any] = {"on_select": on_pick, "selection_mode": "pick"} if pick and on_pick else {}
    st.vega_lite_chart(None, json.loads(made), theme=None, alt=alt, key=key, **more)


def theme() -> charts.Theme:
    """Return the colours for the light or dark page."""
    return charts.DARK if st.context.theme.type == "dark" else charts.LIGHT


def _content(part: object) -> object:
    return part.to_dict("list") if isinstance(part, pd.DataFrame) else dict(part) if isinstance(part, Mapping) else part


def unchecked(draw: Callable[[], Any]) -> dict[str, Any]:
    """
    Return a chart's Vega-Lite without checking each part against the schema, which takes half the time.

    The tests of the charts check it. Altair's switch for it is one for all threads, so they take turns.
    """
    from altair.utils.schemapi import debug_mode

    with _TURN, debug_mode(arg=False):
        return dict(draw().to_dict(validate=False))


@st.cache_resource(max_entries=KEPT_CHARTS, show_spinner=False)
def _drawn(content: str, _draw: Callable[[], Any], room: int, pick: str) -> str:  # noqa: ARG001
    spec = unchecked(_draw)
    spec.pop("title", None)
    spec["height"] = int(spec["height"]) + room
    spec["padding"] = {"bottom": BELOW}  # Streamlit would leave 20
    if "legend" in spec.get("config", {}):
        spec["config"]["legend"]["columns"] = 1
    if pick:
        first = spec["layer"][0] if "layer" in spec else spec
        first["name"] = "bars"
        clicked = {"type": "point", "fields": [pick], "on": "click", "clear": "dblclick"}
        spec["params"] = [*spec.get("params", ()), {"name": "pick", "select": clicked, "views": ["bars"]}]
    return json.dumps(spec)
