"""A study made again from a data package, and compared with it table by table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from consult.pipeline.options import Options, Progress
from consult.pipeline.running import run
from consult.pipeline.sources import INGEST_TABLES
from consult.study import Study

if TYPE_CHECKING:
    import pandas as pd

    from consult.report.exports.reading import Package

TAKEN = (*INGEST_TABLES, "set_aside")
"""Tables taken from the package as they are; all others are made again."""


@dataclass(frozen=True)
class Reproduced:
    """
    A study made again from a package.

    Attributes:
        study: The new study.
        tables: Names of the tables and counts compared.
        differing: Those that are not the same, with what differs in words.
        made_with: The program's version and library versions that the package was made with, where they differ
            from those here: name, version then, version now.
    """

    study: Study
    tables: tuple[str, ...]
    differing: Mapping[str, str]
    made_with: tuple[tuple[str, str, str], ...]

    @property
    def same(self) -> bool:
        """Whether every table is the same."""
        return not self.differing


def run_from_package(package: Path | str, study: Path | str, *, progress: Progress | None = None) -> Reproduced:
    """
    Make a study again from a data package: take what was read, and do every later stage anew.

    Args:
        package: A ZIP written by `consult export --format package`.
        study: Folder of the new study; it must be new or empty.
        progress: As for `run`.

    Raises:
        UserError: The package is none or was changed, or the folder is not empty.
    """
    from consult.errors import UserError
    from consult.report.exports import DECISIONS
    from consult.report.exports.reading import read_package

    found = read_package(Path(package))
    if Path(study).is_dir() and any(Path(study).iterdir()):
        message = f"{study}: the folder is not empty; a study made from a package starts anew. Name a new folder."
        raise UserError(message)
    opened = Study.create(study)
    opened.write_settings(found.settings)
    opened.write({name: found.table(name) for name in TAKEN})
    if found.text("codebook.yaml"):
        opened.write_codebook(found.text("codebook.yaml"))
    if found.text("claims.yaml"):
        opened.write_claims(found.text("claims.yaml"))
    if found.text("consultation.txt"):
        opened.write_own_text(found.text("consultation.txt"))
    for name in DECISIONS:
        if found.lines(name):
            opened.extend(name, found.lines(name))
    known = {key: value for key, value in found.settings.get("run", {}).items() if key in Options.__dataclass_fields__}
    done = run([], opened, options=Options(**known), progress=progress)
    return Reproduced(done, found.tables, differences(found, done), _versions(found))


def differences(package: Package, study: Study) -> dict[str, str]:
    """Return which tables and counts of a package a study does not have just so, with what differs in words."""
    from consult.report.exports.tables import gather

    new = gather(study, unmasked=not package.description["masked"]).everything
    return {name: words for name in package.tables if (words := _difference(package, name, new.get(name)))}


def _difference(package: Package, name: str, new: pd.DataFrame | None) -> str:
    """Return what differs between a table of the package and the new one; empty if they are the same."""
    import hashlib

    from consult.report.exports.columnar import parquet_bytes
    from consult.report.exports.package import TABLES

    if new is None:
        return "is not there any more"
    content = parquet_bytes(new)
    if hashlib.sha256(content).hexdigest() == package.sums[f"{TABLES}{name}.parquet"]:
        return ""
    old = package.table(name)
    if parquet_bytes(old) == content:  # the same, written by another version of the Parquet library
        return ""
    if len(old) != len(new):
        return f"{len(old):,} rows in the package, {len(new):,} now"
    if list(old.columns) != list(new.columns):
        return "other columns"
    changed = [str(c) for c in old.columns if not old[c].equals(new[c])]
    rows = sum(
        any(a != b and not (a != a and b != b) for a, b in zip(was, now, strict=True))
        for was, now in zip(old[changed].itertuples(index=False), new[changed].itertuples(index=False), strict=True)
    )
    return f"{rows:,} of {len(old):,} rows differ, in {', '.join(changed)}"


def _versions(package: Package) -> tuple[tuple[str, str, str], ...]:
    """Return what the package was made with and is another version here."""
    from consult.pipeline.freshness import versions

    runs = [run["versions"] for run in package.lines("runs.jsonl") if "versions" in run]
    then = runs[-1] if runs else {}
    return tuple((name, str(then[name]), now) for name, now in versions().items() if name in then and then[name] != now)
