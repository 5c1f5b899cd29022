"""
Bring the catalogues of the interface's languages up to date: `python scripts/catalogues.py`.

Every text given to `say`, `say_n` or `later` gets an entry in each `src/consult/translation/LANGUAGE.po`; entries
that no text asks for any more are taken out. Lists what is not translated yet, and exits 1 if there is any.
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

SOURCE = Path(__file__).parent.parent / "src" / "consult"
CATALOGUES = SOURCE / "translation"
LANGUAGES = ("fr", "de", "es", "it", "pl")
KEYWORDS = {"say": None, "say_n": (1, 2), "later": None}
METHODS = [("**.py", "python"), ("**/templates/**.j2", "jinja2.ext:babel_extract")]


def extracted() -> Catalog:
    """Return every text that can be shown in another language, in the order of the files."""
    found = Catalog(fuzzy=False)
    options = {"**.py": {}, "**/templates/**.j2": {"trimmed": "false"}}
    rows = extract_from_dir(SOURCE, METHODS, options_map=options, keywords=KEYWORDS)
    for file, line, text, _, _ in sorted(rows, key=lambda row: (row[0], row[1])):
        known = found.get(text)
        if known is not None and isinstance(text, tuple) != known.pluralizable:
            message = f"{file}:{line}: {text!r} is in the catalogue with and without a plural; word one differently."
            raise SystemExit(message)
        found.add(text, locations=[(file, 0)] if known is None or (file, 0) not in known.locations else ())
    return found


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
