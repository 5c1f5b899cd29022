"""What each column was taken for is kept in study.toml, where a person can change it; names stay out of a study."""

from __future__ import annotations

import json
import tomllib
import zipfile

import pandas as pd
import pytest
import xlsxwriter

from consult import pipeline
from consult.errors import UserError
from consult.ingest import read_sources
from consult.ingest.copies import Private, copy_without_names
from consult.study import Study

HEAD = (
    "Reference;Feedback date;Language;User type;First name;Surname;Scope;Organisation name;"
    "Transparency register number;Organisation size;Country;Publication privacy settings;How important is it?;"
    "Any comments?"
)
ROWS = (
    "F1;19.06.2020 23:58;English;EU Citizen;Ada;Lovelace;;Ada Lovelace;;;Belgium;with your personal information;5;"
    "Everyone needs access to training, whatever their age.\n"
    "F2;18.06.2020 09:01;German;NGO;Karl;Marx;;Kapital GmbH;;;Germany;with your personal information;1;"
    "Wir brauchen eine bessere Anerkennung von Abschlüssen."
)


@pytest.fixture
def given(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"{HEAD}\n{ROWS}\n", encoding="utf-8")
    return path


@pytest.fixture
def study(tmp_path, given):
    made = Study.create(tmp_path / "study")
    pipeline.ingest([given], made)
    return made


def change(study, old, new):
    path = study.path / "study.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def everything(study):
    return b"".join(p.read_bytes() for p in study.path.rglob("*") if p.is_file() and p.suffix != ".parquet")


def test_a_heading_in_study_toml_that_no_source_has_is_named_with_the_nearest(study, given):
    change(study, '"Any comments?" = "open"', '"Any coments?" = "open"')
    pipeline.ingest([given], study)
    notes = study.runs()[-1]["notes"]
    (said,) = [note for note in notes if note.startswith("study.toml")]
    assert said.startswith("study.toml, [map], a.csv: there is no column 'Any coments?'")
    assert "the nearest are 'Any comments?'" in said
    kept = read_sources([given], kept={"text": ["Any comments?", "Remarks"], "country": "Land"}).notes
    assert sum(note.startswith("study.toml, [map]: there is no column") for note in kept) == 2


def test_what_each_column_was_taken_for_is_kept_by_file_and_column(study):
    kept = study.settings()["map"]["a.csv"]
    assert kept["Any comments?"] == "open"
    assert kept["How important is it?"] == "closed"
    assert kept["Surname"] == "person"
    assert kept["Feedback date"] == "submitted_at"
    assert len(kept) == len(HEAD.split(";"))


def test_the_same_source_again_is_skipped_although_study_toml_was_written(study, given):
    assert pipeline.ingest([given], study).skipped


def test_a_changed_word_is_used_when_the_file_is_read_again_and_nothing_is_there_twice(study, given):
    before = study.read("responses")
    change(study, '"How important is it?" = "closed"', '"How important is it?" = "open"')
    change(study, 'Scope = "scope"', 'Scope = "ignore"')
    assert not pipeline.ingest([given], study).skipped
    assert study.read("questions")["kind"].tolist() == ["open", "open"]
    assert study.read("responses")["response_id"].tolist() == before["response_id"].tolist()
    assert len(study.read("sources")) == 1
    assert study.read("consultations")["title"].tolist() == ["Have Your Say questionnaire, 18 June to 19 June 2020"]
    assert len(study.read("documents")) == 4


def test_a_column_made_a_person_leaves_the_study_and_the_copy(study, given):
    change(study, '"Organisation name" = "organisation"', '"Organisation name" = "person"')
    pipeline.ingest([given], study)
    assert study.read("responses")["organisation"].isna().all()
    assert b"Kapital" not in everything(study)


def test_a_column_that_becomes_a_question_keeps_the_consultation_and_its_ids(study, given):
    before = study.read("responses")
    change(study, 'Scope = "scope"', 'Scope = "closed"')
    pipeline.ingest([given], study)
    assert len(study.read("consultations")) == 1
    asked = study.read("questions").sort_values("number")["text"].tolist()
    assert asked == ["Scope", "How important is it?", "Any comments?"]
    assert set(study.read("responses")["response_id"]) == set(before["response_id"])


def test_an_unknown_word_is_refused_and_the_allowed_ones_named(study, given):
    change(study, '"How important is it?" = "closed"', '"How important is it?" = "shut"')
    with pytest.raises(UserError, match=r"study.toml, \[map\], 'How important is it\?': 'shut' is not a field.*closed"):
        pipeline.ingest([given], study)


def test_a_mapping_given_on_the_command_line_is_kept_for_a_later_ingest(tmp_path):
    path = tmp_path / "b.csv"
    path.write_text("id,a,b\n1,Long words about training for all,x\n2,More long words about money,y\n")
    study = Study.create(tmp_path / "s")
    pipeline.ingest([path], study, mapping={"closed": ["a"], "text": ["b"]})
    first = study.read("questions")
    assert study.settings()["map"]["b.csv"] == {"id": "reference", "a": "closed", "b": "open"}
    pipeline.ingest([path], study)
    pd.testing.assert_frame_equal(study.read("questions"), first)


def test_a_map_for_all_files_is_used_for_those_that_have_the_column(tmp_path):
    study = Study.create(tmp_path / "s")
    study.write_settings({"map": {"closed": ["a"]}})
    for name, heading in (("one.csv", "a"), ("two.csv", "c")):
        path = tmp_path / name
        path.write_text(
            f"id,{heading},b\n1,Words one about {name},Long words on training for all\n2,Other words,On money too\n",
            encoding="utf-8",
        )
        pipeline.ingest([path], study)
    assert study.settings()["map"]["one.csv"]["a"] == "closed"
    assert study.settings()["map"]["two.csv"]["c"] != "ignore"
    assert study.settings()["map"]["closed"] == ["a"]


