"""
Inflected forms of a codebook's words, and which English words another language has too.

Both come from simplemma's dictionaries, which take seconds and hundreds of megabytes to load for some
languages. The answers for the shipped codebooks are therefore kept in `lexicon.json.gz`
(`scripts/codebook_lexicon.py` makes it); a dictionary is loaded only for words that are not in there.
"""

from __future__ import annotations

import gzip
import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from consult.themes.words import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: simplemma has Croatian under the code of the common Serbo-Croatian list, and no Maltese.
_SIMPLEMMA_CODES = {"hr": "hbs"}
_WITHOUT = frozenset({"mt"})
STORE = "lexicon.json.gz"


def dictionary(language: str) -> Mapping[str, str]:
    """Return simplemma's dictionary of a language (word to lemma); empty where it has none."""
    if language in _WITHOUT:
        return {}
    from simplemma.strategies.dictionaries.dictionary_factory import DEFAULT_DICTIONARY_FACTORY

    found: Mapping[str, str] = DEFAULT_DICTIONARY_FACTORY.get_dictionary(_SIMPLEMMA_CODES.get(language, language))
    return found


@cache
def _store() -> dict[str, Any]:
    data = files("consult.themes").joinpath(STORE)
    if not data.is_file():
        return {"forms": {}, "english": [], "also": {}}
    content: dict[str, Any] = json.loads(gzip.decompress(data.read_bytes()))
    return content


@cache
def _asked_english() -> frozenset[str]:
    return frozenset(_store()["english"])


@cache
def _also(language: str) -> frozenset[str]:
    return frozenset(_store()["also"].get(language, ()))


def forms(words: Iterable[str], language: str, vocabulary: Iterable[str]) -> dict[str, frozenset[str]]:
    """
    Return the forms under which each word may stand in a text, itself left out.

    Args:
        words: Folded dictionary forms, as a codebook holds them.
        language: Their language.
        vocabulary: The folded words of the texts; looked up for words that are not in the store.
    """
    kept: dict[str, list[str]] = _store()["forms"].get(language, {})
    wanted = set(words)
    found = {w: frozenset(kept[w]) for w in wanted if w in kept}
    missing = wanted - set(found)
    if missing:
        lemmas = dictionary(language)
        new: dict[str, set[str]] = {w: set() for w in missing}
        for word in vocabulary:
            lemma = lemmas.get(word) or lemmas.get(word.capitalize())
            if lemma and (folded := fold(lemma)) in new and folded != word:
                new[folded].add(word)
        found |= {w: frozenset(f) for w, f in new.items()}
    return found


def only_english(words: Iterable[str], language: str) -> frozenset[str]:
    """
    Return those of the folded words that are English and that the language does not have itself.

    Respondents mix English words into other languages; English "care" must still not be found in the
    Romanian word for "which".
    """
    english = dictionary("en")
    candidates = {w for w in words if w in english or w.capitalize() in english}
    missing = candidates - _asked_english()
    own: set[str] = {w for w in candidates if w in _also(language)}
    if missing:
        lemmas = dictionary(language)
        own |= {w for w in missing if w in lemmas or w.capitalize() in lemmas}
    return frozenset(candidates - own)
