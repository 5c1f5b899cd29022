from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_mutual_info_score

from consult import schema
from consult.errors import UserError
from consult.text.stopwords import all_stop_words
from consult.topics import find_topics
from consult.topics.describe import OUTLIER_ID
from topics_made import make_consultation

TABLES = ("topics", "topic_terms", "topic_details", "topic_quotes", "passage_topics", "passage_positions")


@pytest.fixture(scope="module")
def made():
    return make_consultation()


@pytest.fixture(scope="module")
def found(made):
    return find_topics(*made.tables, n_topics=4)


def _topic_of(result, made):
    return made.passages["passage_id"].map(result.passage_topics.set_index("passage_id")["topic_id"]).to_numpy()


def test_subjects_are_found_whatever_the_language(made, found):
    real = made.subject != ""
    assert adjusted_mutual_info_score(made.subject[real], _topic_of(found, made)[real]) > 0.99


@pytest.mark.parametrize("name", TABLES)
def test_tables_are_as_the_schema_says(found, name):
    table = getattr(found, name)
    pd.testing.assert_frame_equal(schema.check(name, table), table)


@pytest.mark.parametrize("seed", [1, 2])
def test_row_order_and_seed_change_nothing(made, found, seed):
    again = find_topics(*made.shuffled(seed).tables, n_topics=4, seed=seed)
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(again, name), getattr(found, name))


def test_every_passage_has_one_topic_and_counts_add_up(made, found):
    leaves = found.topics[~found.topics["topic_id"].isin(found.topics["parent_id"].dropna())]
    assert len(found.passage_topics) == len(made.passages)
    assert leaves["n_passages"].sum() == len(made.passages)


def test_junk_makes_no_topic(made, found):
    table = found.passage_topics.set_index("passage_id")
    junk = table.loc[made.passages.loc[made.subject == "", "passage_id"]]
    assert set(junk["topic_id"]) == {OUTLIER_ID}
    assert (junk["strength"] == 0).all()
    assert found.topics.loc[found.topics["is_outlier"], "label"].tolist() == ["Unclear passages"]


def test_labels_are_distinct_and_hold_no_stop_word_alone(found):
    labels = found.topics.loc[~found.topics["is_outlier"], "label"]
    assert labels.is_unique
    assert labels.str.split().str.len().between(1, 6).all()
    stop = all_stop_words()
    for term in found.topic_terms["term"]:
        assert term.lower() not in stop


def test_labels_are_in_the_language_of_the_study(made, found):
    german = find_topics(*made.tables, language="de", n_topics=4)
    assert any("liability" in label.lower() for label in found.topics["label"])
    assert any("Beweislast" in label or "Haftung" in label for label in german.topics["label"])


def test_quotes_come_from_different_languages_and_types(made, found):
    known = made.documents.set_index("document_id")
    quotes = found.topic_quotes.merge(made.passages, on="passage_id")
    quotes["language"] = quotes["document_id"].map(known["language"])
    assert quotes["topic_id"].nunique() == 4
    for _, group in quotes.groupby("topic_id"):
        assert len(group) == 3
        assert group["language"].nunique() == 2
        assert group["document_id"].is_unique


def test_gloss_is_a_passage_in_the_language_of_the_study(made, found):
    english = set(made.passages.loc[made.documents["language"].to_numpy() == "en", "text"])
    details = found.topic_details[found.topic_details["topic_id"] != OUTLIER_ID]
    assert set(details["gloss"]) <= english
    assert (details["found_in"] <= details["n_runs"]).all()


@pytest.mark.parametrize("n", [1, 2, 11])
def test_few_passages_give_the_outlier_topic_only(made, n):
    few = made.first(n)
    result = find_topics(*few.tables)
    assert result.topics["is_outlier"].tolist() == [True]
    assert result.topics["n_passages"].tolist() == [n]
    assert set(result.passage_topics["topic_id"]) == {OUTLIER_ID}


def test_thirty_passages_are_enough():
    small = make_consultation(n_each=8, junk=False)
    result = find_topics(*small.tables)
    assert 2 <= (~result.topics["is_outlier"]).sum() <= 5
    assert all(label.strip() for label in result.topics["label"])


def test_identical_texts_count_every_time_but_make_topics_once(made):
    copies = make_consultation(junk=False)
    text = copies.passages.loc[0, "text"]
    copies.passages.loc[copies.subject == "privacy", "text"] = text
    result = find_topics(*copies.tables, n_topics=3)
    topic = result.passage_topics.set_index("passage_id")["topic_id"]
    assert topic[copies.passages.loc[copies.subject == "privacy", "passage_id"]].nunique() <= 2  # one a language


def test_outliers_are_few_and_weak(made):
    noisy = make_consultation(noise=0.09)
    result = find_topics(*noisy.tables)
    assigned = result.passage_topics[result.passage_topics["topic_id"] != OUTLIER_ID]
    outliers = result.passage_topics[result.passage_topics["topic_id"] == OUTLIER_ID]
    n_junk = (noisy.subject == "").sum()
    assert len(outliers) - n_junk <= 0.10 * (len(noisy.subject) - n_junk)
    assert outliers["strength"].max() <= assigned["strength"].min()


def test_the_bertopic_that_was_fitted_is_the_real_one(found):
    import bertopic

    assert isinstance(found.bertopic, bertopic.BERTopic)
    assert found.bertopic.embedding_model is None


def test_warnings_are_not_silenced_for_the_whole_process():
    from consult.topics.model import load_bertopic

    before = list(warnings.filters)
    load_bertopic()
    assert warnings.filters == before


def test_wrong_arguments_are_named(made):
    with pytest.raises(UserError, match="at least 2"):
        find_topics(*made.tables, n_topics=1)
    with pytest.raises(UserError, match="one a passage"):
        find_topics(made.passages, made.documents, made.responses, made.vectors[:3])


def test_texts_are_never_more_than_text():
    odd = make_consultation(n_each=8)
    odd.passages.loc[:3, "text"] = [
        "<script>alert(1)</script> consent",
        "=HYPERLINK(1) consent",
        "{} %s consent",
        "\x00 a",
    ]
    result = find_topics(*odd.tables, n_topics=2)
    assert len(result.passage_topics) == len(odd.passages)
    assert np.isfinite(result.passage_positions[["x", "y"]].to_numpy()).all()
