"""Every text of the interface in every language, and languages side by side without meeting."""

from __future__ import annotations

import re
import sys
import threading
from datetime import date
from pathlib import Path

import pytest

from consult.charts.style import Words
from consult.errors import UserError
from consult.translation import (
    LANGUAGES,
    country_name,
    day,
    later,
    number,
    percent,
    say,
    say_n,
    speak,
    speaking,
    spoken,
)

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))
import catalogues

OTHERS = [language for language in LANGUAGES if language != "en"]
UPDATE = "run scripts/catalogues.py and translate what it lists"


@pytest.fixture(scope="module")
def wanted():
    return {message.id for message in catalogues.extracted() if message.id}


@pytest.fixture(scope="module", params=OTHERS)
def catalogue(request):
    return catalogues.kept(request.param)


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"{(\w*)}", text))


def strings(message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


def test_the_script_and_the_package_know_the_same_languages():
    assert set(catalogues.LANGUAGES) == set(OTHERS)


def test_a_catalogue_holds_what_the_code_says_and_nothing_else(catalogue, wanted):
    assert {message.id for message in catalogue if message.id} == wanted, UPDATE


def test_nothing_is_left_untranslated_or_fuzzy(catalogue):
    assert catalogues.missing(catalogue) == [], UPDATE
    assert not [message.id for message in catalogue if message.id and message.fuzzy]


def test_plurals_have_all_their_forms(catalogue):
    for message in catalogue:
        if message.id and message.pluralizable:
            assert len(strings(message)) == catalogue.num_plurals, message.id


def test_placeholders_are_those_of_the_english_text(catalogue):
    for message in catalogue:
        if message.id:
            known = placeholders(message.id[-1] if message.pluralizable else message.id)
            assert all(placeholders(text) == known for text in strings(message) if text), message.id


def test_a_topic_is_never_called_a_theme(catalogue):
    word = {message.id: message.string for message in catalogue if message.id}
    assert word["Topic"] != word["Theme"]
    assert word["Topics"] != word["Themes"]


def test_texts_inside_other_calls_are_found():
    source = 'f"{say(\'one\')}"\nlater("two" " three")\nsay_n("{n} a", "{n} b", n)\nsay(variable)'
    assert list(catalogues.texts_in(catalogues.ast.parse(source))) == ["one", "two three", ("{n} a", "{n} b")]


def test_numbers_dates_and_names_follow_the_language():
    told = {}
    for language in LANGUAGES:
        with speaking(language):
            told[language] = (number(1216), percent(0.0409), day(date(2021, 4, 3)), country_name("DE"))
    assert told["en"] == ("1,216", "4.1 %", "3 April 2021", "Germany")
    assert told["de"] == ("1.216", "4,1\xa0%", "3. April 2021", "Deutschland")
    assert told["pl"] == ("1\xa0216", "4,1%", "3 kwietnia 2021", "Niemcy")
    assert len({names for *_, names in told.values()}) == 6


@pytest.mark.parametrize(("n", "told"), [(1, "1 zgłoszenie"), (3, "3 zgłoszenia"), (12, "12 zgłoszeń")])
def test_polish_has_three_forms(n, told):
    with speaking("pl"):
        assert say_n("{n} response", "{n} responses", n) == told


def test_an_unknown_text_stays_english_and_an_unknown_language_is_an_error():
    with speaking("fr"):
        assert say(later("Topics")) == "Sujets"
        assert say("nobody wrote this {down}") == "nobody wrote this {down}"
    with pytest.raises(UserError, match="allowed are en, fr, de, es, it, pl"):
        speak("tlh")


def test_sessions_side_by_side_do_not_meet():
    heard = {}

    def session(language):
        speak(language)
        started.wait()
        heard[language] = (spoken(), say("Themes"))

    started = threading.Barrier(len(LANGUAGES))
    threads = [threading.Thread(target=session, args=(language,)) for language in LANGUAGES]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {language: said for language, (said, _) in heard.items()} == {language: language for language in LANGUAGES}
    assert len({word for _, word in heard.values()}) > 4
    assert spoken() == "en"


def test_figures_speak_the_language_at_hand():
    words = Words()
    with speaking("fr"):
        assert words.share == "Part des contributions (%)"
    assert words.share == "Share of responses (%)"
