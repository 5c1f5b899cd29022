"""The report in a real browser: accessible, and no wider than a telephone."""

from __future__ import annotations

import pytest


@pytest.mark.browser
def test_the_report_is_accessible_and_fits_a_telephone(chromium, example_run):
    from axe_playwright_python.sync_playwright import Axe

    assert example_run.code == 0, example_run.err
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.goto((example_run.folder / "report.html").as_uri())
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.set_viewport_size({"width": 400, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    page.close()
