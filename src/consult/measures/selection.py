"""Which responses are looked at: the choice itself."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal, get_args

from consult.errors import UserError
from consult.translation import later

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

View = Literal["all", "once", "apart"]
VIEWS: tuple[View, ...] = get_args(View)
VIEW_WORDS: dict[View, str] = {
    "all": later("all responses"),
    "once": later("each campaign counted once"),
    "apart": later("campaigns set apart"),
}
RESPONSE_FILTERS = (
    "consultation_id",
    "stakeholder_type",
    "country",
    "organisation_size",
    "scope",
    "registered",
    "anonymous",
)
DOCUMENT_FILTERS = ("language", "question_id", "campaign_id")
CODED = ("stakeholder_type", "language", "organisation_size", "scope", "registered", "anonymous")
LIST_FILTERS = RESPONSE_FILTERS + DOCUMENT_FILTERS


@dataclass(frozen=True)
class Selection:
    """
    A choice of responses; an empty field chooses all.

    Several values of one field are alternatives, several fields must all hold. ``language`` and
    ``question_id`` look at documents: they keep the responses that have such a document, and
    themes and topics are then looked for in these documents only. ``unknown`` chooses the
    responses whose field is empty; ``question_id="attachment"`` chooses attachments.

    Attributes:
        consultation_id: Consultations.
        stakeholder_type: Canonical stakeholder types.
        country: ISO 3166-1 alpha-2 codes.
        organisation_size: micro, small, medium, large.
        scope: local, regional, national, international.
        registered: ``yes``, ``no`` or ``not an organisation`` (EU Transparency Register).
        anonymous: ``yes`` or ``no``.
        language: ISO 639-1 codes of documents (not of the respondent's country).
        question_id: Open questions, or ``attachment``.
        campaign_id: Campaigns: responses that sent one of their documents.
        closed: Pairs of closed question and answer, all of which the response must have given.
        date_from: First day of submission; responses without a date are left out.
        date_to: Last day of submission, included.
        view: ``all``, ``once`` (each campaign counted once) or ``apart`` (campaigns set apart).
    """

    consultation_id: tuple[str, ...] = ()
    stakeholder_type: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    organisation_size: tuple[str, ...] = ()
    scope: tuple[str, ...] = ()
    registered: tuple[str, ...] = ()
    anonymous: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    question_id: tuple[str, ...] = ()
    campaign_id: tuple[str, ...] = ()
    closed: tuple[tuple[str, str], ...] = ()
    date_from: date | None = None
    date_to: date | None = None
    view: View = "all"

    def __post_init__(self) -> None:
        for name in LIST_FILTERS:
            value: Any = getattr(self, name)
            values = (value,) if isinstance(value, str) else value or ()
            object.__setattr__(self, name, tuple(sorted({str(v) for v in values})))
        object.__setattr__(self, "closed", tuple(sorted({(str(q), str(a)) for q, a in self.closed})))
        for name in ("date_from", "date_to"):
            value = getattr(self, name)
            if isinstance(value, datetime):
                object.__setattr__(self, name, value.date())
        if self.view not in VIEWS:
            message = f"view: '{self.view}'; allowed are {', '.join(VIEWS)}. Choose one of them."
            raise UserError(message)

    @property
    def whole(self) -> bool:
        """Whether it keeps all responses, each counted by itself."""
        return self == Selection()

    @property
    def filtered(self) -> bool:
        """Whether anything but the campaign view is chosen."""
        return not self.with_(view="all").whole

    def with_(self, **changes: Any) -> Selection:
        """Return the selection with some fields changed."""
        return replace(self, **changes)

    def in_words(self) -> str:
        """Return the filters as ``field: value or value; ...``, an empty string for none."""
        parts = [f"{n}: {' or '.join(getattr(self, n))}" for n in LIST_FILTERS if getattr(self, n)]
        parts += [f"answer to {question}: {answer}" for question, answer in self.closed]
        if self.date_from:
            parts.append(f"from {self.date_from.isoformat()}")
        if self.date_to:
            parts.append(f"until {self.date_to.isoformat()}")
        return "; ".join(parts)

    def to_query(self) -> dict[str, list[str]]:
        """Return the fields that are set, as lists of strings for an address bar."""
        query = {n: list(getattr(self, n)) for n in LIST_FILTERS if getattr(self, n)}
        if self.closed:
            query["closed"] = [f"{question}={answer}" for question, answer in self.closed]
        for name in ("date_from", "date_to"):
            value = getattr(self, name)
            if value:
                query[name] = [value.isoformat()]
        if self.view != "all":
            query["view"] = [self.view]
        return query

    @classmethod
    def from_query(cls, query: Mapping[str, Iterable[str] | str]) -> Selection:
        """
        Read the fields written by `to_query`; fields of other names are ignored.

        Raises:
            UserError: A date is not yyyy-mm-dd or the view is unknown.
        """
        found: dict[str, Any] = {}
        known = {f.name for f in fields(cls)}
        for name, given in query.items():
            values = [given] if isinstance(given, str) else [str(v) for v in given]
            values = [v for v in values if v]
            if name not in known or not values:
                continue
            if name == "closed":
                found[name] = tuple((q, a) for q, _, a in (v.partition("=") for v in values))
            elif name in ("date_from", "date_to"):
                found[name] = day(name, values[0])
            elif name == "view":
                found[name] = values[0]
            else:
                found[name] = tuple(values)
        return cls(**found)


def day(name: str, value: str) -> date:
    """
    Read a day.

    Raises:
        UserError: It is not yyyy-mm-dd.
    """
    try:
        return date.fromisoformat(value)
    except ValueError:
        message = f"{name}: '{value}' is not a day; expected yyyy-mm-dd. Write it so."
        raise UserError(message) from None
