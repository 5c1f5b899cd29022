"""The formats that can be read, in the order they are tried where two are equally sure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from consult.errors import UserError
from consult.ingest.readers import (
    eu_consultations,
    eusurvey,
    feedback,
    papers,
    questionnaire,
    regulations,
    surveys,
    table,
    themefinder,
)

if TYPE_CHECKING:
    from consult.ingest.material import Material
    from consult.ingest.readers.reader import Reader

READERS: tuple[Reader, ...] = (
    questionnaire.READER,
    eu_consultations.READER,
    feedback.API,
    feedback.SCRAPER,
    feedback.TABLE,
    surveys.PAGE,
    eusurvey.READER,
    regulations.READER,
    surveys.CITIZEN_SPACE,
    themefinder.READER,
    surveys.POLIS,
    papers.READER,
    table.READER,
)


def choose(material: Material) -> tuple[Reader, float]:
    """
    Choose the reader that is surest.

    Raises:
        UserError: No reader knows what this is.
    """
    sure = [(reader.recognises(material), -i) for i, reader in enumerate(READERS)]
    confidence, order = max(sure)
    if confidence <= 0:
        what = "folder holds no file" if material.shape == "folder" else "file is nothing"
        message = (
            f"{material.name}: the {what} that can be read; expected one of: "
            f"{'; '.join(r.title for r in READERS)}. `consult check --formats` describes them."
        )
        raise UserError(message)
    return READERS[-order], confidence


def recognised_folder(material: Material) -> bool:
    """Whether some reader knows a folder as a whole, rather than file by file."""
    return any(r.recognises(material) > 0 for r in READERS if r.name != papers.READER.name)
