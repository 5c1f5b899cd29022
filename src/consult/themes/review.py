"""Samples of passages for a person to code without seeing what the machine found."""

from __future__ import annotations

import difflib
import hashlib
import math
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from consult.errors import UserError
from consult.identity import make_id
from consult.themes.verdicts import text_hash

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from consult.study import Study
    from consult.themes.codebook import Codebook
    from consult.themes.similarity import Vectors

FILE = "samples.jsonl"
ALL = "all"
#: Passages more alike than this teach the same; so many times the sample are looked at for it.
_ALIKE, _LOOKED_AT = 0.8, 5
_COPIED = ("passage_id", "document_id", "response_id", "language", "machine", "elsewhere")
Kind = Literal["review", "audit", "learn"]


@dataclass(frozen=True)
class Sampled:
    """
    One passage of a sample.

    Attributes:
        passage_id: The passage.
        document_id: Its document.
        response_id: Its response.
        text_hash: `verdicts.text_hash` of its text.
        language: Of the document.
        machine: Themes that the passage carried when it was drawn; never shown to the coder.
        elsewhere: For an audit, whether the response carried the theme in another passage.
    """

    passage_id: str
    document_id: str
    response_id: str
    text_hash: str
    language: str
    machine: tuple[str, ...] = ()
    elsewhere: bool = False


@dataclass(frozen=True)
class Sample:
    """
    Passages drawn to be coded, and what they were drawn from.

    Attributes:
        sample_id: Made from what was drawn.
        kind: ``review`` (from all passages), ``audit`` (from passages without the theme) or ``learn`` (those
            from which most is learned; no measure may rest on them, since they are not drawn by chance).
        themes: Themes to decide on.
        seed: Start of chance.
        codebook: Id and version of the codebook in force.
        passages: The passages, in the order of the sheet.
        population: How many passages it was drawn from.
        population_new: For an audit, how many of these are in responses that carry the theme nowhere.
        responses_without: For an audit, how many responses have a text and carry the theme nowhere.
    """

    sample_id: str
    kind: Kind
    themes: tuple[str, ...]
    seed: int
    codebook: str
    passages: tuple[Sampled, ...]
    population: int
    population_new: int = 0
    responses_without: int = 0


@dataclass(frozen=True)
class Tables:
    """The tables of a study that a sample is drawn from."""

    passages: pd.DataFrame
    documents: pd.DataFrame
    responses: pd.DataFrame
    taggings: pd.DataFrame

    @classmethod
    def of(cls, study: Study) -> Tables:
        """
        Read the tables of a study.

        Raises:
            UserError: Its passages have not been tagged yet.
        """
        if not study.has("taggings"):
            message = (
                f"{study.path}: no passage has been tagged yet; a sample needs passages and themes. "
                f"Start with: consult tag --study {study.path}"
            )
            raise UserError(message)
        return cls(*(study.read(name) for name in ("passages", "documents", "responses", "taggings")))


def find_theme(codebook: Codebook, name: str) -> str:
    """
    Return the id of a theme given by its id or name.

    Raises:
        UserError: There is none; the message names the nearest.
    """
    names = {t.name.casefold(): t.theme_id for t in codebook.themes}
    found = name if name in codebook.by_id else names.get(name.strip().casefold())
    if found:
        return found
    near = difflib.get_close_matches(name, list(codebook.by_id), n=1, cutoff=0.5)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    message = (
        f"theme '{name}': the codebook '{codebook.codebook_id}' has none of that id or name; its themes are "
        f"{', '.join(codebook.by_id)}.{hint} Name one of them."
    )
    raise UserError(message)


def draw_sample(tables: Tables, codebook: Codebook, themes: Sequence[str], n: int, *, seed: int = 0) -> Sample:
    """
    Draw passages to code, spread over languages and types of respondent as all passages are.

    Args:
        tables: Tables of the study.
        codebook: Codebook in force.
        themes: Themes to decide on.
        n: How many passages; all, if there are fewer.
        seed: The same seed draws the same passages, whatever the order of rows.

    Raises:
        UserError: There is no passage to draw.
    """
    return _sample("review", _frame(tables), codebook, tuple(themes), n, seed)


