from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from consult.errors import UserError
from consult.topics import (
    Edit,
    apply_edits,
    assign_passages,
    carry_ids,
    find_topics,
    make_edit,
    match_topics,
    read_edit,
)
from consult.topics.describe import OUTLIER_ID
from consult.topics.edits import active
from consult.topics.matching import rename_ids
from topics_made import make_consultation


@pytest.fixture(scope="module")
def made():
    return make_consultation()


@pytest.fixture(scope="module")
def found(made):
    return find_topics(*made.tables, n_topics=4)


def _ids(made, found):
    """Topic id by subject."""
    topic = made.passages["passage_id"].map(found.passage_topics.set_index("passage_id")["topic_id"])
    return {s: topic[made.subject == s].mode()[0] for s in set(made.subject) - {""}}


def _edit(found, action, *topics, **more):
    return make_edit(Edit(action, topics, **more), found.topics, found.passage_topics)


def _row(result, topic_id):
    return result.topics.set_index("topic_id").loc[topic_id]


def test_no_edits_change_nothing(made, found):
    assert apply_edits(found, [], *made.tables).result is found


def test_merge_counts_labels_and_terms_anew(made, found):
    ids = _ids(made, found)
    edited = apply_edits(found, [_edit(found, "merge", ids["privacy"], ids["climate"])], *made.tables).result
    kept = [i for i in (ids["privacy"], ids["climate"]) if i in set(edited.topics["topic_id"])]
    assert len(kept) == 1
    row = _row(edited, kept[0])
    assert row["n_passages"] == _row(found, ids["privacy"])["n_passages"] + _row(found, ids["climate"])["n_passages"]
    assert row["n_responses"] == 64
    assert row["label"] not in set(found.topics["label"])
    terms = set(edited.topic_terms.loc[edited.topic_terms["topic_id"] == kept[0], "term"].str.lower())
    assert any("climate" in t or "energy" in t for t in terms)
    assert any("consent" in t or "protect" in t for t in terms)
    assert set(edited.topic_terms["topic_id"]) <= set(edited.topics["topic_id"])


def test_merge_then_split_gives_the_subjects_back(made, found):
    ids = _ids(made, found)
    merge = _edit(found, "merge", ids["privacy"], ids["climate"], label="Two things")
    merged = apply_edits(found, [merge], *made.tables).result
    both = merged.topics.loc[merged.topics["label"] == "Two things", "topic_id"].item()
    split = _edit(merged, "split", both, n_parts=2)
    again = apply_edits(found, [merge, split], *made.tables)
    assert not again.not_carried
    topic = made.passages["passage_id"].map(again.result.passage_topics.set_index("passage_id")["topic_id"])
    privacy, climate = set(topic[made.subject == "privacy"]), set(topic[made.subject == "climate"])
    assert len(privacy) == len(climate) == 1
    assert privacy != climate


def test_rename_move_hide_and_undo(made, found):
    ids = _ids(made, found)
    passage = made.passages.loc[made.subject == "skills", "passage_id"].iloc[0]
    rename = _edit(found, "rename", ids["skills"], label="Learning", who="Ana", why="clearer")
    move = _edit(found, "move", ids["climate"], passage_ids=[passage])
    hide = _edit(found, "hide", ids["liability"])
    edited = apply_edits(found, [rename, move, hide], *made.tables).result
    assert _row(edited, ids["skills"])["label"] == "Learning"
    assert _row(edited, ids["skills"])["n_passages"] == _row(found, ids["skills"])["n_passages"] - 1
    assert edited.passage_topics.set_index("passage_id").loc[passage, "topic_id"] == ids["climate"]
    assert ids["liability"] not in set(edited.topics["topic_id"])
    assert edited.topics["n_passages"].sum() == len(made.passages)
    undo = _edit(found, "undo", undoes=hide.edit_id)
    back = apply_edits(found, [rename, move, hide, undo], *made.tables).result
    assert ids["liability"] in set(back.topics["topic_id"])


def test_an_undo_can_be_undone(found):
    hide = _edit(found, "hide", found.model["topic_ids"][0])
    undo = _edit(found, "undo", undoes=hide.edit_id)
    redo = _edit(found, "undo", undoes=undo.edit_id)
    assert active([hide, undo]) == []
    assert active([hide, undo, redo]) == [hide]


