"""The whole report: which sections, in which order."""

from __future__ import annotations

import consult
from consult import measures
from consult.report.blocks import Block, Bullets, Content, Paragraph, Section
from consult.report.material import Material, finding
from consult.report.sections import annex, checks, ideas, questions, respondents
from consult.report.words import CAVEAT
from consult.study import Study

BRIEF = 5


def build(study: Study, *, n_quotes: int = 3) -> Content:
    """
    Write the report of a study, whatever file it becomes.

    Raises:
        UserError: The study holds no responses.
    """
    material = Material.from_study(study, n_quotes)
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
        annex.numbers(material),
        annex.sources(material),
    )
    consultations = study.read("consultations")
    title = study.title if study.settings().get("title") else " and ".join(consultations["title"])
    closing = f"Made with consult {consult.__version__}. The same input gives the same numbers."
    return Content(title, lead(material), CAVEAT, tuple(section for section in made if section is not None), closing)


def lead(material: Material) -> str:
    """Return the sentence under the title."""
    overview = material.overview
    languages = len(overview.by_language.table)
    text = f"{overview.n_all:,} responses in {languages} language{'' if languages == 1 else 's'}"
    if len(overview.campaigns):
        n = len(overview.campaigns)
        text += f", {n:,} campaign{'' if n == 1 else 's'} of near-identical texts"
    return f"{text}."


def brief(material: Material) -> Section:
    """Write the most and the least mentioned themes, each with its numbers."""
    table = material.overview.themes.table
    blocks: list[Block] = []
    if len(table):
        rows = table.sort_values(["n", "key"], ascending=[False, True]).to_dict("records")
        told = [r for r in rows if r["n"]]
        blocks += [Paragraph("Most mentioned:"), Bullets(tuple(_line(row) for row in told[:BRIEF]))]
        least = told[BRIEF:][-3:]
        if least:
            blocks += [Paragraph("Least mentioned:"), Bullets(tuple(_line(row) for row in reversed(least)))]
        never = [str(row["label"]) for row in rows if not row["n"]]
        if never:
            blocks.append(Paragraph(f"Not found at all: {', '.join(never)}."))
    else:
        blocks.append(Paragraph("No themes were tagged: the study has no codebook, or it has not been run with one."))
    return Section("brief", "In brief", tuple(blocks))


def _line(row: dict[object, object]) -> str:
    text = finding(int(str(row["n"])), int(str(row["N"])), float(str(row["low"])), float(str(row["high"])))
    return f"{row['label']}. {text}"


def method(material: Material) -> Section:
    """Write what was asked and how it was analysed."""
    corpus = material.corpus
    kinds = corpus.questions["kind"].value_counts()
    asked = ", ".join(f"{kinds[kind]:,} {kind}" for kind in ("open", "closed", "attachment") if kind in kinds.index)
    titles = "; ".join(corpus.consultations["title"])
    seeking = (
        "Topics were found by BERTopic from language-neutral sentence vectors; themes were tagged by the phrases and "
        "rules of a codebook written by people, in every language, each tagging with the words it rests on."
    )
    return Section(
        "method",
        "The consultation, and how it was read",
        (
            Paragraph(f"{titles}. Questions: {asked or 'none recorded'}."),
            Paragraph(
                f"{corpus.n_responses:,} responses hold {len(corpus.documents):,} texts to analyse (answers to open "
                f"questions and attachments), split into {len(corpus.passages):,} passages of one to three sentences. "
                f"{seeking}"
            ),
            Paragraph(
                "Every number counts responses, not sentences, and names what it is of. "
                f"Campaigns are shown in three views: {', '.join(measures.VIEW_WORDS.values())}."
            ),
        ),
    )
