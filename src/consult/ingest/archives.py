"""ZIP archives, unpacked with care: no paths out of the folder, no bombs, no links."""

from __future__ import annotations

import re
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from consult.errors import UserError
from consult.ingest.batch import Aside

MOST_FILES = 50_000
MOST_BYTES = 4_000_000_000
MOST_RATIO = 200
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Unpacked:
    """The folder with the files, and the members that were left out."""

    folder: Path
    asides: tuple[Aside, ...]


def unpack(archive: Path, folder: Path, name: str | None = None) -> Unpacked:
    """
    Unpack a ZIP archive into an empty folder.

    Members with a path that leads out of the folder, links, encrypted or broken members, and members that
    unpack to more than 200 times their size are left out, each with the reason; the rest is unpacked. An
    archive inside the archive stays as it is and is opened as a source of its own.

    Args:
        archive: The ZIP file.
        folder: Where to unpack it.
        name: What to call the archive in messages.

    Raises:
        UserError: The archive is broken, or unpacks to more files or bytes than a consultation has.
    """
    name = name or archive.name
    asides: list[Aside] = []
    try:
        with zipfile.ZipFile(archive) as opened:
            members = [m for m in opened.infolist() if not m.is_dir()]
            _refuse_bomb(members, name)
            left = MOST_BYTES
            for member in members:
                reason = _unsafe(member)
                if reason is None:
                    target = folder.joinpath(*PurePosixPath(member.filename.replace("\\", "/")).parts)
                    reason, left = _extract(opened, member, target, left)
                if reason is not None:
                    asides.append(Aside(None, f"member '{member.filename}'", reason))
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError) as error:
        message = f"{name}: the ZIP archive is broken ({error}); download or pack it again."
        raise UserError(message) from error
    return Unpacked(folder, tuple(asides))


def _refuse_bomb(members: list[zipfile.ZipInfo], name: str) -> None:
    total = sum(m.file_size for m in members)
    if len(members) > MOST_FILES or total > MOST_BYTES:
        message = (
            f"{name}: the ZIP archive holds {len(members)} files that unpack to {total / 1e9:.1f} GB; at most "
            f"{MOST_FILES} files and {MOST_BYTES / 1e9:.0f} GB are unpacked. Unpack it yourself and name the folder."
        )
        raise UserError(message)


def _unsafe(member: zipfile.ZipInfo) -> str | None:
    path = PurePosixPath(member.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or re.match(r"[A-Za-z]:", member.filename) or not path.parts:
        return "its path leads out of the archive; it was not unpacked"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "a link, not a file; it was not unpacked"
    if member.flag_bits & 0x1:
        return "encrypted; unpack it with its password and name the folder"
    if member.file_size > 10_000_000 and member.file_size > MOST_RATIO * max(1, member.compress_size):
        return "unpacks to far more than its size (a zip bomb?); it was not unpacked"
    return None


def _extract(opened: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, left: int) -> tuple[str | None, int]:
    """Write one member; what its header promises is not believed, bytes are counted."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with opened.open(member) as source, target.open("wb") as sink:
            while block := source.read(_BLOCK):
                left -= len(block)
                if left < 0:
                    break
                sink.write(block)
    except Exception as error:  # noqa: BLE001 - a broken member raises whatever its compression raises
        target.unlink(missing_ok=True)
        return f"broken inside the archive ({type(error).__name__}); it was not unpacked", left
    if left < 0:
        target.unlink(missing_ok=True)
        return "the archive unpacks to more than is allowed; it was not unpacked", left
    return None, left
