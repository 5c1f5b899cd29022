"""Commands that look at a study that has been run: who says what, who does not, is a sentence true, what is behind."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from consult.cli.application import Json, StudyFolder, app, study_folder
from consult.cli.printing import emit, records
from consult.cli.selecting import ViewOption, Where, chosen, field_of
from consult.errors import UserError
from consult.study import Study

if TYPE_CHECKING:
    from consult import measures

Theme = Annotated[list[str] | None, typer.Option("--theme", help="Id or name of a theme. Repeatable.")]


@app.command()
def crosstab(
    rows: Annotated[str, typer.Option("--rows", help="Field: stakeholder_type, country, language, question, …")],
    columns: Annotated[str, typer.Option("--columns", help="themes, topics, or closed:NUMBER of a question.")] = (
        "themes"
    ),
    study: StudyFolder = None,
    where: Where = None,
    view: ViewOption = "all",
    hide_small: Annotated[bool, typer.Option("--hide-small", help="Hide counts under 10, round others to 5.")] = False,
    as_json: Json = False,
) -> None:
    """Cross groups of respondents with themes, topics or closed answers; differences are tested."""
    from consult import measures
    from consult.cli.analysis_words import crosstab_lines

    corpus, selection = chosen(study, where, view)
    field = field_of(corpus, rows)
    found = measures.crosstab(corpus, field, field_of(corpus, columns), selection, small_hidden=hide_small)
    result = {**_head(found), "rows": field, "columns": found.what, "table": records(found.table)}
    result["overall"] = [] if found.overall is None else records(found.overall)
    emit(result, crosstab_lines, as_json=as_json)


@app.command()
def gaps(
    theme: Annotated[
        str | None, typer.Option("--theme", help="Id or name of a theme: who does not mention it?")
    ] = None,
    by: Annotated[str, typer.Option("--by", help="Field that makes the groups.")] = "stakeholder_type",
    group: Annotated[
        str | None, typer.Option("--group", metavar="FIELD=VALUE", help="What does this group not mention?")
    ] = None,
    study: StudyFolder = None,
    where: Where = None,
    view: ViewOption = "all",
    as_json: Json = False,
) -> None:
    """Say what is not said: a theme by group, a group by theme; with neither, questions that few answered."""
    from consult import measures
    from consult.cli import analysis_words

    if theme and group:
        message = "consult gaps: --theme and --group were both given; expected one of them. Leave one out."
        raise UserError(message)
    corpus, selection = chosen(study, where, view)
    if theme:
        found = measures.theme_gaps(corpus, theme, field_of(corpus, by), selection)
        overall = [] if found.overall is None else records(found.overall)
        result = {**_head(found), "by": found.field, "table": records(found.table), "overall": overall}
        emit(result, analysis_words.theme_gap_lines, as_json=as_json)
    elif group:
        field, value = _group(corpus, group)
        gone = measures.group_gaps(corpus, field, value, selection)
        result = {**_head(gone.measure), "field": field, "group": value}
        result |= {name: records(getattr(gone, name)) for name in ("never", "rarer", "alone")}
        emit(result, analysis_words.group_gap_lines, as_json=as_json)
    else:
        emit(_question_gaps(corpus, selection, study), analysis_words.question_gap_lines, as_json=as_json)


def _question_gaps(corpus: measures.Corpus, selection: measures.Selection, study: Path | None) -> dict[str, Any]:
    """Return who answered which question, and what many raise although no question names it."""
    from consult import measures
    from consult.themes.codebook import load_codebook

    opened = Study.open(study_folder(study))
    raised: list[dict[str, Any]] | None = None
    if opened.codebook_path.exists() and len(corpus.themes):
        asked = measures.asked_themes(corpus.questions, load_codebook(opened.codebook_path))
        raised = records(measures.unasked(corpus, asked, selection).table)
    return {"questions": records(measures.question_gaps(corpus, selection)), "unasked": raised}


@app.command()
def claim(
    sentence: Annotated[
        str | None, typer.Argument(help="The sentence, as somebody said it. Left out: check all claims of the study.")
    ] = None,
    theme: Theme = None,
    topic: Annotated[list[str] | None, typer.Option("--topic", help="Id or label of a topic. Repeatable.")] = None,
    phrase: Annotated[list[str] | None, typer.Option("--phrase", help="Words to look for. Repeatable.")] = None,
    answer: Annotated[
        list[str] | None,
        typer.Option("--answer", metavar="QUESTION=ANSWER", help="Answer to a closed question, by number or id."),
    ] = None,
    all_of: Annotated[bool, typer.Option("--all", help="A response must carry all of these, not just one.")] = False,
    where: Where = None,
    view: ViewOption = "all",
    at_most: Annotated[float | None, typer.Option("--at-most", help="Share not passed, e.g. 0.05 for 5 %.")] = None,
    at_least: Annotated[float | None, typer.Option("--at-least", help="Share reached, e.g. 0.5 for 50 %.")] = None,
    quotes: Annotated[int, typer.Option("--quotes", min=0, help="How many quotes to print.")] = 5,
    keep: Annotated[bool, typer.Option("--keep/--no-keep", help="Store the claim in claims.yaml.")] = True,
    own_text: Annotated[
        Path | None,
        typer.Option("--own-text", metavar="FILE", help="The consultation's own document, to look in as well; kept."),
    ] = None,
    study: StudyFolder = None,
    as_json: Json = False,
) -> None:
    """Check a sentence: how many say so, of how many, who, who does not, in which words. Kept in claims.yaml."""
    from consult import measures
    from consult.cli.claim_words import claim_lines, claim_result
    from consult.report.claims import check_one, keep_claim
    from consult.report.own_text import keep_own_text

    for name, share in (("--at-most", at_most), ("--at-least", at_least)):
        if share is not None and not 0 <= share <= 1:
            message = f"{share:g} is not a share; allowed is 0 to 1. Write 0.05 for 5 %."
            raise typer.BadParameter(message, param_hint=name)
    opened = Study.open(study_folder(study))
    if own_text is not None:
        keep_own_text(opened, own_text)
    if sentence is None:
        _check_all(opened, keep=keep, as_json=as_json)
        return
    corpus, selection = chosen(study, where, view)
    closed = tuple(_answer(corpus, pair) for pair in answer or [])
    query = measures.Query(
        tuple(theme or ()), tuple(topic or ()), tuple(phrase or ()), closed, "all" if all_of else "any"
    )
    asked = measures.Claim(sentence, query, selection, at_most=at_most, at_least=at_least)
    result = check_one(opened, corpus, asked, n_quotes=quotes)
    found = claim_result(opened, corpus, result)
    found["changed"] = keep_claim(opened, result) if keep else ""
    found["kept_in"] = str(opened.claims_path) if keep else None
    emit(found, claim_lines, as_json=as_json)


def _check_all(study: Study, *, keep: bool, as_json: bool) -> None:
    from consult.cli.claim_words import all_claims_lines
    from consult.report.claims import check_all, keep_all
    from consult.report.own_text import in_own_text

    checked = check_all(study)
    if not checked:
        message = (
            f"{study.path}: no claim is stored yet; a sentence and what stands for it are needed. "
            'Check one with: consult claim "SENTENCE" --theme ID'
        )
        raise UserError(message)
    own = [in_own_text(study, one.stored.claim.query) if one.result else None for one in checked]
    claims = [
        {
            "sentence": one.stored.claim.sentence,
            "verdict": one.result.verdict if one.result else None,
            "outcome": one.result.outcome if one.result else "",
            "changed": one.change,
            "fault": one.fault,
            "own_text": says.words if says else None,
        }
        for one, says in zip(checked, own, strict=True)
    ]
    if keep:
        keep_all(study, checked)
    emit({"study": str(study.path), "claims": claims}, all_claims_lines, as_json=as_json)


def _answer(corpus: measures.Corpus, pair: str) -> tuple[str, str]:
    question, equals, answer = (part.strip() for part in pair.partition("="))
    if not equals or not answer:
        message = f"--answer '{pair}': no answer; expected QUESTION=ANSWER, e.g. 12=Yes. Write it so."
        raise UserError(message)
    return field_of(corpus, f"closed:{question.removeprefix('closed:')}").removeprefix("closed:"), answer


@app.command()
def show(
    ref: Annotated[str, typer.Argument(help="Id of a response, passage, theme, topic, campaign or question.")],
    study: StudyFolder = None,
    as_json: Json = False,
) -> None:
    """Print what is behind a reference that a report, a table or a quote names."""
    from consult.cli.analysis_words import behind_lines
    from consult.report.behind import behind

    emit(asdict(behind(Study.open(study_folder(study)), ref)), behind_lines, as_json=as_json)


@app.command()
def export(
    form: Annotated[
        str, typer.Option("--format", help="csv, xlsx, parquet, jsonl, qdc, qdpx, themefinder or package.")
    ],
    out: Annotated[
        Path, typer.Option("--out", help="File to write; for csv, parquet, jsonl and themefinder a folder.")
    ],
    study: StudyFolder = None,
    unmasked: Annotated[
        bool, typer.Option("--unmasked", help="Leave e-mail addresses, telephone numbers and IBANs in the texts.")
    ] = False,
    hide_small: Annotated[
        bool, typer.Option("--hide-small", help="Counts only, those under 10 hidden and others rounded to 5.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Write the study for another program: tables, a workbook, QDA software, or a package to archive."""
    from consult.report.exports import FORMATS
    from consult.report.exports import export as write

    write(Study.open(study_folder(study)), form, out, unmasked=unmasked, small_hidden=hide_small)
    found = {
        "out": str(out),
        "format": form,
        "holds": FORMATS[form],
        "masked": not unmasked,
        "small_hidden": hide_small,
    }
    emit(found, lambda f: [f"{f['out']}: {f['holds']}"], as_json=as_json)


# Shared ----------------------------------------------------------------------------------------------


def _group(corpus: measures.Corpus, group: str) -> tuple[str, str]:
    field, equals, value = (part.strip() for part in group.partition("="))
    if not equals or not value:
        message = f"--group '{group}': no value; expected FIELD=VALUE, e.g. stakeholder_type=ngo. Write it so."
        raise UserError(message)
    return field_of(corpus, field), value.upper() if field == "country" and value != "unknown" else value


def _head(found: measures.Measure) -> dict[str, Any]:
    return {
        "of": found.of,
        "showing": found.showing,
        "selection": found.selection.to_query(),
        "caveats": [caveat.text for caveat in found.caveats],
        "notes": list(found.notes),
    }
