"""Cells that no spreadsheet takes for a formula, and back."""

from __future__ import annotations

import re

# What spreadsheets may read as the start of a formula, after OWASP's "CSV Injection": also the wide forms.
_FORMULA = "=+\\-@\t\r\n＝＋－＠"
_RISKY = re.compile(f"'*[{_FORMULA}]")


def neutral(text: str) -> str:
    """
    Return a text that no spreadsheet takes for a formula: an apostrophe is put in front where it might.

    A text that already starts with apostrophes before such a character gets one more, so that `as_written`
    always gives the text back.

    >>> neutral("=1+1"), neutral("one"), neutral("'=1")
    ("'=1+1", 'one', "''=1")
    """
    return f"'{text}" if _RISKY.match(text) else text


def as_written(cell: str) -> str:
    """
    Return the text that `neutral` was given.

    >>> as_written("'=1+1"), as_written("'s morgens")
    ('=1+1', "'s morgens")
    """
    return cell[1:] if cell.startswith("'") and _RISKY.match(cell[1:]) else cell
