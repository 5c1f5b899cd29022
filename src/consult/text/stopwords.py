"""Stop words of the 24 languages: spaCy's lists, and our own where spaCy has none or few."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path

from consult.text.languages import EU_LANGUAGES

_OWN = {
    "mt": (
        "u li l il ta tal t dan din dawn dak dik dawk hu hi huma jien int inti aħna intom ma mhux biex fuq fi fil "
        "f minn mill ma mal bil bi b għal għall għalhekk kif kien kienet kienu hija huwa jew imma iżda jekk meta "
        "x xi kull aktar wisq ħafna hemm hawn bħal bħala wkoll fejn lil lill qed qiegħed għandu għandha għandhom "
        "jista tista jistgħu jkun tkun ikun jkunu s sal r d n ż z ċ st ssir isir tiegħu tagħha tagħhom tagħna"
    ),
    "et": (
        "ja on ei et kui ka see mis oma aga või olla oli seda siis veel nii kõik mida kes selle need tema nende "
        "meie teie mina sina nad me te ta sest ning kuid pole peab saab võib väga rohkem juba vaid üks ainult "
        "läbi üle all ees taga koos ilma enam eest kuni pärast enne selleks samuti tuleb olema teha"
    ),
    "ga": (
        "an na agus is ar le do i go ag de a tá sé sí siad bhí ní nach ach faoi ó mar sin seo atá nó gach chun "
        "leis don den sa san as ina lena ba bheith gur cén cad é iad muid mé tú sibh againn acu aige aici dá um"
    ),
    "lv": "un ir ka ar uz no par kas lai tas arī bet vai pie pēc kā tā šo šis to tiek būt var ne nav jau tikai vēl",
    "da": "og at det er en et den til af på de med som for der ikke har kan vi skal om men også fra eller ved bør",
    "en": "also etc e.g i.e would could should may might must shall ie eg via per within",
    "de": "sowie bzw z.b usw etc dass daß sollte sollten müssen muss können kann",
}


@cache
def stop_words(language: str) -> frozenset[str]:
    """Return the stop words of one language, lower-cased."""
    own = _OWN.get(language, "").split()
    if language == "mt":
        return frozenset(own)
    return frozenset({word.lower() for word in _spacy_words(language)} | set(own))


def _spacy_words(language: str) -> set[str]:
    """Read spaCy's list from its file: importing the language would build its whole tokenizer, seconds for French."""
    package = find_spec("spacy.lang")
    folder = Path(next(iter(package.submodule_search_locations or ()))) if package else Path()
    spec = spec_from_file_location(f"_stop_words_{language}", folder / language / "stop_words.py")
    if spec is None or spec.loader is None:
        return set()
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return set(module.STOP_WORDS)


@cache
def all_stop_words() -> frozenset[str]:
    """Return the stop words of all 24 languages together."""
    return frozenset().union(*(stop_words(language) for language in EU_LANGUAGES))
