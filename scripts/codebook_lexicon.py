"""
Make `src/consult/themes/lexicon.json.gz`: what the dictionaries say about the words of the shipped codebooks.

Run it after a change of `data/codebooks/*.yaml`: `uv run python scripts/codebook_lexicon.py`. Without it all
still works, but tagging loads a dictionary for every language with a word that is new.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from pathlib import Path

from consult.text.languages import EU_LANGUAGES
from consult.themes.codebook import load_codebook
from consult.themes.lexicon import STORE, dictionary
from consult.themes.patterns import Atom, Pattern
from consult.themes.words import fold

ROOT = Path(__file__).parents[1]


def _patterns() -> dict[str, set[Pattern]]:
    found: dict[str, set[Pattern]] = defaultdict(set)
    for path in sorted((ROOT / "data" / "codebooks").glob("*.yaml")):
        for theme in load_codebook(path).themes:
            for by_language in (theme.phrases, theme.exclusions):
                for language, patterns in by_language.items():
                    found[language].update(patterns)
            for rule in theme.rules:
                found[rule.language].update(rule.patterns)
    return found


def _holds(atom: Atom, word: str) -> bool:
    if atom.kind == "word":
        return word == atom.text
    if atom.kind == "start":
        return word.startswith(atom.text)
    return word.endswith(atom.text) if atom.kind == "end" else atom.text in word


def main() -> None:
    """Ask the dictionaries and write the store."""
    patterns = _patterns()
    english_atoms = {a for p in patterns["en"] for v in p.variants if len(v) == 1 for a in v[0].atoms}
    english: set[str] = set()
    forms: dict[str, dict[str, list[str]]] = {}
    also: dict[str, list[str]] = {}
    for language in ("en", *(code for code in EU_LANGUAGES if code != "en")):
        asked = {a.text for p in patterns[language] for v in p.variants for s in v for a in s.atoms if a.kind == "word"}
        kept: dict[str, set[str]] = {word: set() for word in asked}
        own: set[str] = set()
        for word, lemma in dictionary(language).items():
            form, base = fold(word), fold(lemma)
            if base in kept and form != base:
                kept[base].add(form)
            if language != "en" and form in english:
                own.add(form)
        forms[language] = {word: sorted(found) for word, found in sorted(kept.items())}
        if language == "en":
            exact = {a.text for a in english_atoms if a.kind == "word"}
            exact |= {form for word in exact for form in kept.get(word, ())}
            parts = [a for a in english_atoms if a.kind != "word"]
            for word in dictionary("en"):
                form = fold(word)
                if form in exact or any(_holds(a, form) for a in parts):
                    english.add(form)
        else:
            also[language] = sorted(own)
    content = {"forms": forms, "english": sorted(english), "also": also}
    data = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    (ROOT / "src" / "consult" / "themes" / STORE).write_bytes(gzip.compress(data, 9, mtime=0))


if __name__ == "__main__":
    main()
