"""Words for the codes that filters and figures hold."""

from __future__ import annotations

import re

from consult.report.filters import FIELDS, field_name, label, labels
from consult.report.words import FIELD_WORDS, shortened
from consult.translation import later, say, say_n

__all__ = [
    "FIELDS", "field_in_text", "field_name", "label", "labels", "passages", "responses", "shortened", "source_format",
    "view_name", "with_titles",
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


def field_in_text(field: str) -> str:
    """Return what a filter is called inside a sentence."""
    return say(FIELD_WORDS.get(field, FIELDS[field]))


def view_name(view: str) -> str:
    """Return what a way of counting campaigns is called."""
    return say(VIEWS[view])


def source_format(name: str) -> str:
    """Return the title of a format of sources, such as EUSurvey results."""
    from consult.ingest.readers import READERS

    return say(next((reader.title for reader in READERS if reader.name == name), name))


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
