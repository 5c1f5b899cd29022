"""Files that are broken, hostile or not what they say: one clear message, or the row set aside."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
import xlsxwriter

from consult.errors import UserError
from consult.ingest import read_sources, recognise, workbooks

HEAD = "id,comment\n"
ROWS = "1,Everyone should have access to training\n2,The costs are far too high for small firms\n"


def write(folder, name, data):
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("empty.csv", b"", "the file is empty"),
        ("blank.csv", b"\n\n  \n", "the file is empty"),
        ("header.csv", HEAD, "no response below it"),
        ("notext.csv", "id,age\n1,20\n2,30\n3,40\n", "--map text=COLUMN"),
        ("binary.csv", bytes(range(256)) * 40, "binary"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(200)) * 20, "binary"),
        ("broken.json", '[{"text": "abc"', "line 1"),
        ("empty.json", "[]", "no list of responses"),
        ("broken.xlsx", b"PK\x03\x04" + b"\x00" * 100, "broken"),
        ("broken.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "cannot be read"),
        ("broken.parquet", b"PAR1" + b"\x00" * 50 + b"PAR1", "Parquet"),
        ("broken.pdf", b"%PDF-1.4\nnothing more", "broken"),
        ("lines.jsonl", "{broken\n{broken\n", "JSON"),
    ],
)
def test_one_clear_message(tmp_path, name, data, says):
    """The message names the file and what to do; `recognise` gives the same."""
    path = write(tmp_path, name, data)
    for look in (lambda: read_sources([path]), lambda: recognise(path)):
        with pytest.raises(UserError) as error:
            look()
        assert says in str(error.value)
        assert name in str(error.value)


def test_no_such_file(tmp_path):
    with pytest.raises(UserError, match="no such file"):
        read_sources([tmp_path / "absent.csv"])


def test_nothing_given():
    with pytest.raises(UserError, match="no source"):
        read_sources([])


def test_empty_folder(tmp_path):
    with pytest.raises(UserError, match="no file that can be read"):
        read_sources([tmp_path])


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "~"])
def test_any_delimiter(tmp_path, delimiter):
    """The delimiter is found from the rows, whatever the file is called."""
    text = (HEAD + ROWS).replace(",", delimiter)
    found = read_sources([write(tmp_path, "x.csv", text)])
    assert len(found.responses) == 2
    assert sorted(found.answers["text"]) == [
        "Everyone should have access to training", "The costs are far too high for small firms",
    ]  # fmt: skip


def test_huge_cell(tmp_path):
    """A cell of 200,000 characters is above the csv module's limit and is read all the same."""
    long = "word " * 40_000
    found = read_sources([write(tmp_path, "x.csv", f'{HEAD}1,"{long}"\n{ROWS[2:]}')])
    assert found.answers["text"].str.len().max() == len(long)


def test_ragged_rows_are_kept_and_noted(tmp_path):
    text = "id;comment;country\n1;First answer of some length;FR\n2;Second; with; too; many\n3;Third answer is short\n"
    found = read_sources([write(tmp_path, "x.csv", text)])
    assert len(found.responses) == 3
    assert "Third answer is short" in set(found.answers["text"])
    assert any("fewer fields" in n for n in found.notes)
    assert any("more fields" in n for n in found.notes)


def test_pandas_stops_halfway_but_we_do_not(tmp_path):
    """A quote never closed swallows the rest of the file in pandas; here it is a letter."""
    rows = [f"{i},Answer number {i} says that training is needed" for i in range(1, 21)]
    rows[9] = '10,"This quote is never closed'
    found = read_sources([write(tmp_path, "x.csv", HEAD + "\n".join(rows) + "\n")])
    assert len(found.responses) == 20
    assert "This quote is never closed" in set(found.answers["text"])
    assert any("never closed" in n for n in found.notes)


