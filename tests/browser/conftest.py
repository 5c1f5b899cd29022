"""A real server and Debian's chromium; without chromium these tests are skipped."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from dashboard_study import make_study

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip

SMALL_CODEBOOK = """\
codebook: small
title: Small
version: 1
themes:
  - id: poverty
    name: People in poverty
    definition: Respondents speak of people without money.
    phrases: {en: ["poor people"], de: ["arme* mensch*"]}
  - id: costs
    name: Costs
    definition: What courses cost.
    phrases: {en: ["pay*"], de: ["bezahl*"], fr: ["pai*"]}
"""


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in Path(item.fspath).parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium():
    if not CHROMIUM.exists():
        pytest.skip(f"no chromium at {CHROMIUM}; install it with: apt-get install chromium")
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed; run: uv sync")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def small_server(tmp_path_factory):
    """The dashboard over the small study made by hand."""
    folder = tmp_path_factory.mktemp("small")
    make_study(folder / "study")
    yield from _serve({"CONSULT_STUDY": str(folder / "study"), "CONSULT_HOME": str(folder / "home")})


@pytest.fixture(scope="session")
def bare_server(tmp_path_factory):
    """The dashboard without a study."""
    yield from _serve({"CONSULT_HOME": str(tmp_path_factory.mktemp("home"))})


@pytest.fixture(scope="session")
def worked(tmp_path_factory):
    """The dashboard over a small study with topics and themes that were really found; its address and the study."""
    from consult.pipeline import Options, run_stage

    folder = tmp_path_factory.mktemp("worked")
    study = make_study(folder / "study")
    study.write_codebook(SMALL_CODEBOOK)
    for stage in ("topics", "tag"):
        run_stage(study, stage, Options())
    for address in _serve({"CONSULT_STUDY": str(study.path), "CONSULT_HOME": str(folder / "home")}):
        yield address, study


@pytest.fixture
def home_server(tmp_path):
    """A folder for studies, and a function that starts a server over it; returns its address and its process."""
    started = []

    def start():
        port = _free_port()
        server = _started(port, {"CONSULT_HOME": str(tmp_path)})
        started.append(server)
        _wait(port)
        return f"http://localhost:{port}", server

    yield tmp_path, start
    for server in started:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture
def page(chromium):
    """A window that notes every request that would leave this computer."""
    context = chromium.new_context(viewport={"width": 1280, "height": 1200})
    shown = context.new_page()
    shown.left = []
    shown.on("request", lambda r: shown.left.append(r.url) if _leaves(r.url) else None)
    yield shown
    context.close()
    assert shown.left == [], "the page asked other hosts for something"


def _leaves(url: str) -> bool:
    return not url.startswith(("http://localhost:", "ws://localhost:", "data:", "blob:"))


@pytest.fixture(scope="session")
def serve():
    """A function that serves the dashboard from a folder of its own; see `_serve`."""
    return _serve


def _serve(given: dict[str, str], folder: Path | None = None, settings=None):
    """Serve the dashboard; `settings`, given its address, writes what it reads from the folder it is started in."""
    port = _free_port()
    if settings is not None:
        settings(f"http://localhost:{port}")
    server = _started(port, given, folder)
    try:
        _wait(port)
        yield f"http://localhost:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def _started(port: int, given: dict[str, str], folder: Path | None = None):
    from consult.cli.serving import STUDY, command

    if shutil.which(sys.executable) is None:
        pytest.skip("no python to run the server with")
    environment = {k: v for k, v in os.environ.items() if k != STUDY} | given
    return subprocess.Popen(
        command(port=port, browser=False), env=environment, cwd=folder, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.3)
    pytest.fail(f"the dashboard did not answer on port {port}")
