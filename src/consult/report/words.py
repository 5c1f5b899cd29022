"""Words for codes: stakeholder types, countries, languages, shares."""

from __future__ import annotations

from typing import Any

from consult import translation
from consult.translation import country_name, language_name, later, say

__all__ = [
    "CAVEAT", "FIELD_WORDS", "between", "count", "country_name", "group_name", "language_name", "number", "percent",
    "type_name",
]  # fmt: skip

STAKEHOLDER = {
    "citizen_eu": later("EU citizen"),
    "citizen_non_eu": later("Non-EU citizen"),
    "company": later("Company"),
    "business_association": later("Business association"),
    "ngo": later("NGO"),
    "environmental_organisation": later("Environmental organisation"),
    "consumer_organisation": later("Consumer organisation"),
    "trade_union": later("Trade union"),
    "academic": later("Academic or research institution"),
    "public_authority": later("Public authority"),
    "other": later("Other"),
    "unknown": later("Type not stated"),
}

STAKEHOLDER_SHORT = {
    **STAKEHOLDER,
    "business_association": "Business assoc.",
    "environmental_organisation": "Environ. org.",
    "consumer_organisation": "Consumer org.",
    "academic": "Academic",
    "unknown": "Not stated",
}

NOT_STATED = later("Not stated")
HIDDEN = later("hidden")
SMALL_HIDDEN = later(
    "Counts under 10 are hidden and all others rounded to 5, so that nobody in a small group can be recognised. Where "
    "a hidden count could be worked out from the others, the smallest of these is hidden too."
)
CAVEAT = later("A consultation is not a survey: who answered chose to, so shares say nothing about the population.")


def type_name(key: str) -> str:
    """Return a type of respondent in words."""
    return say(STAKEHOLDER.get(key, key))


YES_NO = {"yes": later("Yes"), "no": later("No"), "not an organisation": later("Not an organisation")}
KINDS = {
    "size": {"micro": later("micro"), "small": later("small"), "medium": later("medium"), "large": later("large")},
    "scope": {
        "local": later("local"), "regional": later("regional"), "national": later("national"),
        "international": later("international"),
    },
}  # fmt: skip


def group_name(field: str, key: str, label: str = "") -> str:
    """
    Return a group of respondents in words.

    >>> group_name("country", "BE"), group_name("stakeholder_type", "ngo"), group_name("country", "unknown")
    ('Belgium', 'NGO', 'Not stated')
    """
    if field == "stakeholder_type":
        return type_name(key)
    if key == "unknown":
        return say(NOT_STATED)
    if field == "question_id" and key == "attachment":
        return say("attachments")
    if field == "country":
        return country_name(key)
    if field == "language":
        return language_name(key)
    if field in ("registered", "anonymous") and key in YES_NO:
        return say(YES_NO[key])
    known = KINDS.get(field.removeprefix("organisation_"), {})
    return say(known[key]) if key in known else label or key


FIELD_WORDS = {
    "stakeholder_type": later("type of respondent"),
    "country": later("country"),
    "language": later("language of the text"),
    "question_id": later("question"),
    "consultation_id": later("consultation"),
    "organisation_size": later("size of organisation"),
    "scope": later("scope"),
    "registered": later("Transparency Register"),
    "anonymous": later("anonymity"),
}


def source_format(name: str) -> str:
    """Return the title of a format of sources, such as EUSurvey results."""
    from consult.ingest.readers import READERS

    return say(next((reader.title for reader in READERS if reader.name == name), name))


def share_words(n: int, total: int, low: float, high: float) -> str:
    """
    Return a share with its denominator and interval.

    >>> share_words(50, 1216, 0.031, 0.054)
    '50 of 1,216 responses (4.1 %, between 3.1 % and 5.4 %)'
    """
    return say(
        "{n} of {of} responses ({share}, between {low} and {high})",
        n=number(n), of=number(total), share=percent(n / total), low=percent(low), high=percent(high),
    )  # fmt: skip


def count(value: Any) -> int | None:
    """Return a count of a table, None where it is hidden because it is small."""
    return None if _missing(value) else int(value)


def number(value: Any) -> str:
    """
    Return a count in words, one that is hidden too.

    >>> number(1216), number(float("nan"))
    ('1,216', 'hidden')
    """
    return say(HIDDEN) if _missing(value) else translation.number(value)


def percent(share: Any) -> str:
    """
    Return a share as a percentage, a dash for one that is hidden.

    >>> percent(0.0409), percent(0.412), percent(float("nan"))
    ('4.1 %', '41 %', '–')
    """
    return "–" if _missing(share) else translation.percent(float(share))


def between(low: Any, high: Any) -> str:
    """Return an interval in words, a dash for one that is hidden."""
    return "–" if _missing(low) else say("{low} to {high}", low=percent(low), high=percent(high))


def _missing(value: Any) -> bool:
    import pandas as pd

    return bool(pd.isna(value))


def shortened(text: str, longest: int = 90) -> str:
    """Cut a long text at a word, as one line; a word that is too long by itself is cut within."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 2].rsplit(' ', 1)[0]} …"
