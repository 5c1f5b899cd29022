"""The Commission's export of the contributions to a questionnaire on Have Your Say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from consult.ingest.canonical import fold
from consult.ingest.labels import FIELD_HEADINGS
from consult.ingest.mapping import Layout, column_roles
from consult.ingest.readers.reader import Reader, headings_of, share_present
from consult.ingest.tables import batch_of
from consult.translation import later

if TYPE_CHECKING:
    from consult.ingest.batch import Batch
    from consult.ingest.material import Material
    from consult.ingest.readers.reader import Map

_HEADINGS = (
    "Reference", "Feedback date", "Language", "User type", "First name", "Surname", "Scope", "Organisation name",
    "Transparency register number", "Organisation size", "Country", "Publication privacy settings",
)  # fmt: skip
_FIELDS = (
    "reference", "submitted_at", "declared_language", "stakeholder_type", "organisation", "organisation_size",
    "country", "scope", "transparency_register", "anonymous",
)  # fmt: skip
_SURE = 0.85
LAYOUT = Layout(
    fields={
        "reference": "reference", "feedback date": "submitted_at", "language": "declared_language",
        "user type": "stakeholder_type", "scope": "scope", "organisation name": "organisation",
        "transparency register number": "transparency_register", "organisation size": "organisation_size",
        "country": "country", "publication privacy settings": "anonymous",
    },
    texts={},
    persons=frozenset({"first name", "surname", "last name", "email", "e mail"}),
)  # fmt: skip


def _recognises(material: Material) -> float:
    if material.shape != "table" or not material.sheets:
        return 0.0
    sheet = material.sheets[0]
    have = headings_of(sheet)
    if not {"reference", "feedback date", "user type"} <= have:
        return 0.0
    # The columns on the respondent are a choice of whoever exports; those three are never left out.
    return max(_SURE, share_present(sheet, _HEADINGS))


def _read(material: Material, mapping: Map) -> list[Batch]:
    sheet = material.sheets[0]
    roles = column_roles(sheet, LAYOUT, mapping)
    return [
        batch_of(
            sheet, roles, path=material.path, format="hys_questionnaire", family="hys_questionnaire",
            kind="questionnaire", call="Have Your Say questionnaire",
        )
    ]  # fmt: skip


READER = Reader(
    name="hys_questionnaire",
    title=later("Have Your Say questionnaire contributions"),
    made_by="the Commission's portal, 'Download contributions' (CSV, or XLSX with the same columns)",
    known_by="the columns Reference, Feedback date, Language, User type, … and one column a question",
    family="hys_questionnaire",
    kind="questionnaire",
    recognises=_recognises,
    read=_read,
)


def portal_fields() -> dict[str, str]:
    """Return folded headings of the portal in its UI languages, with the field each one names."""
    return {fold(h): field for field in _FIELDS for h in FIELD_HEADINGS[field]}
