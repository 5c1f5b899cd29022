"""The one place where responses are counted: how many of a group carry an idea."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from consult.errors import UserError
from consult.measures.filters import Selected, group_sizes, nearest
from consult.measures.groups import ATTACHMENT, Grouping, grouping
from consult.measures.index import distinct_codes
from consult.measures.selection import VIEW_WORDS
from consult.translation import either, language_name, say, say_n

if TYPE_CHECKING:
    from consult.measures.corpus import Corpus
    from consult.measures.index import Bools, Ints

Base = Literal["selection", "with_text"]
BASES: tuple[Base, ...] = get_args(Base)
THEMES, TOPICS, CLOSED = "themes", "topics", "closed:"


@dataclass(frozen=True)
class Ideas:
    """
    What is counted, as pairs of response and idea, with the document where it was found.

    Attributes:
        what: ``themes``, ``topics`` or ``closed:QUESTION_ID``.
        keys: Theme ids, topic ids or answers.
        labels: Names to show.
        parents: Id of the broader idea, or an empty string.
        response: Position of the response, a row a finding.
        document: Position of the document; empty for closed answers.
        code: Position in `keys`.
        own: True for each finding in what the sender added to a campaign's letter.
        asked: True for each response that was in a position to say so: for closed questions those
            who answered, else all.
    """

    what: str
    keys: tuple[str, ...]
    labels: tuple[str, ...]
    parents: tuple[str, ...]
    response: Ints
    document: Ints | None
    code: Ints
    own: Bools
    asked: Bools


@dataclass(frozen=True)
class Counts:
    """
    Responses with each idea in each group.

    Attributes:
        n: Responses, a row a group, a column an idea.
        N: Responses in each group: the denominators.
        ideas: What was counted.
        group: The split; None if all responses are one group.
        together: Where a response may have chosen several options: responses with each idea, and responses, in all
            groups together, each counted once. Else None.
    """

    n: Ints
    N: Ints
    ideas: Ideas
    group: Grouping | None
    together: tuple[Ints, int] | None = None


def ideas(corpus: Corpus, what: str) -> Ideas:
    """
    Return the findings of one kind.

    Raises:
        UserError: `what` is neither themes, topics nor a closed question.
    """
    index = corpus.index
    if what in (THEMES, TOPICS):
        marks = index.themes if what == THEMES else index.topics
        response = index.doc_response[marks.document]
        everybody = np.ones(index.n_responses, dtype=bool)
        return Ideas(
            what, marks.keys, marks.labels, marks.parents, response, marks.document, marks.code, marks.own, everybody
        )
    if what.startswith(CLOSED):
        group = grouping(corpus, what)
        asked = group.holds(range(len(group.names)), index.n_responses)
        several = group.level == "option"
        who = group.chosen_by if several else np.flatnonzero(asked).astype(np.int64)
        code = group.codes if several else group.codes[who]
        nowhere = np.zeros(len(who), dtype=bool)
        return Ideas(what, group.names, group.labels, ("",) * len(group.names), who, None, code, nowhere, asked)
    message = f"columns '{what}': unknown; allowed are themes, topics or closed:QUESTION_ID. Choose one of them."
    raise UserError(message)


def base_mask(corpus: Corpus, kept: Selected, found: Ideas, of: Base) -> Bools:
    """Return the responses that a share is of."""
    if of not in BASES:
        message = f"denominator '{of}': unknown; allowed are {', '.join(BASES)}. Choose one of them."
        raise UserError(message)
    mask = kept.responses & found.asked
    if of == "with_text" and found.document is not None:
        wrote = np.zeros(len(mask), dtype=bool)
        wrote[corpus.index.doc_response[kept.documents]] = True
        mask &= wrote
    return mask


def findings(kept: Selected, found: Ideas, mask: Bools) -> Bools:
    """Return which findings lie in the selection's documents and in responses of the mask."""
    inside = mask[found.response] if len(found.response) else np.zeros(0, dtype=bool)
    if found.document is not None and len(found.document):
        inside = inside & kept.documents[found.document] & (found.own | ~kept.own_only[found.document])
    return inside


