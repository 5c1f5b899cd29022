"""The text of a document file, page by page: PDF, DOCX, ODT, RTF, HTML, TXT, EML."""

from __future__ import annotations

import email
import email.policy
import re
import tempfile
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from consult.ingest.batch import FileText
from consult.ingest.encodings import decode
from consult.ingest.ocr import RecognitionError, recognised_pdf
from consult.ingest.pdf import BrokenError, PasswordError, pdf_pages
from consult.ingest.records import docling_pages, is_docling, read_json
from consult.ingest.running_heads import without_running_heads
from consult.ingest.whole_words import with_whole_words
from consult.ingest.word import word_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from email.message import MIMEPart

    from consult.ingest.pdf import Pages

_LIMIT = 200_000_000
_NO_PAPERS = frozenset(".md .rst .yaml .yml .toml .ini .cfg .log .xml .css .js .py .r .sql .sh .bib .tex".split())
_ODT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_ODT_LEFT_OUT = (f"{_ODT}tracked-changes", "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}annotation")
_BLOCKS = (
    "p, br, li, div, tr, h1, h2, h3, h4, h5, h6, blockquote, header, footer, section, article, aside, main, dt, dd, "
    "dl, ul, ol, pre, table, caption, figure, figcaption, hr, form, fieldset, option, address"
)
SCANNED = "scanned image, no text"
_PAGE_BREAK = "\n\n"


def paper_text(path: Path, name: str | None = None, language: str | None = None) -> FileText:
    """
    Read the text of a document, by what it is and not by its name.

    A file that cannot be read has no text and says why in `problem`; nothing is raised for one bad file
    among many. Headers, footers and page numbers that repeat from page to page are removed.

    Args:
        path: The document.
        name: What to call it; the file's name where absent.
        language: ISO 639-1 code of the language it is said to be in; a scan is recognised in it.
    """
    name = name or path.name
    try:
        size = path.stat().st_size
        if size == 0:
            return FileText(name, "", problem="the file is empty")
        if size > _LIMIT:
            return FileText(name, "", problem=f"the file is larger than {_LIMIT // 1_000_000} MB")
        head = path.open("rb").read(4096)
        sort = _sort(head, path)
        read = _pdf(path, language) if sort == "pdf" else _READERS[sort](path)
        pages, lost = (read.pages, read.lost) if isinstance(read, _Read) else (read, ())
    except _UnreadableError as error:
        return FileText(name, "", problem=str(error))
    except Exception as error:  # noqa: BLE001 - parsers of foreign formats raise anything
        return FileText(name, "", problem=f"the file is broken ({type(error).__name__})")
    return replace(_joined(name, without_running_heads(pages)), lost=lost)


@dataclass(frozen=True)
class _Read:
    """Pages, and the parts that could not be read: name and reason."""

    pages: list[str]
    lost: tuple[tuple[str, str], ...] = ()


class _UnreadableError(Exception):
    """The file holds no text that can be had, for a reason that can be said in words."""


def _sort(head: bytes, path: Path) -> str:
    if b"%PDF" in head[:1024] and not _is_mail(head):
        return "pdf"
    if head.startswith(b"{\\rtf"):
        return "rtf"
    if head.startswith(b"PK\x03\x04"):
        return _sort_zip(path)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        message = "an old Word or Office file, or an encrypted one; save it as DOCX or PDF"
        raise _UnreadableError(message)
    if re.match(rb"\x89PNG|\xff\xd8\xff|GIF8|II\*\x00|MM\x00\*|BM", head):
        raise _UnreadableError(SCANNED)
    return _sort_text(head, path)


