"""Which terms could stand in a label: nouns and noun phrases, as far as the words around them tell."""

from __future__ import annotations

import re

from consult.text.stopwords import stop_words
from consult.topics.terms import JOINT, TermFacts

GENERIC = frozenset(
    "afternoon book box check day development door draft element euro evening expectation forward group half hour "
    "individual lad life member minute monday month morning night page people person piece recommendation request "
    "requirement sentence somebody summary text thing town week weeks winter".split()
)
"""English words that name no subject alone, though nouns; they count less."""
MAX_VERB_SHARE = 0.25
MAX_OPEN_SHARE = 0.50
MAX_OPEN_SHARE_ALONE = 0.42
MAX_NUMBER_SHARE = 0.5
"""A term mostly followed by a number ("Article 5", "PC-14") points to a place in a paper and names no subject."""

_NOT_NOUNS = {
    "en": re.compile(
        r"(?:[^ens]ed|(?<!t)(?<!c)able|[^a]ble|ful|ous|istic|ical|less|ish|-based|slative|inatory|gulatory"
        r"|[^h]ancial|ocietal)$|^(?:electric|neutral|safe|free|valid|personal|autonomous|accurate|away|glad|young)$"
    ),
    "fr": re.compile(r"(?:amment|emment|eusement|ellement|able|ible|eux|euse)$"),
}
# With `\b` where other words end alike: "clearly" is an adverb, "early" ("early warning") is none.
_NOUNS_IN_LY = r"fami assemb anoma monopo oligopo supp rep butterf ita sici \bear \bju".split()
_ADVERBS = {
    "en": re.compile("".join(rf"(?<!{stem})" for stem in _NOUNS_IN_LY) + "ly$"),
    "es": re.compile(r"mente$"),
    "it": re.compile(r"mente$"),
    "pt": re.compile(r"mente$"),
}


def is_noun_like(term: str, fact: TermFacts, facts: dict[str, TermFacts], language: str) -> bool:
    """Return whether a term looks like a noun or a noun phrase: no verb, no adjective alone, no stop word in it."""
    if fact.verb_share > MAX_VERB_SHARE or fact.open_share > MAX_OPEN_SHARE or fact.number_share > MAX_NUMBER_SHARE:
        return False
    words = term.split(JOINT)
    shown = fact.display.split()
    if any(word.lower() in stop_words(language) for word in shown):
        return False  # "assessment of compliance": a label holds no stop word
    if language == "de" and not shown[-1][:1].isupper():
        return False  # German nouns have a capital
    endings, adverbs = _NOT_NOUNS.get(language), _ADVERBS.get(language)
    if endings and endings.search(shown[-1].lower()):
        return False
    if adverbs and any(adverbs.search(word.lower()) for word in (shown[0], shown[-1])):
        return False
    if len(words) == 1 and fact.open_share > MAX_OPEN_SHARE_ALONE:
        return False
    last, first = facts.get(words[-1]), facts.get(words[0])
    if last is not None and (last.verb_share > MAX_VERB_SHARE or last.open_share > 0.75):
        return False
    return not (len(words) > 1 and first is not None and first.verb_share > MAX_VERB_SHARE)
