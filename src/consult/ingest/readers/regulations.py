"""The bulk download of a docket on regulations.gov."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from consult.ingest.batch import Named
from consult.ingest.cells import said
from consult.ingest.mapping import Layout, column_roles
from consult.ingest.readers.reader import Reader, headings_of
from consult.ingest.tables import batch_of, column
from consult.translation import later

if TYPE_CHECKING:
    import numpy as np

    from consult.ingest.batch import Batch, Sheet
    from consult.ingest.material import Material
    from consult.ingest.readers.reader import Map

LAYOUT = Layout(
    fields={
        "document id": "reference", "received date": "submitted_at", "organization name": "organisation",
        "country": "country", "category": "stakeholder_type",
    },
    texts={"comment": "Comment"},
    persons=frozenset({
        "first name", "last name", "city", "zip postal code", "submitter representative", "authors",
        "representative s address", "representative s city state zip",
    }),
    others="ignored",
)  # fmt: skip
_NEEDS = {"document id", "docket id", "document type", "posted date", "comment"}


def _layout(sheet: Sheet) -> Layout:
    """Return the layout; where no comment says when it was received, the day it was posted counts."""
    received = column(sheet, "Received Date")
    if received is not None and said(received).any():
        return LAYOUT
    fields = {h: f for h, f in LAYOUT.fields.items() if f != "submitted_at"}
    return replace(LAYOUT, fields={**fields, "posted date": "submitted_at"})


def _recognises(material: Material) -> float:
    if material.shape != "table" or not material.sheets:
        return 0.0
    return 0.95 if headings_of(material.sheets[0]) >= _NEEDS else 0.0


def _read(material: Material, mapping: Map) -> list[Batch]:
    sheet = material.sheets[0]
    kind = column(sheet, "Document Type")
    title = column(sheet, "Title")
    notice = (kind.str.strip() != "Public Submission").to_numpy() if kind is not None else None
    call = None
    if notice is not None and title is not None and notice.any():
        call = " ".join(min(title[notice]).split()) or None
    dockets = column(sheet, "Docket ID")
    identity = sorted(set(dockets.str.strip()) - {""}) if dockets is not None else []
    return [
        batch_of(
            sheet, column_roles(sheet, _layout(sheet), mapping), path=material.path, format="regulations_gov",
            family="regulations_gov", kind="docket", identity=identity,
            call=call or f"Docket {', '.join(identity)}", left_out=_left_out(sheet, notice), named=_named(sheet),
        )
    ]  # fmt: skip


def _left_out(sheet: Sheet, notice: np.ndarray | None) -> list[tuple[np.ndarray, str]]:
    found: list[tuple[np.ndarray, str]] = []
    if notice is not None:
        found.append((notice, "a document of the agency (its Document Type is not Public Submission), not a response"))
    withdrawn, text = column(sheet, "Is Withdrawn?"), column(sheet, "Comment")
    if withdrawn is not None and text is not None:
        gone = (withdrawn.str.strip().str.lower() == "true") & ~said(text)
        found.append((gone.to_numpy(), "withdrawn by the agency; no text is left"))
    return found


def _named(sheet: Sheet) -> list[Named]:
    """Attachments by document id, since every comment's first file is called attachment_1."""
    files, ids = column(sheet, "Attachment Files"), column(sheet, "Document ID")
    if files is None or ids is None:
        return []
    found = []
    for i, (cell, reference) in enumerate(zip(files, ids, strict=True)):
        names: dict[str, str] = {}
        for address in cell.split(","):
            name = address.strip().rsplit("/", 1)[-1]
            if name:
                # The same attachment is offered as PDF and as it was sent: one of them is enough.
                names.setdefault(name.rsplit(".", 1)[0], name)
        for name in names.values():
            stem = name.rsplit(".", 1)[0]
            keys = (f"{reference}_{name}", f"{reference}_{stem}", f"{reference}-{name}", f"{reference}/{stem}")
            found.append(Named(i, f"{reference}/{name}", keys))
    return found


READER = Reader(
    name="regulations_gov",
    title=later("regulations.gov bulk download"),
    made_by="regulations.gov, 'Bulk data download' of a docket (CSV of 60 columns)",
    known_by="the columns Document ID, Docket ID, Document Type, Posted Date and Comment",
    family="regulations_gov",
    kind="docket",
    recognises=_recognises,
    read=_read,
)
