"""The stages in order: what each reads, writes and does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from consult.pipeline import campaigns, themes, topics
from consult.pipeline.options import Options, Progress
from consult.study import Study

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Stage:
    """One stage: what it reads, what it writes, and which options change its result."""

    name: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    options: tuple[str, ...]
    work: Callable[[Study, Options, Progress], Mapping[str, pd.DataFrame]]
    uses_codebook: bool = False
    decisions: tuple[str, ...] = ()
    """Files with people's decisions that the stage replays."""
    libraries: tuple[str, ...] = ("numpy", "sklearn.utils")
    """Those that do its sums, on one thread."""
    about: Callable[[Study], Mapping[str, object]] | None = None
    """What else the record of a run is to say."""


def _passages(study: Study, options: Options, report: Progress) -> Mapping[str, pd.DataFrame]:  # noqa: ARG001
    from consult.text.passages import split_passages

    return {"passages": split_passages(study.read("documents"))}


STAGES: dict[str, Stage] = {
    stage.name: stage
    for stage in (
        Stage("passages", ("documents",), ("passages",), (), _passages),
        Stage("campaigns", campaigns.READS, campaigns.WRITES, (), campaigns.campaigns_of),
        Stage("topics", topics.READS, topics.WRITES, topics.OPTIONS, topics.topics_of, decisions=(topics.EDITS,)),
        Stage(
            "tag",
            ("passages", "documents", "questions"),
            ("themes", "taggings"),
            ("embedding",),
            themes.taggings_of,
            uses_codebook=True,
            decisions=(themes.VERDICTS,),
            libraries=("numpy",),  # what else it needs only where it learns, it limits there itself
            about=themes.read_learned,
        ),
        Stage(
            "coordination",
            campaigns.COORDINATION_READS,
            campaigns.COORDINATION_WRITES,
            ("embedding",),
            campaigns.coordination_of,
        ),
    )
}
