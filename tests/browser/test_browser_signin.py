"""Signing in with an identity provider: who may read, who may edit, and under which name it is kept."""

from __future__ import annotations

import pytest
from at_rest import settle
from identity import CLIENT, SECRET, Provider
from test_browser_paths import choose, draw_ten, fill, labels

from consult.pipeline import EDITS
from consult.themes.verdicts import read_verdicts

SETTINGS = """\
[auth]
redirect_uri = "{dashboard}/oauth2callback"
cookie_secret = "a long random text for the tests alone"
client_id = "{client}"
client_secret = "{secret}"
server_metadata_url = "{provider}/.well-known/openid-configuration"

[roles]
editors = ["ana@example.org"]
readers = ["@example.org"]
"""


@pytest.fixture(scope="module")
def provider():
    pytest.importorskip("authlib", reason="authlib is not installed; run: uv sync --extra server")
    pytest.importorskip("joserfc", reason="joserfc is not installed; run: uv sync --extra server")
    made = Provider()
    yield made
    made.close()
    assert made.faults == []


@pytest.fixture(scope="module")
def signed_server(worked, provider, serve, tmp_path_factory):
    """A dashboard over the small study at which people must sign in; its address and the study."""
    _, study = worked
    folder = tmp_path_factory.mktemp("signed")

    def settings(address):
        (folder / ".streamlit").mkdir()
        text = SETTINGS.format(dashboard=address, client=CLIENT, secret=SECRET, provider=provider.address)
        (folder / ".streamlit" / "secrets.toml").write_text(text, encoding="utf-8")

    for address in serve({"CONSULT_STUDY": str(study.path), "CONSULT_HOME": str(folder)}, folder, settings):
        yield address, study


def sign_in(page, address, email, verified="true"):
    page.goto(address)
    settle(page)
    page.get_by_text("Sign in to read this consultation.").wait_for()
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Verified").fill(verified)
    page.get_by_role("button", name="Let me in").click()
    page.wait_for_url(f"{address}/**")
    settle(page)


def test_nobody_sees_anything_before_they_sign_in(signed_server, page):
    address, _ = signed_server
    for path in ("", "/responses", "/method"):
        page.goto(f"{address}{path}")
        settle(page)
        page.get_by_text("Sign in to read this consultation.").wait_for()
        assert "of 40 responses" not in page.inner_text("body")


def test_a_reader_reads_and_cannot_edit(signed_server, page):
    address, _ = signed_server
    sign_in(page, address, "bo@example.org")
    page.get_by_text("bo@example.org, may read").first.wait_for()
    page.goto(f"{address}/topics")
    settle(page)
    page.get_by_text("40 responses").first.wait_for()
    assert page.get_by_role("button", name="Make this change").count() == 0
    page.goto(f"{address}/review")
    settle(page)
    page.get_by_text("is for editors").first.wait_for()
    assert page.get_by_role("button", name="Draw", exact=True).count() == 0


def test_what_an_editor_decides_is_kept_under_the_name_signed_in_with(signed_server, page):
    address, study = signed_server
    held = len(read_verdicts(study))
    sign_in(page, address, "ana@example.org")
    page.get_by_text("ana@example.org, may read and edit").first.wait_for()
    page.goto(f"{address}/review")
    settle(page)
    draw_ten(page)
    page.get_by_text("Kept under your name: ana@example.org").first.wait_for()
    page.locator("h1").click()
    page.keyboard.press("y")
    page.get_by_text("1 of 10 decided").wait_for(timeout=20_000)
    assert [v.who for v in read_verdicts(study)[held:]] == ["ana@example.org"]
    topic, old = next(iter(labels(study).items()))
    page.goto(f"{address}/topics")
    settle(page)
    page.get_by_text("Rename, merge, split or hide a topic").click()
    choose(page, "Topic to change", old)
    assert page.get_by_label("Your name or sign").count() == 0
    fill(page, "New name", "Ana's name")
    page.get_by_role("button", name="Make this change").click()
    page.get_by_text("The change is made.").wait_for(timeout=60_000)
    settle(page)
    assert labels(study)[topic] == "Ana's name"
    assert list(study.lines(EDITS))[-1]["who"] == "ana@example.org"
    page.get_by_role("button", name="Undo the last change").click()
    page.get_by_text("The last change was taken back.").wait_for(timeout=60_000)


def test_who_is_on_no_list_or_not_verified_sees_nothing_and_can_leave(signed_server, page):
    address, _ = signed_server
    sign_in(page, address, "eve@elsewhere.net")
    page.get_by_text("is on no list of readers or editors").wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_text("Sign in to read this consultation.").wait_for()
    sign_in(page, address, "ana@example.org", verified="false")
    page.get_by_text("is on no list of readers or editors").wait_for()
