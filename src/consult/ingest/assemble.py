"""Batches to the tables of the contract: ids from content, canonical values, everything counted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from consult.identity import make_id
from consult.ingest import canonical
from consult.ingest.batch import Aside
from consult.ingest.cells import said
from consult.ingest.dates import read_dates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from consult.ingest.batch import Batch

_CITIZENS = ("citizen_eu", "citizen_non_eu")


@dataclass(frozen=True)
class Assembled:
    """
    One batch with its ids.

    Attributes:
        responses: Table `responses`, one row a kept row of the batch, in the batch's order.
        questions: Table `questions`, in the order asked.
        answers: response_id, question_id, text.
        kept: For each row of the batch, whether it became a response.
        digests: One digest of its content for each kept row.
        asides: Everything set aside, the batch's own included.
    """

    consultation_id: str
    title: str
    source_id: str
    responses: pd.DataFrame
    questions: pd.DataFrame
    answers: pd.DataFrame
    kept: np.ndarray
    asides: tuple[Aside, ...]
    notes: tuple[str, ...]
    digests: tuple[str, ...] = ()


def consultation_key(batch: Batch) -> str:
    """
    Make the consultation's id: from its publication ids where it has any, else from its questions.

    Neither the file's name nor the order of its rows plays a part.
    """
    if batch.identity:
        return make_id("c", batch.family, *sorted(batch.identity))
    return make_id("c", batch.family, "questions", *sorted(q.text for q in batch.questions))


def title_of(batch: Batch, dates: pd.Series) -> str:
    """Title a consultation from what it is and when it was answered."""
    if batch.title:
        return batch.title
    known = dates.dropna()
    name = batch.call or "Consultation"
    if known.empty:
        return name
    first, last = known.min(), known.max()
    end = f"{last.day} {last:%B %Y}"
    if first.date() == last.date():
        return f"{name}, {end}"
    start = f"{first.day} {first:%B %Y}" if first.year != last.year else f"{first.day} {first:%B}"
    return f"{name}, {start} to {end}"


def assemble(
    batch: Batch, consultation_id: str | None = None, title: str | None = None, *, keep_names: bool = False
) -> Assembled:
    """
    Give a batch its ids and canonical values.

    A row that repeats another word for word under the same reference is set aside; a row without a
    reference and without any answer too. Rows that share a reference but differ are all kept. What a citizen wrote
    as organisation is often the citizen's own name, so it is left out unless names are kept.
    """
    cid = consultation_id or consultation_key(batch)
    digests = _digests(batch)
    source_id = make_id("s", batch.family, *sorted(q.text for q in batch.questions), *sorted(digests))
    reference = _stripped(batch, "reference")
    kept, asides, notes = _kept(batch, reference, digests)
    reference = reference[kept].reset_index(drop=True)
    digests = [d for d, keep in zip(digests, kept, strict=True) if keep]
    ids = response_ids(cid, reference, digests)
    fields, more, said = _canonical(batch, kept, keep_names=keep_names)
    responses = pd.DataFrame({"response_id": pd.Series(ids, dtype="str")}).assign(
        consultation_id=cid, source_id=source_id, source_row=batch.rows[kept],
        reference=reference.mask(reference == "", np.nan), **fields,
    )  # fmt: skip
    questions, answers = _answers(batch, cid, responses["response_id"], kept)
    return Assembled(
        cid, title or title_of(batch, fields["submitted_at"]), source_id, responses, questions, answers, kept,
        (*batch.asides, *asides, *more), (*batch.notes, *notes, *said), tuple(digests),
    )  # fmt: skip


def _stripped(batch: Batch, field: str) -> pd.Series:
    if field in batch.fields:
        return batch.fields[field].str.strip().reset_index(drop=True)
    return pd.Series([""] * len(batch.rows), dtype="str")


def _digests(batch: Batch) -> list[str]:
    """One digest a row over every cell that is stored, in an order that does not depend on the columns'."""
    named = [(f"field {c}", batch.fields[c]) for c in sorted(batch.fields.columns)]
    named += sorted(((f"question {q.text}", q.answers) for q in batch.questions), key=lambda p: p[0])
    if batch.texts:
        read = {i: found.text for i, _, found in batch.texts}
        named.append(("text", pd.Series([read.get(i, "") for i in range(len(batch.rows))], dtype="str")))
    if not named:
        return ["" for _ in batch.rows]
    result: list[str] = []
    for start in range(0, len(batch.rows), 50_000):
        parts = [values.iloc[start : start + 50_000].tolist() for _, values in named]
        result.extend(
            hashlib.blake2b("\x1f".join(row).encode("utf-8", "replace"), digest_size=12).hexdigest()
            for row in zip(*parts, strict=True)
        )
    return result


