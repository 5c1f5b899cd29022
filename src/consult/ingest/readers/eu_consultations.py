"""The JSON of eu-consultations: initiatives, their consultations, and the feedback on each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from consult.errors import UserError
from consult.ingest.readers.feedback import batches_of_records
from consult.ingest.readers.reader import Reader

if TYPE_CHECKING:
    from consult.ingest.batch import Batch
    from consult.ingest.material import Material
    from consult.ingest.readers.reader import Map


def _initiatives(data: Any) -> list[dict[str, Any]]:
    found = data if isinstance(data, list) else [data]
    return [i for i in found if isinstance(i, dict) and isinstance(i.get("consultations"), list)]


def _recognises(material: Material) -> float:
    return 0.96 if material.shape == "json" and _initiatives(material.data) else 0.0


def _read(material: Material, mapping: Map) -> list[Batch]:
    batches: list[Batch] = []
    empty = []
    for initiative in _initiatives(material.data):
        for consultation in initiative["consultations"]:
            if not isinstance(consultation, dict):
                continue
            publication = str(consultation.get("id") or "")
            title = " ".join(str(initiative.get("shortTitle") or "").split())
            records = [f if isinstance(f, dict) else {} for f in consultation.get("feedback") or []]
            if not records:
                empty.append(publication or title)
                continue
            records = [{**r, "publicationId": r.get("publicationId") or publication} for r in records]
            ids = {str(r["publicationId"]) for r in records}
            named = {i: _title(title, consultation, i, ids) for i in ids}
            batches.extend(batches_of_records(records, material.path, "eu_consultations", mapping, named))
    if not batches:
        message = (
            f"{material.name}: none of its consultations holds feedback ({', '.join(empty[:5]) or 'none listed'}); "
            "eu-consultations leaves it out above max_feedback. Download it again with a higher limit."
        )
        raise UserError(message)
    return batches


def _title(title: str, consultation: dict[str, Any], publication: str, ids: set[str]) -> str:
    stage = " ".join(str(consultation.get("reference") or consultation.get("type") or "").split())
    more = stage if len(ids) == 1 else publication
    return f"{title} ({more})" if title and more else title or more


READER = Reader(
    name="eu_consultations",
    title="eu-consultations JSON",
    made_by="the Python package eu-consultations (save_to_json)",
    known_by="JSON initiatives with `consultations`, each with `feedback`",
    family="hys_feedback",
    kind="feedback",
    recognises=_recognises,
    read=_read,
)
