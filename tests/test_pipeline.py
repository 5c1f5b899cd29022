"""The stages together: nothing lost, the same twice, whatever the order of rows."""

from __future__ import annotations

import csv
import hashlib
import io
import random
from dataclasses import replace

import pandas as pd
import pytest

import consult
from consult import pipeline, schema
from consult.errors import UserError
from consult.pipeline import example_sources
from consult.study import Study
from test_cli_codebook import CODEBOOK

# What says where a row stood; everything else must not depend on it.
POSITIONS = {"responses": ["source_row"], "set_aside": ["source_row"], "sources": ["sha256", "name"]}


def fingerprints(study: Study) -> dict[str, str]:
    found = {}
    for name in schema.TABLES:
        table = study.read(name).drop(columns=POSITIONS.get(name, []))
        ordered = table.sort_values(list(table.columns), ignore_index=True)
        found[name] = hashlib.sha256(ordered.to_csv(index=False).encode()).hexdigest()
    return found


def shuffled_copy(source, target, seed: int = 3):
    rows = list(csv.reader(io.StringIO(source.read_text(encoding="utf-8-sig"), newline=""), delimiter=";"))
    header, body = rows[0], rows[1:]
    random.Random(seed).shuffle(body)
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerows([header, *body])
    return target


def test_every_row_and_every_text_is_accounted_for(example_study):
    sources = example_study.read("sources")
    assert (sources["n_rows"] == sources["n_responses"] + sources["n_set_aside"]).all()
    assert sources["n_responses"].sum() == len(example_study.read("responses"))
    answers = example_study.read("answers").merge(example_study.read("questions"), on="question_id")
    n_open = (answers["kind"] == "open").sum()
    documents, aside = example_study.read("documents"), example_study.read("set_aside")
    dropped = aside[(aside["stage"] == "text") & ~aside["item"].isin(documents["document_id"])]
    assert n_open == documents["attachment"].isna().sum() + len(dropped)


def test_every_table_of_the_example_is_valid(example_study):
    for name in schema.TABLES:
        schema.check(name, example_study.read(name))
        # Names are only kept where somebody asks for it; nothing in the example is coordinated in other words.
        assert bool(len(example_study.read(name))) == (name not in ("persons", "possibly_coordinated")), f"table {name}"


def test_every_tagging_rests_on_words_of_the_document(example_study):
    documents = example_study.read("documents").set_index("document_id")["text"]
    passages = example_study.read("passages").set_index("passage_id")
    for row in example_study.read("taggings").itertuples():
        passage = passages.loc[row.passage_id]
        assert passage["document_id"] == row.document_id
        assert passage["start"] <= row.start < row.end <= passage["end"]
        assert documents[row.document_id][row.start : row.end].strip()


def test_every_passage_has_one_topic(example_study):
    assigned = example_study.read("passage_topics")
    assert set(assigned["passage_id"]) == set(example_study.read("passages")["passage_id"])
    assert set(assigned["topic_id"]) <= set(example_study.read("topics")["topic_id"])


def test_shuffled_rows_give_the_same_tables(example_study, with_known_vectors, tmp_path):
    """A vector depends on its text and on no order: `test_text_embedding` checks that."""
    (source,), title = example_sources("microcredentials")
    (tmp_path / "attachments").symlink_to(source.parent / "attachments")
    shuffled = shuffled_copy(source, tmp_path / "other name.csv")
    study = with_known_vectors(Study.create(tmp_path / "study"))
    again = consult.run([shuffled], study, title=title)
    assert fingerprints(again) == fingerprints(example_study)


def test_a_second_run_does_nothing_again(example_study):
    before = len(example_study.runs())
    (source,), title = example_sources("microcredentials")
    consult.run([source], example_study, title=title)
    assert len(example_study.runs()) == before


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path, monkeypatch):
    source = tmp_path / "answers.csv"
    source.write_text(
        "id,text\n" + "\n".join(f"{i},Learning number {i} should be open to all of us." for i in range(40))
    )
    study = Study.create(tmp_path / "study")
    study.write_codebook(CODEBOOK)
    real = pipeline.STAGES["topics"].work

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setitem(pipeline.STAGES, "topics", replace(pipeline.STAGES["topics"], work=stop))
    with pytest.raises(KeyboardInterrupt):
        consult.run([source], study)
    assert [run["stage"] for run in study.runs()] == ["ingest", "passages", "campaigns"]
    monkeypatch.setitem(pipeline.STAGES, "topics", replace(pipeline.STAGES["topics"], work=real))
    consult.run([], study)
    done = [run["stage"] for run in study.runs()]
    assert done == ["ingest", "passages", "campaigns", "topics", "tag", "coordination"]


def test_a_changed_codebook_only_tags_anew(tmp_path):
    source = tmp_path / "answers.csv"
    source.write_text("id,text\n" + "\n".join(f"{i},Fees are far too high for us number {i}." for i in range(12)))
    (tmp_path / "small.yaml").write_text(CODEBOOK, encoding="utf-8")
    study = consult.run([source], tmp_path / "study", codebook=tmp_path / "small.yaml")
    text = study.codebook_path.read_text(encoding="utf-8")
    study.codebook_path.write_text(text.replace("\nversion: ", "\nversion: 1"), encoding="utf-8")
    before = len(study.runs())
    consult.run([], study)
    assert [run["stage"] for run in study.runs()[before:]] == ["tag"]


def test_two_consultations_stay_apart_in_one_study(tmp_path):
    study = Study.create(tmp_path / "study")
    for name in ("one", "two"):
        source = tmp_path / f"{name}.csv"
        source.write_text(
            f"id,text\n1,We speak about {name} and its future in our town.\n2,Something else about {name}.\n"
        )
        pipeline.ingest([source], study, consultation_id=name, title=name.title())
    assert study.read("consultations")["consultation_id"].tolist() == ["one", "two"]
    assert study.read("responses").groupby("consultation_id").size().to_dict() == {"one": 2, "two": 2}


def test_the_same_source_twice_counts_once(tmp_path):
    source = tmp_path / "a.csv"
    source.write_text("id,text\n1,We would like evening courses in our town.\n2,No thanks.\n")
    study = Study.create(tmp_path / "study")
    pipeline.ingest([source], study)
    pipeline.ingest([source], study)
    assert len(study.read("responses")) == 2


@pytest.mark.parametrize("name", ["microcredential", "nothing.yaml"])
def test_a_codebook_or_example_that_is_not_there_is_named(tmp_path, name):
    with pytest.raises(UserError, match="lifelong-learning"):
        pipeline.use_codebook(Study.create(tmp_path / "s"), name)
    with pytest.raises(UserError, match="microcredentials"):
        example_sources(name)


def test_a_stage_before_ingest_says_what_comes_first(tmp_path):
    with pytest.raises(UserError, match="consult ingest"):
        pipeline.run_stage(Study.create(tmp_path / "s"), "topics", pipeline.Options())


def test_the_real_export_is_counted_to_the_last_cell(shared_data, tmp_path):
    study = Study.create(tmp_path / "s")
    source = shared_data / "ec-ai-whitepaper-2020" / "contributions.csv"
    pipeline.ingest([source], study)
    table = pd.read_csv(source, sep=";", dtype=str, keep_default_na=False)
    assert len(study.read("responses")) == len(table) == 1216
    assert len(study.read("questions")) == 73 - 12
    aside = study.read("set_aside")
    cells = int(sum((table.iloc[:, i].str.strip() != "").sum() for i in range(12, 73)))
    lost = int((aside["stage"] == "ingest").sum())
    assert len(study.read("answers")) + lost == cells
