"""The stages in order, from sources to topics, themes and checked claims, and which of them are up to date."""

from consult.pipeline.options import Options, Progress, StageRun, remember_options
from consult.pipeline.packages import Reproduced, run_from_package
from consult.pipeline.running import edit_topics, find_topics_anew, run, run_stage
from consult.pipeline.shipped import (
    DEFAULT_CODEBOOK,
    EXAMPLES,
    example_sources,
    find_codebook,
    place_example,
    shipped_data,
    use_codebook,
)
from consult.pipeline.sources import ingest
from consult.pipeline.stages import STAGES
from consult.pipeline.topics import EDITS, FOUND_TOPICS

__all__ = [
    "DEFAULT_CODEBOOK",
    "EDITS",
    "EXAMPLES",
    "FOUND_TOPICS",
    "STAGES",
    "Options",
    "Progress",
    "Reproduced",
    "StageRun",
    "edit_topics",
    "example_sources",
    "find_codebook",
    "find_topics_anew",
    "ingest",
    "place_example",
    "remember_options",
    "run",
    "run_from_package",
    "run_stage",
    "shipped_data",
    "use_codebook",
]
