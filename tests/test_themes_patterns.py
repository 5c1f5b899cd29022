"""The pattern language, and where phrases are found in texts."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.themes import lexicon
from consult.themes.codebook import Codebook, parse_codebook
from consult.themes.matching import LanguageMatcher
from consult.themes.patterns import PatternError, parse_pattern
from consult.themes.words import HARD_BREAK, SOFT_BREAK, damaged, fold, split_words


def one_theme(
    phrases: list[str], language: str = "en", exclusions: list[str] | None = None, rules: str = ""
) -> Codebook:
    listed = ", ".join(f'"{p}"' for p in phrases)
    left_out = ", ".join(f'"{p}"' for p in exclusions or [])
    return parse_codebook(
        f"""
codebook: made
title: Made
themes:
  - id: a
    name: A
    definition: Something.
    phrases: {{{language}: [{listed}]}}
    exclusions: {{{language}: [{left_out}]}}
    rules: [{rules}]
""",
        "made.yaml",
    )


def found(text: str, phrases: list[str], language: str = "en", **more: object) -> list[str]:
    codebook = one_theme(phrases, language, **more)  # type: ignore[arg-type]
    words = split_words(text)
    matcher = LanguageMatcher(codebook.themes, language, Counter(words.keys))
    return [text[h.start : h.end] for h in matcher.find(words).get(0, ())]


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        ("left behind", "Nobody is Left  Behind here.", ["Left  Behind"]),
        ("left behind", "left. Behind", []),
        ("left behind", "left, behind", []),
        ("voucher", "Two vouchers", ["vouchers"]),
        ("afford*", "It is affordable", ["affordable"]),
        ("*learning", "e-learning and microlearning", ["learning", "microlearning"]),
        ("*train*", "retraining", ["retraining"]),
        ("access ... all", "access to good courses for all", ["access to good courses for all"]),
        ("access ... all", "access to a lot of very good courses for all", []),
        ("access ... all", "access to it, for all", ["access to it, for all"]),
        ("access ... all", "access to it. It is for all", []),
        ("poor | low-income people", "low-income people, poor people", ["low-income people", "poor people"]),
        ("low-skilled", "low skilled, lowskilled and low-skilled", ["low skilled", "lowskilled", "low-skilled"]),
        ("people's right", "the people\u2019s right", ["people\u2019s right"]),
    ],
)
def test_phrases_match_what_the_guide_says(phrase: str, text: str, expected: list[str]) -> None:
    assert found(text, [phrase]) == expected


@pytest.mark.parametrize(
    ("language", "phrase", "text", "expected"),
    [
        ("de", "behinderung", "Menschen mit Behinderungen", ["Behinderungen"]),
        ("de", "*schule", "die Volkshochschule", ["Volkshochschule"]),
        ("fr", "accès", "l'acces et l\u2019accès", ["acces", "accès"]),
        ("fi", "vammais*", "vammaisille", ["vammaisille"]),
        ("sv", "vård", "vard", []),
        ("pl", "umiejętnoś*", "brak umiej?tno?ci", ["umiej?tno?ci"]),
        ("pl", "równoś*", "równolegle", []),
        ("el", "ευθύν*", "ΕΥΘΥΝΗ", ["ΕΥΘΥΝΗ"]),
        ("hu", "*képzés", "szakképzés", ["szakképzés"]),
    ],
)
def test_inflection_accents_and_damage(language: str, phrase: str, text: str, expected: list[str]) -> None:
    """Lemmas, compounds, left-out accents and letters lost before the text got here."""
    assert found(text, [phrase], language) == expected


def test_the_longest_of_overlapping_hits_is_kept() -> None:
    assert found("people with disabilities", ["disabilit*", "people with disabilit*"]) == ["people with disabilities"]


def test_a_phrase_inside_an_exclusion_does_not_count() -> None:
    text = "An accessible price is not accessible learning."
    assert found(text, ["accessible"], exclusions=["accessible price*"]) == ["accessible"]


def test_a_longer_phrase_around_an_exclusion_counts() -> None:
    """Only a hit that lies wholly inside an exclusion is left out."""
    text = "access at accessible price for all"
    assert found(text, ["accessible"], exclusions=["accessible price"]) == []
    assert found(text, ["access ... all"], exclusions=["accessible price"]) == [text]


def test_rules_need_all_their_parts_nearby() -> None:
    rule = '{language: en, all: ["access*", "poor"], within: 3}'
    assert found("The poor have no access.", [], rules=rule) == ["poor have no access"]
    assert found("The poor, as everyone knows all too well, lack access.", [], rules=rule) == []
    assert found("They are poor. Access is easy.", [], rules=rule) == []


def test_english_phrases_are_tried_on_other_languages_but_not_on_their_own_words() -> None:
    """English 'care' is not the Romanian 'care' (which), but 'lifelong learning' is English anywhere."""
    codebook = one_theme(["care", "lifelong learning"])
    words = split_words("programe de lifelong learning, care sunt bune")
    matcher = LanguageMatcher(codebook.themes, "ro", Counter(words.keys))
    assert [h.phrase for h in matcher.find(words)[0]] == ["lifelong learning"]


@pytest.mark.parametrize("phrase", ["", "  ", "...", "a ... ", "... a", "ab*", "wo*rd", "a||b", "!?", "a|-"])
def test_faulty_phrases_are_refused(phrase: str) -> None:
    with pytest.raises(PatternError):
        parse_pattern(phrase)


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_words_are_verbatim_and_in_order(text: str) -> None:
    words = split_words(text)
    for key, start, end in zip(words.keys, words.starts, words.ends, strict=True):
        if key not in (HARD_BREAK, SOFT_BREAK):
            assert fold(text[start:end]) == key
    assert list(words.starts) == sorted(words.starts)


_PIECES = ["access", "poor", "people", "low-skilled", "for", "all", ".", ",", "\n\n", "Zugang", "é", " ", "?", "\u2019"]


@given(st.lists(st.sampled_from(_PIECES), max_size=40))
@settings(max_examples=150, deadline=None)
def test_hits_start_and_end_with_words_of_the_text(pieces: list[str]) -> None:
    text = " ".join(pieces)
    words = split_words(text)
    codebook = one_theme(["access ... all", "poor people", "low-skilled", "peop*"])
    matcher = LanguageMatcher(codebook.themes, "en", Counter(words.keys))
    last = 0
    hits = matcher.find(words).get(0, ())
    assert hits or "low-skilled" not in pieces
    for hit in hits:
        assert last <= hit.start < hit.end <= len(text)
        assert hit.start in words.starts
        assert hit.end in words.ends
        last = hit.end


def test_damaged_words_keep_what_the_code_page_has() -> None:
    assert damaged("bezpieczeństwo") == "bezpiecze?stwo"
    assert damaged("równoś") == "równo"
    assert damaged("równoś", keep_end=True) == "równo?"


def test_the_store_says_what_the_dictionary_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tagging must not depend on whether a word's forms were stored beforehand."""
    vocabulary = ["women", "woman", "fees", "fee", "unknownword"]
    stored = lexicon.forms(["women", "woman", "fee"], "en", vocabulary)
    english = lexicon.only_english(["care", "skills", "voucher"], "ro")
    monkeypatch.setattr(lexicon, "_store", lambda: {"forms": {}, "english": [], "also": {}})
    monkeypatch.setattr(lexicon, "_asked_english", frozenset)
    monkeypatch.setattr(lexicon, "_also", lambda _language: frozenset())
    looked_up = lexicon.forms(["women", "woman", "fee"], "en", vocabulary)
    for word, forms in looked_up.items():
        assert forms == stored[word] & set(vocabulary)
    assert lexicon.only_english(["care", "skills", "voucher"], "ro") == english
