"""Options that say which responses a command looks at, and what they choose."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from consult.cli.application import study_folder
from consult.errors import UserError
from consult.study import Study

if TYPE_CHECKING:
    from consult import measures

Where = Annotated[
    list[str] | None,
    typer.Option("--where", metavar="FIELD=VALUE", help="Look only at these responses, e.g. country=DE. Repeatable."),
]
ViewOption = Annotated[
    str, typer.Option("--view", help="Campaigns: all, once (each counted once) or apart (set apart).")
]


def chosen(study: Path | None, where: list[str] | None, view: str) -> tuple[measures.Corpus, measures.Selection]:
    """
    Return the tables of a study and the responses that the options choose.

    Raises:
        UserError: The folder is no study, or a condition names no field or value of it.
    """
    from consult import measures

    corpus = measures.Corpus.from_study(Study.open(study_folder(study)))
    if view not in measures.VIEWS:
        message = f"--view: '{view}'; allowed are {', '.join(measures.VIEWS)}. Choose one of them."
        raise UserError(message)
    return corpus, measures.parse_where(corpus, [_condition(corpus, one) for one in where or []], view=view)


def _condition(corpus: measures.Corpus, condition: str) -> str:
    """Return a condition with ``closed:NUMBER`` read as the question of that number."""
    name, equals, value = condition.partition("=")
    return f"{field_of(corpus, name.strip())}{equals}{value}"


def field_of(corpus: measures.Corpus, name: str) -> str:
    """Return a field by its short name; ``closed:NUMBER`` becomes ``closed:QUESTION_ID``."""
    short = {"type": "stakeholder_type", "question": "question_id", "consultation": "consultation_id"}
    if not name.startswith("closed:"):
        return short.get(name, name)
    number = name.removeprefix("closed:")
    questions = corpus.questions[corpus.questions["kind"] == "closed"]
    if not number.isdigit():
        return name
    found = questions.loc[questions["number"] == int(number), "question_id"]
    if len(found) == 1:
        return f"closed:{found.iloc[0]}"
    fault = "is asked in several consultations" if len(found) else "is not a closed question"
    numbers = ", ".join(str(n) for n in sorted(questions["number"].unique()))
    message = (
        f"{name}: question {number} {fault}; closed questions are number {numbers or '(none)'}. "
        "Give one of these, or closed:QUESTION_ID."
    )
    raise UserError(message)
