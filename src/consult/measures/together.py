"""What goes with what, and when: co-occurrence and time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from consult.errors import UserError
from consult.measures import caveats
from consult.measures.comparing import FEW, SIGNIFICANT, adjusted, trend, two_by_two
from consult.measures.counting import THEMES, base_mask, count, findings, ideas, known_key, of_words
from consult.measures.filters import selected
from consult.measures.groups import PERIODS, grouping
from consult.measures.index import positions
from consult.measures.intervals import ratio
from consult.measures.result import Measure, with_shares
from consult.measures.selection import Selection

if TYPE_CHECKING:
    from consult.measures.corpus import Corpus
    from consult.measures.counting import Ideas
    from consult.measures.index import Ints

LEAST_PERIODS = 3
RISING, FALLING, NO_TREND, TOO_FEW = "rising", "falling", "no trend shown", "too few to compare"
PAIR_TESTS = ("lift", "lift_low", "lift_high", "p", "p_adjusted")


def cooccurrence(corpus: Corpus, what: str = THEMES, selection: Selection | None = None) -> Measure:
    """
    Count the responses that carry two ideas, for every pair.

    A theme and its broader theme go together by definition; such pairs are left out.

    Returns:
        A measure with ``key`` and ``label`` (the first idea), ``other`` and ``other_label``, ``n``
        (responses with both), ``N`` (responses with the first), ``share`` (of the first, how many
        carry the other) with interval, ``expected`` (n if the two had nothing to do with each
        other), ``lift`` (share among responses with the first over share among those without)
        with interval, ``p``, ``p_adjusted``, ``significant``. Each pair is there in both
        directions, since the shares differ.
    """
    kept = selected(corpus, selection)
    found = ideas(corpus, what)
    mask = base_mask(corpus, kept, found, "selection")
    inside = findings(kept, found, mask)
    both = _both(found.response[inside], found.code[inside], corpus.index.n_responses, len(found.keys))
    total, single = int(mask.sum()), np.diag(both)
    kin = _kin(found)
    rows = [
        (found.keys[i], found.labels[i], found.keys[j], found.labels[j], int(both[i, j]), int(single[i]),
         int(single[j] - both[i, j]), total - int(single[i]), single[i] * single[j] / total)
        for i in range(len(found.keys))
        for j in range(len(found.keys))
        if i != j and (i, j) not in kin and single[i] and single[j]
    ]  # fmt: skip
    names = ["key", "label", "other", "other_label", "n", "N", "rest_n", "rest_N", "expected"]
    table = with_shares(pd.DataFrame(rows, columns=names))
    if len(table):
        rest = np.maximum(table["rest_N"], 1)
        lift, low, high = ratio(table["n"], table["N"], table["rest_n"], rest)
        p, _ = two_by_two(table["n"], table["N"], table["rest_n"], rest)
        first, second = (positions(table[name], pd.Series(list(found.keys), dtype="str")) for name in ("key", "other"))
        pair = np.minimum(first, second) * len(found.keys) + np.maximum(first, second)
        once = np.flatnonzero(first < second)
        once = once[np.argsort(pair[once], kind="stable")]
        p_adjusted = adjusted(p[once])[np.searchsorted(pair[once], pair)]
        table = table.assign(
            lift=lift, lift_low=low, lift_high=high, p=p, p_adjusted=p_adjusted,
            significant=p_adjusted < SIGNIFICANT,
        )  # fmt: skip
        table = table.sort_values(["n", "key", "other"], ascending=[False, True, True], ignore_index=True)
    else:
        table = table.assign(**dict.fromkeys(PAIR_TESTS, 0.0), significant=False)
    return Measure(
        "cooccurrence", what, table, of_words(corpus, kept, total, what), kept.showing(), kept.selection,
        caveats.applying(corpus, kept, what),
    )  # fmt: skip


def responses_with_both(
    corpus: Corpus, what: str, key: str, other: str, selection: Selection | None = None
) -> tuple[str, ...]:
    """Return the ids of the responses behind a pair of `cooccurrence`."""
    kept = selected(corpus, selection)
    found = ideas(corpus, what)
    inside = findings(kept, found, kept.responses)
    carried = []
    for name in (key, other):
        here = np.zeros(corpus.index.n_responses, dtype=bool)
        here[found.response[inside & (found.code == known_key(found, name))]] = True
        carried.append(here)
    return tuple(str(i) for i in corpus.index.response_ids[carried[0] & carried[1]])


def over_time(
    corpus: Corpus,
    by: str = "week",
    what: str | None = None,
    keys: tuple[str, ...] = (),
    selection: Selection | None = None,
) -> Measure:
    """
    Count responses, or the share of them that carries some ideas, in each period.

    Periods without any response are left out of shares, since nobody was asked; in counts of
    responses they are there with n = 0, so that a line does not jump over a silence.

    Args:
        corpus: The tables.
        by: ``day``, ``week`` (Monday to Sunday), ``month`` or ``year``.
        what: None for counts of responses, else ``themes``, ``topics`` or ``closed:QUESTION_ID``.
        keys: The ideas; all if empty.
        selection: Which responses, under which campaign view.

    Returns:
        A measure with ``group`` (first day of the period, yyyy-mm-dd) and, as in `shares`,
        ``key``, ``label``, ``n``, ``N``, ``share``, ``low``, ``high``, ``few``. In counts of
        responses ``key`` is ``responses`` and N is all that have a date. For shares, ``overall`` says for each
        idea whether it rises or falls (Cochran and Armitage's test over three periods or more and 30 responses or
        more): ``key``, ``label``, ``n_groups``, ``z``, ``p``, ``p_adjusted``, ``significant``, ``direction``
        (``rising``, ``falling``, ``no trend shown``, ``too few to compare``).

    Raises:
        UserError: `by` is unknown or no response of the selection has a date.
    """
    if by not in PERIODS:
        message = f"period '{by}': unknown; allowed are {', '.join(PERIODS)}. Choose one of them."
        raise UserError(message)
    kept = selected(corpus, selection)
    group = grouping(corpus, by)
    dated = kept.responses & (group.codes >= 0)
    if not dated.any():
        message = f"time: none of {kept.n:,} selected responses has a date; at least one is needed."
        raise UserError(message)
    if what is None:
        table = _counts_in_time(np.bincount(group.codes[dated], minlength=len(group.names)), group.names, by)
        words = of_words(corpus, kept, int(dated.sum()))
        overall = None
    else:
        counts = count(corpus, kept, what, group=group)
        chosen = [known_key(counts.ideas, key) for key in keys] or list(range(len(counts.ideas.keys)))
        frames = [
            pd.DataFrame(
                {"group": list(group.names), "key": counts.ideas.keys[j], "label": counts.ideas.labels[j],
                 "n": counts.n[:, j], "N": counts.N}
            )
            for j in chosen
        ]  # fmt: skip
        names = ["group", "key", "label", "n", "N"]
        table = with_shares(pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=names))
        words = of_words(corpus, kept, int(counts.N.sum()), what)
        overall = _trends(table)
    return Measure(
        "time", what or "responses", table, words, kept.showing(), kept.selection,
        caveats.applying(corpus, kept, by), by, overall,
    )  # fmt: skip


def _trends(table: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for key, part in table.groupby("key", sort=False):
        enough = len(part) >= LEAST_PERIODS and int(part["N"].sum()) >= FEW
        days = (pd.to_datetime(part["group"]) - pd.Timestamp(0)).dt.days
        z, p = trend(part["n"], part["N"], days) if enough else (np.nan, np.nan)
        rows.append((str(key), part["label"].iloc[0], len(part), z, p))
    found = pd.DataFrame(rows, columns=["key", "label", "n_groups", "z", "p"])
    p_adjusted = adjusted(found["p"].to_numpy(dtype=float))
    significant = np.nan_to_num(p_adjusted, nan=1.0) < SIGNIFICANT
    way = np.where(significant, np.where(found["z"] > 0, RISING, FALLING), NO_TREND)
    way = np.where(found["p"].isna(), TOO_FEW, way)
    return found.assign(p_adjusted=p_adjusted, significant=significant, direction=pd.Series(way, dtype="str"))


def _counts_in_time(n: np.ndarray, values: tuple[str, ...], by: str) -> pd.DataFrame:
    step = {"day": "D", "week": "W-MON", "month": "MS", "year": "YS"}[by]
    there = [value for value, count_here in zip(values, n, strict=True) if count_here]
    days = pd.date_range(min(there), max(there), freq=step).strftime("%Y-%m-%d")
    by_day = dict(zip(values, n, strict=True))
    frame = pd.DataFrame(
        {
            "group": list(days),
            "key": "responses",
            "label": "responses",
            "n": [int(by_day.get(d, 0)) for d in days],
        }
    )
    return with_shares(frame.assign(N=int(n.sum())))


def _both(response: Ints, code: Ints, size: int, width: int) -> Ints:
    """Return how many of `size` responses carry each pair of ideas, counted on bits: no rounding, no idle threads."""
    carried = np.zeros((size, width), dtype=bool)
    carried[response, code] = True
    bits = np.packbits(carried, axis=0)
    pairs = [np.bitwise_count(bits & bits[:, [i]]).sum(axis=0, dtype=np.int64) for i in range(width)]
    return np.array(pairs, dtype=np.int64).reshape(width, width)


def _kin(found: Ideas) -> set[tuple[int, int]]:
    place = {key: i for i, key in enumerate(found.keys)}
    kin: set[tuple[int, int]] = set()
    for i, parent in enumerate(found.parents):
        above, seen = parent, {i}
        while above in place and place[above] not in seen:
            j = place[above]
            kin |= {(i, j), (j, i)}
            seen.add(j)
            above = found.parents[j]
    return kin
