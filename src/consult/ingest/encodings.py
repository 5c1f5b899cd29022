"""Bytes to text, whatever they were written in, with a plain word about what was found."""

from __future__ import annotations

import codecs
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from pathlib import Path

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What exports of European offices are written in when they are not Unicode.
_CANDIDATES = ("cp1252", "cp1250", "iso8859_7", "cp1253", "cp1251", "cp1257", "iso8859_2", "mac_roman", "cp850")
_SAMPLE = 400_000
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Encoding:
    """
    How to decode a file.

    Attributes:
        name: Python's name of the encoding.
        fallback: For a file that mixes encodings, what its stray bytes are read as.
        notes: What a person should know about it.
    """

    name: str
    fallback: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def errors(self) -> str:
        """Name of the error handler to decode with."""
        return _handler(self.fallback) if self.fallback else "replace"


def find_encoding(path: Path) -> Encoding:
    """
    Find the encoding of a file: byte order mark, UTF-8, UTF-16 without a mark, else the likeliest one.

    The file is read once in blocks, so its size does not matter.
    """
    with path.open("rb") as stream:
        return _find(stream, path.name)


def decode(data: bytes, name: str = "the file") -> tuple[str, Encoding]:
    """
    Decode bytes held in memory.

    >>> decode("é".encode("cp1252") * 3)[0]
    'ééé'
    """
    encoding = _find(io.BytesIO(data), name)
    return data.decode(encoding.name, encoding.errors), encoding


def open_text(path: Path, encoding: Encoding) -> io.TextIOWrapper:
    """Open a file for reading with line ends untouched."""
    return path.open(encoding=encoding.name, errors=encoding.errors, newline="")


def _find(stream: BinaryIO, name: str) -> Encoding:
    head = stream.read(_SAMPLE - _SAMPLE % 4)
    stream.seek(0)
    for mark, encoding in _MARKS[1:]:
        if head.startswith(mark):
            return Encoding(encoding)
    wide = _wide(head)
    if wide is not None:
        return Encoding(wide)
    utf8 = "utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "utf-8"
    bad, n_bad, n_good = _tally(stream)
    if not n_bad:
        return Encoding(utf8)
    guess = guess_single_byte(b"\n".join(bad)[:_SAMPLE])
    if n_good or utf8 == "utf-8-sig":
        note = f"{name}: UTF-8, but {n_bad} lines are not; those were read as {guess}. Check their accents."
        return Encoding(utf8, guess, (note,))
    note = f"{name}: not Unicode; read as {guess}. If accents look wrong, save it as UTF-8."
    return Encoding(guess, None, (note,))


def _tally(stream: BinaryIO) -> tuple[list[bytes], int, int]:
    """Count lines that are not UTF-8 and blocks or lines that are, beyond ASCII; keep a sample of the former."""
    bad: list[bytes] = []
    n_bad = n_good = size = 0
    while block := stream.read(_BLOCK):
        block += stream.readline()
        if _is_utf8(block):
            n_good += not block.isascii()
            continue
        for line in block.split(b"\n"):
            if _is_utf8(line):
                n_good += not line.isascii()
                continue
            n_bad += 1
            if size < _SAMPLE:
                bad.append(line)
                size += len(line)
    return bad, n_bad, n_good


