"""The main commands, each a thin one; the work is done by the pipeline, the measures and the report."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from consult.cli.application import (
    CodebookFile,
    Consultation,
    Embedding,
    Json,
    KeepNames,
    Language,
    Map,
    Seed,
    Sources,
    StudyFolder,
    Title,
    Topics,
    app,
    config_of,
    mapping_of,
    options_given,
    print_found,
    print_table,
    run_stages,
    study_folder,
)
from consult.cli.progress import shown_progress
from consult.cli.selecting import ViewOption, Where, chosen
from consult.errors import UserError
from consult.study import Study, is_study

Withhold = Annotated[
    list[str] | None,
    typer.Option(
        "--withhold",
        metavar="QUESTION=ANSWER",
        help="Who answered so is counted, never quoted, e.g. 12=No. Repeatable.",
    ),
]


@app.command()
def run(
    context: typer.Context,
    sources: Sources = None,
    study: StudyFolder = None,
    codebook: CodebookFile = None,
    config: Annotated[Path | None, typer.Option("--config", help="TOML file with [map] and [run] settings.")] = None,
    seed: Seed = 0,
    mapping: Map = None,
    consultation: Consultation = None,
    title: Title = None,
    keep_names: KeepNames = None,
    withhold: Withhold = None,
    embedding: Embedding = "auto",
    language: Language = "en",
    n_topics: Topics = None,
    package: Annotated[
        Path | None,
        typer.Option("--from-package", metavar="ZIP", help="Make a study again from its data package, and compare."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Do everything: read the sources, find campaigns and topics, tag themes. Resumes where it stopped."""
    if package is not None:
        _from_package(package, sources, study, as_json=as_json)
        return
    from consult.cli.claim_words import changed_claims
    from consult.cli.summary import study_summary, summary_lines
    from consult.pipeline import run as run_all
    from consult.report.claims import STAGE
    from consult.report.withheld import keep_withheld

    folder = study_folder(study, new=bool(sources))
    before = len(Study(folder).runs())
    settings = config_of(config)
    asked = {"seed": seed, "embedding": embedding, "language": language, "n_topics": n_topics}
    options = replace(options_given(context, Study(folder), **asked), **settings.get("run", {}))
    with shown_progress(quiet=as_json) as progress:
        done = run_all(
            sources or [],
            folder,
            codebook=codebook,
            mapping={**settings.get("map", {}), **mapping_of(mapping)} or None,
            consultation_id=consultation,
            title=title,
            keep_names=keep_names,
            options=options,
            progress=progress,
        )
    if withhold:
        keep_withheld(done, withhold)
    records = [record for record in done.runs()[before:] if record.get("stage") == STAGE]
    claims = [line for record in records for line in changed_claims(record)]
    print_found({**study_summary(done), "claims": claims}, summary_lines, as_json=as_json)


def _from_package(package: Path, sources: list[Path] | None, study: Path | None, *, as_json: bool) -> None:
    from consult.cli.summary import reproduced_lines, reproduced_summary
    from consult.pipeline import run_from_package

    if sources:
        message = "consult run: --from-package and sources were both given; a package stands alone. Leave one out."
        raise UserError(message)
    with shown_progress(quiet=as_json) as progress:
        made = run_from_package(package, study_folder(study, new=True), progress=progress)
    print_found(reproduced_summary(made, package), reproduced_lines, as_json=as_json)
    if not made.same:
        raise typer.Exit(1)


@app.command()
def ingest(
    sources: Sources = None,
    study: StudyFolder = None,
    mapping: Map = None,
    consultation: Consultation = None,
    title: Title = None,
    keep_names: KeepNames = None,
    as_json: Json = False,
) -> None:
    """Read sources into a study; every row becomes a response or is set aside with a reason."""
    from consult.cli.summary import ingest_lines, ingest_summary
    from consult.pipeline import ingest as ingest_sources

    if not sources:
        message = (
            "consult ingest: no source was named; give one or more files or folders. consult ingest FILE --study DIR"
        )
        raise UserError(message)
    opened = Study.create(study_folder(study, new=True))
    with shown_progress(quiet=as_json) as progress:
        ingest_sources(
            sources,
            opened,
            mapping=mapping_of(mapping) or None,
            consultation_id=consultation,
            title=title,
            keep_names=keep_names,
            progress=progress,
        )
    print_found(ingest_summary(opened), ingest_lines, as_json=as_json)


