"""Progress on standard error: a bar with counts and time left in a terminal, one line a stage elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from consult.pipeline import Progress

STAGE_WORDS = {
    "ingest": "Reading sources",
    "passages": "Splitting into passages",
    "campaigns": "Looking for campaigns",
    "embedding": "Reading for meaning",
    "topics": "Grouping into topics",
    "tag": "Tagging themes",
    "coordination": "Looking for the same in other words",
    "claims": "Checking the claims",
    "report": "Writing the report",
}


@contextmanager
def shown_progress(*, quiet: bool = False) -> Iterator[Progress]:
    """Give a function to report progress with; what it shows goes to standard error."""
    if quiet:
        yield lambda stage, done, total: None  # noqa: ARG005
    elif sys.stderr.isatty():
        with _bars() as report:
            yield report
    else:
        yield _lines()


def _lines() -> Progress:
    """One line when a stage begins, and one when it ends, with its seconds."""
    started: dict[str, float] = {}

    def report(stage: str, done: int, total: int) -> None:
        words = STAGE_WORDS.get(stage, stage)
        if stage not in started:
            started[stage] = time.monotonic()
            sys.stderr.write(f"{words} ...\n")
        elif done and done >= total and started[stage] >= 0:
            sys.stderr.write(f"{words}: done in {time.monotonic() - started[stage]:.1f} s\n")
            started[stage] = -1.0

    return report


@contextmanager
def _bars() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TaskID,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left:"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=False) as bars:
        tasks: dict[str, TaskID] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(STAGE_WORDS.get(stage, stage), total=total or None)
            bars.update(tasks[stage], completed=done, total=total or None)

        yield report
