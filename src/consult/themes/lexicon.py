"""Which words a language has."""

from __future__ import annotations

from functools import lru_cache

#: simplemma has Croatian under the code of the common Serbo-Croatian list, and no Maltese.
_SIMPLEMMA_CODES = {"hr": "hbs"}
_WITHOUT = frozenset({"mt"})


@lru_cache(maxsize=500_000)
def is_known(word: str, language: str) -> bool:
    """
    Tell whether a folded word is in simplemma's dictionary of a language.

    A language without a dictionary knows no word.
    """
    if language in _WITHOUT:
        return False
    from simplemma.strategies.dictionaries.dictionary_factory import DEFAULT_DICTIONARY_FACTORY

    words = DEFAULT_DICTIONARY_FACTORY.get_dictionary(_SIMPLEMMA_CODES.get(language, language))
    return word in words or word.capitalize() in words
