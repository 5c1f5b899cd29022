"""The map of Europe: every country of the Union has a tile of its own, and none is dropped without a word."""

from __future__ import annotations

import pandas as pd
import pytest

from consult import charts
from consult.measures import Measure, Selection
from consult.measures.shares import with_shares

EU = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()


@pytest.fixture
def by_country():
    table = pd.DataFrame(
        {"key": ["DE", "US", "MT", "unknown", "FR"], "label": ["DE", "US", "MT", "unknown", "FR"],
         "n": [40, 20, 1, 9, 0], "N": 70}
    )  # fmt: skip
    return Measure("groups", "responses", with_shares(table), "of 70 responses", "", Selection(), (), "country")


def test_every_country_of_the_union_has_a_tile_and_no_two_share_one():
    assert set(EU) <= set(charts.TILES)
    assert len(set(charts.TILES.values())) == len(charts.TILES)


def test_what_is_not_on_the_map_is_named(by_country):
    assert charts.off_map(by_country) == ["US", "unknown"]


def test_each_tile_tells_its_number(by_country):
    drawn = charts.europe(by_country, "From where?", labels={"DE": "Germany"}).to_dict()
    rows = {row["key"]: row for rows in drawn["datasets"].values() for row in rows}
    assert (rows["DE"]["n"], rows["DE"]["told"], rows["DE"]["shown_label"]) == (40, "40", "Germany")
    assert rows["DE"]["share_pc"] == pytest.approx(100 * 40 / 70)
    assert (rows["FR"]["told"], rows["PL"]["told"]) == ("", "")
    assert "US" not in rows
    assert charts.to_svg(charts.europe(by_country, "From where?", theme=charts.DARK)).startswith("<svg")


@pytest.mark.parametrize(
    ("first", "last", "by"),
    [("2020-06-01", "2020-08-02", "day"), ("2020-02-19", "2020-06-19", "week"), ("2010-01-01", "2020-01-01", "month")],
)
def test_bars_over_time_are_few_enough_to_be_told_apart(first, last, by):
    assert charts.period(first, last) == by