def draw_audit(tables: Tables, codebook: Codebook, theme: str, n: int, *, seed: int = 0) -> Sample:
    """
    Draw passages that do not carry a theme, to find out how many mentions were missed.

    Raises:
        UserError: Every passage carries it.
    """
    frame = _frame(tables)
    carrying = tables.taggings[tables.taggings["theme_id"] == theme]
    left = frame[~frame["passage_id"].isin(carrying["passage_id"])]
    without = left[~left["response_id"].isin(carrying["response_id"])]
    left = left.assign(elsewhere=left["response_id"].isin(carrying["response_id"]))
    return _sample(
        "audit", left, codebook, (theme,), n, seed,
        population_new=len(without), responses_without=int(without["response_id"].nunique()),
    )  # fmt: skip


def draw_learning(
    tables: Tables,
    codebook: Codebook,
    themes: Sequence[str],
    n: int,
    *,
    chances: pd.DataFrame,
    vectors: Vectors,
    known: Collection[tuple[str, str]],
    seed: int = 0,
) -> Sample:
    """
    Draw the passages whose coding would teach most: those on which the machine is least sure, unlike each other.

    Every language and type of respondent has places by the square root of its passages, so that small groups are
    read too. A passage that is like one chosen before (cosine above 0.8) waits; so does one in which all the themes
    have been decided.

    Args:
        tables: Tables of the study.
        codebook: Codebook in force.
        themes: Themes to decide on.
        n: How many passages.
        chances: Passages (index) by themes, how likely each is.
        vectors: One row for each row of `chances`, normalised.
        known: Passages and themes on which a person has decided.
        seed: Decides between passages that would teach the same.

    Raises:
        UserError: There is no passage to draw.
    """
    frame = _frame(tables)
    decided = [all((p, t) in known for t in themes) for p in frame["passage_id"]]
    frame = frame[~pd.Series(decided, index=frame.index, dtype=bool)]
    at = pd.Series(range(len(chances)), index=chances.index).reindex(frame["passage_id"])
    likely = chances.reindex(frame["passage_id"])[list(themes)].to_numpy(dtype=float)
    doubt = (4 * likely * (1 - likely)).sum(axis=1)
    order = sorted(
        range(len(frame)), key=lambda i: (-round(doubt[i], 6), _chance(seed, "learn", frame["passage_id"].iloc[i]))
    )
    rank = _unlike_first(order, vectors[at.to_numpy(dtype=int)], n)
    first = dict(zip(frame["passage_id"], rank, strict=True))
    return _sample("learn", frame, codebook, tuple(themes), n, seed, chosen=stratified(frame, n, seed, first))


def _unlike_first(order: Sequence[int], vectors: Vectors, n: int) -> list[int]:
    """Return the rank of each row: in the order given, but rows like an earlier one come after all others."""
    chosen: list[int] = []
    later: list[int] = []
    for row in order[: _LOOKED_AT * n]:
        alike = chosen and float((vectors[chosen] @ vectors[row]).max()) > _ALIKE
        (later if alike else chosen).append(row)
    ranked = [*chosen, *order[_LOOKED_AT * n :], *later]
    place = {row: i for i, row in enumerate(ranked)}
    return [place[row] for row in range(len(order))]


def _frame(tables: Tables) -> pd.DataFrame:
    """Return a row for each passage with its language, type of respondent and themes."""
    places = tables.documents[["document_id", "response_id", "language"]]
    types = tables.responses[["response_id", "stakeholder_type"]]
    frame = tables.passages[["passage_id", "document_id", "text"]].merge(places, on="document_id")
    frame = frame.merge(types, on="response_id", how="left").sort_values("passage_id", ignore_index=True)
    given: dict[str, set[str]] = defaultdict(set)
    for passage_id, theme in zip(tables.taggings["passage_id"], tables.taggings["theme_id"], strict=True):
        given[passage_id].add(theme)
    machine = [tuple(sorted(given.get(p, ()))) for p in frame["passage_id"]]
    return frame.assign(machine=pd.Series(machine, index=frame.index, dtype=object), elsewhere=False)


