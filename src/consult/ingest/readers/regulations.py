"""The bulk download of a docket on regulations.gov."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from consult.ingest.batch import Named
from consult.ingest.canonical import fold
from consult.ingest.cells import said
from consult.ingest.mapping import Layout, column_roles
from consult.ingest.readers.reader import Reader, headings_of
from consult.ingest.readers.table import objects_in
from consult.ingest.records import flattened, sheet_of_records
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
        "id": "reference", "documentid": "reference", "receivedate": "submitted_at", "organization": "organisation",
    },
    texts={"comment": "Comment"},
    persons=frozenset({
        "first name", "last name", "city", "zip postal code", "submitter representative", "authors",
        "representative s address", "representative s city state zip", "firstname", "lastname", "zip", "address1",
        "address2", "email", "phone", "fax", "submitterrep", "submitterrepaddress", "submitterrepcitystate",
    }),
    others="ignored",
)  # fmt: skip
_NEEDS = {"document id", "docket id", "document type", "posted date", "comment"}
# The names that the site's API has for them.
_NEEDS_OF_API = {"docketid", "posteddate", "comment"}
# What a docket is called after, the surest first.
_TITLED_BY = ("proposed rule", "rule", "notice")


def _layout(sheet: Sheet) -> Layout:
    """Return the layout; where no comment says when it was received, the day it was posted counts."""
    received = column(sheet, "Received Date", "receiveDate")
    if received is not None and said(received).any():
        return LAYOUT
    fields = {h: f for h, f in LAYOUT.fields.items() if f != "submitted_at"}
    return replace(LAYOUT, fields={**fields, "posted date": "submitted_at", "posteddate": "submitted_at"})


def _records(material: Material) -> list[dict[str, Any]]:
    """Return the objects of the site's API; none where the JSON is something else."""
    objects = objects_in(material.data)
    inner = [o.get("attributes") for o in objects]
    return objects if all(isinstance(a, dict) and "docketId" in a for a in inner) else []


def _recognises(material: Material) -> float:
    if material.shape == "json":
        have = frozenset(fold(k) for k in {key for record in _records(material) for key in record["attributes"]})
    else:
        have = headings_of(material.sheets[0]) if material.sheets else frozenset()
    return 0.95 if have >= _NEEDS or have >= _NEEDS_OF_API else 0.0


def _read(material: Material, mapping: Map) -> list[Batch]:
    is_json = material.shape == "json"
    sheet = sheet_of_records(material.name, flattened(_records(material))) if is_json else material.sheets[0]
    kind = column(sheet, "Document Type", "documentType")
    title = column(sheet, "Title")
    notice = (kind.str.strip() != "Public Submission").to_numpy() if kind is not None and said(kind).any() else None
    call = None
    if kind is not None and title is not None and notice is not None and notice.any():
        ranks = kind.str.strip().str.lower().map({t: i for i, t in enumerate(_TITLED_BY)}).fillna(len(_TITLED_BY))
        first = ranks[notice] == ranks[notice].min()
        call = " ".join(min(title[notice][first]).split()) or None
    dockets = column(sheet, "Docket ID", "docketId")
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
    withdrawn, text = column(sheet, "Is Withdrawn?", "withdrawn"), column(sheet, "Comment")
    if withdrawn is not None and text is not None:
        gone = withdrawn.str.strip().str.lower().isin(("true", "yes")) & ~said(text)
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
    known_by="the columns Document ID, Docket ID, Document Type, Posted Date and Comment, or the API's names for them",
    family="regulations_gov",
    kind="docket",
    recognises=_recognises,
    read=_read,
)
