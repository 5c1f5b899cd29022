"""Values in many spellings and languages, turned into the few that a study uses."""

from __future__ import annotations

import pandas as pd
import pytest

from consult.ingest.canonical import (
    EU_LANGUAGES,
    country,
    is_anonymous,
    language,
    organisation_size,
    scope,
    stakeholder_type,
)
from consult.ingest.classify import classify
from consult.ingest.dates import read_dates
from consult.ingest.encodings import decode
from consult.ingest.labels import STAKEHOLDERS
from consult.schema import STAKEHOLDER_TYPES


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("ACADEMIC_RESEARCH_INSTITTUTION", "academic"), ("academic_research_instittution", "academic"),
        ("Company/Business organisation", "company"), ("Company/business", "company"),
        ("NGO (Non-governmental organisation)", "ngo"), ("Non-governmental organisation (NGO)", "ngo"),
        ("NRO (Nichtregierungsorganisation)", "ngo"), ("Wirtschaftsverband", "business_association"),
        ("EU-Bürger/-in", "citizen_eu"), ("Non-EU Citizen", "citizen_non_eu"), ("Gewerkschaft", "trade_union"),
        ("Universität/Forschungseinrichtung", "academic"), ("Sonstiges", "other"), ("Trade Union", "trade_union"),
        ("Environmental Organisation", "environmental_organisation"), ("Verbraucherverband", "consumer_organisation"),
        ("PUBLIC_AUTHORITY", "public_authority"), ("Syndicat", "trade_union"), ("Martians", None), ("", None),
    ],
)  # fmt: skip
def test_stakeholder_types(label, kind):
    assert stakeholder_type(label) == kind


def test_every_type_has_labels_and_no_label_means_two():
    from consult.ingest.canonical import fold

    assert set(STAKEHOLDERS) == set(STAKEHOLDER_TYPES) - {"unknown"}
    owner = {}
    for kind, labels in STAKEHOLDERS.items():
        for label in labels:
            assert owner.setdefault(fold(label), kind) == kind, label


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("BEL", "BE"), ("be", "BE"), ("Belgium", "BE"), ("Belgien", "BE"), ("Belgique", "BE"), ("Bélgica", "BE"),
        ("EL", "GR"), ("Ελλάδα", "GR"), ("UK", "GB"), ("Czech Republic", "CZ"), ("Deutschland", "DE"),
        ("Österreich", "AT"), ("Magyarország", "HU"), ("България", "BG"), ("Suomi", "FI"), ("United States", "US"),
        ("The Netherlands", "NL"), ("Türkiye", "TR"), ("Turkey", "TR"), ("Kosovo", "XK"), ("Atlantis", None),
        ("-", None),
    ],
)  # fmt: skip
def test_countries(value, code):
    assert country(value) == code


def test_every_member_state_in_every_eu_language():
    """The name that a portal in any EU language shows for a member state is understood."""
    from babel import Locale

    states = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE".split()
    for spoken in EU_LANGUAGES:
        names = Locale.parse(spoken).territories
        assert [country(str(names[s])) for s in states] == states, spoken


def test_every_eu_language_by_code_and_name():
    from babel import Locale

    for code in EU_LANGUAGES:
        assert language(code) == language(code.upper()) == code
        assert language(str(Locale.parse("en").languages[code])) == code
        assert language(Locale.parse(code).get_display_name(code)) == code
    assert language("ell") == "el"
    assert language("en-GB") == "en"
    assert language("Klingonese") is None


