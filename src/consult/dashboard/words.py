"""Words for the codes that filters and figures hold."""

from __future__ import annotations

import re
from collections.abc import Mapping

from consult import measures
from consult.report.words import STAKEHOLDER, country_name, language_name

FIELDS = {
    "consultation_id": "Consultation",
    "stakeholder_type": "Type of respondent",
    "country": "Country",
    "language": "Language of the text",
    "question_id": "Question",
    "organisation_size": "Size of organisation",
    "scope": "Scope",
    "registered": "In the Transparency Register",
    "anonymous": "Anonymous",
    "campaign_id": "Campaign",
}
VIEWS = {
    "all": "All responses",
    "once": "Each campaign counted once",
    "apart": "Campaigns set apart",
}
STAGES = {
    "ingest": "Reading the sources",
    "text": "Reading the texts",
    "passages": "Splitting texts into passages",
    "campaigns": "Looking for campaigns",
    "topics": "Grouping passages into topics",
    "tag": "Looking for themes",
}
"""What the stages are called where something was set aside."""
_UNKNOWN = {
    "country": "Country not stated",
    "organisation_size": "Size not stated",
    "scope": "Scope not stated",
    "language": "Language unknown",
}
LONGEST_LABEL = 90


def label(field: str, value: str, given: str = "") -> str:
    """Return the words for one value of a field; `given` is the measure's own label."""
    if field == "stakeholder_type":
        return STAKEHOLDER.get(value, value)
    if value == measures.UNKNOWN:
        return _UNKNOWN.get(field, "Not stated")
    if field == "country":
        return country_name(value)
    if field == "language":
        return language_name(value)
    return (given or value)[:1].upper() + (given or value)[1:]


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

    return next((reader.title for reader in READERS if reader.name == name), name)


def with_titles(note: str) -> str:
    """Return a note on what was read, with the title of the format in place of its short name."""
    return re.sub(r"(?<=read as )\w+", lambda name: source_format(name.group()), note)


def plural(n: int, one: str, many: str = "") -> str:
    """
    Return a number with its noun.

    >>> plural(1, "response"), plural(1216, "response"), plural(2, "country", "countries")
    ('1 response', '1,216 responses', '2 countries')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"