def _sort_text(head: bytes, path: Path) -> str:
    start = head.decode("latin-1").lstrip("\ufeffï»¿ \r\n\t")
    text = start.lower()
    if re.match(r"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!doctype html|<html|<head|<body)", text, re.DOTALL):
        return "html"
    if text.startswith("<?xml"):
        message = "an XML file, which says only to its own program what is a response; export it as CSV or XLSX"
        raise _UnreadableError(message)
    if _is_mail(head):
        return "eml"
    if is_docling(start):
        return "docling"
    suffix = path.suffix.lower()
    if suffix in (".htm", ".html") and "<" in text:
        return "html"
    if suffix in _NO_PAPERS:
        message = f"a file of notes, settings or code ({suffix}); if it is a position paper, save it as TXT"
        raise _UnreadableError(message)
    odd = sum(b < 9 or 13 < b < 32 for b in head)
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff")) or head[1::2].count(0) > 0.2 * len(head)
    if odd > 0.02 * len(head) and not wide:
        message = "not a document that can be read; PDF, DOCX, ODT, RTF, HTML, TXT and EML can"
        raise _UnreadableError(message)
    return "txt"


def _is_mail(head: bytes) -> bool:
    text = head.decode("latin-1").lstrip("ï»¿ \r\n\t").lower()
    headers = re.match(r"(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){2,}", text)
    return bool(headers and re.search(r"^(?:from|received|mime-version):", headers.group(), re.MULTILINE))