@app.command()
def campaigns(study: StudyFolder = None, as_json: Json = False) -> None:
    """Find near-identical documents sent by several respondents, and texts that may be coordinated."""
    from consult.cli.campaign_words import campaign_lines, campaign_result

    opened = run_stages(study, ("passages", "campaigns", "coordination"), as_json=as_json)
    print_found(campaign_result(opened), campaign_lines, as_json=as_json)


@app.command()
def tag(study: StudyFolder = None, codebook: CodebookFile = None, as_json: Json = False) -> None:
    """Tag passages with the codebook's themes, each with the words it rests on."""
    from consult import measures
    from consult.pipeline import use_codebook

    opened = Study.open(study_folder(study))
    use_codebook(opened, codebook)
    opened = run_stages(opened.path, ("passages", "campaigns", "tag"), as_json=as_json)
    shares = measures.theme_shares(measures.Corpus.from_study(opened))
    print_table(shares.table[["key", "label", "n", "N", "share", "low", "high"]], as_json=as_json)


@app.command()
def check(
    path: Annotated[Path | None, typer.Argument(help="A file or folder to ingest, or a study.")] = None,
    mapping: Map = None,
    formats: Annotated[bool, typer.Option("--formats", help="List the formats that can be read.")] = False,
    as_json: Json = False,
) -> None:
    """Say what a file or study is, what is set aside and why, and what looks wrong. Exit 1 if anything is."""
    from consult.cli.checking import check_lines, check_path, format_lines

    if formats:
        sys.stdout.write("\n".join(format_lines()) + "\n")
        return
    result = check_path(path or Path(), mapping_of(mapping) or None)
    print_found(result, check_lines, as_json=as_json)
    if result["problems"]:
        raise typer.Exit(1)


@app.command()
def example(
    name: Annotated[str, typer.Argument(help="microcredentials or learning-accounts.")] = "microcredentials",
    study: Annotated[Path | None, typer.Option("--study", help="Where to put the study.")] = None,
    as_json: Json = False,
) -> None:
    """Analyse the shipped example (invented by hand), print what was found, write report.html."""
    from consult.cli.claim_words import example_claims
    from consult.cli.summary import next_steps, study_summary, summary_lines
    from consult.pipeline import example_sources, place_example
    from consult.pipeline import run as run_all
    from consult.report import write_html_report

    paths, title = example_sources(name)
    folder = study or Path(f"{name}-example")
    opened = Study.create(folder)
    place_example(name, opened)
    with shown_progress(quiet=as_json) as progress:
        done = run_all(paths, opened, title=title, progress=progress)
        report = Path("report.html")
        progress("report", 0, 1)
        write_html_report(done, report)
        progress("report", 1, 1)
    summary = study_summary(done)
    summary |= {"report": str(report), "claims": example_claims(done)}
    print_found(summary, lambda found: [*summary_lines(found), *next_steps(done, report)], as_json=as_json)


@app.command()
def report(
    study: StudyFolder = None,
    form: Annotated[str | None, typer.Option("--format", help="html or docx. Left out: by the file's name.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="File to write. Left out: report.html.")] = None,
    template: Annotated[
        Path | None, typer.Option("--template", help="Your own template: Jinja2 for html, a DOCX with styles for docx.")
    ] = None,
    theme: Annotated[str | None, typer.Option("--theme", help="Only one page on this theme, to cite.")] = None,
    language: Annotated[str, typer.Option("--language", help="Language of the report: en, fr, de, es, it, pl.")] = "en",
    where: Where = None,
    view: ViewOption = "all",
    hide_small: Annotated[bool, typer.Option("--hide-small", help="Hide counts under 10, round others to 5.")] = False,
) -> None:
    """Write the report of a study, or of a part of it, as one HTML or DOCX file that needs nothing else."""
    from consult.report import write_report

    corpus, selection = chosen(study, where, view)
    written = write_report(
        Study.open(study_folder(study)),
        form,
        out,
        template=template,
        theme=theme,
        language=language,
        small_hidden=hide_small,
        selection=selection,
        corpus=corpus,
    )
    sys.stdout.write(f"{written}\n")


@app.command()
def dashboard(
    study: StudyFolder = None,
    port: Annotated[int, typer.Option("--port", help="Port on this computer.")] = 8501,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the browser.")] = True,
) -> None:
    """Open the dashboard in the browser. Without a study it starts on the page to upload files."""
    from consult.cli.serving import launch

    folder = study or (Path() if is_study(Path()) else None)
    if folder is not None:
        Study.open(folder)
    raise typer.Exit(launch(folder, port=port, browser=browser))
