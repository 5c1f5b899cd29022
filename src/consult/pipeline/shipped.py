"""The codebooks and examples that come with the program."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

from consult.errors import UserError
from consult.study import Study

DEFAULT_CODEBOOK = "lifelong-learning"


def use_codebook(study: Study, codebook: Path | str | None) -> None:
    """
    Put a codebook in force: the file or shipped codebook named, else the study's own, else the default.

    Raises:
        UserError: There is no such codebook, or it is faulty.
    """
    from consult.themes.codebook import parse_codebook
    from consult.themes.codebook_files import codebook_text

    if codebook is None and study.codebook_path.exists():
        return
    path = find_codebook(codebook or DEFAULT_CODEBOOK)
    text = codebook_text(path)
    parse_codebook(text, path.name)
    if not study.codebook_path.exists() or study.codebook_path.read_text(encoding="utf-8") != text:
        study.write_codebook(text)


def find_codebook(name: Path | str) -> Path:
    """
    Return the path of a codebook given as a file or by the name of a shipped one.

    Raises:
        UserError: Neither exists.
    """
    path = Path(name)
    if path.is_file():
        return path
    shipped = shipped_data() / "codebooks" / f"{name}.yaml"
    if shipped.is_file():
        return shipped
    names = ", ".join(sorted(p.stem for p in (shipped_data() / "codebooks").glob("*.yaml")))
    message = f"codebook '{name}': there is no such file; shipped codebooks are {names}. Give a path or one of these."
    raise UserError(message)


@cache
def shipped_data() -> Path:
    """Return the folder of shipped examples and codebooks, in an installed package or in a checkout."""
    packaged = Path(str(files("consult"))) / "data"
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "data"


EXAMPLES = {
    "microcredentials": (
        ("contributions.csv",),
        "Micro-credentials: an example consultation, invented by hand",
    ),
    "learning-accounts": (
        ("feedback.json",),
        "Individual learning accounts: an example consultation, invented by hand",
    ),
}


def example_sources(name: str) -> tuple[list[Path], str]:
    """
    Return the sources and the title of a shipped example.

    Raises:
        UserError: There is no example of that name.
    """
    if name not in EXAMPLES:
        message = (
            f"example '{name}': there is no such example; the examples are {', '.join(EXAMPLES)}. Name one of them."
        )
        raise UserError(message)
    sources, title = EXAMPLES[name]
    return [shipped_data() / name / source for source in sources], title


def place_example(name: str, study: Study) -> None:
    """Put the claims and the consultation's own text of a shipped example into a study that has no claims."""
    from consult.report.own_text import keep_own_text

    if study.claims_text().strip():
        return
    study.write_claims((shipped_data() / name / "claims.yaml").read_text(encoding="utf-8"))
    keep_own_text(study, shipped_data() / name / "brief.md")
