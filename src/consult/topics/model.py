"""The real BERTopic behind one function: texts as terms, ready-made vectors, our clusterer."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from consult.topics.clustering import ConsensusKMeans

N_WORDS = 60


def load_bertopic() -> Any:
    """Return the module `bertopic`; importing it silences warnings for the whole process, which is undone here."""
    with warnings.catch_warnings():
        import bertopic
    return bertopic


def split_terms(text: str) -> list[str]:
    """Return the terms of a text made by joining terms with spaces; BERTopic's vectorizer calls this."""
    return text.split()


def fit(terms: Sequence[Sequence[str]], vectors: NDArray[np.float32], clusterer: ConsensusKMeans) -> Any:
    """
    Return a BERTopic fitted to passages given as terms, with their vectors and a clusterer.

    No embedding model and no UMAP are used: vectors come ready-made, and the clusterer reduces them itself.
    BERTopic orders the topics by size; -1 holds the outliers.
    """
    bertopic = load_bertopic()
    from bertopic.dimensionality import BaseDimensionalityReduction
    from bertopic.vectorizers import ClassTfidfTransformer
    from sklearn.feature_extraction.text import CountVectorizer

    model = bertopic.BERTopic(
        language="multilingual",  # "english" would strip every letter outside a to z
        embedding_model=None,
        umap_model=BaseDimensionalityReduction(),
        hdbscan_model=clusterer,
        vectorizer_model=CountVectorizer(analyzer=split_terms),
        ctfidf_model=ClassTfidfTransformer(bm25_weighting=True, reduce_frequent_words=True),
        top_n_words=N_WORDS,
        calculate_probabilities=False,
        verbose=False,
    )
    logging.getLogger("BERTopic").setLevel(logging.ERROR)
    # A passage without any term still needs a word, and BERTopic's c-TF-IDF needs two terms at least.
    alone = len({term for found in terms for term in found}) < 2
    documents = [" ".join([*found, "-", "–"] if alone or not found else found) for found in terms]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(documents, embeddings=np.ascontiguousarray(vectors))
    return model


def class_weights(counts: Any) -> Any:
    """Return c-TF-IDF weights of groups (rows) by terms, by BERTopic's own transformer."""
    load_bertopic()
    from bertopic.vectorizers import ClassTfidfTransformer

    if counts.shape[1] < 2:  # the transformer fails on a single term, which sets no group apart anyway
        return counts.astype(float)
    transformer = ClassTfidfTransformer(bm25_weighting=True, reduce_frequent_words=True)
    return transformer.fit(counts).transform(counts)
