"""Codebooks of other programs: REFI-QDA (.qdc), a table of names and descriptions (.csv), ThemeFinder's themes."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from consult.errors import UserError

NAMESPACES = ("urn:QDA-XML:codebook:1.0", "urn:QDA-XML:project:1.0")
#: Likeness that gives a theme that is known by name and definition only. On two coded consultations, 0.2 was best
#: or next to best for such codebooks; with phrases the limit is higher, since likeness then has less to do.
SIMILARITY_BY_NAME = 0.2
#: Words of a name may stand so far apart.
_WITHIN = 6
_NAMES = ("name", "theme", "code", "tag", "path", "topic_label", "label", "title")
_DESCRIPTIONS = ("description", "definition", "topic_description", "memo", "comment")
_PARENTS = ("parent", "broader theme", "category")
_COUNTS, _NOT = "Counts: ", "Does not count: "


@dataclass
class _Code:
    """One code of another program's codebook."""

    name: str
    description: str = ""
    parent: str | None = None
    theme_id: str = ""
    counts: list[str] = field(default_factory=list)
    does_not_count: list[str] = field(default_factory=list)


def codebook_text(path: Path) -> str:
    """
    Return a codebook file as YAML: its own text, or made from another program's names and descriptions.

    Of .qdc and .csv files and ThemeFinder's themes.json, each theme gets the words of its name as phrases and a
    lower limit of likeness, since nothing else is known of it.

    Raises:
        UserError: The file is absent, cannot be read, or holds no theme.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        message = f"{path}: there is no such file; expected a codebook (YAML, .qdc or .csv). Check the path."
        raise UserError(message) from error
    except OSError as error:
        message = f"{path}: it cannot be read ({error.strerror or error}); expected a codebook (YAML, .qdc or .csv)."
        raise UserError(message) from error
    kind = path.suffix.lower()
    try:
        text = "" if kind == ".qdc" else content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"{path}: it cannot be read as UTF-8 text; expected a codebook. Save it as UTF-8."
        raise UserError(message) from error
    if kind == ".qdc":
        codes = _codes_of_refi(content, path.name)
    elif kind in (".csv", ".tsv"):
        codes = _codes_of_table(text, path.name)
    elif kind == ".json":
        codes = _codes_of_themefinder(text, path.name)
    else:
        return text
    if not codes:
        message = f"{path.name}: no theme was found; expected at least one with a name. Take another file."
        raise UserError(message)
    return _as_yaml(codes, path)


def slug(name: str) -> str:
    """
    Return an id made of a name.

    >>> slug("Public transport (local)")
    'public-transport-local'
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", "-", plain).strip("-") or "theme"


def _codes_of_refi(content: bytes, name: str) -> list[_Code]:
    from defusedxml import ElementTree
    from defusedxml.common import DefusedXmlException

    try:
        root = ElementTree.fromstring(content)
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as error:
        message = f"{name}: this is not XML ({error}); expected a REFI-QDA codebook. Export it again."
        raise UserError(message) from error
    space = root.tag[1:].partition("}")[0] if root.tag.startswith("{") else ""
    if space not in NAMESPACES:
        message = f"{name}: '{root.tag}' was found; expected a REFI-QDA codebook ({NAMESPACES[0]}). Export it as .qdc."
        raise UserError(message)
    found: list[_Code] = []

    def walk(element: Any, parent: str | None) -> None:
        for code in element.findall(f"{{{space}}}Code"):
            told = code.findtext(f"{{{space}}}Description") or ""
            one = _Code(" ".join((code.get("name") or "").split()), parent=parent)
            rest = []
            for line in told.splitlines():
                if line.startswith(_COUNTS):
                    one.counts.append(line.removeprefix(_COUNTS))
                elif line.startswith(_NOT):
                    one.does_not_count.append(line.removeprefix(_NOT))
                else:
                    rest.append(line)
            one.description = " ".join(" ".join(rest).split())
            if one.name:
                one.theme_id = _free(slug(one.name), {c.theme_id for c in found})
                found.append(one)
            walk(code, one.theme_id or parent)

    for codes in root.iter(f"{{{space}}}Codes"):
        walk(codes, None)
    return found


