"""What a reader must know beside a number, worked out from the responses it was counted on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from consult.measures.comparing import FEW
from consult.measures.groups import PRIVATE_TYPES, UNKNOWN
from consult.measures.result import Caveat

if TYPE_CHECKING:
    from consult.measures.corpus import Corpus
    from consult.measures.filters import Selected

DAMAGED = 0.01
SEARCHED = ("themes", "topics")


def applying(corpus: Corpus, kept: Selected, what: str = "themes") -> tuple[Caveat, ...]:
    """
    Return the caveats that apply to numbers counted on a selection.

    Args:
        corpus: The tables.
        kept: What the selection keeps.
        what: ``themes``, ``topics``, ``closed:QUESTION_ID`` or a field of respondents.

    Returns:
        Always that respondents chose to answer; further ones only where they concern somebody.
    """
    found = [
        Caveat(
            "self_selection",
            "Respondents chose to answer. Shares describe those who answered, not the public; "
            "intervals say how far chance alone could move them.",
        ),
        _few(kept),
        _untyped(corpus, kept),
        _unregistered(corpus, kept),
        _campaigns(corpus, kept),
        _undated(corpus, kept, what),
    ]
    if what in SEARCHED:
        found += [_damaged(corpus, kept), _weak(corpus, kept), _without_text(corpus, kept)]
    if what in ("language", "question_id"):
        text = f"A response may be in several groups by {what.removesuffix('_id')}, so that groups overlap."
        found.append(Caveat("overlap", text))
    return tuple(c for c in found if c is not None)


def _few(kept: Selected) -> Caveat | None:
    if kept.n >= FEW:
        return None
    text = f"Only {kept.n} responses: too few to compare (under {FEW})."
    return Caveat("few", text, kept.n, FEW)


def _untyped(corpus: Corpus, kept: Selected) -> Caveat | None:
    untyped = kept.responses & (corpus.responses["stakeholder_type"] == UNKNOWN).to_numpy(dtype=bool)
    n = int(untyped.sum())
    if not n:
        return None
    anonymous = int((untyped & corpus.responses["anonymous"].to_numpy(dtype=bool)).sum())
    aside = f", {anonymous:,} of them anonymous" if anonymous else ""
    text = f"{n:,} of {kept.n:,} responses do not say what type of respondent they are{aside}."
    return Caveat("untyped", text, n, kept.n)


def _unregistered(corpus: Corpus, kept: Selected) -> Caveat | None:
    responses = corpus.responses
    registered = responses["transparency_register"].notna().to_numpy(dtype=bool)
    if not registered.any():
        return None
    organised = kept.responses & ~responses["stakeholder_type"].isin(list(PRIVATE_TYPES)).to_numpy(dtype=bool)
    n, of = int((organised & ~registered).sum()), int(organised.sum())
    if not n:
        return None
    text = f"{n:,} of {of:,} organisations give no Transparency Register number."
    return Caveat("unregistered", text, n, of)


def _campaigns(corpus: Corpus, kept: Selected) -> Caveat | None:
    index = corpus.index
    inside = index.doc_campaign >= 0
    if kept.selection.view != "all":
        dropped = kept.n_matching - kept.n
        if not dropped:
            return None
        text = f"{dropped:,} of {kept.n_matching:,} responses sent nothing but a campaign's text and are "
        text += "represented by one each campaign." if kept.selection.view == "once" else "set apart."
        return Caveat("campaigns", text, dropped, kept.n_matching)
    members = kept.documents & inside
    if not members.any():
        return None
    n = len(np.unique(index.doc_response[members]))
    how_many = len(np.unique(index.doc_campaign[members]))
    text = f"{n:,} of {kept.n:,} responses sent a text that others sent too, and are counted one by one "
    text += f"({how_many:,} campaign{'' if how_many == 1 else 's'})."
    return Caveat("campaigns", text, n, kept.n)


def _damaged(corpus: Corpus, kept: Selected) -> Caveat | None:
    damaged = kept.documents & (corpus.documents["damaged"] >= DAMAGED).to_numpy(dtype=bool)
    n, of = int(damaged.sum()), int(kept.documents.sum())
    if not n:
        return None
    text = f"{n:,} of {of:,} texts lost letters before they reached us; what they say may be missed."
    return Caveat("damaged", text, n, of)


def _weak(corpus: Corpus, kept: Selected) -> Caveat | None:
    weak = kept.documents & corpus.documents["language"].isin(list(corpus.weak_languages)).to_numpy(dtype=bool)
    n, of = int(weak.sum()), int(kept.documents.sum())
    if not n:
        return None
    names = ", ".join(sorted(set(corpus.documents["language"][weak])))
    text = f"{n:,} of {of:,} texts are in languages in which tagging was measured to be weak ({names})."
    return Caveat("weak_language", text, n, of)


def _without_text(corpus: Corpus, kept: Selected) -> Caveat | None:
    wrote = np.zeros(corpus.index.n_responses, dtype=bool)
    wrote[corpus.index.doc_response[kept.documents]] = True
    n = kept.n - int(wrote.sum())
    if n <= 0:
        return None
    text = f"{n:,} of {kept.n:,} responses hold no text to analyse and count as not mentioning."
    return Caveat("without_text", text, n, kept.n)


def _undated(corpus: Corpus, kept: Selected, what: str) -> Caveat | None:
    if what not in ("day", "week", "month", "year"):
        return None
    undated = kept.responses & corpus.responses["submitted_at"].isna().to_numpy(dtype=bool)
    n = int(undated.sum())
    return Caveat("undated", f"{n:,} of {kept.n:,} responses have no date.", n, kept.n) if n else None
