"""Files that a person uploads: kept inside a new study folder only, limited in size and kind."""

from __future__ import annotations

import re
import shutil
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from consult.dashboard.links import home
from consult.errors import UserError
from consult.study import UPLOADS, Study, is_study
from consult.translation import decimal, say

KINDS = (
    "csv tsv tab txt xlsx xls ods json jsonl ndjson parquet pdf docx odt rtf html htm eml zip"
).split()  # fmt: skip
MOST_MEGABYTES = 200
MOST_TOTAL_MEGABYTES = 500


class Upload(Protocol):
    """What Streamlit hands over for an uploaded file."""

    name: str
    size: int

    def getbuffer(self) -> memoryview:
        """Return its bytes."""
        ...


@dataclass(frozen=True)
class Kept:
    """A study in the home folder, for the list of recent ones."""

    name: str
    title: str
    changed: float
    finished: bool


def safe_name(name: str) -> str:
    """
    Return a file name that stays inside its folder, whatever was uploaded.

    >>> safe_name("../../etc/pass wd.csv"), safe_name("Ответы.csv"), safe_name("..")
    ('pass wd.csv', 'Ответы.csv', 'file')
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(c for c in last if c.isprintable() and c not in '<>:"|?*').strip(". ")
    return kept[-120:] or "file"


def new_study(title: str) -> Study:
    """
    Make a study folder in the home folder, named after the title; a number tells equal names apart.

    Raises:
        UserError: The home folder cannot be written to.
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "study"
    name, n = stem, 1
    while (home() / name).exists():
        n += 1
        name = f"{stem}-{n}"
    return Study.create(home() / name, title)


def keep_uploads(study: Study, files: Iterable[Upload]) -> list[Path]:
    """
    Write uploaded files into the study's folder, each under a safe name; equal names get a number.

    Raises:
        UserError: They are too large together, or cannot be written.
    """
    chosen = list(files)
    total = sum(file.size for file in chosen) / 1_000_000
    if total > MOST_TOTAL_MEGABYTES:
        message = say(
            "upload: {size} MB; allowed are {most} MB at once. Upload fewer files, or use `consult run` on the command "
            "line.",
            size=decimal(total, 0),
            most=MOST_TOTAL_MEGABYTES,
        )
        raise UserError(message)
    folder = study.path / UPLOADS
    paths = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in chosen:
            target = _free(folder / safe_name(file.name))
            target.write_bytes(file.getbuffer())
            paths.append(target)
    except OSError as error:
        message = say(
            "{folder}: cannot be written to ({fault}). Free some space, or change CONSULT_HOME.",
            folder=folder,
            fault=error.strerror or error,
        )
        raise UserError(message) from error
    return paths


def forget(study: Study) -> None:
    """Take away a study that was made for an upload and never run; any other is left alone."""
    if study.path.parent == home() and not study.runs():
        shutil.rmtree(study.path, ignore_errors=True)


def uploaded(study: Study) -> list[Path]:
    """Return the uploaded files of a study."""
    folder = study.path / UPLOADS
    return sorted(folder.iterdir()) if folder.is_dir() else []


def recent() -> list[Kept]:
    """Return the studies in the home folder, the one changed last first."""
    folder = home()
    found = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if not is_study(path):
            continue
        try:
            study = Study.open(path)
        except UserError:
            continue
        runs = study.path / "runs.jsonl"
        changed = (runs if runs.exists() else path).stat().st_mtime
        found.append(Kept(path.name, study.title, changed, study.has("taggings") and study.has("topics")))
    return sorted(found, key=lambda kept: -kept.changed)


def _free(path: Path) -> Path:
    target, n = path, 1
    while target.exists():
        n += 1
        target = path.with_name(f"{path.stem} {n}{path.suffix}")
    return target
