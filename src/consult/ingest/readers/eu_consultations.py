"""The JSON of eu-consultations: initiatives, their consultations, and the feedback on each."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from consult.errors import UserError
from consult.ingest.batch import Aside
from consult.ingest.readers.feedback import batches_of_records
from consult.ingest.readers.reader import Reader

if TYPE_CHECKING:
    from consult.ingest.batch import Batch
    from consult.ingest.material import Material
    from consult.ingest.readers.reader import Map


def _initiatives(data: Any) -> list[dict[str, Any]]:
    found = data if isinstance(data, list) else [data]
    return [i for i in found if isinstance(i, dict) and isinstance(i.get("consultations", 0), list | None)]


def _recognises(material: Material) -> float:
    found = _initiatives(material.data) if material.shape == "json" else []
    return 0.96 if any(i.get("consultations") or "shortTitle" in i for i in found) else 0.0


def _read(material: Material, mapping: Map) -> list[Batch]:
    batches: list[Batch] = []
    empty: list[str] = []
    missing: list[Aside] = []
    for initiative in _initiatives(material.data):
        title = " ".join(str(initiative.get("shortTitle") or "").split())
        for consultation in initiative["consultations"] or []:
            if not isinstance(consultation, dict):
                continue
            publication = str(consultation.get("id") or "")
            records = [f if isinstance(f, dict) else {} for f in consultation.get("feedback") or []]
            missing += _missing(publication or title, consultation.get("totalFeedback"), len(records))
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
    return [replace(batches[0], asides=(*batches[0].asides, *missing)), *batches[1:]]


def _missing(publication: str, total: Any, n: int) -> list[Aside]:
    """Say where the portal has more feedback than the file."""
    if not isinstance(total, int) or total <= n:
        return []
    reason = (
        f"the portal has {total} responses to it, this file has {n}: eu-consultations leaves them out above "
        "max_feedback; download it again with a higher limit"
    )
    return [Aside(None, f"publication {publication}", reason)]


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
