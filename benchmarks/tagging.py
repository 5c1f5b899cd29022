"""
How long does `consult tag` take, and is every piece of evidence verbatim?

    uv run python benchmarks/tagging.py --speed STUDY
    uv run python benchmarks/tagging.py --evidence SOURCE [SOURCE ...] [--map FIELD=COLUMN] [--cache DIR]

`--speed` times the whole command on a copy of a study whose passages are embedded: a first run, every theme, one theme
changed, nothing changed; and says how long the tagging itself took, as the command does. `--evidence` reads each
source, tags it with the shipped codebooks (as if nobody had measured their recall, so that likeness adds what it can),
and checks of each tagging that its evidence is a piece of its own passage, and the same words in its own document. It
exits with 1 if one is not.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd

from consult.cli.application import mapping_of
from consult.ingest import read_sources
from consult.study import Study
from consult.text.documents import make_documents
from consult.text.embedding import Embedder
from consult.text.passages import split_passages
from consult.themes.codebook import load_codebook
from consult.themes.kept import KEPT
from consult.themes.tagging import tag_passages

CODEBOOKS = Path(__file__).parents[1] / "data" / "codebooks"
ENGLISH = "      en: ["
"""How a line of a theme's English phrases starts."""


def with_new_phrases(codebook: str) -> str:
    """Return a codebook in YAML with two more English phrases in its first theme that has some."""
    before, found, after = codebook.partition(ENGLISH)
    if not found:
        message = f"codebook.yaml: no line starts with '{ENGLISH}'; one is needed, to change a theme. Write it so."
        raise SystemExit(message)
    return f'{before}{found}"newly written word", "another one ... here", {after}'


def speed(study: Path) -> str:
    """Time `consult tag` as a whole on a copy of a study: all themes, then one theme changed, then nothing."""
    import resource
    import shutil
    import subprocess
    import tempfile

    script = (
        "import sys; from consult.cli import run_main; sys.argv[1:] = ['tag', '--json', '--study', sys.argv[1]]; "
        "run_main()"
    )
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "study"
        shutil.copytree(study, copy)
        (copy / "models" / KEPT).unlink(missing_ok=True)
        codebook = load_codebook(copy / "codebook.yaml")
        rows = []
        for what in ("a first run", "every theme", "one theme changed", "nothing changed"):
            text = (copy / "codebook.yaml").read_text(encoding="utf-8")
            if what == "every theme":
                (copy / "models" / KEPT).unlink(missing_ok=True)
                text += "\n# read again\n"
            if what == "one theme changed":
                text = with_new_phrases(text)
            (copy / "codebook.yaml").write_text(text, encoding="utf-8")
            known = len(Study.open(copy).runs())
            before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            subprocess.run([sys.executable, "-c", script, str(copy)], check=True, stdout=subprocess.DEVNULL)
            seconds, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
            stages = [run["seconds"] for run in Study.open(copy).runs()[known:] if run["stage"] == "tag"]
            used = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
            rows.append(
                f"| {what} | {used:.1f} | {seconds:.1f} | {f'{sum(stages):.1f}' if stages else 'up to date'} |\n"
            )
        passages = len(pd.read_parquet(copy / "tables" / "passages.parquet"))
    head = f"{passages} passages, {len(codebook.themes)} themes; the whole command, imports included\n\n"
    return f"{head}| consult tag | CPU seconds | seconds | tagging alone |\n|---|---|---|---|\n{''.join(rows)}"


def faults(taggings: pd.DataFrame, passages: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """
    Return the taggings whose evidence is not verbatim: empty, outside its passage, or other words than the document's.

    Args:
        taggings: Table `taggings`.
        passages: Table `passages` that was tagged.
        documents: Table `documents`.
    """
    table = taggings.merge(passages, on="passage_id", suffixes=("", "_passage"))
    texts = dict(zip(documents["document_id"], documents["text"], strict=True))
    columns = ["document_id", "document_id_passage", "start", "end", "start_passage", "end_passage", "text"]
    verbatim = [
        document == other
        and first <= start < end <= last
        and bool(texts[document][start:end].strip())
        and texts[document][start:end] == text[start - first : end - first]
        for document, other, start, end, first, last, text in table[columns].itertuples(index=False)
    ]
    return table[[not fine for fine in verbatim]]


def evidence(sources: list[Path], mapping: dict[str, list[str]] | None, cache: Path | None) -> tuple[str, int]:
    """Return a table of how many taggings were checked, and how many are not verbatim."""
    lines = [
        "| source | codebook | passages | taggings | by rule | by similarity | not verbatim |\n",
        f"|{'---|' * 7}\n",
    ]
    wrong = 0
    for source in sources:
        found = read_sources([source], mapping=mapping)
        made = make_documents(
            found.answers, found.questions, found.responses, found.attachments, found.attachment_pages
        )
        passages = split_passages(made.documents)
        languages = passages["document_id"].map(made.documents.set_index("document_id")["language"]).tolist()
        embedder = Embedder(cache_folder=cache)
        vectors, offsets = embedder.fit(passages["text"].tolist(), languages)
        for path in sorted(CODEBOOKS.glob("*.yaml")):
            codebook = replace(load_codebook(path), recall=None)  # as if unmeasured, so that likeness adds what it can
            taggings = tag_passages(
                passages, made.documents, found.questions, codebook, vectors,
                lambda texts, codes, offsets=offsets, embedder=embedder: embedder.embed(texts, codes, offsets),
            )  # fmt: skip
            bad = len(faults(taggings, passages, made.documents))
            wrong += bad
            by = taggings["assigned_by"].value_counts()
            lines.append(
                f"| {source.name} | {path.stem} | {len(passages)} | {len(taggings)} | {by.get('rule', 0)} "
                f"| {by.get('similarity', 0)} | {bad} |\n"
            )
    return "".join(lines), wrong


def main(arguments: list[str] | None = None) -> int:
    """Print the tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--speed", type=Path, help="a study whose passages are embedded")
    parser.add_argument("--evidence", type=Path, nargs="+", default=[], help="sources to tag and check")
    parser.add_argument("--map", action="append", default=[], help="FIELD=COLUMN, as for consult ingest")
    parser.add_argument("--cache", type=Path, help="folder to keep the vectors in")
    given = parser.parse_args(arguments)
    if given.speed:
        sys.stdout.write(speed(given.speed))
    table, wrong = evidence(given.evidence, mapping_of(given.map) or None, given.cache)
    if given.evidence:
        sys.stdout.write(table)
    return int(wrong > 0)


if __name__ == "__main__":
    raise SystemExit(main())