def test_no_name_of_a_private_person_is_stored(study):
    assert not study.has("persons")
    for name in (b"Ada", b"Lovelace", b"Marx"):
        assert name not in everything(study)
    assert study.read("responses")["organisation"].dropna().tolist() == ["Kapital GmbH"]


def test_names_are_kept_where_asked_for_and_a_later_ingest_does_the_same(study, given):
    pipeline.ingest([given], study, keep_names=True)
    names = study.read("persons")
    assert set(names["value"]) == {"Ada", "Lovelace", "Karl", "Marx"}
    assert set(study.read("responses")["organisation"]) == {"Ada Lovelace", "Kapital GmbH"}
    assert study.settings()["ingest"]["keep_names"] is True
    more = given.with_name("more.csv")
    more.write_text(f"{HEAD}\n{ROWS.replace('F1', 'F3').replace('Ada', 'Grace')}\n", encoding="utf-8")
    pipeline.ingest([more], study)
    assert "Grace" in set(study.read("persons")["value"])


def test_names_leave_the_study_when_they_are_no_longer_to_be_kept(study, given):
    pipeline.ingest([given], study, keep_names=True)
    assert b"Lovelace" in everything(study)
    pipeline.ingest([given], study, keep_names=False)
    assert study.read("persons").empty
    assert b"Lovelace" not in everything(study)
    assert study.read("responses")["organisation"].dropna().tolist() == ["Kapital GmbH"]


def test_kept_names_are_exported_only_with_everything_else_unmasked(study, given):
    from consult.report.exports.tables import gather

    pipeline.ingest([given], study, keep_names=True)
    assert "persons" not in gather(study).tables
    assert set(gather(study, unmasked=True).tables["persons"]["value"]) == {"Ada", "Lovelace", "Karl", "Marx"}


def test_an_uploaded_file_leaves_the_folder_of_uploads_once_it_is_ingested(tmp_path, given):
    study = Study.create(tmp_path / "mine")
    (study.path / "uploads").mkdir()
    uploaded = given.rename(study.path / "uploads" / given.name)
    pipeline.ingest([uploaded], study)
    assert not uploaded.exists()
    assert [p.suffix for p in (study.path / "sources").iterdir()] == [".csv"]
    assert b"Lovelace" not in everything(study)


PRIVATE = Private(frozenset({"surname"}), frozenset({"userType"}), frozenset({"organization"}))
RECORDS = [
    {"id": "1", "surname": "Lovelace", "userType": "EU_CITIZEN", "organization": "Ada L.", "text": "Long words, one"},
    {"id": "2", "surname": "Marx", "userType": "NGO", "organization": "Kapital", "text": "=more; words"},
]


def written(folder, suffix):
    path = folder / f"x{suffix}"
    table = [list(RECORDS[0]), *(list(r.values()) for r in RECORDS)]
    if suffix == ".json":
        path.write_text(json.dumps({"content": RECORDS}))
    elif suffix == ".jsonl":
        path.write_text("\n".join(json.dumps(r) for r in RECORDS))
    elif suffix == ".parquet":
        pd.DataFrame(RECORDS).to_parquet(path)
    elif suffix == ".xlsx":
        with xlsxwriter.Workbook(str(path)) as book:
            page = book.add_worksheet()
            for i, row in enumerate(table):
                for j, cell in enumerate(row):
                    page.write_string(i, j, cell)
    elif suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.write(written(folder, ".csv"), "inside/x.csv")
    else:
        path.write_text("\n".join("\t".join(row) for row in table))
    return path


@pytest.mark.parametrize("suffix", [".csv", ".json", ".jsonl", ".parquet", ".xlsx", ".zip"])
def test_a_copy_of_any_table_holds_all_but_the_names(tmp_path, suffix):
    from consult.ingest import read_sources

    source = written(tmp_path, suffix)
    (tmp_path / "copy").mkdir()
    copy = copy_without_names(source, tmp_path / "copy", PRIVATE)
    found = read_sources([copy], mapping={"text": ["text"], "person": ["surname"]}, keep_names=True)
    assert found.persons.empty
    assert set(found.answers["text"]) >= {"Long words, one", "=more; words"}
    assert found.responses["organisation"].dropna().tolist() == ["Kapital"]


def test_study_toml_stays_valid_with_odd_headings_and_file_names(tmp_path):
    path = tmp_path / 'odd "name" é.v2.csv'
    path.write_text('id;"What\nis ""it""?";b=c\n1;Long words about training for all;x\n2;Other words again;y\n')
    study = Study.create(tmp_path / "s")
    pipeline.ingest([path], study)
    kept = tomllib.loads((study.path / "study.toml").read_text(encoding="utf-8"))["map"][path.name]
    assert list(kept) == ["id", 'What is "it"?', "b=c"]


def test_check_opens_the_source_once(monkeypatch, given):
    from consult.cli.checking import check_path
    from consult.ingest import expand

    opened = []
    real = expand.open_material
    monkeypatch.setattr(expand, "open_material", lambda *a, **k: opened.append(a) or real(*a, **k))
    found = check_path(given)
    assert len(opened) == 1
    assert found["format"] == "Have Your Say questionnaire contributions"
    assert [c["column"] for c in found["columns"]] == HEAD.split(";")
