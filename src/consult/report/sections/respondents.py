"""Who answered, and which texts came in many copies."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from consult import charts, measures
from consult.report.blocks import Block, Figure, Paragraph, Section, Table
from consult.report.material import Material, group_names, share_table
from consult.report.withheld import instead
from consult.report.words import FIELD_WORDS, number, shortened
from consult.text.privacy import mask
from consult.translation import capital, say, say_n

LARGEST = 20
COUNTRIES = 15


def who_answered(material: Material) -> Section:
    """Write who answered: by type, country, language, register and day."""
    overview = material.overview
    blocks: list[Block] = [
        Paragraph(
            say(
                "Shares are {of}. “Between” gives the range that chance alone would allow (95 % interval, Wilson).",
                of=overview.of,
            ),
            "soft",
        )
    ]
    by_type, question = overview.by_type, say("Who answered?")
    names = group_names("stakeholder_type", by_type.table["key"])
    blocks += [
        Figure(
            charts.bars(by_type, question, labels=names),
            say("Responses by type of respondent."),
            charts.alt_text(by_type, question, labels=names),
        ),
        _plain(share_table(by_type, say("Responses by type of respondent"), say("Type of respondent"), names=names)),
    ]
    blocks += [_groups(overview.by_country, "country", COUNTRIES), _groups(overview.by_language, "language")]
    blocks += _registered(material)
    if len(overview.by_day.table) > 1 and not material.small_hidden:
        asked = say("When were responses sent?")
        days = measures.over_time(material.corpus, "day", selection=material.selection)
        blocks.append(Figure(charts.timeline(days, asked), say("Responses by day."), charts.alt_text(days, asked)))
    return Section("who", say("Who answered?"), tuple(blocks))


def _groups(measure: measures.Measure, field: str, limit: int | None = None) -> Table:
    words = say(FIELD_WORDS[field])
    table = share_table(
        measure,
        say("Responses by {field}", field=words),
        capital(words),
        names=group_names(field, measure.table["key"]),
    )
    if limit is None or len(table.rows) <= limit:
        return table
    rest = measure.table["n"].iloc[limit:].sum(skipna=False)
    others = say_n("{n} other", "{n} others together", len(table.rows) - limit)
    last = (others, number(rest), "", "")
    return Table(table.caption, table.columns, (*table.rows[:limit], last), (*table.bars[:limit], 0.0))


def _registered(material: Material) -> list[Block]:
    """Set organisations in the Transparency Register and others apart, where the source says who is in it."""
    if not material.corpus.responses["transparency_register"].notna().any():
        return []
    measure = measures.respondent_shares(
        material.corpus, "registered", material.selection, small_hidden=material.small_hidden
    )
    names = {
        "yes": say("Organisation, in the Transparency Register"),
        "no": say("Organisation, no register number given"),
        "not an organisation": say("Not an organisation, or type not stated"),
    }
    caption = say("Responses by entry in the EU Transparency Register")
    return [share_table(measure, caption, say("Respondent"), names=names)]


def campaigns(material: Material) -> Section | None:
    """Write which near-identical texts were sent by several; None if none were."""
    found = material.overview.campaigns
    if not len(found):
        return None
    documents = material.study.read("documents", ["document_id", "response_id", "text"]).set_index("document_id")
    texts = documents["text"].mask(documents["response_id"].isin(material.withheld), instead())
    views = material.overview.views.set_index("view")["n"]
    large = int((found["n_responses"] >= 10).sum())
    sizes = material.fit(pd.DataFrame({"n": found["n_responses"], "N": found["n_responses"]}))["n"]
    rows = tuple(
        (
            shortened(mask(str(texts[document])), 110),
            number(n),
            _day(first),
            _day(last),
            str(key),
        )
        for document, n, first, last, key in zip(
            found["representative_document_id"].head(LARGEST), sizes, found["first_at"],
            found["last_at"], found["campaign_id"], strict=False,
        )
    )  # fmt: skip
    blocks: list[Block] = [
        Paragraph(
            say_n(
                "{n} text was sent by several respondents in near-identical words.",
                "{n} texts were sent by several respondents in near-identical words.",
                len(found),
            )
            + " "
            + say_n("{n} of them was sent by ten or more.", "{n} of them were sent by ten or more.", large)
            + " "
            + say(
                "They are neither thrown away nor passed over: shares are of all {all} responses, of {once} with each "
                "campaign counted once, and of {apart} with campaigns set apart.",
                **{str(view): number(n) for view, n in views.items()},
            )
        ),
        Table(
            say("The largest twenty campaigns") if len(found) > LARGEST else say("Campaigns, largest first"),
            (say("The text begins"), say("Responses"), say("First"), say("Last"), say("Id")), rows, (), (2, 3, 4),
        ),
    ]  # fmt: skip
    return Section("campaigns", say("Campaigns"), tuple(blocks))


def _day(moment: pd.Timestamp) -> str:
    return "" if pd.isna(moment) else moment.strftime("%d.%m.%Y")


def _plain(table: Table) -> Table:
    """Return a table without bars, where a figure beside it has them."""
    return replace(table, bars=())
