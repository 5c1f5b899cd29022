"""What a selection keeps under each campaign view, and the values it may hold."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from consult.errors import UserError
from consult.measures.groups import ATTACHMENT, UNKNOWN, Grouping, grouping
from consult.measures.hiding import total
from consult.measures.index import distinct_codes
from consult.measures.selection import (
    CODED,
    DOCUMENT_FILTERS,
    LIST_FILTERS,
    RESPONSE_FILTERS,
    VIEW_WORDS,
    Selection,
    View,
    day,
)
from consult.translation import number, say

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from consult.measures.corpus import Corpus
    from consult.measures.index import Bools, Ints


@dataclass(frozen=True)
class Selected:
    """
    What a selection keeps, as positions in the corpus's index.

    Attributes:
        selection: The choice made.
        responses: True for each response that is counted under the campaign view.
        documents: True for each document in which themes and topics are looked for.
        matching: True for each response that matches the filters, before the campaign view.
        own_only: True for each of these documents that is a campaign's letter of which only the sender's own part
            is looked at.
    """

    selection: Selection
    responses: Bools
    documents: Bools
    matching: Bools
    own_only: Bools

    @property
    def n(self) -> int:
        """Number of responses counted: the denominator of shares of the selection."""
        return int(self.responses.sum())

    @property
    def n_matching(self) -> int:
        """Number of responses that match the filters, before the campaign view."""
        return int(self.matching.sum())

    @property
    def n_all(self) -> int:
        """Number of responses in the study."""
        return len(self.responses)

    def showing(self, *, small_hidden: bool = False) -> str:
        """Return the sentence that stands above every figure; numbers are rounded where small counts are hidden."""
        counts = (self.n_matching, self.n_all, self.n)
        n, everything, counted = (number(total(c, small_hidden=small_hidden)) for c in counts)
        shown = {"n": n, "all": everything}
        if self.selection.view == "all":
            return say("Showing {n} of {all} responses.", **shown)
        shown |= {"counted": counted, "view": say(VIEW_WORDS[self.selection.view])}
        return say("Showing {n} of {all} responses; counted as {counted} with {view}.", **shown)


def select(corpus: Corpus, selection: Selection | None = None) -> Selected:
    """
    Apply a selection to a corpus.

    Campaigns are counted on documents. *Once*: of each campaign's documents in the selection one
    stays (the representative document, or where a filter has removed it the most similar one), and
    a response that is left with no document is not counted. *Apart*: all of them go, and so does a
    response left with no document. A response that wrote something of its own stays, with its own
    words only: beside the campaign's text, such as an answer to another question, or in it, such as
    a paragraph added to the letter. So does one that wrote nothing at all. In a table by group the
    campaign counts in the group of the document that stands in for it.

    Returns:
        What is kept; it may be nothing. Use `selected` where nothing is an error.
    """
    chosen = selection or Selection()
    index = corpus.index
    matching = np.ones(index.n_responses, dtype=bool)
    documents = index.doc_response >= 0
    for name in RESPONSE_FILTERS:
        values = getattr(chosen, name)
        if values:
            matching &= _holds(grouping(corpus, name), values, index.n_responses)
    for question, answer in chosen.closed:
        matching &= _holds(grouping(corpus, f"closed:{question}"), (answer,), index.n_responses)
    matching &= _in_time(corpus, chosen)
    documents &= matching[index.doc_response] if len(documents) else documents
    for name in DOCUMENT_FILTERS:
        values = getattr(chosen, name)
        if values:
            documents &= _holds(grouping(corpus, name), values, len(documents))
    if any(getattr(chosen, name) for name in DOCUMENT_FILTERS):
        matching &= _has_document(corpus, documents)
    kept = documents
    responses = matching
    own_only = np.zeros(len(documents), dtype=bool)
    if chosen.view != "all":
        dropped = _dropped(corpus, documents, chosen.view)
        own_only = dropped & index.own.added
        kept = documents & (~dropped | own_only)
        lost = _has_document(corpus, documents & ~kept) & ~_has_document(corpus, kept)
        responses = matching & ~lost
    return Selected(chosen, responses, kept, matching, own_only)


def selected(corpus: Corpus, selection: Selection | None = None) -> Selected:
    """
    Apply a selection that must keep something, with values that the corpus knows.

    Raises:
        UserError: The study has no responses, a value is unknown, or nothing is left.
    """
    chosen = selection or Selection()
    if not corpus.n_responses:
        message = "study: it holds no responses; at least one is needed. Run `consult ingest` with a source."
        raise UserError(message)
    _check_values(corpus, chosen)
    result = select(corpus, chosen)
    if not result.n:
        words = chosen.in_words() or say("no filter")
        if result.n_matching:
            words = f"{words}; {say(VIEW_WORDS[chosen.view])}"
        message = say(
            "filters ({filters}): none of {n} responses is left; at least one is needed. Take a filter away, or choose "
            "another campaign view.",
            filters=words,
            n=number(result.n_all),
        )
        raise UserError(message)
    return result


def parse_where(corpus: Corpus, conditions: Iterable[str], *, view: View = "all") -> Selection:
    """
    Read conditions such as ``country=DE`` into a selection.

    The same field given twice means either value. A field may also be a closed question's id, or
    ``closed:ID``; ``question=3`` names a question by its number; ``date_from`` and ``date_to``
    take a day as yyyy-mm-dd.

    Raises:
        UserError: A condition has no ``=``, or its field or value is unknown.
    """
    lists: dict[str, list[str]] = {}
    closed: list[tuple[str, str]] = []
    days: dict[str, date] = {}
    shut = set(corpus.questions.loc[corpus.questions["kind"] == "closed", "question_id"])
    for condition in conditions:
        name, equals, value = (part.strip() for part in condition.partition("="))
        if not equals or not value:
            message = f"condition '{condition}': no value; expected FIELD=VALUE, e.g. country=DE. Write it so."
            raise UserError(message)
        name = {"question": "question_id", "type": "stakeholder_type", "consultation": "consultation_id"}.get(
            name, name
        )
        name = name.removeprefix("closed:")
        if name in shut:
            closed.append((name, value))
        elif name in ("date_from", "date_to"):
            days[name] = day(name, value)
        elif name in LIST_FILTERS:
            lists.setdefault(name, []).append(_value(corpus, name, value))
        else:
            allowed = [*LIST_FILTERS, "date_from", "date_to", "the id of a closed question"]
            message = f"condition '{condition}': no field '{name}'; allowed are {', '.join(allowed)}."
            raise UserError(message + nearest(name, LIST_FILTERS))
    chosen = Selection(
        **{name: tuple(values) for name, values in lists.items()},
        closed=tuple(closed),
        date_from=days.get("date_from"),
        date_to=days.get("date_to"),
        view=view,
    )
    _check_values(corpus, chosen)
    return chosen


def choices(corpus: Corpus, field: str) -> pd.DataFrame:
    """
    Return the values a filter can take, most frequent first.

    Returns:
        ``value``, ``label`` (the question's text for questions, else the value) and ``n``
        (responses, whatever the selection).
    """
    group = grouping(corpus, field)
    counts = group_sizes(corpus, group, select(corpus))
    table = pd.DataFrame({"value": list(group.names), "label": list(group.labels), "n": counts})
    table = table[table["n"] > 0]
    return table.sort_values(["n", "value"], ascending=[False, True], ignore_index=True)


def group_sizes(corpus: Corpus, group: Grouping, kept: Selected) -> Ints:
    """Return the number of counted responses in each group."""
    size = len(group.names)
    if group.level == "response":
        codes = group.codes[kept.responses]
        return np.bincount(codes[codes >= 0], minlength=size)
    if group.level == "option":
        return np.bincount(group.codes[kept.responses[group.chosen_by]], minlength=size)
    within = kept.documents & (group.codes >= 0)
    within &= kept.responses[corpus.index.doc_response] if len(within) else within
    pairs = distinct_codes(corpus.index.doc_response[within] * np.int64(max(size, 1)) + group.codes[within])
    return np.bincount(pairs % max(size, 1), minlength=size)


def nearest(name: str, known: Iterable[str]) -> str:
    """Return `` Did you mean ...?`` with the closest known names, or an empty string."""
    close = difflib.get_close_matches(name, sorted(known), n=3, cutoff=0.5)
    return f" Did you mean {' or '.join(close)}?" if close else ""


def _value(corpus: Corpus, name: str, value: str) -> str:
    if name == "question_id" and value.isdigit():
        questions = corpus.questions
        found = questions.loc[questions["number"] == int(value), "question_id"]
        if len(found) == 1:
            return str(found.iloc[0])
    if name in CODED:
        return value.lower()
    return value.upper() if name == "country" and value != UNKNOWN else value


def _check_values(corpus: Corpus, chosen: Selection) -> None:
    wanted = [(name, value) for name in LIST_FILTERS for value in getattr(chosen, name)]
    wanted += [(f"closed:{question}", answer) for question, answer in chosen.closed]
    for name, value in wanted:
        group = grouping(corpus, name)
        if value in group.names or value in (UNKNOWN, ATTACHMENT):
            continue
        shown = ", ".join(group.names[:15]) + (", ..." if len(group.names) > 15 else "")
        message = f"filter {name}: no response has '{value}'; there are {shown or 'none'}."
        absent = " It was not ingested: consult ingest SOURCE adds it." if name == "consultation_id" else ""
        raise UserError(message + absent + (nearest(value, group.names) or " Choose one of them."))


def _holds(group: Grouping, values: tuple[str, ...], size: int) -> Bools:
    return group.holds([i for i, value in enumerate(group.names) if value in values], size)


def _has_document(corpus: Corpus, documents: Bools) -> Bools:
    found = np.zeros(corpus.index.n_responses, dtype=bool)
    found[corpus.index.doc_response[documents]] = True
    return found


def _in_time(corpus: Corpus, chosen: Selection) -> Bools:
    keep = np.ones(corpus.n_responses, dtype=bool)
    when = corpus.responses["submitted_at"]
    if chosen.date_from:
        keep &= (when >= pd.Timestamp(chosen.date_from)).to_numpy(dtype=bool)
    if chosen.date_to:
        keep &= (when < pd.Timestamp(chosen.date_to + timedelta(days=1))).to_numpy(dtype=bool)
    return keep


def _dropped(corpus: Corpus, documents: Bools, view: View) -> Bools:
    campaign = corpus.index.doc_campaign
    members = documents & (campaign >= 0)
    if view == "apart" or not members.any():
        return members
    where = np.flatnonzero(members)
    order = where[np.lexsort((corpus.index.doc_rank[where], campaign[where]))]
    first = np.r_[True, campaign[order][1:] != campaign[order][:-1]]
    dropped = members.copy()
    dropped[order[first]] = False
    return dropped
