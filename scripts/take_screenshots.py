"""
Photograph every page of the dashboard over the shipped example, wide and narrow, into `./screenshots/`.

Pages that can be opened further by their address are photographed so too: a theme, a topic, a search, a response read
whole, and the report on a part of the responses.

    uv run python scripts/take_screenshots.py [--study DIR] [--out DIR] [--dark]

Needs Debian's chromium. Without --study the example is analysed into a temporary folder first.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

PROJECT = Path(__file__).parents[1]
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
WIDTHS = (1280, 400)


def main() -> None:
    """Take the photographs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", type=Path)
    parser.add_argument("--out", type=Path, default=Path("screenshots"))
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--only", nargs="*", default=())
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        study = chosen.study or _example(Path(folder) / "study")
        port = _free_port()
        server = _server(study, Path(folder) / "home", port)
        try:
            _wait(port)
            chosen.out.mkdir(parents=True, exist_ok=True)
            views = {name: at for name, at in _views(study).items() if not chosen.only or name in chosen.only}
            _photograph(f"http://localhost:{port}", chosen.out, views, dark=chosen.dark)
        finally:
            server.terminate()
            server.wait(timeout=20)


def _views(study: Path) -> dict[str, str]:
    """Return every page, and every page opened further, by the name of its photograph, with its address."""
    from consult.dashboard.router import PAGES
    from consult.study import Study

    held = Study.open(study)
    topics = held.read("topics")
    topics = topics[~topics["is_outlier"]].sort_values(["n_responses", "topic_id"], ascending=[False, True])
    found = {"theme": held.read("taggings")["theme_id"], "topic": topics["topic_id"]}
    first = {name: str(ids.iloc[0]) for name, ids in found.items() if len(ids)}
    tagged = held.read("taggings")["response_id"]
    deeper = (("themes", "theme"), ("topics", "topic"), ("responses", "theme"))
    opened = {f"{page}-{name}": f"{page}?{name}={first[name]}" for page, name in deeper if name in first}
    if len(tagged):
        opened["responses-one"] = f"responses?response={tagged.iloc[0]}&theme={first['theme']}"
    return {
        **{page.path: page.path for page in PAGES},
        **opened,
        "report-part": "report?stakeholder_type=ngo&view=once",
    }


def _photograph(address: str, out: Path, views: dict[str, str], *, dark: bool) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for width in WIDTHS:
            context = browser.new_context(
                viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light"
            )
            page = context.new_page()
            for name, path in views.items():
                page.goto(f"{address}/{path}")
                settle(page)
                _tall(page, width)
                target = out / f"{name}-{width}{'-dark' if dark else ''}.png"
                page.screenshot(path=target, full_page=True)
                page.set_viewport_size({"width": width, "height": 900})
                sys.stdout.write(f"{target}\n")
            context.close()
        browser.close()


def settle(page: Page) -> None:
    """Wait until Streamlit has drawn the page and is at rest."""
    page.wait_for_selector("h1", timeout=60_000)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=60_000)
    page.wait_for_timeout(1000)


def _tall(page: Page, width: int) -> None:
    """Make the window as tall as the page, which scrolls inside it and grows while figures are drawn."""
    for _ in range(6):
        height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
        seen = page.viewport_size or {"height": 0}
        if seen["height"] >= height:
            return
        page.set_viewport_size({"width": width, "height": min(int(height) + 20, 16_000)})
        page.wait_for_timeout(1000)


def _example(folder: Path) -> Path:
    import consult
    from consult.pipeline import example_sources

    sources, title = example_sources("microcredentials")
    consult.run(sources, folder, title=title)
    return folder


def _server(study: Path, home: Path, port: int) -> subprocess.Popen[bytes]:
    from consult.cli.serving import STUDY, command
    from consult.dashboard.links import HOME

    environment = {**os.environ, STUDY: str(study.resolve()), HOME: str(home)}
    return subprocess.Popen(
        command(port=port, browser=False), env=environment, cwd=PROJECT, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait(port: int, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.3)
    message = f"the dashboard did not answer on port {port} within {seconds:.0f} s"
    raise SystemExit(message)


if __name__ == "__main__":
    main()
