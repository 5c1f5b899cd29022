"""The stage that finds topics, and the edits that people make to them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import consult
from consult.errors import UserError
from consult.pipeline.freshness import hash_of
from consult.pipeline.masking import masked_texts
from consult.pipeline.options import Options, Progress
from consult.pipeline.vectors import study_vectors
from consult.study import Study

if TYPE_CHECKING:
    import pandas as pd

    from consult.topics import TopicResult

EDITS = "edits.jsonl"
FOUND_TOPICS = "topics.zip"
READS = ("passages", "documents", "responses")
WRITES = ("topics", "topic_terms", "topic_details", "topic_quotes", "passage_topics", "passage_positions")
NOT_CARRIED = "edit not carried over"
MAX_ADDED = 0.5
"""More new passages than this share of those that topics were found in are reason to find topics anew."""
OPTIONS = ("seed", "embedding", "language", "n_topics")


def topics_of(study: Study, options: Options, report: Progress) -> Mapping[str, pd.DataFrame]:
    """
    Find topics, or take those found before, and replay the edits of people; returns the tables in `WRITES`.

    When passages were added since topics were found, and all others are still there, the new ones get one of the
    topics found before, as long as they fit them about as well (see `consult topics --refit`).
    """
    from consult.topics import apply_edits, read_edit
    from consult.topics.store import pack, unpack

    (passages, documents), responses = masked_texts(study), study.read("responses")
    space = study_vectors(study, passages, documents, options, report)
    tables = (passages, documents, responses, space.passages)
    chosen = {option: getattr(options, option) for option in OPTIONS}
    how, what = hash_of(consult.__version__, json.dumps(chosen, sort_keys=True)), study.digest(READS)
    stored = unpack(study.model_path(FOUND_TOPICS))
    before, key = stored or (None, "")
    found = before if key == f"{how} {what}" else None
    if found is None:
        if key.startswith(how):
            found = _with_new_passages(before, tables, options, space.embed, report)
        found = found or _found_anew(before, tables, options, space.embed, report)
        study.write_model(FOUND_TOPICS, pack(found, f"{how} {what}"))
    edits = [read_edit(record) for record in study.lines(EDITS)]
    edited = apply_edits(found, edits, *tables, language=options.language, embed=space.embed)
    for lost in edited.not_carried:
        report(f"{NOT_CARRIED} ({lost.edit.edit_id}): {lost.reason}", 1, 1)
    return {name: getattr(edited.result, name) for name in WRITES}


def forget_topics(study: Study) -> None:
    """Let the next run of the stage find topics anew, though nothing changed; topics that come back keep their ids."""
    from consult.topics.store import pack, unpack

    stored = unpack(study.model_path(FOUND_TOPICS))
    if stored:
        study.write_model(FOUND_TOPICS, pack(stored[0], ""))


def topics_at(study: Study, min_strength: float) -> dict[str, pd.DataFrame]:
    """
    Return `topics` and `passage_topics` of a study as if only passages of at least this strength had a topic.

    Nothing is written. 0 gives every passage that says anything its nearest topic, 1 leaves only the clearest.

    Raises:
        UserError: Topics have not been found yet, or the strength is not between 0 and 1.
    """
    from consult.topics import at_strength
    from consult.topics.describe import OUTLIER_ID
    from consult.topics.store import unpack

    if not 0 <= min_strength <= 1:
        message = f"--strength: {min_strength:g} was given; it must lie between 0 (everything) and 1 (the clearest)."
        raise UserError(message)
    stored = unpack(study.model_path(FOUND_TOPICS))
    if stored is None:
        message = f"{study.path}: no topics have been found yet. Start with: consult topics --study {study.path}"
        raise UserError(message)
    document_of = study.read("passages", ["passage_id", "document_id"]).set_index("passage_id")["document_id"]
    response_of = study.read("documents", ["document_id", "response_id"]).set_index("document_id")["response_id"]
    topics, assigned = at_strength(
        study.read("topics"),
        study.read("passage_topics"),
        document_of.map(response_of),
        stored[0].nearest,
        min_strength,
        OUTLIER_ID,
    )
    return {"topics": topics, "passage_topics": assigned}


def additions(study: Study) -> str:
    """Say how passages that were added after topics were found fit these; empty where none were."""
    from consult.topics.store import read_model

    model = read_model(study.model_path(FOUND_TOPICS))
    if not model.get("n_added"):
        return ""
    return (
        f"{model['n_added']:,} passages were added after the topics were found, and got the topics there were. "
        f"{model['added_without']:.0%} of their texts fit none (of those before: {model['outlier_share']:.0%}). "
        "To find topics anew: consult topics --refit"
    )


def _found_anew(
    before: TopicResult | None, tables: tuple[Any, ...], options: Options, embed: Any, report: Progress
) -> TopicResult:
    from consult.topics import carry_ids, find_topics

    found = find_topics(
        *tables,
        language=options.language,
        n_topics=options.n_topics,
        seed=options.seed,
        embed=embed,
        progress=lambda done, total: report("topics", done, total),
    )
    return carry_ids(found, before.passage_topics) if before is not None else found


def _with_new_passages(
    before: TopicResult | None, tables: tuple[Any, ...], options: Options, embed: Any, report: Progress
) -> TopicResult | None:
    """Return the topics found before with the new passages in them; None where topics are to be found anew."""
    from consult.topics import assign_passages, with_assigned

    if before is None or not len(before.model["centres"]):
        return None
    passages, documents, responses, vectors = tables
    known = set(before.passage_topics["passage_id"])
    is_new = ~passages["passage_id"].isin(known).to_numpy()
    n_new = int(is_new.sum())
    if len(passages) - n_new != len(known):
        return None  # passages were taken out or changed
    if n_new and n_new + before.model.get("n_added", 0) > MAX_ADDED * len(known):
        return None
    given = assign_passages(before.model, passages[is_new], documents, responses, vectors[is_new])
    if given.has_drifted:
        report(
            f"{given.share_without_topic:.0%} of the new texts fit no topic ({given.expected_share:.0%} of those "
            "before): topics are found anew",
            1,
            1,
        )
        return None
    result = with_assigned(before, given, *tables, language=options.language, embed=embed)
    n_added = before.model.get("n_added", 0) + n_new
    without = before.model.get("added_without", 0.0) * (n_added - n_new) + given.share_without_topic * n_new
    model = {**result.model, "n_added": n_added, "added_without": without / max(1, n_added)}
    return replace(result, model=model)
