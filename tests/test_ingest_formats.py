"""Every format in the registry is recognised by its content and read, whatever the file is called."""

from __future__ import annotations

import csv
import json
import zipfile

import docx
import pytest
import xlsxwriter

from consult.ingest import read_sources, recognise
from consult.ingest.readers import READERS

LONG = [
    "Everyone needs access to training, whatever their age or income.",
    "The costs of short courses are far too high for small firms.",
    "Wir brauchen eine bessere Anerkennung von Abschlüssen in ganz Europa.",
]
PORTAL = (
    "Reference;Feedback date;Language;User type;First name;Surname;Scope;Organisation name;"
    "Transparency register number;Organisation size;Country;Publication privacy settings"
)


def rows(path, table, **options):
    with path.open("w", newline="", encoding=options.pop("encoding", "utf-8")) as stream:
        csv.writer(stream, **options).writerows(table)
    return path


def record(i, **more):
    base = {
        "id": 100 + i, "dateFeedback": f"2021/08/0{i + 1} 10:00:00", "feedback": LONG[i], "language": "EN",
        "userType": "NGO", "country": "BEL", "companySize": "MICRO", "publication": "WITHINFO", "status": "PUBLISHED",
        "firstName": "Ada", "surname": "Lovelace", "organization": f"Org {i}", "publicationId": 14488,
    }  # fmt: skip
    return base | more


def hys_questionnaire(folder):
    table = [
        [*PORTAL.split(";"), "How important is it?\n: Skills", "How important is it?\n: Money", "Any comments?\n",
         "Upload here"],
        ["F1", "19.06.2020 23:58", "English", "EU Citizen", "Ada", "Lovelace", "", "", "", "", "Belgium",
         "The feedback can be published with your personal information", "5 - Very", "1 - Not", LONG[0], ""],
        ["F2", "18.06.2020 09:01", "German", "Company/Business organisation", "Karl", "Marx", "", "Kapital GmbH",
         "123-45", "Small (< 50 employees)", "Germany", "The feedback can be published in an anonymous way",
         "5 - Very", "5 - Very",
         LONG[2], "paper.txt"],
    ]  # fmt: skip
    (folder / "attachments").mkdir()
    (folder / "attachments" / "paper.txt").write_text("Our position in full.", encoding="utf-8")
    return rows(folder / "x.csv", table, delimiter=";", encoding="utf-8-sig")


def hys_api(folder):
    path = folder / "x.txt"
    data = {"content": [record(0), record(1), record(2, status="REJECTED", feedback=None)], "totalPages": 1}
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def eu_consultations(folder):
    path = folder / "x.json"
    feedback = [
        record(0, attachments=[{"id": 1, "fileName": "a.pdf", "extractedText": "Text of the paper."}]),
        record(1),
    ]
    data = [{"id": 1, "shortTitle": "Micro-credentials", "consultations": [
        {"id": 14488, "totalFeedback": 2, "reference": "COM(2021)770", "feedback": feedback},
        {"id": 2, "totalFeedback": 900, "feedback": None},
    ]}]  # fmt: skip
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def snake(i, **more):
    known = {"dateFeedback": "date_feedback", "userType": "user_type", "companySize": "company_size",
             "firstName": "first_name", "publicationId": "publication_id"}  # fmt: skip
    return {known.get(k, k): v for k, v in record(i, **more).items()}


def hys_scraper(folder):
    inside = folder / "14488_micro_credentials"
    inside.mkdir()
    table = [list(snake(0)), *(list(snake(i).values()) for i in range(3))]
    rows(inside / "feedbacks.csv", table)
    rows(
        inside / "attachments.csv", [["id", "filename"], ["100", "attachments/100.pdf"], ["101", "attachments/101.pdf"]]
    )
    (inside / "attachments").mkdir()
    (inside / "attachments" / "100.txt").write_text("Our paper, as text.", encoding="utf-8")
    return inside


def haveyoursay(folder):
    names = ("id publication_id timestamp tr_number language country organization surname first_name status feedback "
             "date_feedback publication user_type company_size reference_initiative").split()  # fmt: skip
    table = [names]
    for i in range(3):
        r = snake(i, feedback=f'They said "{LONG[i]}"')
        table.append([r.get(n, "") for n in names])
    return rows(folder / "x.csv", table, quoting=csv.QUOTE_NONNUMERIC, escapechar="\\", doublequote=False)


def hys_page(folder):
    table = [
        [
            "Referenznummer der Rückmeldung",
            "Eingereicht am",
            "Eingereicht von",
            "Nutzertyp",
            "Organisation",
            "Herkunftsland",
            "Text",
        ],
        ["F1", "10 September 2020", "Erika Muster", "EU-Bürger/-in", "-", "Deutschland", LONG[0]],
        ["F2", "11 September 2020", "Max Muster", "NRO (Nichtregierungsorganisation)", "Verein", "Österreich", LONG[1]],
    ]
    return rows(folder / "x.csv", table)