def test_sizes_scopes_and_privacy():
    sizes = ["Large (250 or more)", "Micro (< 10 employees)", "sehr klein (1 bis 9 Beschäftigte)", "MEDIUM", "huge"]
    assert [organisation_size(s) for s in sizes] == ["large", "micro", "micro", "medium", None]
    bounds = ["more than 50 employees", "50+", "50", "fewer than 50", "moins de 10", "au moins 250", "kuni 250", "> 49"]
    assert [organisation_size(s) for s in bounds] == [None, None, None, "small", "micro", "large", "medium", None]
    assert [scope(s) for s in ("National", "INTERNATIONAL", "local", "lunar")] == [
        "national",
        "international",
        "local",
        None,
    ]
    told = [
        "The feedback can be published in an anonymous way",
        "ANONYMOUS",
        "WITHINFO",
        "with your personal information",
        "",
    ]
    assert [is_anonymous(t) for t in told] == [True, True, False, False, False]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["19.06.2020 23:58", "01.02.2020 00:00"], ["2020-06-19 23:58", "2020-02-01 00:00"]),
        (["2021/08/06 23:57:37"], ["2021-08-06 23:57:37"]),
        (["2025-05-28T04:00Z", "2025-06-17T03:59:59Z"], ["2025-05-28 04:00", "2025-06-17 03:59:59"]),
        (["2020-06-12Z", "2020-06-13"], ["2020-06-12", "2020-06-13"]),
        (["19.06.2020 14.05.30", "19.06.2020 14.05"], ["2020-06-19 14:05:30", "2020-06-19 14:05"]),
        (["10 September 2020"], ["2020-09-10"]),
        (["03/04/2021", "05/06/2021"], ["2021-04-03", "2021-06-05"]),
        (["03/04/2021", "05/16/2021"], ["2021-03-04", "2021-05-16"]),
        (["1500000000000"], ["2017-07-14 02:40:00"]),
        (["45572.5", "45565"], ["2024-10-07 12:00", "2024-09-30"]),
        (["31.02.2021 10:00", "no date", ""], [None, None, None]),
    ],
)
def test_dates(values, expected):
    found = read_dates(pd.Series(values, dtype="str"))
    assert found.tolist() == [pd.Timestamp(e) if e else pd.NaT for e in expected] or (
        found.isna().all() and not any(expected)
    )


SENTENCES = {
    "cp1252": "Größere Förderung für Ältere – l’accès à la formation coûte très cher à l’élève français.",
    "cp1250": "Żółta łódź płynie; příliš žluťoučký kůň; őszintén szükséges; învăţământ şi formare.",
    "iso8859_7": "Η δια βίου μάθηση πρέπει να είναι προσβάσιμη σε όλους τους πολίτες, χωρίς διακρίσεις.",
    "utf-8": "Größere Förderung, Ελλάδα, България, łódź",
    "utf-8-sig": "Größere Förderung, Ελλάδα, България, łódź",
    "utf-16": "Größere Förderung, Ελλάδα, България, łódź",
    "utf-16-le": "Größere Förderung für alle, die es brauchen und die es wünschen",
}


@pytest.mark.parametrize("encoding", SENTENCES)
def test_encodings(encoding):
    text = SENTENCES[encoding]
    assert decode(text.encode(encoding))[0].lstrip("\ufeff") == text


def test_mixed_encodings_in_one_file(tmp_path):
    """A UTF-8 file into which lines of cp1252 were pasted is read line by line, and said so."""
    from consult.ingest import read_sources

    good, bad = "Größere Förderung für alle Menschen", "L’accès à la formation coûte très cher"
    path = tmp_path / "x.csv"
    path.write_bytes(
        b"id,comment\n1," + good.encode() + b"\n2," + bad.encode("cp1252") + b"\n3," + good.encode() + b" heute\n"
    )
    found = read_sources([path])
    assert {good, bad} <= set(found.answers["text"])
    assert any("are not" in n for n in found.notes)


OPEN = [f"I think that point {i} matters because costs are high in region {i * 7}" for i in range(30)]


@pytest.mark.parametrize(
    ("heading", "values", "kind"),
    [
        ("Any comments?", OPEN, "open"),
        ("Do you agree?", ["Yes", "No", "No opinion"] * 10, "closed"),
        ("Which apply?", ["Cost; Time", "Time", "Cost; Time; Place", "Place"] * 8, "closed"),
        ("Long options", ["There is a need for a new legislation, since current law may have some gaps",
                          "Current legislation is fully sufficient to address the concerns expressed"] * 15, "closed"),
        ("How much?", [str(i % 11) for i in range(30)], "closed"),
        ("You can upload a document here", [""] * 30, "attachment"),
        ("Your file", [f"paper {i}.pdf" for i in range(30)], "attachment"),
        ("Other, please specify", ["Funding first", "More teachers", "Less paper", "Fair wages", "Open access"],
         "open"),
        ("Form letter", ["We the undersigned ask the Commission to guarantee paid training leave for every worker in "
                         "Europe, whatever the contract, the age or the place, and to fund it from public money and "
                         "from a levy on the largest employers in each member state"] * 28 + OPEN[:2], "open"),
    ],
)  # fmt: skip
def test_classify(heading, values, kind):
    series = pd.Series(values, dtype="str")
    assert classify(heading, series)[0] == kind
    assert classify(heading, series.iloc[::-1].reset_index(drop=True))[0] == kind
