"""The documentation is current: references as generated, every link a target, the tutorial run, the site built."""

from __future__ import annotations

import importlib.util
import inspect
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]

DOCS = PROJECT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))


def load(script):
    spec = importlib.util.spec_from_file_location(script, PROJECT / "scripts" / f"{script}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("script", ["write_command_reference", "write_api_reference"])
def test_generated_references_are_current(script):
    module = load(script)
    assert module.TARGET.read_text(encoding="utf-8") == module.reference(), f"run: uv run python scripts/{script}.py"


def test_the_reference_of_functions_has_all_that_is_public():
    import consult
    from consult import charts, measures, report

    text = (DOCS / "api.md").read_text(encoding="utf-8")
    for module in (charts, measures, report):
        for name in module.__all__:
            if inspect.isfunction(getattr(module, name)) or inspect.isclass(getattr(module, name)):
                assert f"### {module.__name__.removeprefix('consult.')}.{name}\n" in text
    for name in consult.__all__:
        assert getattr(consult, name) is not None


def shape(output):
    """An output without its numbers: they move with the codebook, and `run_tutorial.py` brings them up to date."""
    return re.sub(r"\s+", " ", re.sub(r"[\d.,]+", "#", output)).strip()


def test_the_tutorial_runs_and_prints_what_it_shows(example_study, tmp_path, monkeypatch):
    shutil.copytree(example_study.path, tmp_path / "my-study")  # so that its run finds every stage up to date
    monkeypatch.chdir(tmp_path)
    tutorial = load("run_tutorial")
    blocks = tutorial.run_blocks(tutorial.TUTORIAL.read_text(encoding="utf-8"))
    assert len(blocks) > 8
    for code, shown, printed in blocks:
        assert shape(printed) == shape(shown), f"{code}\nrun: uv run python scripts/run_tutorial.py"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(DOCS)))
def test_every_link_of_a_page_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target.split("#")[0] if target.split("#")[0] else page).exists(), target


def test_every_page_is_in_the_navigation():
    found = set(re.findall(r'= "([\w/-]+\.md)"', (PROJECT / "zensical.toml").read_text(encoding="utf-8")))
    pages = {str(page.relative_to(DOCS)) for page in PAGES if "decisions" not in page.parts}
    assert found == pages


def test_every_command_of_the_pages_exists():
    from typer.main import get_command

    from consult.cli.application import app

    load("write_command_reference").reference()  # loads all commands
    commands, named = set(get_command(app).commands), set()
    for page in PAGES:
        if "decisions" in page.parts:
            continue
        for name in re.findall(r"(?:^    uv run |`)consult ([a-z]+)\b", page.read_text(encoding="utf-8"), re.MULTILINE):
            assert name in commands, f"{page.name}: consult {name}"
            named.add(name)
    assert {"run", "report", "claim"} <= named


def test_the_site_builds_without_a_network(tmp_path):
    beside = shutil.which("zensical", path=os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]]))  # noqa: PTH120
    if beside is None:
        pytest.skip("zensical is not installed; install it with: uv sync --group docs")
    shutil.copytree(DOCS, tmp_path / "docs")
    shutil.copy(PROJECT / "zensical.toml", tmp_path)
    cut = ["unshare", "-rn"] if shutil.which("unshare") else []
    if cut and subprocess.run([*cut, "true"], check=False, capture_output=True).returncode:
        cut = []
    done = subprocess.run(
        [*cut, beside, "build", "--strict"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    site = tmp_path / tomllib.loads((tmp_path / "zensical.toml").read_text(encoding="utf-8"))["project"]["site_dir"]
    for page in ("index.html", "tutorial.html", "method.html", "api.html", "how-to/journalist.html"):
        text = (site / page).read_text(encoding="utf-8")
        fetched = re.findall(r"""<(?:script|link|img)[^>]+(?:src|href)=["']?(https?://[^"'\s>]+)""", text)
        assert not [url for url in fetched if "canonical" not in url], page
