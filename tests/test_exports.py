"""What leaves the tool: complete, typed, masked, and nothing in it runs."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
import zipfile
from xml.etree import ElementTree as ET

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult import measures, schema
from consult.cli import main
from consult.errors import UserError
from consult.report.exports import FORMATS, WHOLE_IN, export
from consult.report.exports.cells import as_written, neutral
from consult.report.exports.refi import guid
from consult.report.exports.tables import gather
from consult.study import Study
from dashboard_study import make_study

NASTY = (
    "=cmd|' /C calc'!A0 is how a fee would look",
    "@SUM(1+1) of all the costs of learning",
    "+32 is not a telephone number but a start",
    "-1 to the proposal, it lacks funding",
    "'=1+1 was already quoted by somebody",
    "\tA tab at the start of the answer",
    "Line one of the answer,\nline two; \"quoted\", and more",
    "\u202bRight to left: \u05e9\u05dc\u05d5\u05dd, the courses cost too much\u202c",
    "Emoji 🎓👩🏽‍🎓 and money 💶 for adult learners",
    "Write to ana@example.org about the price of courses",
)  # fmt: skip


@pytest.fixture(scope="session")
def nasty_study(tmp_path_factory):
    """A study whose answers try everything that breaks spreadsheets; ingested and split, not modelled."""
    from consult.pipeline import Options, ingest, run_stage, use_codebook

    folder = tmp_path_factory.mktemp("nasty")
    source = folder / "answers.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["reference", "Your opinion"])
        writer.writerows((f"N{i}", text) for i, text in enumerate(NASTY))
    study = Study.create(folder / "study", title="=1+1 Title")
    use_codebook(study, None)
    ingest([source], study, mapping={"reference": ["reference"], "text": ["Your opinion"]})
    run_stage(study, "passages", Options())
    return study


@given(st.text(alphabet=st.sampled_from("'=+-@\t\r\n＝ab ")))
def test_neutral_cells_start_no_formula_and_come_back(text):
    cell = neutral(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝"))
    assert as_written(cell) == text


def test_texts_of_respondents_come_back_from_csv(nasty_study, tmp_path):
    export(nasty_study, "csv", tmp_path / "out", unmasked=True)
    content = (tmp_path / "out" / "answers.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert {as_written(row["text"]) for row in rows} == set(nasty_study.read("answers")["text"])
    assert not [row["text"] for row in rows if row["text"].startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_texts_of_respondents_come_back_from_the_workbook(nasty_study, tmp_path):
    from python_calamine import CalamineWorkbook

    export(nasty_study, "xlsx", tmp_path / "out.xlsx", unmasked=True)
    book = CalamineWorkbook.from_path(str(tmp_path / "out.xlsx"))
    rows = book.get_sheet_by_name("passages").to_python()
    at = rows[0].index("text")
    assert {row[at] for row in rows[1:]} == set(nasty_study.read("passages")["text"])
    with zipfile.ZipFile(tmp_path / "out.xlsx") as archive:
        parts = [archive.read(name).decode() for name in archive.namelist() if "worksheets" in name]
    assert parts
    for part in parts:
        assert "<f>" not in part
        assert "<hyperlink" not in part


def test_the_workbook_is_typed_frozen_and_filtered(example_study, tmp_path):
    from python_calamine import CalamineWorkbook

    export(example_study, "xlsx", tmp_path / "out.xlsx")
    book = CalamineWorkbook.from_path(str(tmp_path / "out.xlsx"))
    for name in ("README", "responses", "passages", "evidence", "themes", "topics", "themes by type", "codebook"):
        assert name in book.sheet_names
    rows = book.get_sheet_by_name("themes").to_python()
    n, share = rows[0].index("n"), rows[0].index("share")
    assert all(isinstance(row[n], float) and 0 <= row[share] <= 1 for row in rows[1:])
    assert len(book.get_sheet_by_name("responses").to_python()) == 1 + len(example_study.read("responses"))
    assert len(book.get_sheet_by_name("passages").to_python()) == 1 + len(example_study.read("passages"))
    with zipfile.ZipFile(tmp_path / "out.xlsx") as archive:
        sheets = [archive.read(n).decode() for n in archive.namelist() if n.startswith("xl/worksheets/sheet")]
    assert sum('state="frozen"' in sheet and "<autoFilter" in sheet for sheet in sheets) == len(sheets) - 1


def test_the_words_of_the_evidence_are_those_at_the_offsets(example_study, tmp_path):
    from python_calamine import CalamineWorkbook

    export(example_study, "xlsx", tmp_path / "out.xlsx", unmasked=True)
    rows = CalamineWorkbook.from_path(str(tmp_path / "out.xlsx")).get_sheet_by_name("evidence").to_python()
    texts = example_study.read("documents").set_index("document_id")["text"]
    at = {name: i for i, name in enumerate(rows[0])}
    assert len(rows) == 1 + len(example_study.read("taggings"))
    for row in rows[1:]:
        text = texts[row[at["document_id"]]]
        assert text[int(row[at["start"]]) : int(row[at["end"]])] == row[at["words"]]


GERMAN = measures.Selection(country=("DE",), language=("de",), view="apart")


def test_a_part_holds_the_responses_chosen_and_their_counts(example_study):
    corpus, chosen = measures.Corpus.from_study(example_study), GERMAN.with_(view="all")
    exported = gather(example_study, selection=GERMAN)
    tables, wanted = exported.tables, set(measures.responses_with(corpus, chosen))
    assert 0 < len(wanted) < corpus.n_responses
    assert set(tables["responses"]["response_id"]) == set(tables["documents"]["response_id"]) == wanted
    assert set(tables["answers"]["response_id"]) <= wanted
    assert set(tables["documents"]["language"]) == {"de"}
    for name in ("passages", "taggings", "pages", "own_parts", "campaign_members", "possibly_coordinated"):
        assert set(tables[name]["document_id"]) <= set(tables["documents"]["document_id"]), name
    for name in ("passage_topics", "passage_positions", "topic_quotes"):
        assert set(tables[name]["passage_id"]) <= set(tables["passages"]["passage_id"]), name
    assert set(tables["campaigns"]["campaign_id"]) == set(tables["campaign_members"]["campaign_id"])
    assert len(tables["themes"]) == len(example_study.read("themes"))
    counted = exported.counted["theme_shares"]
    assert counted.loc[counted["view"] == "all", "N"].unique() == [len(wanted)]
    found = tables["taggings"].groupby("theme_id")["response_id"].nunique()
    leaves = counted[(counted["view"] == "all") & ~counted["key"].isin(example_study.read("themes")["parent_id"])]
    assert dict(zip(leaves["key"], leaves["n"], strict=True)) == dict(found.reindex(leaves["key"], fill_value=0))
    told = f"Showing {len(wanted)} of {corpus.n_responses} responses. Country: Germany; Language of the text: German."
    assert told in exported.about
    assert gather(example_study, selection=measures.Selection(view="once")).about == ""


def test_a_question_that_nobody_of_a_part_answered_is_not_counted(tmp_path):
    study, ngos = make_study(tmp_path / "study"), measures.Selection(stakeholder_type=("ngo",))
    assert len(gather(study, selection=ngos).counted["closed_answers"])
    answers, responses = study.read("answers"), study.read("responses")
    theirs = responses.loc[responses["stakeholder_type"] == "ngo", "response_id"]
    study.write({"answers": answers[~answers["response_id"].isin(theirs)]})
    assert "closed_answers" not in gather(study, selection=ngos).counted


@pytest.mark.parametrize("form", ["csv", "jsonl", "themefinder"])
def test_a_part_says_that_it_is_one(example_study, tmp_path, form):
    export(example_study, form, tmp_path / "out", selection=GERMAN)
    assert "This is a part of the study. Showing" in (tmp_path / "out" / "README.txt").read_text(encoding="utf-8")


def test_the_workbook_and_the_qda_project_of_a_part_say_that_they_are_one(example_study, tmp_path):
    export(example_study, "xlsx", tmp_path / "a.xlsx", selection=GERMAN)
    front = pd.read_excel(tmp_path / "a.xlsx", sheet_name="README", header=None, engine="calamine")
    assert front[1].str.contains("This is a part of the study.", na=False).any()
    export(example_study, "qdpx", tmp_path / "a.qdpx", selection=GERMAN)
    with zipfile.ZipFile(tmp_path / "a.qdpx") as archive:
        root = ET.fromstring(archive.read("project.qde"))
    assert "This is a part of the study." in root.findtext("{*}Description")


def test_what_holds_the_whole_study_takes_no_part(example_study, tmp_path):
    for form in WHOLE_IN:
        with pytest.raises(UserError, match="holds the whole study"):
            export(example_study, form, tmp_path / "out", selection=GERMAN)
    with pytest.raises(UserError, match="none of 216 responses"):
        export(example_study, "csv", tmp_path / "out", selection=GERMAN.with_(country=("MT",)))
    export(example_study, "qdc", tmp_path / "whole.qdc", selection=measures.Selection(view="once"))


@pytest.mark.parametrize("form", ["parquet", "jsonl", "csv"])
def test_every_table_leaves_whole(example_study, tmp_path, form):
    export(example_study, form, tmp_path / "out", unmasked=True)
    for name in [name for name in schema.TABLES if name != "persons"]:
        path = tmp_path / "out" / f"{name}.{form}"
        kept = example_study.read(name)
        if form == "parquet":
            kept = kept.assign(organisation=kept["organisation"]) if name == "responses" else kept
            pd.testing.assert_frame_equal(pd.read_parquet(path), kept)
        elif form == "jsonl":
            assert len(path.read_text(encoding="utf-8").splitlines()) == len(kept)
        else:
            with path.open(encoding="utf-8-sig", newline="") as file:
                assert len(list(csv.reader(file))) == len(kept) + 1
    assert (tmp_path / "out" / f"theme_shares.{form}").exists()
    assert "0 and 1" in (tmp_path / "out" / "README.txt").read_text(encoding="utf-8") or form != "csv"


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "qdc"])
def test_personal_data_are_masked_unless_asked(nasty_study, tmp_path, form):
    def everything(path):
        if path.is_dir():
            return b"".join(
                file.read_bytes() for file in sorted(path.rglob("*")) if file.is_file() and file.suffix != ".parquet"
            ) + b"".join(pd.read_parquet(file).to_csv().encode() for file in sorted(path.glob("*.parquet")))
        with zipfile.ZipFile(path) as archive:
            return b"".join(archive.read(name) for name in archive.namelist() if not name.endswith(".parquet"))

    export(nasty_study, form, tmp_path / "masked")
    export(nasty_study, form, tmp_path / "open", unmasked=True)
    assert b"ana@example.org" not in everything(tmp_path / "masked")
    assert b"ana@example.org" in everything(tmp_path / "open")


@pytest.mark.parametrize("form", ["xlsx", "qdpx", "package"])
def test_the_same_study_gives_the_same_bytes(example_study, tmp_path, form):
    def digests(path):
        files = sorted(path.iterdir()) if path.is_dir() else [path]
        return [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]

    export(example_study, form, tmp_path / "one")
    export(example_study, form, tmp_path / "two")
    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_the_qda_codebook_has_every_theme_under_its_parent(example_study, tmp_path):
    export(example_study, "qdc", tmp_path / "book.qdc")
    root = ET.parse(tmp_path / "book.qdc").getroot()
    assert root.tag == "{urn:QDA-XML:codebook:1.0}CodeBook"
    codes = {code.get("guid"): code for code in root.findall(".//{*}Code")}
    parents = {
        child.get("guid"): code.get("guid") for code in root.findall(".//{*}Code") for child in code.findall("{*}Code")
    }
    themes = example_study.read("themes")
    assert len(codes) == len(themes)
    for key, parent in zip(themes["theme_id"], themes["parent_id"], strict=True):
        assert codes[guid("theme", key)].find("{*}Description").text
        expected = guid("theme", parent) if isinstance(parent, str) else None
        assert parents.get(guid("theme", key)) == expected


def test_codings_of_the_qda_project_point_at_the_evidence(example_study, tmp_path):
    export(example_study, "qdpx", tmp_path / "project.qdpx", unmasked=True)
    with zipfile.ZipFile(tmp_path / "project.qdpx") as archive:
        root = ET.fromstring(archive.read("project.qde"))
        texts = {n: archive.read(n).decode() for n in archive.namelist() if n.startswith("sources/")}
    codes = {code.get("guid") for code in root.findall(".//{*}Code")}
    documents = example_study.read("documents").set_index("document_id")["text"]
    taggings = example_study.read("taggings")
    wanted = {
        (guid("theme", t), documents[d][s:e])
        for t, d, s, e in zip(
            taggings["theme_id"], taggings["document_id"], taggings["start"], taggings["end"], strict=True
        )
    }
    found, seen = set(), []
    for source in root.findall(".//{*}TextSource"):
        text = texts[source.get("plainTextPath").replace("internal://", "sources/")]
        for selection in source.findall("{*}PlainTextSelection"):
            target = selection.find("{*}Coding/{*}CodeRef").get("targetGUID")
            assert target in codes
            words = text[int(selection.get("startPosition")) : int(selection.get("endPosition"))]
            found.add((target, words))
            seen.append(selection.get("guid"))
    assert wanted <= found
    assert len(set(seen)) == len(seen)
    assert len(root.findall(".//{*}Case")) == len(texts)


# The order that the project schema of REFI-QDA 1.5 (18 March 2019) demands, for the parts written here, and what each
# must have. Parts in ONE_OR_MORE may be left out, but not be empty.
ORDER = {
    "Project": ["Users", "CodeBook", "Variables", "Cases", "Sources", "Description"],
    "Code": ["Description", "Code"],
    "Case": ["VariableValue", "SourceRef"],
    "VariableValue": ["VariableRef", "TextValue"],
    "TextSource": ["PlainTextSelection"],
    "PlainTextSelection": ["Description", "Coding"],
    "Coding": ["CodeRef"],
}
NEEDED = {
    "Project": {"name"}, "User": {"guid"}, "Code": {"guid", "name", "isCodable"}, "Case": {"guid"},
    "Variable": {"guid", "name", "typeOfVariable"}, "TextSource": {"guid"}, "Coding": {"guid"},
    "PlainTextSelection": {"guid", "startPosition", "endPosition"}, "CodeRef": {"targetGUID"},
    "SourceRef": {"targetGUID"}, "VariableRef": {"targetGUID"},
}  # fmt: skip
ONE_OR_MORE = {"Users", "CodeBook", "Codes", "Variables", "Cases", "Sources"}


@pytest.mark.parametrize("which", ["example_study", "part", "nasty_study", "without_codes"])
def test_the_qda_project_follows_its_schema(which, request, tmp_path):
    if which == "without_codes":
        shutil.copytree(request.getfixturevalue("nasty_study").path, tmp_path / "s")
        (tmp_path / "s" / "codebook.yaml").unlink()
        study = Study.open(tmp_path / "s")
    else:
        study = request.getfixturevalue("example_study" if which == "part" else which)
    export(study, "qdpx", tmp_path / "p.qdpx", selection=GERMAN if which == "part" else None)
    with zipfile.ZipFile(tmp_path / "p.qdpx") as archive:
        root = ET.fromstring(archive.read("project.qde"))
    guids = [e.get("guid") for e in root.iter() if e.get("guid")]
    assert len(guids) == len(set(guids))
    for element in root.iter():
        name = element.tag.removeprefix("{urn:QDA-XML:project:1.0}")
        assert element.tag != name
        assert set(element.attrib) >= NEEDED.get(name, set())
        assert len(element) or name not in ONE_OR_MORE
        if name in ORDER:
            places = [ORDER[name].index(child.tag.split("}")[1]) for child in element]
            assert places == sorted(places)
    assert {e.get("targetGUID") for e in root.iter() if e.get("targetGUID")} <= set(guids)


def test_the_data_package_describes_and_checks_itself(example_study, tmp_path):
    export(example_study, "package", tmp_path / "package.zip")
    with zipfile.ZipFile(tmp_path / "package.zip") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    described = json.loads(files["datapackage.json"])
    for resource in described["resources"]:
        content = files[resource["path"]]
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        header = next(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        assert header == [field["name"] for field in resource["schema"]["fields"]]
        table = resource["path"].removeprefix("data/").removesuffix(".csv")
        assert f"tables/{table}.parquet" in files
    sums = dict(reversed(line.split("  ")) for line in files["SHA256SUMS"].decode().splitlines())
    assert sums == {name: hashlib.sha256(c).hexdigest() for name, c in files.items() if name != "SHA256SUMS"}
    assert {"runs.jsonl", "codebook.yaml"} <= set(files)


def test_the_command_and_its_faults(example_study, tmp_path, capsys):
    arguments = ["export", "--study", str(example_study.path)]
    assert main([*arguments, "--format", "qdc", "--out", str(tmp_path / "b.qdc"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["out"] == str(tmp_path / "b.qdc")
    assert main([*arguments, "--format", "sas", "--out", str(tmp_path / "b")]) == 1
    assert "allowed are csv" in capsys.readouterr().err
    assert main([*arguments, "--format", "xlsx", "--out", str(tmp_path)]) == 1
    assert "this is a folder" in capsys.readouterr().err
    assert main([*arguments, "--format", "csv", "--out", str(tmp_path / "b.qdc")]) == 1
    assert "this is a file" in capsys.readouterr().err
    Study.create(tmp_path / "empty")
    assert main(["export", "--study", str(tmp_path / "empty"), "--format", "csv", "--out", str(tmp_path / "x")]) == 1
    assert "no responses" in capsys.readouterr().err