def count(
    corpus: Corpus, kept: Selected, what: str, *, group: Grouping | None = None, of: Base = "selection"
) -> Counts:
    """
    Count the responses that carry each idea, in all or in each group.

    A response counts once for an idea however often it says it. In groups of language or question
    a response counts in every group in which it has a document, and its ideas count in the group
    of the document where they were found.
    """
    found = ideas(corpus, what)
    mask = base_mask(corpus, kept, found, of)
    inside = findings(kept, found, mask)
    width = len(found.keys)
    response, code = found.response[inside], found.code[inside]
    if group is None:
        n = _tally(response, np.zeros_like(response), code, 1, width)
        return Counts(n, np.array([int(mask.sum())], dtype=np.int64), found, None)
    height = len(group.names)
    narrowed = replace(kept, responses=mask)
    of_group = group_sizes(corpus, group, narrowed).astype(np.int64)
    total = None
    if group.level == "response":
        row = group.codes[response]
    elif group.level == "option":
        answered = group.holds(range(height), len(mask))
        within = answered[response]
        apart = _tally(response[within], np.zeros_like(response[within]), code[within], 1, width)
        total = (apart[0], int((answered & mask).sum()))
        response, row, code = _spread(response, code, group.chosen_by, group.codes)
    elif found.document is not None:
        row = group.codes[found.document[inside]]
    else:
        documents = np.flatnonzero(kept.documents & (group.codes >= 0))
        response, row, code = _spread(response, code, corpus.index.doc_response[documents], group.codes[documents])
    held = row >= 0
    return Counts(_tally(response[held], row[held], code[held], height, width), of_group, found, group, total)


def _tally(response: Ints, row: Ints, code: Ints, height: int, width: int) -> Ints:
    cells = max(height * width, 1)
    distinct = distinct_codes(response * np.int64(cells) + row * np.int64(width) + code)
    return np.bincount(distinct % cells, minlength=cells)[: height * width].reshape(height, width)


def _spread(response: Ints, code: Ints, member: Ints, group: Ints) -> tuple[Ints, Ints, Ints]:
    """
    Repeat findings for every group that their response is in.

    Args:
        response: Position of the response of each finding.
        code: What was found.
        member: Position of a response in a group, a row a membership.
        group: The group of that row.

    Returns:
        Response, group and finding, a row a finding and group.
    """
    order = np.argsort(member, kind="stable")
    first = np.searchsorted(member[order], response, "left")
    size = np.searchsorted(member[order], response, "right") - first
    which = np.arange(int(size.sum())) - np.repeat(np.cumsum(size) - size, size) + np.repeat(first, size)
    return np.repeat(response, size), group[order][which], np.repeat(code, size)


def of_words(corpus: Corpus, kept: Selected, n: int, what: str = THEMES, of: Base = "selection") -> str:
    """
    Return a denominator in words, such as ``of 1,216 responses, each campaign counted once``.

    Args:
        corpus: The corpus counted on.
        kept: What the selection keeps.
        n: The denominator.
        what: What is counted; closed answers are counted of those who answered.
        of: Which responses the denominator holds.
    """
    chosen = kept.selection
    asked = (what.removeprefix(CLOSED),) if what.startswith(CLOSED) else chosen.question_id
    if asked:
        words = say_n(
            "of {n} response that answered {questions}", "of {n} responses that answered {questions}", n,
            questions=either([_question_words(corpus, question) for question in asked]),
        )  # fmt: skip
    elif of == "with_text":
        words = say_n("of {n} response with a text to analyse", "of {n} responses with a text to analyse", n)
    else:
        words = say_n("of {n} response", "of {n} responses", n)
    if chosen.language:
        languages = either([language_name(code) for code in chosen.language])
        words = say("{of} with a text in {languages}", of=words, languages=languages)
    return words if chosen.view == "all" else say("{of}, {view}", of=words, view=say(VIEW_WORDS[chosen.view]))


def _question_words(corpus: Corpus, question_id: str) -> str:
    if question_id == ATTACHMENT:
        return say("with an attachment")
    row = corpus.questions[corpus.questions["question_id"] == question_id]
    return say("question {name}", name=int(row["number"].iloc[0]) if len(row) else question_id)


def known_key(found: Ideas, key: str) -> int:
    """
    Return the position of a theme, topic or answer.

    Raises:
        UserError: There is none of that id; the message names the nearest.
    """
    if key in found.keys:
        return found.keys.index(key)
    some_found(found)
    kind = {THEMES: "theme", TOPICS: "topic"}.get(found.what, "answer")
    by_name = {label: k for k, label in zip(found.keys, found.labels, strict=True)}
    if key in by_name:
        return found.keys.index(by_name[key])
    shown = ", ".join(found.keys[:12]) + (", ..." if len(found.keys) > 12 else "")
    hint = nearest(key, [*found.keys, *found.labels]) or " Choose one of them."
    message = f"{kind} '{key}': not in this study; there are {shown}.{hint}"
    raise UserError(message)


def some_found(found: Ideas) -> None:
    """
    Say so where there is nothing that could be counted, rather than show an empty table.

    Raises:
        UserError: The study has no themes or topics yet, or nobody answered the closed question.
    """
    if not found.keys:
        todo = {
            THEMES: "there are none in this study yet. Run `consult tag --codebook FILE`",
            TOPICS: "there are none in this study yet. Run `consult topics`",
        }.get(found.what, "nobody answered that question. Choose another")
        message = f"{found.what}: {todo}."
        raise UserError(message)
