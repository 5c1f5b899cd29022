"""
Bring the catalogues of the interface's languages up to date: `python scripts/catalogues.py`.

Every text given to `say`, `say_n` or `later` gets an entry in each `src/consult/translation/LANGUAGE.po`; entries
that no text asks for any more are taken out. Lists what is not translated yet, and exits 1 if there is any.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment, nodes

SOURCE = Path(__file__).parent.parent / "src" / "consult"
CATALOGUES = SOURCE / "translation"
LANGUAGES = ("fr", "de", "es", "it", "pl")


def extracted() -> Catalog:
    """Return every text that can be shown in another language, in the order of the files."""
    found = Catalog(fuzzy=False)
    for path in sorted(SOURCE.rglob("*.py")):
        for text in texts_in(ast.parse(path.read_text(encoding="utf-8"))):
            _add(found, text, path)
    for path in sorted(SOURCE.rglob("*.j2")):
        for call in Environment(autoescape=True).parse(path.read_text(encoding="utf-8")).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "say":
                _add(found, call.args[0].as_const(), path)
    return found


def texts_in(tree: ast.AST) -> Iterator[str | tuple[str, str]]:
    """Yield the texts given to `say`, `say_n` and `later` as they stand in the source, pairs for plurals."""
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
    for call in sorted(calls, key=lambda n: (n.lineno, n.col_offset)):
        given = [a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if call.func.id == "say_n":
            yield (given[0], given[1])
        elif call.func.id in ("say", "later") and given and given[0]:
            yield given[0]


def _add(found: Catalog, text: str | tuple[str, str], path: Path) -> None:
    place = (path.relative_to(SOURCE).as_posix(), 0)
    before = found.get(text)
    if before is not None and isinstance(text, tuple) != before.pluralizable:
        message = f"{place[0]}: {text!r} is in the catalogue with and without a plural; word one differently."
        raise SystemExit(message)
    found.add(text, locations=[place] if before is None or place not in before.locations else ())


def kept(language: str) -> Catalog:
    """Return a catalogue as it stands."""
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def updated(language: str, wanted: Catalog) -> Catalog:
    """Return a catalogue with exactly the entries wanted; translations are kept."""
    before = kept(language)
    made = Catalog(locale=language, project="consult", fuzzy=False, charset="utf-8")
    for message in wanted:
        if not message.id:
            continue
        old = before.get(message.id)
        empty = ("",) * made.num_plurals if message.pluralizable else ""
        same = old is not None and old.pluralizable == message.pluralizable
        made.add(message.id, old.string if same else empty, locations=message.locations)
    return made


def missing(catalogue: Catalog) -> list[str]:
    """Return the texts that a catalogue does not translate, in all forms."""
    texts = [(m.id, m.string if isinstance(m.string, tuple) else (m.string,)) for m in catalogue if m.id]
    return [text if isinstance(text, str) else text[0] for text, strings in texts if not all(strings)]


def write(catalogue: Catalog, path: Path) -> None:
    """Write a catalogue without dates, so that the same texts give the same file."""
    with path.open("wb") as file:
        head = (
            'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
            f'"Language: {catalogue.locale_identifier}\\n"\n"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
        )
        file.write(head.encode())
        write_po(file, catalogue, omit_header=True, include_lineno=False, width=110)


def main() -> int:
    """Update every catalogue and list what is missing."""
    wanted = extracted()
    status = 0
    for language in LANGUAGES:
        made = updated(language, wanted)
        write(made, CATALOGUES / f"{language}.po")
        gaps = missing(made)
        status |= bool(gaps)
        print(f"{language}: {len(made)} texts, {len(gaps)} not translated")
        for text in gaps[:20]:
            print(f"  {text}")
    return status


if __name__ == "__main__":
    sys.exit(main())
