"""Readers read, editors edit, and where nobody signs in everything is as it was."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from consult import measures
from consult.dashboard.router import PAGES
from consult.report.claims import keep_claim, stored_claims
from consult.study import Study
from test_dashboard_pages import SECONDS, html, page_test

AUTH = {"redirect_uri": "http://localhost/oauth2callback", "client_id": "x"}
EDITING = {
    "review": "review_draw",
    "topics": "topics_edit_who",
    "themes": "codebook_theme",
    "start": "start_title",
}
"""A widget of each page that only editors see."""


def as_user(monkeypatch, email: str | None, **more) -> None:
    user = SimpleNamespace(is_logged_in=email is not None, email=email, **more)
    monkeypatch.setattr(st, "user", user)


def signed(path: str, **roles) -> AppTest:
    at = page_test(path)
    at.secrets["auth"] = AUTH
    if roles:
        at.secrets["roles"] = roles
    return at


def router(**roles) -> AppTest:
    at = AppTest.from_file("../app.py", default_timeout=SECONDS)
    at.secrets["auth"] = AUTH
    if roles:
        at.secrets["roles"] = roles
    return at


def labels(at: AppTest) -> set[str]:
    return {str(w.label) for w in (*at.button, *at.text_input, *at.selectbox, *at.text_area)}


WRITING = {"Make this change", "See what would change", "Draw", "Look at the files", "Keep this claim", "Run"}


@pytest.mark.parametrize("path", [p.path for p in PAGES])
def test_a_reader_sees_every_page_and_no_way_to_write(open_small, monkeypatch, path):
    as_user(monkeypatch, "reader@example.org")
    at = signed(path, editors=["ana@example.org"]).run()
    assert not at.exception
    assert not labels(at) & WRITING
    assert path == "start" or "of 40 responses" in html(at)


def test_an_editor_may_change_topics_under_the_name_signed_in_with(open_small, monkeypatch):
    as_user(monkeypatch, "Ana@Example.org")
    at = signed("topics", editors=["ana@example.org"]).run()
    assert not at.exception
    assert "Make this change" in labels(at)
    assert "Your name or sign" not in labels(at)
    assert "Kept under your name: Ana@Example.org" in html(at)


def test_a_domain_may_be_named(open_small, monkeypatch):
    as_user(monkeypatch, "bo@example.org")
    assert "Make this change" in labels(signed("topics", editors=["@example.org"]).run())
    as_user(monkeypatch, "bo@notexample.org")
    assert "Make this change" not in labels(signed("topics", editors=["@example.org"]).run())


def test_an_address_that_is_not_verified_gives_no_rights(open_small, monkeypatch):
    as_user(monkeypatch, "ana@example.org", email_verified=False)
    assert "Make this change" not in labels(signed("topics", editors=["ana@example.org"]).run())


def test_without_configuration_nobody_signs_in_and_everybody_edits(open_small, monkeypatch):
    as_user(monkeypatch, None)
    at = page_test("topics").run()
    assert {"Make this change", "Your name or sign"} <= labels(at)


def test_nothing_of_a_study_is_shown_before_signing_in(open_small, monkeypatch):
    as_user(monkeypatch, None)
    at = router(editors=["ana@example.org"]).run()
    assert not at.exception
    assert "Sign in" in labels(at)
    assert "A study made by hand" not in html(at)
    assert "responses" not in html(at)


def test_who_is_on_no_list_is_kept_out(open_small, monkeypatch):
    as_user(monkeypatch, "eve@example.com")
    at = router(editors=["ana@example.org"], readers=["@example.org"]).run()
    assert "is on no list" in html(at)
    assert "Sign out" in labels(at)
    assert "of 40 responses" not in html(at)


WRITER = """
import sys
from consult.study import Study
study, who = Study.open(sys.argv[1]), sys.argv[2]
print("ready", flush=True)
sys.stdin.readline()
for number in range(60):
    study.append("verdicts.jsonl", {"who": who, "n": number, "text": "x" * 500})
"""


def test_two_processes_that_write_at_once_lose_no_line(tmp_path):
    study = Study.create(tmp_path / "study")
    commands = [[sys.executable, "-c", WRITER, str(study.path), who] for who in "ab"]
    writers = [subprocess.Popen(c, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for c in commands]
    assert [writer.stdout.readline() for writer in writers] == ["ready\n", "ready\n"]
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=60)
        assert writer.returncode == 0
    records = study.lines("verdicts.jsonl")
    for who in "ab":
        assert [record["n"] for record in records if record["who"] == who] == list(range(60))


def test_two_people_who_keep_a_claim_at_once_keep_both(small_study, tmp_path):
    study = Study.create(tmp_path / "study")
    corpus = measures.Corpus.from_study(small_study)
    results = [
        measures.check_claim(corpus, measures.Claim(f"Claim {number}", measures.Query(themes=("poverty",))))
        for number in range(6)
    ]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda result: keep_claim(study, result), results))
    assert len(stored_claims(study)) == len(results)
