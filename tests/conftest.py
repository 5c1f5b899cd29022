"""What tests share: the real data where it is there, and the README's example, run once without a network."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

# Threads that wait for the next matrix product take more time than the small products here; set before NumPy loads.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}
os.environ.update(ONE_THREAD)

PROJECT = Path(__file__).parents[1]
SHARED = PROJECT.parent / "shared" / "data"


def pytest_collection_finish():
    """Look for garbage less often: what the imports made stays for good, and was gone through again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)


@pytest.fixture(scope="session", autouse=True)
def _packages_read_once():
    """For every page that it opens, Streamlit's AppTest reads what all installed packages say of themselves."""
    if "streamlit" not in sys.modules:  # no test chosen imports it
        yield
        return
    from streamlit.components.v2 import manifest_scanner

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(scope="session")
def shared_data() -> Path:
    if not SHARED.is_dir():
        pytest.skip(f"the real consultations are not at {SHARED}")
    return SHARED


@dataclass(frozen=True)
class ExampleRun:
    """What `consult example` printed and where it put its study and report."""

    folder: Path
    code: int
    out: str
    err: str
    network_cut: bool


def _without_network() -> list[str]:
    """Words before a command that take its network away, where the system allows it."""
    unshare = shutil.which("unshare")
    if unshare and subprocess.run([unshare, "-rn", "true"], check=False, capture_output=True).returncode == 0:
        return [unshare, "-rn"]
    return []


@pytest.fixture(scope="session")
def example_run(tmp_path_factory) -> ExampleRun:
    """
    The README's first command after installation: an empty home, and no network where that can be arranged.

    It runs on as many threads as there are cores; what tests make of the same sources on one thread must be the same.
    """
    folder = tmp_path_factory.mktemp("example")
    (folder / "home").mkdir()
    before = _without_network()
    done = subprocess.run(
        [*before, sys.executable, "-c", "from consult.cli import run_main; run_main()", "example"],
        cwd=folder,
        env={k: v for k, v in os.environ.items() if k not in ONE_THREAD} | {"HOME": str(folder / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    return ExampleRun(folder, done.returncode, done.stdout, done.stderr, bool(before))


@pytest.fixture(scope="session")
def example_study(example_run):
    """The study that `consult example` made; tests only read it."""
    from consult.study import Study

    assert example_run.code == 0, example_run.err
    return Study.open(example_run.folder / "microcredentials-example")


@pytest.fixture(scope="session")
def with_known_vectors(example_study):
    """Give a new study the vectors of the example's texts and codebook, where a test is not about encoding them."""

    def give(study):
        kept = Path("models") / "vectors-auto.parquet"
        (study.path / kept).parent.mkdir(exist_ok=True)
        shutil.copy(example_study.path / kept, study.path / kept)
        return study

    return give


@pytest.fixture(scope="session")
def example_content(example_study):
    """What the example's report says, written once for all; a figure is drawn when a test first asks for it."""
    from consult.report.content import build

    return build(example_study)


@pytest.fixture(scope="session")
def small_study(tmp_path_factory):
    """A small study made by hand for the pages of the dashboard; tests only read it."""
    from dashboard_study import make_study

    return make_study(tmp_path_factory.mktemp("dashboard") / "study")


@pytest.fixture
def open_small(small_study, monkeypatch, tmp_path):
    """The small study, open in the dashboard, whose own folder is empty."""
    from consult.cli.serving import STUDY
    from consult.dashboard.links import HOME

    monkeypatch.setenv(STUDY, str(small_study.path))
    monkeypatch.setenv(HOME, str(tmp_path))
    return small_study
