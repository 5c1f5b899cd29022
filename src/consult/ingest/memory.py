"""Whether a source fits in the memory of this computer, said before it is read rather than by a crash."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from consult.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

# Measured on a questionnaire of 200 MB: peak of `consult ingest` for each byte of the source. Reading and the tables
# hold the texts several times over.
BYTES_FOR_A_BYTE = 6
# What small sources need anyway is not worth a warning.
_SMALL = 200_000_000
_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
_USED = (Path("/sys/fs/cgroup/memory.current"), Path("/sys/fs/cgroup/memory/memory.usage_in_bytes"))


def free_memory() -> int | None:
    """Return how many bytes are free, or None where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        free = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError, IndexError):
        return None
    for limit, used in zip(_LIMITS, _USED, strict=True):
        try:
            free = min(free, int(limit.read_text()) - int(used.read_text()))
        except (OSError, ValueError):
            continue
    return max(0, free)


def require_memory(paths: Sequence[Path]) -> None:
    """
    Check that the tables among the sources can be read.

    Raises:
        UserError: They need more memory than is free.
    """
    large = [(p, p.stat().st_size) for p in paths if p.is_file() and p.stat().st_size > _SMALL]
    need = BYTES_FOR_A_BYTE * sum(size for _, size in large)
    free = free_memory() if large else None
    if free is not None and need > free:
        raise too_large([p for p, _ in large], need, free)


def too_large(paths: Sequence[Path], need: int, free: int) -> UserError:
    """Return the error that says so, and what to do."""
    names = ", ".join(p.name for p in paths)
    return UserError(
        f"{names}: reading this takes about {need / 1e9:.0f} GB of memory, and {free / 1e9:.0f} GB are free. Close "
        "other programs or use a computer with more memory; or cut the file into parts, each with the heading row, "
        "and make a study of each."
    )
