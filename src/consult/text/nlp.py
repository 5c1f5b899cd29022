"""Sentences in 24 languages by spaCy, without a trained model."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from spacy.lang.tokenizer_exceptions import BASE_EXCEPTIONS
from spacy.pipeline import Sentencizer
from spacy.symbols import ORTH
from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc
from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex, get_lang_class
from spacy.vocab import Vocab

_SPACY_CODE = {"mt": "xx"}
MAX_CHARACTERS = 1_000_000
"""A text of this many characters takes spaCy some hundred megabytes; longer ones are cut by their paragraphs."""
# spaCy's own list for French also compiles a pattern of sixteen thousand hyphenated words: two seconds that say nothing
# about where a sentence ends.
_FRENCH = (
    "Dr. J.-C. M. MM. Mlle. Mme. Mr. No. St. Ste. Vol. apr. av. avr. cf. déc. etc. févr. janv. juill. nov. oct. pp. "
    "sept."
).split()


@cache
def sentence_splitter(language: str) -> Callable[[str], Doc]:
    """Return a function that splits a text of this language into sentences (`.sents` of what it returns)."""
    tokenize = Tokenizer(_vocab(), rules=_abbreviations(language), **_searches())
    mark = Sentencizer()

    def split(text: str) -> Doc:
        doc: Doc = mark(tokenize(text))
        return doc

    return split


@cache
def _vocab() -> Vocab:
    return Vocab()


@cache
def _searches() -> dict[str, Any]:
    """Where spaCy parts words from signs: one set of patterns for every language, since each takes time to compile."""
    defaults = get_lang_class("xx").Defaults
    return {
        "prefix_search": compile_prefix_regex(defaults.prefixes or ()).search,
        "suffix_search": compile_suffix_regex(defaults.suffixes or ()).search,
        "infix_finditer": compile_infix_regex(defaults.infixes or ()).finditer,
        "url_match": defaults.url_match,
    }


def _abbreviations(language: str) -> dict[str, list[dict[int, str]]]:
    """Return the words that keep their full stop, in spaCy's form for exceptions."""
    if language == "fr":
        return {**BASE_EXCEPTIONS, **{word: [{ORTH: word}] for word in _FRENCH}}
    defaults = get_lang_class(_SPACY_CODE.get(language, language)).Defaults
    return dict(defaults.tokenizer_exceptions)
