"""Tables: what is written comes back, and what is wrong is named."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult import schema


@pytest.mark.parametrize("name", schema.TABLES)
def test_an_empty_table_is_valid(name):
    assert list(schema.check(name, schema.empty(name)).columns) == list(schema.table(name).names)


@pytest.mark.parametrize("name", schema.TABLES)
def test_every_key_is_a_column_and_every_column_is_explained(name):
    table = schema.table(name)
    assert set(table.key) <= set(table.names)
    assert all(column.description.endswith(".") for column in table.columns)


def test_the_contract_holds_the_tables_of_the_design():
    promised = (
        "consultations sources questions responses answers documents passages campaigns campaign_members topics "
        "topic_terms passage_topics themes taggings set_aside"
    ).split()
    assert set(promised) <= set(schema.TABLES)
    assert schema.table("taggings").names == (
        "passage_id", "document_id", "response_id", "theme_id", "assigned_by", "score", "start", "end", "phrase",
    )  # fmt: skip


QUESTION = {"question_id": "q-1", "consultation_id": "c-1", "number": 1, "text": "Why?", "kind": "open"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "opne"}, ["questions", "kind", "opne", "open"]),
        ({"number": "first"}, ["questions", "type"]),
        ({"text": None}, ["questions", "text"]),
        ({"number": 0}, ["questions", "number", "0"]),
        ({"extra": 1}, ["questions", "not expected", "extra"]),
    ],
)
def test_a_wrong_value_is_named_with_its_table(change, words):
    with pytest.raises(schema.SchemaError) as error:
        schema.build("questions", [{**QUESTION, **change}])
    assert all(word in str(error.value) for word in words)


@pytest.mark.parametrize(("row", "allowed"), [(None, True), (1, True), (0, False)])
def test_a_number_that_may_be_absent_is_still_within_its_bounds(row, allowed):
    rows = [{"source_id": "s", "stage": "ingest", "source_row": row, "item": "row", "reason": "empty"}]
    if allowed:
        assert schema.build("set_aside", rows)["source_row"].isna().tolist() == [row is None]
    else:
        with pytest.raises(schema.SchemaError, match="'0' was found; 1 or more"):
            schema.build("set_aside", rows)


@pytest.mark.parametrize(("score", "words"), [(1.5, "1 or less"), (-0.5, "0 or more"), (None, "a value is expected")])
def test_a_score_is_a_share(score, words):
    row = {"passage_id": "p", "document_id": "d", "response_id": "r", "theme_id": "t", "assigned_by": "rule"}
    with pytest.raises(schema.SchemaError, match=f"'taggings', column 'score': .* {words}"):
        schema.build("taggings", [{**row, "score": score, "start": 0, "end": 1}])


def test_two_rows_with_one_key_are_an_error():
    with pytest.raises(schema.SchemaError, match="question_id"):
        schema.build("questions", [QUESTION, QUESTION])


def test_check_leaves_its_argument_alone_and_sorts_by_key():
    frame = pd.DataFrame([{**QUESTION, "question_id": i} for i in ("q-2", "q-1")])
    before = frame.copy()
    assert schema.check("questions", frame)["question_id"].tolist() == ["q-1", "q-2"]
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize(
    "keys", [[("a", 1), ("a", 2), ("b", 1)], [("a", 2), ("a", 1)], [("b", 1), ("a", 2)], [("a", 10)]]
)
def test_a_table_in_order_is_left_so_and_any_other_is_sorted(keys):
    rows = [{"document_id": d, "page": p, "start": 0, "end": 1} for d, p in keys]
    checked = schema.check("pages", pd.DataFrame(rows))
    assert list(zip(checked["document_id"], checked["page"], strict=True)) == sorted(keys)


def test_an_unknown_table_names_those_there_are():
    with pytest.raises(schema.SchemaError, match="passages"):
        schema.table("passage")


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


@settings(deadline=None)
@given(st.dictionaries(texts, texts, max_size=6))
def test_what_is_written_comes_back(tmp_path_factory, pairs):
    from consult.study import Study

    rows = [{"response_id": key, "question_id": "q-1", "text": text} for key, text in pairs.items()]
    study = Study.create(tmp_path_factory.mktemp("s") / "study")
    study.write({"answers": schema.build("answers", rows)})
    back = study.read("answers")
    assert dict(zip(back["response_id"], back["text"], strict=True)) == pairs
