"""The stage that tags themes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from consult.pipeline.options import Options, Progress
from consult.pipeline.vectors import study_vectors
from consult.study import Study

if TYPE_CHECKING:
    import pandas as pd

VERDICTS = "verdicts.jsonl"


def taggings_of(study: Study, options: Options, report: Progress) -> Mapping[str, pd.DataFrame]:
    """Tag the passages with the themes of the codebook in force; the verdicts of people win."""
    from consult.themes.codebook import load_codebook
    from consult.themes.tagging import tag_passages
    from consult.themes.verdicts import apply_verdicts, read_verdicts

    codebook = load_codebook(study.codebook_path)
    passages, documents = study.read("passages"), study.read("documents")
    space = study_vectors(study, passages, documents, options, report)
    taggings = tag_passages(passages, documents, study.read("questions"), codebook, space.passages, space.embed)
    themes = codebook.themes_table()
    decided = apply_verdicts(taggings, read_verdicts(study), passages, documents=documents, themes=themes)
    return {"themes": themes, "taggings": decided}
