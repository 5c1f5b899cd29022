"""Repair, language and damage: what changes, and above all what must not."""

from __future__ import annotations

import re
from pathlib import Path

import ftfy
import pandas as pd
import pytest
import yaml
from ftfy.badness import MOJIBAKE_CATEGORIES, is_bad
from hypothesis import given, settings
from hypothesis import strategies as st

from consult import schema
from consult.text.documents import make_documents
from consult.text.language_scores import HEAD_CHARACTERS
from consult.text.languages import DECLARED_WEIGHT, EU_LANGUAGES, Identified, identify, identify_all
from consult.text.privacy import mask
from consult.text.repair import _suspects, count_words, damaged_share, decoded, repair

PROJECT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("MÃ¼ller", "Müller"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("<p>A &amp; B</p>", "A & B"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("soft\u00adhyphen\ufeff", "softhyphen"),
        ("  two   blanks ", "two blanks"),
        ("=1+1", "=1+1"),
        ("5 < 6 and 7 > 3", "5 < 6 and 7 > 3"),
        ("if a<b then c>d", "if a<b then c>d"),
        ("“Quoted” – l’accès…", "“Quoted” – l’accès…"),
        ("**not markdown** for us", "**not markdown** for us"),
        ("niepełnosprawność", "niepełnosprawność"),
        ("I got an A- on the test.", "I got an A- on the test."),
    ],
)
def test_repair_changes_only_what_it_says(given_text, expected):
    assert repair(given_text) == expected


@settings(deadline=None)
@given(st.text())
def test_repairing_twice_is_repairing_once_for_plain_text(text):
    plain = text.replace("<", "").replace("&", "")
    once = repair(plain)
    assert repair(once) == once or "â" in plain or "Ã" in plain or any(0x80 <= ord(c) <= 0xFF for c in once)


@settings(deadline=None)
@given(st.one_of(st.text(), st.text(alphabet="ab &<>;'-_\n\t\x00ÃÂ©â€™?")))
def test_short_ways_give_what_the_long_ways_give(text):
    """Plain texts are neither decoded again nor cleaned; words of ASCII are counted without a pattern."""
    ours = repair(text)
    assert ours == repair(f"{ftfy.fix_encoding(text)}\u200b") or not text.isascii()
    assert decoded(text) == ftfy.fix_encoding(text)
    assert count_words(text) == len(re.findall(r"\w+(?:['’\-]\w+)*", text))


_SIGNS = [
    c for c in map(chr, range(0x80, 0x10000)) if not "\ud800" <= c <= "\udfff"
    and re.match(f"[{''.join(MOJIBAKE_CATEGORIES.values())}]", c)
]  # fmt: skip


@settings(deadline=None)
@given(st.text(alphabet=[*_SIGNS, *"aZ .1ВГРСΒΓΞΟβвāЂ√≈‚Äâó×" * 8], max_size=6))
def test_no_text_that_was_decoded_wrongly_is_taken_for_a_good_one(text):
    assert decoded(text) == ftfy.fix_encoding(text)


def test_signs_that_are_passed_over_make_no_text_bad():
    passed = [c for c in [*_SIGNS, *"aZ ."] if not _suspects().search(c)]
    assert not any(is_bad("".join(first + second for second in passed)) for first in passed[::5])


@pytest.mark.parametrize(
    ("text", "damaged"),
    [
        ("Is this so? Yes.", False),
        ("Really?? Why?!", False),
        ("Est-ce vrai ? Oui.", False),
        ("see https://example.org/?q=1", False),
        ("uklju?ivanje IT sektora", True),
        ("???????? ??? ?? ???????", True),
        ("prawid\ufffdowy", True),
    ],
)
def test_lost_letters_are_told_from_questions(text, damaged):
    assert (damaged_share(text) > 0) is damaged


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        ("We would like to see more flexible learning for everybody.", "de", "en"),
        ("Die Anerkennung von Abschlüssen muss einfacher werden.", "en", "de"),
        ("Ok", "fi", "fi"),
        ("1234 !!", "pl", "pl"),
        ("1234 !!", None, "en"),
        ("Nixtiequ li t-tagħlim ikun miftuħ għal kulħadd f’pajjiżna.", None, "mt"),
    ],
)
def test_language_is_read_from_the_text_with_the_declared_one_as_evidence(text, declared, language):
    assert identify(text, declared).language == language


