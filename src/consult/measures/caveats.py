"""What a reader must know beside a number, worked out from the responses it was counted on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from consult.measures.comparing import FEW
from consult.measures.groups import PRIVATE_TYPES, UNKNOWN, grouping
from consult.measures.hiding import ROUND_TO, total, written
from consult.measures.result import Caveat
from consult.translation import language_name, say, say_n

if TYPE_CHECKING:
    from collections.abc import Callable

    from consult.measures.corpus import Corpus
    from consult.measures.filters import Selected

    Say = Callable[[int], str]

DAMAGED = 0.01
SEARCHED = ("themes", "topics")


def applying(corpus: Corpus, kept: Selected, what: str = "themes", *, small_hidden: bool = False) -> tuple[Caveat, ...]:
    """
    Return the caveats that apply to numbers counted on a selection.

    Args:
        corpus: The tables.
        kept: What the selection keeps.
        what: ``themes``, ``topics``, ``closed:QUESTION_ID`` or a field of respondents.
        small_hidden: Hide counts under 10 and round the others to 5.

    Returns:
        Always that respondents chose to answer; further ones only where they concern somebody.
    """
    say_count = partial(written, small_hidden=small_hidden)
    found = [
        Caveat(
            "self_selection",
            say(
                "Respondents chose to answer. Shares describe those who answered, not the public; "
                "intervals say how far chance alone could move them."
            ),
        ),
        _few(kept, small_hidden=small_hidden),
        _untyped(corpus, kept, say_count),
        _unregistered(corpus, kept, say_count),
        _campaigns(corpus, kept, say_count),
        _undated(corpus, kept, what, say_count),
    ]
    if what in SEARCHED:
        found += [part(corpus, kept, say_count) for part in (_damaged, _weak, _without_text)]
    if what.startswith("closed:") and grouping(corpus, what).overlaps:
        text = say("Several answers could be chosen, so that shares may add up to more than 100 %.")
        found.append(Caveat("overlap", text))
    if what in ("language", "question_id"):
        by_language = say("A response may be in several groups by language, so that groups overlap.")
        by_question = say("A response may be in several groups by question, so that groups overlap.")
        found.append(Caveat("overlap", by_language if what == "language" else by_question))
    return tuple(c for c in found if c is not None)


def _few(kept: Selected, *, small_hidden: bool) -> Caveat | None:
    if kept.n >= FEW:
        return None
    text = say_n(
        "Only {n} response: too few to compare (under {few}).",
        "Only {n} responses: too few to compare (under {few}).",
        min(total(kept.n, small_hidden=True), FEW - ROUND_TO) if small_hidden else kept.n, few=FEW,
    )  # fmt: skip
    return Caveat("few", text, kept.n, FEW)


def _untyped(corpus: Corpus, kept: Selected, say_count: Say) -> Caveat | None:
    untyped = kept.responses & (corpus.responses["stakeholder_type"] == UNKNOWN).to_numpy(dtype=bool)
    n = int(untyped.sum())
    if not n:
        return None
    anonymous = int((untyped & corpus.responses["anonymous"].to_numpy(dtype=bool)).sum())
    of = say_count(kept.n)
    text = say("{n} of {of} responses do not say what type of respondent they are.", n=say_count(n), of=of)
    if anonymous:
        text = say(
            "{n} of {of} responses do not say what type of respondent they are, {anonymous} of them anonymous.",
            n=say_count(n), of=of, anonymous=say_count(anonymous),
        )  # fmt: skip
    return Caveat("untyped", text, n, kept.n)


def _unregistered(corpus: Corpus, kept: Selected, say_count: Say) -> Caveat | None:
    responses = corpus.responses
    registered = responses["transparency_register"].notna().to_numpy(dtype=bool)
    if not registered.any():
        return None
    organised = kept.responses & ~responses["stakeholder_type"].isin(list(PRIVATE_TYPES)).to_numpy(dtype=bool)
    n, of = int((organised & ~registered).sum()), int(organised.sum())
    if not n:
        return None
    text = say("{n} of {of} organisations give no Transparency Register number.", n=say_count(n), of=say_count(of))
    return Caveat("unregistered", text, n, of)


def _campaigns(corpus: Corpus, kept: Selected, say_count: Say) -> Caveat | None:
    index = corpus.index
    inside = index.doc_campaign >= 0
    if kept.selection.view != "all":
        dropped = kept.n_matching - kept.n
        if not dropped:
            return None
        counts = {"n": say_count(dropped), "of": say_count(kept.n_matching)}
        if kept.selection.view == "once":
            text = say(
                "{n} of {of} responses sent nothing but a campaign's text and are represented by one each campaign.",
                **counts,
            )
        else:
            text = say("{n} of {of} responses sent nothing but a campaign's text and are set apart.", **counts)
        return Caveat("campaigns", text, dropped, kept.n_matching)
    members = kept.documents & inside
    if not members.any():
        return None
    n = len(np.unique(index.doc_response[members]))
    how_many = len(np.unique(index.doc_campaign[members]))
    text = say_n(
        "{sent} of {of} responses sent a text that others sent too, and are counted one by one ({n} campaign).",
        "{sent} of {of} responses sent a text that others sent too, and are counted one by one ({n} campaigns).",
        how_many, sent=say_count(n), of=say_count(kept.n),
    )  # fmt: skip
    return Caveat("campaigns", text, n, kept.n)


def _damaged(corpus: Corpus, kept: Selected, say_count: Say) -> Caveat | None:
    damaged = kept.documents & (corpus.documents["damaged"] >= DAMAGED).to_numpy(dtype=bool)
    n, of = int(damaged.sum()), int(kept.documents.sum())
    if not n:
        return None
    text = say(
        "{n} of {of} texts lost letters before they reached us; what they say may be missed.",
        n=say_count(n), of=say_count(of),
    )  # fmt: skip
    return Caveat("damaged", text, n, of)


def _weak(corpus: Corpus, kept: Selected, say_count: Say) -> Caveat | None:
    weak = kept.documents & corpus.documents["language"].isin(list(corpus.weak_languages)).to_numpy(dtype=bool)
    n, of = int(weak.sum()), int(kept.documents.sum())
    if not n:
        return None
    names = ", ".join(sorted(language_name(code) for code in set(corpus.documents["language"][weak])))
    text = say(
        "{n} of {of} texts are in languages in which tagging was measured to be weak ({names}).",
        n=say_count(n), of=say_count(of), names=names,
    )  # fmt: skip
    return Caveat("weak_language", text, n, of)


def _without_text(corpus: Corpus, kept: Selected, say_count: Say) -> Caveat | None:
    wrote = np.zeros(corpus.index.n_responses, dtype=bool)
    wrote[corpus.index.doc_response[kept.documents]] = True
    n = kept.n - int(wrote.sum())
    if n <= 0:
        return None
    text = say(
        "{n} of {of} responses hold no text to analyse and count as not mentioning.",
        n=say_count(n), of=say_count(kept.n),
    )  # fmt: skip
    return Caveat("without_text", text, n, kept.n)


def _undated(corpus: Corpus, kept: Selected, what: str, say_count: Say) -> Caveat | None:
    if what not in ("day", "week", "month", "year"):
        return None
    undated = kept.responses & corpus.responses["submitted_at"].isna().to_numpy(dtype=bool)
    n = int(undated.sum())
    text = say("{n} of {of} responses have no date.", n=say_count(n), of=say_count(kept.n))
    return Caveat("undated", text, n, kept.n) if n else None