def test_unclosed_quote_before_quoted_rows(tmp_path):
    """The lone quote is not paired with the next row's opening quote."""
    rows = [f'{i},"Answer number {i}, with a comma","yes"' for i in range(1, 11)]
    rows[4] = '5,"Answer five has a lone quote,no'
    found = read_sources([write(tmp_path, "x.csv", "id,comment,agree\n" + "\n".join(rows) + "\n")])
    assert len(found.responses) == 10
    assert {str(i) for i in range(1, 11)} == set(found.responses["reference"])


def test_line_breaks_in_cells_and_headings(tmp_path):
    heading = '\ufeffReference;"What do you\nthink?\n";"What do you\nthink?\n"'
    text = f'{heading}\nF1;"One\ntwo three four";"Another long answer"\n'
    found = read_sources([write(tmp_path, "x.csv", text)])
    assert found.questions["text"].tolist() == ["What do you think?"] * 2
    assert set(found.answers["text"]) == {"One\ntwo three four", "Another long answer"}


def test_nuls_survive(tmp_path):
    found = read_sources(
        [write(tmp_path, "x.csv", HEAD + "1,An answer\x00 with a nul in it\n2,Another answer of words\n")]
    )
    assert len(found.responses) == 2


def test_duplicate_references(tmp_path):
    """The same row twice is set aside once; different rows of one reference are all kept, and noted."""
    text = (
        HEAD
        + "1,The first answer is this\n1,The first answer is this\n2,Second one is different\n2,Second one is changed\n"
    )
    found = read_sources([write(tmp_path, "x.csv", text)])
    source = found.sources.iloc[0]
    assert (source["n_rows"], source["n_responses"], source["n_set_aside"]) == (4, 3, 1)
    assert found.responses["response_id"].is_unique
    assert any("stand on several rows" in n for n in found.notes)


def test_empty_rows_are_counted(tmp_path):
    found = read_sources([write(tmp_path, "x.csv", HEAD + "1,An answer of some words\n,\n2,Another answer of words\n")])
    source = found.sources.iloc[0]
    assert (source["n_rows"], source["n_responses"], source["n_set_aside"]) == (3, 2, 1)
    assert found.set_aside["reason"].tolist() == ["every cell of the row is empty"]
    assert found.set_aside["source_row"].tolist() == [2]


def test_formulas_are_text(tmp_path):
    answers = ["=cmd|' /C calc'!A0 and more words", "@SUM(1+1) is what I say here"]
    found = read_sources([write(tmp_path, "x.csv", HEAD + "".join(f'{i},"{a}"\n' for i, a in enumerate(answers)))])
    assert sorted(found.answers["text"]) == sorted(answers)


def archive(members):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as z:
        for name, content in members.items():
            z.writestr(name, content)
    return data.getvalue()


def test_path_traversal_is_left_out(tmp_path):
    inside = tmp_path / "in"
    inside.mkdir()
    path = write(
        inside, "x.zip", archive({"../../evil.csv": HEAD + ROWS, "/abs.csv": HEAD + ROWS, "good.csv": HEAD + ROWS})
    )
    found = read_sources([path])
    assert len(found.responses) == 2
    assert found.set_aside["reason"].str.contains("leads out of the archive").sum() == 2
    assert not (tmp_path / "evil.csv").exists()


def test_zip_bomb_is_left_out(tmp_path):
    path = write(tmp_path, "x.zip", archive({"bomb.txt": b"0" * 30_000_000, "good.csv": HEAD + ROWS}))
    found = read_sources([path])
    assert len(found.responses) == 2
    assert found.set_aside["reason"].str.contains("zip bomb").any()


def test_archive_in_archive_in_archive(tmp_path):
    inner = archive({"a.csv": HEAD + ROWS})
    for _ in range(5):
        inner = archive({"deeper.zip": inner})
    with pytest.raises(UserError, match="not unpacked"):
        read_sources([write(tmp_path, "x.zip", inner)])


