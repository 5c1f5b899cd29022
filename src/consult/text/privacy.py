"""Personal data in texts is masked wherever a text is shown or exported; the masked text keeps its length."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

MASK = "•"

_EMAIL = r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+"
_IBAN = r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,4})?\b"
# A telephone number: an international prefix, or a leading 0, then at least seven more digits in groups.
_PHONE = r"(?<![\w/.\-])(?:\+|00)\d{1,3}[\s./\-]?(?:\(0?\d{1,4}\)[\s./\-]?)?(?:\d[\s./\-]?){6,12}\d(?![\w\-])"
_NATIONAL_PHONE = r"(?<![\w/.,\-])\(?0\d{1,4}\)?[\s/\-](?:\d[\s/\-]?){5,9}\d(?![\w\-])"
_PATTERN = re.compile(f"{_EMAIL}|{_IBAN}|{_PHONE}|{_NATIONAL_PHONE}")


def mask(text: str) -> str:
    """
    Return the text with e-mail addresses, telephone numbers and IBANs replaced by dots of the same length.

    Since the length stays, offsets into the text stay right. Names cannot be found without a trained pipeline and
    are not masked.

    >>> mask("Write to ana@example.org.")
    'Write to •••••••••••••••.'
    """
    return _PATTERN.sub(lambda match: MASK * len(match[0]), text)


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
