"""Passages that say nothing: "No comment", "n/a", "see attachment", greetings, bare numbers and links."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from consult.text.stopwords import all_stop_words

MAX_WORDS = 14
"""A longer passage says something, even if it opens with a greeting."""

SUBJECTS = frozenset({"documentation", "documentacion", "dokumentation", "question", "opinion"})
"""Words about the form that are a subject when they stand alone."""

MAX_STOP_WORDS_ALONE = 6
"""A passage of so few words, all of them stop words ("Yes, we do."), has no subject."""

_LINK = re.compile(
    r"(?:https?://|www\.)\S+|\S+@\S+\.\S+|\b[\w-]+\.(?:com|org|eu|net|int|pdf|docx?)\b\S*", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_]+")
_SLASHED = re.compile(r"\b([^\W\d_])\s*[/.]\s*([^\W\d_])\b\.?")

# Words that refer to the form, the file or the act of answering, and not to any subject. Written without
# accents and in lower case; "*" stands for any ending. A passage made of these and of stop words is junk.
_FORM_WORDS = """
na nc nil tbd tbc idem ditto etc xxx test ok

comment* remark* answer* reply* replies response* respond* question* above below previous* further* addition*
add
attach* annex* enclos* appendix document* position paper* pdf file upload* section page* see refer refers
referring please kindly
none nothing no not applicable available opinion specify other* others agree* disagree* yes
thank* thanks regards greeting* dear sir madam sincerely faithfully hello hi best kind many cheers
submission submitted separately contribution

kommentar* anmerkung* antwort* frage* oben unten siehe vgl anlage* anhang beigefugt* dokument*
positionspapier* stellungnahme*
keine* kein nichts entfallt zutreffend angabe* weitere* weiter* hinzuzufugen ja nein danke dank vielen grusse*
grussen freundlich*
geehrte* damen herren mit liebe* hallo verweis* verweise* verweisen bitte upload hochgeladen*

commentaire* remarque* reponse* question* voir cf piece* jointe* joint* annexe* ci dessus dessous aucun* rien
neant objet
oui non merci cordialement salutation salutations bonjour madame monsieur messieurs veuillez agreer sentiments
distingues ajouter autre* avis

comentario* observacion* respuesta* pregunta* ver vease adjunto* adjunta* anexo* documento* arriba anterior*
ningun* nada
aplica aplicable si gracias saludo saludos cordial* atentamente estimad* senor* otro* otra* hola

commento* commenti osservazion* risposta risposte domanda domande vedi vedere allegat* documento documenti
sopra precedent*
nessun* niente nulla applicabile grazie saluti cordiali distinti gentil* egregi* signor* ulterior* aggiungere
buongiorno

opmerking* antwoord* vraag vragen zie bijlage* bijgevoegd* hierboven boven geen niets nvt toepassing ja nee
bedankt dank groet*
vriendelijke geachte heer mevrouw overige verder* toe voegen

comentario* resposta* pergunta* ver anexo* documento* acima nenhum* nada aplicavel sim nao obrigad*
cumprimentos melhores caro
cara senhor* outro* outra*

komentarz* uwag* odpowied* pytan* patrz zob zobacz zalacznik* dokument* powyzej brak nic dotyczy tak nie
dziekuj* pozdrawiam
pozdrowieni* powazaniem szanown* panstwo dalszych

kommentar* bemaerkning* svar sporgsmal se bilag vedhaeft* dokument* ovenfor ingen intet relevant ja nej tak
venlig* hilsen* kaere
kommentar* synpunkt* svar fraga* se bilag* bifoga* dokument* ovan ingen inga inget tillampligt ja nej tack
vanlig* halsning* hej
kommentti* kommentoitavaa huomautettavaa vastaus* kysymys* katso ks liite liitte* asiakirja* ylla ei mitaan
sovellu kylla kiitos
terveisin ystavallisin terveiset lisattavaa hyva

komentar* poznamk* pripominky pripomienk* odpoved* otazk* viz pozri priloh* dokument* vyse vyssie zadn* ziadn*
nemam nemame nic ano ne nie dekuj*
dakuj* pozdrav* uctou vazen* dobry den

