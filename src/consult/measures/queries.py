"""What stands for a claim's sentence, and where it is found: in which responses, and in which of their words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from consult.errors import UserError
from consult.measures.counting import CLOSED, THEMES, TOPICS, ideas, known_key
from consult.measures.index import positions
from consult.measures.phrases import find_phrases

if TYPE_CHECKING:
    from consult.measures.corpus import Corpus
    from consult.measures.filters import Selected
    from consult.measures.index import Bools, Ints

EVIDENCE = ["document_id", "start", "end", "because", "response", "language"]
QUOTED = ["response_id", "document_id", "start", "end", "because", "stakeholder_type", "country", "language"]


@dataclass(frozen=True)
class Query:
    """
    What stands for a claim's sentence: what a response must carry to count as mentioning it.

    Attributes:
        themes: Theme ids (or names).
        topics: Topic ids (or labels).
        phrases: Plain phrases; see `phrases.Phrase`.
        closed: Pairs of closed question and answer.
        combine: ``any``: one of them is enough; ``all``: the response must carry every one.
    """

    themes: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    closed: tuple[tuple[str, str], ...] = ()
    combine: Literal["any", "all"] = "any"

    def __post_init__(self) -> None:
        for name in ("themes", "topics", "phrases"):
            value: Any = getattr(self, name)
            object.__setattr__(self, name, (value,) if isinstance(value, str) else tuple(value))
        object.__setattr__(self, "closed", tuple((str(q), str(a)) for q, a in self.closed))
        if self.combine not in ("any", "all"):
            message = f"claim, combine: '{self.combine}'; allowed are any, all. Choose one of them."
            raise UserError(message)
        if not (self.themes or self.topics or self.phrases or self.closed):
            message = (
                "claim: nothing stands for the sentence; expected a theme, a topic, a phrase or an answer to a "
                "closed question. Give one, e.g. --theme ID."
            )
            raise UserError(message)

    @property
    def only_closed(self) -> bool:
        """Whether nothing but answers to closed questions stands for the sentence."""
        return bool(self.closed) and not (self.themes or self.topics or self.phrases)


@dataclass(frozen=True)
class Part:
    """
    Where one part of a query is found.

    Attributes:
        documents: Documents that hold it; None for a closed answer.
        own: Documents that hold it in what the sender added to a campaign's letter.
        responses: Responses that gave a closed answer; None otherwise.
        places: Where it is said.
    """

    documents: Bools | None
    own: Bools | None
    responses: Bools | None
    places: pd.DataFrame


@dataclass(frozen=True)
class Found:
    """
    Where a query is found in a corpus, whatever is selected of it.

    Attributes:
        corpus: The tables.
        query: What was looked for.
        parts: Where each theme, topic, answer and phrase of it is found.
    """

    corpus: Corpus
    query: Query
    parts: tuple[Part, ...]

    def asked(self, kept: Selected) -> Bools:
        """Return the responses kept that were asked: where answers alone are looked for, those that answered."""
        if not self.query.only_closed:
            return kept.responses
        answered = [ideas(self.corpus, f"{CLOSED}{question}").asked for question, _ in self.query.closed]
        return self._together(answered) & kept.responses

    def hits(self, kept: Selected, inside: Bools | None = None) -> Bools:
        """Return the responses kept that mention it; with `inside`, in these documents of theirs."""
        index = self.corpus.index
        documents = kept.documents if inside is None else kept.documents & inside
        carried = []
        for part in self.parts:
            if part.responses is not None:
                carried.append(part.responses)
                continue
            here = np.zeros(index.n_responses, dtype=bool)
            if part.documents is not None and part.own is not None:
                seen = documents & part.documents & (part.own | ~kept.own_only)
                here[index.doc_response[seen]] = True
            carried.append(here)
        return self._together(carried) & kept.responses

    def _together(self, each: list[Bools]) -> Bools:
        together: Bools = (np.all if self.query.combine == "all" else np.any)(each, axis=0)
        return together

    def quotes(self, kept: Selected, hits: Bools, limit: int) -> pd.DataFrame:
        """
        Return where it is said, one place a response, varied by type of respondent and language.

        Args:
            kept: What is kept of the study.
            hits: The responses to quote.
            limit: How many places at most.

        Returns:
            The columns of `QUOTED`; `start` and `end` are offsets in ``documents.text``, `because` is the theme id or
            the phrase.
        """
        responses = self.corpus.responses
        first = self._evidence(kept, hits).drop_duplicates("response").reset_index(drop=True)
        who = first["response"].to_numpy(dtype=np.int64)
        given = ("response_id", "stakeholder_type", "country")
        first = first.assign(**{name: responses[name].to_numpy(dtype=object)[who] for name in given})
        turn = first.groupby(["stakeholder_type", "language"]).cumcount()
        first = first.assign(turn=turn).sort_values("turn", kind="stable").head(limit).reset_index(drop=True)
        return first.astype({"start": "int64", "end": "int64"})[QUOTED]

    def _evidence(self, kept: Selected, hits: Bools) -> pd.DataFrame:
        index = self.corpus.index
        frames = []
        for part in self.parts:
            where = positions(part.places["document_id"], self.corpus.documents["document_id"])
            known = where >= 0
            inside = np.zeros(len(where), dtype=bool)
            inside[known] = kept.documents[where[known]] & hits[index.doc_response[where[known]]]
            inside[known] &= ~kept.own_only[where[known]] | _own(self.corpus, where[known], part.places[known])
            who = index.doc_response[where[inside]]
            language = self.corpus.documents["language"].to_numpy(dtype=object)[where[inside]]
            frames.append(part.places[inside].assign(response=who, language=language))
        if self.query.combine == "any" or len(frames) == 1:
            return pd.concat(frames, ignore_index=True)[EVIDENCE]
        # of each part in turn, so that every part of the query is shown
        table = pd.concat([f.assign(turn=range(len(f))) for f in frames], ignore_index=True)
        return table.sort_values("turn", kind="stable", ignore_index=True)[EVIDENCE]


def find(corpus: Corpus, query: Query, texts: pd.DataFrame | None = None) -> Found:
    """
    Look for what stands for a sentence, in the whole study.

    Args:
        corpus: The tables.
        query: What to look for.
        texts: Table ``documents`` with texts; needed for phrases only.

    Raises:
        UserError: A theme, topic, question or answer is unknown (the message names the nearest), or phrases were
            given without texts.
    """
    parts: list[Part] = []
    nowhere = pd.DataFrame({"document_id": [], "start": [], "end": [], "because": []})
    for what, names in ((THEMES, query.themes), (TOPICS, query.topics)):
        carried = ideas(corpus, what)
        marks = corpus.index.themes if what == THEMES else corpus.index.topics
        for name in names:
            code = known_key(carried, name)
            here = marks.code == code
            places = _tagged(corpus, carried.keys[code]) if what == THEMES else nowhere
            documents, own = _marked(corpus, marks.document[here]), _marked(corpus, marks.document[here & marks.own])
            parts.append(Part(documents, own, None, places))
    for question, answer in query.closed:
        answers = ideas(corpus, f"{CLOSED}{question}")
        gave = np.zeros(corpus.index.n_responses, dtype=bool)
        gave[answers.response[answers.code == known_key(answers, answer)]] = True
        parts.append(Part(None, None, gave, nowhere))
    if query.phrases and texts is None:
        message = "claim: phrases need the texts of the documents; none were given. Give texts=study.read('documents')."
        raise UserError(message)
    if query.phrases and texts is not None:
        hits = find_phrases(texts, query.phrases).rename(columns={"phrase": "because"})
        for phrase in query.phrases:
            places = hits[hits["because"] == phrase]
            where = positions(places["document_id"], corpus.documents["document_id"])
            added = _own(corpus, where, places)
            parts.append(Part(_marked(corpus, where[where >= 0]), _marked(corpus, where[added]), None, places))
    return Found(corpus, query, tuple(parts))


def _marked(corpus: Corpus, documents: Ints) -> Bools:
    found = np.zeros(len(corpus.documents), dtype=bool)
    found[documents] = True
    return found


def _own(corpus: Corpus, where: Ints, places: pd.DataFrame) -> Bools:
    start, end = (places[name].to_numpy(dtype=np.int64) for name in ("start", "end"))
    return corpus.index.own.holds(where, start, end)


def _tagged(corpus: Corpus, theme: str) -> pd.DataFrame:
    taggings = corpus.taggings[corpus.taggings["theme_id"] == theme]
    taggings = taggings.assign(by_hand=taggings["assigned_by"] == "person")
    ordered = taggings.sort_values(["by_hand", "score", "document_id", "start"], ascending=[False, False, True, True])
    return ordered.rename(columns={"theme_id": "because"})[["document_id", "start", "end", "because"]]
