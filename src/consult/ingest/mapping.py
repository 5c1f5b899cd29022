"""What each column of a table is: as a person says, else as its format has it, else as it seems."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from consult.errors import UserError
from consult.ingest.batch import QUESTION_ROLES, RESPONSE_FIELDS, ColumnRole
from consult.ingest.canonical import fold
from consult.ingest.cells import said
from consult.ingest.guessing import guess
from consult.ingest.headings import key, labels, tidy
from consult.ingest.role_words import word_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from consult.ingest.batch import Role, Sheet

_N_SAMPLES = 3
# The portal writes a matrix row on a line of its own, after a colon.
_MATRIX_ROW = re.compile(r"\S\s*\n\s*:\s*\S")


@dataclass(frozen=True)
class Layout:
    """
    What a known format says about its columns, by folded heading.

    Attributes:
        fields: Heading to field of the respondent.
        texts: Heading to the text of the open question it answers.
        attachments: Headings of columns that hold file names.
        persons: Headings of names and contact details, which are never stored.
        others: What the remaining columns are: questions, or of no use here.
    """

    fields: Mapping[str, str]
    texts: Mapping[str, str]
    attachments: frozenset[str] = frozenset()
    persons: frozenset[str] = frozenset()
    others: str = "questions"


class Overrules(dict[str, "Sequence[str]"]):
    """
    What a person said about columns.

    As a dictionary: field to columns, as `--map FIELD=COLUMN`; a column that is not there is an error.

    Attributes:
        columns: Column to word, as `study.toml` keeps it for one file; columns that are not there are passed over.
        usual: Field to columns, as `study.toml` has it for files it does not name; passed over likewise.
    """

    def __init__(self, mapping: Mapping[str, Sequence[str]] | None = None, kept: Any = None, name: str = "") -> None:
        """
        Bring together what was said.

        Args:
            mapping: Field to columns.
            kept: The table [map] of `study.toml`: file to its columns, and field to columns.
            name: The file.
        """
        super().__init__(mapping or {})
        kept = kept or {}
        own = kept.get(name)
        self.columns = {c: str(w) for c, w in own.items()} if hasattr(own, "items") else {}
        self.usual = {} if self.columns else {f: c for f, c in kept.items() if not hasattr(c, "items")}


def headings_not_there(kept: Mapping[str, Any], columns: Mapping[str, Sequence[str]]) -> list[str]:
    """
    Say which headings in [map] of `study.toml` stand in no source, with those that are spelt most like them.

    Args:
        kept: The table [map]: file to its columns, and field to columns for files it does not name.
        columns: The headings of each source, by its name.
    """
    everywhere = list(dict.fromkeys(heading for headings in columns.values() for heading in headings))
    lines = []
    for name, told in kept.items():
        own = hasattr(told, "items")
        there = columns.get(name, ()) if own else everywhere
        where = f"study.toml, [map], {name}" if own else "study.toml, [map]"
        for heading in told if own or not isinstance(told, str) else [told]:
            if not there or (heading if own else tidy(heading)) in there:
                continue
            near = get_close_matches(heading, there, cutoff=0.5) or list(there)[:10]
            listed = ", ".join(f"'{n}'" for n in near)
            lines.append(
                f"{where}: there is no column '{heading}', so the line was passed over; the nearest are {listed}. "
                "Write it as the source does and ingest again, or give --map FIELD=COLUMN."
            )
    return lines


def column_roles(
    sheet: Sheet, layout: Layout | None = None, mapping: Mapping[str, Sequence[str]] | None = None
) -> tuple[ColumnRole, ...]:
    """
    Say what each column is: as the person mapped it, else as the format has it, else as its values suggest.

    Where `text` is mapped by a person in a table of no known format, no other column is taken for an open
    question; columns that would have been are left out, and shown so. What `study.toml` keeps for the file
    counts where it differs from what would be found now.

    Raises:
        UserError: The mapping names a field or column that does not exist, or no column holds text.
    """
    names = labels(sheet.headings)
    usual = _there(mapping.usual, names) if isinstance(mapping, Overrules) else {}
    told = _told(usual, names, sheet.name) | _told(mapping or {}, names, sheet.name)
    roles = _roles(sheet, layout, told, only_text="text" in {*usual, *(mapping or {})})
    words = mapping.columns if isinstance(mapping, Overrules) else {}
    saved = {r.position: words[r.heading] for r in roles if r.position not in told and r.heading in words}
    if all(saved[r.position] == word_of(r.role, r.field) for r in roles if r.position in saved):
        return roles
    by_hand = {i: _role_of(word, f"study.toml, [map], '{roles[i].heading}'") for i, word in saved.items()}
    return _roles(sheet, layout, {**by_hand, **told}, only_text=False)


def _roles(
    sheet: Sheet, layout: Layout | None, told: Mapping[int, tuple[Role, str | None]], *, only_text: bool
) -> tuple[ColumnRole, ...]:
    names = labels(sheet.headings)
    taken = {field for role, field in told.values() if role == "field" and field}
    roles: list[ColumnRole] = []
    for i, name in enumerate(names):
        values = sheet.cells[i]
        samples = _samples(values)
        if i in told:
            role, field = told[i]
            shown = () if role == "person" else samples
            asked = layout.texts.get(key(name), name) if layout else name
            roles.append(ColumnRole(i, asked, role, field, 1.0, shown, "as mapped"))
            continue
        if not sheet.headings[i].strip() and not said(values).any():
            roles.append(ColumnRole(i, name, "ignored", None, 1.0, (), "no heading and nothing in it"))
            continue
        found = _known(i, name, layout) if layout else None
        if found is None:
            free = layout is None
            found = guess(i, name, values, taken, alone=free and len(names) == 1, fields=free)
        if found.role == "open" and _MATRIX_ROW.search(sheet.headings[i].rstrip()) and _is_short(values):
            found = replace(found, role="closed", confidence=0.9, why="a row of a matrix")
        if found.role == "field" and found.field in taken:
            why = f"another column holds the {found.field}"
            if layout is not None and layout.others == "ignored":
                found = replace(found, role="ignored", field=None, why=why)
            else:
                found = replace(guess(i, name, values, taken, alone=False, fields=False), why=why)
        if found.role == "field" and found.field:
            taken.add(found.field)
        if found.role == "open" and layout is None and only_text:
            found = replace(found, role="ignored", why="not among the columns mapped as text")
        # Samples are shown and kept in study.toml: never a person's name.
        roles.append(replace(found, samples=() if found.role == "person" else samples))
    return tuple(roles)


def require_text(roles: Sequence[ColumnRole], name: str) -> None:
    """
    Check that something can be analysed.

    Raises:
        UserError: No column is an open question and none names files.
    """
    if any(r.role in ("open", "attachment") for r in roles):
        return
    found = ", ".join(f"'{r.heading}'" for r in roles[:20])
    message = (
        f"{name}: no column holds text; found {found or 'no columns'}. "
        "Say which column does: --map text=COLUMN (several times for several open questions)."
    )
    raise UserError(message)


def _told(mapping: Mapping[str, Sequence[str]], names: list[str], where: str) -> dict[int, tuple[Role, str | None]]:
    told: dict[int, tuple[Role, str | None]] = {}
    folded = {fold(n): i for i, n in reversed(list(enumerate(names)))}
    for field, columns in mapping.items():
        role = _role_of(field, f"--map {field}=…")
        for column in [columns] if isinstance(columns, str) else columns:
            if column in names:
                i = names.index(column)
            elif fold(tidy(column)) in folded and fold(tidy(column)):
                i = folded[fold(tidy(column))]
            else:
                listed = ", ".join(f"'{n}'" for n in names[:40])
                message = (
                    f"{where}: there is no column '{column}' to map to {field}; the columns are {listed}. "
                    "Name one of them."
                )
                raise UserError(message)
            told[i] = role
    return told


def _there(mapping: Mapping[str, Any], names: Sequence[str]) -> dict[str, list[str]]:
    """Leave out columns that a file does not have."""
    listed = {f: [c] if isinstance(c, str) else list(c) for f, c in mapping.items()}
    found = {f: [c for c in columns if tidy(c) in names] for f, columns in listed.items()}
    return {f: columns for f, columns in found.items() if columns}


def _role_of(word: str, where: str) -> tuple[Role, str | None]:
    """Return the role that a person's word stands for, and the field where it is one."""
    if word in RESPONSE_FIELDS:
        return "field", word
    if word not in QUESTION_ROLES:
        allowed = ", ".join((*QUESTION_ROLES, *RESPONSE_FIELDS))
        message = f"{where}: '{word}' is not a field; allowed are {allowed}. Correct the name."
        raise UserError(message)
    return QUESTION_ROLES[word], None


def _samples(values: pd.Series) -> tuple[str, ...]:
    head = values.iloc[:2000]
    filled = head[said(head)]
    if filled.empty:
        filled = values[said(values)].iloc[:2000]
    return tuple(" ".join(v.split())[:80] for v in filled.drop_duplicates().iloc[:_N_SAMPLES])


def _known(i: int, name: str, layout: Layout) -> ColumnRole | None:
    """Return what a known format says a column is; None where its heading and values must tell."""
    folded = key(name)
    if folded in layout.persons:
        return ColumnRole(i, name, "person", None, 1.0, (), "names of persons are not stored")
    if folded in layout.fields:
        return ColumnRole(i, name, "field", layout.fields[folded], 1.0, (), "as the format has it")
    if folded in layout.texts:
        return ColumnRole(i, layout.texts[folded], "open", None, 1.0, (), "as the format has it")
    if folded in layout.attachments:
        return ColumnRole(i, name, "attachment", None, 1.0, (), "as the format has it")
    if layout.others == "ignored":
        return ColumnRole(i, name, "ignored", None, 1.0, (), "not used")
    return None


def _is_short(values: pd.Series) -> bool:
    filled = values[said(values)]
    return filled.empty or float(filled.str.len().mean()) <= 60
