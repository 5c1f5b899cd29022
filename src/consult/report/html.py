"""The report as one HTML file: no script, nothing fetched, printable."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

import consult
from consult import measures
from consult.errors import UserError
from consult.report.quotes import Quote
from consult.report.summary import summarise
from consult.report.words import CAVEAT, NOT_STATED, STAKEHOLDER, country_name, language_name, percent
from consult.study import Study
from consult.text.privacy import mask

QUOTES = 3


def write_html_report(study: Study, out: Path) -> None:
    """
    Write the report of a study.

    Raises:
        UserError: The study holds no responses, or the file cannot be written.
    """
    text = render_html(study)
    temporary = out.with_name(f"{out.name}.tmp")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(out)
    except OSError as error:
        message = f"{out}: cannot be written ({error.strerror or error}). Choose another file with --out."
        raise UserError(message) from error


def render_html(study: Study) -> str:
    """Return the report as HTML; everything that respondents wrote is escaped."""
    summary = summarise(study, n_quotes=QUOTES)
    template = _environment().get_template("report.html.j2")
    return template.render(
        summary=summary,
        overview=summary.overview,
        caveat=CAVEAT,
        types=_rows(summary.overview.by_type, lambda key: STAKEHOLDER.get(key, key)),
        countries=_rows(summary.overview.by_country, country_name),
        languages=_rows(summary.overview.by_language, language_name),
        theme_views=_by_view(study),
        campaign_texts=_campaign_texts(study, summary.overview.campaigns),
        runs=[record for record in study.runs() if "stage" in record],
        version=consult.__version__,
        view_words=measures.VIEW_WORDS,
    )


def marked(quote: Quote) -> Markup:
    """Return a quote as HTML with its evidence marked; the words themselves are escaped."""
    text = quote.shortened()
    if quote.evidence is None:
        return escape(text)
    words = quote.text[quote.evidence[0] : quote.evidence[1]]
    before, found, after = text.partition(words) if words.strip() else (text, "", "")
    return escape(before) + Markup("<mark>{}</mark>").format(found) + escape(after) if found else escape(text)


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("consult.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(percent=percent, marked=marked, count=lambda n: f"{n:,}")
    return environment


def _rows(measure: measures.Measure, name: Any) -> list[dict[str, Any]]:
    table = measure.table.sort_values(["n", "key"], ascending=[False, True])
    widest = float(table["high"].max()) if len(table) else 1.0
    return [
        {
            "label": NOT_STATED if row["key"] == measures.UNKNOWN else name(row["key"]),
            "width": round(100 * row["share"] / widest, 1),
            **{column: row[column] for column in ("n", "N", "share", "low", "high")},
        }
        for row in table.to_dict("records")
    ]


def _campaign_texts(study: Study, campaigns: pd.DataFrame) -> dict[str, str]:
    """Return how each campaign's representative text begins."""
    texts = study.read("documents", ["document_id", "text"]).set_index("document_id")["text"]
    first = campaigns.set_index("campaign_id")["representative_document_id"].map(texts)
    return {str(key): textwrap.shorten(mask(text), 120, placeholder=" …") for key, text in first.items()}


def _by_view(study: Study) -> dict[str, dict[str, float]]:
    """Return the share of each theme under each campaign view."""
    corpus = measures.Corpus.from_study(study)
    table: pd.DataFrame = measures.three_views(lambda chosen: measures.theme_shares(corpus, chosen))
    return {str(key): dict(zip(group["view"], group["share"], strict=True)) for key, group in table.groupby("key")}