def _kept(batch: Batch, reference: pd.Series, digests: Sequence[str]) -> tuple[np.ndarray, list[Aside], list[str]]:
    asides: list[Aside] = []
    notes: list[str] = []
    answered = np.zeros(len(batch.rows), dtype=bool)
    for question in batch.questions:
        answered |= said(question.answers).to_numpy()
    for n in {n.index for n in batch.named}:
        answered[n] = True
    has_reference = (reference != "").to_numpy()
    nothing = ~answered & ~has_reference
    asides.extend(Aside(int(r), "row", "no answer and no reference") for r in batch.rows[nothing])
    keyed = pd.DataFrame({"reference": reference, "digest": pd.Series(list(digests), dtype="str")})
    repeated = keyed.duplicated(keep="first").to_numpy() & has_reference
    for row, ref in zip(batch.rows[repeated], reference[repeated], strict=True):
        asides.append(Aside(int(row), f"row {ref}", f"the same row, with reference {ref}, stands in the source before"))
    kept = ~nothing & ~repeated
    counts = reference[kept & has_reference].value_counts()
    shared = sorted(counts[counts > 1].index)
    if shared:
        few = ", ".join(shared[:5]) + (", …" if len(shared) > 5 else "")
        notes.append(
            f"{batch.name}: {len(shared)} references stand on several rows that differ ({few}); every row is "
            "kept as a response of its own. Check whether these are corrections of one submission."
        )
    return kept, asides, notes


def response_ids(consultation_id: str, reference: pd.Series, digests: Sequence[str]) -> list[str]:
    """
    Make ids: from the reference where it is unique, else from the row's content and its occurrence.

    Args:
        consultation_id: The consultation answered.
        reference: Stripped references; empty where there is none.
        digests: One digest of the whole row each.
    """
    shared = set(reference[reference.duplicated(keep=False)])
    seen: dict[str, int] = {}
    ids = []
    for ref, digest in zip(reference.tolist(), digests, strict=True):
        if ref and ref not in shared:
            ids.append(make_id("r", consultation_id, ref))
        else:
            seen[digest] = seen.get(digest, 0) + 1
            ids.append(make_id("r", consultation_id, "row", digest, str(seen[digest])))
    return ids


def _answers(batch: Batch, cid: str, response_id: pd.Series, kept: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame]:
    occurrences: dict[str, int] = {}
    questions = []
    parts = []
    every = bool(kept.all())
    for number, question in enumerate(batch.questions, 1):
        occurrences[question.text] = occurrences.get(question.text, 0) + 1
        qid = make_id("q", cid, question.text, str(occurrences[question.text]))
        questions.append((qid, cid, number, question.text, question.kind))
        values = (question.answers if every else question.answers[kept]).reset_index(drop=True)
        filled = said(values)
        whole = bool(filled.all())
        texts, ids = (values, response_id) if whole else (values[filled], response_id[filled])
        part = pd.DataFrame({"response_id": ids, "text": texts})
        parts.append(part.assign(question_id=qid))
    names = ["question_id", "consultation_id", "number", "text", "kind"]
    table = pd.DataFrame(questions, columns=names)
    if not parts:
        return table, pd.DataFrame({c: pd.Series([], dtype="str") for c in ("response_id", "question_id", "text")})
    answers = pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0].reset_index(drop=True)
    return table, answers[["response_id", "question_id", "text"]]


