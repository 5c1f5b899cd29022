"""Full-text search over what respondents wrote, in every language, with diacritics folded."""

from __future__ import annotations

import re
import sqlite3
import threading
from dataclasses import dataclass
from typing import Self

import pandas as pd

from consult.study import Study
from consult.text.privacy import mask

MOST_HITS = 100_000


@dataclass(frozen=True)
class Hit:
    """A document that holds what was searched for, with where in it the words stand."""

    document_id: str
    response_id: str
    spans: tuple[tuple[int, int], ...]


class SearchIndex:
    """
    SQLite's FTS5 in memory; `unicode61` folds case and diacritics, so that `etudiant` finds `étudiant`.

    The texts are indexed as they are shown, with personal data masked: nobody finds an e-mail address.
    """

    def __init__(self, documents: pd.DataFrame) -> None:
        self._lock = threading.Lock()
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._database.execute(
            "CREATE VIRTUAL TABLE documents USING fts5("
            "document_id UNINDEXED, response_id UNINDEXED, text, tokenize='unicode61 remove_diacritics 2')"
        )
        rows = zip(documents["document_id"], documents["response_id"], documents["text"], strict=True)
        self._database.executemany(
            "INSERT INTO documents VALUES (?, ?, ?)", ((d, r, _clean(mask(text))) for d, r, text in rows)
        )
        self._database.commit()

    @classmethod
    def from_study(cls, study: Study) -> Self:
        """Index the documents of a study."""
        return cls(study.read("documents", ["document_id", "response_id", "text"]))

    def find(self, query: str) -> list[Hit]:
        """
        Return the documents with all the words, best first.

        Words are matched by their beginning; words in double quotes must stand side by side.

        Args:
            query: What a person typed; no character of it is an operator.
        """
        expression = match_expression(query)
        if not expression:
            return []
        with self._lock:
            found = self._database.execute(
                "SELECT document_id, response_id, highlight(documents, 2, char(1), char(2)) "
                "FROM documents WHERE documents MATCH ? ORDER BY rank, document_id LIMIT ?",
                (expression, MOST_HITS),
            ).fetchall()
        return [Hit(document, response, _spans(marked)) for document, response, marked in found]


def match_expression(query: str) -> str:
    """
    Return an FTS5 expression for what a person typed: all words by their beginning, quoted words as a phrase.

    >>> match_expression('micro "paid leave"')
    '"micro"* AND "paid leave"'
    """
    parts = []
    for phrase, rest in re.findall(r'"([^"]*)"|([^"\s]+)', query):
        words = re.findall(r"\w+", phrase or rest)
        if words:
            parts.append(f'"{" ".join(words)}"' + ("" if phrase else "*"))
    return " AND ".join(parts)


def _clean(text: str) -> str:
    """Keep offsets and take away the two characters that mark a hit."""
    return text.replace("\x01", " ").replace("\x02", " ")


def _spans(marked: str) -> tuple[tuple[int, int], ...]:
    spans, offset, start = [], 0, 0
    for part in re.split("([\x01\x02])", marked):
        if part == "\x01":
            start = offset
        elif part == "\x02":
            spans.append((start, offset))
        else:
            offset += len(part)
    return tuple(spans)
