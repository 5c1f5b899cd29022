"""Dictionary forms of words, by simplemma; 23 of 24 languages (a Maltese word is its own lemma)."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from consult.text.languages import EU_LANGUAGES

_SIMPLEMMA_CODE = {"hr": "hbs"}
_WITHOUT = frozenset({"mt"})


@cache
def _dictionaries() -> Any:
    """
    Return simplemma's dictionaries, read from their packed form.

    Unpacked, 23 of them take a gigabyte and twice the time to load, and simplemma keeps eight; packed, all stay.
    """
    from simplemma.strategies.dictionaries.stream_dictionary_factory import StreamDictionaryFactory

    return StreamDictionaryFactory(cache_max_size=len(EU_LANGUAGES))


@cache
def _lemmatizer() -> Any:
    from simplemma import Lemmatizer
    from simplemma.strategies import DefaultStrategy

    return Lemmatizer(lemmatization_strategy=DefaultStrategy(dictionary_factory=_dictionaries()))


@lru_cache(maxsize=500_000)
def lemma(word: str, language: str) -> str:
    """
    Return the lower-cased dictionary form of a word; a word that is not known is returned lower-cased.

    >>> lemma("Behinderungen", "de")
    'behinderung'
    """
    if language in _WITHOUT:
        return word.lower()
    return str(_lemmatizer().lemmatize(word, lang=_SIMPLEMMA_CODE.get(language, language))).lower()