def _canonical(
    batch: Batch, kept: np.ndarray, *, keep_names: bool
) -> tuple[dict[str, pd.Series], list[Aside], list[str]]:
    asides: list[Aside] = []
    notes: list[str] = []
    rows = batch.rows[kept]

    def raw(field: str) -> pd.Series:
        return _stripped(batch, field)[kept].reset_index(drop=True)

    def mapped(field: str, function: Callable[[str], str | None], allowed: str) -> pd.Series:
        values = raw(field)
        result = canonical.map_values(values, function)
        _report(field, values, result, allowed, rows, asides, notes, batch.name)
        return result

    kinds_raw = raw("stakeholder_type")
    kinds = canonical.map_values(kinds_raw, canonical.stakeholder_type)
    _report(
        "stakeholder_type", kinds_raw, kinds, "the portal's respondent types", rows, None, notes, batch.name,
        "kept as 'unknown', with the raw value",
    )  # fmt: skip
    kinds = kinds.fillna("unknown")
    dates_raw = raw("submitted_at")
    dates = read_dates(dates_raw)
    _report(
        "submitted_at", dates_raw, dates, "a date such as 19.06.2020 23:58 or 2021-08-06 23:57:37", rows, asides,
        notes, batch.name,
    )  # fmt: skip
    organisation = raw("organisation")
    private = kinds.isin(() if keep_names else _CITIZENS)
    organisation = organisation.mask(private | canonical.holds(organisation, canonical.is_missing), np.nan)
    register = raw("transparency_register")
    anonymous = raw("anonymous")
    return (
        {
            "submitted_at": dates,
            "declared_language": mapped("declared_language", canonical.language, "a language or its code"),
            "stakeholder_type": kinds,
            "stakeholder_type_raw": kinds_raw.mask(kinds_raw == "", np.nan),
            "organisation": organisation,
            "organisation_size": mapped("organisation_size", canonical.organisation_size, "micro to large"),
            "country": mapped("country", canonical.country, "a country or its code"),
            "scope": mapped("scope", canonical.scope, "local, regional, national or international"),
            "transparency_register": register.mask(canonical.holds(register, canonical.is_missing), np.nan),
            "anonymous": canonical.holds(anonymous, canonical.is_anonymous),
        },
        asides,
        notes,
    )


def _report(
    field: str,
    values: pd.Series,
    result: pd.Series,
    allowed: str,
    rows: np.ndarray,
    asides: list[Aside] | None,
    notes: list[str],
    name: str,
    kept_as: str = "the responses are kept without it",
) -> None:
    """Note values that could not be understood, with counts, and set the cells aside."""
    missed = result.isna() & (values != "") & ~canonical.holds(values, canonical.is_missing)
    if not missed.any():
        return
    counts = values[missed].value_counts()
    top = sorted(counts.items(), key=lambda p: (-p[1], str(p[0])))[:5]
    few = ", ".join(f"'{v}' ({n})" for v, n in top) + (", …" if len(counts) > 5 else "")
    words = field.replace("_", " ")
    notes.append(f"{name}: {int(missed.sum())} values of {words} are not {allowed}: {few}; {kept_as}.")
    if asides is not None:
        asides.extend(
            Aside(int(r), f"cell {words}", f"'{v[:80]}' is not {allowed}; the response is kept without it")
            for r, v in zip(rows[missed.to_numpy()], values[missed], strict=True)
        )


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes; of a folder, over its files' names and digests in order of name."""
    if path.is_dir():
        total = hashlib.sha256()
        for file in sorted(p for p in path.rglob("*") if p.is_file()):
            total.update(f"{file.relative_to(path).as_posix()}\0{sha256_of(file)}\n".encode("utf-8", "replace"))
        return total.hexdigest()
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def whole_rows(asides: Iterable[Aside]) -> int:
    """Count what `sources.n_set_aside` counts: whole rows and files."""
    return sum(a.item.split(" ", 1)[0] in ("row", "file") for a in asides)
