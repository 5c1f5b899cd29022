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


def word_of(role: str, field: str | None) -> str:
    """Return the one word that says what a column was taken for, as `study.toml` writes it."""
    return field if role == "field" and field else {"ignored": "ignore"}.get(role, role)


def role_key(role: str, field: str | None) -> str:
    """Return the same as `--map` has it, where `text` stands for an open question and leaves out the others."""
    word = word_of(role, field)
    return "text" if word == "open" else word
