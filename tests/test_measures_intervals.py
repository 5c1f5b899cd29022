"""Intervals and tests against statsmodels, scipy and textbook examples."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from consult.measures.comparing import across, adjusted, two_by_two
from consult.measures.intervals import clustered, newcombe, ratio, wilson
from consult.text.keyness import log_odds


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_is_statsmodels(pair):
    n, of = pair
    low, high = wilson(n, of)
    expected = proportion_confint(n, of, method="wilson")
    assert float(low) == pytest.approx(max(expected[0], 0), abs=1e-12)
    assert float(high) == pytest.approx(min(expected[1], 1), abs=1e-12)
    assert 0 <= low <= n / of <= high <= 1


def test_nothing_asked_is_nothing_known():
    low, high = wilson([0], [0])
    assert (low[0], high[0]) == (0.0, 1.0)


def test_newcombe_is_statsmodels_and_the_papers_example():
    """Newcombe (1998), table II (a): 56/70 against 48/80 gives .0524 to .3339."""
    low, high = newcombe(56, 70, 48, 80)
    assert float(low) == pytest.approx(0.0524, abs=1e-4)
    assert float(high) == pytest.approx(0.3339, abs=1e-4)
    expected = confint_proportions_2indep(56, 70, 48, 80, method="newcomb", compare="diff")
    assert (float(low), float(high)) == pytest.approx(expected, abs=1e-6)


def test_ratio_of_equal_shares_is_one_and_zero_counts_give_numbers():
    middle, low, high = ratio([10, 0], [100, 50], [20, 30], [200, 200])
    assert middle[0] == pytest.approx(1.0, abs=0.03)
    assert low[0] < 1 < high[0]
    assert np.isfinite([middle[1], low[1], high[1]]).all()


def test_one_answer_a_response_is_plain_wilson():
    yes = np.array([1, 0, 0, 1, 0, 0, 0, 1, 0, 0])
    share, low, high = clustered(yes, np.ones(10))
    expected = wilson(3, 10)
    assert share == pytest.approx(0.3)
    assert low <= float(expected[0]) + 1e-9
    assert high >= float(expected[1]) - 1e-9


def test_copied_answers_widen_the_interval_to_that_of_responses():
    """Ten answers a response, all alike, are worth one answer a response."""
    yes = np.repeat([10, 0], [30, 70])
    share, low, high = clustered(yes, np.full(100, 10))
    once = wilson(30, 100)
    naive = wilson(300, 1000)
    assert share == pytest.approx(0.3)
    assert low < float(naive[0])
    assert low == pytest.approx(float(once[0]), abs=0.003)
    assert high == pytest.approx(float(once[1]), abs=0.003)


@given(
    st.integers(30, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.integers(30, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
)
def test_two_by_two_is_scipy(a, b):
    p, test = two_by_two(a[0], a[1], b[0], b[1])
    cells = np.array([[a[0], a[1] - a[0]], [b[0], b[1] - b[0]]])
    if 0 in cells.sum(axis=0):
        assert p[0] == 1
    elif test[0] == "Fisher":
        assert p[0] == pytest.approx(stats.fisher_exact(cells).pvalue, rel=1e-6)
    else:
        expected = stats.chi2_contingency(cells, correction=False)
        assert p[0] == pytest.approx(expected.pvalue, rel=1e-9)
        assert expected.expected_freq.min() >= 5 - 1e-9


def test_across_is_scipy_and_v_lies_between_0_and_1():
    hits, of = np.array([10, 40, 25]), np.array([100, 90, 80])
    chi2, free, p, v = across(hits, of)
    expected = stats.chi2_contingency(np.array([hits, of - hits]), correction=False)
    assert (chi2, free, p) == pytest.approx((expected.statistic, expected.dof, expected.pvalue))
    assert v == pytest.approx(stats.contingency.association(np.array([hits, of - hits]), method="cramer"))
    assert across([50, 0], [50, 50])[3] == pytest.approx(1.0)
    assert across([0, 0], [50, 50])[2:] == (1.0, 0.0)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_adjusted_is_statsmodels(p):
    expected = multipletests(p, method="fdr_bh")[1]
    assert adjusted(p) == pytest.approx(expected, abs=1e-12)
    with_gap = adjusted([*p, np.nan])
    assert np.isnan(with_gap[-1])
    assert with_gap[:-1] == pytest.approx(expected, abs=1e-12)


def test_log_odds_point_to_the_group_that_says_it_more():
    """30 of 60 against 10 of 100, with ten responses at 25 % added to both."""
    delta, z = log_odds([30, 10, 0, 50], [60, 100, 60, 50], [10, 30, 0, 50], [100, 60, 100, 50])
    expected = np.log((32.5 / 37.5) / (12.5 / 97.5))
    assert delta[0] == pytest.approx(expected)
    assert z[0] == pytest.approx(expected / np.sqrt(1 / 32.5 + 1 / 37.5 + 1 / 12.5 + 1 / 97.5))
    assert delta[1] == pytest.approx(-expected)
    assert delta[2:] == pytest.approx([0, 0])
