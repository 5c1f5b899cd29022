"""How the share of one theme or topic changed while responses came in, and whether by more than chance."""

from __future__ import annotations

from dataclasses import replace

from consult import measures
from consult.dashboard import figures
from consult.dashboard.loaders import Loaded
from consult.report.trends import trend_words, trends
from consult.translation import say


def over_time(loaded: Loaded, what: str, key: str, label: str, selection: measures.Selection) -> None:
    """
    Show one theme or topic over time; nothing where all responses with a date came on one day.

    Args:
        loaded: The study.
        what: ``themes`` or ``topics``.
        key: Id of the theme or topic.
        label: Its name.
        selection: The filters.
    """
    found = loaded.counted(f"{what} over time", selection, lambda: trends(loaded.corpus, what, selection))
    if found is None:
        return
    mine = replace(found, table=found.table[found.table["key"] == key].reset_index(drop=True))
    figures.figure(
        mine, say("Is “{name}” mentioned more or less often as time goes on?", name=label), key=f"{what}_time",
        labels={key: label}, kind="time", open_label="", level=3, compact=True, remarks=(trend_words(found, key),),
    )  # fmt: skip
