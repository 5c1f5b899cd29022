"""The same number under the three campaign views, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from consult.errors import UserError
from consult.measures.selection import VIEW_WORDS, VIEWS, Selection

if TYPE_CHECKING:
    from collections.abc import Callable

    from consult.measures.result import Measure


def three_views(measure: Callable[[Selection], Measure], selection: Selection | None = None) -> pd.DataFrame:
    """
    Take a measure under all three campaign views and put the tables under each other.

    Args:
        measure: For example ``lambda chosen: theme_shares(corpus, chosen)``.
        selection: The filters; its own view is ignored.

    Returns:
        The measure's columns with ``view``, ``view_label`` and ``of`` in front. A view that leaves
        no response has no rows.

    Raises:
        UserError: The filters keep nothing under any view.
    """
    chosen = selection or Selection()
    frames, faults = [], []
    for view in VIEWS:
        try:
            result = measure(chosen.with_(view=view))
        except UserError as error:
            faults.append(error)
            continue
        front = pd.DataFrame({"view": view, "view_label": VIEW_WORDS[view], "of": result.of}, index=result.table.index)
        frames.append(pd.concat([front, result.table], axis=1))
    if not frames:
        raise faults[0]
    return pd.concat(frames, ignore_index=True)
