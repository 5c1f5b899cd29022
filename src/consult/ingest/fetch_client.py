"""Ask the Have Your Say portal, politely, and again where an answer fails."""

from __future__ import annotations

import email.utils
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self, TypeVar
from urllib.parse import quote

import httpx

import consult
from consult.errors import UserError

if TYPE_CHECKING:
    from types import TracebackType

T = TypeVar("T")

BASE_URL = "https://ec.europa.eu/info/law/better-regulation"
PAUSE = 0.5
TRIES = 6
_LONGEST_WAIT = 300.0
_LONGEST_OWN_WAIT = 60.0
_TOO_MANY = 429
_TRY_AGAIN = frozenset({408, 425, _TOO_MANY})
_SERVER_FAULT = 500
_FAULT = 400


class NotThereError(Exception):
    """The portal answered for good that it will not give this, with its status code as text."""


class NoAnswerError(UserError):
    """The portal gave no usable answer, however often it was asked."""


@dataclass(frozen=True)
class Page:
    """
    One page of feedback.

    Attributes:
        records: The feedback as the portal gave it.
        total_pages: Pages there are, as this answer says.
        total_records: Feedback there is, as this answer says; None where it does not.
    """

    records: tuple[dict[str, Any], ...]
    total_pages: int
    total_records: int | None

    @property
    def signature(self) -> tuple[int, int | None]:
        """What tells that the feedback grew or shrank between two pages."""
        return self.total_pages, self.total_records


def read_page(data: Any) -> Page:
    """
    Read a page in either envelope: ``content`` (now), or ``_embedded.feedback`` (until about 2023).

    Raises:
        ValueError: It is neither.
    """
    if not isinstance(data, dict):
        message = f"found {type(data).__name__}; expected an object with 'content' or '_embedded'."
        raise ValueError(message)  # noqa: TRY004  a wrong answer, not a wrong call
    paging, embedded = data.get("page"), data.get("_embedded")
    about: dict[str, Any] = paging if isinstance(paging, dict) else data
    if isinstance(data.get("content"), list):
        found = data["content"]
    elif isinstance(embedded, dict):
        found = embedded.get("feedback") or []
    elif about is not data:
        found = []  # the older envelope leaves `_embedded` out where there is nothing
    else:
        message = (
            f"found the keys {', '.join(sorted(map(str, data))[:6]) or '(none)'}; expected 'content' or '_embedded'."
        )
        raise ValueError(message)
    total = about.get("totalPages", data.get("totalPages"))
    records = about.get("totalElements", data.get("totalElements"))
    if not isinstance(total, int) or not isinstance(found, list):
        message = "found no number of pages; expected 'totalPages'."
        raise ValueError(message)  # noqa: TRY004  a wrong answer, not a wrong call
    kept = tuple(r for r in found if isinstance(r, dict))
    return Page(kept, total, records if isinstance(records, int) else None)


class Portal:
    """
    The portal's interface, asked one question at a time with a pause between two.

    An answer with 429 or a server fault, a body cut off on the way, and a lost connection are asked for
    again after 1, 2, 4, … seconds, or after as long as the portal's `Retry-After` says.
    """

    def __init__(
        self,
        base_url: str = BASE_URL,
        *,
        pause: float = PAUSE,
        tries: int = TRIES,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """
        Prepare to ask; nothing is asked yet.

        Args:
            base_url: Address before ``/api`` and ``/brpapi``.
            pause: Seconds between the starts of two requests.
            tries: How often one thing is asked for at most.
            sleep: Waits so many seconds.
            clock: Tells the time in seconds.
        """
        self.base_url = _base(base_url)
        self._pause, self._tries, self._sleep, self._clock = pause, tries, sleep, clock
        self._last: float | None = None
        agent = f"consult-responses/{consult.__version__}"
        self._client = httpx.Client(timeout=60.0, follow_redirects=True, headers={"User-Agent": agent})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def page(self, publication_id: str, number: int, size: int) -> Page:
        """
        Return one page of feedback, counted from 0.

        Raises:
            NotThereError: There is no such publication.
            NoAnswerError: The portal cannot be reached.
            UserError: It answers in another form.
        """
        asked = {"publicationId": publication_id, "page": str(number), "size": str(size), "language": "EN"}
        data = self._ask("/api/allFeedback", asked, httpx.Response.json)
        try:
            return read_page(data)
        except ValueError as error:
            message = (
                f"{self.base_url}, page {number} of publication {publication_id}: {error} "
                "The portal's interface may have changed; save the feedback another way, or ask for an update."
            )
            raise UserError(message) from error

    def initiative(self, initiative_id: str) -> Any:
        """
        Return what the portal says of an initiative.

        Raises:
            NotThereError: There is none of that number.
            NoAnswerError: The portal cannot be reached.
        """
        return self._ask(f"/brpapi/groupInitiatives/{initiative_id}", {"language": "EN"}, httpx.Response.json)

    def document(self, document_id: str) -> bytes:
        """
        Return an attachment.

        Raises:
            NotThereError: The portal does not give it.
            NoAnswerError: The portal cannot be reached.
        """
        return self._ask(f"/api/download/{quote(document_id, safe='')}", {}, lambda answer: answer.content)

    def _ask(self, path: str, parameters: Mapping[str, str], read: Callable[[httpx.Response], T]) -> T:
        fault, told = "", 0.0
        for attempt in range(self._tries):
            own = min(2.0 ** (attempt - 1), _LONGEST_OWN_WAIT) if attempt else 0.0
            self._wait(max(own, told))
            told = 0.0
            try:
                answer = self._client.get(self.base_url + path, params=dict(parameters))
            except httpx.InvalidURL as error:
                message = f"{self.base_url}: not an address ({error}); expected https://… Correct --base-url."
                raise UserError(message) from error
            except httpx.RequestError as error:
                fault = f"{type(error).__name__}: {error}"
                continue
            if answer.status_code in _TRY_AGAIN or answer.status_code >= _SERVER_FAULT:
                fault = f"status {answer.status_code}"
                told = min(_seconds(answer.headers.get("Retry-After", "")), _LONGEST_WAIT)
                continue
            if answer.status_code >= _FAULT:
                raise NotThereError(str(answer.status_code))
            try:
                return read(answer)
            except ValueError as error:  # the body ends too early, or is no JSON
                fault = f"the answer is cut off or not JSON ({error})"
        message = (
            f"{self.base_url}{path}: no answer after {self._tries} tries ({fault}); expected the portal's answer. "
            "What was downloaded is kept: run the same command again later."
        )
        raise NoAnswerError(message)

    def _wait(self, least: float) -> None:
        rest = 0.0 if self._last is None else self._last + self._pause - self._clock()
        if max(least, rest) > 0:
            self._sleep(max(least, rest))
        self._last = self._clock()


def _seconds(value: str) -> float:
    """Read a Retry-After header: seconds, or a date."""
    if value.strip().isdigit():
        return float(value)
    try:
        until = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(tz=UTC)).total_seconds())


def _base(url: str) -> str:
    """Return an address without what is put behind it, should it have been given with it."""
    short = url.strip().rstrip("/")
    for end in ("/allFeedback", "/api", "/brpapi"):
        short = short.removesuffix(end)
    return short
