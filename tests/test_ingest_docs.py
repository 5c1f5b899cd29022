"""docs/formats.md says what the registry of readers says."""

from __future__ import annotations

from pathlib import Path

from consult.ingest.batch import QUESTION_ROLES, RESPONSE_FIELDS
from consult.ingest.formats import formats_markdown
from consult.ingest.labels import FIELD_HEADINGS


def test_format_reference_is_current():
    written = Path(__file__).parents[1] / "docs" / "formats.md"
    assert written.read_text(encoding="utf-8") == formats_markdown()


def test_every_field_is_explained_and_has_headings():
    text = formats_markdown()
    for field in (*QUESTION_ROLES, *RESPONSE_FIELDS):
        assert f"`{field}`" in text
    assert set(FIELD_HEADINGS) == set(RESPONSE_FIELDS)
