"""Names of persons in texts, where a trained spaCy pipeline is installed; none is required."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.metadata import entry_points
from typing import Any

_PERSON = frozenset({"PER", "PERSON", "PRS", "persName"})
_LONGEST = 100_000


def person_names(text: str) -> Iterator[tuple[int, int]]:
    """
    Find names of persons: where each begins and ends.

    The installed pipeline of the text's language is used, or one for several languages (`xx`); without either
    nothing is found. `uv run python -m spacy download de_core_news_sm` installs one.
    """
    names = _installed()
    if not names:
        return
    from consult.text.languages import identify_all

    name = names.get(identify_all([text], [None])[0].language) or names.get("xx")
    if name is None:
        return
    pipeline = _loaded(name)
    for start in range(0, len(text), _LONGEST):
        for entity in pipeline(text[start : start + _LONGEST]).ents:
            if entity.label_ in _PERSON:
                yield start + entity.start_char, start + entity.end_char


@cache
def _installed() -> dict[str, str]:
    """Return the installed trained pipelines by language."""
    # As spacy.util.get_installed_models does, without loading spaCy where there is none.
    names = {entry.name for entry in entry_points(group="spacy_models")}
    return {name.split("_", 1)[0]: name for name in sorted(names, reverse=True)}


@cache
def _loaded(name: str) -> Any:
    import spacy

    return spacy.load(name, exclude=["lemmatizer", "textcat"])
