"""Whether a theme or topic is mentioned more or less often as time goes on, in words."""

from __future__ import annotations

import pandas as pd

from consult import charts, measures
from consult.measures.together import FALLING, RISING, TOO_FEW
from consult.report.blocks import Paragraph
from consult.report.material import Material
from consult.translation import later, say

MORE_SAID = later("Most rise together: responses that came later may simply say more.")
LESS_SAID = later("Most fall together: responses that came later may simply say less.")


def trends(corpus: measures.Corpus, what: str, selection: measures.Selection | None = None) -> measures.Measure | None:
    """
    Return the shares of themes or topics by day, week or month, as suits the time that a selection spans.

    Returns:
        The measure `measures.over_time`, with a test of each trend in ``overall``; None where all that has a date was
        sent on one day.
    """
    days = measures.respondent_shares(corpus, "day", selection).table["key"]
    if len(days) < 2:
        return None
    return measures.over_time(corpus, charts.period(days.min(), days.max()), what, selection=selection)


def trend_words(measure: measures.Measure, key: str) -> str:
    """Return whether one theme or topic rises or falls, as a sentence."""
    tested = measure.overall
    if tested is None:
        return ""
    way = tested.loc[tested["key"] == key, "direction"].iloc[0]
    if way == RISING:
        return f"{say('Mentioned more often as time went on, by more than chance.')} {_all_alike(tested)}".strip()
    if way == FALLING:
        return f"{say('Mentioned less often as time went on, by more than chance.')} {_all_alike(tested)}".strip()
    if way == TOO_FEW:
        return say("Whether it is mentioned more or less often as time went on cannot be told: too short, or too few.")
    return say("Not shown to be mentioned more or less often as time went on.")


def _all_alike(tested: pd.DataFrame) -> str:
    """Say what it may mean that most rise, or most fall, together."""
    for way, words in ((RISING, MORE_SAID), (FALLING, LESS_SAID)):
        if len(tested) > 1 and 2 * (tested["direction"] == way).sum() > len(tested):
            return say(words)
    return ""


def trend_paragraphs(material: Material, what: str) -> list[Paragraph]:
    """Write which themes or topics rise and fall; nothing without dates, or where small counts are hidden."""
    found = None if material.small_hidden else trends(material.corpus, what, material.selection)
    if found is None or found.overall is None:
        return []
    tested = found.overall[found.overall["key"].isin(found.table.loc[found.table["n"] > 0, "key"])]
    if not len(tested) or (tested["direction"] == TOO_FEW).all():
        return []
    named = {way: ", ".join(tested.loc[tested["direction"] == way, "label"]) for way in (RISING, FALLING)}
    told = []
    if named[RISING]:
        told.append(say("Mentioned more often as time went on, by more than chance: {names}.", names=named[RISING]))
    if named[FALLING]:
        told.append(say("Mentioned less often as time went on, by more than chance: {names}.", names=named[FALLING]))
    told += [more] if (more := _all_alike(tested)) else []
    if not told:
        told = [say("None is shown to be mentioned more or less often as time went on.")]
    return [Paragraph(" ".join(told))]
