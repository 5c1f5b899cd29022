"""A heat map as a table: each share is a number that can be read, and the names stay in sight while it is scrolled."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
from markupsafe import Markup

from consult import charts
from consult.report.words import share_words

MOST_UPRIGHT = 4
"""With more columns than these, the heads are turned to save room."""


def heat_html(cells: pd.DataFrame, caption: str, theme: charts.Theme) -> Markup:
    """
    Return the cells of a heat map as a table, coloured by share, with counts and interval under the pointer.

    Args:
        cells: From `charts.heat_cells` or `charts.pair_cells`.
        caption: What the table shows, for those who hear it.
        theme: Colours.
    """
    top = charts.top_share(cells)
    groups = _in_order(cells, "group_order", "shown_group")
    at = {(row["key_order"], row["group_order"]): row for row in cells.to_dict("records")}
    turned = Markup(" c-turned") if len(groups) > MOST_UPRIGHT else Markup("")
    head = _joined(Markup('<th scope="col"><span>{}</span></th>').format(name) for name in groups.values())
    rows = _joined(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            name, _joined(_cell(at.get((k, g)), top, theme) for g in groups)
        )
        for k, name in _in_order(cells, "key_order", "shown_label").items()
    )
    return Markup(
        '<div class="c-scroll" tabindex="0" role="region" aria-label="{}"><table class="c-heat{}" '
        'style="--back: {}"><caption class="c-hidden">{}</caption><thead><tr><td></td>{}</tr></thead>'
        "<tbody>{}</tbody></table></div>"
    ).format(caption, turned, theme.background, caption, head, rows)


def _cell(row: Mapping[Hashable, Any] | None, top: float, theme: charts.Theme) -> Markup:
    if row is None:
        return Markup("<td></td>")
    n, total = int(row["n"]), int(row["N"])
    told = share_words(n, total, row["low"], row["high"]) if total else ""
    fill, ink = (theme.grey, theme.text) if row["few"] else charts.shade(row["share_pc"], top, theme)
    words = row["finding"] if row["few"] or row["direction"] in charts.ARROWS else ""
    heard = Markup('<span class="c-hidden"> {}</span>').format(words) if words else ""
    return Markup('<td style="background:{};color:{}" title="{}">{}{}</td>').format(fill, ink, told, row["mark"], heard)


def _in_order(cells: pd.DataFrame, place: str, name: str) -> dict[int, str]:
    rows = cells.drop_duplicates(place).sort_values(place)
    return dict(zip(rows[place], rows[name], strict=True))


def _joined(parts: Any) -> Markup:
    return Markup("").join(parts)
