"""The codebook: themes that a person has defined, read from a YAML file and checked."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import yaml

from consult.errors import UserError
from consult.text.languages import EU_LANGUAGES
from consult.themes.patterns import Pattern, PatternError, parse_pattern
from consult.themes.strict_yaml import TwiceError, read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

_CODEBOOK_FIELDS = (
    "codebook", "title", "version", "language", "description", "sources", "recall", "changes", "themes",
)  # fmt: skip
_THEME_FIELDS = (
    "id", "name", "parent", "definition", "counts", "does_not_count", "examples",
    "phrases", "exclusions", "rules", "similarity",
)  # fmt: skip
_EXAMPLE_FIELDS = ("language", "text")
_RULE_FIELDS = ("language", "all", "within")
DEFAULT_WITHIN = 8


@dataclass(frozen=True)
class Example:
    """A sentence that a respondent might write."""

    language: str
    text: str


@dataclass(frozen=True)
class Rule:
    """Phrases that count together only: all of them, in any order, within so many words."""

    language: str
    patterns: tuple[Pattern, ...]
    within: int

    @property
    def source(self) -> str:
        """The rule as it is shown beside its evidence."""
        return " + ".join(p.source for p in self.patterns)


@dataclass(frozen=True)
class Theme:
    """
    One idea to look for.

    `phrases` and `exclusions` are by language. `similarity` is the least similarity (0 to 1) at which a
    passage without any phrase is given the theme; None stands for the measured default.
    """

    theme_id: str
    name: str
    definition: str
    parent_id: str | None = None
    counts: tuple[str, ...] = ()
    does_not_count: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()
    phrases: Mapping[str, tuple[Pattern, ...]] = field(default_factory=dict)
    exclusions: Mapping[str, tuple[Pattern, ...]] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    similarity: float | None = None


@dataclass(frozen=True)
class Change:
    """One line of the codebook's history."""

    version: str
    date: str
    by: str
    why: str


@dataclass(frozen=True)
class Codebook:
    """
    Themes in the order of their file; ids are unique and parents exist.

    `recall` is the share of all mentions that the phrases were found to catch on coded texts; None where nobody
    has measured it.
    """

    codebook_id: str
    title: str
    version: str
    language: str
    description: str
    sources: tuple[str, ...]
    themes: tuple[Theme, ...]
    changes: tuple[Change, ...] = ()
    recall: float | None = None

    @cached_property
    def by_id(self) -> dict[str, Theme]:
        """The themes by their ids."""
        return {t.theme_id: t for t in self.themes}

    def ancestors(self, theme_id: str) -> tuple[str, ...]:
        """Return the broader themes of a theme, nearest first."""
        found: list[str] = []
        parent = self.by_id[theme_id].parent_id
        while parent is not None:
            found.append(parent)
            parent = self.by_id[parent].parent_id
        return tuple(found)

    def descendants(self, theme_id: str) -> tuple[str, ...]:
        """Return the narrower themes of a theme, in the order of the codebook."""
        return tuple(t.theme_id for t in self.themes if theme_id in self.ancestors(t.theme_id))

    def themes_table(self) -> pd.DataFrame:
        """Return the table `themes` of the study."""
        from consult import schema

        rows = [
            {"theme_id": t.theme_id, "parent_id": t.parent_id, "name": t.name, "definition": t.definition}
            for t in self.themes
        ]
        return schema.build("themes", rows) if rows else schema.empty("themes")


def _near(word: str, allowed: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(allowed), n=2, cutoff=0.5)
    return f" Did you mean {' or '.join(repr(c) for c in close)}?" if close else ""


