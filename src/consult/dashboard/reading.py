"""
What is shown as HTML: every word of it escaped, so that what respondents wrote is only ever text.

Nothing else in the dashboard makes HTML. Texts carry their language, so that a browser or a screen
reader treats them rightly.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import streamlit as st
from markupsafe import Markup, escape

from consult.text.privacy import mask
from consult.translation import say

if TYPE_CHECKING:
    import pandas as pd

    from consult.report.quotes import Quote

Mark = Literal["found", "like"]
SIDE_BY_SIDE = 3
"""A table with more columns is shown row by row in a narrow window."""
MOST_ROWS = 20
"""A table with more rows is scrolled in a frame of its own."""
MOST_STACKED = 8
"""So is, in a narrow window, a table with more rows that is shown row by row there."""


@dataclass(frozen=True)
class Span:
    """A stretch of a text to be marked: ``found`` by its words, ``like`` by similarity."""

    start: int
    end: int
    kind: Mark = "found"


def show(html: Markup) -> None:
    """Put HTML on the page; `Markup` says that everything in it was escaped."""
    st.html(str(html))


def title(text: str) -> None:
    """Show the title of a page."""
    show(Markup('<h1 class="c-title">{}</h1>').format(unbroken(text)))


def heading(text: str, *, level: Literal[2, 3] = 2, anchor: str = "") -> None:
    """Show a heading; text from respondents or a codebook is safe here. `places` leads to its anchor."""
    here = Markup(' id="{}"').format(anchor) if anchor else ""
    heading = Markup('<h{level} class="c-h{level}"{here}>{text}</h{level}>')
    show(heading.format(level=level, here=here, text=unbroken(text)))


def places(told: str, found: Sequence[tuple[str, str]], *, narrow_only: bool = False) -> None:
    """Show links to headings of the same page, each by its words and anchor; if so asked, in narrow windows only."""
    items = Markup("").join(Markup('<li><a href="#{}">{}</a></li>').format(at, words) for words, at in found)
    block = Markup('<nav class="c-{}"><p class="c-small">{}</p><ul class="c-list c-small">{}</ul></nav>')
    show(block.format("narrow" if narrow_only else "places", told, items))


def line(text: str, *, kind: Literal["lead", "small", "showing", "problem"] = "lead", lang: str | None = None) -> None:
    """Show one paragraph."""
    show(Markup('<p class="c-{}"{}>{}</p>').format(kind, _lang(lang), unbroken(text)))


def unbroken(text: str) -> str:
    r"""
    Return a text in which no line begins with a percent sign or with the signs that French sets apart.

    >>> unbroken("from 10 % on").split(" ")
    ['from', '10\xa0%', 'on']
    """
    return _KEPT_TOGETHER.sub("\u00a0", text)


def marked(text: str, spans: Iterable[Span] = ()) -> Markup:
    """
    Return the text escaped, with spans marked; where spans overlap, the one by its words wins.

    >>> str(marked("a <b> c", [Span(2, 5)]))
    'a <mark class="c-found">&lt;b&gt;</mark> c'
    """
    kinds: list[Mark | None] = [None] * len(text)
    for span in sorted(spans, key=lambda s: s.kind == "found"):
        for position in range(max(span.start, 0), min(span.end, len(text))):
            kinds[position] = span.kind
    parts, start = [], 0
    for position in range(1, len(text) + 1):
        if position == len(text) or kinds[position] != kinds[start]:
            words, kind = escape(text[start:position]), kinds[start]
            parts.append(Markup('<mark class="c-{}">{}</mark>').format(kind, words) if kind else words)
            start = position
    return Markup("").join(parts)


def flowing(text: str) -> str:
    r"""
    Return a text with single line breaks as spaces, as long as before: in papers they only end a printed line.

    >>> flowing("a" + chr(10) + "b")
    'a b'
    """
    return re.sub(r"(?<!\n)\n(?!\n)", " ", text)


def text_block(text: str, spans: Iterable[Span] = (), *, lang: str | None = None) -> Markup:
    """Return a text as a block, personal data masked."""
    return Markup('<div class="c-text"{}>{}</div>').format(_lang(lang), marked(mask(text), spans))


def quote_html(quote: Quote) -> Markup:
    """Return a quote with its evidence marked, and its source line below."""
    before, evidence, after = (re.sub(r"\s+", " ", part) for part in quote.parts())
    words, span = before + evidence + after, Span(len(before), len(before) + len(evidence))
    return Markup('<blockquote class="c-quote"{}>{}</blockquote><p class="c-source">{}</p>').format(
        _lang(quote.language), marked(words, [span]), quote.source_line
    )


def quote_block(text: str, source: str, spans: Iterable[Span] = (), *, lang: str | None = None) -> None:
    """Show words and where they stand; the words must be masked already."""
    block = Markup('<blockquote class="c-quote"{}>{}</blockquote><p class="c-source">{}</p>')
    show(block.format(_lang(lang), marked(text, spans), source))


def bullets(lines: Sequence[str]) -> None:
    """Show a list."""
    items = Markup("").join(Markup("<li>{}</li>").format(unbroken(told)) for told in lines)
    show(Markup('<ul class="c-list">{}</ul>').format(items))


def show_quotes(quotes: Sequence[Quote]) -> None:
    """Show quotes, one under the other."""
    for quote in quotes:
        show(quote_html(quote))


def facts(pairs: Sequence[tuple[str, str]]) -> None:
    """Show names and values."""
    inside = Markup("").join(Markup("<dt>{}</dt><dd>{}</dd>").format(name, value) for name, value in pairs)
    show(Markup('<dl class="c-facts">{}</dl>').format(inside))


def folded(text: str, longest: int = 90) -> None:
    """Show a line; a long one is cut at a word and opens to the whole."""
    if len(text) <= longest:
        line(text)
        return
    block = Markup('<details class="c-folded"><summary>{} …</summary><p>{}</p></details>')
    show(block.format(text[:longest].rsplit(" ", 1)[0], text))


def table_html(frame: pd.DataFrame, caption: str, *, numbers: Sequence[str] = ()) -> Markup:
    """Return a table with its caption; columns named in `numbers` are set to the right."""
    head = Markup("").join(
        Markup('<th scope="col" role="columnheader"{}>{}</th>').format(_number(name in numbers), name)
        for name in frame.columns
    )
    rows = []
    for values in frame.itertuples(index=False, name=None):
        cells = [
            Markup('<td role="cell" data-name="{}"{}>{}</td>').format(name, _cell(value, number=name in numbers), value)
            for name, value in zip(frame.columns, values, strict=True)
        ]
        rows.append(Markup('<tr role="row">{}</tr>').format(Markup("").join(cells)))
    stacked = Markup(" c-stacked") if len(frame.columns) > SIDE_BY_SIDE else Markup("")
    tall = Markup(" c-tall") if stacked and len(frame) > MOST_STACKED else Markup("")
    long = Markup(" c-long") if len(frame) > MOST_ROWS else tall
    # The roles say what the tags say; browsers forget it where a narrow window shows each row as a block.
    return Markup(
        '<div class="c-scroll{}" tabindex="0" role="region" aria-label="{}"><table role="table" class="c-table{}">'
        '<caption>{}</caption><thead role="rowgroup"><tr role="row">{}</tr></thead>'
        '<tbody role="rowgroup">{}</tbody></table></div>'
    ).format(long, caption, stacked, caption, head, Markup("").join(rows))


def table(frame: pd.DataFrame, caption: str, *, numbers: Sequence[str] = ()) -> None:
    """Show a table."""
    show(table_html(frame, caption, numbers=numbers))


def steps(stages: Sequence[tuple[str, bool, bool]]) -> None:
    """Show the stages of a run: name, whether it is done, whether it is being done."""
    words = {(True, False): say("done"), (False, True): say("now")}
    items = Markup("").join(
        Markup("<li>{} {}{}</li>").format("✓" if done else "▸" if now else "·", name, _told(words.get((done, now))))
        for name, done, now in stages
    )
    show(Markup('<ul class="c-steps">{}</ul>').format(items))


def plain(text: str) -> str:
    r"""
    Return a text for a widget's label, with what Markdown would interpret taken literally.

    >>> plain("a *b* [c](d)")
    'a \\*b\\* \\[c\\](d)'
    """
    return _MARKDOWN.sub(r"\\\g<0>", " ".join(text.split()))


_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_KEPT_TOGETHER = re.compile(r"(?<=\d) (?=%)|(?<=\S) (?=[?!:;»])|(?<=«) ")
_MARKDOWN = re.compile(r"[\\`*_\[\]{}#<>|~$:]")


def _told(word: str | None) -> str:
    return f" ({word})" if word else ""


def _lang(code: str | None) -> Markup:
    return Markup(' lang="{}"').format(code) if code else Markup("")


def _cell(value: object, *, number: bool) -> Markup:
    day = isinstance(value, str) and _DATE.fullmatch(value)  # a day is not broken at its hyphens
    return Markup(' class="c-day"') if day and not number else _number(number)


def _number(yes: bool) -> Markup:  # noqa: FBT001
    return Markup(' class="c-number"') if yes else Markup("")
