"""How many responses carry a theme, a topic or a closed answer, and which ones they are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from consult.errors import UserError
from consult.measures import caveats
from consult.measures.counting import (
    CLOSED,
    THEMES,
    TOPICS,
    Base,
    Ideas,
    base_mask,
    count,
    findings,
    ideas,
    known_key,
    of_words,
)
from consult.measures.filters import Selected, group_sizes, selected
from consult.measures.groups import GROUP_FIELDS, Grouping, grouping
from consult.measures.hiding import hide_small, total
from consult.measures.intervals import clustered
from consult.measures.result import Measure, with_shares

if TYPE_CHECKING:
    from consult.measures.corpus import Corpus
    from consult.measures.index import Bools
    from consult.measures.selection import Selection


def theme_shares(
    corpus: Corpus,
    selection: Selection | None = None,
    *,
    of: Base = "selection",
    small_hidden: bool = False,
) -> Measure:
    """
    Count the responses that mention each theme.

    Shares do not add up to 100 %: a response may mention several themes or none. Themes that
    nobody mentions are in the table with n = 0.

    Args:
        corpus: The tables.
        selection: Which responses, under which campaign view.
        of: ``selection``: all responses of the selection; ``with_text``: those that wrote something
            that was analysed.
        small_hidden: Hide counts under 10 and round the others to 5.

    Returns:
        A measure with ``key`` (theme_id), ``label``, ``parent``, ``n``, ``N``, ``share``, ``low``,
        ``high``, ``few``; most mentioned first.

    Raises:
        UserError: The selection keeps nothing.
    """
    return shares(corpus, THEMES, selection, of=of, small_hidden=small_hidden)


def topic_shares(
    corpus: Corpus,
    selection: Selection | None = None,
    *,
    of: Base = "selection",
    small_hidden: bool = False,
) -> Measure:
    """Count the responses with at least one passage in each topic; as `theme_shares`."""
    return shares(corpus, TOPICS, selection, of=of, small_hidden=small_hidden)


def closed_answers(
    corpus: Corpus,
    question_id: str,
    selection: Selection | None = None,
    *,
    small_hidden: bool = False,
) -> Measure:
    """
    Count each answer to a closed question, of those who answered it.

    Raises:
        UserError: The question is unknown or not closed, or nobody in the selection answered it.
    """
    return shares(corpus, f"{CLOSED}{question_id}", selection, small_hidden=small_hidden)


def shares(
    corpus: Corpus,
    what: str,
    selection: Selection | None = None,
    *,
    of: Base = "selection",
    small_hidden: bool = False,
) -> Measure:
    """Count responses with each theme, topic or closed answer; see `theme_shares`."""
    kept = selected(corpus, selection)
    counts = count(corpus, kept, what, of=of)
    asked = int(counts.N[0])
    if not asked:
        message = (
            f"{what}: none of {kept.n:,} selected responses answered or wrote a text; "
            "at least one is needed. Take a filter away."
        )
        raise UserError(message)
    found = counts.ideas
    frame = pd.DataFrame(
        {
            "key": pd.Series(found.keys, dtype="str"),
            "label": pd.Series(found.labels, dtype="str"),
            "parent": pd.Series(found.parents, dtype="str"),
            "n": counts.n[0],
            "N": asked,
        }
    )
    table = _ranked(with_shares(frame), small_hidden=small_hidden, whole=what.startswith(CLOSED))
    words = of_words(corpus, kept, total(asked, small_hidden=small_hidden), what, of)
    remarks = caveats.applying(corpus, kept, what, small_hidden=small_hidden)
    showing = kept.showing(small_hidden=small_hidden)
    return Measure("shares", what, table, words, showing, kept.selection, remarks, base=of)


def respondent_shares(
    corpus: Corpus, field: str, selection: Selection | None = None, *, small_hidden: bool = False
) -> Measure:
    """
    Count responses by a field of the respondent, by language, by question or by period.

    By language and by question a response may count in several rows.

    Args:
        corpus: The tables.
        field: One of `GROUP_FIELDS`, or ``closed:QUESTION_ID``.
        selection: Which responses, under which campaign view.
        small_hidden: Hide counts under 10 and round the others to 5.

    Returns:
        A measure with ``key`` and ``label`` (the group), ``n``, ``N``, ``share``, ``low``, ``high``.
        Periods are in order of time, all others most frequent first.
    """
    kept = selected(corpus, selection)
    return by_group(corpus, kept, grouping(corpus, field), small_hidden=small_hidden)


def by_group(corpus: Corpus, kept: Selected, group: Grouping, *, small_hidden: bool = False) -> Measure:
    """Count what is kept in each group; see `respondent_shares`."""
    frame = pd.DataFrame(
        {
            "key": pd.Series(group.names, dtype="str"),
            "label": pd.Series(group.labels, dtype="str"),
            "n": group_sizes(corpus, group, kept),
            "N": kept.n,
        }
    )
    table = with_shares(frame[frame["n"] > 0])
    in_order = group.field in ("day", "week", "month", "year", "question_id")
    table = _ranked(table, small_hidden=small_hidden, in_order=in_order, whole=True)
    words = of_words(corpus, kept, total(kept.n, small_hidden=small_hidden))
    return Measure(
        "groups", group.field, table, words, kept.showing(small_hidden=small_hidden), kept.selection,
        caveats.applying(corpus, kept, group.field, small_hidden=small_hidden), group.field,
    )  # fmt: skip


def answer_shares(corpus: Corpus, what: str = THEMES, selection: Selection | None = None) -> Measure:
    """
    Count documents (open answers and attachments) instead of responses.

    Answers of one response are not independent; the interval takes that into account (see
    `intervals.clustered`). For headlines use `theme_shares`.
    """
    kept = selected(corpus, selection)
    found = ideas(corpus, what)
    if found.document is None:
        message = f"columns '{what}': closed answers have no documents; allowed are themes or topics."
        raise UserError(message)
    size = corpus.index.n_responses
    asked = np.bincount(corpus.index.doc_response[kept.documents], minlength=size)
    inside = findings(kept, found, kept.responses)
    rows = []
    for i, key in enumerate(found.keys):
        here = inside & (found.code == i)
        yes = np.bincount(found.response[here], minlength=size)
        share, low, high = clustered(yes, asked)
        rows.append((key, found.labels[i], int(yes.sum()), int(asked.sum()), share, low, high))
    table = pd.DataFrame(rows, columns=["key", "label", "n", "N", "share", "low", "high"])
    table = table[table["N"] > 0].sort_values(["n", "key"], ascending=[False, True], ignore_index=True)
    words = f"of {int(asked.sum()):,} documents in {int((asked > 0).sum()):,} responses"
    notes = ("The interval allows for documents of one response being alike.",)
    return Measure(
        "documents", what, table, words, kept.showing(), kept.selection,
        caveats.applying(corpus, kept, what), notes=notes,
    )  # fmt: skip


def responses_with(
    corpus: Corpus,
    selection: Selection | None = None,
    *,
    what: str = THEMES,
    key: str | None = None,
    group: tuple[str, str] | None = None,
    mentions: bool = True,
    of: Base = "selection",
) -> tuple[str, ...]:
    """
    Return the ids of the responses behind a number, sorted.

    Args:
        corpus: The tables.
        selection: The selection the number was counted under, campaign view included.
        what: ``themes``, ``topics`` or ``closed:QUESTION_ID``.
        key: Theme id, topic id or answer; None for every response of the group or selection.
        group: Field and value, for a cell of a cross-table.
        mentions: False for the responses that do not carry it.
        of: The denominator the number was counted of.

    Returns:
        As many ids as the number's ``n`` (or ``N - n`` for ``mentions=False``).

    Raises:
        UserError: The key, field or value is unknown, or the selection keeps nothing.
    """
    kept = selected(corpus, selection)
    found = ideas(corpus, what)
    mask = base_mask(corpus, kept, found, of)
    documents = kept.documents
    if group is not None:
        mask, documents = _in_group(corpus, kept, mask, group)
    if key is not None:
        narrowed = replace(kept, responses=mask, documents=documents)
        carries = _carries(corpus, narrowed, found, key)
        mask = mask & (carries if mentions else ~carries)
    return tuple(str(i) for i in corpus.index.response_ids[mask])


def ids_behind(
    corpus: Corpus,
    measure: Measure,
    key: str | None = None,
    *,
    group: str | None = None,
    mentions: bool = True,
) -> tuple[str, ...]:
    """
    Return the ids of the responses behind a row of a measure's table.

    Args:
        corpus: The corpus the measure was taken from.
        measure: Any measure.
        key: The row's ``key``; None for all responses of the group.
        group: The row's ``group``, for tables with groups; for co-occurrence the row's ``other``.
        mentions: False for the responses of the row's N that are not in its n.

    Returns:
        Ids of responses; of documents where documents were counted (`answer_shares`).
    """
    if measure.name == "documents":
        return _documents_with(corpus, measure, key, mentions=mentions)
    if measure.name == "cooccurrence" and key is not None and group is not None:
        first, second = (
            set(responses_with(corpus, measure.selection, what=measure.what, key=one)) for one in (key, group)
        )
        return tuple(sorted(first & second if mentions else first - second))
    if measure.name == "groups":
        here = None if key is None else (measure.field, key)
        return responses_with(corpus, measure.selection, group=here)
    if measure.compared:
        chosen = dict(measure.compared)[group or measure.compared[0][0]]
        return responses_with(corpus, chosen, what=measure.what, key=key, mentions=mentions, of=measure.base)
    cell = None if group is None else (measure.field, group)
    if measure.what == "responses":
        return responses_with(corpus, measure.selection, group=cell)
    return responses_with(
        corpus, measure.selection, what=measure.what, key=key, group=cell, mentions=mentions, of=measure.base
    )


def _documents_with(corpus: Corpus, measure: Measure, key: str | None, *, mentions: bool) -> tuple[str, ...]:
    kept = selected(corpus, measure.selection)
    asked = kept.documents & kept.responses[corpus.index.doc_response]
    if key is not None:
        found = ideas(corpus, measure.what)
        inside = findings(kept, found, kept.responses) & (found.code == known_key(found, key))
        carries = np.zeros(len(asked), dtype=bool)
        if found.document is not None:
            carries[found.document[inside]] = True
        asked = asked & (carries if mentions else ~carries)
    return tuple(str(i) for i in corpus.index.document_ids[asked])


def _carries(corpus: Corpus, kept: Selected, found: Ideas, key: str) -> Bools:
    inside = findings(kept, found, kept.responses) & (found.code == known_key(found, key))
    carries = np.zeros(corpus.index.n_responses, dtype=bool)
    carries[found.response[inside]] = True
    return carries


def _in_group(corpus: Corpus, kept: Selected, mask: Bools, group: tuple[str, str]) -> tuple[Bools, Bools]:
    field, value = group
    split = grouping(corpus, field)
    if value not in split.names:
        message = f"group {field}: no response is in '{value}'; there are {', '.join(split.names[:15])}."
        raise UserError(message)
    here = split.holds([split.names.index(value)], len(mask) if split.level == "option" else len(kept.documents))
    if split.level != "document":
        return mask & here, kept.documents
    documents = kept.documents & here
    has = np.zeros(len(mask), dtype=bool)
    has[corpus.index.doc_response[documents]] = True
    return mask & has, documents


def _ranked(table: pd.DataFrame, *, small_hidden: bool, in_order: bool = False, whole: bool = False) -> pd.DataFrame:
    """Return a table most frequent first; `whole`: its rows add up to all responses."""
    if not in_order:
        table = table.sort_values(["n", "key"], ascending=[False, True], ignore_index=True)
    return hide_small(table, [[]] if whole else []) if small_hidden else table


__all__ = [
    "GROUP_FIELDS",
    "answer_shares",
    "by_group",
    "closed_answers",
    "ids_behind",
    "respondent_shares",
    "responses_with",
    "shares",
    "theme_shares",
    "topic_shares",
]
