"""The groups that responses are split into: by respondent, by language, by question, by time."""

from __future__ import annotations

import dataclasses
import difflib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from consult.errors import UserError
from consult.measures.index import positions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from consult.measures.corpus import Corpus
    from consult.measures.index import Bools, Ints

UNKNOWN = "unknown"
ATTACHMENT = "attachment"
PERIODS = {"day": "D", "week": "W-SUN", "month": "M", "year": "Y"}
GROUP_FIELDS = (
    "stakeholder_type",
    "country",
    "language",
    "question_id",
    "consultation_id",
    "organisation_size",
    "scope",
    "registered",
    "anonymous",
    *PERIODS,
)
PRIVATE_TYPES = frozenset({"citizen_eu", "citizen_non_eu", "unknown"})


@dataclass(frozen=True)
class Grouping:
    """
    A split of responses or of documents into groups.

    Attributes:
        field: The field's name.
        level: ``response``; ``document`` for language and question; ``option`` for a closed question of which
            several answers may be chosen. In the last two a response may be in several groups.
        codes: Position in `names` for each response or document, -1 for none; for options one a choice made.
        names: The groups, sorted.
        labels: Words to show for them.
        chosen_by: For options, the position of the response that made each choice; else empty.
    """

    field: str
    level: Literal["response", "document", "option"]
    codes: Ints
    names: tuple[str, ...]
    labels: tuple[str, ...]
    chosen_by: Ints = dataclasses.field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @property
    def overlaps(self) -> bool:
        """Whether one response may be in several groups."""
        return self.level != "response"

    def holds(self, wanted: Iterable[int], size: int) -> Bools:
        """
        Return which responses (of groups of documents: which documents) are in one of some groups.

        Args:
            wanted: Positions in `names`.
            size: Number of responses or documents.
        """
        inside = np.isin(self.codes, list(wanted))
        if self.level != "option":
            return inside
        found = np.zeros(size, dtype=bool)
        found[self.chosen_by[inside]] = True
        return found


def grouping(corpus: Corpus, field: str) -> Grouping:
    """
    Split by a field: one of `GROUP_FIELDS`, ``campaign_id``, or ``closed:QUESTION_ID``.

    Kept with the corpus once made. Empty values are the group ``unknown``, except for periods of
    time and closed questions, where they are in no group.

    Raises:
        UserError: There is no such field or closed question.
    """
    made: dict[str, Grouping] = corpus.__dict__.setdefault("_groupings", {})
    if field not in made:
        made[field] = _make(corpus, field)
    return made[field]


def _make(corpus: Corpus, field: str) -> Grouping:
    if field.startswith("closed:"):
        return _closed(corpus, field)
    if field == "question_id":
        return _questions(corpus)
    if field == "campaign_id":
        names = corpus.index.campaign_ids
        return Grouping(field, "document", corpus.index.doc_campaign, names, names)
    if field == "language":
        return _coded(field, "document", corpus.documents["language"].fillna(UNKNOWN))
    if field == "consultation_id":
        found = _coded(field, "response", corpus.responses[field])
        titles = dict(zip(corpus.consultations["consultation_id"], corpus.consultations["title"], strict=True))
        return dataclasses.replace(found, labels=tuple(str(titles.get(name, name)) for name in found.names))
    if field in PERIODS:
        when = corpus.responses["submitted_at"]
        period = when.dt.to_period(PERIODS[field]).dt.start_time.dt.strftime("%Y-%m-%d")
        return _coded(field, "response", period)
    if field == "registered":
        return _coded(field, "response", _registered(corpus))
    if field == "anonymous":
        words = corpus.responses["anonymous"].map({True: "yes", False: "no"})
        return _coded(field, "response", words)
    if field in GROUP_FIELDS:
        return _coded(field, "response", corpus.responses[field].fillna(UNKNOWN))
    allowed = ", ".join(GROUP_FIELDS)
    close = difflib.get_close_matches(field, GROUP_FIELDS, n=2, cutoff=0.5)
    hint = f"Did you mean {' or '.join(close)}?" if close else "Choose one of them."
    message = f"field '{field}': unknown; allowed are {allowed} or closed:QUESTION_ID. {hint}"
    raise UserError(message)


def _coded(field: str, level: Literal["response", "document"], values: pd.Series) -> Grouping:
    codes, names = pd.factorize(values, sort=True)
    words = tuple(str(name) for name in names)
    return Grouping(field, level, codes.astype(np.int64), words, words)


def _registered(corpus: Corpus) -> pd.Series:
    responses = corpus.responses
    organised = ~responses["stakeholder_type"].isin(list(PRIVATE_TYPES))
    entered = responses["transparency_register"].notna()
    words = np.where(entered, "yes", np.where(organised, "no", "not an organisation"))
    return pd.Series(words, dtype="str")


def _questions(corpus: Corpus) -> Grouping:
    documents, questions = corpus.documents, corpus.questions
    found = documents["question_id"].where(documents["attachment"].isna(), ATTACHMENT)
    found = found.fillna(ATTACHMENT)
    texts = dict(zip(questions["question_id"], questions["text"], strict=True))
    number = dict(zip(questions["question_id"], questions["number"], strict=True))
    present = sorted(set(found), key=lambda q: (q == ATTACHMENT, number.get(q, 0), q))
    codes = positions(found, pd.Series(present, dtype="str"))
    labels = tuple(str(texts.get(q, "attachments")) for q in present)
    return Grouping("question_id", "document", codes, tuple(present), labels)


def _closed(corpus: Corpus, field: str) -> Grouping:
    question_id = field.removeprefix("closed:")
    questions = corpus.questions
    closed = questions[questions["kind"] == "closed"]
    if question_id not in set(closed["question_id"]):
        known = ", ".join(closed["question_id"].head(15)) or "none"
        message = f"question '{question_id}': not a closed question of this study; there are {known}."
        raise UserError(message)
    rows = corpus.answers[corpus.answers["question_id"] == question_id]
    who = positions(rows["response_id"], corpus.responses["response_id"])
    texts, who = rows["text"][who >= 0], who[who >= 0]
    several = _several(texts)
    if several:
        made = pd.DataFrame({"who": who, "text": texts.str.split(";").to_numpy()}).explode("text")
        made = made.assign(text=made["text"].str.strip()).drop_duplicates()
        made = made[made["text"] != ""]
        texts, who = made["text"], made["who"].to_numpy(dtype=np.int64)
    names = tuple(sorted({str(text) for text in texts}))
    code = positions(texts, pd.Series(names, dtype="str"))
    if several:
        return Grouping(field, "option", code, names, names, who)
    codes = np.full(corpus.n_responses, -1, dtype=np.int64)
    codes[who] = code
    return Grouping(field, "response", codes, names, names)


def _several(answers: pd.Series) -> bool:
    """
    Return whether answers to a question are several choices joined by semicolons.

    They are if at least half of the choices in joined answers are also in some other answer; a single choice
    whose words hold a semicolon is not.
    """
    if not answers.str.contains(";", regex=False).any():
        return False
    distinct = {frozenset(part.strip() for part in text.split(";") if part.strip()) for text in answers.unique()}
    found_in = Counter(part for parts in distinct for part in parts)
    joined = {part for parts in distinct if len(parts) > 1 for part in parts}
    return bool(joined) and 2 * sum(found_in[part] > 1 for part in joined) >= len(joined)
