"""Download the feedback on a publication, with its attachments, from the Have Your Say portal."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from consult.errors import UserError
from consult.ingest.fetch_client import NoAnswerError, NotThereError, Portal
from consult.ingest.fetch_state import State, write_whole

Progress = Callable[[str, int, int], None]

PAGE_SIZE = 100
# How often a page is asked for in one run when the feedback keeps growing meanwhile.
_ROUNDS = 3
# After so many attachments in a row without an answer, the rest is left for the next run.
_GIVE_UP = 3
_LONGEST_NAME = 100
PERSONS = ("firstName", "surname", "login")


@dataclass(frozen=True)
class Fetched:
    """
    What a download brought.

    Attributes:
        publication_id: The publication.
        path: The JSON file with the feedback, to be given to `consult ingest`.
        n_responses: Feedback in it.
        n_pages: Pages that the portal has.
        n_asked: Requests for pages that this run made; 0 where all pages were there.
        n_attachments: Attachments that the feedback names.
        n_saved: Of these, those that lie in the folder `attachments`.
        failed: Attachments that could not be had: file name, feedback id and reason.
        notes: What else a person should know.
    """

    publication_id: str
    path: Path
    n_responses: int
    n_pages: int
    n_asked: int
    n_attachments: int
    n_saved: int
    failed: tuple[tuple[str, str, str], ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Publication:
    """One publication of an initiative: a roadmap, a questionnaire or a draft that could be commented on."""

    publication_id: str
    kind: str
    title: str
    status: str
    n_feedback: int | None
    published: str | None


def fetch_feedback(
    publication: str,
    out: Path,
    portal: Portal,
    *,
    attachments: bool = True,
    again: bool = False,
    keep_names: bool = False,
    page_size: int = PAGE_SIZE,
    progress: Progress | None = None,
) -> Fetched:
    """
    Download all feedback on a publication into a folder; what is there already is not asked for again.

    Writes ``feedback-ID.json`` (the portal's records in its own envelope, each once) and the folder
    ``attachments``. If the number of pages changes meanwhile, the pages that came before the change are
    asked for again, so that nothing is missed between two of them. Names of persons are emptied before
    anything is written, unless they are asked for.

    Args:
        publication: Id of the publication, or the address of its feedback page (with ``p_id=``).
        out: Folder; made when it does not exist.
        portal: Whom to ask.
        attachments: Download attachments too.
        again: Ask for all pages anew, for feedback that came in since.
        keep_names: Keep first names, surnames and logins.
        page_size: Records a page.
        progress: Called with what is being done, number done, number to do.

    Raises:
        UserError: There is no such publication, the portal cannot be reached, or the folder cannot be
            written to. What was downloaded is kept.
    """
    report = progress or _quiet
    number = _publication_id(publication)
    state = State(out, number, portal.base_url, page_size)
    if again:
        state.forget_pages()
    asked, notes = _pages(state, portal, number, page_size, report, keep_names=keep_names)
    records = state.records()
    named = [(record, item) for record in records for item in _attachments(record)]
    failed = _documents(state, portal, named, report) if attachments else []
    for _, item in named:
        name = state.saved(str(item.get("documentId") or ""))
        if name:
            item["downloadedFilepath"] = f"attachments/{name}"
    if not records:
        notes.append(
            f"The portal has no feedback on {number}. If that is the number of an initiative, list its publications "
            f"with: consult fetch --initiative {number}"
        )
    path = out / f"feedback-{number}.json"
    whole = {"content": records, "totalElements": len(records), "totalPages": 1}
    write_whole(path, json.dumps(whole, ensure_ascii=False, indent=1).encode("utf-8", "replace"))
    return Fetched(
        publication_id=number,
        path=path,
        n_responses=len(records),
        n_pages=state.total_pages or 0,
        n_asked=asked,
        n_attachments=len(named),
        n_saved=sum("downloadedFilepath" in item for _, item in named),
        failed=tuple(failed),
        notes=tuple(notes),
    )


def publications_of(initiative: str, portal: Portal) -> tuple[Publication, ...]:
    """
    Return the publications of an initiative, in the portal's order.

    Args:
        initiative: Number of the initiative, or the address of its page.
        portal: Whom to ask.

    Raises:
        UserError: There is no such initiative, or the portal cannot be reached.
    """
    number = _number(initiative, r"initiatives/(\d+)", "initiative", "12876")
    try:
        data = portal.initiative(number)
    except NotThereError as error:
        message = (
            f"initiative {number}: the portal does not have it (status {error}); expected the number in the "
            "address of its page, …/initiatives/NUMBER. Check it."
        )
        raise UserError(message) from error
    found = data.get("publications") if isinstance(data, dict) else None
    if not isinstance(found, list):
        message = (
            f"initiative {number}: the portal's answer lists no publications; expected 'publications'. "
            "Open the initiative's page and take the number after p_id= in the address of a feedback page."
        )
        raise UserError(message)
    return tuple(_publication(p) for p in found if isinstance(p, dict) and p.get("id") is not None)


def _publication(entry: Mapping[str, Any]) -> Publication:
    def text(*names: str) -> str:
        return next((str(entry[n]) for n in names if entry.get(n)), "")

    total = entry.get("totalFeedback")
    return Publication(
        publication_id=str(entry["id"]),
        kind=text("type", "frontEndStage"),
        title=text("title", "shortTitle", "reference"),
        status=text("receivingFeedbackStatus", "status"),
        n_feedback=total if isinstance(total, int) else None,
        published=text("publishedDate", "feedbackStartDate") or None,
    )


def _pages(
    state: State, portal: Portal, publication: str, size: int, report: Progress, *, keep_names: bool
) -> tuple[int, list[str]]:
    """Ask for pages until all are as the latest answer says; return how many requests that took."""
    times: dict[int, int] = {}
    asked = 0
    first = state.total_pages
    while pending := [n for n in state.to_ask() if times.get(n, 0) < _ROUNDS]:
        number = pending[0]
        try:
            page = portal.page(publication, number, size)
        except NotThereError as error:
            message = (
                f"publication {publication}: the portal does not have it (status {error}); expected the id of a "
                "publication. List those of an initiative with: consult fetch --initiative NUMBER"
            )
            raise UserError(message) from error
        times[number] = times.get(number, 0) + 1
        asked += 1
        if not keep_names:
            page = type(page)(tuple(_nameless(r) for r in page.records), page.total_pages, page.total_records)
        state.keep_page(number, page)
        first = page.total_pages if first is None else first
        report("Downloading pages", state.n_kept, page.total_pages)
    notes = []
    if state.total_pages != first:
        notes.append(f"The number of pages changed during the download: from {first} to {state.total_pages}.")
    if state.to_ask():
        notes.append("Feedback kept coming in during the download, so some may be missing. Run again with --again.")
    return asked, notes


def _documents(
    state: State, portal: Portal, named: list[tuple[dict[str, Any], dict[str, Any]]], report: Progress
) -> list[tuple[str, str, str]]:
    failed = []
    unanswered = 0
    for done, (record, item) in enumerate(named):
        report("Downloading attachments", done, len(named))
        document, name = str(item.get("documentId") or ""), str(item.get("fileName") or "attachment")
        reason = ""
        if not document:
            reason = "the portal names no document for it"
        elif state.saved(document) is None and unanswered >= _GIVE_UP:
            reason = "not asked for, since the portal had stopped answering"
        elif state.saved(document) is None:
            try:
                content = portal.document(document)
            except NotThereError as error:
                reason = f"the portal does not give it (status {error})"
            except NoAnswerError as error:
                reason, unanswered = str(error), unanswered + 1
            else:
                unanswered = 0
                state.keep_document(document, _file_name(document, name, content), content)
        if reason:
            failed.append((name, str(record.get("id") or ""), reason))
    if named:
        report("Downloading attachments", len(named), len(named))
    return failed


def _attachments(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = record.get("attachments")
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _nameless(record: dict[str, Any]) -> dict[str, Any]:
    return {key: "" if key in PERSONS and value else value for key, value in record.items()}


def _file_name(document: str, name: str, content: bytes) -> str:
    """
    Return a name that no system takes for a path, with the ending of what the file is.

    The portal often gives a PDF made from the document that was sent.
    """
    plain = re.sub(r"[^\w.\- ()]", "_", Path(name.replace("\\", "/")).name).strip(". ")
    stem, dot, ending = plain.rpartition(".")
    if not dot:
        stem, ending = plain, ""
    if content.startswith(b"%PDF"):
        ending = "pdf"
    safe = re.sub(r"[^\w\-]", "_", document)
    return f"{safe}_{stem[:_LONGEST_NAME] or 'attachment'}" + (f".{ending[:8]}" if ending else "")


def _publication_id(given: str) -> str:
    return _number(given, r"p_id=(\d+)", "publication", "14488")


def _number(given: str, within: str, what: str, example: str) -> str:
    found = re.search(within, given)
    number = found[1] if found else given.strip()
    if not re.fullmatch(r"[0-9]{1,12}", number):
        message = (
            f"{what} '{given}': not a number; expected one such as {example}. Take it from the address of the page."
        )
        raise UserError(message)
    return number


def _quiet(what: str, done: int, total: int) -> None:
    """Report nothing."""
