"""One space for all languages: translations lie together, languages do not."""

from __future__ import annotations

import numpy as np
import pytest

from consult.errors import UserError
from consult.text.embedding import Embedder
from consult.text.encoders import E5_BATCH
from consult.text.space import centre, corpus_offsets, normalise

SENTENCES = {
    "en": ["The lake froze over in January.", "Learning should be free for everyone."],
    "de": ["Der See fror im Januar zu.", "Lernen sollte für alle kostenlos sein."],
    "hu": ["A tó januárban befagyott.", "A tanulás legyen ingyenes mindenki számára."],
    "el": ["Η λίμνη πάγωσε τον Ιανουάριο.", "Η μάθηση πρέπει να είναι δωρεάν για όλους."],
}


@pytest.fixture(scope="module")
def vectors():
    texts = [text for pair in SENTENCES.values() for text in pair]
    languages = [language for language in SENTENCES for _ in range(2)]
    return Embedder().fit(texts, languages)[0].reshape(len(SENTENCES), 2, -1)


@pytest.mark.parametrize("index", range(1, len(SENTENCES)))
def test_a_sentence_is_nearest_to_its_own_translation(vectors, index):
    english, other = vectors[0], vectors[index]
    assert (np.argmax(other @ english.T, axis=1) == [0, 1]).all()


def test_order_and_company_change_nothing():
    texts = ["Lernen für alle", "Learning for all", *(f"Mokymasis visiems {'ir visur ' * i}" for i in range(20))]
    languages = ["de", "en", *["lt"] * 20]  # more than one batch
    assert languages.count("lt") > E5_BATCH
    forward = Embedder()._place(texts, languages, None)
    order = [7 * i % 22 for i in range(22)]
    assert sorted(order) == list(range(22)) != order
    other = Embedder()._place([texts[i] for i in order], [languages[i] for i in order], None)
    assert (forward[order] == other).all()


def test_a_remembered_text_is_not_read_again(tmp_path, monkeypatch):
    texts, languages = ["Lernen für alle", "Learning for all"], ["de", "en"]
    first, _ = Embedder("auto", tmp_path).fit(texts, languages)
    monkeypatch.setattr("consult.text.embedding.encode_use", lambda *_: pytest.fail("encoded again"))
    second, _ = Embedder("auto", tmp_path).fit(texts, languages)
    assert (first == second).all()


def test_offsets_remove_what_a_language_shares_and_spare_small_languages():
    rng = np.random.default_rng(0)
    content = rng.normal(size=(900, 8))
    shift = np.zeros(8)
    shift[0] = 3
    vectors = normalise(
        np.concatenate([content[:500], content[500:890] + shift, content[890:] + shift]).astype(np.float32)
    )
    languages = ["en"] * 500 + ["de"] * 390 + ["mt"] * 10
    offsets = corpus_offsets(vectors, languages)
    centred = centre(vectors, languages, offsets)
    before = abs(vectors[500:890, 0].mean() - vectors[:500, 0].mean())
    after = abs(centred[500:890, 0].mean() - centred[:500, 0].mean())
    assert after < before / 3
    away = {code: np.linalg.norm(offsets[code] - offsets[""]) for code in ("de", "mt")}
    assert away["mt"] < away["de"]


def test_an_unknown_model_says_what_to_do():
    with pytest.raises(UserError, match=r"auto, use and e5|could not be loaded"):
        Embedder("no/such-model").fit(["a"], ["en"])
