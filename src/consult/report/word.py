"""The report as DOCX: real styles, a contents field, captions, repeated table heads, texts in place of figures."""

from __future__ import annotations

import zipfile
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from consult.errors import UserError
from consult.report.blocks import Block, Bullets, Content, Figure, Paragraph, Quoted, Section, Table
from consult.report.content import build
from consult.report.exports.files import write_file, zipped
from consult.report.word_parts import (
    BODY,
    STYLES,
    add_contents,
    add_field,
    add_styles,
    bookmark,
    describe,
    drop_thumbnail,
    keep_whole,
    page,
    repeat_head,
    set_language,
    set_widths,
    shade,
)
from consult.report.words import shortened
from consult.study import Study
from consult.translation import later, say, speaking

FULL_WIDTH = 17.0
# A fixed time of making: the same study gives the same bytes. When its stages ran stands in the annex.
MADE = datetime(2000, 1, 1)
LETTER, BOLD, PADDING, WORD = 0.17, 1.15, 0.45, 24
BAR = 12
BAR_WIDTH = 2.8
LOCALES = {"en": "en-GB", "fr": "fr-FR", "de": "de-DE", "es": "es-ES", "it": "it-IT", "pl": "pl-PL"}
_TONES = {"plain": BODY, "soft": "Report Soft", "caveat": "Report Caveat", "finding": "Report Finding"}


def write_docx_report(study: Study, out: Path, *, template: Path | None = None) -> None:
    """
    Write the report of a study as DOCX.

    Args:
        study: A study that has been run.
        out: The file.
        template: A DOCX file whose styles are used; styles of `word_parts.STYLES` that it lacks are added. What it
            contains stays in front.

    Raises:
        UserError: The study holds no responses, the template is no DOCX, or the file cannot be written.
    """
    write_file(out, render_docx(build(study), template=template))


def render_docx(content: Content, *, template: Path | None = None) -> bytes:
    """Return a report as the bytes of a DOCX file, in its language."""
    with speaking(content.language):
        return _rendered(content, template)


def _property(text: str) -> str:
    """Return a text as long as Word takes for a property of a document."""
    return shortened(text, 255)


def _rendered(content: Content, template: Path | None) -> bytes:
    import docx

    try:
        document = docx.Document(str(template) if template else None)
    except Exception as error:
        message = f"{template}: {error}; expected a DOCX file with styles. Give another with --template."
        raise UserError(message) from error
    add_styles(document)
    set_language(document, LOCALES[content.language])
    if template is None:
        page(document, tight=not content.contents)
    document.core_properties.title = _property(content.title)
    document.core_properties.author = "consult"
    document.core_properties.comments = _property(content.caveat)
    document.core_properties.created = document.core_properties.modified = MADE
    document.add_paragraph(content.title, style="Title")
    document.add_paragraph(content.lead, style="Subtitle")
    document.add_paragraph(content.caveat, style="Report Caveat")
    entries = [(1, section.key, section.title) for section in content.sections]
    if content.contents:
        add_contents(document, say("Contents"), entries)
    writer = _Writer(document)
    for section in content.sections:
        writer.section(section, 1)
    document.add_paragraph(content.closing, style="Report Soft")
    drop_thumbnail(document)
    buffer = BytesIO()
    document.save(buffer)
    with zipfile.ZipFile(buffer) as archive:  # packed again: the same content gives the same bytes
        return zipped({name: archive.read(name) for name in archive.namelist()})


