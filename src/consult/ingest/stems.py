"""Stems that tell a respondent's type or scope where a label is none of the known spellings, in the EU's languages."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_WORDS = 9
# Folded as by `canonical.fold`: lower case, without accents; words parted by one space.
_CITIZEN = (
    r"citizens?|burger(?:in|innen)?|\w*staatsangehorig\w*|unionsburger\w*|citoyen\w*|ciudadan\w*|cittadin\w*|"
    r"cidada\w*|"
    r"obywatel\w*|obcan\w*|drzavljan\w*|građan\w*|polgar\w*|allampolgar\w*|cetatea?n\w*|"
    r"граждан\w*|πολιτ(?:ησ|εσ)|"
    r"kansalai\w*|medborgare|tredjelandsmedborgare|borger|tredjelandsborger|kodanik|pilsonis|pilietis|saoranach"
)
_OUTSIDE = (
    r"non|nicht|extra|hors|outside|third|tiers|tercer|terz[oi]|terceiro|fuera|fora|niet|buiten|spoza|"
    r"trzeci\w*|niebed\w*|"
    r"mimo|treti\w*|tretj\w*|tretej|trece|harmadik\w*|nem|afara|tert[ae]|извън|трета|τριτησ|εκτοσ|"
    r"no pertenec\w*|ulkopuol\w*|kolmannen|muun|icke|ikke|tredjeland\w*|kolmanda|mittekuuluva|tresas|ne|"
    r"trecios\w*|mhux|nach|izven|izvan|drittstaat\w*|drittstaats\w*"
)
_INSIDE = (
    r"eu|ue|ес|εε|es|ae|eli|eun|unionsburger\w*|(?:europ\w* )?(?:union\w*|unione|uniao|unii|unie|uniune\w*|aontas)|"
    r"uni[ao]s|evropske unie|europskej unie|ευρωπαικησ ενωσησ|европейския съюз"
)
_TYPES = {
    "environmental_organisation": (
        r"environ|ambient|umwelt|milieu|milj[oø]|ekolog|srodowiskow|ochron\w* srodowisk|zivotn\w+ prostred|"
        r"okolj|okolis|kornyezet|de mediu|"
        r"medio ambiente|околн|еколог|природозащ|περιβαλλ|ymparist|keskkon|\bvides|aplinkos|comhshaoil|ecolog"
    ),
    "consumer_organisation": (
        r"consum|konsum|verbrauch|spotreb|potros|fogyaszt|потребит|καταναλωτ|kuluttaj|forbrug|tarbija|pateret|"
        r"vartotoj|"
        r"tomhalt"
    ),
    "trade_union": (
        r"trade union|gewerksch|syndica|sindic|sindac|vakbond|vakveren|zwiaz\w+ zawod|odbory|odborov|sindikat|"
        r"szakszerv|"
        r"профсъюз|синдик|συνδικ|ammattiliit|ammattijarj|facklig|fackfor|fagforen|ametiuhing|arodbiedr|"
        r"profesin\w* sajung|"
        r"trejdunj|ceardchumann"
    ),
    "academic": (
        r"academ|akadem|acaduil|universi|hochschul|forschung|wissenschaft|recherche|research|investigac|ricerca|"
        r"onderzoek|wetenschap|badawcz|uczelni|naukow|vyzkum|vyskum|raziskov|istraziv|kutato|egyetem|"
        r"felsooktat|tudomany|"
        r"cercetare|научн|изследоват|универс|академ|ακαδημ|ερευν|πανεπιστ|yliopisto|korkeakoulu|tutkimus|"
        r"forskning|teadus|"
        r"ulikool|petniec|mokslin|ricerka|taighde"
    ),
    "ngo": (
        r"\b(?:ngo|ong|nro|mvo|nvo|vvo|нпо|μκο)\b|nongovern|(?:non|mhux|no|nao) g(?:overn|ouvern|ubern)|"
        r"nichtregierung|"
        r"niet gouv|pozarzad|nevladn|nevladin|mimovlad|nem kormany|civil szerv|neguvern|неправит|μη κυβερν|"
        r"kansalaisjarj|"
        r"riippumaton jarjesto|icke statlig|ikke ?statslig|valitsusval|vabauhen|nevalst|nevyriausyb|neamhrialt|"
        r"civil society|charity"
    ),
    "public_authority": (
        r"public (?:authorit|body|sector)|behord|offentliche (?:stelle|verw|einr)|autorites? publi|pouvoirs? publi|"
        r"(?:administra\w*|ent[ei]|autor\w+) pubb?li|overheid|openbare inst|"
        r"organ\w* (?:publ|władz|verejn)|władz\w* publ|"
        r"verejn\w* (?:organ|sprav)|javn\w+ (?:organ|tijel|vlast|ustanov)|hatosag|kozigazg|allami szerv|"
        r"публич\w+ (?:орган|власт|инст)|държав\w+ (?:орган|инст)|δημοσι\w+ (?:αρχ|φορ)|viranomai|myndighe|"
        r"avaliku|ametiasut|publiska\w* (?:iest|sekt)|valsts iestad|valdzios|viesojo sekt|awtorita|udaras poibli|"
        r"(?:federal|state|local|tribal) government"
    ),
    "business_association": (
        r"(?:business|trade|industry|employers?) (?:association|federation|organi[sz]ation)|"
        r"(?:wirtschafts|unternehmens|unternehmer|arbeitgeber|branchen|industrie)verb|"
        r"(?:association|federation|organisation)s? (?:d entreprises|professionnel|patronal)|"
        r"(?:asociac|associac|organizac)\w* (?:de )?(?:las )?empres|"
        r"associazion\w* (?:di imprese|imprend|di categoria|industri)|ondernemers(?:org|ver)|bedrijfsver|"
        r"werkgeversorg|"
        r"(?:stowarz|organizac|zrzesz)\w* (?:przedsieb|bizn|pracodaw)|(?:sdruzen|zdruzen|svaz|zvaz)\w* podnik|"
        r"podnikatelsk\w+ (?:sdruz|zdruz)|obchodni sdruz|poslovn\w+ (?:zdruz|udruz)|udrug\w+ poduz|"
        r"(?:uzleti|szakmai) szovets|vallalk\w+ szovets|asociati\w+ (?:de intrep|profes)|(?:бизнес|"
        r"стопанск\w+) (?:асоц|сдруж|организ)|"
        r"επιχειρηματικ\w+ ενωσ|ενωσ\w+ επιχειρ|yritysjarj|yritysten yhteen|elinkeinoelaman jarj|naringslivsorg|"
        r"bran(?:sch|che)org|erhvervs(?:org|sam)|ettevot\w+ (?:liit|uhendus)|ettevotlusorg|ariuhendus|"
        r"uznem\w+ apvien|verslo asoc|assocjazzjoni (?:kummerc|tan neg)|comhlachas gno"
    ),
    "company": (
        r"\bcompan|\bbusiness|unternehm|entrepri|\bsociete|empresa|impresa|aziend|bedrijf|ondernem|przedsieb|"
        r"\bfirm[aey]?\b|"
        r"podnik|spolocnost|spolecnost|podjet|poduzec|trgovack|vallal|\bceg\b|intreprin|societate|дружеств|предприят|"
        r"фирм|επιχειρησ|εταιρ|yritys|\bforetag|virksomhed|ettevot|ariuhing|uznemum|imone|kumpanij|cuideachta"
    ),
    "other": (
        r"^(?:other|others|sonstige\w*|andere\w*|autres?|otr[oa]s?|altr[oi]|outr[oa]s?|anders|overig\w*|"
        r"inn[ey]|jin[ey]|"
        r"ostatni|in[ey]|drugo|ostalo|egyeb|alt(?:ele|ul|a)|друг[оиа]|αλλ(?:ο|ος|η)|muut?|annan|annat|"
        r"ovrig\w*|andet|andre|muud|"
        r"cit[sai]|kit[ai]s?|iehor|ohrajn|eile)"
        r"(?: (?:please|specify|bitte|angeben|veuillez|precis|especif|specificare|prosze|podac).*)?$"
    ),
}  # fmt: skip
# "Ministry of the environment" and "consumer" are no organisations for it.
_ORGANISED = (
    r"organi|organiz|οργαν|организ|verband|verein|zentrale|assoc|asoci|стопан|сдруж|асоц|stowarz|sdruz|zdruz|udrug|"
    r"szervez|szovets|jarjest|jarjo|forening|forbund|uhendus|liit|apvien|biedr|sajung|ενωσ|vereniging|eagraiocht|comhlachas|"
    r"\b(?:ngo|ong|nro|nvo|mvo)\b|group|grup|charit"
)
# One word may say both; the more telling one wins.
_WINS = (
    "environmental_organisation", "consumer_organisation", "business_association",
)  # fmt: skip
_LOSES = frozenset({"ngo", "company", "other"})
_SCOPES = {
    "international": (
        r"internat|internac|internaz|miedzynar|mezinar|medzinar|mednar|međunar|nemzetkoz|международ|διεθν|"
        r"kansainval|rahvusvah|starptaut|tarptaut|idirnais|europe"
    ),
    "regional": r"region|regjon|регион|περιφερ|alueelli|piirkond|reigiun",
    "local": r"local|lokal|lokaal|τοπικ|paikalli|helyi|mistni|miestn|местн|vietej|vietos|kohalik|aitiuil|"
    r"gemeente|kommun",
    "national": (
        r"nation|nacion|nazion|nazzjon|krajow|narodni|narodny|vnitrostat|vnutrostat|orszagos|nemzeti|национал|εθνικ|"
        r"kansalli|riiklik|valsts|naisiunt"
    ),
}  # fmt: skip

_BETWEEN = {
    ("1", "9"): "micro", ("0", "9"): "micro", ("10", "49"): "small", ("50", "249"): "medium",
}  # fmt: skip
_AT_MOST = {"9": "micro", "10": "micro", "49": "small", "50": "small", "249": "medium", "250": "medium"}
# "At least" is looked for first: it holds the word for "less" in many languages.
_AT_LEAST = (
    r"[>≥+]|\b(?:(?<!no )(?<!not )more|over|above|least|from|mehr|über|mindestens|ab|plus|au moins|más|al menos|più|"
    r"oltre|almeno|mais|pelo menos|meer|boven|minstens|minimaal|ten minste|vanaf|więcej|ponad|powyżej|co najmniej|od|"
    r"více|nad|alespoň|nejméně|viac|najmenej|aspoň|več|najmanj|vsaj|više|najmanje|barem|több|fölött|legalább|"
    r"mai mult|peste|cel puțin|повече|над|поне|най-малко|περισσότερ\w*|άνω|τουλάχιστον|yli|vähintään|enemmän|rohkem|"
    r"üle|vähemalt|vairāk|virs|vismaz|daugiau|virš|bent|ne mažiau|fler|mer|minst|över|flere|mere|mindst|aktar|"
    r"mill-inqas|tal-anqas|níos mó|ar a laghad|os cionn)\b"
)
_LESS = (
    r"[<≤]|\b(?:less|fewer|below|up to|max|maximum|no more|not more|unter|weniger|bis|höchstens|moins|jusqu|menos|"
    r"hasta|meno|fino|até|minder|onder|tot|mniej|poniżej|do|méně|pod|menej|manj|manje|ispod|kevesebb|alatt|legfeljebb|"
    r"mai puțin|sub|până|по-малко|до|под|λιγότερ\w*|κάτω|έως|alle|enintään|vähem|kuni|alla|mazāk|līdz|mažiau|iki|färre|"
    r"mindre|upp till|under|færre|op til|inqas|sa|níos lú|faoi)\b"
)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def type_of(parts: Sequence[str]) -> str | None:
    """
    Return the respondent type that the stems of a short label show; None where they show none, or several.

    Args:
        parts: The label, folded, split where it has a stroke.

    >>> type_of(["obywatel", "obywatelka ue"]), type_of(["citoyen d un pays tiers"]), type_of(["ammattiliitto"])
    ('citizen_eu', 'citizen_non_eu', 'trade_union')
    """
    folded = " ".join(parts)
    if not folded or len(folded.split()) > _MOST_WORDS:
        return None
    found = _shown(folded)
    if not _compiled(_ORGANISED).search(folded):
        found -= {"environmental_organisation", "consumer_organisation"}
    if _compiled(rf"\b(?:{_CITIZEN})\b").search(folded) and not found:
        if _compiled(rf"\b(?:{_OUTSIDE})\b").search(folded):
            return "citizen_non_eu"
        return "citizen_eu" if _compiled(rf"\b(?:{_INSIDE})\b").search(folded) else None
    if _shown(parts[0]) == {"company"} and found <= {"company", "business_association"}:
        return "company"  # "Company/business organisation"
    for kind in _WINS:
        if kind in found and found - {kind} <= _LOSES:
            return kind
    return found.pop() if len(found) == 1 else None


def _shown(folded: str) -> set[str]:
    return {kind for kind, stems in _TYPES.items() if _compiled(stems).search(folded)}


def scope_of(folded: str) -> str | None:
    """Return the scope that the stems of a short label show."""
    if not folded or len(folded.split()) > _MOST_WORDS:
        return None
    found = [scope for scope, stems in _SCOPES.items() if _compiled(rf"\b(?:{stems})").search(folded)]
    return found[0] if len(found) == 1 else None


def size_of(text: str) -> str | None:
    """
    Return the size that the numbers of a label show, whatever its language.

    One number alone is the most or the least, as the words beside it say; without such a word it says too little, and
    may be a code.

    >>> size_of("Μεσαίος (50 έως 249 εργαζόμενοι)"), size_of("< 10 employees"), size_of("co najmniej 250")
    ('medium', 'micro', 'large')
    >>> size_of("more than 50"), size_of("50+"), size_of("50"), size_of("au moins 250")
    (None, None, None, 'large')
    """
    numbers = tuple(re.findall(r"\d+", text))
    if len(numbers) != 1:
        return _BETWEEN.get(numbers)
    if _compiled(_AT_LEAST).search(text.lower()):
        return "large" if numbers[0] in ("249", "250") else None
    return _AT_MOST.get(numbers[0]) if _compiled(_LESS).search(text.lower()) else None
