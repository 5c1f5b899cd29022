"""What people do in the dashboard, each from the first click to what is then on disk."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from at_rest import settle
from defusedxml import ElementTree
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from consult.pipeline import EDITS
from consult.report import exports
from consult.study import Study
from consult.themes.verdicts import read_verdicts


def labels(study):
    table = study.read("topics")
    return table[~table["is_outlier"]].set_index("topic_id")["label"].to_dict()


def open_topics(page, address):
    page.goto(f"{address}/topics")
    settle(page)
    page.get_by_text("Rename, merge, split or hide a topic").click()
    page.get_by_label("Your name or sign").wait_for()
    settle(page)


def choose(page, label, option):
    wanted = page.get_by_role("option", name=option).first
    for _ in range(3):  # a page that is drawn again takes the list away
        page.get_by_role("combobox", name=label).focus()
        page.keyboard.press("ArrowDown")
        try:
            wanted.wait_for(timeout=8_000)
            break
        except PlaywrightTimeout:
            settle(page)
    wanted.click()
    settle(page)


def fill(page, label, text):
    page.get_by_label(label, exact=True).fill(text)
    page.get_by_label(label, exact=True).press("Enter")
    settle(page)


def rename(page, who, old, new):
    choose(page, "Topic to change", old)
    fill(page, "Your name or sign", who)
    fill(page, "New name", new)
    page.get_by_role("button", name="Make this change").click()


def test_a_filter_chosen_by_hand_is_in_the_link(small_server, page, chromium):
    page.goto(f"{small_server}/themes")
    settle(page)
    page.get_by_text("Change what is counted").click()
    page.get_by_role("combobox", name="Country").wait_for()
    settle(page)
    choose(page, "Country", "Germany")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Apply").click()
    page.get_by_text("Showing 10 of 40 responses").wait_for()
    settle(page)
    other = chromium.new_context().new_page()
    other.goto(page.url)
    settle(other)
    assert other.get_by_text("Showing 10 of 40 responses").count() == 1
    assert other.get_by_text("Country: Germany.").count() == 1
    other.context.close()


def test_a_topic_is_renamed_and_given_its_name_back(worked, page):
    address, study = worked
    before = labels(study)
    topic, old = next(iter(before.items()))
    open_topics(page, address)
    rename(page, "AB", old, "A name of ours")
    page.get_by_text("The change is made.").wait_for(timeout=60_000)
    settle(page)
    assert labels(study)[topic] == "A name of ours"
    page.get_by_role("button", name="Undo the last change").click()
    page.get_by_text("The last change was taken back.").wait_for(timeout=60_000)
    assert labels(study) == before


def test_ten_passages_are_coded_with_the_keyboard(worked, page):
    address, study = worked
    held = len(read_verdicts(study))
    page.goto(f"{address}/review")
    settle(page)
    draw_ten(page)
    fill(page, "Your name or sign", "KB")
    page.get_by_text("0 of 10 decided").wait_for()
    page.locator("h1").click()
    for done in range(10):
        page.keyboard.press("y" if done % 2 else "n")
        page.get_by_text(f"{done + 1} of 10 decided").wait_for(timeout=20_000)
        settle(page)
    page.get_by_text("All passages of this sample are decided").wait_for()
    verdicts = [v for v in read_verdicts(study) if v.who == "KB"]
    assert len(read_verdicts(study)) - held == len(verdicts) == 10
    assert [v.verdict for v in verdicts] == ["no", "yes"] * 5


def draw_ten(page):
    if not page.get_by_label("How many", exact=True).is_visible():  # folded away once there is a sample
        page.get_by_text("Draw a sample", exact=True).click()
    fill_number(page, "How many", "10")
    page.get_by_role("button", name="Draw", exact=True).click()
    settle(page)


def fill_number(page, label, value):
    field = page.get_by_label(label, exact=True)
    field.fill(value)
    field.press("Tab")


def test_a_claim_is_written_checked_and_kept(worked, page):
    address, study = worked
    page.goto(f"{address}/claims")
    settle(page)
    page.get_by_label("The sentence").fill("Nobody speaks of <b>poor</b> people")
    choose(page, "Themes that stand for it", "People in poverty")
    page.keyboard.press("Escape")
    choose(page, "What it says about how many", "at most this share")
    fill_number(page, "Share in %", "5")
    page.get_by_role("button", name="Check it").click()
    page.get_by_text("Those who mention it").wait_for(timeout=30_000)
    settle(page)
    assert page.get_by_text("It would take").count() >= 1
    page.get_by_role("button", name="Keep this claim").click()
    settle(page)
    page.get_by_role("cell", name="Nobody speaks of <b>poor</b> people").wait_for()
    assert "Nobody speaks of <b>poor</b> people" in study.claims_text()


def saved(page, name):
    with page.expect_download(timeout=60_000) as waiting:
        page.get_by_role("button", name=name, exact=True).click()
    return waiting.value.suggested_filename, waiting.value.path().read_bytes()


def test_each_report_and_export_is_downloaded_and_can_be_opened(worked, page):
    address, _ = worked
    page.goto(f"{address}/report")
    settle(page)
    name, held = saved(page, "Report (HTML)")
    assert name.endswith(".html")
    assert b"<html" in held
    name, held = saved(page, "Report (Word)")
    assert "word/document.xml" in zipfile.ZipFile(io.BytesIO(held)).namelist()
    for form in exports.FORMATS:
        choose(page, "Format", f"{form}: ")
        name, held = saved(page, "Export")
        if name.endswith(".qdc"):
            assert ElementTree.fromstring(held).tag.endswith("CodeBook")
            continue
        archive = zipfile.ZipFile(io.BytesIO(held))
        assert archive.testzip() is None, form
        assert archive.namelist(), form


def test_two_people_change_topics_at_once_and_neither_is_lost(worked, chromium):
    address, study = worked
    before = labels(study)
    if len(before) < 2:
        pytest.skip("fewer than two topics")
    (first, first_old), (second, second_old) = list(before.items())[:2]
    held = len(study.lines(EDITS))
    ana, bo = (chromium.new_context().new_page() for _ in range(2))
    for page in (ana, bo):
        open_topics(page, address)
    rename(ana, "Ana", first_old, "The name of Ana")
    rename(bo, "Bo", second_old, "The name of Bo")  # on a page drawn before Ana's change
    for page in (ana, bo):
        page.get_by_text("The change is made.").wait_for(timeout=60_000)
    assert {record["who"] for record in study.lines(EDITS)[held:]} == {"Ana", "Bo"}
    ana.reload()
    settle(ana)
    found = labels(study)
    assert (found[first], found[second]) == ("The name of Ana", "The name of Bo")
    for page in (ana, bo):
        page.context.close()


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_run_goes_on_after_the_server_was_killed(home_server, page):
    """Kill the server while topics are looked for; another one goes on where the first stopped."""
    home, start = home_server
    address, server = start()
    page.goto(address)
    settle(page)
    page.get_by_role("button", name="Open the example: micro-credentials").click()
    page.get_by_text("▸ Grouping passages into topics").wait_for(timeout=200_000)
    server.kill()
    server.wait(timeout=20)
    study = Study.open(Path(home) / "example-microcredentials")
    done = [record["stage"] for record in study.runs()]
    assert "ingest" in done
    assert "topics" not in done
    address, _ = start()
    page.goto(f"{address}/start")
    settle(page)
    page.get_by_role("button", name="Go on:").click()
    page.get_by_text("Showing 216 of 216 responses").wait_for(timeout=200_000)
    stages = [record["stage"] for record in study.runs()]
    assert stages[: len(done)] == done
    assert sorted(set(stages)) == sorted(stages), "what was done before the kill was not done again"
    assert {"topics", "tag"} <= set(stages)
