"""Annexes: codebook, rules and denominators, every share, sources, what was set aside, runs."""

from __future__ import annotations

from consult import measures
from consult.report.blocks import Block, Bullets, Paragraph, Section, Table
from consult.report.material import Material
from consult.report.words import between, number, percent
from consult.translation import decimal, say


def codebook(material: Material) -> Section | None:
    """Write the themes with their definitions; None without a codebook."""
    book = material.codebook
    if book is None:
        return None
    names = {theme.theme_id: theme.name for theme in book.themes}
    rows = tuple(
        (theme.name, theme.theme_id, names.get(theme.parent_id or "", ""), theme.definition) for theme in book.themes
    )
    intro = Paragraph(
        say("{title}, version {version}. {about}", title=book.title, version=book.version, about=book.description)
    )
    columns = (say("Theme"), say("Id"), say("Broader theme"), say("Definition"))
    table = Table(say("Themes of the codebook"), columns, rows, (), (1, 2, 3))
    return Section("annex-codebook", say("Annex: the codebook"), (intro, table))


def numbers(material: Material) -> Section:
    """Write the rules behind the words, and every share with its denominator."""
    blocks: list[Block] = [
        Paragraph(say("The words that stand for shares, and how verdicts are made:")),
        Bullets(measures.rules()),
        Paragraph(
            say(
                "Intervals are 95 % Wilson intervals. Differences between types of respondent are tested against all "
                "others together (chi-square, or Fisher's exact test where an expected count is under five), p-values "
                "adjusted over all tests of a table (Benjamini-Hochberg); groups under 30 responses are not compared."
            )
        ),
    ]
    for what in ("themes", "topics"):
        table = material.views.get(what)
        if table is None or not len(table):
            continue
        first = table[table["view"] == "all"].sort_values(["n", "key"], ascending=[False, True])
        others = {view: table[table["view"] == view].set_index("key")["share"] for view in ("once", "apart")}
        rows = tuple(
            (
                str(label), number(n), number(of), percent(share), between(low, high),
                *(percent(other[key]) if key in other.index else "" for other in others.values()), str(key),
            )
            for key, label, n, of, share, low, high in zip(
                first["key"], first["label"], first["n"], first["N"], first["share"], first["low"], first["high"],
                strict=True,
            )
        )  # fmt: skip
        themes = what == "themes"
        shares = (say("Share"), say("Between"), say("Campaigns once"), say("Campaigns apart"), say("Id"))
        columns = (say("Theme") if themes else say("Topic"), "n", "N", *shares)
        caption = (
            say("Every theme: responses that mention it (n) of responses (N)")
            if themes
            else say("Every topic: responses that mention it (n) of responses (N)")
        )
        blocks.append(Table(caption, columns, rows, (), (7,)))
    return Section("annex-numbers", say("Annex: rules and denominators"), tuple(blocks))


def sources(material: Material) -> Section:
    """Write what was read, what was set aside and why, and which stages ran."""
    study = material.study
    given = study.read("sources")
    blocks: list[Block] = [
        Table(
            say("Sources: rows = responses + set aside"),
            (say("Source"), say("Format"), say("Rows"), say("Responses"), say("Set aside"), say("SHA-256 (start)")),
            tuple(
                (str(name), str(form), number(rows), number(n), number(aside), str(sha)[:16])
                for name, form, rows, n, aside, sha in zip(
                    given["name"], given["format"], given["n_rows"], given["n_responses"], given["n_set_aside"],
                    given["sha256"], strict=True,
                )
            ),
            (), (1, 5),
        )
    ]  # fmt: skip
    aside = study.read("set_aside").groupby(["stage", "reason"], as_index=False).size()
    if len(aside):
        aside = aside.sort_values(["size", "reason"], ascending=[False, True])
        rows = tuple(
            (str(reason), str(stage), number(n))
            for reason, stage, n in zip(aside["reason"], aside["stage"], aside["size"], strict=True)
        )
        blocks.append(
            Table(say("Set aside, with the reason"), (say("Reason"), say("Stage"), say("Items")), rows, (), (1,))
        )
    last = {str(run["stage"]): run for run in study.runs() if "stage" in run}
    stages = tuple(
        (stage, str(run.get("ended", "")).replace("T", " ")[:16], decimal(run.get("seconds", 0)), _versions(run))
        for stage, run in last.items()
    )
    if stages:
        columns = (say("Stage"), say("Ended (UTC)"), say("Seconds"), say("With"))
        blocks.append(Table(say("Stages, as they last ran"), columns, stages, (), (1, 3)))
    return Section("annex-sources", say("Annex: sources, what was set aside, runs"), tuple(blocks))


def _versions(run: dict[str, object]) -> str:
    versions = run.get("versions")
    if not isinstance(versions, dict):
        return ""
    return ", ".join(f"{name} {versions[name]}" for name in ("consult", "bertopic", "spacy") if name in versions)
