"""The whole report: which sections, in which order."""

from __future__ import annotations

import consult
from consult import measures
from consult.report.blocks import Block, Bullets, Content, Paragraph, Section
from consult.report.material import Material, finding
from consult.report.sections import annex, checks, ideas, matrix, questions, respondents
from consult.report.words import SMALL_HIDDEN, count
from consult.study import Study
from consult.translation import number, say, say_n, spoken

BRIEF = 5


def build(
    study: Study,
    *,
    n_quotes: int = 3,
    small_hidden: bool = False,
    selection: measures.Selection | None = None,
    corpus: measures.Corpus | None = None,
) -> Content:
    """
    Write the report of a study in the language spoken, whatever file it becomes.

    Args:
        study: A study that has been run.
        n_quotes: How many quotes a theme or topic gets.
        small_hidden: Hide counts under 10 and round the others to 5.
        selection: Which responses it is about, under which campaign view; None for the whole study.
        corpus: Its tables for counting, where they were read already.

    Raises:
        UserError: The study holds no responses, or the selection keeps none.
    """
    material = Material.from_study(study, n_quotes, small_hidden=small_hidden, selection=selection, corpus=corpus)
    made = (
        brief(material),
        method(material),
        respondents.who_answered(material),
        respondents.campaigns(material),
        questions.per_question(material),
        ideas.themes(material),
        ideas.topics(material),
        checks.claims(material),
        checks.gaps(material),
        checks.limits(material),
        annex.codebook(material),
        matrix.annex(material),
        annex.numbers(material),
        annex.sources(material),
    )
    consultations = study.read("consultations")
    title = study.title if study.settings().get("title") else " and ".join(consultations["title"])
    closing = say("Made with consult {version}. The same input gives the same numbers.", version=consult.__version__)
    sections = tuple(section for section in made if section is not None)
    return Content(title, lead(material), material.caveat, sections, closing, spoken())


def lead(material: Material) -> str:
    """Return the sentence under the title."""
    overview = material.overview
    languages = len(overview.by_language.table)
    responses = say_n("{n} response", "{n} responses", overview.n)
    if overview.n != overview.n_all:
        responses = say("{n} of {of} responses", n=number(overview.n), of=number(overview.n_all))
    told = {
        "responses": responses,
        "languages": say_n("in {n} language", "in {n} languages", languages),
    }
    if not len(overview.campaigns):
        return say("{responses} {languages}.", **told)
    campaigns = say_n(
        "{n} campaign of near-identical texts", "{n} campaigns of near-identical texts", len(overview.campaigns)
    )
    senders = overview.campaigns["sent_with"].nunique()
    if senders < len(overview.campaigns):
        campaigns = say_n(
            "{campaigns} from {n} group of senders",
            "{campaigns} from {n} groups of senders",
            senders,
            campaigns=campaigns,
        )
    return say("{responses} {languages}, {campaigns}.", **told, campaigns=campaigns)


def brief(material: Material) -> Section:
    """Write the most and the least mentioned themes, each with its numbers."""
    table = material.overview.themes.table
    blocks: list[Block] = []
    if len(table):
        rows = table.sort_values(["n", "key"], ascending=[False, True]).to_dict("records")
        told = [r for r in rows if count(r["n"])]
        blocks += [Paragraph(say("Most mentioned:")), Bullets(tuple(_line(row) for row in told[:BRIEF]))]
        least = told[BRIEF:][-3:]
        if least:
            blocks += [Paragraph(say("Least mentioned:")), Bullets(tuple(_line(row) for row in reversed(least)))]
        never = [str(row["label"]) for row in rows if count(row["n"]) == 0]
        if never:
            blocks.append(Paragraph(say("Not found at all: {themes}.", themes=", ".join(never))))
    else:
        text = say("No themes were tagged: the study has no codebook, or it has not been run with one.")
        blocks.append(Paragraph(text))
    return Section("brief", say("In brief"), tuple(blocks))


def _line(row: dict[object, object]) -> str:
    text = finding(int(str(row["n"])), int(str(row["N"])), float(str(row["low"])), float(str(row["high"])))
    return f"{row['label']}. {text}"


def method(material: Material) -> Section:
    """Write what was asked and how it was analysed."""
    corpus = material.corpus
    kinds = corpus.questions["kind"].value_counts()
    asked = [_asked(kind, int(kinds[kind])) for kind in ("open", "closed", "attachment") if kind in kinds.index]
    titles = "; ".join(corpus.consultations["title"])
    seeking = say(
        "Topics were found by BERTopic from language-neutral sentence vectors; themes were tagged by the phrases and "
        "rules of a codebook written by people, in every language, each tagging with the words it rests on."
    )
    return Section(
        "method",
        say("The consultation, and how it was read"),
        (
            Paragraph(
                say("{titles}. Questions: {asked}.", titles=titles, asked=", ".join(asked))
                if asked
                else say("{titles}. Questions: none recorded.", titles=titles)
            ),
            Paragraph(f"{_amounts(material)} {seeking}"),
            *([Paragraph(say(SMALL_HIDDEN), "caveat")] if material.small_hidden else []),
            Paragraph(
                say(
                    "Every number counts responses, not sentences, and names what it is of. Campaigns are shown in "
                    "three views: {views}.",
                    views=", ".join(say(view) for view in measures.VIEW_WORDS.values()),
                )
            ),
        ),
    )


def _asked(kind: str, n: int) -> str:
    if kind == "open":
        return say_n("{n} open question", "{n} open questions", n)
    if kind == "closed":
        return say_n("{n} closed question", "{n} closed questions", n)
    return say_n("{n} question for attachments", "{n} questions for attachments", n)


def _amounts(material: Material) -> str:
    corpus = material.corpus
    return say(
        "{responses} responses hold {texts} texts to analyse (answers to open questions and attachments), split into "
        "{passages} passages of one to three sentences.",
        responses=number(material.overview.n_all),
        texts=number(len(corpus.documents)),
        passages=number(len(corpus.passages)),
    )