def test_entity_bomb_in_odt(tmp_path):
    """An XML entity bomb is one file set aside, not a full memory."""
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
        '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><text:p>&c;</text:p></office:document-content>'
    )
    odt = archive({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": bomb})
    folder = tmp_path / "papers"
    folder.mkdir()
    write(folder, "bomb.odt", odt)
    write(folder, "good.txt", "We ask for better access to training for everyone.")
    found = read_sources([folder])
    assert len(found.responses) == 1
    source = found.sources.iloc[0]
    assert (source["n_rows"], source["n_set_aside"]) == (2, 1)


def test_unknown_field_in_mapping(tmp_path):
    path = write(tmp_path, "x.csv", HEAD + ROWS)
    with pytest.raises(UserError, match="is not a field"):
        read_sources([path], mapping={"colour": ["comment"]})
    with pytest.raises(UserError, match="no column 'remark'"):
        read_sources([path], mapping={"text": ["remark"]})


def test_everything_set_aside(tmp_path):
    """A source of which nothing is left says so, with the reasons."""
    records = (
        b'[{"dateFeedback": "2021/08/06 10:00:00", "userType": "NGO", "status": "REJECTED", "id": 1, "feedback": ""}]'
    )
    with pytest.raises(UserError, match=r"no response is left.*REJECTED"):
        read_sources([write(tmp_path, "x.json", records)])


def test_one_unreadable_file_in_a_folder(tmp_path):
    """The rest of the folder is read; the file is named in `set_aside`."""
    write(tmp_path, "good.csv", HEAD + ROWS)
    write(tmp_path, "bad.csv", "id,age\n1,20\n2,30\n3,40\n")
    write(tmp_path, "worse.xlsx", b"PK\x03\x04broken")
    write(tmp_path, "README.md", "About this folder.")
    found = read_sources([tmp_path])
    assert len(found.responses) == 2
    for name in ("bad.csv", "worse.xlsx", "README.md"):
        assert found.set_aside["item"].str.contains(name).sum() == 1
    sums = found.sources[["n_rows", "n_responses", "n_set_aside"]].sum().tolist()
    assert sums == [3, 2, 1]


def circular_xls():
    """An old Office file whose table of sectors leads from sector 1 back to itself."""
    header = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504)
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<III", header, 44, 1, 1, 0)
    struct.pack_into("<IIIII", header, 56, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    struct.pack_into("<109I", header, 76, 0, *[0xFFFFFFFF] * 108)
    return bytes(header) + struct.pack("<128I", 0xFFFFFFFD, 1, *[0xFFFFFFFF] * 126) + b"\0" * 512


def test_an_old_workbook_that_runs_in_circles_does_not_take_all_memory(tmp_path):
    with pytest.raises(UserError, match="run in circles"):
        read_sources([write(tmp_path, "x.xls", circular_xls())])


def test_a_cell_at_the_far_end_of_a_sheet_does_not_take_all_memory(tmp_path):
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for i, row in enumerate([["id", "comment"], ["1", "Everyone should have access to training"]]):
            sheet.write_row(i, 0, row)
        sheet.write(1_048_575, 16_383, "stray")
    with pytest.raises(UserError, match="as far out as row 1048576, column 16384; delete"):
        read_sources([write(tmp_path, "x.xlsx", made.getvalue())])


@pytest.mark.parametrize("size", range(30, 60))
def test_a_cell_is_seen_wherever_a_sheet_is_cut_while_it_is_read(tmp_path, monkeypatch, size):
    monkeypatch.setattr(workbooks, "_BLOCK", size)
    with zipfile.ZipFile(tmp_path / "x.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", f'<row>{" " * 40}<c s="1" r="XFD1048576" t="n"><v>1</v></c></row>')
    with pytest.raises(UserError, match="as far out as row 1048576, column 16384; delete"):
        read_sources([tmp_path / "x.xlsx"])


def test_a_height_given_to_the_last_row_of_a_sheet_is_no_cell(tmp_path):
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for i, row in enumerate([["id", "comment"], ["1", "Everyone should have access to training"]]):
            sheet.write_row(i, 0, row)
        sheet.set_row(1_048_575, 20)
    assert len(read_sources([write(tmp_path, "x.xlsx", made.getvalue())]).responses) == 1
