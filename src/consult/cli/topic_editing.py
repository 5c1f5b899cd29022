"""`consult topics`: find topics, list them, and edit them."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from consult.cli import application as shared
from consult.cli.progress import shown_progress
from consult.errors import UserError
from consult.study import Study

if TYPE_CHECKING:
    import pandas as pd

    from consult.topics.edits import Action

topics_app = typer.Typer(
    cls=shared.Commands,
    add_completion=False,
    rich_markup_mode=None,
    invoke_without_command=True,
    help="Group passages into topics, in all languages together; or edit the topics that were found.",
)
shared.app.add_typer(topics_app, name="topics")

Ids = Annotated[list[str], typer.Argument(metavar="TOPIC...", help="Ids of topics, as `consult topics` lists them.")]
One = Annotated[str, typer.Argument(metavar="TOPIC", help="Id of a topic.")]
Label = Annotated[str | None, typer.Option("--label", help="New label.")]
Why = Annotated[str, typer.Option("--why", help="The reason, for the record.")]
Who = Annotated[str, typer.Option("--who", help="Who does it; left out, the name of this computer's user.")]


@topics_app.callback()
def topics(
    context: typer.Context,
    study: shared.StudyFolder = None,
    n_topics: shared.Topics = None,
    seed: shared.Seed = 0,
    embedding: shared.Embedding = "auto",
    language: shared.Language = "en",
    refit: Annotated[
        bool, typer.Option("--refit", help="Find topics anew, instead of giving new responses those there are.")
    ] = False,
    everything: Annotated[
        bool | None,
        typer.Option(
            "--everything/--clear-only", help="Show every passage with its nearest topic; or clear cases only."
        ),
    ] = None,
    strength: Annotated[
        float | None,
        typer.Option(
            "--strength", help="Show passages of at least this strength, from 0 (everything) to 1 (clearest)."
        ),
    ] = None,
    propose_labels: Annotated[
        str | None,
        typer.Option(
            "--propose-labels",
            metavar="URL",
            help="Ask a language model at this OpenAI-compatible address for labels; they stay proposals.",
        ),
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", help="Name of the language model, with --propose-labels.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Send without asking first, with --propose-labels.")] = False,
    as_json: shared.Json = False,
) -> None:
    """Group passages into topics, in all languages together; or edit the topics that were found."""
    if context.invoked_subcommand is not None:
        return
    from consult.pipeline import find_topics_anew, remember_options, run_stage
    from consult.topics.outliers import CLEAR

    opened = Study.open(shared.study_folder(study))
    asked = {"seed": seed, "embedding": embedding, "language": language, "n_topics": n_topics}
    options = remember_options(opened, shared.options_given(context, opened, **asked))
    with shown_progress(quiet=as_json) as progress:
        run_stage(opened, "passages", options, progress)
        if refit:
            find_topics_anew(opened, options, progress)
        else:
            run_stage(opened, "topics", options, progress)
    if propose_labels:
        _propose(opened, propose_labels, model, language=options.language, yes=yes)
    least = strength if strength is not None else None if everything is None else 0.0 if everything else CLEAR
    _print(opened, as_json=as_json, strength=least)


def _propose(study: Study, address: str, model: str | None, *, language: str, yes: bool) -> None:
    from consult.pipeline.proposing import label_requests, propose_labels
    from consult.topics.proposals import what_is_sent

    if not model:
        message = "--propose-labels: no model was named. Name one that the service has: --model NAME"
        raise UserError(message)
    requests = label_requests(study, language)
    typer.echo("\n".join(what_is_sent(requests, address, model)), err=True)
    if not yes and not sys.stdin.isatty():
        message = "--propose-labels: nothing was sent, since nobody could be asked. To send it without asking: --yes"
        raise UserError(message)
    if not yes and not typer.confirm("Send it?", err=True):
        message = "--propose-labels: nothing was sent."
        raise UserError(message)
    made = propose_labels(study, requests, address, model)
    typer.echo(f"{made} labels were proposed. Take one over with: consult topics rename TOPIC LABEL", err=True)


@topics_app.command()
def merge(
    ids: Ids,
    study: shared.StudyFolder = None,
    label: Label = None,
    why: Why = "",
    who: Who = "",
    as_json: shared.Json = False,
) -> None:
    """Make one topic of several."""
    _edit(study, "merge", ids, as_json=as_json, label=label, why=why, who=who)


@topics_app.command()
def split(
    topic: One,
    study: shared.StudyFolder = None,
    parts: Annotated[int, typer.Option("--parts", min=2, help="Into how many.")] = 2,
    why: Why = "",
    who: Who = "",
    as_json: shared.Json = False,
) -> None:
    """Split a topic by grouping its passages anew."""
    _edit(study, "split", [topic], as_json=as_json, n_parts=parts, why=why, who=who)


@topics_app.command()
def rename(
    topic: One,
    label: Annotated[str, typer.Argument(help="The new label.")],
    study: shared.StudyFolder = None,
    why: Why = "",
    who: Who = "",
    as_json: shared.Json = False,
) -> None:
    """Give a topic another label."""
    _edit(study, "rename", [topic], as_json=as_json, label=label, why=why, who=who)


@topics_app.command()
def move(
    topic: One,
    passages: Annotated[list[str], typer.Argument(metavar="PASSAGE...", help="Ids of the passages to move there.")],
    study: shared.StudyFolder = None,
    why: Why = "",
    who: Who = "",
    as_json: shared.Json = False,
) -> None:
    """Move passages to a topic."""
    _edit(study, "move", [topic], as_json=as_json, passage_ids=tuple(passages), why=why, who=who)


@topics_app.command()
def hide(
    topic: One, study: shared.StudyFolder = None, why: Why = "", who: Who = "", as_json: shared.Json = False
) -> None:
    """Hide a topic: its passages count as passages without a topic."""
    _edit(study, "hide", [topic], as_json=as_json, why=why, who=who)


@topics_app.command()
def undo(
    edit: Annotated[str | None, typer.Argument(metavar="EDIT", help="Id of the edit; left out, the last one.")] = None,
    study: shared.StudyFolder = None,
    why: Why = "",
    who: Who = "",
    as_json: shared.Json = False,
) -> None:
    """Take an edit back."""
    _edit(study, "undo", [], as_json=as_json, undoes=edit, why=why, who=who)


def _edit(study: Path | None, action: Action, ids: list[str], *, as_json: bool, who: str, **more: Any) -> None:
    from consult.pipeline import edit_topics
    from consult.topics import Edit

    opened = Study.open(shared.study_folder(study))
    with shown_progress(quiet=as_json) as progress:
        edit_topics(opened, Edit(action, tuple(ids), who=who or getpass.getuser(), **more), progress)
    _print(opened, as_json=as_json)


def _print(study: Study, *, as_json: bool, strength: float | None = None) -> None:
    from consult.pipeline.proposing import label_proposals
    from consult.pipeline.topics import additions, topics_at

    topics = study.read("topics") if strength is None else topics_at(study, strength)["topics"]
    table = topics.merge(study.read("topic_details"), on="topic_id", how="left")
    proposed = {topic_id: proposal.label for topic_id, proposal in label_proposals(study).items()}
    if as_json:
        shared.print_table(table.assign(proposed_label=table["topic_id"].map(proposed)), as_json=True)
        return
    lines = topic_lines(table, proposed)
    if strength is not None:
        lines.insert(1, f"Only passages of strength {strength:g} or more count here; nothing was changed in the study.")
    typer.echo("\n".join([*lines, *filter(None, [additions(study)])]))


def topic_lines(table: pd.DataFrame, proposed: Mapping[str, str] | None = None) -> list[str]:
    """Return the topics as a list to read: broader topics with theirs below, largest first; proposals beside labels."""
    ordered = table.sort_values(["n_passages", "topic_id"], ascending=[False, True])
    rows = ordered.assign(proposed=ordered["topic_id"].map(proposed or {})).to_dict("records")
    leaves = [row for row in rows if row["topic_id"] not in set(table["parent_id"].dropna()) and not row["is_outlier"]]
    lines = [f"{len(leaves)} topics. Passages, responses, and how often the topic was found again."]
    if not leaves:
        lines = ["No topics: there are too few different passages that say anything, or all say the same."]
    for row in rows:
        if isinstance(row["parent_id"], str) or row["is_outlier"]:
            continue
        lines.append(_line(row, ""))
        lines += [_line(child, "  ") for child in rows if child["parent_id"] == row["topic_id"]]
    return lines + [_line(row, "") for row in rows if row["is_outlier"]]


def _line(row: dict[Any, Any], indent: str) -> str:
    import pandas as pd

    from consult.topics import is_fleeting

    found, runs = row["found_in"], row["n_runs"]
    again = "" if pd.isna(runs) or pd.isna(found) else f"  found in {found} of {runs} runs"
    if again and is_fleeting(found, runs):
        again += ": use with caution"
    counts = f"{row['n_passages']:>6,}{row['n_responses']:>7,}"
    proposed = f"  (proposed: {row['proposed']})" if isinstance(row["proposed"], str) else ""
    return f"{row['topic_id']}  {counts}  {indent}{row['label']}{again}{proposed}"
