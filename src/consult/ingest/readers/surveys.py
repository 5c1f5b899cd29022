"""Surveys and forums with tables of their own: Citizen Space, Polis, and the portal's feedback pages."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from consult.ingest.canonical import fold
from consult.ingest.labels import FIELD_HEADINGS, PERSON_HEADINGS
from consult.ingest.mapping import Layout, column_roles, require_text
from consult.ingest.readers.reader import Reader, headings_of
from consult.ingest.readers.table import sheet_in
from consult.ingest.tables import batch_of
from consult.translation import later

if TYPE_CHECKING:
    from consult.ingest.batch import Batch
    from consult.ingest.material import Material
    from consult.ingest.readers.reader import Map

_CITIZEN_SPACE = Layout(
    fields={
        "response id": "reference",
        "completed": "submitted_at",
        "organisation": "organisation",
        "what is your organisation": "organisation",
        "what is the name of your organisation": "organisation",
        "what is your organisation s name": "organisation",
    },
    texts={},
    persons=frozenset({"name", "what is your name", "email", "what is your email address", "your name", "user id"}),
)
_KEPT_BY_CITIZEN_SPACE = frozenset(
    {"status", "created", "started", "updated", "modified", "duration", "submitted", "user agent", "consultation id"}
)
_POLIS = Layout(
    fields={"comment id": "reference", "timestamp": "submitted_at"},
    texts={"comment body": "Comment"},
    persons=frozenset({"author id", "datetime"}),
)


def _citizen_space(material: Material) -> float:
    if material.shape != "table" or not material.sheets:
        return 0.0
    have = headings_of(material.sheets[0])
    return 0.85 if "response id" in have and len(have & _KEPT_BY_CITIZEN_SPACE) >= 3 else 0.0


def _read_citizen_space(material: Material, mapping: Map) -> list[Batch]:
    sheet = material.sheets[0]
    roles = [
        replace(r, role="ignored", field=None, why="kept by Citizen Space for itself")
        if fold(r.heading) in _KEPT_BY_CITIZEN_SPACE and r.why != "as mapped"
        else r
        for r in column_roles(sheet, _CITIZEN_SPACE, mapping)
    ]
    return [
        batch_of(
            sheet, roles, path=material.path, format="citizen_space", family="citizen_space", kind="survey",
            call="Citizen Space consultation",
        )
    ]  # fmt: skip


def _polis(material: Material) -> float:
    if material.shape != "table" or not material.sheets:
        return 0.0
    return 0.95 if headings_of(material.sheets[0]) >= {"comment id", "author id", "comment body"} else 0.0


def _read_polis(material: Material, mapping: Map) -> list[Batch]:
    sheet = material.sheets[0]
    return [
        batch_of(
            sheet, column_roles(sheet, _POLIS, mapping), path=material.path, format="polis", family="polis",
            kind="survey", call="Polis conversation",
        )
    ]  # fmt: skip


_PAGE_FIELDS = (
    "reference",
    "submitted_at",
    "stakeholder_type",
    "organisation_size",
    "country",
    "transparency_register",
)


_INITIATIVE = re.compile("initiati|iniziati|inizjat|iniciat|inicjaty|инициат|πρωτοβ|aloite|kezdem|algatus|tionscn")
# Headings of dates and respondent types that any table may have, and no page of the portal.
_NOT_THE_PORTALS = frozenset(
    fold(h)
    for h in (
        "date", "datum", "fecha", "data", "дата", "ημερομηνία", "päivämäärä", "dato", "kuupäev", "datums", "dáta",
        "timestamp", "datetime", "created", "created at", "completed", "creation date", "date submitted", "last update",
        "submission date", "date of submission", "received date", "posted date", "submitted", "submitted at",
        "stakeholder type", "stakeholder", "stakeholder group", "respondent type", "type of respondent",
        "respondent category", "i am giving my contribution as", "organisation type", "organization type",
        "type of organisation", "government agency type", "typ respondenta",
    )
)  # fmt: skip


def _page_layout() -> Layout:
    fields = {fold(h): field for field, headings in FIELD_HEADINGS.items() for h in headings}
    persons = frozenset(fold(h) for h in PERSON_HEADINGS) - {"name"}
    return Layout(fields={h: f for h, f in fields.items() if h not in persons}, texts={}, persons=persons)


def _page(material: Material) -> float:
    """Tables whose headings are the labels of a feedback page, in any of the portal's languages."""
    if material.shape not in ("table", "json"):
        return 0.0
    try:
        sheet = sheet_in(material)
    except Exception:  # noqa: BLE001 - whatever it is, it is not this
        return 0.0
    layout = _page_layout()
    named = {layout.fields[h] for h in headings_of(sheet) - _NOT_THE_PORTALS if h in layout.fields}
    return 0.8 if len(named.intersection(_PAGE_FIELDS)) >= 4 and {"stakeholder_type", "submitted_at"} <= named else 0.0


def _read_page(material: Material, mapping: Map) -> list[Batch]:
    sheet = sheet_in(material)
    roles = [
        replace(r, role="ignored", field=None, why="the initiative, the same for all")
        if _INITIATIVE.match(fold(r.heading)) and r.role == "closed" and r.why != "as mapped"
        else r
        for r in column_roles(sheet, _page_layout(), mapping)
    ]
    require_text(roles, material.name)
    return [
        batch_of(
            sheet, roles, path=material.path, format="hys_page", family="hys_page", kind="feedback",
            call="Have Your Say feedback",
        )
    ]  # fmt: skip


CITIZEN_SPACE = Reader(
    name="citizen_space",
    title=later("Citizen Space export"),
    made_by="Citizen Space, export of the responses (CSV)",
    known_by="the columns Response ID, Status, Created, Completed, Modified beside the questions",
    family="citizen_space",
    kind="survey",
    recognises=_citizen_space,
    read=_read_citizen_space,
)
POLIS = Reader(
    name="polis",
    title=later("Polis comments"),
    made_by="Polis, export of a conversation (comments.csv)",
    known_by="the columns comment-id, author-id and comment-body",
    family="polis",
    kind="survey",
    recognises=_polis,
    read=_read_polis,
)
PAGE = Reader(
    name="hys_page",
    title=later("Labels of the portal's feedback pages"),
    made_by="anyone who copied or scraped feedback pages, in any UI language of the portal",
    known_by="at least four labels such as Feedback reference, Submitted on, User type, Country of origin",
    family="hys_page",
    kind="feedback",
    recognises=_page,
    read=_read_page,
)
