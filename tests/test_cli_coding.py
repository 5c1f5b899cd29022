"""The commands for coding by people, from the sheet given out to the verdicts in force."""

from __future__ import annotations

import csv
import io
import json
import shutil

import pytest

from consult import pipeline
from consult.cli import main
from consult.cli.printing import WIDTH
from consult.study import Study
from consult.themes.review_audit import latest_audit, read_audits
from consult.themes.verdicts import read_verdicts

THEME = "affordability-funding"


CODEBOOK = """
codebook: small
title: Small
version: 1
language: en
description: For tests.
themes:
  - id: affordability-funding
    name: Affordability and funding
    definition: What learning costs and who pays for it.
    examples: [{language: en, text: "Courses cost too much."}]
    phrases: {en: ["cost*", "too expensive"]}
  - id: rural
    name: Rural areas
    definition: People in villages.
    examples: [{language: en, text: "There is no course in my village."}]
    phrases: {en: ["village*"]}
"""


def tagged_study(folder, rows, codebook, question):
    """Return a study of answers, read and tagged; a row is a reference, a user type and an answer."""
    with (folder / "answers.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["Reference", "User type", question], *rows])
    (folder / "codebook.yaml").write_text(codebook, encoding="utf-8")
    study = Study.create(folder / "study")
    pipeline.use_codebook(study, folder / "codebook.yaml")
    pipeline.ingest([folder / "answers.csv"], study, mapping={"text": [question]})
    for stage in ("passages", "tag"):
        pipeline.run_stage(study, stage, pipeline.Options())
    return study


@pytest.fixture(scope="module")
def tagged(tmp_path_factory):
    """Forty English answers, every fourth about costs, read and tagged."""
    talks = [
        "Courses cost far too much for most people.",
        "The teachers should be trained better than now.",
        "Every diploma must be recognised in all countries.",
        "Nobody told us that the programme exists.",
    ]
    rows = [[f"F{i}", ("Company", "NGO")[i % 2], f"{talks[i % 4]} This is answer {i} of many."] for i in range(40)]
    return tagged_study(tmp_path_factory.mktemp("small"), rows, CODEBOOK, "Your opinion on learning accounts")


@pytest.fixture
def study(tagged, tmp_path):
    """A copy that a test may add verdicts to."""
    shutil.copytree(tagged.path, tmp_path / "study")
    return Study.open(tmp_path / "study")


def said(capsys, study, *arguments):
    assert main([*arguments, "--study", str(study.path)]) == 0
    return capsys.readouterr().out


def data(capsys, study, *arguments):
    def refuse(constant):
        raise AssertionError(constant)

    return json.loads(said(capsys, study, *arguments, "--json"), parse_constant=refuse)


def fault(capsys, study, *arguments):
    assert main([*arguments, "--study", str(study.path)]) == 1
    return capsys.readouterr().err


def code(path, target, decide):
    """Fill a sheet as a person would; decide gets the row as a dict and returns cells by theme column."""
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(row | decide(i, row) for i, row in enumerate(rows))
    return target


def column(path, theme):
    head = path.read_text(encoding="utf-8-sig").splitlines()[0]
    return next(h for h in next(csv.reader([head])) if h.endswith(f"[{theme}]"))


def test_evaluation_of_the_example_in_words_and_data(example_study, capsys, tmp_path):
    truth = pipeline.shipped_data() / "microcredentials" / "truth.csv"
    found = data(capsys, example_study, "evaluate", str(truth), "--resamples", "200")
    values = {row["measure"]: row for row in found["overall"]}
    assert values["F1 (micro)"]["low"] <= values["F1 (micro)"]["value"] <= values["F1 (micro)"]["high"]
    assert {"Cohen's kappa", "Gwet's AC1", "F1 (macro)"} <= set(values)
    assert found["n_compared"] + len(found["not_joined"]) == found["n_rows"]
    assert {row["theme_id"] for row in found["per_theme"]} == set(example_study.read("themes")["theme_id"])
    assert {"en", "de"} <= {row["language"] for row in found["per_language"]}
    assert all("prevalence" in row and "ac1" in row for row in found["per_theme"])
    words = said(capsys, example_study, "evaluate", str(truth), "--resamples", "200")
    assert max(len(line) for line in words.splitlines() if str(example_study.path) not in line) <= WIDTH
    for part in ("F1 over all decisions", "kappa", "AC1", "By language", "prevalence"):
        assert part in words


def test_rows_that_match_no_response_are_reported(study, capsys, tmp_path):
    responses = study.read("responses")
    coded = tmp_path / "coded.csv"
    coded.write_text(f"reference,themes\n{responses['reference'].iloc[0]},{THEME}\nNOWHERE,\n", encoding="utf-8")
    found = data(capsys, study, "evaluate", str(coded), "--resamples", "100")
    assert found["not_joined"] == [{"row": 2, "reference": "NOWHERE", "question": None, "reason": "no such reference"}]
    assert "row 2 (NOWHERE: no such reference)" in said(capsys, study, "evaluate", str(coded), "--resamples", "100")
    coded.write_text("reference,themes\nNOWHERE,\n", encoding="utf-8")
    assert "the same consultation" in fault(capsys, study, "evaluate", str(coded))
    assert "no sample drawn by chance has been coded" in fault(capsys, study, "evaluate")


def test_an_audit_goes_out_blind_and_comes_back_with_its_bound(study, capsys, tmp_path):
    before = study.read("taggings")
    drawn = data(capsys, study, "review", "--audit", THEME, "--n", "20", "--out", str(tmp_path / "a.csv"))
    sheet = tmp_path / "a.csv"
    tagged = set(before.loc[before["theme_id"] == THEME, "passage_id"])
    rows = list(csv.DictReader(io.StringIO(sheet.read_text(encoding="utf-8-sig"), newline="")))
    assert len(rows) == drawn["n"] == 20
    assert not {row["passage"] for row in rows} & tagged
    head = column(sheet, THEME)
    coded = code(sheet, tmp_path / "back.csv", lambda i, _: {head: "yes" if i == 0 else "no"})
    back = data(capsys, study, "review", "--take-back", str(coded), "--coder", "Ana")
    assert (back["n_read"], back["n_yes"], back["n_new"]) == (20, 1, 20)
    audit = latest_audit(study, THEME)
    assert (audit.missed, audit.sampled, audit.who) == (1, 20, "Ana")
    assert audit.population == len(study.read("passages")) - len(tagged)
    assert audit.rate < audit.high < 0.25
    now = study.read("taggings")
    person = now[now["assigned_by"] == "person"]
    assert set(person["passage_id"]) == {rows[0]["passage"]}
    assert THEME in set(person["theme_id"])
    assert (person["score"] == 1.0).all()
    again = data(capsys, study, "review", "--take-back", str(coded), "--coder", "Ana")
    assert again["n_new"] == 0
    assert len(read_audits(study)) == 1
    assert "at most" in said(capsys, study, "review")


def test_two_coders_are_compared_and_their_verdicts_survive_a_new_run(study, capsys, tmp_path):
    sheet = tmp_path / "s.csv"
    said(capsys, study, "review", "--theme", "all", "--n", "20", "--seed", "4", "--out", str(sheet))
    head = column(sheet, THEME)
    ana = code(sheet, tmp_path / "ana.csv", lambda i, _: {head: "x"} if i % 2 else {"none of the themes": "x"})
    ben = code(sheet, tmp_path / "ben.csv", lambda i, _: {head: "x"} if i % 4 else {"none of the themes": "x"})
    first = data(capsys, study, "review", "--take-back", str(ana), "--coder", "Ana", "--no-tag")
    assert first["agreement"] == []
    second = data(capsys, study, "review", "--take-back", str(ben), "--coder", "Ben")
    (pair,) = second["agreement"]
    assert (pair["first"], pair["second"], pair["n_passages"]) == ("Ana", "Ben", 20)
    assert len(pair["disagreements"]) == 5
    assert {row["theme_id"] for row in pair["disagreements"]} == {THEME}
    words = said(capsys, study, "review")
    assert "To settle (5)" in words
    assert "Krippendorff's alpha" in words
    coded = {v.passage_id for v in read_verdicts(study)}
    decided = study.read("taggings")
    decided = decided[decided["passage_id"].isin(coded)]
    assert set(decided["theme_id"]) == {THEME}
    assert decided["passage_id"].nunique() == 15
    found = data(capsys, study, "evaluate", "--resamples", "100")
    assert found["n_compared"] == 20
    codebook = study.codebook_path.read_text(encoding="utf-8")
    study.write_codebook(codebook + "\n# read again\n")
    said(capsys, study, "tag")
    later = study.read("taggings")
    assert set(later.loc[later["passage_id"].isin(coded), "theme_id"]) == {THEME}


def test_faults_of_review_are_said_in_one_sentence(study, capsys, tmp_path):
    assert "Did you mean" in fault(capsys, study, "review", "--audit", "affordability-fundin")
    assert "one of" in fault(capsys, study, "review", "--audit", THEME, "--theme", "all")
    assert "allowed are .xlsx, .csv" in fault(
        capsys, study, "review", "--theme", THEME, "--out", str(tmp_path / "a.doc")
    )
    said(capsys, study, "review", "--theme", THEME, "--n", "3", "--out", str(tmp_path / "a.csv"))
    assert "--coder" in fault(capsys, study, "review", "--take-back", str(tmp_path / "a.csv"))
    assert "no such file" in fault(capsys, study, "review", "--take-back", str(tmp_path / "b.csv"), "--coder", "Ana")
    text = (tmp_path / "a.csv").read_text(encoding="utf-8")
    (tmp_path / "c.csv").write_text(text.replace("sample-", "other-"), encoding="utf-8")
    assert "was not drawn from" in fault(
        capsys, study, "review", "--take-back", str(tmp_path / "c.csv"), "--coder", "Ana"
    )
    assert not (study.path / "verdicts.jsonl").exists()


def test_a_sample_shared_out_among_coders_overlaps_as_asked(study, capsys, tmp_path):
    out = str(tmp_path / "s.csv")
    found = data(
        capsys, study, "review", "--theme", THEME, "--n", "20", "--out", out, "--coders", "Ana,Бен", "--overlap", "6"
    )
    read = []
    for name in ("Ana", "Бен"):
        text = (tmp_path / f"s-{name.lower()}.csv").read_text(encoding="utf-8-sig")
        read.append({row["passage"] for row in csv.DictReader(io.StringIO(text, newline=""))})
        assert found["coders"][name].endswith(f"s-{name.lower()}.csv")
    assert [len(one) for one in read] == [13, 13]
    assert len(read[0] & read[1]) == 6
    assert len(read[0] | read[1]) == 20
