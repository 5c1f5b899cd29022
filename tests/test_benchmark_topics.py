"""The benchmark of topics: what it samples, and how it reads its peers."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pandas as pd
import pytest

FOLDER = Path(__file__).parents[1] / "benchmarks"


def loaded(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"benchmark_{name}", FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("wanted", [1, 10, 1001])
def test_sampling_gives_as_many_passages_as_promised_and_always_the_same(wanted):
    texts = pd.Series([f"text {i}" for i in range(30)])
    languages = pd.Series(["en"] * 19 + ["de"] * 7 + ["mt"] * 4)
    draw = loaded("topics").draw_pairs
    pairs = draw(texts, languages, wanted)
    assert len(pairs) == wanted
    assert pairs == draw(texts, languages, wanted)
    spoken = dict(zip(texts, languages, strict=True))
    for text, code in pairs:
        first, second = text.split(" text ")
        assert {spoken[first], spoken[f"text {second}"]} == {code}


def test_top2vec_is_given_the_encoder_and_the_seed_and_read_topic_by_topic(monkeypatch):
    given = {}

    class Top2Vec:
        doc_top = (1, 0, 1)

        def __init__(self, documents, **options):
            given.update(options, documents=documents, encoded=options["embedding_model"](["a", "b"]))

        def get_topics(self):
            words = np.array([[f"word{k}{i}" for i in range(50)] for k in range(2)])
            return words, np.ones((2, 50)), np.array([0, 1])

    monkeypatch.setitem(sys.modules, "top2vec", SimpleNamespace(Top2Vec=Top2Vec))
    peer = loaded("topics_peer")
    encoder = SimpleNamespace(encode=lambda texts, show_progress_bar: [[1.0, 0.0]] * len(texts))
    monkeypatch.setattr(peer, "minilm", lambda: encoder)
    labels, words = peer.fit("top2vec", ["x", "y", "z"], np.zeros((3, 2)), 7)
    assert labels.tolist() == [1, 0, 1]
    assert words == {str(k): [f"word{k}{i}" for i in range(10)] for k in range(2)}
    assert given["umap_args"]["random_state"] == 7
    assert given["documents"] == ["x", "y", "z"]
    assert given["encoded"].shape == (2, 2)
