"""Personal data is found by shape and check digits in the languages of the EU, and law references are left alone."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from consult.text import person_names
from consult.text.privacy import MASK, mask, personal_data

NUMBERS = [
    "RSSMRA85T10A562S", "12345678Z", "X1234567L", "1234567FA", "2 95 10 99 126 111 93", "85.07.30-033 28",
    "131052-308T", "880320-0016", "211062-5629", "710319/2745", "161175-19997", "7523169263", "44051401359",
    "37605030299", "01013099997", "36574261809", "33392005961", "86 095 742 719", "1630615123457", "0101006500006",
    "1237 010180",
]  # fmt: skip
ADDRESSES = [
    "12 rue de la Loi", "12 bis avenue des Champs-Élysées, 75008 Paris", "Rue de la Loi 200, 1049 Brussels",
    "Hauptstraße 5, 10115 Berlin", "Karl-Marx-Straße 12a", "Marktplatz 3, 10115 Berlin", "ul. Długa 3, 00-238 Warszawa",
    "ul. Jana Pawła II 12/4", "Via Roma 10", "Piazza del Popolo 3", "Calle Mayor, 5, 28013 Madrid", "C/ Alcalá 45",
    "Avenida da Liberdade, 110", "Str. Victoriei nr. 12", "бул. Витоша 15", "Οδός Ερμού 25", "Mannerheimintie 4",
    "Drottninggatan 12", "Vestergade 7", "Keizersgracht 174, 1016 DW Amsterdam", "Kossuth utca 12", "Narva mnt 5",
    "Brīvības iela 32", "Gedimino pr. 9", "221B Baker Street", "Trg bana Jelačića 3", "Václavské nám. 1",
    "Slovenska cesta 15", "P.O. Box 1234", "Triq ir-Repubblika 12",
]  # fmt: skip
LEFT_ALONE = [
    "Article 12 of Regulation (EU) 2016/679 and Directive 2019/882", "ISBN 978-3-16-148410-0 and 9783161484100",
    "In 2020-2030, EUR 1 234 567 890 or 1,234,567.89 were spent", "CELEX 32016R0679, COM(2020) 65 final, page 12-14",
    "Arbeitsplatz 4.0 und Industrie 4.0, Bundesstraße 5", "via Teams, via ISO 9001, via Horizon Europe 2021",
    "Via Campesina 2021", "Article 12 European Court", "Ding et al. Radiology 290 (2019)", "on 08/06/2021",
    "Transparency Register 123456789012-34 and 002126439066-24", "wikipedia.org/w/index.php?oldid=1033452251",
    "EU27 2020 2021 2022", "Recital 71, Annex III, Art. 5 al. 2", "in 2020 Member States' Street lighting",
    "https://example.org/i=001-159324", "a rate of 12345678 %", "the 1234567890 project – 09",
]  # fmt: skip


def masked_part(text):
    return "".join(a for a, b in zip(text, mask(text), strict=True) if b == MASK)


@pytest.mark.parametrize("number", NUMBERS)
def test_national_numbers_with_right_check_digits_are_masked(number):
    assert masked_part(f"Mine is {number}, thank you.") == number


def test_a_number_with_wrong_check_digits_is_masked_only_where_the_text_says_what_it_is():
    assert mask("It costs 44051401358.") == "It costs 44051401358."
    assert masked_part("PESEL: 44051401358.") == "44051401358"
    for text, number in (
        ("BSN 111222333", "111222333"), ("NIF 123456789", "123456789"), ("passport number C01X00T47", "C01X00T47"),
        ("Tax identification number is 1234567", "1234567"), ("ЕГН 7523169264", "7523169264"),
    ):  # fmt: skip
        assert masked_part(text) == number


@pytest.mark.parametrize("address", ADDRESSES)
def test_street_addresses_are_masked_with_their_town(address):
    assert masked_part(f"x y z: {address} (home)") == address


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_laws_years_amounts_and_pages_are_no_personal_data(text):
    assert mask(text) == text


def test_an_iban_needs_its_check_digits_or_the_word():
    assert masked_part("to DE89 3704 0044 0532 0130 00 please") == "DE89 3704 0044 0532 0130 00"
    assert masked_part("gb82west12345698765432") == "gb82west12345698765432"
    assert masked_part("IBAN: DE00 1234 1234 1234 1234 00") == "DE00 1234 1234 1234 1234 00"
    assert mask("AT12 2020 2021 2022 2023") == "AT12 2020 2021 2022 2023"


@given(st.text() | st.from_regex(r"[A-Z0-9 ./+@\-,a-z]{0,80}"))
def test_the_masked_text_has_the_length_of_the_text(text):
    shown = mask(text)
    assert len(shown) == len(text)
    assert all(b in (a, MASK) for a, b in zip(text, shown, strict=True))


def test_each_find_says_where_it_is_and_of_what_kind():
    text = "Ana, Hauptstraße 5, +49 30 1234567, ana@example.org, DE89370400440532013000, PESEL 44051401359"
    kinds = {found.kind: text[found.start : found.end] for found in personal_data(text)}
    assert kinds == {
        "street address": "Hauptstraße 5", "telephone number": "+49 30 1234567", "e-mail address": "ana@example.org",
        "IBAN": "DE89370400440532013000", "identity number": "44051401359",
    }  # fmt: skip


def test_names_are_masked_where_a_trained_pipeline_of_the_language_is_installed(monkeypatch):
    pipeline = spacy.blank("en")
    ruler = pipeline.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "PERSON", "pattern": "Ada Lovelace"}, {"label": "ORG", "pattern": "Kapital"}])
    there = [EntryPoint("en_core_web_sm", "en_core_web_sm", "spacy_models")]
    monkeypatch.setattr(person_names, "entry_points", lambda group: there)
    monkeypatch.setattr(spacy, "load", lambda *_, **__: pipeline)
    for part in (person_names._installed, person_names._loaded):
        part.cache_clear()
    try:
        text = "The opinion of Ada Lovelace is that Kapital should pay for the training of everyone."
        assert masked_part(text) == "Ada Lovelace"
        assert mask("Die Meinung von Ada Lovelace ist, dass alle lernen sollen.").count(MASK) == 0
    finally:
        for part in (person_names._installed, person_names._loaded):
            part.cache_clear()
