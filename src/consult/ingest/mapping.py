"""What each column of a table is: a field of the respondent, a question, a person's name, or nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any

from consult.errors import UserError
from consult.ingest.batch import QUESTION_ROLES, RESPONSE_FIELDS, ColumnRole
from consult.ingest.canonical import country, fold, language, stakeholder_type
from consult.ingest.cells import MAIL_ADDRESS, few, said
from consult.ingest.classify import classify
from consult.ingest.dates import looks_like_dates
from consult.ingest.labels import FIELD_HEADINGS, PERSON_HEADINGS
from consult.ingest.role_words import word_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from consult.ingest.batch import Role, Sheet

_GUESSABLE = 0.6
_N_SAMPLES = 3
_CODE = re.compile(r"(?=.*\d)[\w.+/-]{2,40}")
# The portal writes a matrix row on a line of its own, after a colon.
_MATRIX_ROW = re.compile(r"\S\s*\n\s*:\s*\S")
_PERSON_QUESTION = re.compile(
    r"(?:(?:what is|please (?:enter|provide|give|state|tell us|specify)|enter|provide) )?"
    r"(?:your |the |respondent s? ?)?"
    r"(?:(?:full |first |last |family |given |sur ?|contact )?name(?: and surname)?|e ?mail(?: address)?|"
    r"(?:tele)?phone(?: number)?|contact details?|home address|postal address)(?: optional| this won t be published)?"
)
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)


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


def tidy(heading: str) -> str:
    r"""
    Write a heading on one line; a matrix row follows its question after a colon.

    >>> tidy("How important is it?\n: More skills\n")
    'How important is it?: More skills'
    """
    text = re.sub(r"\s*\n\s*:\s*", ": ", heading.replace("\r\n", "\n").strip("\ufeff"))
    return " ".join(text.split())


def labels(headings: Sequence[str]) -> list[str]:
    """Return headings that differ: the second of two alike is written with [2] after it."""
    seen: dict[str, int] = {}
    result = []
    for i, heading in enumerate(headings):
        text = tidy(heading) or f"column {i + 1}"
        seen[text] = seen.get(text, 0) + 1
        result.append(text if seen[text] == 1 else f"{text} [{seen[text]}]")
    return result


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
            asked = layout.texts.get(_key(name), name) if layout else name
            roles.append(ColumnRole(i, asked, role, field, 1.0, shown, "as mapped"))
            continue
        if not sheet.headings[i].strip() and not said(values).any():
            roles.append(ColumnRole(i, name, "ignored", None, 1.0, (), "no heading and nothing in it"))
            continue
        found = _known(i, name, layout, values) if layout else None
        if found is None:
            guess_fields = layout is None
            found = _guess(i, name, values, taken, alone=len(names) == 1, fields=guess_fields)
        if found.role == "open" and _MATRIX_ROW.search(sheet.headings[i].rstrip()) and _is_short(values):
            found = replace(found, role="closed", confidence=0.9, why="a row of a matrix")
        if found.role == "field" and found.field in taken:
            why = f"another column holds the {found.field}"
            if layout is not None and layout.others == "ignored":
                found = replace(found, role="ignored", field=None, why=why)
            else:
                found = replace(_guess(i, name, values, taken, alone=False, fields=False), why=why)
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


def _key(name: str) -> str:
    """Return a column's name as formats know it: folded, without the [2] that tells columns apart."""
    return fold(re.sub(r" \[\d+\]$", "", name))


def _samples(values: pd.Series) -> tuple[str, ...]:
    head = values.iloc[:2000]
    filled = head[said(head)]
    if filled.empty:
        filled = values[said(values)].iloc[:2000]
    return tuple(" ".join(v.split())[:80] for v in filled.drop_duplicates().iloc[:_N_SAMPLES])


def _known(i: int, name: str, layout: Layout, values: pd.Series) -> ColumnRole | None:
    key = _key(name)
    if key in layout.persons:
        return ColumnRole(i, name, "person", None, 1.0, (), "names of persons are not stored")
    if key in layout.fields:
        return ColumnRole(i, name, "field", layout.fields[key], 1.0, (), "as the format has it")
    if key in layout.texts:
        return ColumnRole(i, layout.texts[key], "open", None, 1.0, (), "as the format has it")
    if key in layout.attachments:
        return ColumnRole(i, name, "attachment", None, 1.0, (), "as the format has it")
    if layout.others == "ignored":
        return ColumnRole(i, name, "ignored", None, 1.0, (), "not used")
    if _asks_for_person(key):
        return ColumnRole(i, name, "person", None, 0.8, (), "names of persons are not stored")
    if _are_mail_addresses(values):
        return ColumnRole(i, name, "person", None, 0.9, (), "e-mail addresses are not stored")
    kind, confidence, why = classify(name, values)
    return ColumnRole(i, name, kind, None, confidence, (), why)


@cache
def _heading_fields() -> dict[str, str]:
    return {fold(h): field for field, headings in FIELD_HEADINGS.items() for h in headings}


@cache
def _person_headings() -> frozenset[str]:
    return frozenset(fold(h) for h in PERSON_HEADINGS)


def _asks_for_person(key: str) -> bool:
    """Whether a folded heading asks for a name, e-mail address or telephone number."""
    return bool(_PERSON_QUESTION.fullmatch(key))


