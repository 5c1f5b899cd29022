"""Position papers and attachments: text by page, running heads gone, unreadable files set aside."""

from __future__ import annotations

import ast
import re
import sys
import zipfile

import docx
import pytest

from consult.ingest import read_sources
from consult.ingest.papers import paper_text
from consult.ingest.pointers import pointers_among, points_to_attachment
from consult.ingest.running_heads import without_running_heads


def pdf(path, pages, trailer=""):
    """Write a small PDF by hand, one list of lines a page."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", None, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for lines in pages:
        text = "".join(f"1 0 0 1 50 {780 - 20 * i} Tm ({line}) Tj\n" for i, line in enumerate(lines))
        stream = f"BT /F1 12 Tf\n{text}ET"
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> "
            f"/Contents {len(objects)} 0 R >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(kids)}] >>"
    data = "%PDF-1.4\n"
    places = []
    for i, body in enumerate(objects, 1):
        places.append(len(data))
        data += f"{i} 0 obj\n{body}\nendobj\n"
    start = len(data)
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    n = len(objects) + 1
    data += f"xref\n0 {n}\n0000000000 65535 f \n{table}trailer\n<< /Size {n} /Root 1 0 R {trailer}>>\n"
    path.write_bytes((data + f"startxref\n{start}\n%%EOF\n").encode("latin-1"))
    return path


PAGES = [
    ["Position of the Union", f"Sentence number {w} about training.", f"Page {i} of 3"]
    for i, w in enumerate(("one", "two", "three"), 1)
]


def test_pages_of_a_pdf(tmp_path):
    """Offsets give each page its text, and what repeats on every page is gone."""
    found = paper_text(pdf(tmp_path / "x.pdf", PAGES))
    assert [found.text[a:b] for a, b in found.pages] == [
        f"Sentence number {w} about training." for w in ("one", "two", "three")
    ]


def test_scanned_pdf(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    found = paper_text(pdf(tmp_path / "x.pdf", [[], []]))
    assert found.problem == "scanned image, no text"


def test_encrypted_pdf(tmp_path):
    encrypt = (
        "/Encrypt << /Filter /Standard /V 1 /R 2 /O <"
        + "ab" * 32
        + "> /U <"
        + "cd" * 32
        + "> /P -4 >> /ID [<00> <00>] "
    )
    found = paper_text(pdf(tmp_path / "x.pdf", PAGES, encrypt))
    assert "encrypted" in found.problem


def test_running_heads_need_repetition():
    """A line that stands once stays, even at the top; page numbers alone go."""
    pages = ["A title\nbody one\n1", "Another start\nbody two\n2"]
    assert without_running_heads(pages) == ["A title\nbody one", "Another start\nbody two"]
    assert without_running_heads(["2024\nonly page"]) == ["2024\nonly page"]


def write_docx(path):
    document = docx.Document()
    document.add_paragraph("First paragraph.")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "left", "right"
    document.add_paragraph("Last paragraph.")
    document.save(path)


def write_odt(path):
    body = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text>'
        "<text:p>First<text:s/>paragraph.</text:p><text:p>left | right</text:p><text:p>Last paragraph.</text:p>"
        "</office:text></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", body)


def write_rtf(path):
    path.write_text(r"{\rtf1\ansi First paragraph.\par left | right\par Last paragraph.\par}", encoding="latin-1")


def write_html(path):
    path.write_text("<html><head><style>p{}</style></head><body><p>First <b>paragraph</b>.</p>left | right<br>"
                    "<script>no()</script><p>Last paragraph.</p></body></html>")  # fmt: skip


def write_eml(path):
    path.write_text("From: a@example.org\nTo: b@example.org\nSubject: Position\nMIME-Version: 1.0\n"
                    "Content-Type: text/plain; charset=utf-8\n\n"
                    "First paragraph.\nleft | right\nLast paragraph.\n")  # fmt: skip


def write_txt(path):
    path.write_text("First paragraph.\nleft | right\nLast paragraph.\n", encoding="utf-16")


@pytest.mark.parametrize(
    ("suffix", "write"),
    [
        ("docx", write_docx),
        ("odt", write_odt),
        ("rtf", write_rtf),
        ("html", write_html),
        ("eml", write_eml),
        ("txt", write_txt),
    ],
)
@pytest.mark.parametrize("named", [True, False], ids=["named", "misnamed"])
def test_text_of_each_format(tmp_path, suffix, write, named):
    """A document is read by what it is, whatever it is called."""
    path = tmp_path / (f"x.{suffix}" if named else "x.bin")
    write(path)
    lines = [line for line in paper_text(path).text.split("\n") if line.strip()]
    assert lines == ["First paragraph.", "left | right", "Last paragraph."]


def test_one_bad_file_does_not_stop_the_rest(tmp_path):
    write_txt(tmp_path / "good.txt")
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.7 broken")
    (tmp_path / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0" + b"\x00" * 100)
    (tmp_path / "none.txt").write_bytes(b"")
    found = read_sources([tmp_path])
    source = found.sources.iloc[0]
    assert (source["n_rows"], source["n_responses"], source["n_set_aside"]) == (4, 1, 3)
    assert found.set_aside["item"].str.startswith("file ").all()


POINTERS = (
    "See attachment.", "Please find our position attached.\nBest regards,\nAda", "siehe Anhang",
    "Voir document joint.",
    "Véase el documento adjunto", "Si rinvia ai commenti in allegato", "Zie bijlage.", "Proszę zobaczyć załącznik.",
    "Viz příloha.", "Lásd a mellékletet: csatolva", "Vă rugăm să vedeți documentul atașat", "Ver anexo.",
    "Δείτε το συνημμένο αρχείο.", "Моля, вижте приложения файл.", "Katso liite.", "Se bifogad fil.",
    "Se vedhæftet fil.",
    "Vaata manust: lisatud fail", "Skatīt pielikumu.", "Žr. priedą.", "Glej prilogo: v prilogi", "Vidi prilog.",
)  # fmt: skip


@pytest.mark.parametrize("text", POINTERS)
def test_pointers(text):
    assert points_to_attachment(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "Yes.", "We do not think new rules are necessary. See supplementary paper.",
        "Annex III of the regulation should be extended.", "Certificates must be attached to every diploma.",
        "Anhang III der Verordnung ist zu lang.", "The digital divide is a problem.",
        'Rebuttable presumptions in case the framework is violated, see pp. 16 and 18 of my paper "AI", attached',
        'Product monitoring and update obligations, see pp. 14-15 of my paper "AI Regulation", attached',
        "Haftung der Hersteller für Folgeschäden, siehe Anlage",
    ],
)  # fmt: skip
def test_answers_that_are_no_pointers(text):
    assert not points_to_attachment(text)


def test_looking_for_pointers_among_many_texts_misses_none():
    """The quick look passes over no text that the slow one takes for a pointer, however its letters are written."""
    letters = sorted({letter for text in POINTERS for letter in text.lower() if letter.isalpha()})
    every = "".join(chr(code) for code in range(1, 0x110000) if not 0xD800 <= code < 0xE000)
    alike = "".join(re.findall(f"[{''.join(letters)}]", every, re.IGNORECASE))
    same = {letter: re.findall(letter, alike, re.IGNORECASE) for letter in letters}
    texts = [text.replace(letter, other) for text in POINTERS for letter in letters if letter in text
             for other in same[letter]]  # fmt: skip
    texts += [f"See{before}{word}{after}" for word in ("Anhang", "příloha", "lİsa", "ENCLOSEDS", "ſide paper", "manus")
              for before in (" ", "-", "\n", "é", "_", "«", "") for after in ("", ".", " x", "e")]  # fmt: skip
    one_by_one = [points_to_attachment(text) for text in texts]
    assert pointers_among([*texts, "Yes.", ""]) == [*one_by_one, False, False]
    assert sum(one_by_one) > 500
    assert not all(one_by_one)


def fake_ocr(folder, monkeypatch, body):
    """Put a program called ocrmypdf on the path."""
    (folder / "bin").mkdir()
    program = folder / "bin" / "ocrmypdf"
    program.write_text(f"#!{sys.executable}\nimport sys, shutil\nsource, target = sys.argv[-2:]\n{body}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder / "bin"))
    monkeypatch.setattr("consult.ingest.ocr._installed", frozenset)


def test_a_scanned_pdf_is_recognised_in_its_language_where_ocrmypdf_is_installed(tmp_path, monkeypatch):
    scan, text = pdf(tmp_path / "-scan; rm x.pdf", [[]]), pdf(tmp_path / "text.pdf", [["First page"], ["Second page"]])
    said = tmp_path / "said"
    body = f"open({str(said)!r}, 'w').write(repr(sys.argv))\nshutil.copy({str(text)!r}, target)"
    fake_ocr(tmp_path, monkeypatch, body)
    found = paper_text(scan, language="de")
    assert found.problem is None
    assert [found.text[a:b] for a, b in found.pages] == ["First page", "Second page"]
    arguments = ast.literal_eval(said.read_text())
    assert arguments[arguments.index("--language") + 1] == "deu"
    assert arguments[-2] == str(scan.resolve())


def test_a_scan_is_set_aside_where_there_is_no_ocr_or_it_fails(tmp_path, monkeypatch):
    scan = pdf(tmp_path / "scan.pdf", [[]])
    monkeypatch.setenv("PATH", "")
    assert paper_text(scan).problem == "scanned image, no text"
    fake_ocr(tmp_path, monkeypatch, "sys.exit('the page is too dark')")
    assert paper_text(scan).problem == "scanned image, no text; ocrmypdf failed (the page is too dark)"
    monkeypatch.setattr("consult.ingest.ocr.SECONDS", 0.01)
    assert "took longer" in paper_text(scan).problem


def test_a_scan_that_a_response_names_is_recognised_in_the_declared_language(tmp_path, monkeypatch):
    (tmp_path / "attachments").mkdir()
    pdf(tmp_path / "attachments" / "paper.pdf", [[]])
    text, said = pdf(tmp_path / "text.pdf", [["Recognised words"]]), tmp_path / "said"
    source = tmp_path / "x.csv"
    source.write_text(
        "reference,language,Your opinion,Upload your paper\n"
        "1,French,Un avis assez long sur la formation,paper.pdf\n2,French,Un autre avis sur la formation,\n"
    )
    fake_ocr(tmp_path, monkeypatch, f"open({str(said)!r}, 'w').write(sys.argv[-3])\nshutil.copy({str(text)!r}, target)")
    found = read_sources([source])
    assert found.attachments["text"].tolist() == ["Recognised words"]
    assert said.read_text() == "fra"


@pytest.mark.parametrize(
    "text",
    [
        "Skiers slide down snow-covered ground on two boards, or on one that is attached to both of their feet.",
        "Ponudila se vam bo dobra priložnost za ogled, saj je tema več ali manj ves dan.",
        "We attached great importance to skills in our feedback.",
        "Workers attached to low-paid contracts need comments on their pay slips.",
    ],
)
def test_what_only_sounds_like_an_attachment_is_an_answer(text):
    assert not points_to_attachment(text)


def test_words_divided_at_the_end_of_a_line_are_whole_and_compounds_keep_their_hyphen(tmp_path):
    lines = ["Lifelong learn-", "ing for low-", "skilled people. Low-skilled work; Aus-", "und Fortbildung."]
    said = "Lifelong learning for low-skilled people. Low-skilled work; Aus- und Fortbildung."
    assert paper_text(pdf(tmp_path / "x.pdf", [lines])).text == said
    (tmp_path / "x.txt").write_text("\n".join(lines))
    assert paper_text(tmp_path / "x.txt").text == said


def two_columns(path, left, right):
    """Write a page whose file holds the lines of two columns in turns."""
    path = pdf(path, [[" "]])
    shown = "".join(
        f"1 0 0 1 {x} {780 - 14 * i} Tm ({line}) Tj\n"
        for i, pair in enumerate(zip(left, right, strict=True))
        for x, line in zip((50, 310), pair, strict=True)
    )
    body = path.read_bytes().replace(b"1 0 0 1 50 780 Tm ( ) Tj\n", shown.encode()).replace(b"/F1 12", b"/F1 10")
    path.write_bytes(re.sub(rb"/Length \d+", f"/Length {len(shown) + 15}".encode(), body))
    return path


def test_two_columns_are_read_one_after_the_other_and_a_table_row_by_row(tmp_path):
    left = [f"left line {i} speaks of training for adults in towns" for i in range(20)]
    right = [f"right line {i} speaks of costs for the smallest firms" for i in range(20)]
    text = paper_text(two_columns(tmp_path / "x.pdf", left, right)).text
    assert text.index("left line 19") < text.index("right line 0")
    cells = paper_text(two_columns(tmp_path / "y.pdf", [f"Item {i}" for i in range(25)], ["cost"] * 25)).text
    assert "Item 3 cost" in " ".join(cells.split())


def test_a_page_that_is_a_picture_among_pages_of_text_is_named(tmp_path, monkeypatch):
    """Without a program that reads scans the page is set aside, and the rest is a response."""
    import pypdfium2

    monkeypatch.setenv("PATH", "")
    document = pypdfium2.PdfDocument(str(pdf(tmp_path / "x.pdf", [["Our position in full."], []])))
    picture = pypdfium2.PdfImage.new(document)
    picture.set_bitmap(pypdfium2.PdfBitmap.new_native(8, 8, 4))
    picture.set_matrix(pypdfium2.PdfMatrix().scale(595, 842))
    page = document[1]
    page.insert_obj(picture)
    page.gen_content()
    (tmp_path / "papers").mkdir()
    document.save(str(tmp_path / "papers" / "mixed.pdf"))
    found = read_sources([tmp_path / "papers"])
    assert found.attachments["text"].tolist() == ["Our position in full."]
    assert found.set_aside[["item", "reason"]].to_numpy().tolist() == [
        ["part page 2 of 'mixed.pdf'", "scanned image, no text"]
    ]


def test_a_mail_with_an_odd_encoding_and_an_attachment_that_cannot_be_read(tmp_path):
    (tmp_path / "m.eml").write_bytes(
        b"From: a@b\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=xx\n\n--xx\n"
        b'Content-Type: text/plain; charset="no-such-charset"\nContent-Transfer-Encoding: quoted-printable\n\n'
        b"Notre caf=E9\n--xx\nContent-Type: application/pdf\nContent-Disposition: attachment; filename=p.pdf\n\n"
        b"%PDF-1.4 broken\n--xx--\n"
    )
    found = read_sources([tmp_path / "m.eml"])
    assert found.attachments["text"].tolist() == ["Notre café"]
    assert found.set_aside["item"].tolist() == ["part p.pdf of 'm.eml'"]


def test_cells_and_blocks_of_a_page_do_not_run_into_each_other(tmp_path):
    (tmp_path / "x.html").write_text(
        "<html><header>Head</header><p>One</p><table><tr><td>a</td><td>b</td></tr></table>Two<div>Three</div></html>"
    )
    assert paper_text(tmp_path / "x.html").text.split("\n") == ["Head", "One", "a | b", "Two", "Three"]


def test_a_table_inside_a_table_of_a_word_document_is_read_once(tmp_path):
    document = docx.Document()
    cell = document.add_table(1, 1).cell(0, 0)
    cell.text = "Outer"
    cell.add_table(1, 1).cell(0, 0).text = "Inner"
    document.save(tmp_path / "x.docx")
    assert paper_text(tmp_path / "x.docx").text.count("Inner") == 1


def test_equal_cells_of_a_row_in_a_word_document_all_stay(tmp_path):
    document = docx.Document()
    table = document.add_table(1, 3)
    for cell, text in zip(table.rows[0].cells, ("yes", "no", "yes"), strict=True):
        cell.text = text
    document.save(tmp_path / "x.docx")
    assert paper_text(tmp_path / "x.docx").text == "yes | no | yes"


def odt_of(path, body):
    names = " ".join(
        f'xmlns:{k}="urn:oasis:names:tc:opendocument:xmlns:{v}:1.0"'
        for k, v in {"office": "office", "text": "text", "draw": "drawing"}.items()
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "content.xml",
            f"<office:document-content {names}><office:body><office:text>{body}</office:text></office:body>"
            "</office:document-content>",
        )
    return path


def test_what_was_deleted_or_remarked_in_an_odt_is_left_out(tmp_path):
    body = (
        "<text:tracked-changes><text:changed-region><text:p>Gone</text:p></text:changed-region></text:tracked-changes>"
        "<text:p>Kept<office:annotation><text:p>A remark</text:p></office:annotation></text:p>"
    )
    assert paper_text(odt_of(tmp_path / "x.odt", body)).text == "Kept"


def test_a_text_box_or_shape_of_an_odt_is_read_once(tmp_path):
    body = (
        "<text:p>Around <draw:frame><draw:text-box><text:p>In the box</text:p></draw:text-box></draw:frame>it.</text:p>"
        "<text:h><draw:custom-shape><text:p>In the shape</text:p></draw:custom-shape></text:h>"
    )
    assert paper_text(odt_of(tmp_path / "x.odt", body)).text == "Around it.\nIn the box\nIn the shape"


def test_a_presentation_is_one_file_that_cannot_be_read(tmp_path):
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "a.txt").write_text("Our position in full.")
    with zipfile.ZipFile(tmp_path / "papers" / "b.pptx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("ppt/presentation.xml", "<x/>")
    found = read_sources([tmp_path / "papers"])
    assert found.set_aside["item"].tolist() == ["file 'b.pptx'"]
