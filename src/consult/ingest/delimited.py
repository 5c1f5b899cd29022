"""Delimited text (CSV, TSV and their kin) read to the last row, however it was written."""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter, deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from consult.errors import UserError
from consult.ingest.batch import Aside, Sheet
from consult.ingest.encodings import find_encoding, open_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

DELIMITERS = (",", ";", "\t", "|")
# Seen now and then; taken only where every row agrees, since they also stand in ordinary text.
_RARE = ("^", "~", "\x1f", "\x01")
_CHUNK = 50_000
# A record longer than this means a quote that was never closed.
_RUNAWAY = 20_000_000
_SNIFF_LINES = 400
# Excel's own line for the delimiter, which stands above the headings.
SEPARATOR = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
_MOST_ABOVE = 12
_FEWEST_COLUMNS = 3


class _Lines:
    """Physical lines that can be taken back, so that a record gone wrong can be read again."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._again: deque[str] = deque()
        self.taken: list[str] = []
        self.size = 0
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.size > _RUNAWAY:
            raise StopIteration
        if self._again:
            line = self._again.popleft()
        else:
            try:
                line = next(self._lines)
            except StopIteration:
                self.ended = True
                raise
        self.taken.append(line)
        self.size += len(line)
        return line

    def keep(self) -> None:
        """Forget the lines of a record that was read well."""
        self.taken.clear()
        self.size = 0

    def give_back(self, n_kept: int) -> None:
        """Put all but the first lines of the record back, to be read again."""
        self._again.extendleft(reversed(self.taken[n_kept:]))
        self.taken = []
        self.size = 0


@dataclass
class Records:
    """Records of a delimited text, mended where a quote was never closed."""

    lines: _Lines
    delimiter: str
    escape: str | None = None
    width: int | None = None
    mended: int = 0

    def __iter__(self) -> Iterator[list[str]]:
        reader = self._reader()
        while True:
            record: list[str] | None
            try:
                record = next(reader)
            except StopIteration:
                return
            except csv.Error:
                record = None
            if record and len(self.lines.taken) == 1 and not self.lines.ended and self.lines.size <= _RUNAWAY:
                self.lines.keep()  # a line that is a record, as nearly all are
                yield record
                continue
            mended = self._literal(force=record is None) if record is None or self._suspicious(record) else None
            if mended is not None:
                self.mended += 1
                self.lines.give_back(1)
                reader = self._reader()
                yield mended
                continue
            self.lines.keep()
            if record:
                yield record

    def _reader(self) -> Iterator[list[str]]:
        return csv.reader(self.lines, delimiter=self.delimiter, escapechar=self.escape)

    def _suspicious(self, record: list[str]) -> bool:
        """A record over several lines whose width is off, or one that ran to the end of the file."""
        taken = self.lines.taken
        if self.lines.size > _RUNAWAY:
            return True
        if len(taken) > 1 and self.width is not None and len(record) != self.width:
            return True
        return self.lines.ended and _open_quote("".join(taken), self.delimiter)

    def _literal(self, *, force: bool) -> list[str] | None:
        """Read the first line of a record with its lone quotes as letters; None where that is no better."""
        fields = _split_literal(self.lines.taken[0].rstrip("\r\n"), self.delimiter)
        must = force or self.lines.ended or self.lines.size > _RUNAWAY
        if not must and self.width is not None and len(fields) != self.width:
            return None
        return fields


def _open_quote(text: str, delimiter: str) -> bool:
    """Whether a text ends inside a quoted field, as Python's strict reader sees it."""
    try:
        deque(csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True), maxlen=0)
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False


def _split_literal(line: str, delimiter: str) -> list[str]:
    """Split a line whose quoting is broken: well-quoted fields are unquoted, a lone quote is a letter."""
    fields: list[str] = []
    rest = line
    while True:
        if rest.startswith('"'):
            end = _closing(rest, delimiter)
            if end is not None:
                fields.append(rest[1:end].replace('""', '"'))
                rest = rest[end + 1 :]
                if not rest:
                    return fields
                rest = rest[1:]
                continue
        head, found, rest = rest.partition(delimiter)
        fields.append(head.removeprefix('"') if head.count('"') == 1 else head)
        if not found:
            return fields


def _closing(text: str, delimiter: str) -> int | None:
    i = 1
    while (i := text.find('"', i)) >= 0:
        if text[i + 1 : i + 2] == '"':
            i += 2
        elif i + 1 == len(text) or text[i + 1] == delimiter:
            return i
        else:
            i += 1
    return None


