"""`consult codebook`, codebooks and codings of other programs, and what is asked next."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile

import pytest

from consult import pipeline
from consult.cli import main
from consult.errors import UserError
from consult.pipeline.themes import chances
from consult.report.exports.refi import codebook_xml
from consult.study import Study
from consult.themes.codebook import load_codebook, parse_codebook
from consult.themes.codebook_changes import differences, read_changes
from consult.themes.gold import read_coding
from consult.themes.review import Tables, draw_learning
from test_cli_coding import tagged_study

CODEBOOK = """
codebook: small
title: Small
version: 1
language: en
themes:
  - id: costs
    name: Costs
    definition: What learning costs and who pays for it.
    phrases: {en: ["expensive"]}
  - id: teachers
    name: Teachers
    definition: Those who teach, and their training.
    counts: ["Their pay"]
    phrases: {en: ["teacher*"]}
"""
TALKS = {
    "en": (
        "Courses are too expensive and tuition fees keep rising.",
        "The teachers should be trained better than now.",
        "Every diploma must be recognised in all countries.",
        "Tuition is what keeps people from learning.",
    ),
    "de": (
        "Die Kurse sind für viele zu teuer geworden.",
        "Lehrkräfte brauchen selbst eine gute Ausbildung.",
        "Abschlüsse müssen überall anerkannt werden.",
        "Niemand hat uns von diesem Angebot erzählt.",
    ),
}


@pytest.fixture(scope="module")
def tagged(tmp_path_factory):
    """Forty-eight answers in two languages, tagged."""
    rows = [
        [f"F{i}", ("Company", "NGO")[i // 8 % 2], TALKS["en" if i % 3 else "de"][i % 4] + f" This is point {i}."]
        for i in range(48)
    ]
    return tagged_study(tmp_path_factory.mktemp("codebook"), rows, CODEBOOK, "Your opinion")


@pytest.fixture
def study(tagged, tmp_path):
    shutil.copytree(tagged.path, tmp_path / "study")
    return Study.open(tmp_path / "study")


def data(capsys, *arguments, code=0):
    assert main([*map(str, arguments), "--json"]) == code
    return json.loads(capsys.readouterr().out)


def said(capsys, *arguments, code=0):
    assert main([*map(str, arguments)]) == code
    return capsys.readouterr().out


def test_check_names_what_cannot_be_read_and_what_looks_wrong(tmp_path, capsys):
    bad = tmp_path / "bad.yaml"
    bad.write_text(CODEBOOK.replace("phrases", "phrase"), encoding="utf-8")
    found = data(capsys, "codebook", "check", bad, code=1)
    assert "Did you mean 'phrases'" in found["errors"][0]
    weak = tmp_path / "weak.yaml"
    weak.write_text(CODEBOOK, encoding="utf-8")
    assert data(capsys, "codebook", "check", weak, code=1)["warnings"]
    assert "to look at" in " ".join(said(capsys, "codebook", "check", weak, code=1).split())


def test_show_lists_themes_and_tells_all_of_one(study, capsys):
    found = data(capsys, "codebook", "show", "--study", study.path)
    assert [t["theme_id"] for t in found["themes"]] == ["costs", "teachers"]
    assert found["tagged_with"] == "small 1"
    assert len(found["in_study"]) == 1
    text = said(capsys, "codebook", "show", "Teachers", "--study", study.path)
    assert "English: teacher*" in text
    assert "Their pay" in text


def test_suggested_words_are_counted_before_and_after_they_are_taken(study, capsys):
    found = data(capsys, "codebook", "suggest", "costs", "--study", study.path)
    words = {s["phrase"]: s for s in found["suggestions"] if s["language"] == "en"}
    one = next(s for phrase, s in words.items() if "tuition" in phrase or "fee" in phrase)
    assert one["n_with"] >= 3
    assert not any("expensive" in phrase for phrase in words)
    arguments = ("codebook", "suggest", "costs", "--study", study.path, "--language", "en", "--accept", "tuition")
    tried = data(capsys, *arguments, "--dry-run")
    assert tried["passages_gained"] > 0
    assert load_codebook(study.codebook_path).version == "1"
    taken = data(capsys, *arguments, "--who", "Ana", "--why", "said often")
    assert taken["responses_after"] == tried["responses_after"] > taken["responses_before"]
    assert taken["version"] == "2"
    changes = read_changes(study)
    assert (changes[-1]["by"], changes[-1]["why"], changes[-1]["version"]) == ("Ana", "said often", "2")
    assert changes[-1]["changed"] == [
        {"theme_id": "costs", "field": "phrases", "language": "en", "added": ["tuition"], "removed": []}
    ]
    assert next(r for r in reversed(study.runs()) if r["stage"] == "tag")["codebook"] == "small 2"


def test_a_change_by_hand_is_recorded_too(study):
    study.write_codebook(CODEBOOK.replace('"teacher*"', '"teacher*", "trainer*"'))
    pipeline.run_stage(study, "tag", pipeline.Options())
    last = read_changes(study)[-1]
    assert last["by"] == ""
    assert last["changed"][0]["added"] == ["trainer*"]
    pipeline.run_stage(study, "tag", pipeline.Options())
    assert len(read_changes(study)) == 2


def test_diff_speaks_of_themes_languages_and_taggings(study, tmp_path, capsys):
    later = tmp_path / "later.yaml"
    later.write_text(CODEBOOK.replace('["expensive"]', '["expensive", "tuition"]'), encoding="utf-8")
    found = data(capsys, "codebook", "diff", study.codebook_path, later, "--study", study.path)
    assert [(d["theme_id"], d["language"], d["added"]) for d in found["differences"]] == [("costs", "en", ["tuition"])]
    assert found["same_version"]
    row = next(t for t in found["taggings"] if t["theme_id"] == "costs")
    assert row["passages_gained"] > 0 == row["passages_lost"]
    text = said(capsys, "codebook", "diff", study.codebook_path, later, "--study", study.path)
    assert "+ phrases, English: tuition" in text


def test_differences_name_every_field():
    before = parse_codebook(CODEBOOK, "a")
    after = parse_codebook(
        CODEBOOK.replace('counts: ["Their pay"]', "parent: costs").replace("name: Costs", "name: Money")
        + "  - {id: new, name: New, definition: New.}\n",
        "b",
    )
    found = {(d.theme_id, d.field): (d.added, d.removed) for d in differences(before, after)}
    assert found == {
        ("costs", "name"): (("Money",), ("Costs",)),
        ("teachers", "parent"): (("costs",), ()),
        ("teachers", "counts"): ((), ("Their pay",)),
        ("new", "theme"): (("New",), ()),
    }
    assert differences(before, before) == []


def test_what_is_said_of_the_whole_codebook_is_a_difference(tmp_path, capsys):
    for name, line in (("a.yaml", "recall: 0.9\n"), ("b.yaml", "recall: 0.7\n"), ("c.yaml", "")):
        (tmp_path / name).write_text(line + CODEBOOK, encoding="utf-8")
    a, b, c = (load_codebook(tmp_path / f"{name}.yaml") for name in "abc")
    (changed,) = differences(a, b)
    assert (changed.theme_id, changed.field, changed.added, changed.removed) == ("", "recall", ("0.7",), ("0.9",))
    assert [(d.added, d.removed) for d in differences(b, c)] == [((), ("0.7",))]
    text = said(capsys, "codebook", "diff", tmp_path / "a.yaml", tmp_path / "b.yaml")
    assert "The codebook as a whole" in text
    assert "+ recall: 0.7" in text


# Codebooks and codings of other programs --------------------------------------------------------------


def test_a_codebook_goes_out_to_other_software_and_comes_back(tmp_path):
    before = parse_codebook(CODEBOOK, "a")
    (tmp_path / "small.qdc").write_bytes(codebook_xml(before))
    after = load_codebook(tmp_path / "small.qdc")
    assert [(t.theme_id, t.name, t.definition, t.counts) for t in after.themes] == [
        (t.theme_id, t.name, t.definition, t.counts) for t in before.themes
    ]


def test_names_and_descriptions_alone_are_a_codebook(study, tmp_path, capsys):
    table = tmp_path / "themes.csv"
    table.write_text("name;description;parent\nMoney;What courses cost, tuition fees;\nFees;Tuition fees;Money\n")
    book = load_codebook(table)
    assert [(t.theme_id, t.parent_id) for t in book.themes] == [("money", None), ("fees", "money")]
    data(capsys, "tag", "--study", study.path, "--codebook", table)
    texts = study.read("passages").set_index("passage_id")["text"]
    found = study.read("taggings")
    assert texts[found.loc[found["theme_id"] == "money", "passage_id"]].str.contains("uition").any()
    assert load_codebook(study.codebook_path) == book


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.csv", "name,memo\n,x\n", "without a name"),
        ("a.csv", "x,y\n1,2\n", "'name' and 'description'"),
        ("a.csv", "name,parent\nA,B\n", "no theme 'B'"),
        ("a.csv", "name\nA\na\n", "there twice"),
        ("a.qdc", "<x/>", "expected a REFI-QDA codebook"),
        ("a.qdc", "no", "not XML"),
        ("a.json", "[]", "no theme was found"),
    ],
)
def test_faults_of_foreign_codebooks(tmp_path, name, text, told):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=told):
        load_codebook(tmp_path / name)


def test_a_mapping_of_themefinder_is_a_coding(tmp_path):
    book = parse_codebook(CODEBOOK, "a")
    lines = [{"response_id": 1, "labels": ["A"], "stances": ["POSITIVE"]}, {"response_id": 2, "labels": []}]
    (tmp_path / "mapping.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    themes = [{"topic_id": "A", "topic_label": "Costs", "topic_description": "Money"}]
    (tmp_path / "themes.json").write_text(json.dumps(themes), encoding="utf-8")
    (tmp_path / "question.json").write_text('{"question_number": 1, "question_text": "Why?"}', encoding="utf-8")
    coding = read_coding(tmp_path / "mapping.jsonl", book)
    assert coding.units[["reference", "question"]].to_numpy().tolist() == [["1", "Why?"], ["2", "Why?"]]
    assert coding.decisions["costs"].tolist() == [1.0, 0.0]
    (tmp_path / "themes.json").unlink()
    with pytest.raises(UserError, match="no theme 'A'"):
        read_coding(tmp_path / "mapping.jsonl", book)


def test_a_table_may_hold_names_of_themes_and_other_columns(tmp_path):
    book = parse_codebook(CODEBOOK, "a")
    (tmp_path / "coded.csv").write_text('document_id,title,Costs,TEACHERS\nR1,"A title",1,0\n', encoding="utf-8")
    coding = read_coding(tmp_path / "coded.csv", book)
    assert coding.units["reference"].tolist() == ["R1"]
    assert coding.decisions.loc[0].to_dict() == {"costs": 1.0, "teachers": 0.0}


@pytest.fixture
def project(study, tmp_path, capsys):
    """The study as a project, as if a person had made its codings."""
    assert main(["export", "--study", str(study.path), "--format", "qdpx", "--out", str(tmp_path / "own.qdpx")]) == 0
    capsys.readouterr()

    def changed(change):
        path = tmp_path / "coded.qdpx"
        with zipfile.ZipFile(tmp_path / "own.qdpx") as old, zipfile.ZipFile(path, "w") as new:
            for name in old.namelist():
                content = old.read(name)
                new.writestr(name, change(content.decode()) if name.endswith(".qde") else content)
        return path

    return changed


def test_a_coded_project_is_a_coding(study, project, capsys):
    path = project(lambda xml: xml.replace('name="consult"', 'name="Ana"'))
    found = data(capsys, "evaluate", path, "--study", study.path, "--resamples", "100")
    values = {row["measure"]: row["value"] for row in found["overall"]}
    assert values["F1 (micro)"] == 1.0
    assert 0 < found["n_compared"] < 48
    assert not found["not_joined"]


def test_faults_of_projects_are_said_in_one_sentence(study, project, tmp_path, capsys):
    def fault(path):
        assert main(["evaluate", str(path), "--study", str(study.path)]) == 1
        return capsys.readouterr().err

    assert "coded by a person" in fault(project(lambda xml: xml))
    ana = ('name="consult"', 'name="Ana"')
    assert "outside its text" in fault(
        project(lambda x: x.replace(*ana).replace('endPosition="', 'endPosition="99999'))
    )
    assert "not in its codebook" in fault(project(lambda x: x.replace(*ana).replace('<Code guid="', '<Code guid="x')))
    assert "expected a project of REFI-QDA" in fault(project(lambda xml: "<a/>"))
    (tmp_path / "no.qdpx").write_bytes(b"no")
    assert "cannot be read as a REFI-QDA project" in fault(tmp_path / "no.qdpx")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", "x")
    (tmp_path / "empty.qdpx").write_bytes(buffer.getvalue())
    assert "holds no project.qde" in fault(tmp_path / "empty.qdpx")


# What to ask next -------------------------------------------------------------------------------------


def test_what_is_asked_next_is_doubtful_spread_and_not_asked_twice(study):
    table, vectors = chances(study)
    book, tables = load_codebook(study.codebook_path), Tables.of(study)

    def drawn(n, known=()):
        return draw_learning(tables, book, ["costs"], n, chances=table, vectors=vectors, known=known)

    first = drawn(8)
    assert first == drawn(8)
    assert first.kind == "learn"
    assert {p.language for p in first.passages} == {"en", "de"}
    doubt = 4 * table["costs"] * (1 - table["costs"])
    assert doubt[[p.passage_id for p in first.passages]].mean() > doubt.mean()
    known = {(p.passage_id, "costs") for p in first.passages}
    assert not {p.passage_id for p in drawn(8, known).passages} & {p for p, _ in known}


def test_review_gives_out_what_teaches_most(study, tmp_path, capsys):
    sheet = tmp_path / "learn.csv"
    arguments = ("review", "--study", study.path, "--theme", "costs", "--n", "6", "--out", sheet)
    found = data(capsys, *arguments, "--next", "learn")
    assert found["kind"] == "learn"
    assert found["n"] == 6
    assert main(["review", "--study", str(study.path), "--audit", "costs", "--next", "learn"]) == 1
    assert "drawn by chance" in capsys.readouterr().err


def test_verdicts_teach_and_the_run_says_so(study, capsys, tmp_path):
    """German speaks of costs without a phrase for it; a person says so in half of the study."""
    sheet = tmp_path / "sheet.csv"
    data(capsys, "review", "--study", study.path, "--theme", "costs", "--n", "60", "--out", sheet)
    rows = list(csv.DictReader(io.StringIO(sheet.read_text(encoding="utf-8-sig"), newline="")))
    for row in rows:
        about = any(w in row["text"].lower() for w in ("expensive", "tuition", "teuer"))
        row["Costs [costs]"] = "yes" if about else "no"
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    found = data(capsys, "review", "--study", study.path, "--take-back", sheet, "--coder", "Ana")
    learned = next(one for one in found["learned"] if one["theme_id"] == "costs")
    assert learned["use"] in ("adds", "corrects")
    assert learned["f1_learned"] > learned["f1_found"]
    record = next(r for r in reversed(study.runs()) if r["stage"] == "tag")
    assert record["classifiers"][0]["theme_id"] == "costs"
    assert "classifier adds" in said(capsys, "review", "--study", study.path)
