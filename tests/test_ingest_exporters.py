"""What exporters write besides the usual: optional columns, parts of exports, empty answers, papers in folders."""

from __future__ import annotations

import json
import zipfile

import pytest
import xlsxwriter

from consult.cli.checking import about_lines, check_lines, check_source, problem_line
from consult.errors import UserError
from consult.ingest import attachments, read_sources, recognise
from test_ingest_formats import LONG, PORTAL, record, rows

ALIAS = [["Alias", "Learn"], ["Export Date", "2024-10-17 01:10:49"], []]


def workbook(path, sheets):
    with xlsxwriter.Workbook(str(path), {"strings_to_numbers": False}) as book:
        for name, table in sheets.items():
            sheet = book.add_worksheet(name)
            for i, row in enumerate(table):
                sheet.write_row(i, 0, row)
    return path


def asked(found):
    return found.questions.sort_values("number")["text"].tolist()


def test_a_questionnaire_without_most_of_its_optional_columns_is_one(tmp_path):
    table = [["User type", "Reference", "Feedback date", "Country", "Any comments?"]]
    table += [["EU Citizen", f"F{i}", "19.06.2020 23:58", "Czechia", LONG[i]] for i in range(3)]
    found = read_sources([rows(tmp_path / "x.csv", table)])
    assert (found.sources["format"][0], found.consultations["kind"][0]) == ("hys_questionnaire", "questionnaire")


def test_a_table_with_usual_headings_is_no_page_of_the_portal(tmp_path):
    table = [["Response ID", "Date", "Country", "Respondent type", "Comment"]]
    table += [[str(i), "12/06/2020", "Belgium", "NGO", LONG[i]] for i in range(3)]
    assert recognise(rows(tmp_path / "x.csv", table)).reader == "table"


@pytest.mark.parametrize("name", ["x.csv", "x.xlsx"])
def test_headings_alone_are_said_to_be_alone(tmp_path, name):
    table = [[*PORTAL.split(";"), "Any comments?"]]
    path = tmp_path / name
    rows(path, table, delimiter=";") if name == "x.csv" else workbook(path, {"Content": ALIAS + table})
    with pytest.raises(UserError, match="a heading row but no response below it"):
        read_sources([path])


def test_a_portal_export_in_utf16_with_excels_first_line_under_any_name(tmp_path):
    table = [[*PORTAL.split(";"), "Any comments?"]]
    table += [[f"F{i}", "19.06.2020 23:58", "English", "NGO", *[""] * 8, LONG[i]] for i in range(3)]
    path = rows(tmp_path / "x.csv", table, delimiter=";")
    (tmp_path / "x.txt").write_bytes(("sep=;\r\n" + path.read_text(encoding="utf-8")).encode("utf-16"))
    assert recognise(tmp_path / "x.txt").reader == "hys_questionnaire"


# EUSurvey -----------------------------------------------------------------------------------------------


def test_rows_that_end_early_on_a_further_sheet_of_eusurvey_stay_whole(tmp_path):
    """EUSurvey cuts wide tables into sheets; one of them can end with respondents who answered nothing there."""
    first = [["How useful?"], *[[f"{i % 2}"] for i in range(4)]]
    second = [["Please explain", "Contribution ID"], ["", "a-0"], [LONG[1], "a-1"]]
    path = workbook(tmp_path / "x.xlsx", {"Content": ALIAS + first, "Content1": [[], [], [], *second]})
    found = read_sources([path])
    assert found.sources[["n_rows", "n_responses", "n_set_aside"]].to_numpy().tolist() == [[4, 4, 0]]
    assert asked(found) == ["How useful?", "Please explain"]
    said = found.responses.set_index("source_row")["reference"]
    assert said[2] == "a-1"
    assert said.isna().tolist().count(True) == 2


def test_a_survey_of_one_question_is_not_mistaken_for_its_preamble(tmp_path):
    path = workbook(tmp_path / "x.xlsx", {"Content": [*ALIAS, ["What do you think?"], *[[t] for t in LONG]]})
    found = read_sources([path])
    assert asked(found) == ["What do you think?"]
    assert len(found.responses) == 3


def test_equal_answers_of_an_anonymous_survey_are_all_counted(tmp_path):
    """EUSurvey writes Anonymous in place of the contribution's id, which then says nothing about who it is."""
    table = [["Do you agree?", "Contribution ID", "User name", "Languages", "Creation date"]]
    table += [["Yes", "Anonymous", "Anonymous", "EN", "2024-08-01 10:00:00"]] * 3
    found = read_sources([workbook(tmp_path / "x.xlsx", {"Content": ALIAS + table})])
    assert len(found.responses) == 3
    assert found.responses["reference"].isna().all()


