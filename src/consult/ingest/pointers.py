"""Answers that only say where the real answer is: 'see attachment', in any language of the EU."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_WORDS = 120
_MOST_IN_SEGMENT = 45

# What is pointed at. Stems, since these languages inflect; "annex" alone also means a law's annex, so a
# segment needs a pointing word too.
_THINGS = r"""attach\w*|enclos\w*|annex\w*|append\w*|addendum|upload\w*|supplementary\ (?:paper|document)\w*
    |supporting\ document\w*|additional\ document\w*|(?:position|policy|response|recommendation)\ paper\w*
    |(?:separate|seperate|side)\ (?:document|paper|file)\w*|position\ statement
    |anhang|anhänge|anlage|anlagen|angehängt\w*|beigefügt\w*|beiliegend\w*|anbei|positionspapier\w*|beilage
    |pièces?|jointe?s?|ci-joint\w*|annexe\w*|
    adjunt\w*|anexo\w*|anexad\w*|allegat\w*|allegare|anexat\w*|anexe|atașat\w*|ataşat\w*
    |bijlage\w*|bijgevoegd\w*|bijgesloten|
    załącz\w*|załacz\w*|przílo\w*|příloh\w*|přilož\w*|príloh\w*|prilož(?!nost)\w*|prilog\w*|privit\w*|u\ prilogu
    |mellék\w*|csatol\w*|прикач\w*|приложен\w*|приложение\w*|συνημμ\w*|επισυναπτ\w*|επισυνάπτ\w*|παράρτημα\w*
    |liit\w*|oheis\w*|bifoga\w*|bilag\w*|vedhæft\w*|vedlagt\w*|lisa\w*|lisat\w*|manus\w*|pielik\w*|pievieno\w*
    |pried\w*|pridėt\w*|pridedam\w*|mehmuż\w*|anness\w*|iarscríbhinn\w*|ceangailte|ceangaltán\w*
    |stanowisko|stanovisko"""
_THING = re.compile(rf"\b(?:{_THINGS})\b", re.VERBOSE | re.IGNORECASE)
_POINT = re.compile(
    r"""\b(?:see|refer|referring|find|consult|cf|cfr|please|view|read|attached|enclosed|attach|enclose|details?
    |explained|located|available|included|contained|provided|submitted|submission|presented|input|comments?
    |feedback|contribution|answer|response|(?<=attached\ )(?:document|file|letter|pdf|paper)
    |siehe|s\.|vgl|finden|entnehmen|verweisen|verweis|anbei|beigefügt\w*|angehängt\w*|übersenden|bitte
    |voir|veuillez|cf|trouver|trouverez|référer|reporter|ci-joint\w*|consulter
    |ver|véase|vea|vean|consultar|consulte|adjunt\w*|remitimos|remito|encontrar\w*
    |vedi|vedere|vedasi|rinvi\w*|allegat[oa]|consultare|trovate|veda
    |veja|vide|consulte|segue|seguem|anexo|remete\w*
    |zie|vindt|vinden|bijgevoegd\w*|verwijs\w*|gelieve
    |patrz|zob|zobacz|proszę|przesyła\w*|w\ załącz\w*|odsyła\w*
    |viz|vizte|v\ příloze|zasílá\w*|pozri|vid|v\ prílohe|posiela\w*
    |glej|glejte|v\ prilogi|vidi|vidjeti|vidite|u\ prilogu|dostavlja\w*
    |lásd|ld|mellékel\w*|csatol\w*|található
    |vezi|vedeți|vă\ rugăm|regăsi\w*|găsiți
    |виж|вижте|моля|намерете|изпращам\w*
    |βλ|βλέπε|δείτε|παρακαλ\w*|βρείτε|επισυνάπτ\w*|συνημμ\w*
    |katso|ks|ohessa|liitteenä|liitteessä|löytyy|se|vänligen|bifogar|bifogas|bifogad|hänvisar|venligst|vedlagt|vedhæftet
    |vt|vaata|vaadake|palun|lisatud|leiate|skat|skatīt|lūdzu|pielikumā|žr|žiūr\w*|prašo\w*|pridedam\w*|pateikiam\w*
    |ara|jekk\ jogħġbok|féach|le\ do\ thoil)\b""",
    re.VERBOSE | re.IGNORECASE,
)
_COURTESY = re.compile(
    r"""\b(?:dear|madam|hello|good\ (?:day|morning)|regards|sincerely|faithfully|respectfully|thank|thanks|grateful
    |welcomes?\ the\ opportunity|opportunity\ to|pleased\ to|any\ questions
    |appreciate\w*|hesitate|on\ behalf\ of|looking\ forward|contact\ us
    |sehr\ geehrte\w*|grüß\w*|gruss|danke\w*|freundlich\w*|madame|monsieur|cordialement|merci|salutations|estimad\w*
    |saludo\w*|gracias|gentil\w*|cordial\w*|saluti|grazie|prezad\w*|exm\w*|obrigad\w*|cumprimentos|geachte|groet\w*
    |bedankt|dank|szanown\w*|dzień\ dobry|dziękuj\w*|poważaniem|dobrý\ den|děkuj\w*|pozdravem|ďakuj\w*|pozdravom
    |spoštovani|hvala|lep\ pozdrav|poštovani|tisztelt|üdvözlettel|köszön\w*|stimat\w*|mulțum\w*|уважаем\w*|благодар\w*
    |поздрав\w*|αξιότιμ\w*|εκτίμηση|ευχαριστ\w*|hyvä|terveisin|kiitos|kiitä\w*|hej|hälsning\w*|tack|kære|hilsen|tak
    |lugupeetud|lugupidamisega|täna\w*|cien\w*|paldies|gerbiam\w*|ačiū|pagarbiai)\b""",
    re.VERBOSE | re.IGNORECASE,
)
_CONTACT = re.compile(r"\S+@\S+|https?://|\bwww\.|\+\d[\d ()/-]{6,}|\b\d[\d ()/-]{8,}")
_ABBREVIATED = re.compile(
    r"\b(cfr?|ref|vgl|dr|prof|nr|no|pp?|viz|ld|bzw|st|reg|inc|u\.s|žr|vt|ks|zob|skat|βλ|вж|s)\.", re.IGNORECASE
)
_DEMAND = re.compile(
    r"\b(?:should|must|shall|ought|need(?:s|ed)? to|doivent|muss|müssen|deben|devono)\b", re.IGNORECASE
)
# What stands before ", see page 14" is a statement of its own, unless it says what the pointer is for.
_FOR = (
    r"for|as|with|regarding|concerning|on|in|about|please|also|additionally|für|zu|zur|zum|bezüglich|pour|concernant|quant"
    r"|para|sobre|en|per|riguardo|voor|over|dla|w|na|pro|k|за|για|a|om|for|til|lisäksi"
)
_STATED = re.compile(
    rf"(?!(?:{_FOR})\b)(?:\S+\s+){{2,}}\S+[,;]\s+"
    r"(?:see|cfr?|siehe|vgl|s|voir|ver|véase|vid|vedi|zie|patrz|zob|viz|vidi|glej|lásd|vezi|виж|βλ|katso|ks|se|vt|skat|žr)\b",
    re.IGNORECASE,
)
# "We attach great importance to", "workers attached to a company": nothing is enclosed there.
_IDIOM = re.compile(
    r"\battach(?:ed|es|ing)?\s+(?:\w+\s+){0,3}?(?:importance|value|weight|priority|significance)\b"
    r"|\battached\s+to\s+(?!(?:this|the|our|my)\s+(?:\w+\s+)?(?:e-?mail|message|submission|response|form|survey|consultation|contribution"
    r"|feedback|questionnaire|reply|answer))",
    re.IGNORECASE,
)
_MOST_IN_SHORT = 12
"""In a segment of so few words, "attached" is thing and pointer in one ("Our paper is attached")."""
_CUT = re.compile(r"(?<=[.!?;])\s+|\n+|\s*[()]\s*|\s+[–—-]\s+|:\s+")


def pointers_among(texts: Sequence[str]) -> list[bool]:
    """Return `points_to_attachment` of each text; of the many that name no attachment, only that is looked at."""
    import pyarrow as pa
    import pyarrow.compute as pc

    named = pc.match_substring_regex(pa.array(texts, pa.large_string()), pattern=_hint(), ignore_case=True)
    return [name and points_to_attachment(text) for name, text in zip(named.to_pylist(), texts, strict=True)]


@cache
def _hint() -> str:
    """
    Return a pattern for RE2 that finds every text that `_THING` finds, and some more.

    RE2 is thirty times faster, but knows neither looking ahead nor Unicode's word boundaries, and takes dotted and
    dotless i for letters of their own.
    """
    stems = re.sub(r"\s*\n\s*|\\w\*|\(\?!\w+\)", "", _THINGS).replace("i", "[iıİ]")
    return rf"(?:^|[^0-9A-Za-z_])(?:{stems})"


def points_to_attachment(text: str) -> bool:
    r"""
    Whether a text says no more than that the answer is in an attachment.

    Every part of it must either point to an attachment, be a courtesy, or be a signature below it. A text
    with a statement of its own beside the pointer is an answer, and False.

    >>> points_to_attachment("Please find our position attached.\nBest regards")
    True
    >>> points_to_attachment("We do not think new rules are necessary. See supplementary paper.")
    False
    """
    if not text.strip() or len(text.split()) > _MOST_WORDS or not _THING.search(text):
        return False
    pointed = False
    for segment in _CUT.split(_ABBREVIATED.sub(r"\1", text.strip())):
        words = re.findall(r"\w+", segment)
        if not words or _is_number(segment):
            continue
        if _points(segment, words):
            pointed = True
        elif not ((_COURTESY.search(segment) and len(words) <= 40) or _is_signature(segment, words, pointed=pointed)):
            return False
    return pointed


def _points(segment: str, words: list[str]) -> bool:
    if len(words) > _MOST_IN_SEGMENT or not _THING.search(segment):
        return False
    if _DEMAND.search(segment) or _IDIOM.search(segment) or _STATED.match(segment.strip()):
        return False
    if len(words) <= 2:
        return True
    things = {match.start() for match in _THING.finditer(segment)}
    pointers = {match.start() for match in _POINT.finditer(segment)}
    return bool(pointers) and (len(words) <= _MOST_IN_SHORT or len(things | pointers) > 1)


def _is_number(segment: str) -> bool:
    return bool(re.fullmatch(r"[\W\d]*", segment))


def _is_signature(segment: str, words: list[str], *, pointed: bool) -> bool:
    """Names, offices and addresses: short, mostly capitalised, after the pointer; or a contact detail."""
    if _CONTACT.search(segment) and len(words) <= 12:
        return True
    if not pointed or len(words) > 12:
        return False
    names = [w for w in words if len(w) > 3]
    return all(w[0].isupper() or w[0].isdigit() for w in names)
