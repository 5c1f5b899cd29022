"""Who asked not to be published is counted, and quoted nowhere; small counts are hidden where that is asked for."""

from __future__ import annotations

import json
import re
import shutil
import zipfile

import pandas as pd
import pytest

from consult import measures
from consult.cli import main
from consult.errors import UserError
from consult.report.behind import behind
from consult.report.content import build
from consult.report.exports import export
from consult.report.exports.tables import gather
from consult.report.html import render_html
from consult.report.quotes import Quotable
from consult.report.withheld import keep_withheld, withheld_responses
from consult.study import Study
from test_cli_codebook import CODEBOOK

SECRET = "Fees of four thousand euro keep my neighbours from every course, and nobody at the ministry cares."


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Twelve responses, of which two asked not to be published; tagged, with one campaign."""
    from consult.pipeline import Options, ingest, run_stage

    tmp_path = tmp_path_factory.mktemp("withheld")
    said = [SECRET, "Courses for adults cost too much money."]
    said += [*(f"Training is too expensive, number {i}." for i in range(8)), SECRET, SECRET]
    consent = ["No"] + ["Yes"] * 9 + ["No", "Yes"]
    frame = pd.DataFrame({"reference": [f"R{i}" for i in range(12)], "Opinion": said, "May we publish it?": consent})
    frame.to_csv(tmp_path / "in.csv", index=False)
    made = Study.create(tmp_path / "study")
    made.write_codebook(CODEBOOK.replace('["expensive"]', '["expensive", "fees", "cost"]'))
    mapping = {"reference": ["reference"], "text": ["Opinion"], "closed": ["May we publish it?"]}
    ingest([tmp_path / "in.csv"], made, mapping=mapping)
    for stage in ("passages", "campaigns", "tag"):
        run_stage(made, stage, Options())
    return made


@pytest.fixture
def study(made, tmp_path):
    """A copy to change."""
    shutil.copytree(made.path, tmp_path / "study")
    return Study.open(tmp_path / "study")


def by_reference(study):
    return study.read("responses").set_index("reference")["response_id"]


def test_the_wish_is_kept_by_question_and_answer(study):
    assert withheld_responses(study) == frozenset()
    keep_withheld(study, ["May we publish it?=No"])
    ids = by_reference(study)
    assert withheld_responses(study) == {ids["R0"], ids["R10"]}
    study.write_settings({"withheld": {"references": ["R3"], "answers": ["2=No"]}})
    assert withheld_responses(study) == {ids["R0"], ids["R10"], ids["R3"]}


@pytest.mark.parametrize(
    "settings",
    [{"answers": ["9=No"]}, {"answers": ["2=Perhaps"]}, {"answers": "2=No"}, {"references": ["R99"]}, {"ids": ["R1"]}],
)
def test_nothing_is_published_on_a_guess(study, settings):
    study.write_settings({"withheld": settings})
    for write in (withheld_responses, Quotable.from_study, gather, build):
        with pytest.raises(UserError, match="withheld"):
            write(study)


def test_it_is_counted_and_never_quoted(study):
    before = measures.theme_shares(measures.Corpus.from_study(study)).table
    assert "four thousand euro" in render_html(build(study))
    study.write_settings({"withheld": {"references": ["R0", "R10", "R11"]}})
    pd.testing.assert_frame_equal(measures.theme_shares(measures.Corpus.from_study(study)).table, before)
    text = render_html(build(study))
    assert "four thousand euro" not in text
    assert "3 responses asked not to be published" in text
    for ref in (*study.read("documents")["document_id"], *study.read("passages")["passage_id"], "R0", "R10"):
        shown = json.dumps(behind(study, ref).__dict__, default=str)
        assert "four thousand" not in shown
    assert "asked not to be published" in json.dumps(behind(study, "R0").__dict__, default=str)


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet", "jsonl", "qdpx", "themefinder", "package"])
def test_its_words_are_in_no_export(study, tmp_path, form):
    study.write_settings({"withheld": {"references": ["R0", "R10", "R11"]}})
    out = tmp_path / "out"
    export(study, form, out, unmasked=True)
    found = b""
    for path in [out] if out.is_file() else sorted(p for p in out.rglob("*") if p.is_file()):
        content = path.read_bytes()
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                content = b"".join(archive.read(n) for n in archive.namelist() if not n.endswith(".parquet"))
        found += pd.read_parquet(path).to_csv().encode() if path.suffix == ".parquet" else content
    assert b"four thousand" not in found
    assert b"Courses for adults cost too much money." in found
    tables = gather(study).tables
    documents = tables["documents"].set_index("document_id")["text"]
    for row in tables["passages"].to_dict("records"):
        assert documents[row["document_id"]][row["start"] : row["end"]] == row["text"]


def test_the_command_keeps_the_wish(study, capsys):
    before = study.path / "study.toml"
    copy = before.read_text(encoding="utf-8")
    arguments = ["run", "--study", str(study.path), "--json", "--withhold"]
    assert main([*arguments, "2=Perhaps"]) == 1
    assert "Perhaps" in capsys.readouterr().err
    assert "withheld" not in before.read_text(encoding="utf-8")
    assert main([*arguments, "2=No"]) == 0
    assert len(withheld_responses(study)) == 2
    assert copy in before.read_text(encoding="utf-8") or "withheld" in before.read_text(encoding="utf-8")


def test_small_counts_are_hidden_in_report_and_counts(example_study, tmp_path, capsys):
    arguments = ["--study", str(example_study.path), "--hide-small", "--out"]
    assert main(["report", *arguments, str(tmp_path / "r.html")]) == 0
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "Counts under 10 are hidden" in text
    assert "under 10" in text
    cells = re.findall(r"<td[^>]*>\s*([0-9,]+)(?: of [0-9,]+)?\s*</td>", text.split('id="annex-sources"')[0])
    counts = [int(cell.replace(",", "")) for cell in cells]
    assert len(counts) > 50
    assert all(n % 5 == 0 for n in counts)
    assert main(["export", "--format", "csv", *arguments, str(tmp_path / "csv")]) == 0
    assert not (tmp_path / "csv" / "responses.csv").exists()
    for name in ("themes_by_type", "theme_shares", "closed_answers"):
        path = tmp_path / "csv" / f"{name}.csv"
        if path.exists():
            n = pd.read_csv(path)["n"].dropna()
            assert len(n)
            assert (n >= 10).all()
            assert (n % 5 == 0).all()
    assert main(["export", "--format", "xlsx", *arguments, str(tmp_path / "x.xlsx")]) == 0
    assert main(["export", "--format", "package", *arguments, str(tmp_path / "p.zip")]) == 1
    assert "holds responses one by one" in capsys.readouterr().err


def test_the_sheet_hides_small_counts_too(example_study, tmp_path):
    out = tmp_path / "s.html"
    arguments = ["report", "--study", str(example_study.path), "--theme", "affordability-funding", "--hide-small"]
    assert main([*arguments, "--out", str(out)]) == 0
    assert "Counts under 10 are hidden" in out.read_text(encoding="utf-8")


def test_a_themefinder_folder_comes_back(example_study, tmp_path):
    from consult.ingest import read_sources

    export(example_study, "themefinder", tmp_path / "out", unmasked=True)
    found = read_sources([tmp_path / "out"])
    documents = example_study.read("documents")
    assert set(found.responses["reference"]) >= set(documents["response_id"])
    assert set(found.answers["text"]) >= set(documents.loc[documents["attachment"].isna(), "text"].str.strip())
    shutil.rmtree(tmp_path / "out" / "question_part_attachments", ignore_errors=True)
    answers = documents.loc[documents["attachment"].isna(), ["document_id", "question_id"]]
    taggings = example_study.read("taggings").merge(answers, on="document_id")
    taggings = taggings.merge(example_study.read("questions")[["question_id", "number"]], on="question_id")
    wanted = set(zip(taggings["number"], taggings["response_id"], taggings["theme_id"], strict=True))
    mapped = set()
    for path in (tmp_path / "out").glob("question_part_*/mapping.jsonl"):
        number = json.loads((path.parent / "question.json").read_text(encoding="utf-8"))["question_number"]
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            mapped |= {(number, row["response_id"], label) for label in row["labels"]}
    assert mapped == wanted