def find_delimiter(lines: list[str]) -> str:
    """
    Find the delimiter: the one that gives the most records of one same width above one column.

    A text without any is a table of one column; the comma stands for that.
    """
    best, best_score = ",", 0.0
    for delimiter in (*DELIMITERS, *_RARE):
        widths = [len(r) for r in csv.reader(lines, delimiter=delimiter) if r]
        if not widths:
            continue
        # The header's width should be that of the rows; a lone long record at the cut does not count.
        width, count = Counter(widths).most_common(1)[0]
        if width < 2:
            continue
        share = count / len(widths)
        score = share * (1 + min(width, 40) / 100) + (0.5 if widths[0] == width else 0.0)
        if delimiter in _RARE and (share < 0.95 or widths[0] != width or len(widths) < 2 or best_score > 1):
            continue
        if share >= 0.3 and score > best_score:
            best, best_score = delimiter, score
    return best


def read_delimited(path: Path, name: str | None = None, *, limit: int | None = None) -> Sheet:
    """
    Read a delimited text to its last row.

    Rows with too few fields are filled up with empty ones; what stands beyond the last heading is joined
    to the last field; both are noted. Blank lines are not rows.

    Args:
        path: The file.
        name: What to call it in messages; the file's name where absent.
        limit: Stop after so many rows.

    Raises:
        UserError: The file is empty, binary, or holds a header only.
    """
    name = name or path.name
    with open_records(path, name) as (records, notes):
        return _collect(records, name, notes, limit)


@contextmanager
def open_records(path: Path, name: str) -> Iterator[tuple[Records, tuple[str, ...]]]:
    """
    Open a delimited text: its records as they stand, the headings first, and notes on how it is written.

    Raises:
        UserError: The file is empty or binary.
    """
    encoding = find_encoding(path)
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    with open_text(path, encoding) as stream:
        head = [line for _, line in zip(range(_SNIFF_LINES), stream, strict=False)]
    head = [line for i, line in enumerate(head) if sum(map(len, head[:i])) < 2_000_000]
    if not any(line.strip() for line in head):
        message = f"{name}: the file is empty; expected a heading row and at least one response."
        raise UserError(message)
    _refuse_binary("".join(head)[:20_000], name)
    told = SEPARATOR.fullmatch(head[0].strip().lstrip("\ufeff"))
    if told:
        head = head[1:]
    skipped = int(bool(told))
    delimiter = str(told[1]) if told else find_delimiter(head)
    if told is None:
        skipped = _preamble(head, delimiter)
        delimiter = find_delimiter(head[skipped:]) if skipped else delimiter
    notes = encoding.notes
    if skipped and not told:
        above = " ".join(" ".join(line.split()) for line in head[:skipped])[:120]
        notes = (*notes, f"{name}: the first {skipped} lines stand above the headings and are no responses: {above}")
        head = head[skipped:]
    escape = "\\" if _backslash_escapes(head, delimiter) else None
    with open_text(path, encoding) as stream:
        yield Records(_Lines(islice(stream, skipped, None)), delimiter, escape), notes


def _preamble(lines: list[str], delimiter: str) -> int:
    """
    Count the lines above the headings: a title, a date, an empty line, none of them as wide as the table.

    The first line is the heading row unless nearly all records further down are wider than two columns and all alike.
    """
    for skip in range(1, min(_MOST_ABOVE, len(lines) - 2)):
        found = find_delimiter(lines[skip:])
        widths = [len(r) for r in csv.reader(lines[skip:], delimiter=found) if r]
        if not widths or widths[0] < _FEWEST_COLUMNS or sum(w == widths[0] for w in widths) < 0.9 * len(widths):
            continue
        if "".join(lines[:skip]).count('"') % 2:
            continue  # inside a heading of several lines
        above = [len(r) for r in csv.reader(lines[:skip], delimiter=found) if r]
        return skip if len(widths) > 2 and all(w < min(widths[0], 3) for w in above) and delimiter in DELIMITERS else 0
    return 0


