"""Words for codes: stakeholder types, countries, languages, shares."""

from __future__ import annotations

from functools import cache

STAKEHOLDER = {
    "citizen_eu": "EU citizen",
    "citizen_non_eu": "Non-EU citizen",
    "company": "Company",
    "business_association": "Business association",
    "ngo": "NGO",
    "environmental_organisation": "Environmental organisation",
    "consumer_organisation": "Consumer organisation",
    "trade_union": "Trade union",
    "academic": "Academic or research institution",
    "public_authority": "Public authority",
    "other": "Other",
    "unknown": "Type not stated",
}

STAKEHOLDER_SHORT = {
    **STAKEHOLDER,
    "business_association": "Business assoc.",
    "environmental_organisation": "Environ. org.",
    "consumer_organisation": "Consumer org.",
    "academic": "Academic",
    "unknown": "Not stated",
}

NOT_STATED = "Not stated"
CAVEAT = "A consultation is not a survey: who answered chose to, so shares say nothing about the population."


@cache
def country_name(code: str) -> str:
    """Return a country's English name."""
    from babel import Locale

    return str(Locale("en").territories.get(code, code))


@cache
def language_name(code: str) -> str:
    """Return a language's English name."""
    from babel import Locale

    return str(Locale("en").languages.get(code, code))


YES_NO = {"yes": "Yes", "no": "No"}


def group_name(field: str, key: str, label: str = "") -> str:
    """
    Return a group of respondents in words.

    >>> group_name("country", "BE"), group_name("stakeholder_type", "ngo"), group_name("country", "unknown")
    ('Belgium', 'NGO', 'Not stated')
    """
    if field == "stakeholder_type":
        return STAKEHOLDER.get(key, key)
    if key == "unknown":
        return NOT_STATED
    if field == "country":
        return country_name(key)
    if field == "language":
        return language_name(key)
    return YES_NO.get(key, label or key)


FIELD_WORDS = {
    "stakeholder_type": "type of respondent",
    "country": "country",
    "language": "language of the text",
    "question_id": "question",
    "consultation_id": "consultation",
    "organisation_size": "size of organisation",
    "scope": "scope",
    "registered": "Transparency Register",
    "anonymous": "anonymity",
}


def percent(share: float) -> str:
    """
    Return a share as a percentage: whole above 10 %, one decimal below.

    >>> percent(0.0409), percent(0.412)
    ('4.1 %', '41 %')
    """
    value = share * 100
    return f"{value:.0f} %" if value >= 9.95 else f"{value:.1f} %"


def share_words(n: int, total: int, low: float, high: float) -> str:
    """
    Return a share with its denominator and interval.

    >>> share_words(50, 1216, 0.031, 0.054)
    '50 of 1,216 responses (4.1 %, between 3.1 % and 5.4 %)'
    """
    return f"{n:,} of {total:,} responses ({percent(n / total)}, between {percent(low)} and {percent(high)})"
