"""The filters in force, in words: what a reader of a page or a report must know about whom its numbers are of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from consult import measures
from consult.report.words import country_name, group_name, language_name, shortened, type_name
from consult.translation import capital, day, either, later, say

if TYPE_CHECKING:
    import pandas as pd

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
_UNKNOWN = {
    "country": later("Country not stated"),
    "organisation_size": later("Size not stated"),
    "scope": later("Scope not stated"),
    "language": later("Language unknown"),
}


def in_words(
    corpus: measures.Corpus,
    selection: measures.Selection,
    known: Callable[[measures.Corpus, str], Mapping[str, str]] | None = None,
) -> str:
    """
    Return the filters in force as a sentence, an empty string for none.

    Args:
        corpus: The tables.
        selection: The filters and the campaign view.
        known: Gives the words for the values of a field; None asks `values`.
    """
    parts = []
    for field in measures.Selection.__dataclass_fields__:
        chosen = getattr(selection, field)
        if field not in FIELDS or not chosen:
            continue
        words = (known or values)(corpus, field)
        values_told = either([words.get(v, v) for v in chosen])
        parts.append(say("{field}: {values}", field=field_name(field), values=values_told))
    questions = dict(zip(corpus.questions["question_id"], corpus.questions["text"], strict=True))
    parts += [
        say("“{question}” answered “{answer}”", question=shortened(str(questions.get(q, q))), answer=a)
        for q, a in selection.closed
    ]
    if selection.date_from:
        parts.append(say("from {day}", day=day(selection.date_from)))
    if selection.date_to:
        parts.append(say("until {day}", day=day(selection.date_to)))
    if selection.view != "all":
        parts.append(say(measures.VIEW_WORDS[selection.view]))
    return "; ".join(parts) + "." if parts else ""


def values(corpus: measures.Corpus, field: str) -> dict[str, str]:
    """Return the values of a filter that occur, with their words, most frequent first."""
    return words_of(field, measures.choices(corpus, field))


def words_of(field: str, choices: pd.DataFrame) -> dict[str, str]:
    """Return the words for the values in a table of `measures.choices`."""
    return labels(field, dict(zip(choices["value"], choices["label"], strict=True)))


def field_name(field: str) -> str:
    """Return what a filter is called."""
    return say(FIELDS[field])


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
