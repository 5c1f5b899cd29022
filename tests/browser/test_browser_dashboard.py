"""The dashboard in a real browser: the whole path, links, keyboard, and what axe finds."""

from __future__ import annotations

from pathlib import Path

import pytest
from at_rest import settle
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from consult.dashboard.router import PAGES

EXAMPLE = Path(__file__).parents[2] / "data" / "microcredentials" / "contributions.csv"

# Streamlit 1.67 groups its menu with headings between list items, which no page can mend.
NOT_OURS = {"exclude": [["[data-testid=stSidebarNav]"]]}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_from_upload_to_quote(bare_server, page):
    """Upload the example, see what was recognised, run, open a theme, read a response with its evidence marked."""
    page.goto(bare_server)
    settle(page)
    page.set_input_files("input[type=file]", EXAMPLE)
    page.get_by_text("contributions.csv").first.wait_for()
    page.get_by_label("Name of the study").fill("From upload to quote")
    page.get_by_role("button", name="Look at the files").click()
    page.get_by_text("216 rows = 216 responses").wait_for(timeout=60_000)
    settle(page)
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_text("Showing 216 of 216 responses").wait_for(timeout=400_000)
    settle(page)
    page.get_by_role("link", name="Themes").click()
    page.get_by_role("heading", name="Themes", exact=True).wait_for()
    settle(page)
    _open_first(page, page.get_by_role("combobox", name="Open a theme"))
    page.locator("blockquote mark").first.wait_for(timeout=30_000)
    settle(page)
    page.get_by_role("link", name="in full").click()
    page.get_by_role("heading", name="Responses", exact=True).wait_for()
    settle(page)
    page.get_by_role("button", name="Read the whole response").first.click()
    page.get_by_role("button", name="Back to the list").wait_for()
    settle(page)
    assert page.locator("mark").count() >= 1
    assert "theme=" in page.url
    assert "study=from-upload-to-quote" in page.url


def test_a_link_opens_the_same_view_in_another_browser(small_server, page, chromium):
    page.goto(f"{small_server}/themes?stakeholder_type=ngo&view=once&theme=poverty")
    settle(page)
    assert page.get_by_text("Showing 10 of 40 responses").count() == 1
    other = chromium.new_context().new_page()
    other.goto(page.url)
    settle(other)
    assert other.get_by_text("Showing 10 of 40 responses").count() == 1
    assert other.get_by_role("heading", name="People in poverty", exact=True).count() == 1
    other.context.close()


def test_filters_stay_when_turning_to_another_page(small_server, page):
    page.goto(f"{small_server}/themes?country=DE")
    settle(page)
    page.get_by_role("link", name="Topics").click()
    page.get_by_role("heading", name="Topics", exact=True).wait_for()
    settle(page)
    assert page.get_by_text("Showing 10 of 40 responses").count() == 1
    assert "country=DE" in page.url


def test_a_click_on_a_bar_opens_what_is_behind_it(small_server, page):
    page.goto(f"{small_server}/themes")
    settle(page)
    page.locator("[data-testid=stVegaLiteChart] svg path[aria-roledescription=bar]").first.click(force=True)
    page.locator("blockquote mark").first.wait_for(timeout=15_000)
    assert "theme=" in page.url


def test_a_theme_is_reached_and_opened_by_keyboard_alone(small_server, page):
    page.goto(f"{small_server}/themes")
    settle(page)
    box = page.get_by_role("combobox", name="Open a theme")
    for _ in range(60):
        page.keyboard.press("Tab")
        if box.evaluate("e => e === document.activeElement"):
            break
    else:
        pytest.fail("the list of themes is not reached with the Tab key")
    _open_first(page, box)
    page.locator("blockquote").first.wait_for(timeout=15_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(worked, chromium, scheme):
    axe_api = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is absent")
    context = chromium.new_context(viewport={"width": 1280, "height": 1200}, color_scheme=scheme)
    page = context.new_page()
    found = []
    for shown in PAGES:
        page.goto(f"{worked[0]}/{shown.path}")
        settle(page)
        for problem in axe_api.Axe().run(page, context=NOT_OURS).response["violations"]:
            if problem["impact"] in ("serious", "critical"):
                where = "; ".join(" ".join(map(str, node["target"])) for node in problem["nodes"][:3])
                found.append(f"{shown.path}: {problem['id']}: {where}")
    context.close()
    assert found == []


@pytest.mark.parametrize("path", [p.path for p in PAGES])
def test_page_fits_a_narrow_window(small_server, chromium, path):
    context = chromium.new_context(viewport={"width": 400, "height": 900})
    page = context.new_page()
    page.goto(f"{small_server}/{path}")
    settle(page)
    wide = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    context.close()
    assert wide <= 400


def _open_first(page, box) -> None:
    """Choose the first theme of a list by keyboard; the choice above it opens nothing."""
    for _ in range(3):  # a page that is drawn again takes the list away
        box.focus()
        page.keyboard.press("ArrowDown")
        try:
            page.get_by_role("option").nth(1).wait_for(timeout=8_000)
            break
        except PlaywrightTimeout:
            settle(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Tokyo"])
def test_a_click_on_a_day_opens_that_day_in_every_time_zone(small_server, chromium, zone):
    context = chromium.new_context(viewport={"width": 1280, "height": 1200}, timezone_id=zone)
    page = context.new_page()
    page.goto(f"{small_server}/overview")
    settle(page)
    page.locator("path[aria-roledescription=bar][aria-label*='2021']").first.click(force=True)
    link = page.get_by_role("link", name="in full").last
    link.wait_for(timeout=15_000)
    target = link.get_attribute("href") or ""
    context.close()
    assert "date_from=2021-06-01&date_to=2021-06-01" in target
