"""One page on one theme: the finding, who says it, who does not, in which words, and how to cite it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from consult import measures
from consult.errors import UserError
from consult.report.blocks import Bullets, Content, Paragraph, Quoted, Section, Table
from consult.report.material import Material, finding
from consult.report.words import SMALL_HIDDEN, between, count, group_name, number, percent
from consult.study import Study
from consult.translation import say, spoken

QUOTES = 5
NO_GAP = "no gap shown"


def sheet(
    study: Study,
    theme: str,
    *,
    small_hidden: bool = False,
    selection: measures.Selection | None = None,
    corpus: measures.Corpus | None = None,
) -> Content:
    """
    Write the sheet of a theme.

    Args:
        study: A study that has been run.
        theme: Id or name of the theme.
        small_hidden: Hide counts under 10 and round the others to 5.
        selection: Which responses it is about, under which campaign view; None for the whole study.
        corpus: Its tables for counting, where they were read already.

    Raises:
        UserError: The study holds no responses, the selection keeps none, or there is no such theme (the message
            names the nearest).
    """
    material = Material.from_study(study, QUOTES, small_hidden=small_hidden, selection=selection, corpus=corpus)
    row = _row(material, theme)
    key, label = str(row["key"]), str(row["label"])
    definition = material.corpus.themes.set_index("theme_id")["definition"][key]
    quotes = material.quotable.for_theme(key, QUOTES) if count(row["n"]) != 0 else []
    gaps = measures.theme_gaps(material.corpus, key, selection=material.selection, small_hidden=small_hidden).table
    sections = (
        Section(
            "finding",
            say("The finding"),
            (
                Paragraph(finding(count(row["n"]), int(row["N"]), row["low"], row["high"]), "finding"),
                *([Paragraph(say(SMALL_HIDDEN), "caveat")] if small_hidden else []),
                Paragraph(material.view_words("themes", key) or say("No campaigns were found."), "soft"),
                Paragraph(say("What counts: {definition}", definition=definition)),
            ),
        ),
        Section(
            "quotes",
            say("In their words"),
            tuple(Quoted(quote) for quote in quotes) or (Paragraph(say("Nobody says it.")),),
        ),
        Section("who-says-it", say("Who says it, and who does not"), (_by_type(gaps), *_few(gaps), *_nobody(gaps))),
        Section("cite", say("How to cite"), (Bullets(_citation(material, row)),)),
        Section("limits", say("Limits"), (Paragraph(" ".join(c.text for c in material.overview.caveats), "soft"),)),
    )
    closing = say(
        "Check it: {command} prints what is behind this page; each quote's id can be shown too.",
        command=f"consult show {key}",
    )
    return Content(
        label,
        _consultations(material),
        material.caveat,
        sections,
        closing,
        spoken(),
        contents=False,
    )


def _row(material: Material, theme: str) -> dict[str, Any]:
    table = material.overview.themes.table
    mine = table[(table["key"] == theme) | (table["label"] == theme)]
    if not len(mine):
        hint = measures.nearest(theme, [*table["key"], *table["label"]]) if len(table) else ""
        known = ", ".join(table["key"].sort_values()) if len(table) else "none yet"
        message = f"theme '{theme}': not in this study; there are {known}.{hint}"
        raise UserError(message)
    return {str(name): value for name, value in mine.iloc[0].to_dict().items()}


def _by_type(gaps: pd.DataFrame) -> Table:
    said = gaps[~gaps["few"]].sort_values(["share", "group"], ascending=[False, True])
    rows = tuple(
        (
            group_name("stakeholder_type", str(group)), say("{n} of {of}", n=number(n), of=number(of)), percent(share),
            between(low, high), "" if word == NO_GAP else say(str(word)),
        )
        for group, n, of, share, low, high, word in zip(
            said["group"], said["n"], said["N"], said["share"], said["low"], said["high"], said["gap"],
            strict=True,
        )
    )  # fmt: skip
    shares = (say("Mention it"), say("Share"), say("Between"))
    columns = (say("Type of respondent"), *shares, say("Compared with the others"))
    return Table(say("By type of respondent"), columns, rows, (), (4,))


def _few(gaps: pd.DataFrame) -> tuple[Paragraph, ...]:
    few = gaps[gaps["few"]].sort_values(["N", "group"], ascending=[False, True])
    if not len(few):
        return ()
    told = ", ".join(
        f"{group_name('stakeholder_type', str(group))} {say('{n} of {of}', n=number(n), of=number(of))}"
        for group, n, of in zip(few["group"], few["n"], few["N"], strict=True)
    )
    return (Paragraph(say("Too few to compare (under 30 responses): {groups}.", groups=told), "soft"),)


def _nobody(gaps: pd.DataFrame) -> tuple[Paragraph, ...]:
    silent = gaps[(gaps["n"] == 0) & ~gaps["few"]].sort_values(["N", "group"], ascending=[False, True])
    if not len(silent):
        return ()
    names = ", ".join(
        f"{group_name('stakeholder_type', str(group))} ({number(n)})"
        for group, n in zip(silent["group"], silent["N"], strict=True)
    )
    return (Paragraph(say("Nobody among: {names}.", names=names)),)


def _consultations(material: Material) -> str:
    return "; ".join(material.corpus.consultations["title"])


def _citation(material: Material, row: dict[str, Any]) -> tuple[str, ...]:
    runs = [str(run["ended"])[:10] for run in material.study.runs() if run.get("stage") == "tag" and "ended" in run]
    book = material.codebook
    how = [say("theme {key}", key=row["key"])]
    if material.filters:
        how.insert(0, material.filters.removesuffix("."))
    if book:
        how.insert(0, say("codebook “{title}”, version {version}", title=book.title, version=book.version))
    if runs:
        how.append(say("tagged {day}", day=runs[-1]))
    cited = say(
        "{consultations}: {n} of {of} responses mention “{theme}” ({how}; consult).",
        consultations=_consultations(material),
        n=number(row["n"]),
        of=number(int(row["N"])),
        theme=row["label"],
        how=", ".join(how),
    )
    return (
        cited,
        say("Name what the share is of, the interval, and that respondents chose to answer."),
        say("Quote in the original language with the source line; a translation is yours."),
    )
