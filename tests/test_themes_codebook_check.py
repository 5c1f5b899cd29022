"""Warnings about a codebook that can be read and yet does not say what its author meant."""

from __future__ import annotations

import pytest

from consult.themes.codebook import Codebook, parse_codebook
from consult.themes.codebook_check import codebook_warnings
from test_themes_tagging import tables

EXAMPLES = ", ".join(f'{{language: en, text: "Sentence {n}."}}' for n in range(4))


def made(fields: str, second: str = "") -> Codebook:
    theme = f"  - {{id: a, name: A, definition: Something., examples: [{EXAMPLES}], {fields}}}\n"
    other = f"  - {{id: b, name: B, definition: Else., examples: [{EXAMPLES}], {second}}}\n" if second else ""
    return parse_codebook(f"codebook: made\ntitle: Made\nthemes:\n{theme}{other}", "made.yaml")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ('phrases: {en: ["age*"]}', "'age*' is a short stem"),
        ('phrases: {en: ["the"]}', "'the' is a word of nearly every text"),
        ('phrases: {en: ["young"]}, exclusions: {en: ["you*", "young"]}', "it never counts"),
        ('phrases: {en: ["library"]}', "no theme has phrases in bg, cs"),
    ],
)
def test_faults_are_said_with_theme_and_phrase(fields: str, expected: str) -> None:
    assert any(expected in warning for warning in codebook_warnings(made(fields)))


def test_no_examples_and_a_phrase_of_several_themes() -> None:
    book = parse_codebook(
        "codebook: made\ntitle: Made\nthemes:\n"
        "  - {id: a, name: A, definition: X., phrases: {en: [library]}}\n"
        "  - {id: b, name: B, definition: X., phrases: {en: [library], de: [Bibliothek]}}\n"
        "  - {id: c, name: C, definition: X., parent: b, phrases: {en: [library]}}\n",
        "made.yaml",
    )
    warnings = codebook_warnings(book)
    assert any("theme 'a': no example sentences" in w for w in warnings)
    assert any("themes 'a', 'b' and 'c', en, phrase 'library'" in w for w in warnings)
    assert any("themes 'b' and 'c', en, phrase 'library': the narrower theme gives the broader" in w for w in warnings)
    assert any("theme 'a': no phrases in de, which other themes have" in w for w in warnings)


def test_a_sound_theme_draws_no_warning_but_that_of_languages() -> None:
    good = (
        'phrases: {en: ["disadvantaged group*", "phd*", "poor|low|dubious|uneven|doubtful quality"]}, '
        'exclusions: {en: ["accessible price"]}, rules: [{language: en, all: ["pay*", "cost*"]}]'
    )
    (only,) = codebook_warnings(made(good))
    assert only.startswith("no theme has phrases in bg, cs")


def test_texts_show_what_is_never_found() -> None:
    """'privacy|gdpr|personal data' was meant as three phrases: no text has 'privacy data'."""
    rule = 'rules: [{language: en, all: ["voucher", "unicorn"]}]'
    book = made(f'phrases: {{en: ["privacy|gdpr|personal data"]}}, {rule}')
    texts = ["Our privacy.", "The GDPR is clear.", "My personal data."] * 100
    passages, documents, _ = tables(texts)
    warnings = codebook_warnings(book, passages, documents)
    assert any("'data' follows 'personal' only" in w for w in warnings)
    assert any("part of a rule 'unicorn': it is found nowhere" in w for w in warnings)
    few = codebook_warnings(book, passages.head(30), documents)
    assert not any("found nowhere" in w for w in few)
