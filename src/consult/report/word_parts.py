"""Parts of a DOCX that python-docx has no function for: styles, fields, bookmarks, alternative texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

BODY = "Normal"
STYLES = {"table": "Report Table", "cell": "Report Cell", "bar": "Report Bar"}
"""Styles for tables; a template may hold its own of these names, and of the paragraph styles below."""

# Name, base, size in points, colour, bold, space before and after in points.
_PARAGRAPHS = (
    ("Report Soft", BODY, 10, "4A5A6A", False, 0, 6),
    ("Report Finding", BODY, 11, "1B2733", True, 0, 4),
    ("Report Caveat", BODY, 11, "8A3B00", False, 0, 8),
    ("Report Source", BODY, 9, "4A5A6A", False, 0, 10),
    ("Report Cell", BODY, 9, "1B2733", False, 1, 1),
    ("Report Space", BODY, 6, "1B2733", False, 0, 4),
    ("Report Contents", BODY, 11, "1B2733", False, 0, 2),
)

TIGHT = {
    BODY: 9, "Title": 18, "Subtitle": 9.5, "Heading 1": 10.5, "Quote": 8.5, "List Bullet": 9, "Caption": 8.5,
    "Report Soft": 8.5, "Report Finding": 10.5, "Report Caveat": 9, "Report Source": 7.5, "Report Cell": 8,
    "Report Space": 2,
}  # fmt: skip
"""Sizes in points for what should fit on one page."""


def add_styles(document: Any) -> None:
    """Add the report's styles where the template lacks them; those it has stay as they are."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt, RGBColor

    styles = document.styles
    known = {style.name for style in styles}
    for name, base, size, colour, bold, before, after in _PARAGRAPHS:
        if name in known:
            continue
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = styles[base]
        style.font.size, style.font.bold = Pt(size), bold
        style.font.color.rgb = RGBColor.from_string(colour)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    if STYLES["bar"] not in known:
        bar = styles.add_style(STYLES["bar"], WD_STYLE_TYPE.CHARACTER)
        bar.font.color.rgb = RGBColor.from_string("0072B2")
        bar.font.size = Pt(7)
    if STYLES["table"] not in known:
        _add_table_style(styles)


def _add_table_style(styles: Any) -> None:
    """Add a table with thin lines between rows, and none between columns."""
    from docx.enum.style import WD_STYLE_TYPE

    table = styles.add_style(STYLES["table"], WD_STYLE_TYPE.TABLE)
    table.base_style = styles["Normal Table"]
    properties = element("w:tblPr")
    borders = element("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        borders.append(element(f"w:{side}", val="single", sz="4", space="0", color="B5C0CA"))
    properties.append(borders)
    table.element.append(properties)


def element(tag: str, **attributes: str) -> Any:
    """Return an element of WordprocessingML; the attributes are in its namespace too."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


def add_field(paragraph: Any, code: str, shown: str) -> None:
    """Add a field, with the result that is shown until somebody updates it."""
    _mark(paragraph, "begin")
    _code(paragraph, code)
    _mark(paragraph, "separate")
    paragraph.add_run(shown)
    _mark(paragraph, "end")


def _mark(paragraph: Any, kind: str) -> None:
    paragraph.add_run()._r.append(element("w:fldChar", fldCharType=kind))  # noqa: SLF001  python-docx has no fields


def _code(paragraph: Any, code: str) -> None:
    from docx.oxml.ns import qn

    instruction = element("w:instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = f" {code} "
    paragraph.add_run()._r.append(instruction)  # noqa: SLF001


def add_contents(document: Any, title: str, entries: Sequence[tuple[int, str, str]]) -> None:
    """
    Add a field of contents that already holds its entries as links.

    A word processor fills in page numbers when the field is updated; until then it reads well as it is.

    Args:
        document: The document.
        title: Heading above, not itself in the contents.
        entries: Level, bookmark and words of each.
    """
    head = document.add_paragraph(title, style="Report Contents")
    head.runs[0].bold = True
    for i, (_, key, words) in enumerate(entries):
        paragraph = document.add_paragraph(style="Report Contents")
        if i == 0:
            _mark(paragraph, "begin")
            _code(paragraph, 'TOC \\o "1-1" \\h \\z \\u')
            _mark(paragraph, "separate")
        link = element("w:hyperlink", anchor=anchor(key), history="1")
        run = paragraph.add_run(words)
        link.append(run._r)  # noqa: SLF001
        paragraph._p.append(link)  # noqa: SLF001
        if i == len(entries) - 1:
            _mark(paragraph, "end")


def bookmark(paragraph: Any, key: str, number: int) -> None:
    """Make a paragraph the target of a link."""
    inside = paragraph._p  # noqa: SLF001
    inside.insert(1 if inside.pPr is not None else 0, element("w:bookmarkStart", id=str(number), name=anchor(key)))
    inside.append(element("w:bookmarkEnd", id=str(number)))


def anchor(key: str) -> str:
    """
    Return a bookmark's name: at most 40 letters, digits and underscores.

    >>> anchor("annex-numbers")
    'annex_numbers'
    """
    return "".join(c if c.isalnum() else "_" for c in key)[:40]


def describe(picture: Any, title: str, text: str) -> None:
    """Give a picture its title and the text in its place."""
    properties = picture._inline.docPr  # noqa: SLF001
    properties.set("title", title)
    properties.set("descr", text)


def repeat_head(row: Any) -> None:
    """Repeat a table's first row on every page."""
    row._tr.get_or_add_trPr().append(element("w:tblHeader", val="true"))  # noqa: SLF001


def keep_whole(row: Any) -> None:
    """Keep a table's row on one page."""
    row._tr.get_or_add_trPr().append(element("w:cantSplit", val="true"))  # noqa: SLF001


def set_widths(table: Any, widths: Sequence[float]) -> None:
    """Fix the widths of a table's columns, in cm."""
    from docx.shared import Cm

    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Cm(width)


def page(document: Any, *, tight: bool = False) -> None:
    """Set an A4 page with narrow margins and a plain typeface; `tight` for what should fit on one page."""
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.0)
    section.top_margin = section.bottom_margin = Cm(1.2 if tight else 2.2)
    if tight:
        for name, size in TIGHT.items():
            style = document.styles[name]
            style.font.size = Pt(size)
            style.paragraph_format.space_after = Pt(2)
            style.paragraph_format.space_before = Pt(6 if name.startswith("Heading") else 0)
    for name in (BODY, "Title", "Subtitle", "Heading 1", "Heading 2"):
        font = document.styles[name].font
        font.name = "Arial"
        fonts = document.styles[name].element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{kind}"), None)


def shade(cell: Any, colour: str = "EAF0F5") -> None:
    """Colour the background of a cell."""
    cell._tc.get_or_add_tcPr().append(element("w:shd", val="clear", color="auto", fill=colour))  # noqa: SLF001


def set_language(target: Any, language: str) -> None:
    """Say in which language a run, or the whole document, is written, for spelling and screen readers."""
    if hasattr(target, "styles"):
        run_properties = target.styles[BODY].element.get_or_add_rPr()
    else:
        run_properties = target._r.get_or_add_rPr()  # noqa: SLF001
    run_properties.append(element("w:lang", val=language))


def drop_thumbnail(document: Any) -> None:
    """Take away the small picture of another document that python-docx's own template carries."""
    package = document.part.package
    for key, relation in list(package.rels.items()):
        if relation.reltype.endswith("/thumbnail"):
            del package.rels[key]
