"""The parts that pages are made of."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult import measures
from consult.cli.serving import SETTINGS, command
from consult.dashboard import evidence, links, reading, uploads
from consult.dashboard.downloads import csv_bytes, file_name
from consult.dashboard.mapping_form import mapping_of
from consult.dashboard.reader import snippet
from consult.errors import UserError
from consult.ingest import ColumnRole, Recognition
from consult.report.quotes import Quote


@given(st.text(max_size=40), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=4))
def test_marking_never_changes_the_words(text, pairs):
    from html import unescape
    from re import sub

    made = str(reading.marked(text, [reading.Span(a, b) for a, b in pairs]))
    assert unescape(sub(r"</?mark[^>]*>", "", made)) == text


def test_the_evidence_of_a_quote_is_marked_at_its_place_and_not_where_the_words_stand_first():
    quote = Quote("Fees\nand fees and  fees.", (9, 13), "en", "ngo", None, None, "F1", "r-1", "p-1", None)
    assert 'Fees and <mark class="c-found">fees</mark> and fees.' in str(reading.quote_html(quote))
    last = replace(quote, evidence=(19, 23))
    assert 'Fees and fees and <mark class="c-found">fees</mark>.' in str(reading.quote_html(last))
    assert "<mark" not in str(reading.quote_html(replace(quote, evidence=None)))


@given(st.text(min_size=1, max_size=400), st.integers(0, 400), st.integers(0, 60))
def test_snippet_keeps_the_marked_words(text, start, length):
    start = min(start, len(text) - 1)
    end = min(len(text), start + length)
    shown, spans = snippet(text, [(start, end)])
    assert len(spans) == 1
    assert all(shown[s.start : s.end] == text[start:end] for s in spans)


def test_csv_neutralises_formulas_and_keeps_numbers():
    frame = pd.DataFrame({"text": ["=1+1", "@x", "-a", "plain", None], "n": [-1, 2, 3, 4, 5]})
    lines = csv_bytes(frame).decode("utf-8-sig").splitlines()
    assert lines[1:4] == ["'=1+1,-1", "'@x,2", "'-a,3"]
    assert frame["text"][0] == "=1+1"


@pytest.mark.parametrize("name", ["../../etc/passwd", "..", "a/b/c.csv", "C:\\x\\y.csv", "x\0y.csv", "", "…"])
def test_upload_names_stay_in_their_folder(name, tmp_path):
    target = tmp_path / uploads.safe_name(name)
    assert target.resolve().parent == tmp_path.resolve()
    assert target.name not in ("", ".", "..")


class _Upload:
    def __init__(self, name: str, content: bytes, size: int | None = None) -> None:
        self.name, self._content, self.size = name, content, len(content) if size is None else size

    def getbuffer(self) -> memoryview:
        return memoryview(self._content)


def test_uploads_lie_in_a_new_study_only(tmp_path, monkeypatch):
    monkeypatch.setenv(links.HOME, str(tmp_path / "home"))
    study = uploads.new_study("Été 2021: ../x")
    paths = uploads.keep_uploads(study, [_Upload("../a.csv", b"text\nhello\n"), _Upload("a.csv", b"x")])
    assert study.path.parent == tmp_path / "home"
    assert [p.name for p in paths] == ["a.csv", "a 2.csv"]
    assert {p.parent for p in paths} == {study.path / "uploads"}
    assert uploads.new_study("Été 2021: ../x").path != study.path
    assert [kept.finished for kept in uploads.recent()] == [False, False]


def test_too_much_at_once_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv(links.HOME, str(tmp_path))
    with pytest.raises(UserError, match="allowed are 500 MB"):
        uploads.keep_uploads(uploads.new_study("x"), [_Upload("a.csv", b"", size=600_000_000)])


@pytest.mark.parametrize("name", ["../study", "/etc", "A", "", ".", "a/b", "none-such"])
def test_the_address_opens_no_folder_but_studies_of_the_home(name, tmp_path, monkeypatch):
    monkeypatch.setenv(links.HOME, str(tmp_path))
    assert links.own_study(name) is None


def test_launch_listens_here_only_and_sends_nothing():
    said = command(port=8600, browser=False)
    for name, value in {"server.address": "localhost", "browser.gatherUsageStats": "false"}.items():
        assert said[said.index(f"--{name}") + 1] == value
    assert said[said.index("--server.headless") + 1] == "true"
    assert Path(said[4]).is_file()


def test_launch_and_config_file_say_the_same():
    import tomllib

    config = tomllib.loads((Path(__file__).parents[1] / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    flat = dict(_flat("", config))
    assert flat == SETTINGS


def test_the_container_starts_the_same_server():
    last = (Path(__file__).parents[1] / "Dockerfile").read_text(encoding="utf-8").splitlines()[-1]
    assert json.loads(last.removeprefix("CMD "))[1:4] == command(port=8600, browser=False)[1:4]


def _flat(prefix: str, table: dict):
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(f"{prefix}{name}.", value)
        else:
            yield f"{prefix}{name}", str(value).lower() if isinstance(value, bool) else str(value)


def test_naming_one_open_question_keeps_the_others():
    columns = (
        ColumnRole(0, "a", "open", None, 1.0),
        ColumnRole(1, "b", "closed", None, 1.0),
        ColumnRole(2, "c", "field", "country", 1.0),
    )
    found = Recognition("f", "Table", "table", 1.0, columns, 3)
    assert mapping_of(found, {"b": "text"}) == {"text": ["a", "b"]}
    assert mapping_of(found, {"c": "closed"}) == {"closed": ["c"]}
    assert mapping_of(found, {}) == {}


def test_theme_family_goes_all_the_way_down():
    themes = pd.DataFrame({"theme_id": ["a", "b", "c", "d"], "parent_id": [None, "a", "b", None]})
    assert evidence.theme_family(themes, "a") == ["a", "b", "c"]


def test_file_names_are_plain():
    assert file_name("Ünïcode / ..\\ ?", suffix="svg") == "n-code.svg"


@pytest.mark.parametrize("form", ["html", "csv", "xlsx", "package"])
def test_what_is_handed_out_holds_something_and_masks_personal_data(form, tmp_path):
    from consult.dashboard.loaders import Loaded
    from consult.dashboard.pages import report
    from dashboard_study import make_study

    loaded = Loaded(make_study(tmp_path / "study"), "now")
    if form == "html":
        content = report._report(loaded, form, "en", "", measures.Selection(), small_hidden=False)
    else:
        content = report._export(loaded, form, measures.Selection())
    texts = [content]
    if form != "html":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            texts = [archive.read(name) for name in archive.namelist()]
    assert sum(map(len, texts)) > 1000
    assert not any(b"ana@example.org" in text for text in texts)
