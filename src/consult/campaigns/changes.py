"""What a letter changes in its campaign's template, and what in it is the sender's own."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Literal

import pandas as pd

from consult import schema
from consult.campaigns.shingles import word_spans

if TYPE_CHECKING:
    from collections.abc import Iterable

OWN_WORDS = 8
_STRAY = 2


@dataclass(frozen=True)
class Change:
    """
    A stretch of a letter.

    Attributes:
        kind: ``same`` as the template, ``changed`` or ``added`` in the letter, ``left_out`` of it.
        start: First character in the letter; where words are left out, where they would stand.
        end: One past the last character.
        text: The letter's words; for ``left_out`` the template's.
        was: For ``changed`` the template's words, else an empty string.
    """

    kind: Literal["same", "changed", "added", "left_out"]
    start: int
    end: int
    text: str
    was: str = ""


def changes(template: str, letter: str) -> tuple[Change, ...]:
    """
    Compare a letter with its template word by word; capitals and punctuation are not compared.

    Returns:
        Stretches in the order of the letter, which together hold all its words.
    """
    old, new = word_spans(template), word_spans(letter)
    found = []
    for tag, a, b, c, d in _matcher(template, letter).get_opcodes():
        start = new[c][1] if c < len(new) else len(letter)
        end = new[d - 1][2] if d > c else start
        was = template[old[a][1] : old[b - 1][2]] if b > a else ""
        text = letter[start:end]
        if tag == "equal":
            found.append(Change("same", start, end, text))
        elif tag == "replace":
            found.append(Change("changed", start, end, text, was))
        elif tag == "insert":
            found.append(Change("added", start, end, text))
        else:
            found.append(Change("left_out", start, end, was))
    return tuple(found)


def own_parts(documents: pd.DataFrame, campaigns: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """
    Find what senders added to a template: at least eight words in a row that are not in it.

    One or two words of the template between words of one's own (such as "the") do not end a part.

    Args:
        documents: Table ``documents`` with the texts of the members and representatives.
        campaigns: Table ``campaigns``, or the rows of the campaigns asked for.
        members: Table ``campaign_members``.

    Returns:
        Table ``own_parts``.
    """
    texts = dict(zip(documents["document_id"], documents["text"], strict=True))
    templates = dict(zip(campaigns["campaign_id"], campaigns["representative_document_id"], strict=True))
    spans: dict[tuple[str, str], list[tuple[int, int, int]]] = {}  # worked out once for letters that are the same
    rows = []
    for document, campaign in zip(members["document_id"], members["campaign_id"], strict=True):
        template = templates.get(campaign)
        if template is None or document not in texts or template not in texts:
            continue
        pair = (texts[template], texts[document])
        if pair[0] == pair[1]:
            continue
        if pair not in spans:
            spans[pair] = list(_own_spans(*pair))
        rows += [(document, campaign, *span) for span in spans[pair]]
    names = ["document_id", "campaign_id", "start", "end", "n_words"]
    return schema.build("own_parts", pd.DataFrame(rows, columns=names)) if rows else schema.empty("own_parts")


def _matcher(template: str, letter: str) -> SequenceMatcher[str]:
    old, new = ([word for word, _, _ in word_spans(text)] for text in (template, letter))
    return SequenceMatcher(None, old, new, autojunk=False)


def _own_spans(template: str, letter: str) -> Iterable[tuple[int, int, int]]:
    words = word_spans(letter)
    own = [True] * len(words)
    for block in _matcher(template, letter).get_matching_blocks():
        if block.size > _STRAY:
            own[block.b : block.b + block.size] = [False] * block.size
    start = None
    for i, mine in enumerate([*own, False]):
        if mine and start is None:
            start = i
        elif not mine and start is not None:
            if i - start >= OWN_WORDS:
                yield words[start][1], words[i - 1][2], i - start
            start = None
