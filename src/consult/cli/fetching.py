"""Command `fetch`: feedback and attachments from the Have Your Say portal, the only command that needs a network."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from consult.cli.application import Json, app
from consult.cli.printing import emit
from consult.cli.progress import shown_progress
from consult.errors import UserError

BASE_URL_VARIABLE = "CONSULT_FETCH_URL"


@app.command()
def fetch(
    publication: Annotated[
        str | None, typer.Argument(metavar="PUBLICATION_ID", help="Id of the publication, or its feedback page.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder to put it in.")] = None,
    initiative: Annotated[
        str | None, typer.Option("--initiative", metavar="ID", help="List the publications of an initiative.")
    ] = None,
    attachments: Annotated[bool, typer.Option("--attachments/--no-attachments", help="Download attachments.")] = True,
    again: Annotated[bool, typer.Option("--again", help="Ask for all pages anew, for what came in since.")] = False,
    keep_names: Annotated[bool, typer.Option("--keep-names", help="Keep the names of persons.")] = False,
    pause: Annotated[float, typer.Option("--pause", min=0, help="Seconds between two requests.")] = 0.5,
    base_url: Annotated[
        str | None, typer.Option("--base-url", help=f"Another address of the portal; also in {BASE_URL_VARIABLE}.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Download feedback and attachments from the Have Your Say portal; goes on where it stopped."""
    from consult.cli import coding_words
    from consult.ingest.fetch import fetch_feedback, publications_of
    from consult.ingest.fetch_client import BASE_URL, Portal

    if bool(publication) == bool(initiative) or (publication and out is None):
        message = (
            "consult fetch: expected either PUBLICATION_ID with --out DIR, or --initiative ID to list the publications "
            "of an initiative. For example: consult fetch 14488 --out feedback"
        )
        raise UserError(message)
    with Portal(base_url or os.environ.get(BASE_URL_VARIABLE) or BASE_URL, pause=pause) as portal:
        if initiative:
            listed = [asdict(p) for p in publications_of(initiative, portal)]
            found = {"initiative": initiative, "publications": listed}
            emit(found, coding_words.publication_lines, as_json=as_json)
            return
        with shown_progress(quiet=as_json) as progress:
            done = fetch_feedback(
                publication or "",
                out or Path(),
                portal,
                attachments=attachments,
                again=again,
                keep_names=keep_names,
                progress=progress,
            )
    emit(asdict(done), coding_words.fetched_lines, as_json=as_json)
