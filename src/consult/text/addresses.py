"""Street addresses in texts, by how they are written in the languages of the EU."""

from __future__ import annotations

import re
from collections.abc import Iterator

_UP = "A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮİĴĶĹĻĽĿŁŃŅŇŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽȘȚ"
_CAP = rf"[{_UP}][\w'’-]*\.?"
# A name of one to five words, small words between them.
_SMALL = (
    r"(?:de|d|du|des|la|las|le|les|los|del|della|delle|dei|degli|di|da|do|dos|das|el|van|den|der|het|e|i|og|in|of|the"
    r"|ks|św|bana|kralja|sv)\b\.?[ '’]?[ ]?|[dlDL]['’]|i[rlstdnxż]-|\d{1,2}[ ]"
)
_NAME = rf"(?:{_SMALL}|{_CAP}[ ]?){{0,6}}{_CAP}"
# Not a year.
_NUMBER = (
    r"(?!(?:19|20)\d\d\b)\d{1,4}(?:[ ]?[a-hA-H]\b|[ ]?bis\b)?(?:[/-]\d{1,4}[a-zA-Z]?)?"
    r"(?![\w%€$£/]|[.,:/-]\d|[ ](?:%|€|EUR|euro|percent))"
)
_NO = r"(?:[,]?[ ](?:n[.°ºo]{1,2}|nr\.?|no\.?|č\.|č\.p\.|№)?[ ]?|,[ ]?)"


def _street(words: str, name: str = _NAME) -> str:
    """A word for street, its name, and the number after it."""
    return rf"(?:{words})[ ]{name}{_NO}{_NUMBER}"


