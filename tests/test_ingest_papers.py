"""Position papers and attachments: text by page, running heads gone, unreadable files set aside."""

from __future__ import annotations

import ast
import sys
import zipfile

import docx
import pytest

from consult.ingest import read_sources
from consult.ingest.papers import paper_text
from consult.ingest.pointers import points_to_attachment
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


def test_scanned_pdf(tmp_path):
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


@pytest.mark.parametrize(
    "text",
    [
        "See attachment.", "Please find our position attached.\nBest regards,\nAda", "siehe Anhang",
        "Voir document joint.",
        "Véase el documento adjunto", "Si rinvia ai commenti in allegato", "Zie bijlage.", "Proszę zobaczyć załącznik.",
        "Viz příloha.", "Lásd a mellékletet: csatolva", "Vă rugăm să vedeți documentul atașat", "Ver anexo.",
        "Δείτε το συνημμένο αρχείο.", "Моля, вижте приложения файл.", "Katso liite.", "Se bifogad fil.",
        "Se vedhæftet fil.",
        "Vaata manust: lisatud fail", "Skatīt pielikumu.", "Žr. priedą.", "Glej prilogo: v prilogi", "Vidi prilog.",
    ],
)  # fmt: skip
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


def fake_ocr(folder, monkeypatch, body):
    """Put a program called ocrmypdf on the path."""
    (folder / "bin").mkdir()
    program = folder / "bin" / "ocrmypdf"
    program.write_text(f"#!{sys.executable}\nimport sys, shutil\nsource, target = sys.argv[-2:]\n{body}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder / "bin"))


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
