"""The text of a document file, page by page: PDF, DOCX, ODT, RTF, HTML, TXT, EML."""

from __future__ import annotations

import email
import email.policy
import re
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from consult.ingest.batch import FileText
from consult.ingest.encodings import decode
from consult.ingest.ocr import RecognitionError, recognised_pdf
from consult.ingest.running_heads import without_running_heads
from consult.ingest.word import word_text

if TYPE_CHECKING:
    from collections.abc import Callable

_LIMIT = 200_000_000
_NO_PAPERS = frozenset(".md .rst .yaml .yml .toml .ini .cfg .log .xml .css .js .py .r .sql .sh .bib .tex".split())
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
        pages = _READERS[sort](path)
        if sort == "pdf" and not any(p.strip() for p in pages):
            pages = _scanned(path, language)
    except _UnreadableError as error:
        return FileText(name, "", problem=str(error))
    except Exception as error:  # noqa: BLE001 - parsers of foreign formats raise anything
        return FileText(name, "", problem=f"the file is broken ({type(error).__name__})")
    return _joined(name, without_running_heads(pages))


class _UnreadableError(Exception):
    """The file holds no text that can be had, for a reason that can be said in words."""


def _sort(head: bytes, path: Path) -> str:
    if b"%PDF" in head[:1024]:
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
    text = head.decode("latin-1").lstrip("\ufeffï»¿ \r\n\t").lower()
    if re.match(r"<!doctype html|<html|<\?xml[^>]*>\s*<!doctype html|<head|<body", text):
        return "html"
    headers = re.match(r"(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){2,}", text)
    if headers and re.search(r"^(?:from|received|mime-version):", headers.group(), re.MULTILINE):
        return "eml"
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


def _pdf(path: Path) -> list[str]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(str(path))
    except pypdfium2.PdfiumError as error:
        reason = str(error).lower()
        if "password" in reason or "security" in reason:
            message = "the PDF is encrypted; ask for the password or print it to a new PDF"
            raise _UnreadableError(message) from error
        message = "the PDF is broken"
        raise _UnreadableError(message) from error
    try:
        pages = []
        for i in range(len(document)):
            page = document[i]
            text_page = page.get_textpage()
            text = text_page.get_text_bounded().replace("\r\n", "\n").replace("\x00", "")
            pages.append(text.replace("\ufffe", "-\n"))
            text_page.close()
            page.close()
    finally:
        document.close()
    return pages


def _scanned(path: Path, language: str | None) -> list[str]:
    with tempfile.TemporaryDirectory(prefix="consult-ocr-") as folder:
        try:
            recognised = recognised_pdf(path, Path(folder), language)
        except RecognitionError as error:
            message = f"{SCANNED}; {error}"
            raise _UnreadableError(message) from error
        pages = _pdf(recognised) if recognised else []
    if not any(p.strip() for p in pages):
        raise _UnreadableError(SCANNED)
    return pages


def _docx(path: Path) -> list[str]:
    return [word_text(path)]


def _odt(path: Path) -> list[str]:
    # The package's own XML is read with defusedxml: odfpy's loader would expand entity bombs.
    from defusedxml.ElementTree import fromstring

    with zipfile.ZipFile(path) as archive:
        root = fromstring(archive.read("content.xml"))
    space = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
    blocks = [_odt_text(e) for e in root.iter() if e.tag in (f"{space}p", f"{space}h")]
    return ["\n".join(b for b in blocks if b.strip())]


def _odt_text(element: Any) -> str:
    parts = [element.text or ""]
    for child in element:
        tag = child.tag.rsplit("}", 1)[-1]
        parts.append({"s": " ", "tab": "\t", "line-break": "\n"}.get(tag, ""))
        if tag not in ("note", "annotation"):
            parts.append(_odt_text(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _rtf(path: Path) -> list[str]:
    from striprtf.striprtf import rtf_to_text

    read: Any = rtf_to_text
    return [read(path.read_bytes().decode("latin-1"), errors="ignore")]


def _html(path: Path) -> list[str]:
    text, _ = decode(path.read_bytes(), path.name)
    return [html_text(text)]


def html_text(markup: str) -> str:
    """Return the text of an HTML page or fragment, blocks on lines of their own."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(markup)
    tree.strip_tags(["script", "style", "noscript", "template", "nav", "head"])
    for tag in ("p", "br", "li", "div", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"):
        for node in tree.css(tag):
            node.insert_after("\n")
    body = tree.body
    text = body.text() if body is not None else ""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _eml(path: Path) -> list[str]:
    """Read a mail's text, and the documents attached to it as further pages."""
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    pages = []
    body = mail.get_body(preferencelist=("plain", "html"))
    if body is not None:
        content = body.get_content()
        pages.append(html_text(content) if body.get_content_type() == "text/html" else content)
    with tempfile.TemporaryDirectory(prefix="consult-mail-") as folder:
        for n, part in enumerate(mail.iter_attachments()):
            attached = Path(folder) / f"{n}{Path(part.get_filename() or '').suffix[:10]}"
            content = part.get_content()
            attached.write_bytes(content if isinstance(content, bytes) else str(content).encode("utf-8", "replace"))
            found = paper_text(attached)
            pages += [found.text[start:end] for start, end in found.pages]
    if not pages:
        message = "the e-mail has no text"
        raise _UnreadableError(message)
    return pages


def _txt(path: Path) -> list[str]:
    text, _ = decode(path.read_bytes(), path.name)
    return text.replace("\r\n", "\n").replace("\x00", "").split("\f")


_READERS: dict[str, Callable[[Path], list[str]]] = {
    "pdf": _pdf, "docx": _docx, "odt": _odt, "rtf": _rtf, "html": _html, "eml": _eml, "txt": _txt,
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
