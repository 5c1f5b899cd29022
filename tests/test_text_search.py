"""Full-text search: what is found, where it stands, and the index kept in a file."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult import schema
from consult.pipeline.searching import FILE, search_index
from consult.study import Study
from consult.text.privacy import mask
from consult.text.search import SearchIndex, match_expression

TEXTS = pd.DataFrame(
    {
        "document_id": ["d1", "d2", "d3"],
        "response_id": ["r1", "r2", "r3"],
        "text": ["Les Étudiants paient.", "Učení není drahé, a@b.eu", "Paid training leave for all. Paid!"],
    }
)


def index(documents: pd.DataFrame = TEXTS) -> SearchIndex:
    return SearchIndex.of(documents.assign(text=documents["text"].map(mask)))


@pytest.fixture
def study(tmp_path):
    made = Study.create(tmp_path / "study", "Search")
    rows = TEXTS.assign(question_id="q", attachment=None, language="en", language_score=1.0, n_words=3, damaged=0.0)
    made.write({"documents": schema.build("documents", rows)})
    return made


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("etudiants", ["d1"]),
        ("uceni", ["d2"]),
        ("UČENÍ drahe", ["d2"]),
        ('"training leave"', ["d3"]),
        ('"leave training"', []),
        ("pai", ["d1", "d3"]),
        ("a@b.eu", []),
        ('" OR ) NEAR( *', []),
        ("", []),
    ],
)
def test_search_finds(query, found):
    assert sorted(hit.document_id for hit in index().find(query)) == found


def test_search_says_where():
    made = index()
    (hit,) = made.find("drahe")
    assert [TEXTS["text"][1][a:b] for a, b in made.spans("drahe", [hit])["d2"]] == ["drahé"]
    assert made.spans("", [hit]) == {}


@given(st.text(max_size=60))
def test_search_takes_anything_typed(query):
    match_expression(query)
    made = index(TEXTS.head(1))
    assert isinstance(made.spans(query, made.find(query)), dict)


def test_the_index_is_kept_beside_the_models_and_opened_again(study):
    first = search_index(study)
    kept = study.model_path(FILE).stat().st_mtime_ns
    again = search_index(study)
    assert study.model_path(FILE).stat().st_mtime_ns == kept
    assert [hit.document_id for hit in again.find("etudiants")] == ["d1"]
    assert again.find("a@b.eu") == first.find("a@b.eu") == []
    assert b"a@b.eu" not in study.model_path(FILE).read_bytes()


def test_the_index_is_made_anew_when_the_documents_change(study):
    search_index(study)
    study.write({"documents": study.read("documents").head(1)})
    found = search_index(study)
    assert found.find("uceni") == []
    assert found.find("etudiants")


@pytest.mark.parametrize("content", [b"", b"no database", None])
def test_a_damaged_index_is_made_anew(study, content):
    search_index(study)
    whole = study.model_path(FILE).read_bytes()
    study.model_path(FILE).write_bytes(whole[:5000] if content is None else content)
    assert search_index(study).find("etudiants")


def test_a_study_that_cannot_be_written_to_is_searched_all_the_same(study, monkeypatch):
    def full(self, path, content):
        from consult.errors import UserError

        message = "full"
        raise UserError(message)

    monkeypatch.setattr(Study, "_write_bytes", full)
    assert search_index(study).find("etudiants")
    assert not study.model_path(FILE).exists()
