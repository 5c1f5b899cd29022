"""Changing the phrases of a codebook's text, so that everything else in the file, notes included, stays as it is."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

import yaml

from consult.errors import UserError
from consult.themes.codebook import Change, Codebook, parse_codebook


@dataclass(frozen=True)
class PhraseEdit:
    """Phrases of one theme in one language to be added and taken away."""

    theme_id: str
    language: str
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


def edited(text: str, edit: PhraseEdit, change: Change, name: str = "codebook.yaml") -> str:
    """
    Return the text of a codebook with an edit carried out, the new version, and a line in its history.

    Args:
        text: The codebook as YAML.
        edit: What to change.
        change: The new version, the day, by whom and why.
        name: What to call the file in messages.

    Raises:
        UserError: There is no such theme or phrase, nothing is changed, or a phrase cannot be read.
    """
    before = parse_codebook(text, name)
    wanted = _wanted(before, edit, name)
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    themes = _value(root, "themes")
    theme = next(t for t in themes.value if _value(t, "id").value == edit.theme_id)
    pieces = [_phrases(text, theme, edit.language, wanted), *_version(root, change.version), _history(root, change)]
    for start, end, piece in sorted(pieces, reverse=True):
        text = text[:start] + piece + text[end:]
    after = parse_codebook(text, name)
    found = [p.source for p in after.by_id[edit.theme_id].phrases.get(edit.language, ())]
    if found != wanted or after.version != change.version or replace_phrases(after, before, edit) != before.themes:
        message = f"{name}: its lists are written in a way that cannot be changed here. Change the file by hand."
        raise UserError(message)
    return text


def next_version(codebook: Codebook) -> str:
    """Return the version after a codebook's own: one more than its last number."""
    head, dot, last = codebook.version.rpartition(".")
    return f"{head}{dot}{int(last) + 1}" if last.isdigit() else f"{codebook.version}.1"


def replace_phrases(codebook: Codebook, source: Codebook, edit: PhraseEdit) -> tuple[Any, ...]:
    """Return a codebook's themes, with the phrases that an edit is about as they are in another codebook."""
    themes = []
    for theme in codebook.themes:
        if theme.theme_id == edit.theme_id:
            phrases = {k: v for k, v in theme.phrases.items() if k != edit.language}
            own = source.by_id[edit.theme_id].phrases
            if edit.language in own:
                phrases[edit.language] = own[edit.language]
            theme = replace(theme, phrases=phrases)  # noqa: PLW2901
        themes.append(theme)
    return tuple(themes)


def _wanted(codebook: Codebook, edit: PhraseEdit, name: str) -> list[str]:
    theme = codebook.by_id.get(edit.theme_id)
    if theme is None:
        message = f"{name}: there is no theme '{edit.theme_id}'; there are {', '.join(codebook.by_id)}. Choose one."
        raise UserError(message)
    held = [p.source for p in theme.phrases.get(edit.language, ())]
    missing = [phrase for phrase in edit.remove if phrase not in held]
    if missing:
        message = f"{name}, theme '{edit.theme_id}', {edit.language}: there is no phrase '{missing[0]}' to take away."
        raise UserError(message)
    kept = [phrase for phrase in held if phrase not in edit.remove]
    wanted = [*kept, *(phrase for phrase in dict.fromkeys(edit.add) if phrase not in kept)]
    if wanted == held:
        message = f"{name}, theme '{edit.theme_id}', {edit.language}: nothing would change. Add or take away a phrase."
        raise UserError(message)
    return wanted


def _value(mapping: Any, key: str) -> Any:
    return next((v for k, v in mapping.value if k.value == key), None)


def _listed(phrases: list[str]) -> str:
    return f"[{', '.join(json.dumps(p, ensure_ascii=False) for p in phrases)}]"


def _phrases(text: str, theme: Any, language: str, wanted: list[str]) -> tuple[int, int, str]:
    """Return where in the text the phrases of a language stand, and what to write there."""
    phrases = _value(theme, "phrases")
    if phrases is None or not getattr(phrases, "value", None) or isinstance(phrases.value, str):
        first = theme.value[0][0].start_mark
        given = f"{{{language}: {_listed(wanted)}}}"
        if phrases is not None:
            return phrases.start_mark.index, phrases.end_mark.index, f" {given}" if phrases.value == "" else given
        between = ", " if theme.flow_style else "\n" + " " * first.column
        return first.index, first.index, f"phrases: {given}{between}"
    held = _value(phrases, language)
    if held is None:
        first = phrases.value[0][0].start_mark
        between = ", " if phrases.flow_style else "\n" + " " * first.column
        return first.index, first.index, f"{language}: {_listed(wanted)}{between}"
    start, end = held.start_mark.index, held.end_mark.index
    after = text[start:end]
    kept = after[len(after.rstrip()) :]  # a list with one phrase a line ends where the next key begins
    return start, end, _listed(wanted) + kept


def _version(root: Any, version: str) -> list[tuple[int, int, str]]:
    held = _value(root, "version")
    if held is None:
        at = root.value[0][0].start_mark.index
        return [(at, at, f"version: {json.dumps(version)}\n")]
    return [(held.start_mark.index, held.end_mark.index, version if version.isdigit() else json.dumps(version))]


def _history(root: Any, change: Change) -> tuple[int, int, str]:
    fields = {"version": change.version, "date": change.date, "by": change.by, "why": change.why}
    line = ", ".join(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in fields.items())
    held = _value(root, "changes")
    if held is None or not held.value or isinstance(held.value, str):
        if held is not None:
            return held.start_mark.index, held.end_mark.index, f" [{{{line}}}]"
        at = next(k for k, _ in root.value if k.value == "themes").start_mark.index
        return at, at, f"changes:\n  - {{{line}}}\n"
    first = held.value[0]
    if held.flow_style:
        return first.start_mark.index, first.start_mark.index, f"{{{line}}}, "
    # The newest comes first: the end of a list is harder to tell from the notes below it.
    return held.start_mark.index, held.start_mark.index, f"- {{{line}}}\n{' ' * held.start_mark.column}"
