"""The stage that tags themes: rules and similarity, then what verdicts taught, then the verdicts themselves."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from consult.pipeline.masking import masked_texts
from consult.pipeline.options import Options, Progress, quiet, remember_options
from consult.pipeline.threads import one_thread
from consult.pipeline.vectors import StudyVectors, study_vectors
from consult.study import Study

if TYPE_CHECKING:
    import pandas as pd

    from consult.themes.classifier import Classifiers
    from consult.themes.codebook import Codebook

VERDICTS = "verdicts.jsonl"
LEARNED = "classifiers.json"


def taggings_of(study: Study, options: Options, report: Progress) -> Mapping[str, pd.DataFrame]:
    """Tag the passages with the themes of the codebook in force; the verdicts of people teach it, and win."""
    from consult.themes.codebook_changes import note_change
    from consult.themes.verdicts import apply_verdicts, read_verdicts

    tagged = _tagged(study, options, report)
    note_change(study, tagged.codebook)
    verdicts = read_verdicts(study)
    learned: list[dict[str, Any]] = []
    if verdicts:
        from consult.themes.classifier_apply import apply_classifiers

        classifiers = _learned(study, tagged)
        applied = apply_classifiers(
            _completed(study, tagged, classifiers.taught),
            classifiers,
            tagged.passages,
            tagged.documents,
            tagged.codebook,
            tagged.space.embed,
        )
        taggings = applied.taggings
        learned = [
            asdict(one)
            | {"added": applied.added.get(one.theme_id, 0), "withdrawn": applied.withdrawn.get(one.theme_id, 0)}
            for one in classifiers.themes
            if one.n_yes or one.n_no
        ]
    else:
        taggings = _completed(study, tagged, frozenset())
    _keep_learned(study, tagged.codebook, learned)
    themes = tagged.codebook.themes_table()
    decided = apply_verdicts(taggings, verdicts, tagged.passages, documents=tagged.documents, themes=themes)
    return {"themes": themes, "taggings": decided}


@dataclass(frozen=True)
class _Tagged:
    """What rules and similarity find themselves, and what they read."""

    codebook: Codebook
    passages: pd.DataFrame
    documents: pd.DataFrame
    space: StudyVectors
    own: pd.DataFrame


def _tagged(study: Study, options: Options, report: Progress) -> _Tagged:
    from consult.themes.codebook import load_codebook
    from consult.themes.kept import KEPT, find_changed

    codebook = load_codebook(study.codebook_path)
    passages, documents = masked_texts(study)
    space = study_vectors(study, passages, documents, options, report)
    own = find_changed(
        study.model_path(KEPT), passages, documents, study.read("questions"), codebook, space.passages, space.embed
    )
    return _Tagged(codebook, passages, documents, space, own)


def _completed(study: Study, tagged: _Tagged, taught: frozenset[str]) -> pd.DataFrame:
    """Return the taggings with broader themes and, for themes that nobody taught, what the phrases missed."""
    from consult.themes.kept import KEPT, look_behind

    return look_behind(
        study.model_path(KEPT),
        tagged.own,
        tagged.passages,
        tagged.documents,
        tagged.codebook,
        tagged.space.passages,
        tagged.space.embed,
        taught,
    )


def _learned(study: Study, tagged: _Tagged) -> Classifiers:
    from consult.themes.classifier import learn_themes, signals_of
    from consult.themes.tagging import with_broader_themes
    from consult.themes.verdicts import read_verdicts

    found = with_broader_themes(tagged.own, tagged.codebook)
    signals = signals_of(found, tagged.passages, tagged.codebook, tagged.space.passages, tagged.space.embed)
    with one_thread("sklearn.utils"):
        return learn_themes(signals, tagged.passages, tagged.documents, tagged.codebook, read_verdicts(study))


def _keep_learned(study: Study, codebook: Codebook, learned: list[dict[str, Any]]) -> None:
    """Keep what was learned beside the models; a figure that is not known is left out."""
    known = [{k: v for k, v in one.items() if not (isinstance(v, float) and math.isnan(v))} for one in learned]
    content = {"codebook": f"{codebook.codebook_id} {codebook.version}".strip(), "classifiers": known}
    study.write_model(LEARNED, json.dumps(content, ensure_ascii=False, indent=1).encode())


def read_learned(study: Study) -> dict[str, Any]:
    """Return the codebook that the taggings were made with, and what verdicts taught of each theme."""
    path = study.model_path(LEARNED)
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def chances(study: Study, progress: Progress | None = None) -> tuple[pd.DataFrame, Any]:
    """
    Return how likely each passage raises each theme, as far as is known today, and the passages' vectors.

    By the classifier of the theme where there is one, else by the score of rules and similarity.

    Returns:
        Passages (index) by themes, 0 to 1; and an array with a row for each of them.
    """
    import pandas as pd

    from consult.themes.score import joined_score

    tagged = _tagged(study, remember_options(study, None), progress or quiet)
    classifiers = _learned(study, tagged)
    table = {}
    for number, theme in enumerate(tagged.codebook.by_id):
        learned = classifiers.probabilities(number)
        found, like = classifiers.signals.found[:, number], classifiers.signals.likeness[:, number]
        table[theme] = (
            [f or joined_score(0, float(s)) for f, s in zip(found, like, strict=True)]
            if learned is None
            else learned.tolist()
        )
    return pd.DataFrame(table, index=tagged.passages["passage_id"].tolist()), tagged.space.passages


def tagging_changes(
    study: Study, before: Codebook, after: Codebook, progress: Progress | None = None
) -> list[dict[str, Any]]:
    """
    Return what would change in the taggings of a study from one codebook to another, theme by theme.

    Counted is what rules and similarity find, in passages and in responses; verdicts are not looked at, since they
    win with either. Themes without a change are left out.
    """
    from consult.themes.tagging import tag_passages

    passages, documents = masked_texts(study)
    space = study_vectors(study, passages, documents, remember_options(study, None), progress or quiet)
    questions = study.read("questions")
    then, now = (
        tag_passages(passages, documents, questions, book, space.passages, space.embed) for book in (before, after)
    )
    found = []
    for theme in dict.fromkeys((*before.by_id, *after.by_id)):
        row: dict[str, Any] = {"theme_id": theme}
        for unit, key in (("passages", "passage_id"), ("responses", "response_id")):
            old, new = (set(table.loc[table["theme_id"] == theme, key]) for table in (then, now))
            row |= {
                f"{unit}_before": len(old), f"{unit}_after": len(new),
                f"{unit}_gained": len(new - old), f"{unit}_lost": len(old - new),
            }  # fmt: skip
        if row["passages_gained"] or row["passages_lost"]:
            found.append(row)
    return found
