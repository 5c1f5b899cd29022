"""Files handed to the reader: safe in a spreadsheet, made only when asked for."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

import pandas as pd
import streamlit as st

from consult.translation import speaking, spoken

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """
    Return a table as CSV that a spreadsheet shows as it is: a cell that would start a formula gets an apostrophe.

    UTF-8 with a byte order mark, so that spreadsheets read all languages rightly.
    """
    safe = frame.copy()
    for name in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[name]) and not pd.api.types.is_datetime64_any_dtype(safe[name]):
            safe[name] = [neutral(v) if isinstance(v, str) else v for v in safe[name]]
    return bytes(safe.to_csv(index=False).encode("utf-8-sig"))


def neutral(text: str) -> str:
    """
    Return a text that no spreadsheet takes for a formula.

    >>> neutral("=1+1"), neutral("one")
    ("'=1+1", 'one')
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def file_name(*parts: str, suffix: str) -> str:
    """
    Return a file name of plain letters.

    >>> file_name("Which themes?", "2021", suffix="csv")
    'which-themes-2021.csv'
    """
    words = re.sub(r"[^a-z0-9]+", "-", " ".join(parts).lower()).strip("-")
    return f"{words[:60].strip('-') or 'consult'}.{suffix}"


def download(label: str, make: Callable[[], bytes], name: str, mime: str, key: str, *, primary: bool = False) -> None:
    """Show a button; the file is made when it is pressed, in the language that is spoken now."""
    language = spoken()

    def made() -> bytes:
        with speaking(language):
            return make()

    kind: Literal["primary", "secondary"] = "primary" if primary else "secondary"
    st.download_button(label, made, file_name=name, mime=mime, key=key, on_click="ignore", type=kind)
