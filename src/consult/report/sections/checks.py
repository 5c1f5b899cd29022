"""Claims checked, gaps, and limits."""

from __future__ import annotations

from consult import measures
from consult.measures.hiding import total
from consult.report.blocks import Block, Bullets, Paragraph, Quoted, Section, Table
from consult.report.claims import Checked, check_all
from consult.report.material import Material, finding
from consult.report.own_text import in_own_text
from consult.report.words import FIELD_WORDS, between, count, group_name, number, percent
from consult.translation import capital, later, say, say_n

OUTCOMES = {
    "holds": later("The limit given with the sentence holds."),
    "fails": later("The limit given with the sentence fails."),
    "open": later("Whether the limit given with the sentence holds is open."),
}
FEWEST = 5


def claims(material: Material) -> Section | None:
    """Write every stored claim with its verdict; None if none is stored."""
    every = check_all(material.study, n_quotes=material.n_quotes, corpus=material.corpus)
    if not every:
        return None
    checked = [one for one in every if material.selection.whole or one.stored.claim.selection == material.selection]
    intro = Paragraph(
        say(
            "A sentence, what stands for it in the codebook, and what the responses say. The words of a verdict follow "
            "the rules in the annex."
        ),
        "soft",
    )
    sections = tuple(
        Section(f"claim-{i}", f"“{one.stored.claim.sentence}”", tuple(_claim(material, one)))
        for i, one in enumerate(checked, start=1)
    )
    return Section("claims", say("Claims checked"), (intro, *_elsewhere(len(every) - len(checked))), sections)


def _elsewhere(n: int) -> tuple[Paragraph, ...]:
    if not n:
        return ()
    told = say_n(
        "{n} claim was kept with other filters than this report's; the report on the whole study has it.",
        "{n} claims were kept with other filters than this report's; the report on the whole study has them.",
        n,
    )
    return (Paragraph(told),)


def _claim(material: Material, one: Checked) -> list[Block]:
    result = one.result
    if result is None:
        return [Paragraph(say("It can no longer be checked: {fault}", fault=one.fault), "caveat")]
    if material.small_hidden:
        views = material.fit(result.views)
        mine = views[views["view"] == result.claim.selection.view].iloc[0]
        told = finding(count(mine["n"]), int(mine["N"]), mine["low"], mine["high"])
        blocks: list[Block] = [Paragraph(told, "finding")]
    else:
        views, blocks = result.views, [Paragraph(f"{capital(result.verdict)}.", "finding")]
    if result.outcome:
        blocks.append(Paragraph(say(OUTCOMES[result.outcome])))
    own = in_own_text(material.study, result.claim.query)
    if own is not None:
        blocks.append(Paragraph(f"{capital(own.words)}."))
    blocks.append(
        Table(
            say("Under the three campaign views"),
            (say("Counted"), say("Mention it"), say("Of"), say("Share"), say("Between")),
            tuple(
                (say(str(label)), number(n), number(of), percent(share), between(low, high))
                for label, n, of, share, low, high in zip(
                    views["view_label"],
                    views["n"],
                    views["N"],
                    views["share"],
                    views["low"],
                    views["high"],
                    strict=True,
                )
            ),
        )
    )
    for field, table in {} if material.small_hidden else result.by.items():
        silent = table[(table["n"] == 0) & ~table["few"]]
        if len(silent):
            names = ", ".join(
                f"{group_name(field, str(k), str(w))} ({number(n)})"
                for k, w, n in zip(silent["key"], silent["label"], silent["N"], strict=True)
            )
            blocks.append(
                Paragraph(
                    say("Nobody mentions it, by {field}: {names}.", field=say(FIELD_WORDS[field]), names=names), "soft"
                )
            )
    for row in result.quotes.to_dict("records"):
        quote = material.quotable.for_place(row["document_id"], row["start"], row["end"])
        if quote is not None:
            blocks.append(Quoted(quote))
    if one.change and not material.small_hidden:
        blocks.append(Paragraph(say("Since it was last checked: {change}", change=one.change), "caveat"))
    return blocks