def _handler(fallback: str) -> str:
    """Register (once) a decoding error handler that reads stray bytes as another encoding."""
    name = f"consult-{fallback}"

    def handle(error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeDecodeError):
            raise error
        stray = error.object[error.start : error.end]
        return stray.decode(fallback, "replace"), error.end

    codecs.register_error(name, handle)
    return name


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark shows as a NUL in every second byte of plain text."""
    head = head[: len(head) - len(head) % 2]
    if len(head) < 4:
        return None
    even, odd = head[0::2].count(0) / len(head[0::2]), head[1::2].count(0) / len(head[1::2])
    if odd > 0.4 and even < 0.05:
        return "utf-16-le"
    if even > 0.4 and odd < 0.05:
        return "utf-16-be"
    return None


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def guess_single_byte(sample: bytes) -> str:
    """
    Name the likeliest single-byte encoding of a sample that is not Unicode.

    General detectors are unsteady on short Central European and Greek samples; here each encoding is
    scored by how many of its letters are ones that its languages really use, and by how many words with
    such letters are everyday ones: "más" is a word, "mąs" is none.
    """
    scores = {encoding: _score(sample, encoding) for encoding in _CANDIDATES}
    return max(_CANDIDATES, key=lambda e: (scores[e], -_CANDIDATES.index(e)))


_WESTERN = "äöüßéèêàâçñáíóúãõîïôûùìòëœæøåÄÖÜÉÈÀÅØÇÑÁÓÊ¿¡ªº£‘’“”–—…€«»°§²"
# Letters that running text in the languages of each encoding really uses.
_EXPECTED = {
    "cp1252": _WESTERN,
    "mac_roman": _WESTERN,
    "cp850": _WESTERN,
    "cp1250": "ąćęłńóśźżáčďéěíňřšťúůýžőűăâîşţäöüđßÁČŘŠŽŁŚŻĐŐŰ„”“’‘–—…€«»§",
    "iso8859_2": "ąćęłńóśźżáčďéěíňřšťúůýžőűăâîşţäöüđßÁČŘŠŽŁŚŻĐŐŰ§",
    "iso8859_7": "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΆΈΉΊΌΎΏ«»’‘§",
    "cp1253": "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΆΈΉΊΌΎΏ«»’‘“”–—…€§",
    "cp1251": "абвгдежзийклмнопрстуфхцчшщъьюяАБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЮЯ„“”’–—…«»№§",
    "cp1257": "āčēģīķļņšūžąęėįųõäöüßĀČĒĢĪĶĻŅŠŪŽĄĘĖĮŲÕÄÖÜ„“”’–—…€«»§",
}
# Everyday words with letters beyond ASCII, language by language: es pt fr de it nl sv da fi et, pl cs sk hu hr sl ro,
# lv lt, el, bg.
_EVERYDAY = frozenset(
    """
    más está también año años qué según así través educación formación información están será además sería única
    não são também é ação formação educação informação além até está às já há será através situação possível
    à été être même où très déjà après société également européenne européen nécessaire qualité accès système dès
    für über müssen können würde größer europäische europäischen möglich während außerdem ähnlich öffentliche
    è perché più può già così università qualità libertà sarà cioè società attività possibilità però
    één coördinatie financiële privé ideeën är för på när också får gör måste än här få åtgärder så då många både
    også når første så får gør større år område områder nødvendigt være flere både å
    että myös mitä tämä nämä vähän enemmän pitää täytyy tärkeä sekä jälkeen või väga üks õigus võib ära täiskasvanute
    się są być również także więcej będzie można możliwość państwa też już jeśli które środków społeczne dostęp
    že být které více také může při před již však přístup vzdělávání měly možnost není když všechny další
    byť ktoré tiež môže prístup vzdelávanie všetkých mať možnosť sú však ľudí aby už
    és több képzés számára lehetőség így szükséges által között még csak történő európai jövő idő előtt minőségi minőség
    megfelelő felnőtt felnőttek működés fejlődés munkaerő egyszerű
    više također može što građani građana već još način više več še že izobraževanje možnost članice državljani
    și şi în că fără când până această toți toţi către dacă prin să educație educaţie învățare învăţare țări ţări
    kā arī būtu jābūt izglītība izglītības iespēja iespējas šī tā nepieciešams mūžizglītība tāpēc kļūt
    būti švietimas švietimo turėtų žmonių žmonės galimybė galimybės būtų ši kurių už dėl jų įgūdžių šių
    και το της η να του των την με για στην στο από είναι που τα οι ότι δεν θα τις στη μας ή
    на и за от да се в по с че не е са до или като това които при също трябва има към ще
    """.split()
)
# What old spreadsheet programs on a Mac or under DOS write.
_RARE = ("mac_roman", "cp850")
_TELLING = 0.15
_LETTERS = re.compile(r"[^\W\d_]+")


def _score(sample: bytes, encoding: str) -> float:
    """
    Share of the non-ASCII characters that are expected letters, minus what looks wrong, plus everyday words.

    In Greek and Cyrillic most letters of a word lie outside ASCII, in Latin scripts few do: a word that
    mixes scripts counts against an encoding.
    """
    text = sample.decode(encoding, "replace")
    expected = frozenset(_EXPECTED[encoding])
    others = [(i, c) for i, c in enumerate(text) if ord(c) > 127]
    if not others:
        return 0.0
    good = sum(c in expected for _, c in others)
    bad = sum(c == "\ufffd" or 0x80 <= ord(c) < 0xA0 for _, c in others)
    mixed = 0
    if encoding in ("iso8859_7", "cp1253", "cp1251"):
        for i, c in others:
            before, after = text[i - 1 : i], text[i + 1 : i + 2]
            mixed += c.isalpha() and any(x.isascii() and x.isalpha() for x in (before, after))
    words = [w for w in _LETTERS.findall(text.lower()) if not w.isascii()]
    everyday = sum(w in _EVERYDAY for w in words) / len(words) if words else 0.0
    if encoding in _RARE and everyday < _TELLING:
        return 0.0  # every byte is a character in these, also those of a picture
    return (good - 2 * bad - 1.5 * mixed) / len(others) + everyday
