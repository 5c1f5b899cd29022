"""Passages: exact offsets, nothing lost, nothing twice."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.text.languages import EU_LANGUAGES
from consult.text.passages import LONG_SENTENCE, passage_spans, sentence_spans

words = st.sampled_from(
    ["learning", "Ja.", "accès", "for", "all;", "why?", "-", "2.5", "(a)", "e.g.", "Ñ", "\n", "\n\n", "•"]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(words, max_size=400), st.sampled_from(EU_LANGUAGES))
def test_every_character_is_in_exactly_one_passage(parts, language):
    text = " ".join(parts).strip()
    spans = passage_spans(text, language)
    covered = [i for start, end in spans for i in range(start, end)]
    assert covered == sorted(set(covered))
    assert {i for i, c in enumerate(text) if not c.isspace()} <= set(covered)
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
    assert all(len(text[start:end].split()) <= 3 * LONG_SENTENCE for start, end in spans)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("One short answer", ["One short answer"]),
        (
            "The last bus leaves at five in our village and the college is in town. "
            "Nobody over fifty has ever been asked what they would like to learn there.",
            [
                "The last bus leaves at five in our village and the college is in town.",
                "Nobody over fifty has ever been asked what they would like to learn there.",
            ],
        ),
        ("- time\n- money\n- childcare", ["- time\n- money\n- childcare"]),
    ],
)
def test_sentences_are_kept_whole_and_short_ones_joined(text, expected):
    assert [text[start:end] for start, end in passage_spans(text, "en")] == expected


def test_offsets_hold_in_the_example(example_study):
    documents = example_study.read("documents").set_index("document_id")["text"]
    passages = example_study.read("passages")
    assert len(passages)
    for row in passages.itertuples():
        assert documents[row.document_id][row.start : row.end] == row.text


@pytest.mark.parametrize(
    ("text", "language", "n"),
    [
        (
            "We have cameras everywhere, e.g. in shops, stations, etc. (see the annex of our paper). That must end.",
            "en",
            2,
        ),
        ("Nale?y równie? pami?ta?, ?e AI zmienia prac?. Drugie zdanie mówi o szko?ach i o nauczycielach.", "pl", 2),
        ("Les frais, cf. annexe, etc. sont trop élevés pour Mme. Durand. Les prix doivent baisser.", "fr", 2),
    ],
)
def test_an_abbreviation_or_a_lost_letter_does_not_end_a_sentence(text, language, n):
    assert len(sentence_spans(text, language)) == n