def _refuse_binary(text: str, name: str) -> None:
    odd = sum(ord(c) < 32 and c not in "\t\n\r\x0b\x0c\x1a\x00" for c in text)
    odd += text.count("\ufffd") + 4 * sum(0x80 <= ord(c) < 0xA0 for c in text)
    if odd > 0.1 * len(text) or text.count("\x00") > 0.3 * len(text):
        message = (
            f"{name}: the file is binary, not text; expected CSV, TSV, XLSX, XLS, ODS, JSON, JSONL, Parquet, "
            "ZIP or a document. Open it in the program that made it and export it in one of these."
        )
        raise UserError(message)


def _backslash_escapes(lines: list[str], delimiter: str) -> bool:
    r"""
    Whether quotes inside fields are written ``\"`` (as haveyoursay does) rather than doubled.

    Where quotes are doubled, a backslash and a quote are followed by another quote or by the field's end.
    """
    return bool(re.search(rf'\\"[^"\r\n{re.escape(delimiter)}]', "".join(lines)))


@dataclass
class _Table:
    """Rows gathered column by column in blocks, so that a large file never stands in memory as lists."""

    width: int
    delimiter: str
    chunks: list[list[pa.Array]] = field(init=False)
    block: list[list[str]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    empty: list[int] = field(default_factory=list)
    n_rows: int = 0
    short: int = 0
    long: int = 0

    def __post_init__(self) -> None:
        self.chunks = [[] for _ in range(self.width)]

    def add(self, record: list[str]) -> None:
        self.n_rows += 1
        row = record if len(record) == self.width else self._fitted(record)
        if not any(map(str.strip, row)):
            self.empty.append(self.n_rows)
            return
        self.numbers.append(self.n_rows)
        self.block.append(row)
        if len(self.block) >= _CHUNK:
            self.flush()

    def _fitted(self, record: list[str]) -> list[str]:
        if len(record) < self.width:
            self.short += len(record) > 1 or bool(record[0])
            return record + [""] * (self.width - len(record))
        if not any(c.strip() for c in record[self.width :]):
            return record[: self.width]
        # A single column is a text, with commas of its own.
        self.long += self.width > 1
        return [*record[: self.width - 1], self.delimiter.join(record[self.width - 1 :])]

    def flush(self) -> None:
        for i, column in enumerate(zip(*self.block, strict=True)):
            self.chunks[i].append(pa.array(_clean(column), pa.large_string()))
        self.block.clear()

    def cells(self) -> pd.DataFrame:
        """Take the columns out, one after another, so that only one stands in memory twice."""
        self.flush()
        columns: dict[int, pd.Series] = {}
        text = pd.StringDtype(storage="pyarrow", na_value=np.nan)
        for i in range(self.width):
            whole = pa.concat_arrays(self.chunks[i] or [pa.array([], pa.large_string())])
            self.chunks[i].clear()
            columns[i] = pd.Series(pd.array(whole, dtype=text))
        return pd.DataFrame(columns, index=pd.RangeIndex(len(self.numbers)), copy=False)


def _rows_have(n: int) -> str:
    return "1 row has" if n == 1 else f"{n:,} rows have"


def _collect(records: Records, name: str, notes: tuple[str, ...], limit: int | None) -> Sheet:
    stream = iter(records)
    headings = next(stream, [])
    records.width = len(headings) if len(headings) > 1 else None
    table = _Table(len(headings), records.delimiter)
    for record in stream:
        table.add(record)
        if limit is not None and len(table.numbers) >= limit:
            break
    said = list(notes)
    if table.short:
        said.append(f"{name}: {_rows_have(table.short)} fewer fields than the header; the missing ones are empty.")
    if table.long:
        said.append(
            f"{name}: {_rows_have(table.long)} more fields than the header; the surplus was joined to the last "
            "column. Check whether a cell holds the delimiter without quotes."
        )
    if records.mended:
        said.append(f"{name}: {records.mended} rows hold a quote that is never closed; it was read as a letter.")
    asides = tuple(Aside(n, "row", "every cell of the row is empty") for n in table.empty)
    cells = table.cells()
    numbers = np.asarray(table.numbers, dtype=np.int64)
    return Sheet(name, tuple(headings), cells, numbers, table.n_rows, asides, tuple(said))


def _clean(values: tuple[str, ...]) -> list[str]:
    """Take out NULs and replace lone surrogates, which no table can hold; anything else stays."""
    whole = "".join(values)
    if "\x00" in whole:
        values = tuple(v.replace("\x00", "") for v in values)
    try:
        whole.encode()
    except UnicodeEncodeError:
        return [v.encode("utf-8", "replace").decode() for v in values]
    return list(values)