def eusurvey(folder):
    path = folder / "x.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Content")
    table = [
        ["Alias", "LearnSurvey"], ["Export Date", "2024-10-17 01:10:49"], [],
        ["Do you agree? (ID1)", "Which apply? (ID2)", "Please explain (ID3)", "Contribution ID", "User name",
         "Creation date"],
        ["Yes(ID10)", "One(ID20); Two(ID21)", LONG[0], "c-1", "Anonymous", "2024-08-01 10:00:00"],
        ["No(ID11)", "Two(ID21)", LONG[1], "c-2", "Anonymous", "2024-08-02 10:00:00"],
    ]  # fmt: skip
    for i, row in enumerate(table):
        for j, cell in enumerate(row):
            sheet.write_string(i, j, cell)
    book.close()
    return path


def regulations_gov(folder):
    names = ["Document ID", "Agency ID", "Docket ID", "Document Type", "Posted Date", "Is Withdrawn?", "Title",
             "Received Date", "First Name", "Last Name", "Country", "Organization Name", "Comment", "Category",
             "Attachment Files"]  # fmt: skip
    table = [names, ["X-1", "X", "X-2025", "Notice", "2025-05-01T04:00Z", "false", "Request for views"] + [""] * 8]
    table += [
        [f"X-{i + 2}", "X", "X-2025", "Public Submission", "2025-05-28T04:00Z", "false", "Comment",
         "2025-05-27T04:00Z", "Ada", "Lovelace", "United States", "", LONG[i], "Individual", ""]
        for i in range(3)
    ]  # fmt: skip
    return rows(folder / "x.csv", table)


def citizen_space(folder):
    table = [["What is your view of this?", "Do you agree?", "What is your name?", "Response ID", "Status", "Created",
              "Started",
              "Updated", "Completed", "Modified"]]  # fmt: skip
    table += [
        [LONG[i], "Yes" if i else "No", "Ada Lovelace", f"ANON-{i}", "Complete"] + ["2024-01-01 10:00:00"] * 5
        for i in range(3)
    ]
    return rows(folder / "x.csv", table)


def themefinder(folder):
    inside = folder / "run"
    (inside / "question_part_1").mkdir(parents=True)
    part = inside / "question_part_1"
    (part / "question.json").write_text('{"question_number": 1, "question_text": "What should change?"}')
    lines = [json.dumps({"response_id": i, "response": t}) for i, t in enumerate(LONG)]
    (part / "responses.jsonl").write_text("\n".join(lines))
    (inside / "respondents.jsonl").write_text(
        "\n".join(
            json.dumps({"response_id": i, "demographic_data": {"region": "north" if i else "south"}}) for i in range(3)
        )
    )
    return inside


def polis(folder):
    names = "timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,comment-body".split(",")
    table = [names, *([str(1500000000000 + i), "Thu Jan 01", str(i), "7", "3", "1", "1", LONG[i]] for i in range(3))]
    return rows(folder / "x.csv", table)


def papers(folder):
    inside = folder / "papers"
    inside.mkdir()
    (inside / "a.txt").write_text(LONG[0], encoding="utf-8")
    document = docx.Document()
    document.add_paragraph(LONG[1])
    document.save(inside / "b.docx")
    (inside / "c.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00" * 30)
    return inside


def table(folder):
    return rows(folder / "x.dat", [["nr", "comment", "country"], *([f"A{i}", LONG[i], "France"] for i in range(3))])


# name: (maker, responses, set aside, open, closed, attachment questions)
MAKERS = {
    "hys_questionnaire": (hys_questionnaire, 2, 0, 1, 2, 1),
    "hys_api": (hys_api, 2, 1, 1, 0, 0),
    "eu_consultations": (eu_consultations, 2, 0, 1, 0, 0),
    "hys_scraper": (hys_scraper, 3, 0, 1, 0, 0),
    "haveyoursay": (haveyoursay, 3, 0, 1, 0, 0),
    "hys_page": (hys_page, 2, 0, 1, 0, 0),
    "eusurvey": (eusurvey, 2, 0, 1, 2, 0),
    "regulations_gov": (regulations_gov, 3, 1, 1, 0, 0),
    "citizen_space": (citizen_space, 3, 0, 1, 1, 0),
    "themefinder": (themefinder, 3, 0, 1, 1, 0),
    "polis": (polis, 3, 0, 1, 3, 0),
    "papers": (papers, 2, 1, 0, 0, 0),
    "table": (table, 3, 0, 1, 0, 0),
}


def test_every_reader_is_tested():
    assert set(MAKERS) == {r.name for r in READERS}


