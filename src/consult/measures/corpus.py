"""The tables that are counted on, held in memory without the texts, and their index."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd

from consult import schema
from consult.measures.index import Index, build_index

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TABLES = (
    "consultations",
    "questions",
    "responses",
    "answers",
    "documents",
    "passages",
    "passage_topics",
    "topics",
    "themes",
    "taggings",
    "campaigns",
    "campaign_members",
    "own_parts",
    "possibly_coordinated",
)
_WITHOUT = {"documents": ("text",), "passages": ("text",)}


class ReadsTables(Protocol):
    """Anything that hands out a study's tables by name, as `consult.study.Study` does."""

    def read(self, name: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return one table, or some of its columns."""
        ...


def _empty() -> pd.DataFrame:
    return pd.DataFrame()


@dataclass(frozen=True, eq=False, repr=False)
class Corpus:
    """
    Everything that is counted, without the texts of documents, passages and open answers.

    Build it once a study and keep it: it is never changed, and its index (integer positions in
    place of ids) is made at the first count. Tables that a stage has not made yet are empty.
    `answers` holds the answers to closed questions only; who answered an open question is known
    from `documents`.
    """

    consultations: pd.DataFrame = field(default_factory=_empty)
    questions: pd.DataFrame = field(default_factory=_empty)
    responses: pd.DataFrame = field(default_factory=_empty)
    answers: pd.DataFrame = field(default_factory=_empty)
    documents: pd.DataFrame = field(default_factory=_empty)
    passages: pd.DataFrame = field(default_factory=_empty)
    passage_topics: pd.DataFrame = field(default_factory=_empty)
    topics: pd.DataFrame = field(default_factory=_empty)
    themes: pd.DataFrame = field(default_factory=_empty)
    taggings: pd.DataFrame = field(default_factory=_empty)
    campaigns: pd.DataFrame = field(default_factory=_empty)
    campaign_members: pd.DataFrame = field(default_factory=_empty)
    own_parts: pd.DataFrame = field(default_factory=_empty)
    possibly_coordinated: pd.DataFrame = field(default_factory=_empty)
    weak_languages: tuple[str, ...] = ()

    @classmethod
    def from_study(cls, study: ReadsTables, *, weak_languages: tuple[str, ...] = ()) -> Corpus:
        """
        Read what is counted from a study; the columns of text are dropped at once.

        Args:
            study: An open study, or anything with ``read(name, columns=...)``.
            weak_languages: ISO 639-1 codes in which the tagger was measured and found wanting.
        """
        return cls.from_tables({name: _read(study, name) for name in TABLES}, weak_languages=weak_languages)

    @classmethod
    def from_tables(cls, tables: Mapping[str, pd.DataFrame], *, weak_languages: tuple[str, ...] = ()) -> Corpus:
        """
        Make a corpus from tables as in `consult.schema`; tables left out are empty.

        Rows are put in the order of their key, so that the order given changes no number.
        """
        ready: dict[str, pd.DataFrame] = {}
        for name in TABLES:
            frame = tables.get(name)
            frame = schema.empty(name) if frame is None else frame
            kept = [c for c in frame.columns if c not in _WITHOUT.get(name, ())]
            ready[name] = _in_order(name, frame[kept])
        questions = ready["questions"]
        closed = questions.loc[questions["kind"] == "closed", "question_id"]
        answers = ready["answers"]
        ready["answers"] = answers[answers["question_id"].isin(closed)].reset_index(drop=True)
        return cls(**ready, weak_languages=weak_languages)

    @cached_property
    def index(self) -> Index:
        """Integer positions of everything that is counted; made once."""
        return build_index(self)

    @property
    def n_responses(self) -> int:
        """Number of responses in the study."""
        return len(self.responses)

    def __repr__(self) -> str:
        return f"Corpus({self.n_responses:,} responses, {len(self.documents):,} documents)"

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in (*TABLES, "weak_languages")}


def _in_order(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    key = [c for c in schema.table(name).key if c in frame.columns]
    if len(key) == 1 and frame[key[0]].is_monotonic_increasing:
        return frame.reset_index(drop=True)
    if name == "taggings":  # many rows, and only sets of them are ever used
        return frame.reset_index(drop=True)
    return frame.sort_values(key, kind="stable", ignore_index=True)


def _read(study: ReadsTables, name: str) -> pd.DataFrame:
    columns = [c for c in schema.table(name).names if c not in _WITHOUT.get(name, ())]
    return study.read(name, columns=columns)
