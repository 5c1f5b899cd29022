"""The documented repairs between an answer and its document. Every function is str to str, or str to number."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import cache

_BREAK_TAG = re.compile(r"<\s*(?:br|/p|/div|/li|/h[1-6]|/tr)\s*/?\s*>", re.IGNORECASE)
_TAG_NAMES = (
    "a|abbr|b|blockquote|body|br|center|code|div|em|font|h[1-6]|head|hr|html|i|img|input|ins|label|li|ol|p|pre|"
    "s|script|small|span|strike|strong|style|sub|sup|table|tbody|td|th|thead|tr|u|ul"
)
_ATTRIBUTE = r"""\s+[\w:-]+\s*=\s*(?:"[^"<>]{0,500}"|'[^'<>]{0,500}'|[^\s<>"']{1,500})"""
_TAG = re.compile(rf"</?(?:{_TAG_NAMES})(?:{_ATTRIBUTE})*\s*/?>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
_LINE_END = re.compile(r"\r\n?|\u2028|\u2029|\x85|\x0b|\x0c")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff\u200b\u00ad]")
_SPACES = re.compile(r"[^\S\n]{2,}|[^\S\n ]")
_BLANK_LINES = re.compile(r" ?\n(?: ?\n)+")
_WORD = re.compile(r"\w+(?:['’\-]\w+)*")
_JOINT = re.compile(r"['\-](?<=\w.)(?=\w)")
_BLANKS = bytes(code if _WORD.match(chr(code)) else ord(" ") for code in range(256))
_LOST_IN_WORD = re.compile(r"\?(?=\w)|(?<=\w)\?(?=\w)")
_LOST_AT_END = re.compile(r"(?<=[^\W\d_])\?(?=\s+[^\W\d_])")
_ONLY_MARKS = re.compile(r"\?{2,}[.,;:!]?$")


def repair(text: str) -> str:
    r"""
    Return the text as it will be analysed: encoding mended, line ends alike, markup and control signs out.

    Nothing else is changed: spelling, quotes, capitals and punctuation stay as the respondent wrote them.
    Runs of blanks become one, runs of empty lines become one, and the ends are trimmed.

    >>> repair("Itâ€™s  good<br/>for&nbsp;all")
    'It’s good\nfor all'
    """
    if _is_plain(text):
        return text
    mended = _LINE_END.sub("\n", decoded(text))
    if "<" in mended:
        mended = _TAG.sub(" ", _BREAK_TAG.sub("\n", mended))
    if "&" in mended:
        mended = _ENTITY.sub(lambda match: html.unescape(match[0]), mended)
    mended = _CONTROL.sub("", mended)
    mended = unicodedata.normalize("NFC", mended)
    return _BLANK_LINES.sub("\n\n", _SPACES.sub(" ", mended)).strip()


def _is_plain(text: str) -> bool:
    """Whether a text is one line of ASCII from which nothing can be taken out, as most short answers are."""
    printable = text.isascii() and text.isprintable()
    return printable and "&" not in text and "<" not in text and "  " not in text and text == text.strip()


def decoded(text: str) -> str:
    """Mend what was decoded with the wrong encoding: `ftfy.fix_encoding`, without its long way round good texts."""
    if text.isascii() or not _suspects().search(text):
        return text
    from ftfy import fix_encoding
    from ftfy.badness import is_bad

    return fix_encoding(text) if is_bad(text) else text


@cache
def _suspects() -> re.Pattern[str]:
    """
    Return a pattern of the signs without which ftfy finds no text bad.

    `ftfy.badness.BADNESS_RE` looks for letters and signs side by side; each pair it knows holds one of these.
    """
    from ftfy.badness import MOJIBAKE_CATEGORIES

    names = "c1 bad upper_accented box start_punctuation end_punctuation currency numeric law".split()
    return re.compile(f"[{''.join(MOJIBAKE_CATEGORIES[name] for name in names)}œŒÙ°Ђ]")


def count_words(text: str) -> int:
    """
    Return the number of words; "low-skilled" and "l’accès" are one each.

    >>> count_words("Low-skilled adults, too.")
    3
    """
    if not text.isascii():
        return len(_WORD.findall(text))
    # The same, three times as fast.
    joined = _JOINT.findall(text) if "-" in text or "'" in text else ()
    return len(text.encode().translate(_BLANKS).split()) - len(joined)


def damaged_share(text: str) -> float:
    """
    Return the share of characters that were lost before the text reached us, 0 to 1.

    A character outside an export's code page becomes `?` (or U+FFFD). A question mark counts as lost when a
    letter follows it at once, when it stands inside a word, or when it is part of a word made of question marks
    only and many words of the text are, or when it ends a word before a small letter in a text that lost others.
    Question marks that end a sentence do not count. What was lost is measured, never guessed.

    >>> damaged_share("Is this so? Yes.")
    0.0
    >>> round(damaged_share("nale?y zwi?kszy? nak?ady"), 2)
    0.18
    """
    if "?" not in text and "\ufffd" not in text:
        return 0.0
    tokens = [t for t in text.split() if "://" not in t and "www." not in t]
    only_marks = [t for t in tokens if _ONLY_MARKS.match(t)]
    mostly_marks = len(only_marks) > len(tokens) / 4
    lost = text.count("\ufffd")
    for token in tokens:
        if _ONLY_MARKS.match(token):
            lost += token.count("?") if mostly_marks else 0
        elif "?" in token:
            lost += len(_LOST_IN_WORD.findall(token))
    if lost:
        lost += sum(text[match.end() :].lstrip()[:1].islower() for match in _LOST_AT_END.finditer(text))
    if not lost:
        return 0.0
    letters = sum(c.isalpha() for c in text)
    return round(lost / (letters + lost), 4)
