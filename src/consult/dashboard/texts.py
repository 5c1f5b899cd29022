"""What respondents wrote and what was found in it, looked up by response."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from consult.study import Study


class Lookup:
    """A table's rows by the value of one column; made once, never changed."""

    def __init__(self, frame: pd.DataFrame, column: str) -> None:
        self.frame = frame.sort_values(column, kind="stable", ignore_index=True)
        self._values = self.frame[column].to_numpy(dtype=object)

    def rows(self, value: str) -> pd.DataFrame:
        """Return the rows with this value, none if there are none."""
        first = int(np.searchsorted(self._values, value, side="left"))
        last = int(np.searchsorted(self._values, value, side="right"))
        return self.frame.iloc[first:last]

    def first(self, value: str) -> dict[str, Any] | None:
        """Return the first row with this value as a dictionary, or None."""
        rows = self.rows(value)
        return {str(k): v for k, v in rows.iloc[0].to_dict().items()} if len(rows) else None


@dataclass(frozen=True)
class Texts:
    """The tables behind the reader; texts are as in the study, to be masked where they are shown."""

    responses: Lookup
    answers: Lookup
    documents: Lookup
    document: Lookup
    passages: Lookup
    taggings: Lookup
    topic_of: Lookup
    pages: Lookup
    member: Lookup
    campaign: Lookup
    question: Lookup

    @classmethod
    def from_study(cls, study: Study) -> Self:
        """Read what the reader needs."""
        documents = study.read("documents")
        return cls(
            responses=Lookup(study.read("responses"), "response_id"),
            answers=Lookup(study.read("answers"), "response_id"),
            documents=Lookup(documents, "response_id"),
            document=Lookup(documents, "document_id"),
            passages=Lookup(study.read("passages").sort_values(["document_id", "start"]), "document_id"),
            taggings=Lookup(study.read("taggings").sort_values(["document_id", "start", "end"]), "document_id"),
            topic_of=Lookup(study.read("passage_topics"), "passage_id"),
            pages=Lookup(study.read("pages").sort_values(["document_id", "page"]), "document_id"),
            member=Lookup(study.read("campaign_members"), "document_id"),
            campaign=Lookup(study.read("campaigns"), "campaign_id"),
            question=Lookup(study.read("questions"), "question_id"),
        )

    def order(self, response_ids: Sequence[str]) -> list[str]:
        """Return responses newest first, those without a date last."""
        frame = self.responses.frame
        chosen = frame[frame["response_id"].isin(list(response_ids))]
        ordered = chosen.sort_values(["submitted_at", "response_id"], ascending=[False, True], na_position="last")
        return [str(r) for r in ordered["response_id"]]
