"""Odd files that people have: each is read to its last row, or says in words why not; nothing is left out unsaid."""

from __future__ import annotations

import csv
import gzip
import json
import zipfile
from email.message import EmailMessage

import pandas as pd
import pytest
import xlsxwriter

from consult.errors import UserError
from consult.ingest import read_sources
from consult.ingest.dates import read_dates
from consult.ingest.papers import paper_text

TEXTS = [
    "Everyone needs access to training whatever their age or income.",
    "The costs of short courses are far too high for small firms.",
    "Wir brauchen eine bessere Anerkennung von Abschlüssen in ganz Europa.",
    "Il faut du temps pour se former et de l'argent aussi pour tous.",
]
TABLE = "\n".join(["id,date,country,opinion", *(f"{i},2021-03-0{i + 1},Belgium,{t}" for i, t in enumerate(TEXTS))])
XML = (
    '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="S"><Table>'
)


def page(rows):
    cells = ("".join(f"<td>{c}</td>" for c in row) for row in rows)
    return f"<html><body><table>{''.join(f'<tr>{c}</tr>' for c in cells)}</table></body></html>"


def excel_2003(rows):
    cells = ("".join(f'<Cell><Data ss:Type="String">{c}</Data></Cell>' for c in row) for row in rows)
    skipped = '<Row><Cell ss:Index="2"><Data ss:Type="String">An answer without a number.</Data></Cell></Row>'
    return f"{XML}{''.join(f'<Row>{c}</Row>' for c in cells)}{skipped}</Table></Worksheet></Workbook>"


ROWS = [["id", "opinion"], *([str(i), t] for i, t in enumerate(TEXTS))]
WHOLE = {
    "sep.csv": "sep=;\n" + TABLE.replace(",", ";"),
    "sep_quoted.csv": '"sep=;"\r\n' + TABLE.replace(",", ";").replace("\n", "\r\n"),
    "title_above.csv": "Export of 3 May 2021\nMy consultation\n\n" + TABLE,
    "no_headings.csv": TABLE.split("\n", 1)[1],
    "nul.csv": TABLE.replace("Everyone", "Every\x00one"),
    "page.xls": page(ROWS),
    "by_id.json": json.dumps({f"R{i}": {"country": "BE", "text": t} for i, t in enumerate(TEXTS)}),
    "nested.json": json.dumps({"data": {"rows": [
        {"id": i, "who": {"country": "Belgium"}, "answers": [{"question": "Why?", "answer": t}]}
        for i, t in enumerate(TEXTS)
    ]}}),
    "features.json": json.dumps({"features": [{"properties": {"id": i, "comment": t}} for i, t in enumerate(TEXTS)]}),
    "nested.jsonl": "\n".join(json.dumps({"id": i, "answers": {"Why?": t}}) for i, t in enumerate(TEXTS)),
    "list.json": json.dumps(TEXTS),
    "mac.txt": TABLE.replace(",", "\t").replace("\n", "\r"),
    "headings_again.csv": TABLE.replace("\n2,", "\nid,date,country,opinion\n2,"),
    "csv_named.xlsx": TABLE,
    "commas_in_one_column.csv": "\n".join(["opinion", *(t.replace(" are", ", are") for t in TEXTS)]),
}  # fmt: skip


@pytest.mark.parametrize("name", WHOLE)
def test_every_row_of_an_odd_table_is_read(tmp_path, name):
    path = tmp_path / name
    path.write_text(WHOLE[name], encoding="utf-8")
    found = read_sources([path])
    open_ids = found.questions.loc[found.questions["kind"] == "open", "question_id"]
    said = set(found.answers.loc[found.answers["question_id"].isin(open_ids), "text"])
    assert {t.replace(",", "") for t in said} == set(TEXTS)
    again = name == "headings_again.csv"
    assert found.sources[["n_rows", "n_responses"]].to_numpy().tolist() == [[4 + again, 4]]


def test_the_country_is_taken_from_inside_a_nested_record(tmp_path):
    path = tmp_path / "x.json"
    path.write_text(WHOLE["nested.json"], encoding="utf-8")
    assert set(read_sources([path]).responses["country"]) == {"BE"}


def test_excel_of_2003_is_read_with_its_skipped_cells(tmp_path):
    path = tmp_path / "x.xls"
    path.write_text(excel_2003(ROWS), encoding="utf-8")
    found = read_sources([path])
    assert len(found.responses) == 5
    assert "An answer without a number." in set(found.answers["text"])


