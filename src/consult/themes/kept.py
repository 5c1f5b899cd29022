"""What each theme found is kept, so that after a change to one theme only that theme is looked for again."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from consult.themes.tagging import completed, own_taggings

if TYPE_CHECKING:
    from pathlib import Path

    from consult.themes.codebook import Codebook, Theme
    from consult.themes.similarity import Embed, Vectors

#: The file that a study keeps them in, among its models.
KEPT = "taggings-by-theme.parquet"
#: What a tagging depends on besides texts and codebook: a change in any of these files makes all kept ones void.
_PROGRAM = (
    "echo.py", "expected.py", "lexicon.json.gz", "lexicon.py", "matching.py", "patterns.py", "score.py",
    "similarity.py", "tagging.py", "words.py",
)  # fmt: skip


def find_changed(
    file: Path,
    passages: pd.DataFrame,
    documents: pd.DataFrame,
    questions: pd.DataFrame,
    codebook: Codebook,
    vectors: Vectors,
    embed: Embed,
) -> pd.DataFrame:
    """
    Return the same as `own_taggings`; themes that have not changed since the last time are not looked for.

    Args:
        file: Where the findings of each theme are kept; written anew.
        passages: Table `passages`.
        documents: Table `documents`.
        questions: Table `questions`.
        codebook: The themes.
        vectors: One row for each row of `passages`.
        embed: Embeds texts (with their languages) into the same space.
    """
    corpus = _corpus_key(passages, documents, questions, vectors)
    keys = {t.theme_id: _theme_key(t, codebook.language, corpus) for t in codebook.themes}
    before, about = _read(file)
    known = about.get("keys", {})
    changed = [t for t in codebook.themes if known.get(t.theme_id) != keys[t.theme_id]]
    if changed:
        only = replace(codebook, themes=tuple(changed))
        fresh = own_taggings(passages, documents, questions, only, vectors, embed)
        same = set(keys) - {t.theme_id for t in changed}
        parts = [part for part in (before[before["theme_id"].isin(same)], fresh) if not part.empty]
        before = pd.concat(parts, ignore_index=True) if parts else fresh
    own = before[before["theme_id"].isin(list(keys))]
    if changed:
        missed = about.get("missed", {}) if about.get("corpus") == corpus else {}
        _write(file, own, {"keys": keys, "corpus": corpus, "missed": missed})
    return own


def look_behind(
    file: Path,
    own: pd.DataFrame,
    passages: pd.DataFrame,
    documents: pd.DataFrame,
    codebook: Codebook,
    vectors: Vectors,
    embed: Embed,
    taught: frozenset[str] = frozenset(),
) -> pd.DataFrame:
    """
    Return the table `taggings`, the same as `completed` gives; what has not changed is not learned again.

    Args:
        file: As for `find_changed`, which comes first.
        own: What it returned.
        passages: Table `passages`.
        documents: Table `documents`.
        codebook: The themes.
        vectors: One row for each row of `passages`.
        embed: Embeds texts.
        taught: Themes that people's verdicts taught, behind whose phrases nothing is looked for.
    """
    _, about = _read(file)
    known = about.get("missed", {})
    tagged, now = completed(own, passages, documents, codebook, vectors, embed, known, taught)
    if not set(now) <= set(known):
        _write(file, own, {**about, "missed": {**now}})
    return tagged


def _corpus_key(passages: pd.DataFrame, documents: pd.DataFrame, questions: pd.DataFrame, vectors: Vectors) -> str:
    digest = hashlib.blake2b(digest_size=16)
    digest.update(_program().encode())
    for table, columns in (
        (passages, ["passage_id", "document_id", "start", "text"]),
        (documents, ["document_id", "response_id", "language", "question_id"]),
        (questions, ["question_id", "text"]),
    ):
        digest.update(pd.util.hash_pandas_object(table[columns], index=False).to_numpy().tobytes())
    digest.update(np.ascontiguousarray(vectors).tobytes())
    return digest.hexdigest()


def _theme_key(theme: Theme, language: str, corpus: str) -> str:
    """Return a hash of all that decides which passages get the theme; its place among the themes does not."""
    phrases = [
        (kind, code, [p.source for p in patterns])
        for kind, by_language in (("phrases", theme.phrases), ("exclusions", theme.exclusions))
        for code, patterns in sorted(by_language.items())
    ]
    rules = [(r.language, r.source, r.within) for r in theme.rules]
    examples = [(e.language, e.text) for e in theme.examples]
    content = (theme.name, theme.definition, examples, phrases, rules, theme.similarity, language, corpus)
    return hashlib.blake2b(repr(content).encode(), digest_size=16).hexdigest()


@cache
def _program() -> str:
    folder = files("consult.themes")
    digest = hashlib.blake2b(digest_size=16)
    for name in _PROGRAM:
        part = folder.joinpath(name)
        digest.update(part.read_bytes() if part.is_file() else b"absent")
    return digest.hexdigest()


def _read(file: Path) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return what is kept, and what is known of it; a file that cannot be read is as good as none."""
    try:
        rows = pd.read_parquet(file)
        about = {name: rows.attrs[name] for name in ("keys", "corpus", "missed")}
    except (OSError, ValueError, KeyError):
        return pd.DataFrame({"theme_id": pd.Series(dtype=str)}), {}
    rows.attrs = {}  # pandas copies them with every slice
    return rows, about


def _write(file: Path, rows: pd.DataFrame, about: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(file.name + ".tmp")
    kept = rows.reset_index(drop=True)
    kept.attrs.update(about)
    kept.to_parquet(temporary)
    temporary.replace(file)