@pytest.mark.parametrize("name", MAKERS)
def test_format(tmp_path, name):
    maker, responses, aside, *kinds = MAKERS[name]
    path = maker(tmp_path)
    assert recognise(path).reader == name
    found = read_sources([path])
    assert set(found.sources["format"]) == {name}
    assert found.sources[["n_responses", "n_set_aside"]].sum().tolist() == [responses, aside]
    assert [int((found.questions["kind"] == k).sum()) for k in ("open", "closed", "attachment")] == kinds
    everything = " ".join(found.answers["text"]) + str(found.responses.to_dict()) + str(found.attachments.to_dict())
    for person in ("Lovelace", "Ada", "Muster", "Karl"):
        assert person not in everything


@pytest.mark.parametrize("name", MAKERS)
def test_format_in_an_archive(tmp_path, name):
    """The same source packed into a ZIP gives the same responses."""
    path = MAKERS[name][0](tmp_path)
    packed = tmp_path / "packed.zip"
    files = [path] if path.is_file() else [p for p in sorted(path.rglob("*")) if p.is_file()]
    with zipfile.ZipFile(packed, "w") as archive:
        for file in files:
            archive.write(file, file.relative_to(tmp_path).as_posix())
    found = read_sources([packed])
    assert sorted(found.responses["response_id"]) == sorted(read_sources([path]).responses["response_id"])
    assert set(found.sources["name"].str.split("/").str[0]) == {"packed.zip"}


def test_values_are_canonical(tmp_path):
    found = read_sources([hys_questionnaire(tmp_path)])
    row = found.responses.set_index("reference").loc["F2"]
    assert row[["stakeholder_type", "country", "declared_language", "organisation", "organisation_size"]].tolist() == [
        "company", "DE", "de", "Kapital GmbH", "small",
    ]  # fmt: skip
    assert str(row["submitted_at"]) == "2020-06-18 09:01:00"
    assert row["anonymous"]
    assert found.attachments[["attachment", "text"]].values.tolist() == [["paper.txt", "Our position in full."]]
    assert found.attachments["question_id"].notna().all()
    assert found.consultations["title"].tolist() == ["Have Your Say questionnaire, 18 June to 19 June 2020"]


def test_xlsx_of_the_questionnaire(tmp_path):
    """The portal's columns in a workbook are read like the CSV, with the same ids."""
    source = hys_questionnaire(tmp_path)
    with source.open(encoding="utf-8-sig", newline="") as stream:
        cells = list(csv.reader(stream, delimiter=";"))
    book = xlsxwriter.Workbook(tmp_path / "x.xlsx")
    sheet = book.add_worksheet()
    for i, line in enumerate(cells):
        for j, cell in enumerate(line):
            sheet.write_string(i, j, cell)
    book.close()
    one, two = read_sources([source]), read_sources([tmp_path / "x.xlsx"])
    assert one.answers.equals(two.answers)
    assert one.questions.equals(two.questions)


def test_mapping_overrules_the_guess(tmp_path):
    path = rows(tmp_path / "x.csv", [["code", "first", "second"], *([f"A{i}", LONG[i], LONG[-i]] for i in range(3))])
    found = read_sources([path], mapping={"text": ["second"], "reference": ["code"], "closed": ["first"]})
    kinds = found.questions.set_index("text")["kind"].to_dict()
    assert kinds == {"first": "closed", "second": "open"}
    assert sorted(found.responses["reference"]) == ["A0", "A1", "A2"]
    only = read_sources([path], mapping={"text": ["second"]})
    assert only.questions["text"].tolist() == ["second"]


def test_mapping_overrules_a_known_format(tmp_path):
    found = read_sources([hys_questionnaire(tmp_path)], mapping={"closed": ["Any comments?"]})
    assert found.questions.set_index("text")["kind"]["Any comments?"] == "closed"


def test_one_column_needs_no_mapping(tmp_path):
    path = rows(tmp_path / "x.csv", [["What do you think?"], ["Yes"], ["No"], ["Maybe so"]])
    found = read_sources([path])
    assert found.questions["kind"].tolist() == ["open"]
    assert sorted(found.answers["text"]) == ["Maybe so", "No", "Yes"]


def test_folder_of_documents_as_second_source(tmp_path):
    """Files that a row names are joined to it; a file that none names is a response of its own."""
    source = hys_questionnaire(tmp_path)
    (tmp_path / "attachments" / "paper.txt").unlink()
    folder = tmp_path / "from_mail"
    folder.mkdir()
    (folder / "Paper.txt").write_text("Our position in full.", encoding="utf-8")
    (folder / "late.txt").write_text("We send this late, by mail.", encoding="utf-8")
    found = read_sources([source, folder])
    assert found.sources[["n_rows", "n_responses", "n_set_aside"]].sum().tolist() == [3, 3, 0]
    assert found.responses["consultation_id"].nunique() == 1
    assert sorted(found.attachments["attachment"]) == ["late.txt", "paper.txt"]


