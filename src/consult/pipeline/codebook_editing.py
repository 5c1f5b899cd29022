"""Editing the codebook of a study: what an edit would change, and saving it with who and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from consult.errors import UserError
from consult.pipeline.masking import masked_texts
from consult.pipeline.options import Progress, StageRun, quiet, remember_options
from consult.pipeline.running import run_stage
from consult.pipeline.vectors import StudyVectors, study_vectors
from consult.study import Study

if TYPE_CHECKING:
    import pandas as pd

    from consult.themes.codebook import Change, Codebook
    from consult.themes.codebook_edits import PhraseEdit


@dataclass(frozen=True)
class CodebookPreview:
    """
    What an edit would change, counted on the study as it stands.

    Attributes:
        edit: The edit looked at.
        text: The codebook's text that it was looked at with; saving is refused where it has changed since.
        gained: Taggings that would come, one row a passage: ``passage_id``, ``document_id``, ``response_id``,
            ``start``, ``end`` (in the document), ``phrase`` (absent where only likeness gives the theme).
        lost: Taggings that would go, the same columns.
        n_responses: Responses that mention the theme now by its own words or likeness.
        n_responses_after: The same after the edit.
    """

    edit: PhraseEdit
    text: str
    gained: pd.DataFrame
    lost: pd.DataFrame
    n_responses: int
    n_responses_after: int


def preview_edit(study: Study, edit: PhraseEdit, progress: Progress | None = None) -> CodebookPreview:
    """
    Return which passages would gain or lose a theme by an edit of its phrases, before anything is saved.

    Tagging is done as in a run, with likeness and people's verdicts, for this theme alone and without its
    narrower themes; what verdicts have taught a classifier comes on top of it in a run.

    Raises:
        UserError: The edit cannot be made.
    """
    from consult.themes.codebook import parse_codebook
    from consult.themes.codebook_edits import edited

    text = _text(study)
    before = parse_codebook(text, study.codebook_path.name)
    after = parse_codebook(edited(text, edit, _change(before, "-", "-")), study.codebook_path.name)
    passages, documents = masked_texts(study)
    space = study_vectors(study, passages, documents, remember_options(study, None), progress or quiet)
    languages = passages["document_id"].map(documents.set_index("document_id")["language"])
    # English phrases are looked for in texts of every language.
    rows = ((languages == edit.language) | (edit.language == "en")).to_numpy(dtype=bool)
    passages, space = passages[rows].reset_index(drop=True), replace(space, passages=space.passages[rows])
    now, then = (_tagged(study, book, edit.theme_id, passages, documents, space) for book in (before, after))
    return CodebookPreview(
        edit,
        text,
        _without(then, now),
        _without(now, then),
        now["response_id"].nunique(),
        then["response_id"].nunique(),
    )


def save_edit(
    study: Study, preview: CodebookPreview, *, who: str, why: str, progress: Progress | None = None
) -> StageRun:
    """
    Put an edited codebook in force as a new version, with who made it and why in its history, and tag again.

    The stage that tags records the change in the study.

    Raises:
        UserError: Nobody is named, or somebody changed the codebook since the preview was made.
    """
    from filelock import FileLock

    from consult.themes.codebook import parse_codebook
    from consult.themes.codebook_edits import edited

    if not who.strip():
        message = "codebook: nobody is named; every change is kept with who made it. Write a name or sign."
        raise UserError(message)
    with FileLock(study.path / ".codebook.lock"):
        if _text(study) != preview.text:
            message = (
                "codebook: somebody changed it since you looked at what your change would do. Nothing was saved. "
                "Look at it again."
            )
            raise UserError(message)
        book = parse_codebook(preview.text, study.codebook_path.name)
        change = _change(book, " ".join(who.split()), " ".join(why.split()))
        study.write_codebook(edited(preview.text, preview.edit, change))
    return run_stage(study, "tag", remember_options(study, None), progress)


def _text(study: Study) -> str:
    return study.codebook_path.read_text(encoding="utf-8-sig")


def _change(book: Codebook, who: str, why: str) -> Change:
    from consult.themes.codebook import Change
    from consult.themes.codebook_edits import next_version

    return Change(next_version(book), f"{datetime.now(tz=UTC):%Y-%m-%d}", who, why)


def _tagged(
    study: Study, book: Codebook, theme_id: str, passages: pd.DataFrame, documents: pd.DataFrame, space: StudyVectors
) -> pd.DataFrame:
    from consult.themes.tagging import tag_passages
    from consult.themes.verdicts import apply_verdicts, read_verdicts

    # Shown is what the phrases find: what they miss is learned from all themes, and only once the change is saved.
    alone = replace(book, recall=1.0, themes=(replace(book.by_id[theme_id], parent_id=None),))
    taggings = tag_passages(passages, documents, study.read("questions"), alone, space.passages, space.embed)
    verdicts = [verdict for verdict in read_verdicts(study) if verdict.theme_id == theme_id]
    return apply_verdicts(taggings, verdicts, passages, documents=documents, themes=alone.themes_table())


def _without(taggings: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """Return one tagging for each passage that is not among the others, the surest first."""
    rows = taggings[~taggings["passage_id"].isin(others["passage_id"])]
    rows = rows.sort_values(["score", "passage_id", "start"], ascending=[False, True, True])
    columns = ["passage_id", "document_id", "response_id", "start", "end", "phrase"]
    return rows.drop_duplicates("passage_id")[columns].reset_index(drop=True)
