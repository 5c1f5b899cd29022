"""What a run is asked to do, and what a stage says of itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace

from consult.study import Study, is_study

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Options:
    """
    What a run was asked to do; kept in `study.toml` under [run] and used again when not given.

    Attributes:
        seed: Start of all chance.
        embedding: `auto`, `use`, `e5`, or the name of a sentence-transformers model.
        language: Language of topic labels, as a two-letter code.
        n_topics: Number of topics; None has it chosen by stability.
    """

    seed: int = 0
    embedding: str = "auto"
    language: str = "en"
    n_topics: int | None = None


@dataclass(frozen=True)
class StageRun:
    """What a stage did, for the person who waits for it."""

    stage: str
    skipped: bool
    seconds: float
    counts: Mapping[str, int]


def remember_options(study: Study, options: Options | None) -> Options:
    """Return the options given, or those of the study's last run; keep them in `study.toml`."""
    kept = study.settings().get("run", {}) if is_study(study.path) else {}
    known = {key: value for key, value in kept.items() if key in Options.__dataclass_fields__}
    if options is None:
        return replace(Options(), **known)
    given = {key: value for key, value in asdict(options).items() if value is not None}
    if given != known:
        study.write_settings({"run": given})
    return options


def quiet(stage: str, done: int, total: int) -> None:
    """Report nothing."""
