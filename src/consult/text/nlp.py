"""Blank spaCy pipelines: tokens, sentences and lemmas in 24 languages, without a trained model."""

from __future__ import annotations

from functools import cache

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from consult.text.lemmas import lemma

_SPACY_CODE = {"mt": "xx"}
LEMMATIZER = "simplemma_lemmatizer"
# A document of this many characters takes spaCy some hundred megabytes; longer ones are cut by their paragraphs.
MAX_CHARACTERS = 1_000_000


@Language.factory(LEMMATIZER, default_config={"language": "en"})
def _create_lemmatizer(nlp: Language, name: str, language: str) -> _SimplemmaLemmatizer:  # noqa: ARG001
    return _SimplemmaLemmatizer(language)


class _SimplemmaLemmatizer:
    """Sets `token.lemma_` from simplemma."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, doc: Doc) -> Doc:
        for token in doc:
            token.lemma_ = lemma(token.text, self.language)
        return doc


@cache
def sentence_pipeline(language: str) -> Language:
    """Return a pipeline that splits a text of this language into sentences."""
    nlp = spacy.blank(_SPACY_CODE.get(language, language))
    nlp.add_pipe("sentencizer", config={"punct_chars": None})
    nlp.max_length = MAX_CHARACTERS
    return nlp


@cache
def pipeline(language: str) -> Language:
    """Return a pipeline that gives tokens of this language their lemmas."""
    nlp = spacy.blank(_SPACY_CODE.get(language, language))
    nlp.add_pipe(LEMMATIZER, config={"language": language})
    nlp.max_length = MAX_CHARACTERS
    return nlp
