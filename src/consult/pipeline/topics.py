"""The stage that finds topics, and the edits that people make to them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

import consult
from consult.pipeline.freshness import hash_of
from consult.pipeline.masking import masked_texts
from consult.pipeline.options import Options, Progress
from consult.pipeline.vectors import study_vectors
from consult.study import Study

if TYPE_CHECKING:
    import pandas as pd

EDITS = "edits.jsonl"
FOUND_TOPICS = "topics.zip"
READS = ("passages", "documents", "responses")
WRITES = ("topics", "topic_terms", "topic_details", "topic_quotes", "passage_topics", "passage_positions")
OPTIONS = ("seed", "embedding", "language", "n_topics")


def topics_of(study: Study, options: Options, report: Progress) -> Mapping[str, pd.DataFrame]:
    """Find topics, or take those found before, and replay the edits of people; returns the tables in `WRITES`."""
    from consult.topics import apply_edits, carry_ids, find_topics, read_edit
    from consult.topics.store import pack, unpack

    (passages, documents), responses = masked_texts(study), study.read("responses")
    space = study_vectors(study, passages, documents, options, report)
    chosen = {option: getattr(options, option) for option in OPTIONS}
    key = hash_of(consult.__version__, json.dumps(chosen, sort_keys=True), study.digest(READS))
    stored = unpack(study.model_path(FOUND_TOPICS))
    if stored and stored[1] == key:
        found = stored[0]
    else:
        found = find_topics(
            passages,
            documents,
            responses,
            space.passages,
            language=options.language,
            n_topics=options.n_topics,
            seed=options.seed,
            embed=space.embed,
            progress=lambda done, total: report("topics", done, total),
        )
        if stored:
            found = carry_ids(found, stored[0].passage_topics)
        study.write_model(FOUND_TOPICS, pack(found, key))
    edits = [read_edit(record) for record in study.lines(EDITS)]
    edited = apply_edits(
        found, edits, passages, documents, responses, space.passages, language=options.language, embed=space.embed
    )
    for lost in edited.not_carried:
        report(f"edit not carried over: {lost.reason}", 1, 1)
    return {name: getattr(edited.result, name) for name in WRITES}