megjegyzes* valasz* kerdes* lasd melleklet* csatol* dokumentum* fent nincs semmi igen nem koszon* udvozlettel
tisztelt tisztelettel
comentari* raspuns* intrebar* vezi vedeti anex* atasat* document* sus niciun* nimic cazul da nu multumes*
multumim stima salut salutari nimeni
komentar* odgovor* pitanj* vidi vidjeti prilog* privitak* privitk* dokument* gore nema nemam nemamo nista da
ne hvala pozdrav* postovanjem postovan*
komentar* pripomb* odgovor* vprasanj* glej glejte prilog* priponk* dokument* zgoraj nimam nic ni da ne hvala
pozdrav* spostovan*
komentar* pastab* atsakym* klausim* zr ziureti pried* dokument* auksciau nera nieko taip ne aciu pagarbiai
komentar* piezim* atbild* jautajum* skat skatit pielikum* dokument* ieprieks nav nekas ja ne paldies cienu
kommentaar* markus* vastus* kusimus* vt vaata lisa manus* dokument* eespool puudub puuduvad pole midagi jah ei
aitah tanan
lugupidamisega tervitus*
kumment* risposta mistoqs* ara anness* dokument* fuq xejn iva le grazzi tislijiet
trachta* freagra* ceist* feach feic iarscribhinn* ceangailte doicimead* thuas dada ta nil go raibh maith agat
коментар* забележк* отговор* въпрос* виж вижте приложен* документ* горе няма нямам нямаме нищо да не благодар*
поздрав* уважаем*
σχολι* παρατηρησ* απαντησ* ερωτησ* βλεπε βλ συνημμεν* παραρτημα εγγραφ* ανωτερω υπαρχ* εχω εχουμε κανενα καμια
τιποτα ναι οχι ευχαριστ* εκτιμηση
χαιρετ* αγαπητ*
"""


def is_junk(text: str) -> bool:
    """
    Return whether a passage says nothing that a topic could be about.

    Junk is what holds no letters, only links, numbers or single letters, or at most 14 words that are all stop
    words of some language or words about the form itself ("see", "attached", "comment", "thanks"), in any of the
    24 languages. A short answer with a subject ("Facial recognition") is not junk.

    >>> is_junk("Please see the attached position paper."), is_junk("Facial recognition")
    (True, False)
    """
    if sum(len(token) > 1 and token.isalpha() for token in text.split()) > MAX_WORDS:
        return False  # no need to look closer
    words = _words(text)
    if not words:
        return True
    if len(words) > MAX_WORDS or (len(words) == 1 and words[0] in SUBJECTS) or _has_acronym(text):
        return False
    exact, stems = _form_words()
    stop = _folded_stop_words()
    about_form = [word in exact or word.startswith(stems) for word in words]
    in_stop = [word in stop or len(word) == 1 for word in words]
    if all(in_stop) and not any(about_form):
        return len(words) <= MAX_STOP_WORDS_ALONE
    return all(a or b for a, b in zip(about_form, in_stop, strict=True))


def _has_acronym(text: str) -> bool:
    """Return whether a word in capitals, such as "KI" in "Nein zu KI", stands among others."""
    exact, stems = _form_words()
    words = _WORD.findall(_LINK.sub(" ", text))
    capitals = [word for word in words if len(word) > 1 and word.isupper()]
    return 0 < len(capitals) < len(words) and any(
        _fold(word) not in exact and not _fold(word).startswith(stems) for word in capitals
    )


def _words(text: str) -> list[str]:
    plain = _LINK.sub(" ", text)
    plain = _SLASHED.sub(r"\1\2", plain)  # "n/a", "N.A." are one word
    return _WORD.findall(_fold(plain))


def _fold(text: str) -> str:
    """Return lower-case text without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("ø", "o").replace("ł", "l").replace("æ", "ae"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@cache
def _form_words() -> tuple[frozenset[str], tuple[str, ...]]:
    words = {_fold(word) for word in _FORM_WORDS.split()}
    stems = tuple(sorted(word[:-1] for word in words if word.endswith("*")))
    return frozenset(word for word in words if not word.endswith("*")), stems


@cache
def _folded_stop_words() -> frozenset[str]:
    return frozenset(part for word in all_stop_words() for part in _WORD.findall(_fold(word)))
