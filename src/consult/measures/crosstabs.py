"""Who says what: themes, topics or closed answers against groups, with tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from consult.errors import UserError
from consult.measures import caveats
from consult.measures.comparing import FEW, SIGNIFICANT, across, adjusted, two_by_two
from consult.measures.counting import CLOSED, THEMES, Base, Counts, count, known_key, of_words, some_found
from consult.measures.filters import selected
from consult.measures.groups import grouping
from consult.measures.hiding import hide_small, total
from consult.measures.intervals import newcombe, ratio
from consult.measures.result import Caveat, Measure, with_shares
from consult.measures.selection import Selection
from consult.text.keyness import log_odds
from consult.translation import number, say, spoken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from consult.measures.corpus import Corpus
    from consult.measures.index import Bools, Floats

TEST_COLUMNS = ["difference", "difference_low", "difference_high", "test", "p", "p_adjusted"]


def crosstab(
    corpus: Corpus,
    rows: str,
    columns: str = THEMES,
    selection: Selection | None = None,
    *,
    of: Base = "selection",
    keys: Sequence[str] | None = None,
    small_hidden: bool = False,
) -> Measure:
    """
    Cross groups of responses with themes, topics or the answers to a closed question.

    Each cell is tested against all other groups together (chi-square, or Fisher's exact test
    where an expected count is under five); p-values of all cells tested are adjusted together
    (Benjamini-Hochberg). Groups under 30 responses are shown, not tested and not called different.

    Args:
        corpus: The tables.
        rows: A field of `GROUP_FIELDS` or ``closed:QUESTION_ID``.
        columns: ``themes``, ``topics`` or ``closed:QUESTION_ID``.
        selection: Which responses, under which campaign view.
        of: The denominator within each group.
        keys: Only these themes, topics or answers; the adjustment is then made for these only.
        small_hidden: Hide counts under 10 and round the others to 5.

    Returns:
        A measure. ``table``: ``group``, ``group_label``, ``key``, ``label``, ``n``, ``N`` (of the
        group), ``share``, ``low``, ``high``, ``few``, ``rest_n``, ``rest_N``, ``rest_share``,
        ``difference`` with its interval (share minus share elsewhere), ``test``, ``p``,
        ``p_adjusted``, ``significant``, ``direction`` (``more``, ``less``, ``no difference shown``,
        ``too few to compare``). ``overall``: an idea a row with ``chi2``, ``df``, ``p``,
        ``p_adjusted``, ``cramers_v`` over the groups of 30 or more.

    Raises:
        UserError: A field or key is unknown, or the selection keeps nothing.
    """
    kept = selected(corpus, selection)
    group = grouping(corpus, rows)
    counts = count(corpus, kept, columns, group=group, of=of)
    some_found(counts.ideas)
    chosen = _columns(counts, keys)
    asked = counts.together[1] if counts.together else int(kept.n if group.overlaps else counts.N.sum())
    if not counts.N.any():
        message = f"{rows} by {columns}: none of {kept.n:,} selected responses is in a group; take a filter away."
        raise UserError(message)
    rest_n, rest_of = _rest(counts)
    table = with_shares(_cells(counts, chosen, rest_n, rest_of))
    if small_hidden:  # before anything is tested: what is said of a table then says no more than its counts
        table = hide_small(table, [["key"], ["group"]] if columns.startswith(CLOSED) else [["key"]])
    table = _tested(table)
    remarks = caveats.applying(corpus, kept, columns, small_hidden=small_hidden)
    if group.overlaps:
        remarks += tuple(c for c in caveats.applying(corpus, kept, rows) if c.key == "overlap")
    words = of_words(corpus, kept, total(asked, small_hidden=small_hidden), columns, of)
    return Measure(
        "crosstab", columns, table, words, kept.showing(small_hidden=small_hidden), kept.selection, remarks, rows,
        _overall(table, independent=counts.together is None),
        (f"Each group is compared with all others; groups under {FEW} are not compared.",), of,
    )  # fmt: skip


def group_lift(
    corpus: Corpus,
    field: str,
    value: str,
    what: str = THEMES,
    selection: Selection | None = None,
) -> Measure:
    """
    Say what sets one group apart from all others.

    Returns:
        A measure with, beside the columns of `crosstab` for that group, ``lift`` (share in the
        group over share elsewhere; half a response added to each count) with ``lift_low`` and
        ``lift_high``, and ``log_odds`` with ``z`` (informative Dirichlet prior; above 1.96 the
        group says it more). Most distinctive first.

    Raises:
        UserError: The group is unknown, or nobody is outside it.
    """
    crossed = crosstab(corpus, field, what, selection)
    table = crossed.table[crossed.table["group"] == value].reset_index(drop=True)
    if not len(table):
        known = ", ".join(sorted(crossed.table["group"].unique())[:15])
        message = f"group {field}: no response is in '{value}'; there are {known}. Choose one of them."
        raise UserError(message)
    if not int(table["rest_N"].iloc[0]):
        message = f"group {field}={value}: everybody is in it; a comparison needs others. Choose another group."
        raise UserError(message)
    lift, low, high = ratio(table["n"], table["N"], table["rest_n"], table["rest_N"])
    odds, z = log_odds(table["n"], table["N"], table["rest_n"], table["rest_N"])
    table = table.assign(lift=lift, lift_low=low, lift_high=high, log_odds=odds, z=z)
    table = table.sort_values(["z", "key"], ascending=[False, True], ignore_index=True)
    return Measure("lift", what, table, crossed.of, crossed.showing, crossed.selection, crossed.caveats, field)


def compare(
    corpus: Corpus,
    first: Selection,
    second: Selection,
    what: str = THEMES,
    *,
    names: tuple[str, str] = ("first", "second"),
    of: Base = "selection",
) -> Measure:
    """
    Compare two selections, such as two consultations or two groups, idea by idea.

    Responses in both selections would be compared with themselves; there is a caveat if there
    are any. The table is as that of `crosstab` with the two names as groups; ``difference`` is
    first minus second in the rows of the first, and p is adjusted over ideas.

    Raises:
        UserError: One of the selections keeps nothing.
    """
    both = [selected(corpus, chosen) for chosen in (first, second)]
    counted = [count(corpus, kept, what, of=of) for kept in both]
    found = counted[0].ideas
    frames = []
    for i, name in enumerate(names):
        here, there = counted[i], counted[1 - i]
        frame = pd.DataFrame({"group": name, "group_label": name, "key": list(found.keys)}, dtype="str")
        frames.append(
            frame.assign(label=list(found.labels), n=here.n[0], N=here.N[0], rest_n=there.n[0], rest_N=there.N[0])
        )
    table = _tested(with_shares(pd.concat(frames, ignore_index=True)), halves=True)
    shared = int((both[0].responses & both[1].responses).sum())
    remarks = {c.key: c for kept in both for c in caveats.applying(corpus, kept, what)}
    if shared:
        text = say("{n} responses are in both selections; the difference is understated.", n=number(shared))
        remarks["shared"] = Caveat("shared", text, shared)
    told = [of_words(corpus, kept, int(c.N[0]), what, of) for kept, c in zip(both, counted, strict=True)]
    words = _against(told[0], told[1], int(counted[1].N[0]))
    showing = " ".join(f"{n}: {k.showing()}" for n, k in zip(names, both, strict=True))
    compared = tuple(zip(names, (first, second), strict=True))
    return Measure("compare", what, table, words, showing, first, tuple(remarks.values()), base=of, compared=compared)


def _against(first: str, second: str, n: int) -> str:
    """
    Return two denominators in words; what they share is said once.

    >>> _against("of 64 responses", "of 29 responses", 29)
    'of 64 responses against 29'
    """
    if spoken() != "en":
        return say("{first}, against {second}", first=first, second=second)
    comma = "," if "," in first.partition(" response")[2] else ""
    same = first.partition(" response")[2].removeprefix("s") == second.partition(" response")[2].removeprefix("s")
    return f"{first}{comma} against {f'{n:,}' if same else second.removeprefix('of ')}"


def _columns(counts: Counts, keys: Sequence[str] | None) -> list[int]:
    if keys is None:
        return list(range(len(counts.ideas.keys)))
    return [known_key(counts.ideas, key) for key in keys]


def _rest(counts: Counts) -> tuple[Floats, Floats]:
    n, of = counts.n.astype(float), counts.N.astype(float)
    if counts.together is not None:  # those who did not choose the option
        return counts.together[0][None, :] - n, counts.together[1] - of
    return n.sum(axis=0, keepdims=True) - n, of.sum() - of


def _cells(counts: Counts, chosen: list[int], rest_n: Floats, rest_of: Floats) -> pd.DataFrame:
    group, found = counts.group, counts.ideas
    if group is None:
        message = "a cross-table needs groups"
        raise ValueError(message)
    height, width = len(group.names), len(chosen)
    frame = pd.DataFrame(
        {
            "group": pd.Series(np.repeat(np.array(group.names, dtype=object), width), dtype="str"),
            "group_label": pd.Series(np.repeat(np.array(group.labels, dtype=object), width), dtype="str"),
            "key": pd.Series([found.keys[j] for j in chosen] * height, dtype="str"),
            "label": pd.Series([found.labels[j] for j in chosen] * height, dtype="str"),
            "n": counts.n[:, chosen].ravel(),
            "N": np.repeat(counts.N, width),
            "rest_n": rest_n[:, chosen].ravel().astype(np.int64),
            "rest_N": np.repeat(rest_of, width).astype(np.int64),
        }
    )
    return frame.sort_values(["group", "key"], kind="stable", ignore_index=True)


def _tested(table: pd.DataFrame, *, halves: bool = False) -> pd.DataFrame:
    """Add differences and tests where both counts are shown; `halves`: each test is there twice, from both sides."""
    known = table[["n", "N", "rest_n", "rest_N"]].astype("Float64").astype(float)
    comparable = ((known["N"] >= FEW) & (known["rest_N"] >= FEW) & known.notna().all(axis=1)).to_numpy(dtype=bool)
    some = known[comparable]
    share = (known["rest_n"] / known["rest_N"].clip(lower=1)).where(known["rest_N"] > 0)
    table = table.assign(few=~comparable, rest_share=share)
    numbers = {name: np.full(len(table), np.nan) for name in TEST_COLUMNS if name != "test"}
    test = np.full(len(table), "", dtype=object)
    if len(some):
        p, names = two_by_two(some["n"], some["N"], some["rest_n"], some["rest_N"])
        low, high = newcombe(some["n"], some["N"], some["rest_n"], some["rest_N"])
        numbers["p"][comparable], test[comparable] = p, names
        numbers["difference"][comparable] = (table["share"] - share)[comparable]
        numbers["difference_low"][comparable], numbers["difference_high"][comparable] = low, high
        half = len(p) // 2
        numbers["p_adjusted"][comparable] = np.tile(adjusted(p[:half]), 2) if halves else adjusted(p)
    significant = np.nan_to_num(numbers["p_adjusted"], nan=1.0) < SIGNIFICANT
    return table.assign(
        **{k: numbers[k] for k in ("difference", "difference_low", "difference_high")},
        test=pd.Series(test, dtype="str"),
        p=numbers["p"],
        p_adjusted=numbers["p_adjusted"],
        significant=significant,
        direction=_direction(numbers["difference"], significant, comparable),
    )


def _direction(difference: Floats, significant: Bools, comparable: Bools) -> pd.Series:
    words = np.where(np.nan_to_num(difference) > 0, "more", "less")
    words = np.where(significant, words, "no difference shown")
    return pd.Series(np.where(comparable, words, "too few to compare"), dtype="str")


def _overall(table: pd.DataFrame, *, independent: bool) -> pd.DataFrame:
    """Test each idea over all groups that are large enough; groups that share responses are not independent."""
    n, of = (table[name].astype("Float64").to_numpy(dtype=float, na_value=np.nan) for name in ("n", "N"))
    large = (of >= FEW) & ~np.isnan(n) & independent
    rows = []
    for key, label in table[["key", "label"]].drop_duplicates().itertuples(index=False):
        here = large & (table["key"] == key).to_numpy(dtype=bool)
        rows.append((key, label, int(here.sum()), *across(n[here], of[here])))
    names = ["key", "label", "n_groups", "chi2", "df", "p", "cramers_v"]
    found = pd.DataFrame(rows, columns=names)
    found["p"] = found["p"].where(found["n_groups"] >= 2)
    found["p_adjusted"] = adjusted(found["p"].to_numpy(dtype=float))
    found["significant"] = (found["p_adjusted"] < SIGNIFICANT).fillna(value=False)
    return found
