"""Full-text search over what respondents wrote, in every language, with diacritics folded."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import pandas as pd

MOST_HITS = 100_000
MAPPED = 1 << 30
"""How many bytes of an index on disk are read without a copy, shared by everybody."""

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Hit:
    """A document that holds what was searched for; `row` is its place in the index."""

    row: int
    document_id: str
    response_id: str


class SearchIndex:
    """
    SQLite's FTS5, in memory or in a file; `unicode61` folds case and diacritics, so that `etudiant` finds `étudiant`.

    Safe to use from several threads.
    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self._lock = threading.Lock()
        self._database = database

    @classmethod
    def of(cls, documents: pd.DataFrame, made_from: str = "") -> Self:
        """
        Index documents, in memory.

        Args:
            documents: `document_id`, `response_id` and `text`, with personal data masked: nobody finds an e-mail
                address.
            made_from: A word that says what the index was made from; see `made_from`.
        """
        database = _indexed(zip(documents["document_id"], documents["response_id"], documents["text"], strict=True))
        database.execute("CREATE TABLE made (made_from)")
        database.execute("INSERT INTO made VALUES (?)", (made_from,))
        database.commit()
        return cls(database)

    @classmethod
    def open(cls, path: Path) -> Self | None:
        """Open an index written before, read only; None where there is none that can be read."""
        if not path.is_file():
            return None
        try:
            # The file is never changed, only replaced by another.
            address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
            database = sqlite3.connect(address, uri=True, check_same_thread=False)
            database.execute(f"PRAGMA mmap_size = {MAPPED}")
            database.execute("SELECT made_from FROM made").fetchone()
        except sqlite3.Error:
            return None
        return cls(database)

    @property
    def made_from(self) -> str:
        """What the index says that it was made from."""
        with self._lock:
            return str(self._database.execute("SELECT made_from FROM made").fetchone()[0])

    def to_bytes(self) -> bytes:
        """Return the index as the content of a file, for `open`."""
        with self._lock:
            return self._database.serialize()

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
                "SELECT rowid, document_id, response_id FROM documents WHERE documents MATCH ? "
                "ORDER BY rank, document_id LIMIT ?",
                (expression, MOST_HITS),
            ).fetchall()
        return [Hit(*row) for row in found]

    def spans(self, query: str, hits: Iterable[Hit]) -> dict[str, Spans]:
        """Return for some of the documents found where in them the words stand, by document."""
        expression = match_expression(query)
        if not expression:
            return {}
        asked = "SELECT document_id, response_id, text FROM documents WHERE rowid = ?"
        with self._lock:
            rows = [self._database.execute(asked, (hit.row,)).fetchone() for hit in hits]
        # In an index of these alone: in the whole one the words would be looked up anew for every document.
        few = _indexed(rows)
        marked = few.execute(
            "SELECT document_id, highlight(documents, 2, char(1), char(2)) FROM documents WHERE documents MATCH ?",
            (expression,),
        )
        return {document: _spans(text) for document, text in marked}


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


def _indexed(rows: Iterable[tuple[str, str, str]]) -> sqlite3.Connection:
    """Return an index in memory of documents given as document, response and text."""
    database = sqlite3.connect(":memory:", check_same_thread=False)
    database.execute(
        "CREATE VIRTUAL TABLE documents USING fts5("
        "document_id UNINDEXED, response_id UNINDEXED, text, tokenize='unicode61 remove_diacritics 2')"
    )
    database.executemany("INSERT INTO documents VALUES (?, ?, ?)", ((d, r, _clean(text)) for d, r, text in rows))
    return database


def _clean(text: str) -> str:
    """Keep offsets and take away the two characters that mark a hit."""
    return text.replace("\x01", " ").replace("\x02", " ")


def _spans(marked: str) -> Spans:
    spans, offset, start = [], 0, 0
    for part in re.split("([\x01\x02])", marked):
        if part == "\x01":
            start = offset
        elif part == "\x02":
            spans.append((start, offset))
        else:
            offset += len(part)
    return tuple(spans)
