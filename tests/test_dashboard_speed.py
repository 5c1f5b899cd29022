"""What keeps the dashboard fast: the study is read before anybody comes, and what was drawn once is not drawn again."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest
from altair.utils import schemapi
from streamlit.testing.v1 import AppTest

from consult import charts, measures
from consult.cli.serving import STUDY, command
from consult.dashboard import vega
from consult.dashboard.entry.server import read_study
from consult.dashboard.links import HOME
from consult.dashboard.loaders import load
from consult.study import Study
from dashboard_study import make_study

OVERVIEW = "from consult.dashboard.pages.overview import overview_page\noverview_page()"


@pytest.fixture(scope="module")
def unread_study(tmp_path_factory):
    return make_study(tmp_path_factory.mktemp("speed") / "study")


def test_the_server_reads_the_study_before_anybody_comes(unread_study, monkeypatch):
    assert "consult.dashboard.entry.server" in command(port=8600, browser=False)
    read_study(str(unread_study.path))

    def again(*_given):
        raise AssertionError

    monkeypatch.setattr(measures.Corpus, "from_study", again)
    monkeypatch.setattr(measures, "overview", again)
    assert load(unread_study).overview(measures.Selection()).n == 40


@pytest.mark.parametrize("made", [True, False])
def test_a_study_that_cannot_be_read_stops_no_server(tmp_path, made):
    folder = tmp_path / "study"
    if made:
        Study.create(folder, "Empty")
    read_study(str(folder))


def test_a_chart_is_drawn_once_for_everybody(unread_study, monkeypatch, tmp_path):
    monkeypatch.setenv(STUDY, str(unread_study.path))
    monkeypatch.setenv(HOME, str(tmp_path))
    vega._drawn.clear()
    drawn = []
    bars = charts.bars
    monkeypatch.setattr(
        "consult.dashboard.figures._DRAW", {**_draw(), "bars": lambda *a, **k: drawn.append(a) or bars(*a, **k)}
    )
    AppTest.from_string(OVERVIEW, default_timeout=30).run()
    once = len(drawn)
    AppTest.from_string(OVERVIEW, default_timeout=30).run()
    assert once
    assert len(drawn) == once
    other = AppTest.from_string(OVERVIEW, default_timeout=30)
    other.query_params["country"] = "DE"
    other.run()
    assert len(drawn) == 2 * once


def test_charts_that_are_drawn_at_once_leave_altairs_own_checks_on(monkeypatch):
    """Did they not take turns, the second would begin within the first and end after it."""
    monkeypatch.setattr(schemapi, "DEBUG_MODE", True)
    begun, both, ended = threading.Event(), threading.Event(), threading.Event()
    chart = SimpleNamespace(to_dict=lambda *, validate: {"checked": schemapi.DEBUG_MODE or validate})

    def first():
        begun.set()
        both.wait(0.3)
        return chart

    def second():
        both.set()
        ended.wait(2)
        return chart

    other = threading.Thread(target=lambda: begun.wait(2) and vega.unchecked(second))
    other.start()
    assert vega.unchecked(first) == {"checked": False}
    ended.set()
    other.join()
    assert schemapi.DEBUG_MODE


def _draw():
    from consult.dashboard import figures

    return figures._DRAW
