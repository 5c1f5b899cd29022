"""Texts become vectors in the common space; each distinct text is encoded once and remembered by its content."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from consult.errors import UserError
from consult.text.encoders import encode_e5, encode_use
from consult.text.space import DIMENSIONS, USE_LANGUAGES, Vectors, centre, corpus_offsets, load_space, normalise

Progress = Callable[[int, int], None]
MODELS = ("auto", "use", "e5")
SAVE_EVERY = 4096
"""An interrupted run loses at most this many encoded texts."""


@dataclass
class Embedder:
    """
    Encodes texts with one model and remembers the vectors in a folder.

    Args:
        model: "auto" (USE for its eight languages, e5 mapped for the others), "use", "e5", or the name of a
            sentence-transformers model (needs the extra `transformers`).
        cache_folder: Where vectors are kept between runs; None keeps nothing.
    """

    model: str = "auto"
    cache_folder: Path | None = None

    def fit(
        self, texts: Sequence[str], languages: Sequence[str], progress: Progress | None = None
    ) -> tuple[Vectors, dict[str, Vectors]]:
        """
        Return the vectors of a corpus, centred by language, and the offsets that were subtracted.

        Args:
            texts: Texts, length n; those that are alike are encoded once.
            languages: ISO 639-1 code of each.
            progress: Called with the number of texts done and to do.

        Returns:
            Array (n, 512), rows of length one; and one offset a language for `embed`.
        """
        placed = self._place(texts, languages, progress)
        offsets = corpus_offsets(placed, languages, [self._encoder(language) for language in languages])
        return centre(placed, languages, offsets), offsets

    def embed(self, texts: Sequence[str], languages: Sequence[str], offsets: dict[str, Vectors]) -> Vectors:
        """Return vectors of other texts (definitions, new responses) in the space of a fitted corpus."""
        return centre(self._place(texts, languages, None), languages, offsets)

    def _place(self, texts: Sequence[str], languages: Sequence[str], progress: Progress | None) -> Vectors:
        keys = [_key(text, self._encoder(language), language) for text, language in zip(texts, languages, strict=True)]
        known = self._read_cache()
        todo: dict[str, tuple[str, str]] = {}
        for key, text, language in zip(keys, texts, languages, strict=True):
            if key not in known:
                todo[key] = (text, language)
        self._encode_missing(todo, known, progress)
        if not keys:
            return np.zeros((0, DIMENSIONS), dtype=np.float32)
        # Remembered vectors are half precision; fresh ones take the same way, so that a second run is the same.
        return normalise(np.stack([known[key] for key in keys]).astype(np.float32))

    def _encode_missing(
        self, todo: dict[str, tuple[str, str]], known: dict[str, Any], progress: Progress | None
    ) -> None:
        done, total = 0, len(todo)
        for encoder in ("e5", "use", "transformers"):
            keys = sorted(key for key, (_, language) in todo.items() if self._encoder(language) == encoder)
            for at in range(0, len(keys), SAVE_EVERY):
                part = keys[at : at + SAVE_EVERY]
                texts = [todo[key][0] for key in part]
                languages = [todo[key][1] for key in part]

                def count(n: int) -> None:
                    nonlocal done
                    done += n
                    if progress:
                        progress(done, total)

                vectors = self._raw(encoder, texts, languages, count)
                known.update(zip(part, vectors.astype(np.float16), strict=True))
                self._write_cache(known)

    def _raw(self, encoder: str, texts: list[str], languages: list[str], count: Callable[[int], None]) -> Vectors:
        if encoder == "transformers":
            from consult.text.transformers import encode

            return encode(self.model, texts, count)
        raw = (encode_use if encoder == "use" else encode_e5)(texts, count)
        return load_space().place(raw, languages, encoder)

    def _encoder(self, language: str) -> str:
        if self.model == "auto":
            return "use" if language in USE_LANGUAGES else "e5"
        return self.model if self.model in MODELS else "transformers"

    # Cache --------------------------------------------------------------------------------------------

    def _cache_path(self) -> Path | None:
        if self.cache_folder is None:
            return None
        name = "".join(c if c.isalnum() else "-" for c in self.model)
        return self.cache_folder / f"vectors-{name}.parquet"

    def _read_cache(self) -> dict[str, Any]:
        path = self._cache_path()
        if path is None or not path.exists():
            return {}
        try:
            frame = pd.read_parquet(path)
            matrix = np.frombuffer(b"".join(frame["vector"]), dtype=np.float16).reshape(len(frame), -1)
        except (OSError, ValueError, KeyError):
            return {}
        return dict(zip(frame["key"], matrix, strict=True))

    def _write_cache(self, known: dict[str, Any]) -> None:
        path = self._cache_path()
        if path is None:
            return
        keys = sorted(known)
        frame = pd.DataFrame({"key": keys, "vector": [known[key].tobytes() for key in keys]})
        temporary = path.with_suffix(".tmp")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            frame.to_parquet(temporary, index=False, compression=None)
            temporary.replace(path)
        except OSError as error:
            message = (
                f"{path}: cannot be written to ({error.strerror or error}). Free some space or choose another folder."
            )
            raise UserError(message) from error


def _key(text: str, encoder: str, language: str) -> str:
    return hashlib.blake2b(f"{encoder}\0{language}\0{text}".encode("utf-8", "replace"), digest_size=16).hexdigest()
