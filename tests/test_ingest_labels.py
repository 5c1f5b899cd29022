"""Labels, countries, dates and encodings as the EU's languages write them, spelt as nobody listed them."""

from __future__ import annotations

import pandas as pd
import pytest

from consult.ingest.canonical import country, organisation_size, scope, stakeholder_type
from consult.ingest.dates import read_dates
from consult.ingest.encodings import decode

TYPES = {
    "citizen_eu": "Citoyen/citoyenne de l’UE|Ciudadano de la Unión Europea|Cittadino/a dell'UE|Obywatel(ka) UE|"
    "Občan/občanka EU|Građanin/građanka EU-a|Cetățean/ă al UE|Гражданин/гражданка на ЕС|Πολίτης ΕΕ|EU-Bürger*in",
    "citizen_non_eu": "Citoyen/citoyenne d’un pays tiers|Ciudadano de un tercer país|Cittadino non UE|Πολίτης εκτός ΕΕ|"
    "Občan země mimo EU|Harmadik országbeli állampolgár|Kolmannen maan kansalainen|Tredjelandsmedborgare|"
    "Ciudadano de un país no perteneciente a la UE|Obywatel państwa trzeciego",
    "company": "Entreprise/organisation professionnelle|Azienda/impresa|Firma/organizacja biznesowa|Vállalat/cég|"
    "Дружество/стопанска организация|Företag/företagsorganisation|Įmonė/verslo organizacija",
    "business_association": "Unternehmensverband|Asociación de empresas|Organizacja przedsiębiorców|"
    "Yritysten yhteenliittymä",
    "academic": "Università/istituto di ricerca|Egyetem/kutatóintézet|Wetenschappelijke instelling|Ακαδημαϊκό ίδρυμα",
    "trade_union": "Związki zawodowe|Facklig organisation|Профсъюзна организация|Organização sindical",
    "public_authority": "Öffentliche Stelle|Ente pubblico|Organ władzy publicznej|Orgán verejnej správy|Ametiasutus",
    "ngo": "Civil szervezet|Valtiosta riippumaton järjestö|ngo (niet-gouvernementele organisatie)",
    "environmental_organisation": "Umweltverband|Organización de protección del medio ambiente|Keskkonnaühendus",
    "consumer_organisation": "Organizzazione dei consumatori|Tarbijate ühendus|Fogyasztói szervezet",
}


@pytest.mark.parametrize("kind", TYPES)
def test_a_type_is_known_by_its_stems_in_any_language(kind):
    assert {label: stakeholder_type(label) for label in TYPES[kind].split("|")} == dict.fromkeys(
        TYPES[kind].split("|"), kind
    )


@pytest.mark.parametrize(
    "label",
    [
        "Citizen", "Stowarzyszenie obywatelskie", "Bürgerinitiative", "Ministry of the Environment", "Consumer",
        "Student union", "Other Government - G0020", "Universities and companies", "Political party",
        "We are citizens who think that the companies of Europe should pay for the training of their workers",
    ],
)  # fmt: skip
def test_what_may_be_several_types_or_none_stays_unknown(label):
    assert stakeholder_type(label) is None


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Česká republika", "CZ"), ("Tschechische Republik", "CZ"), ("Förenade kungariket", "GB"), ("Holanda", "NL"),
        ("Великобритания", "GB"), ("Belġju", "BE"), ("BE - Belgium", "BE"), ("Belgium (BE)", "BE"), ("U.K.", "GB"),
        ("Kosovo * UN resolution 1244", "XK"), ("Democratic Republic of the Congo", "CD"), ("Belgium (FR)", None),
        ("Europe", None),
    ],
)  # fmt: skip
def test_countries_under_their_official_old_and_joined_names(name, code):
    assert country(name) == code


def test_sizes_and_scopes_in_languages_without_a_list():
    assert organisation_size("Μεσαίος (50 έως 249 εργαζόμενοι)") == "medium"
    assert organisation_size("Labai maža (1–9 darbuotojai)") == "micro"
    assert organisation_size("Duża (co najmniej 250 pracowników)") == "large"
    assert organisation_size("50") is None  # at most, at least, or a code
    assert [scope(s) for s in ("lokale Ebene", "Internationale", "Местно равнище")] == [
        "local",
        "international",
        "local",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "12-06-2020", "12. 6. 2020", "2020.06.12.", "12-Jun-20", "Jun 12 2020", "le 12 juin 2020", "12.06.20",
        "12 Juni 2020 14:05", "12/06/2020 14h05", "12 juin 2020 à 14 h 05", "12.06.2020 14.05", "June 12, 2020 2:05 PM",
        "2020. június 12. 14:05", "Fri Jun 12 2020 14:05:10 GMT+0200 (CEST)", "12. Juni 2020, 14:05 Uhr",
        "Fri, 12 Jun 2020 14:05:10 +0200",
    ],
)  # fmt: skip
def test_dates_as_people_and_programs_write_them(text):
    found = read_dates(pd.Series([text]))[0]
    assert found.floor("min") == pd.Timestamp("2020-06-12 14:05" if "05" in text or "2:05" in text else "2020-06-12")


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "¿Qué opina usted? El año pasado la formación costó demasiado."),
        ("cp1252", "It’s a “good” idea – but costs £5 too much"),
        ("cp1252", "È così; perché l'università non può più?"),
        ("cp1251", "Достъпът до образование е право на всички"),
        ("cp1257", "Izglītībai jābūt pieejamai visiem, arī laukos"),
        ("cp1250", "Cetăţenii trebuie să aibă acces la formare"),
        ("cp1253", "Η πρόσβαση στην εκπαίδευση είναι “δικαίωμα”"),
        ("mac_roman", "Größere Städte müssen für Ausbildung zahlen"),
    ],
)  # fmt: skip
def test_a_short_text_is_read_in_the_encoding_of_its_language(encoding, text):
    assert decode(text.encode(encoding))[0] == text
