"""Figures as files, drawn without a browser and without the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import altair as alt


def to_svg(chart: alt.Chart | alt.LayerChart) -> str:
    """Return the figure as SVG."""
    import vl_convert

    return str(vl_convert.vegalite_to_svg(chart.to_dict(), vl_version=_version()))


def to_png(chart: alt.Chart | alt.LayerChart, *, scale: float = 2.0) -> bytes:
    """
    Return the figure as PNG.

    Args:
        chart: The figure.
        scale: 1 is 96 pixels an inch; 2 suits a printed report.
    """
    import vl_convert

    return bytes(vl_convert.vegalite_to_png(chart.to_dict(), vl_version=_version(), scale=scale))


def _version() -> str:
    import altair as alt
    import vl_convert

    wanted = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
    known: list[str] = vl_convert.get_vegalite_versions()
    return wanted if wanted in known else known[-1]
