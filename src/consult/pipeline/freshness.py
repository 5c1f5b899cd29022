"""Which stages are up to date: what they read, were asked and wrote, as hashes in `runs.jsonl`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import consult
from consult.study import Study


def is_done(study: Study, stage: str, key: str, writes: Sequence[str]) -> bool:
    """Say whether a stage last ran with this key, and its tables are still what it wrote."""
    last = next((record for record in reversed(study.runs()) if record.get("stage") == stage), None)
    return bool(last and last.get("key") == key and last.get("result") == study.digest(writes))


def log(
    study: Study,
    stage: str,
    key: str,
    writes: Sequence[str],
    seconds: float,
    counts: Mapping[str, int],
    more: Mapping[str, Any],
) -> None:
    """Write a stage run to `runs.jsonl`."""
    study.log_run(
        {
            "stage": stage,
            "key": key,
            "result": study.digest(writes),
            "seconds": round(seconds, 3),
            "counts": dict(counts),
            "versions": versions(),
            **more,
        }
    )


@cache
def versions() -> dict[str, str]:
    """Return the versions of the program and of the libraries that results depend on."""
    from importlib.metadata import version

    names = ("bertopic", "pandas", "spacy", "scikit-learn", "numpy", "simplemma", "py3langid")
    return {"consult": consult.__version__, **{name: version(name) for name in names}}


def hash_of(*parts: str) -> str:
    """Return one hash of several texts."""
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        digest.update(f"{len(part)}:{part}".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def file_hash(path: Path) -> str:
    """Return the hash of a file's content, or "absent"."""
    return hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest() if path.is_file() else "absent"


def source_hash(path: Path) -> str:
    """Return the hash of a source: a file, or every file of a folder."""
    if path.is_dir():
        inside = sorted(p for p in path.rglob("*") if p.is_file())
        return hash_of(*(f"{p.relative_to(path)}:{file_hash(p)}" for p in inside))
    return file_hash(path)
