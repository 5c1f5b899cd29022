"""Claims: a sentence about the consultation, checked against it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from consult.errors import UserError
from consult.measures import caveats, verdicts
from consult.measures.comparing import FEW
from consult.measures.counting import CLOSED, THEMES, TOPICS, ideas, known_key, of_words
from consult.measures.filters import Selected, group_sizes, select, selected
from consult.measures.groups import grouping
from consult.measures.index import positions
from consult.measures.intervals import wilson
from consult.measures.phrases import find_phrases
from consult.measures.result import with_shares
from consult.measures.selection import VIEW_WORDS, VIEWS, Selection
from consult.translation import speaking

if TYPE_CHECKING:
    from consult.measures.corpus import Corpus
    from consult.measures.index import Bools, Ints
    from consult.measures.result import Caveat
    from consult.measures.verdicts import Audit

BY = ("stakeholder_type", "country", "language")
QUOTES = 10


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


@dataclass(frozen=True)
class Claim:
    """
    A sentence that can be checked.

    Attributes:
        sentence: As somebody said it.
        query: What stands for it.
        selection: Which responses it is about; its campaign view is the one of the headline.
        at_most: A share that the sentence says is not passed, 0 to 1.
        at_least: A share that the sentence says is reached, 0 to 1.
    """

    sentence: str
    query: Query
    selection: Selection = field(default_factory=Selection)
    at_most: float | None = None
    at_least: float | None = None

    def __post_init__(self) -> None:
        if not self.sentence.strip():
            message = "claim: the sentence is empty; expected the words that somebody said. Write the sentence."
            raise UserError(message)


@dataclass(frozen=True)
class ClaimResult:
    """
    A claim, checked.

    Attributes:
        claim: What was checked.
        n: Responses that mention it, under the claim's campaign view.
        N: Responses asked.
        share: n over N, with the 95 % interval `low` to `high`.
        low: Lower end.
        high: Upper end.
        bound: Upper end with the audit's misses added; None if not audited.
        of: The denominator in words.
        verdict: The verdict in words, by `verdicts.rules`, in the language spoken.
        kept: The same in English, as it is kept with the claim.
        level: Key of the level, ``not_mentioned`` or ``too_few``.
        outcome: ``holds``, ``fails`` or ``open`` against the claim's limits; empty without limits.
        to_overturn: How many more (or, negative, fewer) responses would change the outcome against
            the first limit; without a limit, would lift it to the next level; None at the top.
        views: One row a campaign view: ``view``, ``view_label``, ``n``, ``N``, ``share``, ``low``,
            ``high``, ``of``, ``verdict``.
        by: Tables by stakeholder type, country and language: ``key``, ``label``, ``n``, ``N``,
            ``share``, ``low``, ``high``, ``few``; most responses first.
        ids: Responses that mention it.
        ids_without: Responses asked that do not.
        quotes: Where it is said: ``response_id``, ``document_id``, ``start``, ``end`` (offsets in
            ``documents.text``), ``because`` (theme id or phrase), ``stakeholder_type``, ``country``,
            ``language``; one a response, varied by type and language.
        caveats: What a reader must know.
    """

    claim: Claim
    n: int
    N: int
    share: float
    low: float
    high: float
    bound: float | None
    of: str
    verdict: str
    kept: str
    level: str
    outcome: str
    to_overturn: int | None
    views: pd.DataFrame
    by: dict[str, pd.DataFrame]
    ids: tuple[str, ...]
    ids_without: tuple[str, ...]
    quotes: pd.DataFrame
    caveats: tuple[Caveat, ...]


def check_claim(
    corpus: Corpus,
    claim: Claim,
    *,
    texts: pd.DataFrame | None = None,
    audit: Audit | None = None,
    n_quotes: int = QUOTES,
) -> ClaimResult:
    """
    Check a claim: how many responses mention it, of how many, who, and in which words.

    With an answer to a closed question as the only query, the responses asked are those that
    answered it.

    Args:
        corpus: The tables.
        claim: The sentence and what stands for it.
        texts: Table ``documents`` with texts; needed for phrases only.
        audit: A person's check of responses in which nothing was found.
        n_quotes: How many places to quote at most.

    Raises:
        UserError: A theme, topic, question, answer or filter value is unknown (the message names the
            nearest), phrases were given without texts, or the filters keep nothing.
    """
    _check_consultation(corpus, claim.selection)
    kept = selected(corpus, claim.selection)
    found = _found(corpus, claim.query, texts)
    rows, results = [], {}
    for view in VIEWS:
        seen = select(corpus, claim.selection.with_(view=view))
        asked = _asked(corpus, claim.query, seen)
        hits = _hits(corpus, claim.query, found, seen) & asked
        results[view] = (hits, asked)
        n, of = int(hits.sum()), int(asked.sum())
        words = _of(corpus, claim.query, seen, of)
        if of:
            rows.append((view, VIEW_WORDS[view], n, of, words, verdicts.sentence(n, of, words, audit)))
    views = with_shares(pd.DataFrame(rows, columns=["view", "view_label", "n", "N", "of", "verdict"]))
    hits, asked = results[claim.selection.view]
    n, of = int(hits.sum()), int(asked.sum())
    if not of:
        message = f"claim: none of {kept.n:,} selected responses was asked; at least one is needed. Take a filter away."
        raise UserError(message)
    low, high = (float(v) for v in wilson(n, of))
    bound = verdicts.upper_bound(n, of, audit)
    words = _of(corpus, claim.query, kept, of)
    evidence = _evidence(corpus, claim.query, found, kept, hits)
    return ClaimResult(
        claim=claim,
        n=n,
        N=of,
        share=n / of,
        low=low,
        high=high,
        bound=bound,
        of=words,
        verdict=verdicts.sentence(n, of, words, audit),
        kept=_in_english(corpus, claim.query, kept, n, audit, of),
        level="too_few" if of < FEW else "not_mentioned" if n == 0 else verdicts.level(n / of),
        outcome=verdicts.holds(n, of, at_most=claim.at_most, at_least=claim.at_least, bound=bound),
        to_overturn=_to_overturn(claim, n, of),
        views=views,
        by={name: _by(corpus, claim.query, found, kept, name) for name in BY},
        ids=tuple(str(i) for i in corpus.index.response_ids[hits]),
        ids_without=tuple(str(i) for i in corpus.index.response_ids[asked & ~hits]),
        quotes=_varied(corpus, evidence, n_quotes),
        caveats=caveats.applying(corpus, kept, _kind(claim.query)),
    )


def _in_english(corpus: Corpus, query: Query, kept: Selected, n: int, audit: Audit | None, of: int) -> str:
    with speaking("en"):
        return verdicts.sentence(n, of, _of(corpus, query, kept, of), audit)


def _check_consultation(corpus: Corpus, selection: Selection) -> None:
    there = set(corpus.consultations["consultation_id"]) | set(corpus.responses["consultation_id"])
    absent = [c for c in selection.consultation_id if c not in there]
    if absent:
        message = (
            f"claim: the consultation '{absent[0]}' was not ingested; this study holds "
            f"{', '.join(sorted(there)) or 'none'}. Ingest it first with: consult ingest SOURCE"
        )
        raise UserError(message)


def _kind(query: Query) -> str:
    if query.themes or query.phrases:
        return THEMES
    return TOPICS if query.topics else f"{CLOSED}{query.closed[0][0]}"


def _only_closed(query: Query) -> bool:
    return bool(query.closed) and not (query.themes or query.topics or query.phrases)


@dataclass(frozen=True)
class _Part:
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


def _found(corpus: Corpus, query: Query, texts: pd.DataFrame | None) -> list[_Part]:
    parts: list[_Part] = []
    nowhere = pd.DataFrame({"document_id": [], "start": [], "end": [], "because": []})
    for what, names in ((THEMES, query.themes), (TOPICS, query.topics)):
        carried = ideas(corpus, what)
        marks = corpus.index.themes if what == THEMES else corpus.index.topics
        for name in names:
            code = known_key(carried, name)
            here = marks.code == code
            places = _tagged(corpus, carried.keys[code]) if what == THEMES else nowhere
            documents, own = _marked(corpus, marks.document[here]), _marked(corpus, marks.document[here & marks.own])
            parts.append(_Part(documents, own, None, places))
    for question, answer in query.closed:
        answers = ideas(corpus, f"{CLOSED}{question}")
        gave = np.zeros(corpus.index.n_responses, dtype=bool)
        gave[answers.response[answers.code == known_key(answers, answer)]] = True
        parts.append(_Part(None, None, gave, nowhere))
    if query.phrases and texts is None:
        message = "claim: phrases need the texts of the documents; none were given. Give texts=study.read('documents')."
        raise UserError(message)
    if query.phrases and texts is not None:
        hits = find_phrases(texts, query.phrases).rename(columns={"phrase": "because"})
        for phrase in query.phrases:
            places = hits[hits["because"] == phrase]
            where = positions(places["document_id"], corpus.documents["document_id"])
            added = _own(corpus, where, places)
            parts.append(_Part(_marked(corpus, where[where >= 0]), _marked(corpus, where[added]), None, places))
    return parts


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


def _asked(corpus: Corpus, query: Query, kept: Selected) -> Bools:
    if not _only_closed(query):
        return kept.responses
    answered = [ideas(corpus, f"{CLOSED}{question}").asked for question, _ in query.closed]
    asked: Bools = kept.responses & (np.all if query.combine == "all" else np.any)(answered, axis=0)
    return asked


def _hits(corpus: Corpus, query: Query, found: list[_Part], kept: Selected, inside: Bools | None = None) -> Bools:
    documents = kept.documents if inside is None else kept.documents & inside
    carried = []
    for part in found:
        if part.responses is not None:
            carried.append(part.responses)
            continue
        here = np.zeros(corpus.index.n_responses, dtype=bool)
        if part.documents is not None and part.own is not None:
            seen = documents & part.documents & (part.own | ~kept.own_only)
            here[corpus.index.doc_response[seen]] = True
        carried.append(here)
    together: Bools = (np.all if query.combine == "all" else np.any)(carried, axis=0)
    return together & kept.responses


def _of(corpus: Corpus, query: Query, kept: Selected, n: int) -> str:
    what = f"{CLOSED}{query.closed[0][0]}" if _only_closed(query) else THEMES
    words = of_words(corpus, kept, n, what)
    filters = kept.selection.with_(language=(), question_id=()).in_words()
    return f"{words} ({filters})" if filters else words


def _by(corpus: Corpus, query: Query, found: list[_Part], kept: Selected, name: str) -> pd.DataFrame:
    group = grouping(corpus, name)
    asked = _asked(corpus, query, kept)
    narrowed = replace(kept, responses=asked)
    totals = group_sizes(corpus, group, narrowed)
    counts = np.zeros(len(group.names), dtype=np.int64)
    whole = _hits(corpus, query, found, kept) & asked
    for i in np.flatnonzero(totals):
        here = group.codes == i
        if group.level == "response":
            counts[i] = int((whole & here).sum())
        else:
            has = np.zeros(corpus.index.n_responses, dtype=bool)
            has[corpus.index.doc_response[kept.documents & here]] = True
            counts[i] = int((_hits(corpus, query, found, kept, here) & asked & has).sum())
    frame = pd.DataFrame({"key": list(group.names), "label": list(group.labels), "n": counts, "N": totals})
    return with_shares(frame).sort_values(["N", "key"], ascending=[False, True], ignore_index=True)


def _to_overturn(claim: Claim, n: int, of: int) -> int | None:
    limit = claim.at_most if claim.at_most is not None else claim.at_least
    if limit is not None:
        if claim.at_most is None:  # reaching a limit is enough, passing it is not needed
            needed = int(np.ceil(limit * of - 1e-9))
            return needed - n if n < needed else needed - 1 - n
        return verdicts.to_overturn(n, of, limit)
    above = [bound for bound, _, _ in verdicts.LEVELS if bound > n / of]
    return int(np.ceil(above[0] * of - 1e-9)) - n if above else None


def _evidence(corpus: Corpus, query: Query, found: list[_Part], kept: Selected, hits: Bools) -> pd.DataFrame:
    index = corpus.index
    frames = []
    for part in found:
        where = positions(part.places["document_id"], corpus.documents["document_id"])
        known = where >= 0
        inside = np.zeros(len(where), dtype=bool)
        inside[known] = kept.documents[where[known]] & hits[index.doc_response[where[known]]]
        inside[known] &= ~kept.own_only[where[known]] | _own(corpus, where[known], part.places[known])
        places = part.places[inside]
        who = index.doc_response[where[inside]]
        language = corpus.documents["language"].to_numpy(dtype=object)[where[inside]]
        frames.append(places.assign(response=who, language=language))
    columns = ["document_id", "start", "end", "because", "response", "language"]
    if query.combine == "any" or len(frames) == 1:
        table = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)
    else:  # of each part in turn, so that every part of the query is shown
        table = pd.concat([f.assign(turn=range(len(f))) for f in frames], ignore_index=True)
        table = table.sort_values("turn", kind="stable", ignore_index=True)
    return table[columns]


def _varied(corpus: Corpus, places: pd.DataFrame, limit: int) -> pd.DataFrame:
    """Return one place a response, taking a new combination of type and language each time round."""
    responses = corpus.responses
    first = places.drop_duplicates("response").reset_index(drop=True)
    who = first["response"].to_numpy(dtype=np.int64)
    first = first.assign(
        response_id=responses["response_id"].to_numpy(dtype=object)[who],
        stakeholder_type=responses["stakeholder_type"].to_numpy(dtype=object)[who],
        country=responses["country"].to_numpy(dtype=object)[who],
    )
    turn = first.groupby(["stakeholder_type", "language"]).cumcount()
    first = first.assign(turn=turn).sort_values("turn", kind="stable").head(limit).reset_index(drop=True)
    first["start"], first["end"] = first["start"].astype("int64"), first["end"].astype("int64")
    columns = ["response_id", "document_id", "start", "end", "because", "stakeholder_type", "country", "language"]
    return first[columns]
