"""Claims: a sentence about the consultation, checked against it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from consult.errors import UserError
from consult.measures import caveats, verdicts
from consult.measures.comparing import FEW
from consult.measures.counting import CLOSED, THEMES, TOPICS, of_words
from consult.measures.filters import Selected, group_sizes, select, selected
from consult.measures.groups import grouping
from consult.measures.intervals import wilson
from consult.measures.queries import Found, Query, find
from consult.measures.result import with_shares
from consult.measures.selection import VIEW_WORDS, VIEWS, Selection
from consult.translation import speaking

if TYPE_CHECKING:
    from consult.measures.corpus import Corpus
    from consult.measures.result import Caveat
    from consult.measures.verdicts import Audit

BY = ("stakeholder_type", "country", "language")
QUOTES = 10


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
    found = find(corpus, claim.query, texts)
    rows, results = [], {}
    for view in VIEWS:
        seen = select(corpus, claim.selection.with_(view=view))
        asked = found.asked(seen)
        hits = found.hits(seen) & asked
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
        by={name: _by(found, kept, name) for name in BY},
        ids=tuple(str(i) for i in corpus.index.response_ids[hits]),
        ids_without=tuple(str(i) for i in corpus.index.response_ids[asked & ~hits]),
        quotes=found.quotes(kept, hits, n_quotes),
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


def _of(corpus: Corpus, query: Query, kept: Selected, n: int) -> str:
    what = f"{CLOSED}{query.closed[0][0]}" if query.only_closed else THEMES
    words = of_words(corpus, kept, n, what)
    filters = kept.selection.with_(language=(), question_id=()).in_words()
    return f"{words} ({filters})" if filters else words


def _by(found: Found, kept: Selected, name: str) -> pd.DataFrame:
    corpus = found.corpus
    group = grouping(corpus, name)
    asked = found.asked(kept)
    narrowed = replace(kept, responses=asked)
    totals = group_sizes(corpus, group, narrowed)
    counts = np.zeros(len(group.names), dtype=np.int64)
    whole = found.hits(kept) & asked
    for i in np.flatnonzero(totals):
        here = group.codes == i
        if group.level == "response":
            counts[i] = int((whole & here).sum())
        else:
            has = np.zeros(corpus.index.n_responses, dtype=bool)
            has[corpus.index.doc_response[kept.documents & here]] = True
            counts[i] = int((found.hits(kept, here) & asked & has).sum())
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
