"""From a sheet whose columns are understood to a batch of responses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from consult.ingest.batch import RESPONSE_FIELDS, Aside, Batch, Named, Question
from consult.ingest.cells import SPREADSHEET_ERRORS
from consult.ingest.headings import tidy

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from consult.ingest.batch import ColumnRole, Sheet

_JOINT = re.compile(r"\s*[;|\n]\s*")


def batch_of(
    sheet: Sheet,
    roles: Sequence[ColumnRole],
    *,
    path: Path,
    format: str,  # noqa: A002 - the table's column is called so
    family: str,
    kind: str,
    identity: Sequence[str] = (),
    title: str | None = None,
    call: str | None = None,
    left_out: Sequence[tuple[np.ndarray, str]] = (),
    named: Sequence[Named] = (),
    folders: Sequence[Path] = (),
) -> Batch:
    """
    Make a batch: fields and questions side by side, spreadsheet errors and left-out rows set aside.

    Args:
        sheet: The table.
        roles: What each of its columns is.
        path: The file or folder.
        format: Name of the reader.
        family: Formats of one family can hold the same consultation.
        kind: What sort of call it was.
        identity: Publication ids, where the source has any.
        title: Title given in the source.
        call: What to call it where it has no title.
        left_out: Masks over the sheet's rows, each with the reason why those are no responses.
        named: Attachments that rows name beside those in attachment columns; indices count the rows of
            `sheet`.
        folders: Folders in which attachments may lie.
    """
    keep = np.ones(len(sheet.rows), dtype=bool)
    asides = list(sheet.asides)
    for mask, reason in (*_headings_again(sheet), *left_out):
        asides.extend(Aside(int(n), "row", reason) for n in sheet.rows[mask & keep])
        keep = keep & ~mask
    cells = sheet.cells if keep.all() else sheet.cells[keep].reset_index(drop=True)
    rows = sheet.rows[keep]
    fields: dict[str, pd.Series] = {}
    questions: list[Question] = []
    files: list[Named] = []
    persons: list[tuple[str, pd.Series]] = []
    where = np.cumsum(keep) - 1
    for role in roles:
        values = cells[role.position]
        if role.role == "person":
            persons.append((role.heading, values))
        if role.role in ("person", "ignored"):
            continue
        broken = values.isin(SPREADSHEET_ERRORS)
        if broken.any():
            what = values[broken].iloc[0]
            reason = f"'{what}': the spreadsheet lost what was written here; this is not an answer"
            asides.extend(Aside(int(n), f"cell '{role.heading}'", reason) for n in rows[broken.to_numpy()])
            values = values.mask(broken, "")
        if role.role == "field" and role.field is not None:
            fields[role.field] = values
        elif role.role == "attachment":
            files.extend(
                Named(i, name, question=len(questions))
                for i, v in enumerate(values)
                if v.strip()
                for name in split_names(v)
            )
            questions.append(Question(_asked(sheet, role), "attachment", values))
        else:
            questions.append(Question(_asked(sheet, role), role.role, values))  # type: ignore[arg-type]
    files.extend(Named(int(where[n.index]), n.name, n.keys, n.question, n.text) for n in named if keep[n.index])
    frame = pd.DataFrame({f: fields[f] for f in RESPONSE_FIELDS if f in fields}, index=cells.index)
    return Batch(
        name=path.name, path=path, format=format, family=family, kind=kind, fields=frame,
        questions=tuple(questions), rows=rows, n_rows=sheet.n_rows, identity=tuple(identity), title=title,
        call=call, asides=tuple(asides), notes=sheet.notes, named=tuple(files), folders=tuple(folders),
        columns=tuple(roles), persons=tuple(persons),
    )  # fmt: skip


def _headings_again(sheet: Sheet) -> list[tuple[np.ndarray, str]]:
    """Rows that repeat the headings, as in files that were joined end to end."""
    if len(sheet.headings) < 2:
        return []
    same = np.ones(len(sheet.rows), dtype=bool)
    for i, heading in enumerate(sheet.headings):
        same &= (sheet.cells[i] == heading).to_numpy()
        if not same.any():
            return []
    return [(same, "the headings again, not a response")]


def _asked(sheet: Sheet, role: ColumnRole) -> str:
    """Return the question as asked: a repeated heading without the [2] that tells columns apart."""
    heading = tidy(sheet.headings[role.position])
    return heading if heading and role.heading.startswith(f"{heading} [") else role.heading


def split_names(cell: str) -> list[str]:
    """
    Split a cell of file names or addresses into names.

    >>> split_names("a.pdf; b c.docx")
    ['a.pdf', 'b c.docx']
    """
    parts = [p.strip().strip('"') for whole in _JOINT.split(cell) for p in _by_comma(whole)]
    names = [p.rstrip("/").rsplit("/", 1)[-1] if "://" in p else p for p in parts if p]
    return list(dict.fromkeys(names))


def _by_comma(text: str) -> list[str]:
    """Split at commas only where every part ends like a file: 'Our paper, final.pdf' is one name."""
    parts = text.split(",")
    return parts if all(re.search(r"\.\w{2,5}\s*$", p) for p in parts) else [text]


def column(sheet: Sheet, *headings: str) -> pd.Series | None:
    """Return the first column with one of these headings (folded), or None."""
    from consult.ingest.canonical import fold

    wanted = {fold(h) for h in headings}
    for i, heading in enumerate(sheet.headings):
        if fold(heading) in wanted:
            found: pd.Series = sheet.cells[i]
            return found
    return None