REFUSED = {
    "packed.csv": (gzip.compress(TABLE.encode()), "compressed .gzip."),
    "protected.xlsx": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 900 + "EncryptedPackage".encode("utf-16-le"), "password"
    ),
    "no_table.xls": (b"<html><body><p>Please log in</p></body></html>", "without a table"),
    "broken.xls": ((XML + "<Row>").encode(), "XML is broken"),
    "bomb.xls": (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><Workbook xmlns="urn:schemas-microsoft-com:office:'
        b'spreadsheet"><a>&a;</a></Workbook>', "XML is broken"
    ),
    "numbers.csv": (b"a,b\n1,2\n3,4\n", "no column holds text"),
    "settings.csv": (b'<?xml version="1.0"?><settings><a>1</a></settings>', "an XML file"),
    "deep.json": (b"[" * 3000 + b"]" * 3000, "expected a JSON document"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_says_why_in_words(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(REFUSED[name][0])
    with pytest.raises(UserError, match=REFUSED[name][1]):
        read_sources([path])


def test_a_heading_of_several_lines_is_no_title(tmp_path):
    path = tmp_path / "x.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([["Ref\nno", "a", "b"], *([str(i), t, "x"] for i, t in enumerate(TEXTS))])
    found = read_sources([path])
    assert len(found.responses) == 4
    assert not any("stand above" in n for n in found.notes)


def test_a_merged_title_is_no_heading_and_merged_headings_are(tmp_path):
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, 3, "My consultation 2021")
        sheet.write_row(1, 0, ["Ref", "Country"])
        sheet.merge_range(1, 2, 1, 3, "How important")
        sheet.write(1, 4, "Comments")
        sheet.write_row(2, 2, ["Skills", "Money"])
        for i, text in enumerate(TEXTS):
            sheet.write_row(3 + i, 0, [f"R{i}", "Belgium", str(i % 2), str(i % 3), text])
    found = read_sources([path])
    assert len(found.responses) == 4
    asked = found.questions.sort_values("number")["text"].tolist()
    assert asked == ["How important: Skills", "How important: Money", "Comments"]
    assert set(found.responses["country"]) == {"BE"}


def test_a_sheet_that_is_not_read_is_set_aside(tmp_path):
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name in ("EN", "FR"):
            sheet = book.add_worksheet(name)
            for i, row in enumerate([["id", f"Opinion {name}"], *ROWS[1:]]):
                sheet.write_row(i, 0, row)
    aside = read_sources([path]).set_aside
    assert aside["item"].tolist() == ["sheet 'FR'"]
    assert "only 'EN' was read" in aside["reason"].iloc[0]


def test_the_sheet_with_the_texts_is_read_however_large_and_hidden_the_others_are(tmp_path):
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        codes = book.add_worksheet("Codes")
        for i in range(40):
            codes.write_row(i, 0, [f"code {i}", f"L{i}"])
        codes.hide()
        sheet = book.add_worksheet("Responses")
        for i, row in enumerate([["id", "opinion", "Mail"], *([*row, f"a{i}@b.eu"] for i, row in enumerate(ROWS[1:]))]):
            sheet.write_row(i, 0, row)
    found = read_sources([path])
    assert len(found.responses) == 4
    assert "@" not in str(found.answers.to_dict()) + str(found.columns.to_dict())


def test_mail_addresses_are_private_whatever_the_heading(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("nr,Erreichbar unter,opinion\n" + "\n".join(f"{i},a{i}@b.eu,{t}" for i, t in enumerate(TEXTS)))
    found = read_sources([path])
    assert found.columns.set_index("heading").loc["Erreichbar unter", "role"] == "person"


def test_columns_inside_columns_of_parquet_are_opened(tmp_path):
    about = [{"country": "BE", "type": "NGO"}, {"country": "FR", "type": "COMPANY"}, None, {"country": "DE"}]
    pd.DataFrame({"id": range(4), "meta": about, "opinion": TEXTS}).to_parquet(tmp_path / "x.parquet")
    found = read_sources([tmp_path / "x.parquet"])
    assert sorted(found.responses["country"].dropna()) == ["BE", "DE", "FR"]
    assert found.questions["text"].tolist() == ["opinion"]


def test_documents_attached_to_a_mail_are_read_with_it(tmp_path):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.org", "b@example.org", "Our view"
    mail.set_content(TEXTS[0])
    mail.add_attachment(TEXTS[1].encode(), maintype="text", subtype="plain", filename="position.txt")
    (tmp_path / "m.eml").write_bytes(bytes(mail))
    found = read_sources([tmp_path / "m.eml"])
    assert found.attachments["text"].tolist() == [f"{TEXTS[0]}\n\n{TEXTS[1]}"]
    assert len(found.attachment_pages) == 2


@pytest.mark.parametrize(
    "text",
    [
        "10 September 2020", "10 Σεπτεμβρίου 2020", "10 септември 2020", "2020. szeptember 10.", "10 syyskuuta 2020",
        "10 września 2020", "10 de septiembre de 2020", "10. září 2020", "10. septembra 2020", "10. rujna 2020",
        "10 septembrie 2020", "2020 m. rugsėjo 10 d.", "2020. gada 10. septembris", "10 ta’ Settembru 2020",
        "10 Meán Fómhair 2020", "10 setembro 2020", "September 10, 2020",
    ],
)  # fmt: skip
def test_months_as_words_are_read_in_every_language(text):
    assert read_dates(pd.Series([text]))[0] == pd.Timestamp("2020-09-10")


def test_a_month_that_differs_between_languages_needs_the_other_dates():
    assert read_dates(pd.Series(["3 listopada 2020"])).isna().all()
    polish = read_dates(pd.Series(["3 listopada 2020", "10 września 2020"]))
    assert polish.tolist() == [pd.Timestamp("2020-11-03"), pd.Timestamp("2020-09-10")]


PAGES = {
    "bg": ("Референтен номер|Изпратено на|Изпратено от|Вид потребител|Държава на произход|Обратна информация",
           "Гражданин на ЕС", "България", "10 септември 2020", "BG"),
    "el": ("Αριθμός αναφοράς|Υποβλήθηκε στις|Υποβλήθηκε από|Είδος χρήστη|Χώρα προέλευσης|Σχόλια",
           "Πολίτης της ΕΕ", "Ελλάδα", "10 Σεπτεμβρίου 2020", "GR"),
    "fi": ("Palautteen viite|Lähetetty|Lähettäjä|Käyttäjätyyppi|Lähtömaa|Palaute",
           "EU:n kansalainen", "Suomi", "10 syyskuuta 2020", "FI"),
    "fr": ("Référence de l'avis|Transmis le|Transmis par|Type d’utilisateur|Pays d'origine|Avis",
           "Citoyen de l’UE", "Belgique", "10 septembre 2020", "BE"),
    "hu": ("Visszajelzés hivatkozási száma|Beküldés dátuma|Beküldte|Felhasználó típusa|Származási ország|Visszajelzés",
           "Uniós polgár", "Magyarország", "2020. szeptember 10.", "HU"),
    "pl": ("Numer referencyjny opinii|Data przesłania|Przesłane przez|Rodzaj użytkownika|Państwo pochodzenia|Opinia",
           "Obywatel UE", "Polska", "10 września 2020", "PL"),
}  # fmt: skip


@pytest.mark.parametrize("language", PAGES)
def test_pages_of_the_portal_in_its_languages(tmp_path, language):
    heads, kind, country, date, code = PAGES[language]
    path = tmp_path / "x.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        body = [[f"F{i}", date, "Ada Lovelace", kind, country, t] for i, t in enumerate(TEXTS)]
        csv.writer(stream, delimiter=";").writerows([heads.split("|"), *body])
    found = read_sources([path])
    assert set(found.sources["format"]) == {"hys_page"}
    row = found.responses.iloc[0]
    assert (row["stakeholder_type"], row["country"]) == ("citizen_eu", code)
    assert row["submitted_at"] == pd.Timestamp("2020-09-10")
    assert found.questions["kind"].tolist() == ["open"]
    assert found.columns["role"].tolist().count("person") == 1


def test_a_respondent_field_is_known_by_its_values_under_any_heading(tmp_path):
    path = tmp_path / "x.csv"
    kinds = ["Sindicato", "Ciudadano de la UE", "Autoridad pública", "Sindicato"]
    rows = [["A", "B", "C", "D"], *([str(i), k, c, t] for i, (k, c, t) in enumerate(zip(kinds, [
        "España", "Países Bajos", "Grecia", "Francia"], TEXTS, strict=True)))]  # fmt: skip
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)
    found = read_sources([path])
    assert set(found.responses["country"]) == {"ES", "NL", "GR", "FR"}
    assert "trade_union" in set(found.responses["stakeholder_type"])


WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def test_a_word_document_is_read_with_forms_text_boxes_and_notes_and_without_what_was_deleted(tmp_path):
    def run(text):
        return f"<w:r><w:t>{text}</w:t></w:r>"

    cell = f"<w:tc><w:p>{run('cell')}</w:p></w:tc>"
    body = (
        f"<w:p>{run('First')}<w:ins>{run(' added')}</w:ins><w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>"
        f"<w:sdt><w:sdtContent><w:p>{run('In a form')}</w:p></w:sdtContent></w:sdt>"
        f"<w:tbl><w:tr>{cell}<w:sdt><w:sdtContent><w:tc><w:p>{run('filled in')}</w:p></w:tc></w:sdtContent></w:sdt>"
        "</w:tr></w:tbl>"
        f"<w:p><w:r><w:pict><w:txbxContent><w:p>{run('In a box')}</w:p></w:txbxContent></w:pict></w:r></w:p>"
    )
    notes = (
        f'<w:footnote w:type="separator"><w:p>{run("x")}</w:p></w:footnote>'
        f"<w:footnote><w:p>{run('Note.')}</w:p></w:footnote>"
    )
    path = tmp_path / "x.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>')
        archive.writestr("word/footnotes.xml", f'<w:footnotes xmlns:w="{WORD}">{notes}</w:footnotes>')
    assert paper_text(path).text.split() == "First added In a form cell | filled in In a box Note.".split()
