"""What a report is made of, whatever file it becomes: sections of paragraphs, tables, figures and quotes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import altair as alt

    from consult.report.quotes import Quote

Tone = Literal["plain", "soft", "caveat", "finding"]


@dataclass(frozen=True)
class Paragraph:
    """
    A paragraph of our own words.

    `tone`: ``finding`` for a sentence that states a number, ``soft`` for how to read it, ``caveat`` for a warning.
    """

    text: str
    tone: Tone = "plain"

    @property
    def kind(self) -> str:
        """Name of the block, for templates."""
        return "paragraph"


@dataclass(frozen=True)
class Bullets:
    """A list of short texts."""

    items: tuple[str, ...]

    @property
    def kind(self) -> str:
        """Name of the block, for templates."""
        return "bullets"


@dataclass(frozen=True)
class Table:
    """
    A table with its caption.

    Attributes:
        caption: What it shows, and of what its shares are.
        columns: Words above the columns; the first is that of the row labels.
        rows: Cells in words, as many as `columns`.
        bars: A length from 0 to 1 for each row, where a bar helps; empty for none.
        text_columns: Columns that hold text and are aligned left; the first always is.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    bars: tuple[float, ...] = ()
    text_columns: tuple[int, ...] = ()

    @property
    def kind(self) -> str:
        """Name of the block, for templates."""
        return "table"

    def is_text(self, column: int) -> bool:
        """Return whether a column holds text."""
        return column == 0 or column in self.text_columns


@dataclass(frozen=True)
class Figure:
    """A chart with its caption and the text in its place."""

    chart: alt.LayerChart
    caption: str
    alt: str

    @property
    def kind(self) -> str:
        """Name of the block, for templates."""
        return "figure"

    @cached_property
    def svg(self) -> str:
        """The chart as SVG."""
        from consult import charts

        return charts.to_svg(self.chart)

    @cached_property
    def png(self) -> bytes:
        """The chart as PNG at 192 pixels an inch."""
        from consult import charts

        return charts.to_png(self.chart)


@dataclass(frozen=True)
class Quoted:
    """The words of a respondent, with their source."""

    quote: Quote

    @property
    def kind(self) -> str:
        """Name of the block, for templates."""
        return "quote"


Block = Paragraph | Bullets | Table | Figure | Quoted


@dataclass(frozen=True)
class Section:
    """A heading with what stands below it. `key` is its anchor."""

    key: str
    title: str
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True)
class Content:
    """
    A whole report.

    Attributes:
        title: Its title.
        lead: The sentence under it.
        caveat: What every reader must know.
        sections: What it says.
        closing: The last line.
        language: Language of its own words.
        contents: Whether it has a table of contents; a sheet of one page has none, and is set tighter.
    """

    title: str
    lead: str
    caveat: str
    sections: tuple[Section, ...]
    closing: str = ""
    language: str = "en"
    contents: bool = True
