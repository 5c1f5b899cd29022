"""Several sources of the same submissions: recognised as the same responses, merged, conflicts reported."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from consult.ingest.assemble import Assembled, consultation_key, response_ids
from consult.ingest.batch import Aside

if TYPE_CHECKING:
    from collections.abc import Sequence

    from consult.ingest.batch import Batch

# Formats that come from the Commission's portal, where one submission has one number.
PORTAL = frozenset({"hys_feedback", "hys_page", "hys_questionnaire"})
_FILLED = (
    "submitted_at", "declared_language", "organisation", "organisation_size", "country", "scope",
    "transparency_register", "stakeholder_type_raw",
)  # fmt: skip
_COMPARED = (
    "stakeholder_type", "submitted_at", "declared_language", "organisation", "organisation_size", "country", "scope",
)  # fmt: skip


def plain_reference(reference: str) -> str:
    """
    Write a reference as the portal's API does: its pages and exports put an F before the number.

    >>> plain_reference("F2665651") == plain_reference("2665651 ")
    True
    """
    text = reference.strip()
    return re.sub(r"^F(?=\d+$)", "", text)


def same_consultations(batches: Sequence[Batch]) -> dict[int, str]:
    """
    Find batches of the portal that answer the same consultation under different publication ids.

    The portal renumbered its publications: 24212003 of 2021 is 14488 now. Two batches are the same when at
    least half of the references of the smaller one, and three, stand in the other.

    Returns:
        For the position of each such batch, the id of the consultation; the largest batch gives it.
    """
    references: dict[int, frozenset[str]] = {}
    for i, batch in enumerate(batches):
        if batch.family in PORTAL and "reference" in batch.fields:
            found = frozenset(plain_reference(r) for r in batch.fields["reference"])
            references[i] = found - {""}
    order = sorted(references, key=lambda i: (-len(references[i]), consultation_key(batches[i])))
    result: dict[int, str] = {}
    for n, i in enumerate(order):
        for j in order[:n]:
            smaller = min(len(references[i]), len(references[j]))
            shared = len(references[i] & references[j])
            if smaller and shared >= 0.5 * smaller and shared >= min(3, smaller):
                result.setdefault(j, consultation_key(batches[j]))
                result[i] = result[j]
                break
    return result


@dataclass(frozen=True)
class Merged:
    """The parts of each source after merging, in their order, the ids of their rows, and what to say."""

    parts: tuple[Assembled, ...]
    ids: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]


def merge(parts: Sequence[Assembled], names: Sequence[str]) -> Merged:
    """
    Merge responses that stand in more than one source of a consultation.

    The source with the most responses comes first; another source fills in what it lacks (a field, an
    answer to a question it does not have) and its row is set aside as merged. Where both say something
    and differ, the first is kept and the difference reported. References that agree while the texts do
    not (two waves of a survey, both numbered from 1) are no sign of the same response: such rows get ids
    from their content and all stay.

    Args:
        parts: Assembled sources.
        names: What to call each of them.
    """
    result = list(parts)
    ids = [tuple(p.responses["response_id"]) for p in parts]
    notes: list[str] = []
    order = sorted(
        range(len(parts)), key=lambda i: (-len(parts[i].responses), -len(parts[i].answers), parts[i].source_id)
    )
    for n, b in enumerate(order):
        for a in order[:n]:
            if result[a].consultation_id != result[b].consultation_id or result[b].responses.empty:
                continue
            pair = _Pair(result[a], result[b], names[a], names[b])
            found = pair.shared()
            if not found:
                continue
            if not pair.alike(found):
                fresh = _renamed(result[b], {r for r, _ in found.values()})
                ids[b] = tuple(fresh.get(i, i) for i in ids[b])
                result[b] = _with_ids(result[b], fresh)
                notes.append(
                    f"{names[b]}: {len(found)} references also stand in {names[a]}, with other answers; they are "
                    "taken for different responses. If they are the same, merge the files first."
                )
                continue
            result[a], result[b], said = pair.merged(found)
            moved = dict(found.values())
            ids[b] = tuple(moved.get(i, i) for i in ids[b])
            notes.extend(said)
    return Merged(tuple(result), tuple(ids), tuple(notes))


def _renamed(part: Assembled, clashing: set[str]) -> dict[str, str]:
    """New ids, from content, for responses whose reference says nothing about who they are."""
    rows = part.responses.reset_index(drop=True)
    digests = [part.digests[i] for i in range(len(rows))]
    fresh = response_ids(part.consultation_id, pd.Series([""] * len(rows), dtype="str"), digests)
    return {old: new for old, new in zip(rows["response_id"], fresh, strict=True) if old in clashing}


def _with_ids(part: Assembled, fresh: dict[str, str]) -> Assembled:
    return replace(
        part,
        responses=part.responses.assign(response_id=part.responses["response_id"].replace(fresh)),
        answers=part.answers.assign(response_id=part.answers["response_id"].replace(fresh)),
    )


@dataclass(frozen=True)
class _Pair:
    first: Assembled
    second: Assembled
    first_name: str
    second_name: str

    def shared(self) -> dict[str, tuple[str, str]]:
        """Plain reference (or id, where there is none) to the ids in the second and the first source."""
        mine, theirs = _keys(self.second), _keys(self.first)
        return {k: (mine[k], theirs[k]) for k in sorted(mine.keys() & theirs.keys())}

    def alike(self, found: dict[str, tuple[str, str]]) -> bool:
        """Whether shared references mean shared responses: dates or answers agree in at least half."""
        pairs = pd.DataFrame(list(found.values()), columns=["mine", "theirs"])
        if (pairs["mine"] == pairs["theirs"]).all() and not self._comparable(pairs):
            return True
        return self._agreeing(pairs) >= 0.5

    def _comparable(self, pairs: pd.DataFrame) -> bool:
        dates = self._dates(pairs)
        return bool(len(self._texts(pairs))) or bool(dates.notna().all(axis=1).any())

    def _dates(self, pairs: pd.DataFrame) -> pd.DataFrame:
        mine = self.second.responses.set_index("response_id")["submitted_at"].reindex(pairs["mine"]).to_numpy()
        theirs = self.first.responses.set_index("response_id")["submitted_at"].reindex(pairs["theirs"]).to_numpy()
        # Exports differ in whether they write seconds.
        return pd.DataFrame({"mine": mine, "theirs": theirs}).transform(lambda c: c.dt.floor("min"))

    def _texts(self, pairs: pd.DataFrame) -> pd.DataFrame:
        mine = self.second.answers.rename(columns={"response_id": "mine"}).merge(pairs, on="mine")
        theirs = self.first.answers.rename(columns={"response_id": "theirs"})
        return mine.merge(theirs, on=["theirs", "question_id"], suffixes=("_mine", "_theirs"))

    def _agreeing(self, pairs: pd.DataFrame) -> float:
        dates = self._dates(pairs)
        same_date = (dates["mine"] == dates["theirs"]).to_numpy()
        texts = self._texts(pairs)
        same = texts[_tidied(texts["text_mine"]) == _tidied(texts["text_theirs"])]
        same_text = pairs["mine"].isin(set(same["mine"])).to_numpy()
        return float((same_date | same_text).mean())

    def merged(self, found: dict[str, tuple[str, str]]) -> tuple[Assembled, Assembled, list[str]]:
        """Return both sources after merging, and what to say about it."""
        moved = dict(found.values())
        a = self.first.responses.set_index("response_id")
        b = self.second.responses[self.second.responses["response_id"].isin(moved)]
        b = b.assign(response_id=b["response_id"].map(moved)).set_index("response_id")
        differing: dict[str, list[str]] = {}
        for field in _COMPARED:
            ours, theirs = a[field].reindex(b.index), b[field]
            if field == "submitted_at":
                clash = ours.notna() & theirs.notna() & (ours.dt.floor("min") != theirs.dt.floor("min"))
            else:
                known = ours.notna() & theirs.notna() & (ours != "unknown") & (theirs != "unknown")
                clash = known & (ours != theirs)
            for rid in clash[clash].index:
                differing.setdefault(rid, []).append(
                    f"{field.replace('_', ' ')} ('{theirs[rid]}' against '{ours[rid]}')"
                )
        filled = a.copy()
        for field in _FILLED:
            filled[field] = a[field].where(a[field].notna(), b[field].reindex(a.index))
        kind = b["stakeholder_type"].reindex(a.index)
        filled["stakeholder_type"] = a["stakeholder_type"].where(
            (a["stakeholder_type"] != "unknown") | kind.isna(), kind
        )
        first, texts_differ = self._answers(moved)
        for rid in texts_differ:
            differing.setdefault(rid, []).append("an answer")
        first = replace(first, responses=filled.reset_index()[list(self.first.responses.columns)])
        return first, self._without(moved, differing), self._said(moved, differing)

    def _answers(self, moved: dict[str, str]) -> tuple[Assembled, list[str]]:
        """Add answers that only the second source has; name the responses whose answers differ."""
        mine = self.second.answers[self.second.answers["response_id"].isin(moved)]
        mine = mine.assign(response_id=mine["response_id"].map(moved))
        both = mine.merge(self.first.answers, on=["response_id", "question_id"], suffixes=("_mine", ""), how="left")
        new = both[both["text"].isna()]
        differ = both[both["text"].notna() & (_tidied(both["text_mine"]) != _tidied(both["text"]))]
        added = new[["response_id", "question_id", "text_mine"]].rename(columns={"text_mine": "text"})
        answers = pd.concat([self.first.answers, added], ignore_index=True) if len(added) else self.first.answers
        return replace(self.first, answers=answers), sorted(set(differ["response_id"]))

    def _without(self, moved: dict[str, str], differing: dict[str, list[str]]) -> Assembled:
        rows = self.second.responses
        gone = rows["response_id"].isin(moved)
        asides = []
        for rid, row, reference in rows.loc[gone, ["response_id", "source_row", "reference"]].itertuples(index=False):
            clashes = differing.get(moved[rid])
            how = f"what differs was kept as there: {'; '.join(clashes)}" if clashes else "nothing differs"
            item = f"row {reference}" if isinstance(reference, str) else "row"
            asides.append(Aside(int(row), item, f"the same response stands in {self.first_name} and was merged; {how}"))
        answers = self.second.answers
        return replace(
            self.second,
            responses=rows[~gone].reset_index(drop=True),
            answers=answers[~answers["response_id"].isin(moved)].reset_index(drop=True),
            asides=(*self.second.asides, *asides),
        )

    def _said(self, moved: dict[str, str], differing: dict[str, list[str]]) -> list[str]:
        text = f"{self.second_name}: {len(moved)} responses also stand in {self.first_name} and were merged"
        if not differing:
            return [f"{text}; nothing differs."]
        rid = min(differing)
        return [f"{text}; {len(differing)} of them differ, for example in {'; '.join(differing[rid])}."]


def _keys(part: Assembled) -> dict[str, str]:
    """Map plain references that are unique, and ids of rows without one, to response ids."""
    rows = part.responses[["response_id", "reference"]]
    plain = rows["reference"].map(plain_reference, na_action="ignore")
    once = plain.notna() & ~plain.duplicated(keep=False)
    found = dict(zip(plain[once], rows.loc[once, "response_id"], strict=True))
    bare = rows.loc[~once, "response_id"]
    return found | dict(zip(bare, bare, strict=True))


def _tidied(texts: pd.Series) -> pd.Series:
    return texts.fillna("").str.replace(r"\s+", " ", regex=True).str.strip()
