"""What changed between two versions of a codebook, and the record of changes that a study keeps."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from consult.errors import UserError
from consult.themes.codebook import parse_codebook

if TYPE_CHECKING:
    from consult.study import Study
    from consult.themes.codebook import Codebook, Theme

FILE = "codebook_changes.jsonl"
#: Copy of the codebook that the last taggings were made with.
LAST = "codebook-in-force.yaml"


@dataclass(frozen=True)
class Difference:
    """
    One part of a theme that is not the same in two codebooks.

    Attributes:
        theme_id: The theme; empty for what is said of the codebook as a whole (``language``, ``recall``).
        field: A field of the codebook, or ``theme`` where the whole theme is new or gone.
        language: Of phrases, exclusions, rules and examples; empty otherwise.
        added: What the later codebook has and the earlier one has not.
        removed: What the earlier one has and the later one has not.
    """

    theme_id: str
    field: str
    language: str
    added: tuple[str, ...]
    removed: tuple[str, ...]


def differences(before: Codebook, after: Codebook) -> list[Difference]:
    """Return what changed from one codebook to another: the whole, then theme by theme and language by language."""
    found = []
    for field in ("language", "recall"):
        was, now = (() if value is None else (str(value),) for value in (getattr(before, field), getattr(after, field)))
        if was != now:
            found.append(Difference("", field, "", now, was))
    for theme_id in dict.fromkeys((*before.by_id, *after.by_id)):
        old, new = before.by_id.get(theme_id), after.by_id.get(theme_id)
        if old is None or new is None:
            found.append(Difference(theme_id, "theme", "", (new.name,) if new else (), (old.name,) if old else ()))
            continue
        first, second = _parts(old), _parts(new)
        for key in sorted({*first, *second}, key=lambda k: (_FIELDS.index(k[0]), k[1])):
            earlier, later = first.get(key, ()), second.get(key, ())
            added = tuple(text for text in later if text not in earlier)
            removed = tuple(text for text in earlier if text not in later)
            if added or removed:
                found.append(Difference(theme_id, *key, added, removed))
    return found


_FIELDS = (
    "name", "parent", "definition", "counts", "does_not_count", "examples",
    "phrases", "exclusions", "rules", "similarity",
)  # fmt: skip


def _parts(theme: Theme) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the texts of a theme by field and language."""
    similarity = () if theme.similarity is None else (str(theme.similarity),)
    parts: dict[tuple[str, str], tuple[str, ...]] = {
        ("name", ""): (theme.name,),
        ("parent", ""): (theme.parent_id,) if theme.parent_id else (),
        ("definition", ""): (theme.definition,),
        ("counts", ""): theme.counts,
        ("does_not_count", ""): theme.does_not_count,
        ("similarity", ""): similarity,
    }
    for example in theme.examples:
        key = ("examples", example.language)
        parts[key] = (*parts.get(key, ()), example.text)
    for field, lists in (("phrases", theme.phrases), ("exclusions", theme.exclusions)):
        for language, patterns in lists.items():
            parts[field, language] = tuple(p.source for p in patterns)
    for rule in theme.rules:
        key = ("rules", rule.language)
        parts[key] = (*parts.get(key, ()), f"{rule.source}, within {rule.within}")
    return parts


# The study's record -----------------------------------------------------------------------------------


def note_change(study: Study, codebook: Codebook) -> bool:
    """
    Record in the study that a codebook is in force which is not the one of the last tagging.

    Who changed it and why is taken from the codebook's own history (`changes`), if that speaks of this version. A
    line is written whether or not the file was changed by hand, so that no change goes unrecorded.

    Returns:
        Whether there was anything to record.
    """
    text = study.codebook_path.read_text(encoding="utf-8-sig")
    last = study.model_path(LAST)
    before = last.read_text(encoding="utf-8") if last.exists() else ""
    if text == before:
        return False
    old = _readable(before)
    told = next((c for c in reversed(codebook.changes) if c.version == codebook.version), None)
    record: dict[str, Any] = {
        "time": datetime.now(tz=UTC).isoformat(timespec="seconds"),
        "codebook": codebook.codebook_id,
        "version": codebook.version,
        "by": told.by if told else "",
        "why": told.why if told else "",
        "hash": hashlib.blake2b(text.encode(), digest_size=12).hexdigest(),
        "before": f"{old.codebook_id} {old.version}" if old else "",
        "changed": [asdict(d) for d in differences(old, codebook)] if old and _same(old, codebook) else [],
    }
    study.append(FILE, record)
    study.write_model(LAST, text.encode())
    return True


def _readable(text: str) -> Codebook | None:
    """Return a codebook, or None where there is none or an earlier program wrote it in another way."""
    try:
        return parse_codebook(text, LAST) if text else None
    except UserError:
        return None


def _same(old: Codebook, new: Codebook) -> bool:
    """Whether two are versions of one codebook; another codebook shares no theme worth comparing."""
    return old.codebook_id == new.codebook_id


def read_changes(study: Study) -> Sequence[dict[str, Any]]:
    """Return the recorded changes of a study's codebook, oldest first."""
    return [line for line in study.lines(FILE) if line.get("codebook")]
