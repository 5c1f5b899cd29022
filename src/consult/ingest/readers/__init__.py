"""The formats that can be read, in the order they are tried where two are equally sure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from consult.errors import UserError
from consult.ingest.batch import Aside
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
    from consult.ingest.batch import Sheet
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


@dataclass(frozen=True)
class Choice:
    """The surest reader, how sure it is, and the material with the sheet it should read first."""

    reader: Reader
    confidence: float
    material: Material


def choose(material: Material) -> Choice:
    """
    Choose the reader that is surest; of a workbook's sheets, the one it is surest about comes first.

    Raises:
        UserError: No reader knows what this is.
    """
    sheets = material.sheets
    turns = [replace(material, sheets=(s, *sheets[:i], *sheets[i + 1 :])) for i, s in enumerate(sheets)] or [material]
    sure = [(r.recognises(turn), -i, -n) for n, turn in enumerate(turns) for i, r in enumerate(READERS)]
    confidence, order, turn = max(sure)
    if confidence <= 0:
        what = "folder holds no file" if material.shape == "folder" else "file is nothing"
        message = (
            f"{material.name}: the {what} that can be read; expected one of: "
            f"{'; '.join(r.title for r in READERS)}. `consult check --formats` describes them."
        )
        raise UserError(message)
    return Choice(READERS[-order], confidence, turns[-turn])


def recognised_folder(material: Material) -> bool:
    """Whether some reader knows a folder as a whole, rather than file by file."""
    return any(r.recognises(material) > 0 for r in READERS if r.name != papers.READER.name)


def unread_sheets(chosen: Choice) -> tuple[Aside, ...]:
    """Set aside the sheets of a workbook that were left out, if any; EUSurvey's are read side by side."""
    sheets = chosen.material.sheets
    if len(sheets) < 2 or chosen.reader.name == eusurvey.READER.name:
        return ()
    read = table.sheet_in(chosen.material) if chosen.reader.name in _LARGEST else sheets[0]
    why = f"only {_named(read)} was read; to read another sheet too, save it as a file of its own"
    return tuple(
        Aside(None, f"sheet {_named(s)}", f"{_named(s)} ({s.n_rows} rows): {why}") for s in sheets if s is not read
    )


def _named(sheet: Sheet) -> str:
    return sheet.name.rsplit(", sheet ", 1)[-1]


# Readers that take a workbook's largest sheet rather than the one with known headings.
_LARGEST = frozenset({table.READER.name, surveys.PAGE.name})