def test_many_texts_are_read_as_py3langid_reads_each():
    """The block's arrays give what py3langid gives text by text, whatever stands beside it, hints included."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    alone = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    alone.set_languages(EU_LANGUAGES)
    codebook = yaml.safe_load((PROJECT / "data/codebooks/lifelong-learning.yaml").read_text(encoding="utf-8"))
    phrases = [(p, code) for theme in codebook["themes"] for code, some in theme["phrases"].items() for p in some]
    examples = [(e["text"], e["language"]) for theme in codebook["themes"] for e in theme["examples"]]
    odd = [
        "",
        "...",
        "ΚΑΛΗΜΕΡΑ ΣΑΣ",
        "DAS IST GUT SO",
        "ﬁ",
        "e\u0301te\u0301",
        "語",
        "a\ud800b",
        "x" * 5000,
        "word " * 900,
    ]
    texts = [*phrases[::60], *examples[::3], *((text, "de") for text in odd)]
    assert {code for _, code in texts} == set(EU_LANGUAGES)
    found = identify_all([text for text, _ in texts], [code for _, code in texts])
    for (text, code), one in zip(texts, found, strict=True):
        if not any(c.isalpha() for c in text):
            assert one == Identified(code, 0.0)
            continue
        weights = {name: p * (DECLARED_WEIGHT if name == code else 1) for name, p in alone.rank(text[:HEAD_CHARACTERS])}
        best = max(weights, key=lambda name: (weights[name], name))
        assert one.language == best, text
        assert one.score == pytest.approx(weights[best] / sum(weights.values()), abs=1e-4)
    assert found[-3:] == [identify(*pair) for pair in texts[-3:]]


def test_a_text_in_no_known_script_keeps_the_declared_language_without_being_sure():
    assert identify("語", "de").language == "de"
    assert identify("語", "de").score < 0.6


def test_short_texts_are_honest_about_doubt():
    long = identify("The consultation should reach people who have left school early and live far from a town.")
    assert long.score > 0.9
    assert identify("Ja").score < 0.9
    assert identify("...").score == 0


def test_languages_of_real_sentences(shared_data):
    """Every SIB-200 development sentence in 24 languages, without a hint: at least 99 in 100 are right."""
    folder = shared_data / "sib200"
    codes = dict(zip(EU_LANGUAGES, sorted(EU_LANGUAGES), strict=True))
    names = {"bg": "bul_Cyrl", "el": "ell_Grek", "fi": "fin_Latn", "ga": "gle_Latn", "mt": "mlt_Latn", "sk": "slk_Latn"}
    right = total = 0
    for language, name in names.items():
        assert language in codes
        for text in pd.read_csv(folder / name / "dev.tsv", sep="\t", quoting=3)["text"]:
            right += identify(text).language == language
            total += 1
    assert right / total >= 0.99


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Write to ana.b@example.org now", "ana.b@example.org"),
        ("Call +32 2 123 45 67 today", "+32 2 123 45 67"),
        ("Tel. 030 12345678.", "030 12345678"),
        ("IBAN BE68 5390 0754 7034 please", "BE68 5390 0754 7034"),
    ],
)
def test_personal_data_is_masked_and_offsets_stay(text, hidden):
    masked = mask(text)
    assert hidden not in masked
    assert len(masked) == len(text)
    assert masked.replace("•", "") == text.replace(hidden, "")


@pytest.mark.parametrize(
    "text", ["Regulation (EU) 2016/679", "from 2021 to 2027", "F529892", "1,216 of 10 000 000", "3.5 %"]
)
def test_numbers_that_are_no_personal_data_stay(text):
    assert mask(text) == text


def _tables():
    questions = schema.build(
        "questions",
        [
            {"question_id": "q-open", "consultation_id": "c", "number": 1, "text": "Why?", "kind": "open"},
            {"question_id": "q-closed", "consultation_id": "c", "number": 2, "text": "Agree?", "kind": "closed"},
        ],
    )
    responses = schema.build(
        "responses",
        [
            {
                "response_id": f"r-{i}", "consultation_id": "c", "source_id": "s", "source_row": i,
                "declared_language": "en", "stakeholder_type": "ngo", "anonymous": False,
            }
            for i in (1, 2, 3)
        ],
    )  # fmt: skip
    answers = schema.build(
        "answers",
        [
            {"response_id": "r-1", "question_id": "q-open", "text": "Because learning is a right."},
            {"response_id": "r-1", "question_id": "q-closed", "text": "Yes"},
            {"response_id": "r-2", "question_id": "q-open", "text": "<br/> "},
            {"response_id": "r-3", "question_id": "q-open", "text": "????? ??? ?????? ?????"},
        ],
    )
    attachments = pd.DataFrame(columns=["response_id", "question_id", "attachment", "text"])
    pages = pd.DataFrame(columns=["response_id", "attachment", "page", "start", "end"])
    return answers, questions, responses, attachments, pages


def test_open_answers_become_documents_and_the_rest_is_accounted_for():
    made = make_documents(*_tables())
    assert made.documents["response_id"].tolist() == ["r-1", "r-3"] or set(made.documents["response_id"]) == {
        "r-1",
        "r-3",
    }
    assert set(made.set_aside["stage"]) == {"text"}
    reasons = dict(zip(made.set_aside["source_row"], made.set_aside["reason"], strict=True))
    assert "nothing is left" in reasons[2]
    assert "lost" in reasons[3]


def test_words_are_counted_as_a_reader_would():
    assert count_words("l’accès aux micro-certifications, c'est bien") == 5