class _Writer:
    """Writes blocks into a document, and numbers tables and figures."""

    def __init__(self, document: Any) -> None:
        self.document = document
        self.marks = 0

    def section(self, section: Section, level: int) -> None:
        heading = self.document.add_heading(section.title, level)
        self.marks += 1
        bookmark(heading, section.key, self.marks)
        for block, following in zip(section.blocks, (*section.blocks[1:], None), strict=True):
            self.block(block)
            if isinstance(block, Paragraph) and isinstance(following, Table | Quoted | Figure):
                self.document.paragraphs[-1].paragraph_format.keep_with_next = True
        for part in section.sections:
            self.section(part, level + 1)

    def block(self, block: Block) -> None:
        if isinstance(block, Paragraph):
            self.document.add_paragraph(_unbroken(block.text), style=_TONES[block.tone])
        elif isinstance(block, Bullets):
            for item in block.items:
                self.document.add_paragraph(_unbroken(item), style="List Bullet")
        elif isinstance(block, Table):
            self._table(block)
        elif isinstance(block, Figure):
            self._figure(block)
        else:
            self._quote(block)

    def _caption(self, kind: str, text: str, *, with_next: bool) -> None:
        paragraph = self.document.add_paragraph(f"{say(kind)} ", style="Caption")
        add_field(paragraph, f"SEQ {kind} \\* ARABIC", str(self._next(kind)))
        paragraph.add_run(f". {_unbroken(text)}")
        paragraph.paragraph_format.keep_with_next = with_next

    def _next(self, kind: str) -> int:
        name = f"n_{kind}"
        setattr(self, name, getattr(self, name, 0) + 1)
        return int(getattr(self, name))

    def _figure(self, figure: Figure) -> None:
        from docx.shared import Cm

        paragraph = self.document.add_paragraph(style=BODY)
        paragraph.paragraph_format.keep_with_next = True
        picture = paragraph.add_run().add_picture(BytesIO(figure.png), width=Cm(FULL_WIDTH))
        describe(picture, figure.caption, figure.alt)
        self._caption(later("Figure"), figure.caption, with_next=False)

    def _quote(self, block: Quoted) -> None:
        quote = block.quote
        paragraph = self.document.add_paragraph(style="Quote")
        paragraph.paragraph_format.keep_with_next = True
        for part, found in zip(quote.parts(), (False, True, False), strict=True):
            if part:
                run = paragraph.add_run(clean(part))
                set_language(run, quote.language)
                if found:
                    run.bold = True
        self.document.add_paragraph(f"{quote.source_line} ({quote.passage_id})", style="Report Source")

    def _table(self, table: Table) -> None:

        self._caption(later("Table"), table.caption, with_next=True)
        width = len(table.columns) + bool(table.bars)
        made = self.document.add_table(rows=1, cols=width, style=STYLES["table"])
        repeat_head(made.rows[0])
        for i, name in enumerate(table.columns):
            self._cell(made.rows[0].cells[i], name, right=not table.is_text(i), head=True)
        if table.bars:
            made.rows[0].cells[-1].paragraphs[0].style = STYLES["cell"]
            shade(made.rows[0].cells[-1])
        for n, row in enumerate(table.rows):
            line = made.add_row()
            keep_whole(line)
            cells = line.cells
            for i, text in enumerate(row):
                self._cell(cells[i], text, right=not table.is_text(i))
            if table.bars:
                cells[-1].paragraphs[0].style = STYLES["cell"]
                cells[-1].paragraphs[0].add_run("█" * round(BAR * table.bars[n]), style=STYLES["bar"])
        set_widths(made, column_widths(table))
        self.document.add_paragraph(style="Report Space")

    def _cell(self, cell: Any, text: str, *, right: bool, head: bool = False) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        paragraph = cell.paragraphs[0]
        paragraph.style = STYLES["cell"]
        run = paragraph.add_run(clean(_unbroken(text)))
        if right:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        if head:
            run.bold = True
            shade(cell)


def column_widths(table: Table) -> list[float]:
    """Return the widths of a table's columns in cm: numbers get what they need, texts share the rest."""
    need, wish = [], []
    for i, name in enumerate(table.columns):
        cells = [row[i] for row in table.rows]
        words = max((len(word) for text in (name, *cells) for word in text.split()), default=1)
        longest = max((len(text) for text in cells), default=1)
        if table.is_text(i):
            head = max(len(word) for word in (name or "-").split())
            need.append(max(min(words, WORD), head * BOLD) * LETTER + PADDING)
            wish.append(float(min(longest, 120)) if longest > min(words, WORD) else 0.0)
        else:
            head = max(len(word) for word in (name or "-").split())
            need.append(max(longest, head * BOLD) * LETTER + PADDING)
            wish.append(0.0)
    if not any(wish):
        wish[0] = 1.0
    left = max(FULL_WIDTH - (BAR_WIDTH if table.bars else 0.0) - sum(need), 0.0)
    widths = [n + left * w / sum(wish) for n, w in zip(need, wish, strict=True)]
    return [*widths, BAR_WIDTH] if table.bars else widths


def clean(text: str) -> str:
    """Return a text without the characters that a DOCX cannot hold."""
    return "".join(c for c in text if c in "\t\n" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "￾￿"))


def _unbroken(text: str) -> str:
    return clean(text.replace(" %", "\u00a0%"))
