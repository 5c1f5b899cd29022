"""National identity numbers of the EU in texts, by their shape and check digits (python-stdnum)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

# Neither part of a longer number, nor of a date, amount, reference or address on the web.
_BEFORE = r"(?<![\w.,/+\-–=%])"
_AFTER = r"(?![\w/%]|[.,]\d|[ ]?[\-–][ ]?\d)"

# Shape, and the modules of stdnum that know such numbers. Plain digits are only taken where a number holds a valid
# date of birth and a check digit, or two check digits: any number of nine digits passes one check in ten.
_SHAPES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"[A-Z]{6}[0-9LMNP-V]{2}[A-EHLMPR-T][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]", ("it.codicefiscale",)),
    (r"\d{2}(?:\.?\d{3}\.?\d{3})[ -]?[A-HJ-NP-TV-Z]", ("es.dni",)),
    (r"[XYZ][ -]?\d{7}[ -]?[A-Z]", ("es.nie",)),
    (r"\d{7}[A-W][A-IW]?", ("ie.pps",)),
    (r"[12] ?\d{2} ?\d{2} ?\d[\dAB] ?\d{3} ?\d{3} ?\d{2}", ("fr.nir",)),
    (r"\d{2}\.?\d{2}\.?\d{2}[- ]\d{3}[. ]?\d{2}", ("be.nn", "be.bis", "lv.pvn")),
    (r"(?:19|20)?\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]", ("fi.hetu", "se.personnummer", "dk.cpr")),
    (r"\d{6}/\d{3,4}", ("cz.rc",)),
    (r"\d{4} \d{6}", ("at.vnr",)),
    (r"\d{10}", ("bg.egn", "cz.rc", "at.vnr", "se.personnummer")),
    (r"\d{11}", ("pl.pesel", "ee.ik", "lt.asmens", "gr.amka", "be.nn", "de.idnr", "hr.oib")),
    (r"\d{2} \d{3} \d{3} \d{3}", ("de.idnr",)),
    (r"(?!97[89])\d{13}", ("ro.cnp", "si.emso")),
)
_CANDIDATE = re.compile("|".join(f"{_BEFORE}(?P<s{i}>{shape}){_AFTER}" for i, (shape, _) in enumerate(_SHAPES)))

# Where a text says what the number is, it is believed: letters and digits of one number may also be mistyped.
_SAID = re.compile(
    r"""(?<!\w)(?:
    (?:national|personal|tax|social)[ ]?(?:identi\w+|insurance|security|id)(?:[ ](?:number|code|no\.?|card))?
    |personal[ ](?:number|code)|(?:id|identity)[ -]?(?:card|number|no\.?)(?:[ ](?:number|no\.?))?
    |passport(?:[ ](?:number|no\.?))?|PPS(?:N|[ ]number)?|NIN
    |burgerservicenummer|BSN|sofinummer|rijksregisternummer
    |num[ée]ro[ ](?:national|de[ ]s[ée]curit[ée][ ]sociale|fiscal)
    |passeport(?:[ ]n[°o]\.?)?|carte[ ]d['’]identit[ée](?:[ ]n[°o]\.?)?|NIR
    |Steuer-?(?:ID|Identifikationsnummer|nummer)|IdNr\.?|Sozialversicherungsnummer|SVNR\.?
    |(?:Personal)?[Aa]usweis(?:nummer|[ -]?[Nn]r\.?)|(?:Reise)?[Pp]ass(?:nummer|[ -]?[Nn]r\.?)
    |DNI|NIE|NIF|n[úu]mero[ ]de[ ](?:identificaci[óo]n|contribuinte|identificação)(?:[ ]fiscal)?|pasaporte|passaporte
    |cart[ãa]o[ ]de[ ]cidadão|codice[ ]fiscale|carta[ ]d['’]identit[àa]|passaporto
    |PESEL|dow[óo]d[ ]osobisty|paszport|rodn[éeá][ ]č[íi]slo|r\.[ ]?č\.|občansk\w+[ ]průkaz\w*
    |OIB|EMŠO|ЕГН|EGN|CNP|cod[ ]numeric[ ]personal
    |személyi[ ](?:szám|igazolvány\w*)|adóazonosító(?:[ ]jel)?|TAJ(?:[ -]szám)?
    |isikukood|asmens[ ]kod\w+|personas[ ]kod\w+|personnummer|CPR(?:-(?:nr|nummer)\.?)?|henkilötunnus|hetu
    |Α\.?Μ\.?Κ\.?Α\.?|ΑΦΜ|AMKA|AFM|αριθμ\w+[ ]ταυτότητας|διαβατήριο|matricule(?:[ ]national)?|karta[ ]tal-identità
    )(?!\w)[ ]?(?:is|ist|est|es|è|jest|je|to|este|=|:|\#|no\.?|nr\.?|n[°º]\.?|number){0,2}[ :]{0,3}
    (?P<number>(?-i:(?:[A-Z]{1,3}[ ])?[A-Z0-9][A-Z0-9./-]{1,16}(?:[ ]\d[A-Z0-9./-]{0,6}){0,4}(?<![./-])))(?!\w)""",
    re.VERBOSE | re.IGNORECASE,
)
_FEWEST_DIGITS = 6
#: A number has six digits at least; in an Italian one some may have become letters.
_FEWEST_IN_TEXT = 4
# Organisations in the EU Transparency Register are no persons.
_REGISTER = re.compile(r"\d{8,13}-\d\d")


def identity_numbers(text: str) -> Iterator[tuple[int, int]]:
    """
    Find national identity numbers: where each begins and ends.

    A number counts when its check digits are right, or when the words before it say what it is.

    >>> [*identity_numbers("PESEL 44051401359, Regulation 2016/679")]
    [(6, 17)]
    """
    if sum(map(str.isdigit, text)) < _FEWEST_IN_TEXT:
        return
    for match in _SAID.finditer(text):
        digits = sum(c.isdigit() for c in match["number"])
        if digits >= _FEWEST_DIGITS and not _REGISTER.fullmatch(match["number"]):
            yield match.span("number")
    for match in _CANDIDATE.finditer(text):
        names = _SHAPES[int(str(match.lastgroup)[1:])][1]
        if any(_module(name).is_valid(match[0]) for name in names):
            yield match.span()


@cache
def _module(name: str) -> Any:
    return import_module(f"stdnum.{name}")
