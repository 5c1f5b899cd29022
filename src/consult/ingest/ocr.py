"""The text of scanned PDFs, recognised by `ocrmypdf` and Tesseract where they are installed; never required."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = "ocrmypdf"
# One paper of some hundred pages takes minutes; one that takes longer holds up all others.
SECONDS = 900
# Tesseract knows languages by three letters.
_TESSERACT = {
    "bg": "bul", "cs": "ces", "da": "dan", "de": "deu", "el": "ell", "en": "eng", "es": "spa", "et": "est", "fi": "fin",
    "fr": "fra", "ga": "gle", "hr": "hrv", "hu": "hun", "it": "ita", "lt": "lit", "lv": "lav", "mt": "mlt", "nl": "nld",
    "pl": "pol", "pt": "por", "ro": "ron", "sk": "slk", "sl": "slv", "sv": "swe",
}  # fmt: skip


class RecognitionError(Exception):
    """The program is there and could not do it; the message says why."""


def recognised_pdf(path: Path, folder: Path, language: str | None) -> Path | None:
    """
    Return a copy of a scanned PDF with its text recognised, or None where `ocrmypdf` is not installed.

    Args:
        path: A PDF without text.
        folder: Where the copy goes.
        language: ISO 639-1 code of the language it is said to be in; None tries all that Tesseract has of the EU's.

    Raises:
        RecognitionError: The program failed or took too long.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        return None
    target = folder / "recognised.pdf"
    command = [program, "--skip-text", "--quiet", "--output-type", "pdf"]
    command += ["--language", _languages(language), str(path.resolve()), str(target)]
    try:
        done = subprocess.run(  # noqa: S603 - no shell; the path is absolute and no option
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        message = f"{PROGRAM} took longer than {SECONDS // 60} minutes"
        raise RecognitionError(message) from error
    except OSError as error:
        message = f"{PROGRAM} could not be started"
        raise RecognitionError(message) from error
    if done.returncode or not target.is_file():
        said = " ".join(done.stderr.decode("utf-8", "replace").split())[-200:]
        message = f"{PROGRAM} failed ({said or f'exit {done.returncode}'})"
        raise RecognitionError(message)
    return target


def _languages(language: str | None) -> str:
    there = _installed()
    if language in _TESSERACT and (not there or _TESSERACT[language] in there):
        return _TESSERACT[language]
    return "+".join(code for code in _TESSERACT.values() if code in there) or "eng"


@cache
def _installed() -> frozenset[str]:
    """Return the languages that Tesseract has; none where it does not say."""
    program = shutil.which("tesseract")
    if program is None:
        return frozenset()
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command
            [program, "--list-langs"], stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return frozenset()
    return frozenset(done.stdout.decode("utf-8", "replace").split())
