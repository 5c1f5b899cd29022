"""The file system inside old Office files (XLS): checked before a reader follows chains that never end."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

_HEADER = 512
# Numbers from here on are signs (end of chain, free, table), not sectors.
_SIGNS = 0xFFFFFFFA
_IN_HEADER = 109
# Bytes in a sector, by the version of the format.
_SIZES = {b"\x03\x00": 512, b"\x04\x00": 4096}


def chains_end(path: Path) -> bool:
    """
    Whether every chain of sectors in a compound file comes to an end.

    A chain that leads back into itself makes a reader take memory until there is none. The layout is that of
    Microsoft's [MS-CFB]: a table that holds for each sector the one that follows, and a second for small streams.
    """
    data = path.read_bytes()
    size = _SIZES.get(data[26:28])
    if size is None or len(data) < _HEADER:
        return True  # no compound file: the reader says so
    sectors = _Sectors(data, size)
    small_start, table_start = (struct.unpack_from("<I", data, place)[0] for place in (60, 68))
    tables = [n for n in struct.unpack_from(f"<{_IN_HEADER}I", data, 76) if n < _SIGNS]
    seen: set[int] = set()
    while table_start < _SIGNS:
        part = sectors.read(table_start)
        if table_start in seen:
            return False
        if not len(part):
            break
        seen.add(table_start)
        tables += [int(n) for n in part[:-1] if n < _SIGNS]
        table_start = int(part[-1])
    following = np.concatenate([sectors.read(n) for n in tables]) if tables else np.array([], dtype=np.uint32)
    if _returns(following):
        return False
    small = []
    while small_start < _SIGNS and small_start < len(following):
        small.append(sectors.read(small_start))
        small_start = int(following[small_start])
    return not (small and _returns(np.concatenate(small)))


class _Sectors:
    def __init__(self, data: bytes, size: int) -> None:
        self.data, self.size = data, size

    def read(self, number: int) -> np.ndarray:
        """Return the numbers in a sector; the sectors begin after the header, which is as long as one."""
        start = max(_HEADER, self.size) + number * self.size
        part = self.data[start : start + self.size]
        return np.frombuffer(part[: len(part) // 4 * 4], dtype="<u4")


def _returns(following: np.ndarray) -> bool:
    """Whether some chain leads back into itself."""
    done = np.zeros(len(following), dtype=np.int64)
    for start in range(len(following)):
        at, walk = start, start + 1
        while at < len(following) and not done[at]:
            done[at] = walk
            at = int(following[at])
        if at < len(following) and done[at] == walk:
            return True
    return False