def test_title_and_id_do_not_come_from_the_file_name(tmp_path):
    one = hys_questionnaire(tmp_path)
    other = tmp_path / "renamed.csv"
    other.write_bytes(one.read_bytes())
    assert read_sources([one]).consultations.equals(read_sources([other]).consultations)


def workbook(path, sheets, merged=()):
    book = xlsxwriter.Workbook(path)
    for name, table, hidden in sheets:
        sheet = book.add_worksheet(name)
        for i, line in enumerate(table):
            for j, cell in enumerate(line):
                sheet.write(i, j, cell)
        if hidden:
            sheet.hide()
    for place, text in merged:
        book.worksheets()[0].merge_range(place, text)
    book.close()
    return path


def test_merged_headings(tmp_path):
    """A title merged over the columns of a matrix is put before each of them."""
    table = [
        ["", "", "", "", ""], ["", "", "Skills", "Money", ""],
        *([f"A{i}", "France", "5", "4", LONG[i]] for i in range(3)),
    ]  # fmt: skip
    merged = [("A1:A2", "Reference"), ("B1:B2", "Country"), ("E1:E2", "Any comments?")]
    merged.append(("C1:D1", "How important is it?"))
    found = read_sources([workbook(tmp_path / "x.xlsx", [("S", table, False)], merged)])
    asked = {"How important is it?: Skills", "How important is it?: Money", "Any comments?"}
    assert set(found.questions["text"]) == asked
    assert len(found.responses) == 3
    assert sorted(found.responses["reference"]) == ["A0", "A1", "A2"]


def test_hidden_and_other_sheets_are_named(tmp_path):
    main = [["Comment", "Country"], *([t, "France"] for t in LONG)]
    sheets = [("Notes", [["About"], ["made by hand"]], True), ("Data", main, False)]
    found = read_sources([workbook(tmp_path / "x.xlsx", sheets)])
    assert len(found.responses) == 3
    left = found.set_aside[found.set_aside["item"] == "sheet 'Notes'"]
    assert left["reason"].str.startswith("'Notes' (1 rows): only 'Data' was read").tolist() == [True]


def test_a_table_cut_into_sheets_is_one(tmp_path):
    sheets = [(f"Part {i}", [["Comment", "Nr"], [LONG[i], f"A{i}"]], False) for i in range(3)]
    found = read_sources([workbook(tmp_path / "x.xlsx", sheets)])
    assert len(found.responses) == 3
    assert found.sources["n_rows"].tolist() == [3]


def test_questions_under_codes(tmp_path):
    """Two heading rows, codes and then questions: the second is no response."""
    table = [
        ["Ident 1", "Ident 2"],
        ["What should change?", "Why is that so?"],
        *([LONG[i], LONG[-i]] for i in range(3)),
    ]
    found = read_sources([rows(tmp_path / "x.csv", table)])
    assert set(found.questions["text"]) == {"What should change?", "Why is that so?"}
    assert found.sources["n_rows"].tolist() == [3]


def test_values_of_a_workbook_are_written_plainly(tmp_path):
    table = [["Comment", "Score", "Agree"], *([t, i + 1.0, bool(i)] for i, t in enumerate(LONG))]
    found = read_sources([workbook(tmp_path / "x.xlsx", [("S", table, False)])], mapping={"closed": ["Score", "Agree"]})
    assert {"1", "2", "3", "Yes", "No"} <= set(found.answers["text"])


def test_same_attachment_name_in_two_responses(tmp_path):
    """Where two rows name 'position.txt', each gets the file stored under its own reference."""
    table = [[*PORTAL.split(";"), "Any comments?", "You can upload a document here"]]
    table += [[f"F{i}", "19.06.2020 23:58", "English", *[""] * 9, LONG[i], "position.txt"] for i in (1, 2)]
    source = rows(tmp_path / "x.csv", table, delimiter=";")
    (tmp_path / "attachments").mkdir()
    for i in (1, 2):
        (tmp_path / "attachments" / f"F{i}_position.txt").write_text(f"Paper number {i}.")
    found = read_sources([source])
    joined = found.attachments.merge(found.responses, on="response_id").set_index("reference")["text"].to_dict()
    assert joined == {"F1": "Paper number 1.", "F2": "Paper number 2."}


def test_person_samples_are_not_shown(tmp_path):
    seen = recognise(hys_questionnaire(tmp_path))
    assert "Lovelace" not in str(seen)
    assert {c.heading for c in seen.columns if c.role == "person"} == {"First name", "Surname"}
