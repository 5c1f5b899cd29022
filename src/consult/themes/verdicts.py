"""People's verdicts on themes at passages: kept for good, and put above what the machine found."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from consult import schema
from consult.text.privacy import mask

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from consult.study import Study

FILE = "verdicts.jsonl"
PERSON = "person"
Answer = Literal["yes", "no"]
YES: Answer = "yes"
NO: Answer = "no"


@dataclass(frozen=True)
class Verdict:
    """
    What a person decided about one theme at one passage.

    Attributes:
        passage_id: The passage read.
        document_id: Its document.
        text_hash: `text_hash` of the passage, so that the verdict is found again when ids have changed.
        theme_id: The theme.
        verdict: ``yes`` or ``no``.
        who: Name or sign of the person.
        time: When, ISO 8601; empty if not known.
        start: First character of the evidence, counted from the start of the passage; None where the
            whole passage is meant.
        end: One past its last character.
        sample: Id of the sample it was coded in; empty for a verdict given while reading.
    """

    passage_id: str
    document_id: str
    text_hash: str
    theme_id: str
    verdict: Answer
    who: str
    time: str = ""
    start: int | None = None
    end: int | None = None
    sample: str = ""


def text_hash(text: str) -> str:
    """Return a short hash of a passage's text, the same whether personal data in it are masked or not."""
    return hashlib.blake2b(mask(text).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def read_verdicts(study: Study) -> tuple[Verdict, ...]:
    """Return all verdicts of a study, oldest first; lines that are none are passed over."""
    found = []
    for line in study.lines(FILE):
        if line.get("verdict") not in (YES, NO) or not line.get("theme_id"):
            continue
        place = {n: line[n] if isinstance(line.get(n), int) else None for n in ("start", "end")}
        words = {
            n: str(line.get(n) or "")
            for n in ("passage_id", "document_id", "text_hash", "theme_id", "verdict", "who", "time", "sample")
        }
        found.append(Verdict(**words, **place))  # type: ignore[arg-type]
    return tuple(found)


def add_verdicts(study: Study, verdicts: Iterable[Verdict]) -> int:
    """
    Append verdicts to the study; one that the same person gave last on the same place is not repeated.

    Returns:
        How many were new.
    """
    last = {(v.who, v.passage_id, v.text_hash, v.theme_id): v for v in read_verdicts(study)}
    now = datetime.now(tz=UTC).isoformat(timespec="seconds")
    added: list[dict[str, Any]] = []
    for verdict in verdicts:
        key = (verdict.who, verdict.passage_id, verdict.text_hash, verdict.theme_id)
        before = last.get(key)
        if before and _said(before) == _said(verdict):
            continue
        record: dict[str, Any] = {
            "time": verdict.time or now,
            "who": verdict.who,
            "passage_id": verdict.passage_id,
            "document_id": verdict.document_id,
            "text_hash": verdict.text_hash,
            "theme_id": verdict.theme_id,
            "verdict": verdict.verdict,
        }
        if verdict.start is not None and verdict.end is not None:
            record |= {"start": verdict.start, "end": verdict.end}
        if verdict.sample:
            record["sample"] = verdict.sample
        added.append(record)
        last[key] = verdict
    if added:
        study.extend(FILE, added)
    return len(added)


def _said(verdict: Verdict) -> tuple[object, ...]:
    return verdict.verdict, verdict.start, verdict.end, verdict.sample


def place_verdicts(verdicts: Sequence[Verdict], passages: pd.DataFrame) -> list[tuple[str, Verdict]]:
    """
    Return the verdicts with the passage that each is about today, in their order.

    A verdict is about the passage it was given on as long as that has the same text. Where that is gone
    (the source was read in another way, passages were cut anew), it is about the passage of the same
    document with the same text, and where there is none, about every passage with the same text. A
    verdict on a text that is no longer there is about nothing.
    """
    columns = passages[["passage_id", "document_id", "text"]]
    named = columns[columns["passage_id"].isin({v.passage_id for v in verdicts})]
    hashes = {p: text_hash(text) for p, text in zip(named["passage_id"], named["text"], strict=True)}
    alike: dict[str, list[tuple[str, str]]] = defaultdict(list)
    lost = {v.text_hash for v in verdicts if hashes.get(v.passage_id) != v.text_hash}
    if lost:  # only then is it worth reading every passage
        for passage_id, document_id, text in sorted(columns.itertuples(index=False, name=None)):
            if (digest := text_hash(text)) in lost:
                alike[digest].append((passage_id, document_id))
    placed = []
    for verdict in verdicts:
        if hashes.get(verdict.passage_id) == verdict.text_hash:
            placed.append((verdict.passage_id, verdict))
            continue
        same = alike.get(verdict.text_hash, [])
        near = [p for p, d in same if d == verdict.document_id] or [p for p, _ in same]
        placed.extend((passage_id, verdict) for passage_id in near)
    return placed


def apply_verdicts(
    taggings: pd.DataFrame,
    verdicts: Sequence[Verdict],
    passages: pd.DataFrame,
    *,
    documents: pd.DataFrame,
    themes: pd.DataFrame,
) -> pd.DataFrame:
    """
    Return the taggings with people's verdicts put above them.

    A yes adds a tagging by ``person`` with score 1, on the evidence that the person marked, else on that
    of the machine, else on the whole passage; the theme's broader themes are given with it. A no removes
    the theme and its narrower ones at that passage, and what broader themes had inherited from them and
    from nothing else. Of several verdicts on one place the latest counts, whoever gave it; a yes on a
    theme also lifts an earlier no on a broader one, and a no an earlier yes on a narrower one.

    Args:
        taggings: Table `taggings`, as the tagger made it.
        verdicts: Verdicts, oldest first.
        passages: Table `passages`.
        documents: Table `documents`; columns document_id and response_id are enough.
        themes: Table `themes`; a verdict on a theme that is not in it has no effect.
    """
    family = Family(themes)
    decided = decisions(verdicts, passages, family)
    if not decided:
        return taggings
    touched = taggings["passage_id"].isin(list(decided))
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in taggings[touched].to_dict("records"):
        rows[row["passage_id"]].append({str(k): v for k, v in row.items()})
    responses = dict(zip(documents["document_id"], documents["response_id"], strict=True))
    ours = passages.loc[passages["passage_id"].isin(list(decided)), ["passage_id", "document_id", "start", "end"]]
    spots = {p: (str(d), int(start), int(end)) for p, d, start, end in ours.itertuples(index=False, name=None)}
    changed: list[dict[str, Any]] = []
    for passage_id, answers in sorted(decided.items()):
        document_id, first, last = spots[passage_id]
        left = without(rows[passage_id], {t for t, v in answers.items() if v.verdict == NO}, family)
        base = {
            "passage_id": passage_id,
            "document_id": document_id,
            "response_id": responses[document_id],
            "assigned_by": PERSON,
            "score": 1.0,
            "phrase": None,
        }
        given = [(v, _evidence(v, left, (first, last))) for t, v in sorted(answers.items()) if v.verdict == YES]
        left += [
            base | {"theme_id": theme, "start": start, "end": end}
            for verdict, places in given
            for theme in (verdict.theme_id, *family.above(verdict.theme_id))
            for start, end in places
        ]
        changed += left
    key = list(schema.table("taggings").key)
    parts = [t for t in (taggings[~touched], pd.DataFrame(changed)) if len(t)]
    if not parts:
        return schema.empty("taggings")
    return schema.build("taggings", pd.concat(parts, ignore_index=True).drop_duplicates(key))


def decisions(verdicts: Sequence[Verdict], passages: pd.DataFrame, family: Family) -> dict[str, dict[str, Verdict]]:
    """Return what holds of verdicts, by passage and theme: the latest, without those that it contradicts."""
    decided: dict[str, dict[str, Verdict]] = defaultdict(dict)
    for passage_id, verdict in place_verdicts(verdicts, passages):
        if verdict.theme_id in family.parents:
            family.decide(decided[passage_id], verdict)
    return dict(decided)


class Family:
    """Which theme is broader than which."""

    def __init__(self, themes: pd.DataFrame) -> None:
        pairs = zip(themes["theme_id"], themes["parent_id"], strict=True)
        self.parents: Mapping[str, str | None] = {t: None if pd.isna(p) else p for t, p in pairs}

    def above(self, theme: str) -> tuple[str, ...]:
        """Broader themes, nearest first."""
        found: list[str] = []
        parent = self.parents.get(theme)
        while parent is not None and parent not in found:
            found.append(parent)
            parent = self.parents.get(parent)
        return tuple(found)

    def below(self, theme: str) -> frozenset[str]:
        """Narrower themes."""
        return frozenset(t for t in self.parents if theme in self.above(t))

    def decide(self, answers: dict[str, Verdict], verdict: Verdict) -> None:
        """Add a verdict to those on a passage; it replaces earlier ones that it contradicts."""
        contrary = self.above(verdict.theme_id) if verdict.verdict == YES else self.below(verdict.theme_id)
        for theme in contrary:
            if theme in answers and answers[theme].verdict != verdict.verdict:
                del answers[theme]
        answers[verdict.theme_id] = verdict


def without(rows: list[dict[str, Any]], refused: set[str], family: Family) -> list[dict[str, Any]]:
    """Return the taggings of one passage without refused themes and what was inherited from them alone."""
    gone = refused.union(*(family.below(t) for t in refused))
    removed = [r for r in rows if r["theme_id"] in gone]
    left = [r for r in rows if r["theme_id"] not in gone]
    lost = {(above, _spot(r)) for r in removed for above in family.above(r["theme_id"])}
    kept = {(above, _spot(r)) for r in left for above in family.above(r["theme_id"])}
    return [r for r in left if (r["theme_id"], _spot(r)) not in lost - kept]


def _spot(row: Mapping[str, Any]) -> tuple[object, ...]:
    """What an inherited tagging has in common with the one it comes from."""
    phrase = row["phrase"] if isinstance(row["phrase"], str) else None
    return row["assigned_by"], row["start"], row["end"], phrase


def _evidence(verdict: Verdict, rows: list[dict[str, Any]], span: tuple[int, int]) -> list[tuple[int, int]]:
    """Return where a yes rests on, as offsets in the document."""
    first, last = span
    if verdict.start is not None and verdict.end is not None:
        start, end = first + verdict.start, first + verdict.end
        if first <= start < end <= last:
            return [(start, end)]
    return sorted({(r["start"], r["end"]) for r in rows if r["theme_id"] == verdict.theme_id}) or [span]