class _Checker:
    """Reads one codebook's parts; every fault names the file, the theme and the field."""

    def __init__(self, name: str) -> None:
        self.name = name

    def fail(self, where: str, found: str, allowed: str) -> NoReturn:
        message = f"{self.name}, {where}: {found}; {allowed}"
        raise UserError(message)

    def mapping(self, value: object, where: str, allowed: tuple[str, ...]) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.fail(where, f"{_shown(value)} is not a list of fields",
                            f"expected fields such as '{allowed[0]}: ...'.")  # fmt: skip
        for key in value:
            if key not in allowed:
                self.fail(
                    where,
                    f"there is no field '{key}'",
                    f"the fields are {', '.join(allowed)}.{_near(str(key), allowed)}",
                )
        return value

    def text(self, values: dict[str, Any], key: str, where: str, *, required: bool = False) -> str:
        value = values.get(key)
        if value is None or (isinstance(value, str) and not value.strip()):
            if required:
                self.fail(where, f"the field '{key}' is empty or absent", f"write '{key}: ...'.")
            return ""
        if isinstance(value, (dict, list)):
            self.fail(f"{where}, field '{key}'", "a list was found", "one text is expected.")
        return " ".join(str(value).split())

    def texts(self, values: dict[str, Any], key: str, where: str) -> tuple[str, ...]:
        value = values.get(key)
        if value is None:
            return ()
        if isinstance(value, str):
            return (value,)
        if not isinstance(value, list) or not all(isinstance(v, (str, int, float)) for v in value):
            self.fail(f"{where}, field '{key}'", f"{_shown(value)} was found", "a list of texts is expected.")
        return tuple(str(v) for v in value)

    def language(self, value: object, where: str) -> str:
        if value not in EU_LANGUAGES:
            self.fail(
                where, f"'{value}' is not a language code",
                f"the codes are {', '.join(EU_LANGUAGES)}.{_near(str(value), EU_LANGUAGES)}",
            )  # fmt: skip
        return str(value)

    def pattern(self, source: str, where: str) -> Pattern:
        try:
            return parse_pattern(source)
        except PatternError as error:
            message = f"{self.name}, {where}: {error}. See docs/codebook.md for how to write phrases."
            raise UserError(message) from error

    def patterns(self, values: dict[str, Any], key: str, where: str) -> dict[str, tuple[Pattern, ...]]:
        value = values.get(key)
        if value is None:
            return {}
        place = f"{where}, field '{key}'"
        if not isinstance(value, dict):
            self.fail(place, f"{_shown(value)} was found", "lists by language are expected, such as 'en: [...]'.")
        found: dict[str, tuple[Pattern, ...]] = {}
        for language in value:
            code = self.language(language, place)
            sources = self.texts(value, language, place)
            twice = sorted({s for s in sources if sources.count(s) > 1})
            if twice:
                self.fail(f"{place}, {code}", f"'{twice[0]}' is written twice", "each phrase once is enough.")
            found[code] = tuple(self.pattern(s, f"{place}, {code}") for s in sources)
        return found

    def share(self, values: dict[str, Any], key: str, where: str = "") -> float | None:
        value = values.get(key)
        if value is None:
            return None
        if not (isinstance(value, (int, float)) and 0 < value <= 1):
            self.fail(f"{where}field '{key}'", f"{_shown(value)} was found",
                            "a number above 0 and at most 1 is expected.")  # fmt: skip
        return float(value)

    def examples(self, values: dict[str, Any], where: str) -> tuple[Example, ...]:
        rows = values.get("examples") or []
        place = f"{where}, field 'examples'"
        if not isinstance(rows, list):
            self.fail(place, f"{_shown(rows)} was found", "a list is expected.")
        found = []
        for row in rows:
            fields = self.mapping(row, place, _EXAMPLE_FIELDS)
            code = self.language(fields.get("language"), place)
            found.append(Example(code, self.text(fields, "text", place, required=True)))
        return tuple(found)

    def rules(self, values: dict[str, Any], where: str) -> tuple[Rule, ...]:
        rows = values.get("rules") or []
        place = f"{where}, field 'rules'"
        if not isinstance(rows, list):
            self.fail(place, f"{_shown(rows)} was found", "a list is expected.")
        found = []
        for row in rows:
            fields = self.mapping(row, place, _RULE_FIELDS)
            code = self.language(fields.get("language"), place)
            sources = self.texts(fields, "all", place)
            if len(sources) < 2:
                self.fail(place, f"'all' holds {len(sources)} phrases", "two or more are expected.")
            within = fields.get("within", DEFAULT_WITHIN)
            if not isinstance(within, int) or within < 1:
                self.fail(place, f"'within: {within}' was found", "a whole number of words, 1 or more, is expected.")
            found.append(Rule(code, tuple(self.pattern(s, place) for s in sources), within))
        return tuple(found)

    def theme(self, value: object, position: int) -> Theme:
        where = f"theme {position}"
        fields = self.mapping(value, where, _THEME_FIELDS)
        theme_id = self.text(fields, "id", where, required=True)
        where = f"theme '{theme_id}'"
        return Theme(
            theme_id=theme_id,
            name=self.text(fields, "name", where, required=True),
            definition=self.text(fields, "definition", where, required=True),
            parent_id=self.text(fields, "parent", where) or None,
            counts=self.texts(fields, "counts", where),
            does_not_count=self.texts(fields, "does_not_count", where),
            examples=self.examples(fields, where),
            phrases=self.patterns(fields, "phrases", where),
            exclusions=self.patterns(fields, "exclusions", where),
            rules=self.rules(fields, where),
            similarity=self.share(fields, "similarity", f"{where}, "),
        )

    def family(self, themes: tuple[Theme, ...]) -> None:
        """Check that ids are unique and that parents exist and do not run in a circle."""
        ids = [t.theme_id for t in themes]
        for theme in themes:
            where = f"theme '{theme.theme_id}'"
            if ids.count(theme.theme_id) > 1:
                self.fail(where, "the id is used twice", "give each theme an id of its own.")
            if theme.parent_id is not None and theme.parent_id not in ids:
                self.fail(f"{where}, field 'parent'", f"there is no theme '{theme.parent_id}'",
                                f"the parent must be another theme's id.{_near(theme.parent_id, ids)}")  # fmt: skip
        parents = {t.theme_id: t.parent_id for t in themes}
        for theme in themes:
            seen = {theme.theme_id}
            parent = theme.parent_id
            while parent is not None:
                if parent in seen:
                    self.fail(f"theme '{theme.theme_id}', field 'parent'", f"'{parent}' is broader than itself",
                                    "parents must not run in a circle.")  # fmt: skip
                seen.add(parent)
                parent = parents[parent]


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _changes(checker: _Checker, values: dict[str, Any]) -> tuple[Change, ...]:
    rows = values.get("changes") or []
    if not isinstance(rows, list):
        checker.fail("field 'changes'", f"{_shown(rows)} was found", "a list is expected.")
    names = ("version", "date", "by", "why")
    found = []
    for row in rows:
        fields = checker.mapping(row, "field 'changes'", names)
        found.append(Change(*(checker.text(fields, n, "field 'changes'") for n in names)))
    return tuple(found)


