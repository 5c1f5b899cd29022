"""Where exports are written: a file or a folder, each complete or not there."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from consult.errors import UserError

# The same content gives the same bytes, so files in archives carry the earliest time a ZIP can hold.
_TIME = (1980, 1, 1, 0, 0, 0)


def write_file(out: Path, content: bytes) -> None:
    """
    Write a file under a temporary name, then rename it.

    Raises:
        UserError: It cannot be written there.
    """
    if out.is_dir():
        message = f"{out}: this is a folder; the export is one file. Name a file with --out."
        raise UserError(message)
    temporary = out.with_name(f"{out.name}.tmp")
    try:
        temporary.write_bytes(content)
        temporary.replace(out)
    except OSError as error:
        raise _refused(out, error) from error


def write_folder(out: Path, files: Mapping[str, bytes]) -> None:
    """
    Write files into a folder, which is made with the folders in it; files of the same names are replaced, others stay.

    Raises:
        UserError: The folder is a file, or cannot be written to.
    """
    if out.exists() and not out.is_dir():
        message = f"{out}: this is a file; the export is a folder. Name a new folder with --out."
        raise UserError(message)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _refused(out, error) from error
    for name, content in files.items():
        target = out / name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _refused(target, error) from error
        write_file(target, content)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return files as a ZIP archive; the same files give the same bytes."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return buffer.getvalue()


def _refused(out: Path, error: OSError) -> UserError:
    return UserError(f"{out}: cannot be written ({error.strerror or error}). Choose another place with --out.")