def test_edits_survive_json(found):
    edit = _edit(found, "rename", found.model["topic_ids"][0], label="Ünïcode", who="Ana", when="2026-01-01T10:00:00")
    assert read_edit(json.loads(json.dumps(edit.record()))) == edit


def test_edits_are_carried_over_by_content_when_ids_change(made, found):
    ids = _ids(made, found)
    rename = _edit(found, "rename", ids["skills"], label="Learning")
    other = rename_ids(found, {ids["skills"]: "t-ffffffffffffffff"})
    edited = apply_edits(other, [rename], *made.tables)
    assert _row(edited.result, "t-ffffffffffffffff")["label"] == "Learning"


def test_what_cannot_be_carried_over_is_reported(made, found):
    ids = _ids(made, found)
    rename = _edit(found, "rename", ids["skills"], label="Learning")
    scattered = found.passage_topics.copy()
    scattered["topic_id"] = [("t-1", "t-2", "t-3")[i % 3] for i in range(len(scattered))]
    from consult.topics.edits import replay

    done = replay(scattered, {}, [rename], lambda *_: None)
    assert [n.edit.edit_id for n in done.not_carried] == [rename.edit_id]
    assert "spread over several topics" in done.not_carried[0].reason


@pytest.mark.parametrize(
    ("action", "topics", "more", "message"),
    [
        ("merge", 1, {}, "two or more"),
        ("rename", 1, {"label": " "}, "label is empty"),
        ("split", 1, {"n_parts": 1}, "at least 2"),
        ("move", 1, {}, "no passages"),
        ("undo", 0, {}, "id of an edit"),
        ("explode", 1, {}, "no such edit"),
        ("hide", ["t-nowhere"], {}, "no topic 't-nowhere'"),
        ("hide", [OUTLIER_ID], {}, "without a topic"),
    ],
)
def test_faulty_edits_are_explained(found, action, topics, more, message):
    chosen = topics if isinstance(topics, list) else list(found.model["topic_ids"][:topics])
    with pytest.raises(UserError, match=message):
        _edit(found, action, *chosen, **more)


def test_new_passages_get_the_topic_of_their_subject(made, found):
    fresh = make_consultation(n_each=40)
    new = fresh.passages.assign(passage_id=fresh.passages["passage_id"] + "-new")
    assigned = assign_passages(found.model, new, fresh.documents, fresh.responses, fresh.vectors)
    ids = _ids(made, found)
    topic = new["passage_id"].map(assigned.passage_topics.set_index("passage_id")["topic_id"])
    for subject, topic_id in ids.items():
        assert (topic[fresh.subject == subject] == topic_id).mean() > 0.9
    assert (topic[fresh.subject == ""] == OUTLIER_ID).all()
    assert not assigned.has_drifted


def test_strangers_are_reported_as_drift(made, found):
    random = np.random.default_rng(3).normal(size=made.vectors.shape).astype(np.float32)
    strange = random / np.linalg.norm(random, axis=1, keepdims=True)
    assigned = assign_passages(found.model, made.passages, made.documents, made.responses, strange)
    assert assigned.share_without_topic > 0.5
    assert assigned.has_drifted


def test_ids_stay_with_their_content(made, found):
    grown = make_consultation(n_each=36)
    later = find_topics(*grown.tables, n_topics=4)
    matched = match_topics(found.passage_topics, found.passage_topics)
    assert all(new == old for new, old in matched.items())
    carried = carry_ids(later, found.passage_topics)
    assert len(carried.topics) == len(later.topics)
    assert carried.topics["topic_id"].is_unique
    assert set(carried.passage_topics["topic_id"]) <= set(carried.topics["topic_id"])


def test_matching_pairs_topics_that_share_most():
    old = pd.DataFrame({"passage_id": list("abcdef"), "topic_id": ["x", "x", "x", "y", "y", OUTLIER_ID]})
    new = pd.DataFrame({"passage_id": list("abcdef"), "topic_id": ["1", "1", "2", "2", "2", "2"]})
    assert match_topics(old, new) == {"1": "x", "2": "y"}