def gaps(material: Material) -> Section:
    """Write what was not said: themes nobody or hardly any group mentions, questions few answered, what was unasked."""
    corpus, blocks = material.corpus, list[Block]()
    shares = material.overview.themes.table
    silent = shares.loc[shares["n"] == 0, "label"].tolist() if len(shares) else []
    if silent:
        never = say("Themes of the codebook that no response was found to mention: {themes}.", themes=", ".join(silent))
        blocks.append(Paragraph(never))
    blocks += _missing(material)
    if material.codebook is not None and len(corpus.themes):
        asked = measures.asked_themes(corpus.questions, material.codebook)
        raised = material.fit(measures.unasked(corpus, asked, material.selection).table)
        if len(raised):
            told = ", ".join(f"{w} ({percent(s)})" for w, s in zip(raised["label"], raised["share"], strict=True))
            often = say("Raised by a tenth of responses or more although no question names it: {themes}.", themes=told)
            blocks.append(Paragraph(often))
    questions = material.questions.head(FEWEST)
    blocks.append(
        Table(
            say("Questions that fewest answered"),
            (say("Question"), say("Answered"), say("Of"), say("Share")),
            tuple(
                (f"{place}. {text}", number(n), number(of), percent(share))
                for place, text, n, of, share in zip(
                    questions["number"], questions["text"], questions["n"], questions["N"], questions["share"],
                    strict=True,
                )
            ),
        )
    )  # fmt: skip
    return Section("gaps", say("Gaps: what was not said"), tuple(blocks))


def _missing(material: Material) -> list[Block]:
    if material.by_type is None:
        return []
    table = material.by_type.table
    less = table[(table["direction"] == "less") & table["n"].notna()].sort_values(["p_adjusted", "group", "key"])
    if not len(less):
        text = say("No theme is shown to be missing or rarer in one type of respondent than in the others.")
        return [Paragraph(text)]
    rows = tuple(
        (
            str(label), group_name("stakeholder_type", str(group)), say("missing") if not n else say("rarer"),
            say("{n} of {of}", n=number(n), of=number(of)), percent(share), percent(rest),
        )
        for label, group, n, of, share, rest in zip(
            less["label"], less["group"], less["n"], less["N"], less["share"], less["rest_share"], strict=True
        )
    )  # fmt: skip
    caption = say("Themes that a type of respondent mentions less often than the others, by more than chance")
    names = (say("Theme"), say("Type of respondent"), say("Gap"), say("Mention it"), say("Share"), say("Elsewhere"))
    return [Table(caption, names, rows, (), (1, 2))]


def limits(material: Material) -> Section:
    """Write what a reader must know before quoting a number."""
    quality = material.overview.quality
    told = tuple(
        say("{what}: {n} of {of}.", what=capital(say(str(label))), n=number(n), of=number(of))
        for label, n, of in zip(quality["label"], quality["n"], quality["N"], strict=True)
    )
    return Section(
        "limits", say("Limits"),
        (
            Bullets(tuple(filter(None, [material.about, *(caveat.text for caveat in material.overview.caveats)]))),
            *_withheld(material),
            Paragraph(
                say(
                    "Themes are found by the codebook's phrases and rules. What they miss is known only where a person "
                    "has read responses in which nothing was found; otherwise shares are “not audited” and may be too "
                    "low."
                )
            ),
            Paragraph(say("The data in numbers:"), "soft"),
            Bullets(told),
        ),
    )  # fmt: skip


def _withheld(material: Material) -> list[Block]:
    n = len(material.withheld.intersection(material.corpus.responses["response_id"][material.kept.responses]))
    if not n:
        return []
    words = say_n(
        "{n} response asked not to be published. It is counted, and not quoted.",
        "{n} responses asked not to be published. They are counted, and not quoted.",
        total(n, small_hidden=material.small_hidden),
    )
    return [Paragraph(words)]
