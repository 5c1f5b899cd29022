"""The formats that can be read, written out for people: docs/formats.md and `consult check --formats`."""

from __future__ import annotations

from consult.ingest.batch import RESPONSE_FIELDS
from consult.ingest.labels import FIELD_HEADINGS
from consult.ingest.readers import READERS

_HEAD = """# Formats that can be read

Written by `scripts/write_format_reference.py` from the registry of readers; do not edit by hand.
A source is recognised by its content, not by its name. `consult check FILE` shows what it was taken for
before anything is read; `--map FIELD=COLUMN` overrules it.

| format | what it is | where it comes from | recognised by |
|---|---|---|---|
"""
_TAIL = """
Any of these may be packed into a ZIP archive, or lie in a folder beside others. A table may be CSV, TSV (any of
`,` `;` tab `|` between cells), XLSX, XLS, ODS, JSON, JSON lines or Parquet; text in UTF-8, UTF-16, cp1252, cp1250,
ISO 8859-7 and a few others, also mixed in one file. A document may be PDF, DOCX, ODT, RTF, HTML, TXT or EML.

## Mapping

`--map FIELD=COLUMN`, several times if need be. A heading that stands twice is named `Heading [2]` the second time.

| field | what the column becomes |
|---|---|
"""
_FIELDS = {
    "text": "an open question (`open` means the same)",
    "closed": "a closed question",
    "attachment": "a question whose answers are file names",
    "person": "a person's name or contact: never stored",
    "ignore": "left out",
}


def formats_markdown() -> str:
    """Return docs/formats.md as it should be."""
    rows = "".join(f"| `{r.name}` | {r.title} | {r.made_by} | {r.known_by} |\n" for r in READERS)
    fields = "".join(f"| `{f}` | {what} |\n" for f, what in _FIELDS.items())
    known = "".join(
        f"| `{f}` | a field of the respondent; found under headings such as {_some(f)} |\n" for f in RESPONSE_FIELDS
    )
    return f"{_HEAD}{rows}{_TAIL}{fields}{known}"


def _some(field: str) -> str:
    return ", ".join(f"*{h}*" for h in FIELD_HEADINGS[field][:3])
