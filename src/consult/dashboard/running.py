"""Stages run in the server's background: closing the browser stops nothing, and any browser sees how far they are."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st

import consult
from consult.errors import UserError
from consult.study import Study
from consult.translation import later, number, say, speaking, spoken

STAGE_WORDS = {
    "ingest": later("Reading the sources"),
    "passages": later("Splitting texts into passages"),
    "campaigns": later("Looking for campaigns"),
    "embedding": later("Reading for meaning"),
    "topics": later("Grouping passages into topics"),
    "tag": later("Looking for themes"),
    "coordination": later("Looking for the same in other words"),
    "claims": later("Checking the claims"),
}


class Stopped(Exception):  # noqa: N818
    """A person asked to stop."""


@dataclass
class Run:
    """How far a run is; written by its thread, read by pages."""

    study: str
    started: float = field(default_factory=time.monotonic)
    stage: str = "ingest"
    done: int = 0
    total: int = 0
    seen: list[str] = field(default_factory=list)
    message: str = ""
    finished: bool = False
    stopping: bool = False
    language: str = field(default_factory=spoken)
    stage_started: float = field(default_factory=time.monotonic)

    def report(self, stage: str, done: int, total: int) -> None:
        """Take note of progress, and stop where a person asked to."""
        if self.stopping:
            raise Stopped
        if stage != self.stage or stage not in self.seen:
            if stage not in self.seen:
                self.seen.append(stage)
            self.stage, self.stage_started = stage, time.monotonic()
        self.done, self.total = done, total

    @property
    def share(self) -> float:
        """How much is done, 0 to 1, each stage counting the same."""
        names = list(STAGE_WORDS)
        at = names.index(self.stage) if self.stage in names else 0
        within = self.done / self.total if self.total else 0.0
        return 1.0 if self.finished and not self.message else min((at + min(within, 1.0)) / len(names), 1.0)

    @property
    def seconds_left(self) -> float | None:
        """How long this stage will take, from its pace so far; None where that cannot be told."""
        passed = time.monotonic() - self.stage_started
        if not self.total or not self.done or passed < 2:
            return None
        return passed * (self.total - self.done) / self.done

    @property
    def words(self) -> str:
        """What is being done, in words."""
        text = say(STAGE_WORDS.get(self.stage, self.stage))
        if self.total > 1:
            text = say("{stage}: {n} of {of}", stage=text, n=number(self.done), of=number(self.total))
        left = self.seconds_left
        return text if left is None else say("{stage}, about {n} s left", stage=text, n=max(1, round(left)))


@st.cache_resource(show_spinner=False)
def _runs() -> dict[str, Run]:
    return {}


def run_of(study: Path) -> Run | None:
    """Return the run of a study in this server, or None."""
    return _runs().get(str(study.resolve()))


def start(
    study: Path,
    sources: Sequence[Path],
    *,
    mapping: Mapping[str, Sequence[str]] | None = None,
    title: str | None = None,
) -> Run:
    """Run all stages in the background, unless they are running already; what is up to date is skipped."""
    key = str(study.resolve())
    held = _runs().get(key)
    if held is not None and not held.finished:
        return held
    run = Run(key)
    _runs()[key] = run
    threading.Thread(target=_work, args=(run, list(sources), mapping, title), daemon=True, name="consult-run").start()
    return run


def forget(study: Path) -> None:
    """Take away the note of a finished run."""
    held = run_of(study)
    if held is not None and held.finished:
        del _runs()[str(study.resolve())]


def _work(run: Run, sources: Sequence[Path], mapping: Mapping[str, Sequence[str]] | None, title: str | None) -> None:
    try:
        consult.run(sources, Study.open(run.study), mapping=mapping or None, title=title, progress=run.report)
    except Stopped:
        run.message = later("Stopped. What was done so far is kept; go on when you like.")
    except UserError as error:
        run.message = str(error)
    except Exception as error:  # noqa: BLE001
        with speaking(run.language):
            run.message = say(
                "{stage}: this failed in a way that was not foreseen ({fault}). What was done before is kept. Please "
                "report it.",
                stage=say(STAGE_WORDS.get(run.stage, run.stage)),
                fault=f"{type(error).__name__}: {error}",
            )
    finally:
        run.finished = True