@lru_cache(maxsize=4)  # a run reads the same text several times
def parse_codebook(text: str, name: str) -> Codebook:
    """
    Read a codebook from the text of a YAML file.

    Args:
        text: The file's content.
        name: What to call it in messages, usually the file name.

    Raises:
        UserError: Something in it is not as docs/codebook.md says; the message names the theme and field.
    """
    try:
        data = read_yaml(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "it cannot be read"
        message = (
            f"{name}{line}: this is not YAML ({problem}); "
            "put texts that hold ':' or '#' or start with '*' in quotes and indent with spaces."
        )
        raise UserError(message) from error
    except TwiceError as error:
        message = f"{name}, {error}; each field and each language may stand once. Join the two."
        raise UserError(message) from error
    checker = _Checker(name)
    fields = checker.mapping(data, "the file", _CODEBOOK_FIELDS)
    rows = fields.get("themes")
    if not isinstance(rows, list) or not rows:
        checker.fail("field 'themes'", "no theme was found", "write at least one ('- id: ...').")
    themes = tuple(checker.theme(row, i) for i, row in enumerate(rows, start=1))
    checker.family(themes)
    return Codebook(
        codebook_id=checker.text(fields, "codebook", "the file", required=True),
        title=checker.text(fields, "title", "the file", required=True),
        version=checker.text(fields, "version", "the file") or "1",
        language=checker.language(fields.get("language", "en"), "field 'language'"),
        description=checker.text(fields, "description", "the file"),
        sources=checker.texts(fields, "sources", "the file"),
        themes=themes,
        changes=_changes(checker, fields),
        recall=checker.share(fields, "recall"),
    )


def load_codebook(path: Path | str) -> Codebook:
    """
    Read a codebook file: YAML, or another program's names and definitions (`codebook_files`).

    Raises:
        UserError: The file is absent, is not text, or something in it is not as docs/codebook.md says.
    """
    from consult.themes.codebook_files import codebook_text

    path = Path(path)
    return parse_codebook(codebook_text(path), path.name)
