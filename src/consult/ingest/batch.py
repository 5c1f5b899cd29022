"""What passes between reading a file and making the tables of a study."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import pandas as pd

QuestionKind = Literal["open", "closed", "attachment"]
Role = Literal["field", "open", "closed", "attachment", "person", "ignored"]

RESPONSE_FIELDS = (
    "reference",
    "submitted_at",
    "declared_language",
    "stakeholder_type",
    "organisation",
    "organisation_size",
    "country",
    "scope",
    "transparency_register",
    "anonymous",
)
QUESTION_ROLES: dict[str, Role] = {
    "text": "open",
    "open": "open",
    "closed": "closed",
    "attachment": "attachment",
    "person": "person",
    "ignore": "ignored",
    "ignored": "ignored",
}


@dataclass(frozen=True)
class Aside:
    """
    Something in a source that could not be used, with the reason.

    `item` begins with ``row`` or ``file`` where a whole row or file is set aside; those are the ones
    that `sources.n_set_aside` counts. A cell or an attachment leaves its response standing.
    """

    row: int | None
    item: str
    reason: str


@dataclass(frozen=True)
class Sheet:
    """
    A table as it stands in a file: every cell a string, an empty cell the empty string.

    Headings may repeat, so columns are known by position: `cells` has the columns 0, 1, 2, …

    Attributes:
        rows: Number of each row in the source, counted from 1, header not counted.
        n_rows: Rows found, those set aside included.
        preamble: Rows above the headings, each on one line.
        hidden: Whether the workbook hides it.
    """

    name: str
    headings: tuple[str, ...]
    cells: pd.DataFrame
    rows: np.ndarray
    n_rows: int
    asides: tuple[Aside, ...] = ()
    notes: tuple[str, ...] = ()
    preamble: tuple[str, ...] = ()
    hidden: bool = False


@dataclass(frozen=True)
class ColumnRole:
    """What a column was taken for: a field of the respondent, a question, or neither."""

    position: int
    heading: str
    role: Role
    field: str | None
    confidence: float
    samples: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Question:
    """A question of a batch, with one string a row (empty where it was not answered)."""

    text: str
    kind: QuestionKind
    answers: pd.Series


@dataclass(frozen=True)
class FileText:
    """
    The text of one file, with where each page begins and ends in it.

    Attributes:
        problem: Why it has no text.
        lost: Parts of a file with text that could not be read: what they are called, and why.
    """

    name: str
    text: str
    pages: tuple[tuple[int, int], ...] = ()
    problem: str | None = None
    lost: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Named:
    """An attachment that a row names, by file name and by the ids it may be stored under."""

    index: int
    name: str
    keys: tuple[str, ...] = ()
    question: int | None = None
    text: str | None = None


@dataclass(frozen=True)
class Batch:
    """
    The responses of one source to one consultation, before ids are given.

    Attributes:
        fields: One column a field of `RESPONSE_FIELDS`, raw strings, empty where missing.
        identity: What tells this consultation from another of the same family (publication ids).
        family: Formats of one family can hold the same consultation.
        n_rows: Rows found; rows of `fields` plus whole rows set aside.
        folders: Folders in which attachments may lie.
        texts: Attachments already read: row, number of the attachment question from 0, text.
        given: What the person named; differs from `path` for a file inside a folder or archive.
        persons: Columns with names and contact details, by heading; stored only where asked for.
        recognition: What the source was taken for; on the first of its batches.
    """

    name: str
    path: Path
    format: str
    family: str
    kind: str
    fields: pd.DataFrame
    questions: tuple[Question, ...]
    rows: np.ndarray
    n_rows: int
    identity: tuple[str, ...] = ()
    title: str | None = None
    call: str | None = None
    asides: tuple[Aside, ...] = ()
    notes: tuple[str, ...] = ()
    named: tuple[Named, ...] = ()
    folders: tuple[Path, ...] = ()
    columns: tuple[ColumnRole, ...] = ()
    texts: tuple[tuple[int, int | None, FileText], ...] = ()
    given: Path | None = None
    persons: tuple[tuple[str, pd.Series], ...] = ()
    recognition: Recognition | None = None


@dataclass(frozen=True)
class Recognition:
    """
    What a file or folder looks like, to be shown before anything is read for good.

    Attributes:
        format: Name of the reader.
        confidence: How sure that is, 0 to 1.
        columns: What each column was taken for, with three values.
        n_rows: Rows (or files) found.
        problems: What looks wrong, and how to mend it, one sentence or two each.
    """

    name: str
    format: str
    reader: str
    confidence: float
    columns: tuple[ColumnRole, ...]
    n_rows: int
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[tuple[str, str, tuple[str, ...], float], ...]:
        """Field, column, samples and confidence of each respondent field."""
        return tuple(
            (c.field, c.heading, c.samples, c.confidence)
            for c in self.columns
            if c.role == "field" and c.field is not None
        )

    @property
    def questions(self) -> tuple[tuple[str, str, tuple[str, ...], float], ...]:
        """Heading, kind, samples and confidence of each question."""
        return tuple(
            (c.heading, c.role, c.samples, c.confidence)
            for c in self.columns
            if c.role in ("open", "closed", "attachment")
        )


@dataclass(frozen=True)
class Ingested:
    """
    Everything that was read: the tables of the contract, attachment texts and plain-word notes.

    Attributes:
        attachments: response_id, question_id (nullable), attachment (file name), text.
        attachment_pages: response_id, attachment, page, start, end (offsets in attachments.text).
        columns: source_id, heading, role, field, confidence, samples: what each column was taken for.
        notes: One sentence or two each, to be shown.
        persons: Table `persons`; empty unless names are to be kept.
        recognised: What each source was taken for, as `recognise` says it.
    """

    consultations: pd.DataFrame
    sources: pd.DataFrame
    questions: pd.DataFrame
    responses: pd.DataFrame
    answers: pd.DataFrame
    set_aside: pd.DataFrame
    attachments: pd.DataFrame
    attachment_pages: pd.DataFrame
    columns: pd.DataFrame
    notes: tuple[str, ...]
    persons: pd.DataFrame
    recognised: tuple[Recognition, ...] = ()
