"""A heat map as a table: every share is written, its meaning is heard, and its ink can be read."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult import charts, measures
from consult.dashboard.heat_table import heat_html


@pytest.fixture(scope="module")
def cells(small_study):
    corpus = measures.Corpus.from_study(small_study)
    cross = measures.crosstab(corpus, "stakeholder_type")
    table = cross.table.assign(few=cross.table["group"] == "unknown")
    table.loc[0, "direction"] = "more"
    return charts.heat_cells(measures.Measure(**{**vars(cross), "table": table}), group_labels={"ngo": "<b>NGO</b>"})


@pytest.mark.parametrize("theme", [charts.LIGHT, charts.DARK])
def test_each_share_is_a_number_with_what_it_means_in_words(cells, theme):
    shown = str(heat_html(cells, "Who says what?", theme))
    assert "&lt;b&gt;NGO&lt;/b&gt;" in shown
    assert shown.count('scope="row"') == cells["shown_label"].nunique()
    assert shown.count('scope="col"') == cells["shown_group"].nunique()
    assert '<span class="c-hidden"> more often than elsewhere</span>' in shown
    assert '<span class="c-hidden"> too few to compare</span>' in shown
    assert f'title="{int(cells["n"].iloc[1])} of {int(cells["N"].iloc[1])} responses (' in shown
    assert theme.grey in shown


def test_the_key_names_only_the_signs_that_are_there(cells):
    assert charts.heat_key(cells).startswith("▲ more often than elsewhere; grey")
    assert charts.heat_key(cells[~cells["few"] & (cells["direction"] == "no difference shown")]) == ""


def test_a_cell_without_responses_is_empty():
    one = {"key_order": 0, "group_order": 0, "shown_label": "a", "shown_group": "b", "few": True, "n": 0, "N": 0,
           "low_pc": 0.0, "high_pc": 0.0, "share_pc": 0.0, "mark": "0/0", "finding": "", "direction": ""}  # fmt: skip
    two = {**one, "key_order": 1, "group_order": 1, "shown_label": "c", "shown_group": "d"}
    assert "<td></td>" in str(heat_html(pd.DataFrame([one, two]), "?", charts.LIGHT))


def test_the_scale_ends_at_the_largest_share_that_can_be_compared(cells):
    assert charts.top_share(cells) == cells.loc[~cells["few"], "share_pc"].max() > 1
    assert charts.top_share(cells.assign(few=True)) == 1
    assert charts.top_share(cells.assign(few=False, share_pc=0.0)) == 1


@given(st.floats(0, 100), st.sampled_from([charts.LIGHT, charts.DARK]))
def test_ink_stands_out_from_its_cell(share, theme):
    fill, ink = charts.shade(share, 100.0, theme)
    light, dark = sorted((_brightness(fill), _brightness(ink)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def _brightness(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_unit_names_the_group_where_shares_are_of_groups(small_study):
    from consult.dashboard.figures import of_groups, too_few, unit

    corpus = measures.Corpus.from_study(small_study)
    cross = measures.crosstab(corpus, "stakeholder_type")
    one = of_groups(cross, "poverty")
    assert unit(cross) == unit(one) == "Unit: share of responses within each group, in %, of 40 responses in all."
    assert unit(measures.theme_shares(corpus)) == "Unit: share of responses, in %, of 40 responses."
    assert too_few(one, {}) == ([], [])  # all are too few: then all are drawn
    mixed = one.table.assign(few=one.table["key"] == "ngo")
    keys, told = too_few(measures.Measure(**{**vars(one), "table": mixed}), {"ngo": "NGO"})
    assert keys == ["ngo"]
    assert told == ["Too few to compare and not drawn, but in the table: NGO."]
