"""The report as one HTML file: no script, nothing fetched, printable."""

from __future__ import annotations

import base64
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, PackageLoader, StrictUndefined, TemplateError
from markupsafe import Markup, escape

from consult.errors import UserError
from consult.report.blocks import Content, Figure
from consult.report.content import build
from consult.report.exports.files import write_file
from consult.report.quotes import Quote
from consult.study import Study
from consult.translation import say, speaking

TEMPLATE = "report.html.j2"


def write_html_report(study: Study, out: Path, *, template: Path | None = None) -> None:
    """
    Write the report of a study as one HTML file.

    Args:
        study: A study that has been run.
        out: The file.
        template: A Jinja2 template in place of the shipped one; it is given ``content`` (`blocks.Content`).

    Raises:
        UserError: The study holds no responses, the template is faulty, or the file cannot be written.
    """
    write_file(out, render_html(build(study), template=template).encode())


def render_html(content: Content, *, template: Path | None = None) -> str:
    """Return the report as HTML, in its language; everything that respondents wrote is escaped."""
    where = template or Path(TEMPLATE)
    try:
        with speaking(content.language):
            return _environment(template).get_template(where.name).render(content=content)
    except TemplateError as error:
        message = f"{where}: {error}; expected a Jinja2 template. Start from a copy of the shipped {TEMPLATE}."
        raise UserError(message) from error


def marked(quote: Quote) -> Markup:
    """Return a quote as HTML with its evidence marked; the words themselves are escaped."""
    before, found, after = quote.parts()
    return escape(before) + Markup("<mark>{}</mark>").format(found) + escape(after) if found else escape(before)


def image(figure: Figure) -> Markup:
    """Return a figure as an address that holds the whole picture."""
    return Markup("data:image/svg+xml;base64,") + base64.b64encode(figure.svg.encode()).decode()


def _unbroken(value: object) -> object:
    """Keep numbers and their per cent sign on one line, in our own words only: quotes are markup by then."""
    return value.replace(" %", "\u00a0%") if isinstance(value, str) and not isinstance(value, Markup) else value


def _environment(template: Path | None) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(template.parent) if template else PackageLoader("consult.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_unbroken,
    )
    environment.filters.update(marked=marked, image=image)
    environment.globals.update(say=say)
    return environment
