"""Figures: what they hold, that they draw offline, and their text alternatives."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pandas as pd
import pytest

from consult import charts
from consult import measures as m
from consult.charts import style
from measures_study import response, small_corpus, tables, two_groups


@pytest.fixture(scope="module")
def corpus():
    return small_corpus()


@pytest.fixture(scope="module")
def large():
    return two_groups(100, 10, 60, 30)


def figures(corpus, large):
    def shares(chosen):
        return m.theme_shares(corpus, chosen)

    return {
        "bars": charts.bars(shares(m.Selection()), "How often?"),
        "countries": charts.countries(m.respondent_shares(corpus, "country"), "From where?"),
        "views": charts.views(m.three_views(shares), "How often?"),
        "dots": charts.dots(m.group_lift(large, "stakeholder_type", "ngo"), "What sets NGOs apart?"),
        "heat_map": charts.heat_map(m.crosstab(large, "stakeholder_type"), "Who says what?"),
        "few": charts.heat_map(m.crosstab(corpus, "stakeholder_type"), "Who says what?", theme=charts.DARK),
        "pairs_map": charts.pairs_map(m.cooccurrence(corpus), "What goes together?"),
        "days": charts.timeline(m.over_time(corpus, "day"), "When?"),
        "lines": charts.timeline(m.over_time(corpus, "week", "themes", ("access", "money")), "When?"),
    }


def test_every_figure_draws_without_browser_or_network(corpus, large):
    for name, figure in figures(corpus, large).items():
        svg = charts.to_svg(figure)
        ET.fromstring(svg)
        assert "http" not in re.sub(r'xmlns(:\w+)?="[^"]*"', "", svg), name
        assert "?" in "".join(ET.fromstring(svg).itertext()), name
        assert "NaN" not in svg, name
    assert charts.to_png(figure, scale=1)[:4] == b"\x89PNG"


def test_titles_say_the_question_and_the_denominator(corpus):
    svg = charts.to_svg(charts.bars(m.theme_shares(corpus, m.Selection(view="once")), "How often is it said?"))
    words = " ".join(ET.fromstring(svg).itertext())
    assert "How often is it said?" in words
    assert "Of 9 responses, each campaign counted once." in words
    assert "Share of responses (%)" in words


def test_the_numbers_drawn_are_those_of_the_measure(corpus):
    result = m.theme_shares(corpus)
    rows = next(iter(charts.bars(result, "?").to_dict()["datasets"].values()))
    assert [r["n"] for r in rows] == result.table["n"].tolist()
    assert [r["share_pc"] for r in rows] == pytest.approx((result.table["share"] * 100).tolist())
    assert [r["low_pc"] for r in rows] == pytest.approx((result.table["low"] * 100).tolist())


def test_too_few_is_grey_with_counts_and_differences_have_arrows(corpus, large):
    few = charts.to_svg(charts.heat_map(m.crosstab(corpus, "stakeholder_type"), "?"))
    assert "2/3" in "".join(ET.fromstring(few).itertext())
    assert charts.LIGHT.grey.lower() in few.lower() or "rgb(232, 232, 232)" in few
    shown = "".join(
        ET.fromstring(charts.to_svg(charts.heat_map(m.crosstab(large, "stakeholder_type"), "?"))).itertext()
    )
    assert "50 \u25b2" in shown
    assert "10 \u25bc" in shown


def test_labels_are_translated_and_kept_apart(corpus):
    svg = charts.to_svg(
        charts.bars(m.theme_shares(corpus), "?", labels={"access": "Zugang", "money": "Geld", "roma": "Geld"},
                    words=charts.Words(share="Anteil (%)"))
    )  # fmt: skip
    shown = "".join(ET.fromstring(svg).itertext())
    assert "Zugang" in shown
    assert "Geld (money)" in shown
    assert "Geld (roma)" in shown
    assert "Anteil (%)" in shown


def test_names_are_only_ever_text(corpus):
    labels = {"access": "<script>alert(1)</script>", "money": "=1+1 ${x} \u202e"}
    svg = charts.to_svg(charts.bars(m.theme_shares(corpus), "?", labels=labels))
    assert "<script>" not in svg
    ET.fromstring(svg)


def test_hidden_counts_are_not_drawn(large):
    result = m.crosstab(large, "stakeholder_type", small_hidden=True)
    rows = next(iter(charts.heat_map(result, "?").to_dict()["datasets"].values()))
    everything = next(iter(charts.heat_map(m.crosstab(large, "stakeholder_type"), "?").to_dict()["datasets"].values()))
    assert min(r["n"] for r in everything) < 10 <= min(r["n"] for r in rows)


def test_text_alternatives(corpus, large):
    text = charts.alt_text(m.theme_shares(corpus), "How often?")
    assert text == (
        "How often? Shares are of 10 responses. 4 rows. Most: Access 50.0 % (5), Money 30.0 % (3), Roma 10.0 % (1). "
        "Least: Never 0.0 % (0)."
    )
    crossed = charts.alt_text(m.crosstab(large, "stakeholder_type"), "Who?", labels={"ngo": "NGOs"})
    assert "NGOs: Access more often than elsewhere, 50.0 % (30)." in crossed
    assert "Too few to compare: citizen_eu" in charts.alt_text(m.crosstab(corpus, "stakeholder_type"), "Who?")
    assert "most on 2020-04-01 with 6" in charts.alt_text(m.over_time(corpus, "day"), "When")
    assert "Access with Money in 2" in charts.alt_text(m.cooccurrence(corpus), "What")


def contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [charts.LIGHT, charts.DARK])
def test_contrast_is_that_of_wcag(theme):
    assert contrast(theme.text, theme.background) >= 7
    assert contrast(theme.quiet, theme.background) >= 4.5
    for colour in (theme.mark, theme.interval, *theme.series[:3]):
        assert contrast(colour, theme.background) >= 3, colour


def test_nothing_to_show_is_still_a_figure(corpus):
    empty = m.Corpus.from_tables(tables(responses=[response("a")]))
    nothing = m.topic_shares(empty)
    ET.fromstring(charts.to_svg(charts.bars(nothing, "Which topics?")))
    cross = m.crosstab(corpus, "country")
    none = replace(cross, table=cross.table.head(0))
    ET.fromstring(charts.to_svg(charts.heat_map(none, "?")))
    ET.fromstring(charts.to_svg(charts.pairs_map(m.cooccurrence(empty), "?")))
    assert "There is nothing to show." in charts.alt_text(nothing, "Which topics?")


def test_rows_and_columns_of_pairs_stand_in_the_same_order(corpus):
    drawn = charts.pairs_map(m.cooccurrence(corpus), "What goes together?").to_dict()
    layer = drawn["layer"][0]["encoding"]
    assert layer["x"]["sort"] == layer["y"]["sort"]
    assert len(layer["x"]["sort"]) > 1


def test_days_are_those_of_the_source_in_every_time_zone(corpus):
    for by, days in (("day", {1}), ("week", {7}), ("month", {30}), ("year", {366})):  # in April 2020
        drawn = charts.timeline(m.over_time(corpus, by), "When?").to_dict()
        encoding = drawn["layer"][0]["encoding"]
        assert encoding["x"]["scale"]["type"] == "utc"
        assert encoding["tooltip"][0]["field"] == "day"
        rows = pd.DataFrame(next(iter(drawn["datasets"].values())))
        assert set((pd.to_datetime(rows["until"]) - pd.to_datetime(rows["group"])).dt.days) == days
    lines = charts.timeline(m.over_time(corpus, "week", "themes", ("access",)), "When?").to_dict()
    assert {layer["encoding"]["x"]["scale"]["type"] for layer in lines["layer"]} == {"utc"}


def test_a_long_label_is_broken_over_lines_rather_than_cut():
    name = "Regulatory burden, small companies and competitiveness"
    axis = style.rows_axis([name, "Short"]).to_dict()
    assert '["Regulatory burden, small", "companies and competitiveness"]' in axis["labelExpr"]
    assert axis["labelOffset"]["condition"][0]["value"] == -style.LINE / 2
    assert style.row_height([name, "Short"]) > style.row_height(["Short"]) == style.ROW
