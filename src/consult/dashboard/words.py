"""Words for the codes that filters and figures hold."""

from __future__ import annotations

import re
from collections.abc import Iterable

from consult import measures
from consult.report.filters import FIELDS, field_name, label, labels
from consult.report.words import FIELD_WORDS, shortened, source_format
from consult.translation import later, say, say_n

__all__ = [
    "FIELDS", "field_in_text", "field_name", "label", "labels", "passages", "responses", "shortened", "source_format",
    "stated_first", "view_name", "with_titles",
]  # fmt: skip

VIEWS = {
    "all": later("All responses"),
    "once": later("Each campaign counted once"),
    "apart": later("Campaigns set apart"),
}
STAGES = {
    "ingest": later("Reading the sources"),
    "text": later("Reading the texts"),
    "passages": later("Splitting texts into passages"),
    "campaigns": later("Looking for campaigns"),
    "topics": later("Grouping passages into topics"),
    "tag": later("Looking for themes"),
    "coordination": later("Looking for the same in other words"),
}
"""What the stages are called where something was set aside."""


NOT_SAID = ("unknown", measures.UNKNOWN)
"""What groups of those who did not say are called."""


def stated_first(values: Iterable[str]) -> list[str]:
    """
    Return groups in their order, those who did not say what they are last.

    >>> stated_first(["unknown", "ngo", "company"])
    ['ngo', 'company', 'unknown']
    """
    return sorted(values, key=lambda value: value in NOT_SAID)


def field_in_text(field: str) -> str:
    """Return what a filter is called inside a sentence."""
    return say(FIELD_WORDS.get(field, FIELDS[field]))


def view_name(view: str) -> str:
    """Return what a way of counting campaigns is called."""
    return say(VIEWS[view])


def with_titles(note: str) -> str:
    """Return a note on what was read, with the title of the format in place of its short name."""
    return re.sub(r"(?<=read as )\w+", lambda name: source_format(name.group()), note)


def responses(n: int) -> str:
    """
    Return how many responses, in words.

    >>> responses(1), responses(1216)
    ('1 response', '1,216 responses')
    """
    return say_n("{n} response", "{n} responses", n)


def passages(n: int) -> str:
    """Return how many passages, in words."""
    return say_n("{n} passage", "{n} passages", n)