def test_eusurveys_own_columns_are_known_in_any_language_of_the_export(tmp_path):
    code = "0f3a52d1-aaaa-4bbb-8ccc-00000000000"
    table = [["Ihre Meinung", "Kennnummer", "Benutzer", "Erstellt", "Geändert", "Sprachen"]]
    table += [
        [t, f"{code}{i}", f"a{i}@example.org", f"2024-08-0{i + 1} 10:00:00", "2024-09-01 10:00:00", "DE"]
        for i, t in enumerate(LONG)
    ]
    found = read_sources([workbook(tmp_path / "x.xlsx", {"Content": ALIAS + table})])
    assert asked(found) == ["Ihre Meinung"]
    row = found.responses.set_index("reference").loc[f"{code}1"]
    assert (str(row["submitted_at"]), row["declared_language"]) == ("2024-08-02 10:00:00", "de")
    assert "example.org" not in str(found.answers.to_dict()) + str(found.columns.to_dict())


def test_uploads_of_eusurvey_lie_in_folders_named_after_contributions(tmp_path):
    """Every second respondent calls the file 'position paper'; each gets the own one, and nobody another's."""
    table = [["Your opinion", "Upload your paper", "Contribution ID"]]
    table += [[t, "paper.txt", f"code-{i}"] for i, t in enumerate(LONG)]
    path = workbook(tmp_path / "Content_Export.xlsx", {"Content": ALIAS + table})
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.write(path, path.name)
        for i in (0, 2):
            archive.writestr(f"code-{i}/Upload_1/paper.txt", f"The paper of respondent {i}.")
    found = read_sources([tmp_path / "export.zip"])
    ids = found.responses.set_index("response_id")["reference"]
    texts = {ids[r]: t for r, t in zip(found.attachments["response_id"], found.attachments["text"], strict=True)}
    assert texts == {f"code-{i}": f"The paper of respondent {i}." for i in (0, 2)}
    assert found.set_aside["item"].tolist() == ["attachment 'paper.txt'"]


def test_several_files_of_one_name_are_given_to_nobody(tmp_path, monkeypatch):
    digested = []
    monkeypatch.setattr(attachments, "sha256_of", lambda path: digested.append(path) or path.read_text())
    for folder, text in (("a", "One text."), ("b", "Another text.")):
        (tmp_path / "attachments" / folder).mkdir(parents=True)
        (tmp_path / "attachments" / folder / "paper.txt").write_text(text)
    table = [["id", "Your opinion", "Upload your paper"], *([f"R{i}", t, "paper.txt"] for i, t in enumerate(LONG))]
    found = read_sources([rows(tmp_path / "x.csv", table)])
    assert found.attachments.empty
    assert found.set_aside["reason"].str.startswith("2 files have this name").sum() == len(LONG)
    assert len(digested) == 2, "each file is read once, however many rows may mean it"


def test_a_folder_above_the_source_says_nothing_of_whose_a_file_is(tmp_path):
    given = tmp_path / "R1"
    (given / "attachments").mkdir(parents=True)
    (given / "attachments" / "paper.txt").write_text("The paper of the first respondent.")
    named = [f"R{i}" for i in range(len(LONG))]
    table = [[r, t, "paper.txt" if i == 0 else ""] for i, (r, t) in enumerate(zip(named, LONG, strict=True))]
    found = read_sources([rows(given / "x.csv", [["id", "Your opinion", "Upload your paper"], *table])])
    assert found.attachments["text"].tolist() == ["The paper of the first respondent."]


# The portal's API and what is made from it ----------------------------------------------------------------


def test_attachments_of_a_docket_go_to_the_comment_they_belong_to(tmp_path):
    names = ["Document ID", "Docket ID", "Document Type", "Posted Date", "Comment", "Attachment Files"]
    table = [names] + [
        [f"X-{i}", "X", "Public Submission", "2025-05-28T04:00Z", LONG[i], f"https://e.org/X-{i}/attachment_1.pdf"]
        for i in range(3)
    ]
    for i in (0, 2):
        (tmp_path / "attachments" / f"X-{i}").mkdir(parents=True)
        (tmp_path / "attachments" / f"X-{i}" / "attachment_1.txt").write_text(f"Attachment of {i}.")
    found = read_sources([rows(tmp_path / "x.csv", table)])
    ids = found.responses.set_index("response_id")["reference"]
    texts = {ids[r]: t for r, t in zip(found.attachments["response_id"], found.attachments["text"], strict=True)}
    assert texts == {"X-0": "Attachment of 0.", "X-2": "Attachment of 2."}


def test_a_docket_as_the_api_writes_it_is_titled_after_its_notice(tmp_path):
    kinds = ["Supporting & Related Material", "Notice", *["Public Submission"] * 3]
    data = [
        {"id": f"X-{i}", "attributes": {"docketId": "X", "documentType": kind, "postedDate": "2025-05-28T04:00:00Z",
         "comment": LONG[i - 2] if i > 1 else None, "title": f"{kind} number", "firstName": "Ada"}}
        for i, kind in enumerate(kinds)
    ]  # fmt: skip
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"data": data}))
    found = read_sources([path])
    assert found.sources[["format", "n_responses", "n_set_aside"]].to_numpy().tolist() == [["regulations_gov", 3, 2]]
    assert found.consultations["title"][0].startswith("Notice number")
    assert asked(found) == ["Comment"]


