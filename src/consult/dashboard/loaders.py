"""What pages read of a study, loaded once for everybody and read only."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar, cast

import pandas as pd
import streamlit as st

from consult import measures
from consult.dashboard.texts import Texts
from consult.pipeline.searching import search_index
from consult.pipeline.topics import topics_at
from consult.report.quotes import Quotable
from consult.report.withheld import withheld_responses
from consult.study import Study
from consult.text.search import SearchIndex
from consult.themes.codebook import Codebook, load_codebook
from consult.translation import spoken

T = TypeVar("T")
KEPT_FILTERS = 200
"""How many counted tables are kept, over all studies and filters; each is small."""
KEPT_STUDIES = 3
"""How many studies are kept in memory at once; the one not asked for longest goes first."""


@dataclass(frozen=True)
class Loaded:
    """A study with everything that pages look things up in; each part is made when first asked for."""

    study: Study
    state: str
    strength: float | None = None
    """How strongly a passage must belong to a topic to be counted there; None for the topics as they were found."""

    @property
    def corpus(self) -> measures.Corpus:
        """What is counted."""
        if self.strength is not None:
            return _corpus_at(str(self.study.path), self.state, self.strength)
        return _corpus(str(self.study.path), self.state)

    def counted(self, name: str, selection: measures.Selection, count: Callable[[], T]) -> T:
        """
        Return what was counted for these filters before, else count it and keep it for everybody.

        Args:
            name: What is counted, with whatever it depends on beside the filters.
            selection: The filters.
            count: Counts; what it returns must not be changed.
        """
        state = f"{self.state}@{self.strength}"
        return cast("T", _counted(str(self.study.path), state, spoken(), name, repr(selection), count))

    def overview(self, selection: measures.Selection) -> measures.Overview:
        """Return what the first page shows, counted for these filters once."""
        return self.counted("overview", selection, lambda: measures.overview(self.corpus, selection))

    @property
    def texts(self) -> Texts:
        """What respondents wrote, by response."""
        return _texts(str(self.study.path), self.state)

    @property
    def quotable(self) -> Quotable:
        """What quotes are made from."""
        return _quotable(str(self.study.path), self.state)

    @property
    def withheld(self) -> frozenset[str]:
        """Responses that asked not to be published."""
        return _withheld(str(self.study.path), self.state)

    @property
    def search(self) -> SearchIndex:
        """Full-text search."""
        return _search(str(self.study.path), self.state)

    @property
    def codebook(self) -> Codebook:
        """The codebook in force."""
        path = self.study.codebook_path
        return _codebook(str(path), path.stat().st_mtime_ns)

    def table(self, name: str) -> pd.DataFrame:
        """Return one table of the study; it must not be changed."""
        if self.strength is not None and name in ("topics", "passage_topics"):
            return cast("pd.DataFrame", getattr(self.corpus, name))
        return _table(str(self.study.path), self.state, name)

    @property
    def title(self) -> str:
        """Title of the study, or of its consultations where it has none of its own."""
        given = str(self.study.settings().get("title") or "")
        return given or " and ".join(self.table("consultations")["title"]) or self.study.title


def load(study: Study) -> Loaded:
    """Return the study as it stands on disk now."""
    return Loaded(study, state_of(study))


def state_of(study: Study) -> str:
    """Return a short word that changes when a table, a setting or the run log changes."""
    total = hashlib.blake2b(digest_size=12)
    settings = study.path / "study.toml"  # says who asked not to be published
    for path in sorted([study.path / "runs.jsonl", settings, *(study.path / "tables").glob("*.parquet")]):
        if path.exists():
            facts = path.stat()
            total.update(f"{path.name}:{facts.st_mtime_ns}:{facts.st_size};".encode())
    return total.hexdigest()


@st.cache_resource(max_entries=KEPT_STUDIES, show_spinner="Reading the study …")
def _corpus(path: str, state: str) -> measures.Corpus:  # noqa: ARG001
    return measures.Corpus.from_study(Study.open(path))


@st.cache_resource(max_entries=KEPT_STUDIES, show_spinner=False)
def _corpus_at(path: str, state: str, strength: float) -> measures.Corpus:
    found = topics_at(Study.open(path), strength)
    return replace(_corpus(path, state), topics=found["topics"], passage_topics=found["passage_topics"])


@st.cache_resource(max_entries=KEPT_FILTERS, show_spinner=False)
def _counted(path: str, state: str, language: str, name: str, selection: str, _count: Callable[[], object]) -> object:  # noqa: ARG001
    return _count()


@st.cache_resource(max_entries=KEPT_STUDIES, show_spinner="Reading the texts …")
def _texts(path: str, state: str) -> Texts:  # noqa: ARG001
    return Texts.from_study(Study.open(path))


@st.cache_resource(max_entries=KEPT_STUDIES, show_spinner="Reading the quotes …")
def _quotable(path: str, state: str) -> Quotable:  # noqa: ARG001
    return Quotable.from_study(Study.open(path))


@st.cache_resource(max_entries=KEPT_STUDIES, show_spinner=False)
def _withheld(path: str, state: str) -> frozenset[str]:  # noqa: ARG001
    return withheld_responses(Study.open(path))


@st.cache_resource(max_entries=KEPT_STUDIES, show_spinner="Preparing the search …")
def _search(path: str, state: str) -> SearchIndex:  # noqa: ARG001
    return search_index(Study.open(path))


@st.cache_resource(max_entries=KEPT_STUDIES, show_spinner="Reading the codebook …")
def _codebook(path: str, changed: int) -> Codebook:  # noqa: ARG001
    return load_codebook(path)


@st.cache_resource(max_entries=KEPT_STUDIES * 12, show_spinner="Reading the study …")
def _table(path: str, state: str, name: str) -> pd.DataFrame:  # noqa: ARG001
    return Study.open(path).read(name)