def _sort_zip(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        total = sum(i.file_size for i in archive.infolist())
    if total > _LIMIT * 3:
        message = "unpacks to more than can be a document (a zip bomb?)"
        raise _UnreadableError(message)
    if "word/document.xml" in names:
        return "docx"
    if "content.xml" in names:
        return "odt"
    message = "an archive or Office file that is no text document; PDF, DOCX, ODT, RTF and HTML can be read"
    raise _UnreadableError(message)


def _pdf(path: Path, language: str | None = None) -> _Read:
    try:
        found = pdf_pages(path)
    except PasswordError as error:
        message = "the PDF is encrypted; ask for the password or print it to a new PDF"
        raise _UnreadableError(message) from error
    except BrokenError as error:
        message = "the PDF is broken"
        raise _UnreadableError(message) from error
    nothing = not any(p.strip() for p in found.texts)
    if nothing or found.pictures:
        found = _recognised(path, language, found, nothing=nothing)
    lost = tuple((f"page {n}", SCANNED) for n in found.pictures)
    return _Read(with_whole_words(found.texts), lost)


def _recognised(path: Path, language: str | None, found: Pages, *, nothing: bool) -> Pages:
    """Return the pages with scans recognised, where that can be done; a page that has text keeps it."""
    with tempfile.TemporaryDirectory(prefix="consult-ocr-") as folder:
        try:
            recognised = recognised_pdf(path, Path(folder), language)
        except RecognitionError as error:
            if not nothing:
                return found
            message = f"{SCANNED}; {error}"
            raise _UnreadableError(message) from error
        done = pdf_pages(recognised) if recognised else found
    if not any(p.strip() for p in done.texts):
        raise _UnreadableError(SCANNED)
    return done


def _docx(path: Path) -> list[str]:
    return [word_text(path)]


def _odt(path: Path) -> list[str]:
    # The package's own XML is read with defusedxml: odfpy's loader would expand entity bombs.
    from defusedxml.ElementTree import fromstring

    with zipfile.ZipFile(path) as archive:
        root = fromstring(archive.read("content.xml"))
    return ["\n".join(b for b in _odt_blocks(root) if b.strip())]


def _odt_blocks(element: Any) -> Iterator[str]:
    """Give paragraphs and headings, footnotes after the one they belong to; no deleted text, no comments."""
    if element.tag in (f"{_ODT}p", f"{_ODT}h"):
        yield _odt_text(element)
    for child in element:
        if child.tag not in _ODT_LEFT_OUT:
            yield from _odt_blocks(child)


def _odt_text(element: Any) -> str:
    parts = [element.text or ""]
    for child in element:
        tag = child.tag.rsplit("}", 1)[-1]
        parts.append({"s": " ", "tab": "\t", "line-break": "\n"}.get(tag, ""))
        if tag not in ("note", "annotation", "p", "h"):  # paragraphs in a text box are given after this one
            parts.append(_odt_text(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _rtf(path: Path) -> list[str]:
    from striprtf.striprtf import rtf_to_text

    read: Any = rtf_to_text
    return [read(path.read_bytes().decode("latin-1"), errors="ignore")]


def _html(path: Path) -> list[str]:
    text, _ = decode(path.read_bytes(), path.name)
    found = html_text(text)
    if not found and "<frame" in text.lower():
        message = "a page of frames, whose text lies in other files"
        raise _UnreadableError(message)
    return [found]


def html_text(markup: str) -> str:
    """Return the text of an HTML page or fragment, blocks on lines of their own."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(markup)
    tree.strip_tags(["script", "style", "noscript", "template", "nav", "head"])
    for node in tree.css(_BLOCKS):
        node.insert_before("\n")
        node.insert_after("\n")
    for node in tree.css("td + td, th + td, td + th, th + th"):
        node.insert_before(" | ")
    body = tree.body
    text = body.text() if body is not None else ""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line.strip(" |"))


def _eml(path: Path) -> _Read:
    """Read a mail's text, and the documents attached to it as further pages."""
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    pages: list[str] = []
    lost: list[tuple[str, str]] = []
    body = mail.get_body(preferencelist=("plain", "html"))
    if body is not None:
        content = _content(body).decode("utf-8", "replace").replace("\r\n", "\n")
        pages.append(html_text(content) if body.get_content_type() == "text/html" else content)
    with tempfile.TemporaryDirectory(prefix="consult-mail-") as folder:
        for n, part in enumerate(mail.iter_attachments()):
            name = part.get_filename() or f"part {n + 1}"
            attached = Path(folder) / f"{n}{Path(name).suffix[:10]}"
            attached.write_bytes(_content(part))
            found = paper_text(attached)
            pages += [found.text[start:end] for start, end in found.pages]
            lost += [(name, found.problem)] if found.problem else [(f"{name}, {p}", why) for p, why in found.lost]
    if not any(p.strip() for p in pages):
        message = "the e-mail has no text"
        raise _UnreadableError(message)
    return _Read(pages, tuple(lost))


def _content(part: MIMEPart) -> bytes:
    """Return the bytes of a part of a mail; a text in UTF-8, whatever it was written in."""
    if part.is_multipart():
        inner = part.get_content() if part.get_content_type() == "message/rfc822" else part
        return bytes(inner)
    raw = part.get_payload(decode=True)
    data = raw if isinstance(raw, bytes) else str(raw or "").encode("utf-8", "replace")
    if part.get_content_maintype() != "text":
        return data
    try:
        return data.decode(part.get_content_charset() or "utf-8").encode()
    except (LookupError, UnicodeError):
        return decode(data)[0].encode("utf-8", "replace")


def _docling(path: Path) -> list[str]:
    return docling_pages(read_json(path))


def _txt(path: Path) -> list[str]:
    text, _ = decode(path.read_bytes(), path.name)
    return with_whole_words(text.replace("\r\n", "\n").replace("\x00", "").split("\f"))


_READERS: dict[str, Callable[[Path], list[str] | _Read]] = {
    "docx": _docx, "odt": _odt, "rtf": _rtf, "html": _html, "eml": _eml, "txt": _txt, "docling": _docling,
}  # fmt: skip


def _joined(name: str, pages: list[str]) -> FileText:
    text = ""
    spans = []
    for page in pages:
        page = page.strip()  # noqa: PLW2901
        if text and page:
            text += _PAGE_BREAK
        spans.append((len(text), len(text) + len(page)))
        text += page
    if not text.strip():
        return FileText(name, "", problem="the file holds no text")
    return FileText(name, text, tuple(spans))
