"""Annexes: codebook, rules and denominators, every share, sources, what was set aside, runs."""

from __future__ import annotations

from consult import measures
from consult.report.blocks import Block, Bullets, Paragraph, Section, Table
from consult.report.material import Material
from consult.report.words import percent


def codebook(material: Material) -> Section | None:
    """Write the themes with their definitions; None without a codebook."""
    book = material.codebook
    if book is None:
        return None
    names = {theme.theme_id: theme.name for theme in book.themes}
    rows = tuple(
        (theme.name, theme.theme_id, names.get(theme.parent_id or "", ""), theme.definition) for theme in book.themes
    )
    intro = Paragraph(f"{book.title}, version {book.version}. {book.description}")
    table = Table("Themes of the codebook", ("Theme", "Id", "Broader theme", "Definition"), rows, (), (1, 2, 3))
    return Section("annex-codebook", "Annex: the codebook", (intro, table))


def numbers(material: Material) -> Section:
    """Write the rules behind the words, and every share with its denominator."""
    blocks: list[Block] = [
        Paragraph("The words that stand for shares, and how verdicts are made:"),
        Bullets(measures.RULES),
        Paragraph(
            "Intervals are 95 % Wilson intervals. Differences between types of respondent are tested against all "
            "others together (chi-square, or Fisher's exact test where an expected count is under five), p-values "
            "adjusted over all tests of a table (Benjamini-Hochberg); groups under 30 responses are not compared."
        ),
    ]
    for what, word in (("themes", "Theme"), ("topics", "Topic")):
        table = material.views.get(what)
        if table is None or not len(table):
            continue
        first = table[table["view"] == "all"].sort_values(["n", "key"], ascending=[False, True])
        others = {view: table[table["view"] == view].set_index("key")["share"] for view in ("once", "apart")}
        rows = tuple(
            (
                str(label), f"{n:,}", f"{of:,}", percent(share), f"{percent(low)} to {percent(high)}",
                *(percent(other[key]) if key in other.index else "" for other in others.values()), str(key),
            )
            for key, label, n, of, share, low, high in zip(
                first["key"], first["label"], first["n"], first["N"], first["share"], first["low"], first["high"],
                strict=True,
            )
        )  # fmt: skip
        columns = (word, "n", "N", "Share", "Between", "Campaigns once", "Campaigns apart", "Id")
        blocks.append(
            Table(f"Every {word.lower()}: responses that mention it (n) of responses (N)", columns, rows, (), (7,))
        )
    return Section("annex-numbers", "Annex: rules and denominators", tuple(blocks))


def sources(material: Material) -> Section:
    """Write what was read, what was set aside and why, and which stages ran."""
    study = material.study
    given = study.read("sources")
    blocks: list[Block] = [
        Table(
            "Sources: rows = responses + set aside",
            ("Source", "Format", "Rows", "Responses", "Set aside", "SHA-256 (start)"),
            tuple(
                (str(name), str(form), f"{rows:,}", f"{n:,}", f"{aside:,}", str(sha)[:16])
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
            (str(reason), str(stage), f"{n:,}")
            for reason, stage, n in zip(aside["reason"], aside["stage"], aside["size"], strict=True)
        )
        blocks.append(Table("Set aside, with the reason", ("Reason", "Stage", "Items"), rows, (), (1,)))
    last = {str(run["stage"]): run for run in study.runs() if "stage" in run}
    stages = tuple(
        (stage, str(run.get("ended", "")).replace("T", " ")[:16], f"{run.get('seconds', 0):,.1f}", _versions(run))
        for stage, run in last.items()
    )
    if stages:
        blocks.append(
            Table("Stages, as they last ran", ("Stage", "Ended (UTC)", "Seconds", "With"), stages, (), (1, 3))
        )
    return Section("annex-sources", "Annex: sources, what was set aside, runs", tuple(blocks))


def _versions(run: dict[str, object]) -> str:
    versions = run.get("versions")
    if not isinstance(versions, dict):
        return ""
    return ", ".join(f"{name} {versions[name]}" for name in ("consult", "bertopic", "spacy") if name in versions)
