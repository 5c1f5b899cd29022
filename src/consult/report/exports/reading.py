"""A data package read back: checked against its own checksums."""

from __future__ import annotations

import hashlib
import io
import json
import re
import tomllib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from consult.errors import UserError
from consult.report.exports.package import DESCRIPTION, SETTINGS, SUMS, TABLES

if TYPE_CHECKING:
    import pandas as pd

_SUM = re.compile(r"([0-9a-f]{64})  (.+)")


@dataclass(frozen=True)
class Package:
    """
    What a data package holds, as it was written.

    Attributes:
        path: The file.
        files: Content by name.
        sums: SHA-256 of each file but `SHA256SUMS` itself, by name.
    """

    path: Path
    files: Mapping[str, bytes]
    sums: Mapping[str, str]

    @cached_property
    def description(self) -> dict[str, Any]:
        """What `datapackage.json` says."""
        return dict(json.loads(self.files[DESCRIPTION]))

    @cached_property
    def settings(self) -> dict[str, Any]:
        """The title of the study and the options it was run with."""
        return tomllib.loads(self.files.get(SETTINGS, b"").decode())

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables and counts that it holds."""
        return tuple(sorted(Path(name).stem for name in self.files if name.startswith(TABLES)))

    def table(self, name: str) -> pd.DataFrame:
        """Return a table, or a table of counts."""
        import pandas as pd

        return pd.read_parquet(io.BytesIO(self.files[f"{TABLES}{name}.parquet"]))

    def text(self, name: str) -> str:
        """Return a text file; empty where there is none."""
        return self.files.get(name, b"").decode()

    def lines(self, name: str) -> list[dict[str, Any]]:
        """Return the records of a file of one JSON object a line; none where there is no such file."""
        return [json.loads(line) for line in self.text(name).split("\n") if line]


def read_package(path: Path) -> Package:
    """
    Read a data package and check every file in it.

    Raises:
        UserError: There is no such file, it is no package of this program, or a file in it was changed.
    """
    if not path.is_file():
        message = f"{path}: there is no such file; expected a data package (ZIP). Check the path."
        raise UserError(message)
    try:
        with zipfile.ZipFile(path) as archive:
            files = {entry.filename: archive.read(entry) for entry in archive.infolist() if not entry.is_dir()}
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
        raise _no_package(path, str(error)) from error
    if not {SUMS, DESCRIPTION, SETTINGS} <= set(files):
        raise _no_package(path, f"it holds no {SUMS}, {DESCRIPTION} or {SETTINGS}")
    sums = {
        found[2]: found[1]
        for found in map(_SUM.fullmatch, files[SUMS].decode("utf-8", "replace").splitlines())
        if found
    }
    wrong = sorted(
        {
            name
            for name, content in files.items()
            if name != SUMS and sums.get(name) != hashlib.sha256(content).hexdigest()
        }
        | (set(sums) - set(files))
    )
    if wrong:
        message = (
            f"{path}: {', '.join(wrong[:5])}{' and others' if len(wrong) > 5 else ''} changed since the package was "
            f"made; expected the checksums of {SUMS}. Get the package again."
        )
        raise UserError(message)
    return Package(path, files, sums)


def _no_package(path: Path, why: str) -> UserError:
    return UserError(
        f"{path}: {why}; expected a data package. Make one with: consult export --format package --out FILE.zip"
    )
