"""The README's two commands do what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]


README = (PROJECT / "README.md").read_text(encoding="utf-8")


def test_the_readme_names_its_two_commands():
    commands = re.findall(r"^    (\S.*)$", README, flags=re.MULTILINE)
    assert commands[:2] == ["pip install uv && uv run consult example", "uv run pytest"]


def test_the_first_command_says_what_was_found(example_run):
    assert example_run.code == 0, example_run.err
    words = example_run.out
    assert "216 rows = 216 responses + 0 set aside." in words
    assert "(0 of the rows, and 4 texts, cells or files of responses that count)" in " ".join(words.split())
    assert "not audited" not in words or "Not audited: nobody has read" in " ".join(words.split())
    for heading in ("Languages (24)", "Campaigns: 2", "Themes of the codebook", "Topics found by the machine"):
        assert heading in words
    assert words.count("“") >= 10
    assert "invented by hand" in words
    assert words.rstrip().splitlines()[-1].strip() == "uv run consult dashboard --study microcredentials-example"
    assert (example_run.folder / "report.html").stat().st_size > 10_000


def test_it_ran_without_a_network(example_run):
    if not example_run.network_cut:
        pytest.skip("this system does not let a test take the network away (unshare -rn)")
    assert example_run.code == 0, example_run.err


def test_no_line_is_wider_than_a_terminal(example_run):
    printed = example_run.out.replace(str(example_run.folder), ".")  # how long its name is, is the machine's affair
    assert max(len(line) for line in printed.splitlines()) <= 100


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#]+)\)", README))
def test_every_link_of_the_readme_leads_somewhere(target):
    assert (PROJECT / target).exists()


def test_the_table_reference_is_current():
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "scripts/write_table_reference.py", "--check"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
