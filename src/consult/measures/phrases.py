"""Plain phrases looked for in texts, for claims that no theme stands for."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from consult.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd


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
    ``learning account*`` finds learning accounts.
    """

    text: str
    pattern: re.Pattern[str]

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
        words = [re.escape(word).replace(r"\*", r"\w*") for word in re.split(r"[\s\-]+", folded) if word]
        return cls(text, re.compile(r"(?<!\w)" + r"[\s\-]+".join(words) + r"(?!\w)"))

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return where the phrase stands in a text: first character and one past the last."""
        return [match.span() for match in self.pattern.finditer(text.translate(_FOLDING))]


def find_phrases(texts: pd.DataFrame, phrases: Iterable[str]) -> pd.DataFrame:
    """
    Find phrases in documents.

    Args:
        texts: ``document_id`` and ``text``, as in the table ``documents``.
        phrases: Phrases; see `Phrase`.

    Returns:
        ``document_id``, ``phrase``, ``start``, ``end``: every place, in the order of documents.

    Raises:
        UserError: A phrase cannot be looked for.
    """
    import pandas as pd

    read = [Phrase.read(phrase) for phrase in sorted(set(phrases))]
    rows = []
    for document, text in zip(texts["document_id"], texts["text"], strict=True):
        folded = str(text).translate(_FOLDING)
        rows += [(document, p.text, *match.span()) for p in read for match in p.pattern.finditer(folded)]
    table = pd.DataFrame(rows, columns=["document_id", "phrase", "start", "end"])
    return table.sort_values(["document_id", "start", "end", "phrase"], ignore_index=True)
