"""What a column was taken for, in words."""

from __future__ import annotations

from consult.translation import later

ROLES = {
    "text": later("an open question (text to analyse)"),
    "closed": later("a closed question (answers to count)"),
    "attachment": later("names of attached files"),
    "person": later("name or contact of a person (not kept)"),
    "ignore": later("of no use here"),
    "reference": later("reference number of the response"),
    "submitted_at": later("date of submission"),
    "declared_language": later("language of the form"),
    "stakeholder_type": later("type of respondent"),
    "organisation": later("name of the organisation"),
    "organisation_size": later("size of the organisation"),
    "country": later("country"),
    "scope": later("scope of the organisation"),
    "transparency_register": later("Transparency Register number"),
    "anonymous": later("wish to stay anonymous"),
}
_ROLE_KEYS = {"open": "text", "ignored": "ignore"}


def role_key(role: str, field: str | None) -> str:
    """Return the word that `--map` uses for what a column was taken for."""
    return field if role == "field" and field else _ROLE_KEYS.get(role, role)
