"""The full-text index of a study, kept beside its models so that the dashboard need only open it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import consult
from consult.errors import UserError
from consult.pipeline.freshness import hash_of
from consult.pipeline.masking import masked_documents
from consult.study import Study

if TYPE_CHECKING:
    from consult.text.search import SearchIndex

FILE = "search.sqlite"


def search_index(study: Study) -> SearchIndex:
    """
    Open the full-text index over a study's masked documents, and make it first where there is none for them yet.

    Where the study's folder cannot be written to, the index is held in memory.
    """
    from consult.text.search import SearchIndex

    path, made_from = study.model_path(FILE), hash_of(consult.__version__, study.digest(["documents"]))
    held = SearchIndex.open(path)
    if held is not None and held.made_from == made_from:
        return held
    made = SearchIndex.of(masked_documents(study), made_from)
    try:
        study.write_model(FILE, made.to_bytes())
    except UserError:
        return made
    return SearchIndex.open(path) or made
