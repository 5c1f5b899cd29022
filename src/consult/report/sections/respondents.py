"""Who answered, and which texts came in many copies."""

from __future__ import annotations

import textwrap
from dataclasses import replace

import pandas as pd

from consult import charts, measures
from consult.report.blocks import Block, Figure, Paragraph, Section, Table
from consult.report.material import Material, group_names, share_table
from consult.report.words import FIELD_WORDS
from consult.text.privacy import mask

LARGEST = 20
COUNTRIES = 15


def who_answered(material: Material) -> Section:
    """Write who answered: by type, country, language, register and day."""
    overview = material.overview
    blocks: list[Block] = [
        Paragraph(
            f"Shares are {overview.of}. “Between” gives the range that chance alone would allow (95 % interval, "
            "Wilson).",
            "soft",
        )
    ]
    by_type, question = overview.by_type, "Who answered?"
    names = group_names("stakeholder_type", by_type.table["key"])
    blocks += [
        Figure(
            charts.bars(by_type, question, labels=names),
            "Responses by type of respondent.",
            charts.alt_text(by_type, question, labels=names),
        ),
        _plain(share_table(by_type, "Responses by type of respondent", "Type of respondent", names=names)),
    ]
    blocks += [_groups(overview.by_country, "country", COUNTRIES), _groups(overview.by_language, "language")]
    blocks += _registered(material)
    if len(overview.by_day.table) > 1:
        asked = "When were responses sent?"
        days = measures.over_time(material.corpus, "day")
        blocks.append(Figure(charts.timeline(days, asked), "Responses by day.", charts.alt_text(days, asked)))
    return Section("who", "Who answered?", tuple(blocks))


def _groups(measure: measures.Measure, field: str, limit: int | None = None) -> Table:
    words = FIELD_WORDS[field]
    table = share_table(
        measure, f"Responses by {words}", words.capitalize(), names=group_names(field, measure.table["key"])
    )
    if limit is None or len(table.rows) <= limit:
        return table
    rest = sum(int(n) for n in measure.table["n"].iloc[limit:])
    last = (f"{len(table.rows) - limit} others together", f"{rest:,}", "", "")
    return Table(table.caption, table.columns, (*table.rows[:limit], last), (*table.bars[:limit], 0.0))


def _registered(material: Material) -> list[Block]:
    """Set organisations in the Transparency Register and others apart, where the source says who is in it."""
    if not material.corpus.responses["transparency_register"].notna().any():
        return []
    measure = measures.respondent_shares(material.corpus, "registered")
    names = {
        "yes": "Organisation, in the Transparency Register",
        "no": "Organisation, no register number given",
        "not an organisation": "Not an organisation, or type not stated",
    }
    return [share_table(measure, "Responses by entry in the EU Transparency Register", "Respondent", names=names)]


def campaigns(material: Material) -> Section | None:
    """Write which near-identical texts were sent by several; None if none were."""
    found = material.overview.campaigns
    if not len(found):
        return None
    texts = material.study.read("documents", ["document_id", "text"]).set_index("document_id")["text"]
    views = material.overview.views.set_index("view")["n"]
    large = int((found["n_responses"] >= 10).sum())
    rows = tuple(
        (
            textwrap.shorten(mask(str(texts[document])), 110, placeholder=" …"),
            f"{n:,}",
            _day(first),
            _day(last),
            str(key),
        )
        for document, n, first, last, key in zip(
            found["representative_document_id"].head(LARGEST), found["n_responses"], found["first_at"],
            found["last_at"], found["campaign_id"], strict=False,
        )
    )  # fmt: skip
    ten = "one of them" if large == 1 else f"{large:,} of them"
    blocks: list[Block] = [
        Paragraph(
            f"{len(found):,} text{'s were' if len(found) != 1 else ' was'} sent by several respondents in near-"
            f"identical words, {ten} by ten or more. They are neither thrown away nor passed over: shares are of "
            f"all {views['all']:,} responses, of {views['once']:,} with each campaign counted once, and of "
            f"{views['apart']:,} with campaigns set apart."
        ),
        Table(
            "The largest twenty campaigns" if len(found) > LARGEST else "Campaigns, largest first",
            ("The text begins", "Responses", "First", "Last", "Id"), rows, (), (2, 3, 4),
        ),
    ]  # fmt: skip
    return Section("campaigns", "Campaigns", tuple(blocks))


def _day(moment: pd.Timestamp) -> str:
    return "" if pd.isna(moment) else moment.strftime("%d.%m.%Y")


def _plain(table: Table) -> Table:
    """Return a table without bars, where a figure beside it has them."""
    return replace(table, bars=())