@pytest.mark.parametrize("data", [{"content": [], "totalPages": 0}, {"page": {"size": 10, "totalPages": 0}}])
def test_an_answer_of_the_portal_without_feedback_says_so(tmp_path, data):
    path = tmp_path / "x.json"
    path.write_text(json.dumps(data))
    with pytest.raises(UserError, match="without any feedback"):
        read_sources([path])


def test_records_keep_their_numbers_and_empty_ones_are_set_aside_where_they_stand(tmp_path):
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"content": [record(0), None, record(1, governanceLevel="LOCAL"), record(2, scope="")]}))
    found = read_sources([path])
    assert len(found.consultations) == 1
    assert sorted(found.responses["source_row"]) == [1, 3, 4]
    assert found.set_aside["source_row"].tolist() == [2]
    assert found.responses.set_index("source_row").loc[3, "scope"] == "local"


def test_records_one_a_line_are_records_of_the_api_and_a_broken_line_is_set_aside(tmp_path):
    path = tmp_path / "x.json"
    path.write_text("\n".join([json.dumps(record(0)), '{"id": 5, "dateF', json.dumps(record(1))]))
    found = read_sources([path])
    assert found.sources[["format", "n_rows", "n_responses"]].to_numpy().tolist() == [["hys_api", 3, 2]]


def test_feedback_that_eu_consultations_left_out_is_reported(tmp_path):
    path = tmp_path / "x.json"
    calls = [{"id": 1, "totalFeedback": 1, "feedback": [record(0)]}, {"id": 2, "totalFeedback": 900, "feedback": None}]
    path.write_text(json.dumps([{"shortTitle": "Skills", "consultations": calls}]))
    found = read_sources([path])
    assert found.set_aside["item"].tolist() == ["publication 2"]
    assert "900 responses" in found.set_aside["reason"][0]


def test_papers_as_docling_wrote_them_are_joined_page_by_page(tmp_path):
    paper = [{"documentId": "doc7", "fileName": "Our position.pdf"}]
    call = {"id": 1, "feedback": [record(0, attachments=paper), record(1)]}
    (tmp_path / "out" / "docling").mkdir(parents=True)
    (tmp_path / "out" / "x.json").write_text(json.dumps([{"shortTitle": "Skills", "consultations": [call]}]))
    texts = [{"text": f"Text of page {n}.", "prov": [{"page_no": n}]} for n in (1, 3)]
    (tmp_path / "out" / "docling" / "doc7.json").write_text(
        json.dumps({"schema_name": "DoclingDocument", "texts": texts})
    )
    found = read_sources([tmp_path / "out"])
    assert found.attachments["text"].tolist() == ["Text of page 1.\n\nText of page 3."]
    assert found.attachment_pages["page"].tolist() == [1, 2, 3]


# What `consult check` says --------------------------------------------------------------------------------


def test_check_says_who_answered_in_which_languages_and_what_to_mend(tmp_path):
    table = [[*PORTAL.split(";"), "Any comments?", "Upload here"]]
    table += [
        [f"F{i}", "19.06.2020 23:58", "", ["Somebody", "NGO", "NGO"][i], *[""] * 6,
         ["Belgium", "Belgium", "Atlantis"][i], "", ["#NAME?", LONG[1], LONG[2]][i], "paper.pdf" if i else ""]
        for i in range(3)
    ]  # fmt: skip
    _, found = check_source(rows(tmp_path / "x.csv", table, delimiter=";"))
    assert about_lines(found) == [
        "3 rows = 3 responses + 0 set aside",
        "Questions: 1 open, 1 for files",
        "Submitted: 19 June 2020 to 19 June 2020",
        "Respondents: NGO 2, Type not stated 1",
        "Countries: Belgium 2",
        "Languages of the texts: German 1, English 1",
    ]
    told = "\n".join(map(problem_line, found["problems"]))
    assert "2 attachments: the file was not found" in told
    assert "folder called attachments" in told
    assert "cell country ('Atlantis')" in told
    assert "'Somebody' (1)" in told
    assert "name or contact of a person" in "\n".join(check_lines(found))


def test_check_does_not_call_wrong_what_is_in_order(tmp_path):
    names = ["Document ID", "Docket ID", "Document Type", "Posted Date", "Comment"]
    kinds = ["Notice", "Public Submission", "Public Submission"]
    table = [names, *([f"X-{i}", "X", k, "2025-05-28T04:00Z", LONG[i] * (i > 0)] for i, k in enumerate(kinds))]
    _, found = check_source(rows(tmp_path / "x.csv", table))
    assert found["n_set_aside"] == 1
    assert not found["problems"]
