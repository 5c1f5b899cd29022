"""What is not said: by which groups, and to which questions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from consult.errors import UserError
from consult.measures.counting import THEMES
from consult.measures.crosstabs import crosstab, group_lift
from consult.measures.filters import group_sizes, selected
from consult.measures.groups import ATTACHMENT, grouping
from consult.measures.result import Measure, with_shares
from consult.measures.selection import Selection
from consult.measures.shares import theme_shares
from consult.translation import later

if TYPE_CHECKING:
    from collections.abc import Collection

    from consult.measures.corpus import Corpus
    from consult.themes.codebook import Codebook

MISSING, RARER, NONE_SHOWN, TOO_FEW, ABSENT = (
    later("missing"),
    later("rarer"),
    later("no gap shown"),
    later("too few to compare"),
    later("not mentioned, no gap shown"),
)


@dataclass(frozen=True)
class GroupGaps:
    """
    What one group says and does not say, beside all others.

    Attributes:
        measure: All ideas with shares, lift and tests; see `measures.group_lift`.
        never: Ideas that nobody of the group mentions and others do, those most mentioned elsewhere
            first. ``gap`` is ``missing`` where the difference is more than chance.
        rarer: Ideas mentioned significantly less often than elsewhere, but mentioned.
        alone: Ideas that nobody else mentions.
    """

    measure: Measure
    never: pd.DataFrame
    rarer: pd.DataFrame
    alone: pd.DataFrame


def theme_gaps(
    corpus: Corpus,
    key: str,
    by: str = "stakeholder_type",
    selection: Selection | None = None,
    *,
    what: str = THEMES,
    small_hidden: bool = False,
) -> Measure:
    """
    Find the groups in which a theme is missing or rarer than elsewhere.

    Each group is compared with all others together; p-values are adjusted over groups.

    Args:
        corpus: The tables.
        key: Theme id (or topic id, or answer, as `what` says).
        by: A field of `GROUP_FIELDS` or ``closed:QUESTION_ID``.
        selection: Which responses, under which campaign view.
        what: ``themes``, ``topics`` or ``closed:QUESTION_ID``.
        small_hidden: Hide counts under 10 and round the others to 5; a hidden count is no gap shown.

    Returns:
        The rows of `measures.crosstab` for the theme with ``gap``: ``missing`` (nobody of the group
        mentions it, and that is more than chance), ``rarer`` (significantly less often), ``not
        mentioned, no gap shown`` (nobody does, which chance may explain), ``no gap shown``, or
        ``too few to compare``. Gaps first.

    Raises:
        UserError: The theme or field is unknown, or the selection keeps nothing.
    """
    crossed = crosstab(corpus, by, what, selection, keys=(key,), small_hidden=small_hidden)
    table = crossed.table.assign(gap=_gap(crossed.table))
    rank = {name: i for i, name in enumerate((MISSING, RARER, ABSENT, NONE_SHOWN, TOO_FEW))}
    table = table.assign(rank=table["gap"].map(rank)).sort_values(["rank", "share", "group"], ignore_index=True)
    return Measure(
        "gaps", what, table.drop(columns="rank"), crossed.of, crossed.showing, crossed.selection,
        crossed.caveats, by, crossed.overall, crossed.notes,
    )  # fmt: skip


def group_gaps(
    corpus: Corpus, field: str, value: str, selection: Selection | None = None, *, what: str = THEMES
) -> GroupGaps:
    """
    Find what a group never raises, raises less, and what it alone raises.

    Raises:
        UserError: The group is unknown, holds everybody, or has only one response.
    """
    measure = group_lift(corpus, field, value, what, selection)
    table = measure.table
    size = int(table["N"].iloc[0]) if len(table) else 0
    if size == 1:
        message = (
            f"group {field}={value}: it has one response; what one respondent leaves out says nothing "
            "of a group. Choose a larger group."
        )
        raise UserError(message)
    table = table.assign(gap=_gap(table))
    columns = ["key", "label", "n", "N", "share", "low", "high", "few", "rest_n", "rest_N", "rest_share"]
    columns += ["difference", "p", "p_adjusted", "gap"]
    never = table[(table["n"] == 0) & (table["rest_n"] > 0)]
    rarer = table[table["gap"] == RARER]
    alone = table[(table["n"] > 0) & (table["rest_n"] == 0)]
    return GroupGaps(
        measure,
        never.sort_values(["rest_share", "key"], ascending=[False, True], ignore_index=True)[columns],
        rarer.sort_values(["p_adjusted", "key"], ignore_index=True)[columns],
        alone.sort_values(["n", "key"], ascending=[False, True], ignore_index=True)[columns],
    )


def question_gaps(corpus: Corpus, selection: Selection | None = None) -> pd.DataFrame:
    """
    Count who answered each question, those that nobody answered first.

    Args:
        corpus: The tables.
        selection: Which responses; a filter on questions is not applied.

    Returns:
        ``question_id``, ``number``, ``text``, ``kind``, ``n`` (responses that answered), ``N``
        (responses to the consultation that asked), ``share``, ``low``, ``high``, ``few``. Open
        answers count if they hold a text; questions of consultations without responses in the
        selection are left out.
    """
    chosen = (selection or Selection()).with_(question_id=())
    kept = selected(corpus, chosen)
    index = corpus.index
    consultation = grouping(corpus, "consultation_id")
    asked = np.bincount(consultation.codes[kept.responses], minlength=len(consultation.names))
    by_consultation = dict(zip(consultation.names, asked.tolist(), strict=True))
    by_question = grouping(corpus, "question_id")
    sizes = zip(by_question.names, group_sizes(corpus, by_question, kept).tolist(), strict=True)
    written = {question: n for question, n in sizes if n}
    attached = written.pop(ATTACHMENT, 0)
    inside = set(index.response_ids[kept.responses])
    ticked = corpus.answers[corpus.answers["response_id"].isin(inside)].groupby("question_id").size()
    counts = written | {str(question): int(n) for question, n in ticked.items()}
    questions = corpus.questions[["question_id", "consultation_id", "number", "text", "kind"]]
    n = [
        int(attached if kind == ATTACHMENT and q not in counts else counts.get(q, 0))
        for q, kind in zip(questions["question_id"], questions["kind"], strict=True)
    ]
    table = questions.assign(n=n, N=[by_consultation.get(c, 0) for c in questions["consultation_id"]])
    table = with_shares(table.drop(columns="consultation_id"))
    return table.sort_values(["n", "number", "question_id"], ignore_index=True)


def asked_themes(questions: pd.DataFrame, codebook: Codebook, language: str = "en") -> frozenset[str]:
    """
    Return the themes that the questions themselves name, by the codebook's phrases.

    Args:
        questions: Table ``questions``.
        codebook: The codebook in force.
        language: ISO 639-1 code of the questions; English phrases are tried in any case.
    """
    from consult.themes.tagging import tag_passages

    ids = questions["question_id"].reset_index(drop=True)
    texts = questions["text"].reset_index(drop=True)
    passages = pd.DataFrame({"passage_id": ids, "document_id": ids, "start": 0, "end": texts.str.len(), "text": texts})
    documents = pd.DataFrame(
        {"document_id": ids, "response_id": ids, "question_id": None, "language": language, "text": texts}
    )
    return frozenset(tag_passages(passages, documents, questions, codebook)["theme_id"])


def unasked(
    corpus: Corpus, asked: Collection[str], selection: Selection | None = None, *, at_least: float = 0.1
) -> Measure:
    """
    Find the themes that many raise although no question names them.

    Args:
        corpus: The tables.
        asked: Themes that a question names; see `asked_themes`.
        selection: Which responses, under which campaign view.
        at_least: The share from which a theme counts as raised by many.

    Returns:
        The rows of `measures.theme_shares` for these themes, most mentioned first; maybe none.
    """
    measure = theme_shares(corpus, selection)
    table = measure.table
    kept = table[~table["key"].isin(list(asked)) & (table["share"] >= at_least)].reset_index(drop=True)
    return replace(measure, table=kept, notes=("Questions are searched for the codebook's phrases only.",))


def _gap(table: pd.DataFrame) -> pd.Series:
    few = (table["direction"] == TOO_FEW).to_numpy(dtype=bool)
    less = (table["direction"] == "less").to_numpy(dtype=bool)
    nobody = (table["n"] == 0).fillna(value=False).to_numpy(dtype=bool)
    words = np.select([few, less & nobody, less, nobody], [TOO_FEW, MISSING, RARER, ABSENT], default=NONE_SHOWN)
    return pd.Series(words, index=table.index, dtype="str")
