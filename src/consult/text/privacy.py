"""Personal data in texts is masked wherever a text is shown or exported; the masked text keeps its length."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from consult.text.addresses import street_addresses
from consult.text.identity_numbers import identity_numbers
from consult.text.person_names import person_names

if TYPE_CHECKING:
    import pandas as pd

MASK = "•"

_EMAIL = r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+"
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,4})?(?!\w)", re.IGNORECASE)
# A telephone number: an international prefix, or a leading 0, then at least seven more digits in groups.
_PHONE = (
    r"(?<![\w/.\-=])(?!\d{8,13}-\d\d\b)(?:\+[ ]?|00)\d{1,3}[\s./\-]?"
    r"(?:\(0?\d{1,4}\)[\s./\-]?)?(?:\d[\s./\-]?){6,12}\d(?![\w\-])"
)
# Neither a date nor a number of the Transparency Register (nine digits or more, a hyphen, two digits).
_NO_PHONE = r"(?!\(?\d{1,2}[/\- ]\d{1,2}[/\- ](?:19|20)\d\d\b)(?!\(?\d{8,13}-\d\d\b)"
_NATIONAL_PHONE = rf"(?<![\w/.,\-=]){_NO_PHONE}" r"\(?0\d{1,4}\)?[\s/\-](?:\d[\s/\-]?){5,9}\d(?![\w\-])"
_PHONES = re.compile(f"{_PHONE}|{_NATIONAL_PHONE}")
_EMAILS = re.compile(_EMAIL)
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, order=True)
class Found:
    """Personal data in a text: where it begins and ends, and of what kind it is."""

    start: int
    end: int
    kind: str


def personal_data(text: str) -> list[Found]:
    """
    Find e-mail addresses, telephone numbers, IBANs, national identity numbers, street addresses and names.

    IBANs and identity numbers count when their check digits are right, or when the words before say what they are;
    names are found where a trained spaCy pipeline is installed.
    """
    found = [Found(*match.span(), "e-mail address") for match in _EMAILS.finditer(text)] if "@" in text else []
    if _DIGIT.search(text):
        found += [Found(*match.span(), "telephone number") for match in _PHONES.finditer(text)]
        found += [Found(start, end, "IBAN") for start, end in _ibans(text)]
        found += [Found(start, end, "identity number") for start, end in identity_numbers(text)]
        found += [Found(start, end, "street address") for start, end in street_addresses(text)]
    found += [Found(start, end, "name") for start, end in person_names(text)]
    return sorted(set(found))


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    from stdnum import iban

    for match in _IBAN.finditer(text):
        groups = match[0].split(" ")
        # The words after an IBAN look like one more group of it.
        for n in range(len(groups), 0, -1):
            part = " ".join(groups[:n])
            if iban.is_valid(part, check_country=False) or (n == len(groups) and _said(text, match.start(), part)):
                yield match.start(), match.start() + len(part)
                break


def _said(text: str, start: int, part: str) -> bool:
    """Whether the text calls it an IBAN, though it may be mistyped."""
    return part.isupper() and bool(re.search(r"\bIBAN\b[\s:.\-]*$", text[max(0, start - 12) : start]))


def mask(text: str) -> str:
    """
    Return the text with personal data replaced by dots of the same length; see `personal_data`.

    Since the length stays, offsets into the text stay right.

    >>> mask("Write to ana@example.org.")
    'Write to •••••••••••••••.'
    """
    parts: list[str] = []
    at = 0
    for found in personal_data(text):
        if found.end > at:
            start = max(at, found.start)
            parts += [text[at:start], MASK * (found.end - start)]
            at = found.end
    return "".join([*parts, text[at:]]) if parts else text


def mask_passages(passages: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """
    Return the passages with the words of masked documents.

    A telephone number may reach over the end of a passage, so that the passage alone would not show it.

    Args:
        passages: Table `passages`.
        documents: Table `documents`, its texts masked.
    """
    texts = dict(zip(documents["document_id"], documents["text"], strict=True))
    columns = zip(passages["document_id"], passages["start"], passages["end"], strict=True)
    shown = [texts[document][start:end] for document, start, end in columns]
    return passages.assign(text=shown).astype({"text": passages["text"].dtype})
