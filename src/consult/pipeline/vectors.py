"""The vectors of a study, and the space that other texts are placed in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from consult.pipeline.options import Options, Progress
from consult.study import Study

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class StudyVectors:
    """One vector a row of `passages`, and how to place other texts (definitions, phrases) in the same space."""

    passages: Any
    embed: Callable[[Sequence[str], Sequence[str]], Any]


def study_vectors(
    study: Study, passages: pd.DataFrame, documents: pd.DataFrame, options: Options, report: Progress
) -> StudyVectors:
    """Embed the passages of a study; what was embedded before is remembered in its `models` folder."""
    from consult.text.embedding import Embedder

    embedder = Embedder(options.embedding, study.path / "models")
    languages = passages["document_id"].map(documents.set_index("document_id")["language"]).tolist()
    vectors, offsets = embedder.fit(
        passages["text"].tolist(), languages, lambda done, total: report("embedding", done, total)
    )
    return StudyVectors(vectors, lambda texts, codes: embedder.embed(texts, codes, offsets))
