"""Properties: any table comes back as it was written; any bytes end in a message or a result."""

from __future__ import annotations

import csv
import json
import tempfile
from pathlib import Path

import pandas as pd
import xlsxwriter
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from consult.errors import UserError
from consult.ingest import read_sources

PHASES = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)
SETTINGS = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), phases=PHASES)
# What every one of the formats can hold: no lone surrogates, no control characters, no lone carriage return.
TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"], include_characters="\n\t", max_codepoint=0x1FFFF),
    min_size=0,
    max_size=40,
).filter(lambda t: t not in ("#NAME?", "#N/A") and not t.startswith("_x"))
TABLES = st.lists(st.lists(TEXT, min_size=3, max_size=3), min_size=1, max_size=8)
MAPPING = {"text": ["first", "second", "third"]}


def write_csv(path, rows):
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, delimiter=";", quoting=csv.QUOTE_ALL).writerows([["first", "second", "third"], *rows])


def write_xlsx(path, rows):
    book = xlsxwriter.Workbook(
        path, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    sheet = book.add_worksheet()
    for i, row in enumerate([["first", "second", "third"], *rows]):
        for j, cell in enumerate(row):
            sheet.write_string(i, j, cell)
    book.close()


def write_json(path, rows):
    path.write_text(
        json.dumps([dict(zip(("first", "second", "third"), r, strict=True)) for r in rows]), encoding="utf-8"
    )


def write_jsonl(path, rows):
    lines = [json.dumps(dict(zip(("first", "second", "third"), r, strict=True)), ensure_ascii=False) for r in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_parquet(path, rows):
    pd.DataFrame(rows, columns=["first", "second", "third"]).to_parquet(path)


WRITERS = {"csv": write_csv, "xlsx": write_xlsx, "json": write_json, "jsonl": write_jsonl, "parquet": write_parquet}


def said(text):
    return bool(text.strip().strip("\u200b\ufeff").strip())


def expected(rows):
    return sorted((q, t) for row in rows if any(map(said, row)) for q, t in zip("fst", row, strict=True) if said(t))


def came_back(found):
    answers = found.answers.merge(found.questions, on="question_id", suffixes=("", "_question"))
    return sorted((q[0], t) for q, t in zip(answers["text_question"], answers["text"], strict=True))


@SETTINGS
@given(rows=TABLES)
def test_tables_come_back(rows):
    """The same table written in five formats gives the same answers, and the same ids in each."""
    ids = {}
    with tempfile.TemporaryDirectory() as folder:
        for suffix, write in WRITERS.items():
            path = Path(folder) / f"table.{suffix}"
            write(path, rows)
            if not any(said(c) for row in rows for c in row):
                continue
            found = read_sources([path], mapping=MAPPING)
            assert came_back(found) == expected(rows), suffix
            source = found.sources.iloc[0]
            assert source["n_rows"] == source["n_responses"] + source["n_set_aside"]
            ids[suffix] = sorted(found.responses["response_id"])
    assert len({tuple(i) for i in ids.values()}) <= 1


@SETTINGS
@given(rows=TABLES.filter(lambda rows: any(said(c) for row in rows for c in row)), order=st.randoms())
def test_order_does_not_matter(rows, order):
    """Shuffled rows give the same ids; only the row numbers and the checksum differ."""
    shuffled = list(rows)
    order.shuffle(shuffled)
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for name, table in (("a.csv", rows), ("b.csv", shuffled)):
            path = Path(folder) / name
            write_csv(path, table)
            found.append(read_sources([path], mapping=MAPPING))
    first, second = found
    assert first.answers.equals(second.answers)
    assert first.questions.equals(second.questions)
    assert first.responses.drop(columns="source_row").equals(second.responses.drop(columns="source_row"))
    assert first.sources["source_id"].equals(second.sources["source_id"])


NAMES = st.sampled_from(
    ["x.csv", "x.tsv", "x.json", "x.jsonl", "x.xlsx", "x.xls", "x.parquet", "x.pdf", "x.txt", "x.zip", "x"]
)
STARTS = st.sampled_from(
    [b"", b"%PDF-1.7\n", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PAR1", b"{\\rtf1 ", b"[{", b'{"a":',
     b"<html>",
     b"\xff\xfe", b"\xef\xbb\xbf", b"id;text\n1;", b"From: a\nSubject: b\nMIME-Version: 1.0\n\n", b'a,b\n"'],
)  # fmt: skip


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck), phases=PHASES)
@given(name=NAMES, start=STARTS, data=st.binary(max_size=400))
def test_any_bytes_end_in_a_message_or_a_result(name, start, data):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(start + data)
        try:
            found = read_sources([path])
        except UserError as error:
            assert name in str(error)  # noqa: PT017 - both ends are right
        else:
            sums = found.sources[["n_rows", "n_responses", "n_set_aside"]].sum()
            assert sums["n_rows"] == sums["n_responses"] + sums["n_set_aside"]
