"""Words for the codes that filters and figures hold."""

from __future__ import annotations

import re
from collections.abc import Mapping

from consult import measures
from consult.report.words import FIELD_WORDS, country_name, group_name, language_name, type_name
from consult.translation import capital, later, say, say_n

FIELDS = {
    "consultation_id": later("Consultation"),
    "stakeholder_type": later("Type of respondent"),
    "country": later("Country"),
    "language": later("Language of the text"),
    "question_id": later("Question"),
    "organisation_size": later("Size of organisation"),
    "scope": later("Scope"),
    "registered": later("In the Transparency Register"),
    "anonymous": later("Anonymous"),
    "campaign_id": later("Campaign"),
}
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
_UNKNOWN = {
    "country": later("Country not stated"),
    "organisation_size": later("Size not stated"),
    "scope": later("Scope not stated"),
    "language": later("Language unknown"),
}
LONGEST_LABEL = 90


def field_name(field: str) -> str:
    """Return what a filter is called."""
    return say(FIELDS[field])


def field_in_text(field: str) -> str:
    """Return what a filter is called inside a sentence."""
    return say(FIELD_WORDS.get(field, FIELDS[field]))


def view_name(view: str) -> str:
    """Return what a way of counting campaigns is called."""
    return say(VIEWS[view])


def label(field: str, value: str, given: str = "") -> str:
    """Return the words for one value of a field; `given` is the measure's own label."""
    if field == "stakeholder_type":
        return type_name(value)
    if value == measures.UNKNOWN:
        return say(_UNKNOWN.get(field, "Not stated"))
    if field == "country":
        return country_name(value)
    if field == "language":
        return language_name(value)
    return capital(group_name(field, value, given))


def labels(field: str, values: Mapping[str, str]) -> dict[str, str]:
    """Return words for values of a field, from value and the measure's own label; equal words are told apart."""
    words = {value: shortened(label(field, value, given)) for value, given in values.items()}
    seen: dict[str, int] = {}
    for value, word in words.items():
        seen[word] = seen.get(word, 0) + 1
        if seen[word] > 1:
            words[value] = f"{word} ({seen[word]})"
    return words


def shortened(text: str, longest: int = LONGEST_LABEL) -> str:
    """Cut a long label at a word."""
    if len(text) <= longest:
        return text
    return f"{text[:longest].rsplit(' ', 1)[0]} …"


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
