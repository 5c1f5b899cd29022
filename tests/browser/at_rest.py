"""When a page of the dashboard is drawn."""

from __future__ import annotations


def settle(page) -> None:
    """Wait until Streamlit has drawn the page and is at rest."""
    page.wait_for_selector("h1", timeout=60_000)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=60_000)
    page.wait_for_timeout(700)
