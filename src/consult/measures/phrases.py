"""Plain phrases looked for in texts, for claims that no theme stands for."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from consult.errors import UserError
from consult.text.languages import EU_LANGUAGES
from consult.text.lemmas import lemma

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd


SHORTEST = 3
_WORD = re.compile(r"[^\W\d_]{3,}")


class _Folding(dict[int, str]):
    """Each character as a small letter without accent, one for one, so that offsets stay."""

    def __missing__(self, code: int) -> str:
        base = unicodedata.normalize("NFD", chr(code))[:1].lower()[:1]
        self[code] = {"\u2019": "'", "\u2010": "-", "\u2011": "-"}.get(base, base or chr(code))
        return self[code]


_FOLDING = _Folding()


@dataclass(frozen=True)
class Phrase:
    """
    Words in a row. Capitals and accents do not count; ``*`` stands for any letters.

    Spaces stand for any spaces, line breaks or hyphens. ``disab*`` finds disability and disabled,
    ``learning account*`` finds learning accounts. A word without ``*`` also stands for its inflected forms where
    the language of the text is known: ``disabled person`` finds disabled persons, ``Mensch mit Behinderung`` finds
    Menschen mit Behinderungen.

    Attributes:
        text: As written.
        words: The words, folded: small letters without accents.
    """

    text: str
    words: tuple[str, ...]

    @classmethod
    def read(cls, text: str) -> Phrase:
        """
        Read a phrase.

        Raises:
            UserError: It holds no letters or digits, or under two of them with a ``*``.
        """
        folded = text.translate(_FOLDING).strip()
        letters = re.sub(r"[\W_]", "", folded)
        if not letters or ("*" in folded and len(letters) < 2):
            message = f"phrase '{text}': too little to look for; at least two letters are needed. Write words."
            raise UserError(message)
        return cls(text, tuple(word for word in re.split(r"[\s\-]+", folded) if word))

    @property
    def written(self) -> tuple[str, ...]:
        """The words as written, with capitals and accents, one for each of `words`."""
        return tuple(word for word in re.split(r"[\s\-\u2010\u2011]+", self.text.strip()) if word)

    def pattern(self, forms: Mapping[str, frozenset[str]] | None = None) -> re.Pattern[str]:
        """
        Return what finds the phrase in a folded text.

        Args:
            forms: For words of the phrase the folded forms that they stand for, besides themselves.
        """
        parts = []
        for word in self.words:
            if "*" in word:
                parts.append(re.escape(word).replace(r"\*", r"\w*"))
                continue
            alike = sorted({word, *(forms or {}).get(word, ())}, key=lambda form: (-len(form), form))
            parts.append(f"(?:{'|'.join(map(re.escape, alike))})")
        return re.compile(r"(?<!\w)" + r"[\s\-]+".join(parts) + r"(?!\w)")


def find_phrases(texts: pd.DataFrame, phrases: Iterable[str]) -> pd.DataFrame:
    """
    Find phrases in documents, with the inflected forms of their words.

    Args:
        texts: ``document_id`` and ``text``, as in the table ``documents``; with ``language`` (ISO 639-1) inflected
            forms are found as well.
        phrases: Phrases; see `Phrase`.

    Returns:
        ``document_id``, ``phrase``, ``start``, ``end``: every place, in the order of documents.

    Raises:
        UserError: A phrase cannot be looked for.
    """
    import pandas as pd

    read = [Phrase.read(phrase) for phrase in sorted(set(phrases))]
    languages = texts["language"] if "language" in texts.columns else pd.Series("", index=texts.index)
    rows = []
    for language, part in texts.groupby(languages.fillna(""), sort=True):
        forms = _forms(read, part["text"], str(language))
        patterns = [(phrase.text, phrase.pattern(forms)) for phrase in read]
        for document, text in zip(part["document_id"], part["text"], strict=True):
            folded = str(text).translate(_FOLDING)
            rows += [(document, name, *match.span()) for name, p in patterns for match in p.finditer(folded)]
    table = pd.DataFrame(rows, columns=["document_id", "phrase", "start", "end"])
    return table.sort_values(["document_id", "start", "end", "phrase"], ignore_index=True)


def _forms(phrases: Sequence[Phrase], texts: Iterable[str], language: str) -> dict[str, frozenset[str]]:
    """Return for words of the phrases the folded words of some texts that have the same lemma."""
    if language not in EU_LANGUAGES:
        return {}
    looked_for = {
        folded: word.lower()
        for phrase in phrases
        for folded, word in zip(phrase.words, phrase.written, strict=True)
        if "*" not in folded and len(folded) >= SHORTEST and folded.isalpha()
    }
    if not looked_for:
        return {}
    wanted: dict[str, set[str]] = {}
    for folded, word in looked_for.items():
        # German nouns are only known to the dictionary with their capital.
        for form in {word, word.capitalize()}:
            wanted.setdefault(lemma(form, language), set()).add(folded)
    found: dict[str, set[str]] = {folded: set() for folded in looked_for}
    for word in {word for text in texts for word in _WORD.findall(str(text))}:
        for folded in wanted.get(lemma(word, language), ()):
            found[folded].add(word.translate(_FOLDING))
    return {folded: frozenset(forms) for folded, forms in found.items()}
