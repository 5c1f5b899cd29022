"""Any sentence-transformers model by name, through the extra `transformers`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from consult.errors import UserError
from consult.text.space import Vectors, normalise


@cache
def _load(name: str) -> Any:
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        message = (
            f"--embedding {name}: models by name need the package sentence-transformers, which is not installed; "
            "allowed without it are auto, use and e5. Install it with: pip install 'consult-responses[transformers]'"
        )
        raise UserError(message) from error
    try:
        return SentenceTransformer(name, device="cpu")
    except Exception as error:
        message = f"--embedding {name}: the model could not be loaded ({error}). Check its name, or use auto."
        raise UserError(message) from error


def encode(name: str, texts: Sequence[str], progress: Callable[[int], None]) -> Vectors:
    """
    Return the model's normalised vectors, shape (n, dimensions of the model).

    Raises:
        UserError: The package or the model is not there.
    """
    model = _load(name)
    raw = model.encode(list(texts), batch_size=32, show_progress_bar=False, convert_to_numpy=True)
    progress(len(texts))
    return normalise(np.asarray(raw, dtype=np.float32))
