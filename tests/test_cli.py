"""The commands as a person meets them: words, exit codes, what they write."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from consult.cli import COMMAND_MODULES, main
from consult.cli.application import app
from test_cli_codebook import CODEBOOK

PROJECT = Path(__file__).parents[1]

for name in COMMAND_MODULES:
    importlib.import_module(f"consult.cli.{name}")
COMMANDS = [command.name or command.callback.__name__ for command in app.registered_commands] + [
    group.name for group in app.registered_groups
]
HEAVY = ("pandas", "numpy", "spacy", "bertopic", "streamlit", "duckdb", "sklearn", "altair", "plotly")


def test_the_command_line_loads_nothing_heavy():
    modules = ", ".join(COMMAND_MODULES)
    code = f"import sys; from consult.cli import {modules}; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command, capsys):
    assert main([command, "--help"]) == 0
    assert "--" in capsys.readouterr().out


def test_the_list_of_commands_says_of_each_the_whole_of_what_it_does(capsys):
    assert main(["--help"]) == 0
    assert "..." not in capsys.readouterr().out.split("Commands:")[1]


def test_the_readme_names_every_command():
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    assert [c for c in COMMANDS if f"`{c}`" not in readme and f"consult {c}" not in readme] == []


def write(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", ""),
        ("header.csv", "id,text\n"),
        ("no-text.csv", "id,size\n1,2\n2,3\n"),
        ("binary.csv", bytes(range(256)) * 40),
        ("image.csv", b"\x89PNG\r\n\x1a\n" + b"\0" * 500),
        ("broken.json", '{"a": '),
        ("broken.xlsx", "PK not really"),
    ],
)
def test_a_bad_file_gets_one_clear_message(tmp_path, capsys, name, content):
    path = write(tmp_path, name, content)
    assert main(["run", str(path), "--study", str(tmp_path / "study")]) == 1
    error = capsys.readouterr().err
    message = error.strip().splitlines()[-1]
    assert name in message
    assert "Traceback" not in error


def test_a_file_that_is_not_there(tmp_path, capsys):
    assert main(["run", str(tmp_path / "no.csv"), "--study", str(tmp_path / "s")]) == 1
    assert "no.csv" in capsys.readouterr().err


def test_a_folder_that_is_no_study(tmp_path, capsys):
    (tmp_path / "x.txt").write_text("x")
    assert main(["topics", "--study", str(tmp_path)]) == 1
    assert "not a study" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["run", "--nope"], ["nothing"], ["run", "a.csv", "--study", "s", "--map", "text"]]
)
def test_wrong_usage_ends_with_2(arguments, capsys):
    assert main(arguments) == 2
    assert capsys.readouterr().err


def test_no_study_is_named(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["topics"]) == 1
    assert "--study" in capsys.readouterr().err


def test_one_open_question_and_nothing_else_needs_no_mapping(tmp_path, capsys):
    lines = "\n".join(f"Evening course number {i} should be open to shift workers." for i in range(30))
    path = write(tmp_path, "answers.csv", f"What should change?\n{lines}\n")
    book = write(tmp_path, "small.yaml", CODEBOOK)
    assert main(["run", str(path), "--study", str(tmp_path / "s"), "--codebook", str(book), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["n_rows"] == found["n_responses"] == 30
    assert found["n_documents"] == 30


def test_the_mapping_is_followed_and_the_reference_kept(tmp_path, capsys):
    rows = "\n".join(f"K{i};Yes;Our school number {i} needs more teachers every year.;Belgium" for i in range(20))
    path = write(tmp_path, "own.csv", f"Key;Agree;Words;Land\n{rows}\n")
    study = tmp_path / "s"
    arguments = ["ingest", str(path), "--study", str(study), "--json"]
    for pair in ("reference=Key", "closed=Agree", "text=Words", "country=Land"):
        arguments += ["--map", pair]
    assert main(arguments) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["questions"] == {"closed": 1, "open": 1}
    from consult.study import Study

    responses = Study.open(study).read("responses")
    assert sorted(responses["reference"]) == sorted(f"K{i}" for i in range(20))
    assert set(responses["country"]) == {"BE"}


def test_a_wrong_column_in_the_mapping_is_named_with_those_there_are(tmp_path, capsys):
    path = write(tmp_path, "own.csv", "Key,Words\n1,Our school needs more teachers every year.\n")
    assert main(["ingest", str(path), "--study", str(tmp_path / "s"), "--map", "text=Wrods"]) == 1
    error = capsys.readouterr().err
    assert "Wrods" in error
    assert "Words" in error


def test_check_says_what_a_file_is(capsys):
    from consult.pipeline import example_sources

    (source,), _ = example_sources("microcredentials")
    assert main(["check", str(source)]) == 1
    words = capsys.readouterr().out
    assert "216 rows = 216 responses + 0 set aside" in words
    assert "#NAME?" in words.split("What looks wrong:")[1]
    assert main(["check", "--formats"]) == 0


def test_check_of_a_study(example_study, capsys):
    assert main(["check", str(example_study.path)]) == 0
    assert "Nothing looks wrong" in capsys.readouterr().out


def test_each_stage_alone(example_study, capsys):
    for command in ("campaigns", "topics", "tag"):
        assert main([command, "--study", str(example_study.path), "--json"]) == 0
        assert json.loads(capsys.readouterr().out)
