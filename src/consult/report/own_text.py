"""What the consultation itself says: its own text, looked through for what a claim is about."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from consult.errors import UserError
from consult.translation import number, say

if TYPE_CHECKING:
    import pandas as pd

    from consult import measures
    from consult.study import Study
    from consult.themes.codebook import Codebook

OWN = "own"


@dataclass(frozen=True)
class Mention:
    """
    A place in the consultation's own text.

    Attributes:
        start: First character of the evidence, counted from 0.
        end: One past its last.
        evidence: The words that it rests on.
        passage: The passage they stand in, verbatim.
        passage_start: First character of the passage.
    """

    start: int
    end: int
    evidence: str
    passage: str
    passage_start: int


@dataclass(frozen=True)
class OwnText:
    """
    How often the consultation's own text mentions something.

    One text is no sample: there is no interval, and a passage is not a response.

    Attributes:
        n: Passages that mention it.
        of: Passages of the text.
        mentions: The places, in the order of the text.
    """

    n: int
    of: int
    mentions: tuple[Mention, ...]

    @property
    def words(self) -> str:
        """The count as a sentence without its full stop."""
        said = list(dict.fromkeys(" ".join(m.evidence.split()) for m in self.mentions))
        counts = {"n": number(self.n), "of": number(self.of)}
        if not said:
            return say("the consultation's own text mentions it in {n} of {of} passages", **counts)
        words = ", ".join(f"“{one}”" for one in said[:5])
        if len(said) > 5:
            words = say("{words} and {more} more", words=words, more=number(len(said) - 5))
        return say("the consultation's own text mentions it in {n} of {of} passages: {words}", **counts, words=words)


def keep_own_text(study: Study, path: Path) -> None:
    """
    Keep the consultation's own document in the study, as text; it takes the place of an earlier one.

    Args:
        study: The study.
        path: PDF, DOCX, ODT, RTF, HTML, Markdown or plain text.

    Raises:
        UserError: It cannot be read or holds no text.
    """
    from consult.ingest.papers import paper_text

    if not path.is_file():
        message = f"{path}: there is no such file; expected the consultation's own document. Check the path."
        raise UserError(message)
    if path.suffix.lower() == ".md":  # among respondents' files these are notes; here a person names one
        try:
            text, problem = path.read_text(encoding="utf-8-sig"), None
        except (OSError, UnicodeDecodeError):
            text, problem = "", "it cannot be read as UTF-8 text"
    else:
        found = paper_text(path)
        text, problem = found.text, found.problem
    if not text.strip():
        message = f"{path}: {problem or 'it holds no text'}; expected a document with text. Give another file."
        raise UserError(message)
    study.write_own_text(text)


def in_own_text(study: Study, query: measures.Query) -> OwnText | None:
    """
    Look for what stands for a claim in the consultation's own text.

    Themes are found by the phrases of the codebook in force alone, not by likeness of meaning; so that a
    mention can be pointed at.

    Args:
        study: The study.
        query: What stands for the claim.

    Returns:
        None where the study holds no such text, where the codebook in force has no such theme, or where
        topics or answers, or several parts that must be there together, stand for the claim.

    Raises:
        UserError: The codebook in force is faulty.
    """
    text = study.own_text()
    alone = len(query.themes) + len(query.phrases) == 1
    if not text.strip() or query.topics or query.closed or not (alone or query.combine == "any"):
        return None
    if query.themes and not study.codebook_path.exists():
        return None
    read = _read(text, study.codebook_path.read_text(encoding="utf-8-sig") if query.themes else "")
    passages = read.passages
    try:
        places = sorted({*_themes(read, query), *_phrases(read, query)})
    except UserError:  # the codebook was changed since the study was tagged
        return None
    mentions: list[Mention] = []
    within: set[str] = set()
    for start, end in places:
        inside = passages[(passages["start"] < end) & (passages["end"] > start)]
        within.update(inside["passage_id"])
        passage, first = (str(inside["text"].iloc[0]), int(inside["start"].iloc[0])) if len(inside) else ("", start)
        mentions.append(Mention(start, end, text[start:end], passage, first))
    return OwnText(len(within), len(passages), tuple(mentions))


@dataclass(frozen=True)
class _Read:
    """The text, tagged; `codebook` is None and nothing tagged where no theme was asked for."""

    document: pd.DataFrame
    passages: pd.DataFrame
    codebook: Codebook | None
    taggings: pd.DataFrame


@lru_cache(maxsize=4)
def _read(text: str, codebook: str) -> _Read:
    """Tag a text; remembered, since every claim of a study asks for the same."""
    from consult import schema
    from consult.text.languages import identify
    from consult.text.passages import split_passages
    from consult.themes.codebook import parse_codebook
    from consult.themes.tagging import tag_passages

    language = identify(text)
    row = {
        "document_id": f"d-{OWN}",
        "response_id": f"r-{OWN}",
        "question_id": None,
        "attachment": OWN,
        "text": text,
        "language": language.language,
        "language_score": language.score,
        "n_words": len(text.split()),
        "damaged": 0.0,
    }
    document = schema.build("documents", [row])
    passages = split_passages(document)
    if not codebook:
        return _Read(document, passages, None, schema.empty("taggings"))
    parsed = parse_codebook(codebook, "codebook.yaml")
    # Without questions to compare with: what the consultation asks about, it does mention.
    return _Read(document, passages, parsed, tag_passages(passages, document, schema.empty("questions"), parsed))


def _themes(read: _Read, query: measures.Query) -> list[tuple[int, int]]:
    if read.codebook is None:
        return []
    from consult.themes.review import find_theme

    wanted = [find_theme(read.codebook, name) for name in query.themes]
    taggings = read.taggings[read.taggings["theme_id"].isin(wanted)]
    return [(int(start), int(end)) for start, end in zip(taggings["start"], taggings["end"], strict=True)]


def _phrases(read: _Read, query: measures.Query) -> list[tuple[int, int]]:
    if not query.phrases:
        return []
    from consult.measures.phrases import find_phrases

    found = find_phrases(read.document, query.phrases)
    return [(int(start), int(end)) for start, end in zip(found["start"], found["end"], strict=True)]
