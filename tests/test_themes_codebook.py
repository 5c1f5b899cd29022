"""Codebooks: what is read, what is refused in plain words, and that the shipped ones are sound."""

from __future__ import annotations

from pathlib import Path

import pytest

from consult.errors import UserError
from consult.text.languages import EU_LANGUAGES
from consult.themes import strict_yaml
from consult.themes.codebook import load_codebook, parse_codebook

SHIPPED = sorted((Path(__file__).parents[1] / "data" / "codebooks").glob("*.yaml"))
HEAD = "codebook: made\ntitle: Made\n"
THEME = HEAD + "themes:\n  - id: access\n    name: Access\n    definition: Who gets in.\n"


def test_a_codebook_is_read() -> None:
    text = THEME + (
        "    phrases: {no: [x]}\n".replace("no", "en")
        + "    rules: [{language: en, all: [a, b]}]\n"
        + "  - {id: poor, name: Poor, definition: No money., parent: access, similarity: 0.6}\n"
        + "  - {id: poorest, name: Poorest, definition: Less., parent: poor}\n"
        + "changes: [{version: 1, date: 2021-01-01, by: Ana, why: start}]\n"
    )
    codebook = parse_codebook(text, "made.yaml")
    assert codebook.ancestors("poorest") == ("poor", "access")
    assert codebook.descendants("access") == ("poor", "poorest")
    assert codebook.by_id["poor"].similarity == 0.6
    assert codebook.by_id["access"].rules[0].within == 8
    assert codebook.changes[0].by == "Ana"
    table = codebook.themes_table()
    assert table["theme_id"].tolist() == ["access", "poor", "poorest"]
    assert table["parent_id"].isna().tolist() == [True, False, False]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("themes: [", ["line", "not YAML"]),
        ("- a\n- b\n", ["not a list of fields"]),
        (HEAD, ["no theme was found"]),
        (HEAD + "themes: []\n", ["no theme was found"]),
        (HEAD + "themes:\n  - {name: A, definition: B}\n", ["theme 1", "'id' is empty"]),
        (THEME + "    phrase: {}\n", ["theme 1", "no field 'phrase'", "Did you mean 'phrases'"]),
        (THEME + "    parent: acess\n", ["theme 'access'", "no theme 'acess'", "Did you mean 'access'"]),
        (THEME + "    parent: access\n", ["circle"]),
        (THEME + "  - {id: access, name: B, definition: C}\n", ["used twice"]),
        (THEME + "    name: Again\n", ["line", "'name' is written twice"]),
        (THEME + "    phrases: {xx: [a]}\n", ["'xx' is not a language code"]),
        (THEME + "    phrases: {en: [a, a]}\n", ["'a' is written twice"]),
        (THEME + '    phrases: {en: ["ab*"]}\n', ["theme 'access'", "too short for a star", "docs/codebook.md"]),
        (THEME + "    phrases: [a]\n", ["lists by language"]),
        (THEME + "    rules: [{language: en, all: [a]}]\n", ["'all' holds 1"]),
        (THEME + "    rules: [{language: en, all: [a, b], within: many}]\n", ["within: many"]),
        (THEME + "    similarity: 3\n", ["at most 1"]),
        (THEME + "    examples: [{language: en}]\n", ["'text' is empty"]),
    ],
)
def test_faults_are_named_in_plain_words(text: str, parts: list[str]) -> None:
    with pytest.raises(UserError) as caught:
        parse_codebook(text, "made.yaml")
    message = str(caught.value)
    assert message.startswith("made.yaml")
    for part in parts:
        assert part in message


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such file"):
        load_codebook(tmp_path / "none.yaml")
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="UTF-8"):
        load_codebook(tmp_path / "binary.yaml")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_shipped_codebooks_are_complete(path: Path) -> None:
    codebook = load_codebook(path)
    for theme in codebook.themes:
        assert len(theme.examples) >= 4, theme.theme_id
        assert theme.counts, theme.theme_id
        languages = set(theme.phrases)
        assert {"en", "de", "fr", "es", "it", "nl", "pl", "pt"} <= languages, theme.theme_id
        assert len(languages) >= 20, theme.theme_id
        if path.stem == "lifelong-learning":
            assert languages == set(EU_LANGUAGES), theme.theme_id


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_both_yaml_readers_give_the_same_codebook(path, monkeypatch) -> None:
    fast = load_codebook(path)
    parse_codebook.cache_clear()
    monkeypatch.setattr(strict_yaml, "_FastLoader", None)
    slow = load_codebook(path)
    assert slow is not fast
    assert slow == fast


@pytest.mark.parametrize(
    "text",
    [
        "a: no\nb: on\nc: yes\nd: true\ne: ~\n",
        "a: 1\nb: 1.5\nc: 0x1f\nd: 010\ne: 2021-01-01\nf: '1'\ng: 1_000\n",
        "a: &x {b: [1, 2]}\nc: *x\nd: {<<: *x, e: 3}\n",
        "a: |\n  two\n  lines\nb: >\n  one\n  line\n",
        "a: \u0432\u0441\u0435\u043a\u0438\nb: \"\\u00e9\\n\"\nc: 'it''s'\n",
        "",
    ],
)
def test_both_yaml_readers_understand_the_same(text, monkeypatch) -> None:
    fast = strict_yaml.read_yaml(text)
    monkeypatch.setattr(strict_yaml, "_FastLoader", None)
    assert strict_yaml.read_yaml(text) == fast


@pytest.mark.parametrize(
    "text",
    ["themes: [", "a: *x\n", "a: b: c\n", "a: {b\n", "\ta: b\n", "a: 1\na: 2\n", "a: \x01\n", "a: !!python/x 1\n"],
)
def test_both_yaml_readers_refuse_in_the_same_words(text, monkeypatch) -> None:
    with pytest.raises(UserError) as fast:
        parse_codebook(text, "made.yaml")
    monkeypatch.setattr(strict_yaml, "_FastLoader", None)
    with pytest.raises(UserError) as slow:
        parse_codebook(text, "made.yaml")
    assert str(fast.value) == str(slow.value)