def _free(name: str, taken: set[str]) -> str:
    """Return an id that is not taken yet."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free


def _codes_of_table(text: str, name: str) -> list[_Code]:
    head = text.split("\n", 1)[0]
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=max("\t;,", key=head.count)))
    columns = {(c or "").strip().casefold(): c for c in (rows[0] if rows else {})}
    named = next((columns[c] for c in _NAMES if c in columns), None)
    if named is None:
        message = (
            f"{name}: no column with names was found (columns: {', '.join(columns) or 'none'}); expected 'name' and "
            "'description', one row a theme. Name the columns so."
        )
        raise UserError(message)
    told = next((columns[c] for c in _DESCRIPTIONS if c in columns), None)
    above = next((columns[c] for c in _PARENTS if c in columns), None)
    records = [
        {
            "id": row.get(columns.get("id", ""), "") or "",
            "name": row[named] or "",
            "description": (row[told] or "") if told else "",
            "parent": (row[above] or "") if above else "",
        }
        for row in rows
    ]
    return _codes_of_records(records, name)


def _codes_of_records(records: list[dict[str, str]], name: str) -> list[_Code]:
    found: list[_Code] = []
    for number, record in enumerate(records, start=1):
        label = " ".join(record["name"].split())
        if not label:
            if any(value.strip() for value in record.values()):
                message = f"{name}, row {number + 1}: a theme without a name was found; each needs one. Add it."
                raise UserError(message)
            continue
        wanted = slug(record.get("id") or label)
        if any(c.name.casefold() == label.casefold() for c in found):
            message = f"{name}, row {number + 1}: the name '{label}' is there twice; each theme needs its own."
            raise UserError(message)
        told = " ".join(record["description"].split())
        code = _Code(label, told, record.get("parent", "").strip() or None)
        code.theme_id = _free(wanted, {c.theme_id for c in found})
        found.append(code)
    ids = {c.theme_id for c in found}
    by_name = {c.name.casefold(): c.theme_id for c in found}
    for code in found:
        if code.parent:
            parent = by_name.get(code.parent.casefold(), slug(code.parent))
            if parent not in ids:
                message = f"{name}, theme '{code.name}': there is no theme '{code.parent}' to be its parent. Add a row."
                raise UserError(message)
            code.parent = parent
    return found


def _codes_of_themefinder(text: str, name: str) -> list[_Code]:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        message = f"{name}: this is not JSON ({error.msg}); expected ThemeFinder's themes.json. Export it again."
        raise UserError(message) from error
    rows = data if isinstance(data, list) else data.get("themes", []) if isinstance(data, dict) else []
    records = [
        {
            "name": str(next((row[k] for k in ("topic_label", "theme_name", "name") if row.get(k)), "")),
            "description": str(
                next((row[k] for k in ("topic_description", "theme_description", "description") if row.get(k)), "")
            ),
        }
        for row in rows
        if isinstance(row, dict)
    ]
    return _codes_of_records(records, name)


def _as_yaml(codes: list[_Code], path: Path) -> str:
    from consult.text.languages import EU_LANGUAGES, identify

    spoken = identify(" ".join(f"{c.name}. {c.description}" for c in codes)).language
    language = spoken if spoken in EU_LANGUAGES else "en"
    title = path.stem.replace("_", " ").replace("-", " ").strip() or "Codebook"
    themes = []
    for code in codes:
        theme: dict[str, Any] = {"id": code.theme_id, "name": code.name}
        if code.parent:
            theme["parent"] = code.parent
        theme["definition"] = code.description or code.name
        theme |= {key: value for key in ("counts", "does_not_count") if (value := getattr(code, key))}
        theme["similarity"] = SIMILARITY_BY_NAME
        theme |= _of_name(code.name, language)
        themes.append(theme)
    codebook = {
        "codebook": slug(path.stem),
        "title": title,
        "version": "1",
        "language": language,
        "description": f"Made from {path.name}: names and definitions only. Add phrases and examples where you can.",
        "themes": themes,
    }
    note = f"# Made from {path.name}. How to go on with it: docs/codebook.md\n"
    return note + yaml.safe_dump(codebook, allow_unicode=True, sort_keys=False, width=110)


def _of_name(name: str, language: str) -> dict[str, Any]:
    """Return phrases or a rule made of the words of a name: one word as a stem, several near each other."""
    from consult.text.stopwords import stop_words

    stop = stop_words(language)
    main = re.sub(r"\([^)]*\)", " ", name)
    words = [w for w in re.findall(r"[^\W\d_]+", main.casefold()) if w not in stop and len(w) > 1]
    words = list(dict.fromkeys(words))
    stems = [f"{word}*" if len(word) >= 4 else word for word in words]
    if len(words) == 1:
        return {"phrases": {language: stems}}
    return {"rules": [{"language": language, "all": stems, "within": _WITHIN}]} if words else {}