def _are_mail_addresses(values: pd.Series) -> bool:
    """Whether a column holds hardly anything but e-mail addresses, whatever its heading."""
    # Hardly any column has the sign at all, and this runs on columns of millions.
    signed = values[values.str.contains("@", regex=False).astype(bool)]
    if not len(signed):
        return False
    addresses = signed.str.strip().str.fullmatch(rf"(?:mailto:)?{MAIL_ADDRESS}").sum()
    return bool(addresses >= 0.8 * said(values).sum())


def _guess(i: int, name: str, values: pd.Series, taken: set[str], *, alone: bool, fields: bool) -> ColumnRole:
    if not alone:
        found = _guess_field(i, name, values, taken) if fields else None
        if found is None and _asks_for_person(_key(name)):
            found = ColumnRole(i, name, "person", None, 0.8, (), "names of persons are not stored")
        if found is None and _are_mail_addresses(values):
            found = ColumnRole(i, name, "person", None, 0.9, (), "e-mail addresses are not stored")
        if found is not None:
            return found
    kind, confidence, why = classify(name, values)
    if alone and kind == "closed" and confidence < 0.95 and not _all_numbers(values):
        kind, confidence, why = "open", 0.6, "the only column"
    if fields and kind == "closed" and _different_codes(values):
        return ColumnRole(i, name, "ignored", None, 0.6, (), "an address or code, another in every row")
    return ColumnRole(i, name, kind, None, confidence, (), why)


def _guess_field(i: int, name: str, values: pd.Series, taken: set[str]) -> ColumnRole | None:
    key = _key(name)
    field = _heading_fields().get(key)
    if field is not None and field not in taken:
        sure = _fits(field, values)
        if sure >= _GUESSABLE:
            return ColumnRole(i, name, "field", field, sure, (), "by its heading and values")
    if key in _person_headings():
        if key == "name" and "reference" not in taken and _codes(values) > 0.9:
            return ColumnRole(i, name, "field", "reference", 0.7, (), "codes, not names")
        return ColumnRole(i, name, "person", None, 0.9, (), "names of persons are not stored")
    field = None if name.rstrip().endswith("?") else _by_values(values, taken)
    return None if field is None else ColumnRole(i, name, "field", field, 0.65, (), "by its values")


def _by_values(values: pd.Series, taken: set[str]) -> str | None:
    """Return the field that values in any language show a column to be, whatever its heading; None if none."""
    sample = few(values, 100)
    if len(sample) < 2:
        return None
    if "stakeholder_type" not in taken:
        kinds = [stakeholder_type(v, exact=True) for v in sample]
        if sum(k not in (None, "other", "unknown") for k in kinds) >= 0.8 * len(kinds):
            return "stakeholder_type"
    # Short codes are also words: NO, IT, IS.
    if "country" not in taken and all(len(v.strip()) > 3 for v in sample):
        return "country" if _share_known(sample, country) >= 0.9 else None
    return None


def _filled(values: pd.Series) -> pd.Series:
    return values[said(values)]


def _all_numbers(values: pd.Series) -> bool:
    filled = _filled(values)
    return bool(len(filled)) and bool(filled.str.fullmatch(r"\s*[-+]?[\d.,]+\s*").all())


def _codes(values: pd.Series) -> float:
    sample = few(values, 200)
    return float(sample.map(lambda v: bool(_CODE.fullmatch(v.strip()))).mean()) if len(sample) else 0.0


def _different_codes(values: pd.Series) -> bool:
    filled = _filled(values)
    if len(filled) < 3 or filled.nunique() < 0.95 * len(filled):
        return False
    if len(filled) < 10 and not filled.str.fullmatch(r"\S*[A-Za-z]\S*\d\S*|https?://\S+").all():
        return False
    sample = few(filled, 200)
    return bool(sample.map(lambda v: bool(_CODE.fullmatch(v.strip()) or _ADDRESS.fullmatch(v.strip()))).mean() > 0.9)


def _is_short(values: pd.Series) -> bool:
    filled = values[said(values)]
    return filled.empty or float(filled.str.len().mean()) <= 60


def _share_known(values: pd.Series, function: Callable[[str], str | None]) -> float:
    sample = few(values, 100)
    if not len(sample):
        return 0.7
    return sum(function(v) is not None for v in sample) / len(sample)


def _fits(field: str, values: pd.Series) -> float:
    """How well the values suit the field that a heading names, 0 to 1."""
    if field == "submitted_at":
        return looks_like_dates(values) if len(_filled(values)) else 0.7
    if field == "country":
        return _share_known(values, country)
    if field == "declared_language":
        return _share_known(values, language)
    if field == "stakeholder_type":
        return max(0.6, _share_known(values, stakeholder_type))
    filled = _filled(values)
    if field == "reference":
        words = filled.str.count(r"\s").mean() if len(filled) else 0.0
        return 0.9 if len(filled) and words < 1.5 and filled.nunique() >= 0.5 * len(filled) else 0.3
    if field == "anonymous":
        return 0.8 if filled.nunique() <= 4 else 0.2
    return 0.85 if not len(filled) or filled.str.len().mean() < 120 else 0.3
