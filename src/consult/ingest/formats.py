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
    "person": "a person's name or contact: not stored, unless `--keep-names` is given",
    "ignore": "left out (`ignored` means the same)",
}
_AFTER = """
### Kept in study.toml

What each column was taken for is written to the study's `study.toml` when a file is ingested, by the file's name:

```toml
[map."contributions.csv"]
Reference = "reference"
Surname = "person"
"How important is it?: Skills" = "closed"
"Any comments?" = "open"
```

Change a word to overrule one column: `open`, `closed`, `attachment`, `person`, `ignore`, or a field of the respondent
from the table above. Then ingest the same file again: what it gave before is replaced, and ids and decisions stay. A
line such as `closed = ["Age"]` under `[map]` itself counts for files that `study.toml` does not name yet.
`--map` overrules `study.toml`.

## Names of private persons

Columns with names and contact details, and what a citizen wrote as organisation, are not stored: not in the tables,
and not in the copy of the source under `sources/`, whose cells are emptied there (a workbook's copy is an XLSX file of
texts). `--keep-names` stores them in the table `persons` and keeps the copy as it is. The choice is kept in
`study.toml` under `[ingest]` and holds until `--no-keep-names`. What people write in their texts and papers is stored
as it stands, and masked wherever it is shown or exported.

## Files that responses name

They lie beside the table, in a folder called `attachments`, `files`, `documents` or `uploads`, or in the same archive.
A file is joined to a response by its name, or by the response's reference: as the file's name, before it
(`F123_paper.pdf`), or as the folder it lies in (`F123/paper.pdf`), as EUSurvey packs them. Where several files have
the name that a response gives, and none lies in its folder, none is taken, and that is said.

## Scanned papers

A PDF without text is set aside as "scanned image, no text". Where `ocrmypdf` is installed
(`apt install ocrmypdf tesseract-ocr-all`), its text is recognised instead, in the language the response declares, or
else in every EU language that Tesseract has. The same holds for single pages that are pictures.
"""


def formats_markdown() -> str:
    """Return docs/formats.md as it should be."""
    rows = "".join(f"| `{r.name}` | {r.title} | {r.made_by} | {r.known_by} |\n" for r in READERS)
    fields = "".join(f"| `{f}` | {what} |\n" for f, what in _FIELDS.items())
    known = "".join(
        f"| `{f}` | a field of the respondent; found under headings such as {_some(f)} |\n" for f in RESPONSE_FIELDS
    )
    return f"{_HEAD}{rows}{_TAIL}{fields}{known}{_AFTER}"


def _some(field: str) -> str:
    return ", ".join(f"*{h}*" for h in FIELD_HEADINGS[field][:3])