# The word first, the number last: Rue de la Loi 200, Via Roma 10, ul. Długa 3, Calle Mayor, 5.
_WORD_FIRST = "|".join(
    (
        _street(r"[Rr]ue|[Aa]venue|[Aa]v\.|[Bb]oulevard|[Bb]d\.?|[Cc]haussée|[Aa]llée|[Ii]mpasse|[Qq]uai|[Cc]hemin"),
        # "Via" also stands for "by way of" in other languages.
        rf"Via[ ]{_NAME}{_NO}(?=\d{{1,3}}\b){_NUMBER}",
        rf"via[ ]{_NAME},[ ]?{_NUMBER}",
        _street(r"[Vv]iale|[Pp]iazza|[Pp]iazzale|[Cc]orso|[Vv]icolo|[Ll]argo"),
        _street(r"[Cc]alle|[Cc]/|[Aa]venida|[Aa]vda\.?|[Pp]laza|[Pp]aseo|[Cc]arrer|[Rr]ambla|[Gg]ran [Vv]ía"),
        _street(r"[Rr]ua|[Pp]raça|[Tt]ravessa|[Aa]lameda|[Ee]strada"),
        _street(r"[Uu]l\.|[Uu]lic[aey]|(?<!et )(?<!et\. )[Aa]l\.|[Aa]lej[ae]|[Pp]l\.|[Oo]s\."),
        _street(r"[Nn]ám\.|[Nn]áměstí|[Nn]ámestie|[Tt]rg"),
        _street(r"[Ss]tr\.|[Ss]trada|[Bb]d\.|[Bb]ulevardul|[Cc]alea|[ȘŞș]os\.|[ȘŞ]oseaua"),
        _street(r"[Tt]riq|[Ss]ráid|[Bb]óthar"),
        rf"(?:ул|бул|пл)\.[ ][„“\"]?[А-Я][\w-]*(?:[ ][А-Я][\w-]*){{0,3}}[“”\"]?{_NO}{_NUMBER}",
        (
            r"(?:[Οο]δό[ςν]?|[Λλ]εωφ\.|[Λλ]εωφόρο[ςυ]|[Ππ]λατεία)[ ]"
            rf"[Α-ΩΆΈΉΊΌΎΏ][\w-]*(?:[ ][Α-ΩΆΈΉΊΌΎΏ][\w-]*){{0,3}},?[ ]{_NUMBER}"
        ),
    )
)
# The word last or inside, the number after it: Hauptstraße 5, Damrak laan 3, Kossuth utca 12, Mannerheimintie 4.
_NOT_A_STREET = (
    r"(?!(?:Bundes|Land(?:es)?|Wasser|Fern|Schnell|Daten|Einbahn|Arbeits|Studien|Ausbildungs)"
    r"(?:stra|str|platz|weg))"
)
_WORD_LAST = "|".join(
    (
        (
            rf"{_NOT_A_STREET}(?:[{_UP}][\w-]*(?:[Ss]traße|[Ss]trasse|[Ss]tr\.|[Gg]asse|[Aa]llee|[Cc]haussee)|"
            rf"(?:{_CAP}[ ]){{1,3}}(?:Straße|Strasse|Str\.|Gasse|Allee|Chaussee|Weg|Platz|Ring|Damm|Ufer))[ ]{_NUMBER}"
        ),
        (
            rf"{_NOT_A_STREET}[{_UP}][\w-]*(?:weg|platz|ring|damm|ufer|hof|markt|dijk|plein)[ ]{_NUMBER}"
            rf"(?=,?\s+(?:[A-Z]{{1,2}}-)?\d{{4,5}}\s)"
        ),
        rf"[{_UP}][\w-]*(?:straat|laan|gracht|kade|singel|plein|dreef)[ ]{_NUMBER}",
        rf"[{_UP}][\w-]*(?:gatan|vägen|gränd|torget|gata|vej|gade|stræde|vænget|plads)[ ]{_NUMBER}",
        rf"[{_UP}]\w*(?:katu|intie|antie|kuja|polku|aukio|väylä)[ ]{_NUMBER}",
        rf"(?:{_CAP}[ ]){{1,3}}(?:utca|út|útja|tér|körút|krt\.|sétány|u\.)[ ]{_NUMBER}\.?",
        (
            rf"(?:{_CAP}[ ]){{1,3}}(?:tn|tänav|mnt|maantee|pst|puiestee|iela|prospekts|bulvāris|gatvė|g\.|pr\.)"
            rf"[ ]{_NUMBER}"
        ),
        rf"(?:{_CAP}[ ]){{1,3}}(?:ulica|cesta|ul\.|třída|nám\.|náměstí|námestie|trg)[ ]{_NUMBER}",
    )
)
# The number first: 12 rue de la Loi, 221B Baker Street.
_NUMBER_FIRST = "|".join(
    (
        (
            rf"\d{{1,4}}(?:[ ]?(?:bis|ter|[A-Ha-h])\b)?,?[ ](?:rue|avenue|av\.|boulevard|bd\.?|place|chemin|allée|"
            rf"impasse|quai|route|cours|square|passage)[ ]{_NAME}"
        ),
        (
            rf"(?!(?:19|20)\d\d\b)\d{{1,4}}[A-Za-z]?,?[ ](?:{_CAP}[ ]){{1,3}}"
            r"(?:Street|St\.|Road|Rd\.?|Avenue|Ave\.?|Lane|Boulevard|Blvd\.?|Crescent|Terrace)\b"
        ),
        (
            rf"\d{{1,4}}[A-Za-z]?,?[ ](?:{_CAP}[ ]){{1,3}}"
            r"(?:Square|Court|Drive|Place|Close|Way|House|Gardens|Row|Quay)"
            r"(?=,[ ](?:[A-Z]\w+,?[ ]){0,3}[A-Z]{1,2}\d)"
        ),
        rf"\d{{1,4}},?[ ](?:Triq|Sráid)[ ]{_NAME}",
    )
)
_BOX = (
    r"(?:P\.?[ ]?O\.?[ ]?Box|Postfach|Postbus|Boîte postale|B\.P\.|Casella postale|Apartado de correos)"
    r"[ ]\d{1,6}(?:[ ]\d{1,4}){0,2}"
)
# A postal code and the town, where they follow a street.
_TOWN = (
    r"(?:(?:,|[ ][-–]|\n)?[ \n]*(?:[A-Z]{1,2}-)?"
    r"(?:\d{4,6}|\d{2}-\d{3}|\d{3}[ ]\d{2}|\d{4}[ ][A-Z]{2}|\d{4}-\d{3})"
    rf"[ ]{_CAP}(?:[ ]{_CAP}){{0,2}})?"
)
_ADDRESS = re.compile(
    rf"(?<![\w/.,-])(?:(?P<first>{_NUMBER_FIRST})|(?P<rest>{_WORD_FIRST}|{_WORD_LAST}|{_BOX})){_TOWN}"
)
# "Article 12 Rue ..." is no address; nor are numbers of laws, annexes and pages.
_REFERENCE = re.compile(
    r"(?:\b(?:art(?:icle|icolo|ículo|igo|ikel|\.)?s?|annexe?|anhang|section|chapter|recitals?|paragraphs?|point|page|"
    r"pp?\.|nos?\.|table|figure)|§)\s*$",
    re.IGNORECASE,
)


def street_addresses(text: str) -> Iterator[tuple[int, int]]:
    """
    Find street addresses, with the postal code and town behind them: where each begins and ends.

    >>> [*street_addresses("Write to Hauptstraße 5, 10115 Berlin.")]
    [(9, 35)]
    """
    for match in _ADDRESS.finditer(text):
        if match["first"] and _REFERENCE.search(text[max(0, match.start() - 20) : match.start()]):
            continue
        yield match.span()
