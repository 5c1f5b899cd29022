"""The study folder. This is the only module that touches its files."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

from consult import schema
from consult.errors import UserError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SETTINGS = "study.toml"
RUNS = "runs.jsonl"
CODEBOOK = "codebook.yaml"
CLAIMS = "claims.yaml"
OWN_TEXT = "consultation.txt"
UPLOADS = "uploads"
"""Where the dashboard puts files until they are ingested."""


class Study:
    """
    One piece of work on one or several consultations, kept in a folder.

    Tables are read with `read` and written with `write`; a table that was never written reads as empty.
    Every write is atomic: a temporary file beside the target, then a rename.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def __repr__(self) -> str:
        return f"Study({str(self.path)!r})"

    @classmethod
    def create(cls, path: Path | str, title: str = "") -> Self:
        """
        Make a new study folder, or open the one that is there.

        Raises:
            UserError: The folder holds other things, or cannot be written to.
        """
        folder = Path(path)
        if (folder / SETTINGS).exists():
            return cls.open(folder)
        if folder.is_file():
            message = f"{folder}: this is a file; a study is a folder. Name a new or empty folder with --study."
            raise UserError(message)
        if folder.is_dir() and any(folder.iterdir()):
            message = (
                f"{folder}: the folder is not empty and holds no {SETTINGS}, so it is not a study. "
                "Name a new or empty folder with --study."
            )
            raise UserError(message)
        study = cls(folder)
        study._make_folders()
        study.write_settings({"title": title})
        return study

    @classmethod
    def open(cls, path: Path | str) -> Self:
        """
        Open a study that exists.

        Raises:
            UserError: The folder does not exist or is not a study.
        """
        folder = Path(path)
        if not folder.is_dir():
            message = f"{folder}: there is no such folder. Make a study with: consult run SOURCE --study {folder}"
            raise UserError(message)
        if not (folder / SETTINGS).is_file():
            message = (
                f"{folder}: the folder holds no {SETTINGS}, so it is not a study. "
                f"Make one with: consult run SOURCE --study NEW_FOLDER"
            )
            raise UserError(message)
        study = cls(folder)
        study.settings()
        return study

    def _make_folders(self) -> None:
        try:
            for name in ("", "tables", "models", "sources"):
                (self.path / name).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _not_writable(self.path, error) from error

    # Settings -----------------------------------------------------------------------------------------

    def settings(self) -> dict[str, Any]:
        """
        Return what `study.toml` says.

        Raises:
            UserError: The file is not valid TOML.
        """
        path = self.path / SETTINGS
        try:
            return tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            message = f"{path}: {error}; expected TOML (KEY = VALUE). Mend the line it names."
            raise UserError(message) from error

    def write_settings(self, changes: Mapping[str, Any]) -> None:
        """Write changed settings, keeping comments and settings made by hand."""
        import tomlkit

        path = self.path / SETTINGS
        document = tomlkit.parse(path.read_text(encoding="utf-8")) if path.exists() else tomlkit.document()
        for key, value in changes.items():
            document[key] = value
        self._write_bytes(path, tomlkit.dumps(document).encode())

    @property
    def title(self) -> str:
        """Title of the study: from its settings, or the folder's name."""
        return str(self.settings().get("title") or self.path.resolve().name)

    # Tables -------------------------------------------------------------------------------------------

    def table_path(self, name: str) -> Path:
        """Return where a table is kept."""
        return self.path / "tables" / f"{schema.table(name).name}.parquet"

    def has(self, name: str) -> bool:
        """Return whether a table has been written."""
        return self.table_path(name).exists()

    def read(self, name: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """
        Return a table, sorted by its key; all columns, or the ones named.

        Raises:
            UserError: The file is damaged or not of the promised shape.
        """
        import pandas as pd

        path = self.table_path(name)
        if not path.exists():
            blank = schema.empty(name)
            return blank if columns is None else blank[list(columns)]
        try:
            frame = pd.read_parquet(path, columns=None if columns is None else list(columns))
        except Exception as error:
            message = f"{path}: the table cannot be read ({error}). Delete it and run the study again."
            raise UserError(message) from error
        return frame

    def write(self, tables: Mapping[str, pd.DataFrame]) -> None:
        """
        Check tables and write them: all are written under temporary names before the first is renamed.

        Raises:
            SchemaError: A table is not of its shape; nothing is written.
            UserError: The folder cannot be written to.
        """
        checked = {name: schema.check(name, frame) for name, frame in tables.items()}
        self._make_folders()
        waiting: list[tuple[Path, Path]] = []
        try:
            for name, frame in checked.items():
                target = self.table_path(name)
                waiting.append((_beside(target), target))
                frame.to_parquet(waiting[-1][0], index=False, compression="zstd")
            for temporary, target in waiting:
                temporary.replace(target)
        except OSError as error:
            raise _not_writable(self.path, error) from error
        finally:
            for temporary, _ in waiting:
                _take_away(temporary)

    def digest(self, names: Iterable[str]) -> str:
        """Return a hash over tables as they lie on disk; an absent table counts as such."""
        total = hashlib.blake2b(digest_size=16)
        for name in names:
            path = self.table_path(name)
            total.update(name.encode())
            total.update(path.read_bytes() if path.exists() else b"\0absent")
        return total.hexdigest()

    # Sources and codebook -----------------------------------------------------------------------------

    def keep_source(self, source_id: str, path: Path) -> None:
        """Copy a source into the study, named by its id, unless it is there already."""
        target = self.path / "sources" / f"{source_id}{path.suffix if path.is_file() else ''}"
        if target.exists() or path.resolve().is_relative_to(self.path.resolve()):
            return
        temporary = _beside(target)
        try:
            if path.is_dir():
                shutil.copytree(path, temporary, symlinks=False)
            else:
                shutil.copyfile(path, temporary)
            temporary.replace(target)
        except OSError as error:
            raise _not_writable(self.path, error) from error
        finally:
            _take_away(temporary)

    def forget_sources(self, held: Iterable[str]) -> None:
        """Delete copies of sources other than these."""
        kept = set(held)
        for copy in (self.path / "sources").glob("s-*"):
            if copy.name.split(".", 1)[0] not in kept:
                shutil.rmtree(copy) if copy.is_dir() else copy.unlink()

    @property
    def codebook_path(self) -> Path:
        """Where the codebook in force is kept."""
        return self.path / CODEBOOK

    def write_codebook(self, text: str) -> None:
        """Put a codebook in force."""
        self._write_bytes(self.codebook_path, text.encode())

    @property
    def claims_path(self) -> Path:
        """Where the claims to check are kept."""
        return self.path / CLAIMS

    def claims_text(self) -> str:
        """Return the claims as YAML; an empty text if there are none yet."""
        return self.claims_path.read_text(encoding="utf-8") if self.claims_path.exists() else ""

    def write_claims(self, text: str) -> None:
        """Keep the claims to check."""
        self._write_bytes(self.claims_path, text.encode())

    def own_text(self) -> str:
        """Return the consultation's own document as text; an empty text if none was given."""
        path = self.path / OWN_TEXT
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def write_own_text(self, text: str) -> None:
        """Keep the consultation's own document as text."""
        self._write_bytes(self.path / OWN_TEXT, text.encode("utf-8", "replace"))

    def model_path(self, name: str) -> Path:
        """Return where something needed to treat new responses alike is kept."""
        return self.path / "models" / name

    def write_model(self, name: str, content: bytes) -> None:
        """Keep something needed to treat new responses alike."""
        self._write_bytes(self.model_path(name), content)

    def write_array(self, name: str, array: np.ndarray[Any, Any]) -> None:
        """Keep an array in `models/NAME.npy`."""
        import io

        import numpy as np

        buffer = io.BytesIO()
        np.save(buffer, array, allow_pickle=False)
        self._write_bytes(self.model_path(f"{name}.npy"), buffer.getvalue())

    # Runs and append-only files -----------------------------------------------------------------------

    def runs(self) -> list[dict[str, Any]]:
        """Return one record a stage run, oldest first; a line cut off by a crash is skipped."""
        return self.lines(RUNS)

    def log_run(self, record: Mapping[str, Any]) -> None:
        """Append a record of a stage run, with the time it ended."""
        ended = datetime.now(tz=UTC).isoformat(timespec="seconds")
        self.append(RUNS, {"ended": ended, **record})

    def lines(self, name: str) -> list[dict[str, Any]]:
        """Return the records of an append-only file, oldest first."""
        path = self.path / name
        if not path.exists():
            return []
        records = []
        # Not splitlines: it also cuts at separators that JSON leaves as they are, such as U+2028.
        for line in path.read_text(encoding="utf-8").split("\n"):
            try:
                records.append(json.loads(line))
            except json.JSONDecodeError:
                continue
        return records

    def append(self, name: str, record: Mapping[str, Any]) -> None:
        """
        Append one record to an append-only file; safe when several people write at once.

        Raises:
            UserError: The folder cannot be written to.
        """
        self.extend(name, [record])

    def extend(self, name: str, records: Iterable[Mapping[str, Any]]) -> None:
        """
        Append records to an append-only file, all in one go; safe when several people write at once.

        Raises:
            UserError: The folder cannot be written to.
        """
        from filelock import FileLock

        path = self.path / name
        lines = "".join(json.dumps(record, ensure_ascii=False, sort_keys=True) + "\n" for record in records)
        try:
            with FileLock(path.with_name(f".{name}.lock")), path.open("ab+") as file:
                if file.seek(0, os.SEEK_END) and file.seek(-1, os.SEEK_END) >= 0 and file.read(1) != b"\n":
                    lines = "\n" + lines  # a line that a crash cut off must not take the next one with it
                file.write(lines.encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise _not_writable(self.path, error) from error

    def take_back(self, name: str, record: Mapping[str, Any]) -> None:
        """
        Remove a record that was appended just now, since what it asked for could not be done.

        Raises:
            UserError: The folder cannot be written to.
        """
        from filelock import FileLock

        path = self.path / name
        line = json.dumps(record, ensure_ascii=False, sort_keys=True)
        with FileLock(path.with_name(f".{name}.lock")):
            kept = [held for held in path.read_text(encoding="utf-8").split("\n") if held != line]
            self._write_bytes(path, "\n".join(kept).encode("utf-8"))

    def _write_bytes(self, path: Path, content: bytes) -> None:
        temporary = _beside(path)
        try:
            temporary.write_bytes(content)
            temporary.replace(path)
        except OSError as error:
            raise _not_writable(self.path, error) from error
        finally:
            _take_away(temporary)


def is_study(path: Path) -> bool:
    """Return whether a folder is a study."""
    return (path / SETTINGS).is_file()


def _beside(path: Path) -> Path:
    """Return a temporary name beside a file: one of its own, since two people may write at once."""
    return path.with_name(f"{path.name}.{uuid4().hex}.tmp")


def _take_away(temporary: Path) -> None:
    """Delete what a write that failed left behind; nothing is there after one that did not."""
    if temporary.is_dir():
        shutil.rmtree(temporary, ignore_errors=True)
    else:
        with suppress(OSError):
            temporary.unlink()


def _not_writable(path: Path, error: OSError) -> UserError:
    return UserError(
        f"{path}: cannot be written to ({error.strerror or error}); a study needs a folder that you may "
        "write to. Choose another folder with --study, or free some space."
    )
