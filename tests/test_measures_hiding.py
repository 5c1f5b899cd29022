"""Small counts are hidden so that nobody can work them out from what is printed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, milp

from consult import measures as m
from consult.measures import caveats
from measures_study import CLOSED, response, tables

LEAST = 4  # from the least to the most that a hidden count may be: as wide as a count rounded to 5


def table_of(*counts):
    frame = pd.DataFrame({"key": [f"k{i}" for i in range(len(counts))], "n": counts, "N": sum(counts)})
    return frame.assign(share=frame["n"] / max(sum(counts), 1), low=0.0, high=1.0)


def possible(n):
    """The counts that are printed as `n` is."""
    return (0, np.inf) if pd.isna(n) else (max(n - 2, 10), n + 2)


def told(shown, lines):
    """The least and the most that each hidden count may be, for who knows the sums of lines of them."""
    bounds = np.array([possible(n) for n in shown], dtype=float)
    rows = [[float(i in line) for i in range(len(shown))] for line, _, _ in lines]
    known = LinearConstraint(np.array(rows), [low for _, low, _ in lines], [high for _, _, high in lines])
    found = {}
    for i in np.flatnonzero(pd.isna(shown)):
        cost = np.eye(len(shown))[i]
        ends = [
            milp(sign * cost, constraints=known, bounds=(bounds[:, 0], bounds[:, 1]), integrality=np.ones(len(shown)))
            for sign in (1, -1)
        ]
        found[int(i)] = tuple(round(best.x[i]) for best in ends)
    return found


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.integers(0, 30), st.sampled_from([0, 10, 13, 18])), min_size=2, max_size=7))
def test_no_hidden_count_can_be_worked_out_even_by_who_knows_the_total(counts):
    shown = m.hide_small(table_of(*counts), [[]])["n"]
    assert shown[np.array(counts) < 10].isna().all()
    for low, high in told(shown, [(range(len(counts)), sum(counts), sum(counts))]).values():
        assert high - low >= min(LEAST, sum(counts))


def test_zeros_beside_counts_that_round_up_are_not_given_away():
    """Four times 13 is printed as 15 each; with the total of 52 the rest could only be nobody."""
    shown = m.hide_small(table_of(13, 13, 13, 13, 0, 0), [[]])["shown"].tolist()
    assert shown == ["hidden", "15", "15", "15", "hidden", "hidden"]


def test_a_hidden_count_takes_the_smallest_of_the_others_with_it():
    assert m.hide_small(table_of(3, 12, 20, 48), [[]])["shown"].tolist() == ["hidden", "hidden", "20", "50"]
    assert m.hide_small(table_of(3, 4, 48), [[]])["shown"].tolist() == ["hidden", "hidden", "50"]
    assert m.hide_small(table_of(3, 12, 20, 48))["shown"].tolist() == ["hidden", "10", "20", "50"]


def test_small_counts_are_hidden_and_others_rounded():
    table = pd.DataFrame({"key": list("abc"), "n": [9, 12, 48], "N": [103, 103, 103]})
    table = table.assign(share=table["n"] / table["N"], low=0.0, high=1.0)
    hidden = m.hide_small(table)
    assert hidden["n"].tolist()[1:] == [10, 50]
    assert hidden[["n", "share", "low", "high"]].iloc[0].isna().all()
    assert hidden["N"].tolist() == [105, 105, 105]
    assert hidden["share"].iloc[1] == pytest.approx(10 / 105)
    assert table["n"].tolist() == [9, 12, 48]
    assert m.hide_small(table.head(0)).empty


def crossed(cells):
    """A study of three types, of whom so many chose each answer."""
    responses, answers = [], []
    for kind, row in zip(("ngo", "company", "unknown"), cells, strict=True):
        for answer, n in enumerate(row):
            for i in range(n):
                key = f"{kind}-{answer}-{i:03d}"
                responses.append(response(key, stakeholder_type=kind))
                answers.append({"response_id": f"r-{key}", "question_id": CLOSED, "text": f"Answer {answer}"})
    return m.Corpus.from_tables(tables(quick=True, responses=responses, answers=answers))


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from([0, 1, 4, 8, 12, 13, 30, 47]), min_size=3, max_size=3), min_size=3, max_size=3)
)
def test_no_hidden_cell_of_a_cross_table_can_be_worked_out(cells):
    total = sum(map(sum, cells))
    there = np.array(cells) > 0
    if total < LEAST or there.any(axis=0).sum() < 2 or there.any(axis=1).sum() < 2:
        return  # everybody is in one group, or said the same: the total says so
    corpus = crossed(cells)
    found = m.crosstab(corpus, "stakeholder_type", f"closed:{CLOSED}", small_hidden=True)
    table = found.table
    lines = [(range(len(table)), total, total)]
    for _, rows in table.groupby("group"):
        size = rows["N"].iloc[0]
        lines.append((set(rows.index), *((0, total) if pd.isna(size) else possible(size))))
    for _, rows in table.groupby("key"):
        both = (rows["n"] + rows["rest_n"]).dropna()
        lines.append((set(rows.index), *((both.iloc[0] - 2, both.iloc[0] + 2) if len(both) else (0, total))))
    for low, high in told(table["n"], lines).values():
        assert high > low
    hidden = table["n"].isna()
    assert table.loc[hidden, ["share", "low", "rest_n", "rest_share", "difference", "p"]].isna().all(axis=None)
    assert ((table[["n", "N", "rest_N"]].astype("Int64") % 5).fillna(0) == 0).all(axis=None)
    assert not found.of.startswith(f"of {total} ") or total % 5 == 0


def test_what_is_said_of_a_table_is_worked_out_from_what_it_shows():
    """Two studies that are printed alike have the same tests, though their counts differ."""
    first, second = (
        m.crosstab(crossed(cells), "stakeholder_type", f"closed:{CLOSED}", small_hidden=True)
        for cells in ([[62, 40, 9], [40, 22, 20], [21, 31, 10]], [[61, 41, 9], [41, 21, 20], [21, 31, 10]])
    )
    assert first.table["p"].notna().any()
    pd.testing.assert_frame_equal(first.table, second.table)
    pd.testing.assert_frame_equal(first.overall, second.overall)


def test_caveats_do_not_give_hidden_counts_away():
    corpus = crossed([[40, 20, 0], [30, 0, 0], [3, 0, 0]])
    texts = {c.key: c.text for c in caveats.applying(corpus, m.select(corpus), small_hidden=True)}
    assert texts["untyped"].startswith("under 10 of 95 responses")
    assert texts["without_text"].startswith("95 of 95 ")
    assert m.respondent_shares(corpus, "stakeholder_type", small_hidden=True).of == "of 95 responses"
    shown = m.overview(corpus, small_hidden=True)
    assert (shown.n_all, shown.showing) == (95, "Showing 95 of 95 responses.")
    assert shown.by_type.table["n"].isna().sum() == 2
    gaps = m.theme_gaps(corpus, "Answer 0", what=f"closed:{CLOSED}", small_hidden=True)
    assert gaps.table["n"].isna().sum() == 2
    assert gaps.of == "of 95 responses that answered question 3"