def _sample(
    kind: Kind,
    frame: pd.DataFrame,
    codebook: Codebook,
    themes: tuple[str, ...],
    n: int,
    seed: int,
    *,
    chosen: set[str] | None = None,
    **counts: int,
) -> Sample:
    if frame.empty:
        message = (
            f"consult review: there is no passage to draw for {', '.join(themes)}; at least one is needed. "
            "Ingest responses with text first, or choose another theme."
        )
        raise UserError(message)
    drawn = frame[frame["passage_id"].isin(stratified(frame, n, seed) if chosen is None else chosen)]
    drawn = drawn.assign(place=[_chance(seed, "place", p) for p in drawn["passage_id"]]).sort_values("place")
    passages = tuple(
        Sampled(text_hash=text_hash(row["text"]), **{name: row[name] for name in _COPIED})
        for row in drawn.to_dict("records")
    )
    version = f"{codebook.codebook_id} {codebook.version}".strip()
    name = make_id("sample", kind, *themes, str(seed), version, *(p.passage_id + p.text_hash for p in passages))
    return Sample(name, kind, themes, seed, version, passages, len(frame), **counts)


def stratified(frame: pd.DataFrame, n: int, seed: int, first: Mapping[str, int] | None = None) -> set[str]:
    """
    Draw n passages, from each language and type of respondent in proportion to its passages.

    Places are shared out by largest remainder; who is drawn within a stratum depends on the seed and the
    passage's id alone.

    Args:
        frame: ``passage_id``, ``language``, ``stakeholder_type``.
        n: How many; all, if there are fewer.
        seed: Start of chance.
        first: The rank of each passage, where not chance but this decides; strata then have places by the
            square root of their passages.

    Returns:
        Ids of passages.
    """
    if n >= len(frame):
        return set(frame["passage_id"])

    def order(passage: str) -> tuple[int, bytes]:
        return 0 if first is None else first[passage], _chance(seed, "draw", passage)

    groups = {
        (str(key[0]), str(key[1])): sorted(ids, key=order)
        for key, ids in frame.groupby(["language", "stakeholder_type"], dropna=False)["passage_id"]
    }
    sizes = {key: len(ids) if first is None else math.sqrt(len(ids)) for key, ids in groups.items()}
    places = dict.fromkeys(groups, 0)
    while (left := n - sum(places.values())) > 0:  # a second round only where a stratum has too few for its places
        open_ = {key: size for key, size in sizes.items() if places[key] < len(groups[key])}
        shares = {key: left * size / sum(open_.values()) for key, size in open_.items()}
        more = {key: int(share) for key, share in shares.items()}
        rest = sorted(shares, key=lambda key: (more[key] - shares[key], _chance(seed, "rest", *key)))
        for key in rest[: left - sum(more.values())]:
            more[key] += 1
        for key, number in more.items():
            places[key] = min(places[key] + number, len(groups[key]))
    return {p for key, ids in groups.items() for p in ids[: places[key]]}


def _chance(seed: int, *parts: str) -> bytes:
    return hashlib.blake2b(f"{seed}|{'|'.join(parts)}".encode(), digest_size=8).digest()


def shared_out(sample: Sample, n_coders: int, overlap: int) -> list[Sample]:
    """
    Share a sample out among coders: everyone reads the first passages, the rest is dealt out in turn.

    Args:
        sample: What was drawn; its order is one of chance.
        n_coders: How many people.
        overlap: How many passages everyone reads.

    Returns:
        A part for each, with the sample's id.
    """
    both, rest = sample.passages[:overlap], sample.passages[overlap:]
    return [replace(sample, passages=(*both, *rest[i::n_coders])) for i in range(n_coders)]


# Kept in the study ------------------------------------------------------------------------------------


def keep_sample(study: Study, sample: Sample) -> None:
    """Remember what was drawn, so that the coded sheet can be taken back; a sample drawn again is there once."""
    if sample.sample_id not in {line.get("sample_id") for line in study.lines(FILE)}:
        study.append(FILE, {**vars(sample), "passages": [vars(p) for p in sample.passages]})


def read_samples(study: Study) -> dict[str, Sample]:
    """Return the samples that were drawn, by id, oldest first."""
    return {line["sample_id"]: _read(line) for line in study.lines(FILE) if line.get("sample_id")}


def _read(line: Mapping[str, Any]) -> Sample:
    passages = tuple(Sampled(**{**p, "machine": tuple(p["machine"])}) for p in line["passages"])
    return Sample(**{**line, "themes": tuple(line["themes"]), "passages": passages})
