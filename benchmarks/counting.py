"""
Speed and quality of campaigns and measures: ``python benchmarks/counting.py [--shared DIR]``.

Made material: 100,000 letters of 100 words, 500 edited copies of each of 20 templates among them, and a
study of 100,000 responses. With ``--shared`` also three real dockets of form letters among the answers of
a real questionnaire (not part of this project).
"""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path

import numpy as np
import pandas as pd

from consult import measures, schema
from consult.campaigns import find_campaigns, own_parts

SEED = 1


def letters() -> tuple[list[str], list[str]]:
    """Return texts and the template each was made from."""
    rng = np.random.default_rng(SEED)
    vocabulary = np.array([f"w{i}" for i in range(20_000)])
    weight = 1 / np.arange(1, 20_001)
    weight /= weight.sum()

    def draw(n: int) -> np.ndarray:
        return vocabulary[rng.choice(20_000, n, p=weight)]

    texts, truth = [], []
    for campaign in range(20):
        template = draw(100)
        for _ in range(500):
            letter = template.copy()
            n = int(rng.integers(3, 16))
            letter[rng.choice(100, n, replace=False)] = draw(n)
            texts.append(" ".join(letter))
            truth.append(f"campaign {campaign}")
    texts += [" ".join(draw(100)) for _ in range(90_000)]
    truth += [f"single {i}" for i in range(90_000)]
    order = rng.permutation(len(texts))
    return [texts[i] for i in order], [truth[i] for i in order]


def as_tables(texts: list[str], of: list[str] | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return documents and responses."""
    responses = of or [f"r-{i:06d}" for i in range(len(texts))]
    documents = pd.DataFrame({"document_id": [f"d-{i:06d}" for i in range(len(texts))], "response_id": responses})
    documents = documents.assign(text=texts, n_words=[len(t.split()) for t in texts])
    who = pd.DataFrame({"response_id": sorted(set(responses)), "consultation_id": "c-1"})
    return documents, who.assign(submitted_at=pd.NaT)


def pairs(labels: list[str]) -> int:
    """Return the number of pairs with the same label."""
    sizes = pd.Series(labels).value_counts()
    return int((sizes * (sizes - 1) // 2).sum())


def quality(truth: list[str], documents: pd.DataFrame, members: pd.DataFrame) -> tuple[float, float]:
    """Return precision and recall of pairs of documents put together."""
    campaign = dict(zip(members["document_id"], members["campaign_id"], strict=True))
    found = [campaign.get(d, d) for d in documents["document_id"]]
    both = pairs([f"{a}|{b}" for a, b in zip(truth, found, strict=True)])
    return both / max(pairs(found), 1), both / max(pairs(truth), 1)


def study(n: int = 100_000) -> measures.Corpus:
    """Return a corpus of n responses, 3 documents and 8 taggings each, 30 themes, 20 campaigns."""
    rng = np.random.default_rng(SEED)
    ids = np.array([f"r-{i:016x}" for i in range(n)], dtype=object)
    countries = np.array("DE FR IT ES PL NL BE SE FI DK AT CZ RO BG GR PT HU IE".split())
    days = pd.Timestamp("2020-02-01") + pd.to_timedelta(rng.integers(0, 90 * 86_400, n), unit="s")
    responses = pd.DataFrame(
        {
            "response_id": ids, "consultation_id": "c-1", "source_id": "s-1", "source_row": range(1, n + 1),
            "submitted_at": days, "anonymous": rng.random(n) < 0.3,
            "stakeholder_type": np.array(schema.STAKEHOLDER_TYPES)[rng.integers(0, 12, n)],
            "country": countries[rng.integers(0, len(countries), n)],
            "transparency_register": np.where(rng.random(n) < 0.2, "1", None),
        }
    )  # fmt: skip
    owner = rng.integers(0, n, 3 * n)
    names = np.array([f"d-{i:016x}" for i in range(3 * n)], dtype=object)
    documents = pd.DataFrame(
        {
            "document_id": names, "response_id": ids[owner], "text": "", "language_score": 0.9, "n_words": 50,
            "question_id": [f"q-{i}" for i in rng.integers(0, 5, 3 * n)], "damaged": 0.0,
            "language": np.array("en de fr es pl it".split())[rng.integers(0, 6, 3 * n)],
        }
    )  # fmt: skip
    where = rng.integers(0, 3 * n, 8 * n)
    taggings = pd.DataFrame(
        {
            "passage_id": [f"p-{i}" for i in range(8 * n)], "document_id": names[where],
            "response_id": ids[owner[where]], "assigned_by": "rule", "score": 1.0, "start": 0, "end": 1,
            "theme_id": [f"theme-{i}" for i in np.minimum(rng.geometric(0.1, 8 * n) - 1, 29)],
        }
    )  # fmt: skip
    tables = {
        "consultations": pd.DataFrame([{"consultation_id": "c-1", "title": "Made", "kind": "survey"}]),
        "questions": pd.DataFrame(
            [{"question_id": f"q-{i}", "consultation_id": "c-1", "number": i + 1, "text": "?", "kind": "open"}
             for i in range(5)]
        ),
        "responses": responses,
        "documents": documents,
        "taggings": taggings,
        "themes": pd.DataFrame(
            [{"theme_id": f"theme-{i}", "name": f"Theme {i}", "definition": "."} for i in range(30)]
        ),
        "campaigns": pd.DataFrame(
            [{"campaign_id": f"ca-{i}", "n_documents": 500, "n_responses": 499,
              "representative_document_id": names[i * 500]} for i in range(20)]
        ),
        "campaign_members": pd.DataFrame(
            {"document_id": names[:10_000], "campaign_id": [f"ca-{i // 500}" for i in range(10_000)],
             "similarity": 0.9}
        ),
    }  # fmt: skip
    return measures.Corpus.from_tables({name: schema.build(name, rows) for name, rows in tables.items()})


def real(shared: Path) -> tuple[pd.DataFrame, pd.DataFrame, list[str], int]:
    """Return the dockets' letters and the questionnaire's answers, with labels and the number of letters."""
    texts, truth, of = [], [], []
    for path in sorted((shared / "us-cdo-campaigns").glob("*.csv")):
        frame = pd.read_csv(path)
        texts += frame["text"].tolist()
        truth += [f"{path.stem}/{c}" for c in frame["comp"]]
        of += [f"r-{path.stem}-{i}" for i in range(len(frame))]
    n_letters = len(texts)
    path = shared / "ec-ai-whitepaper-2020" / "contributions.csv"
    frame = pd.read_csv(path, sep=";", encoding="utf-8-sig", dtype=str)
    for column in frame.columns:
        answers = frame[column].dropna()
        if answers.nunique() > 60 and answers.str.len().quantile(0.9) > 60:
            texts += answers.tolist()
            of += [f"r-answer-{i}" for i in answers.index]
    truth += [f"answer {i}" for i in range(len(texts) - n_letters)]
    return *as_tables(texts, of), truth, n_letters


def main() -> None:
    """Print a table of seconds, memory and quality."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path)
    shared = parser.parse_args().shared
    texts, truth = letters()
    documents, responses = as_tables(texts)
    start = time.perf_counter()
    found = find_campaigns(documents, responses)
    seconds = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    precision, recall = quality(truth, documents, found.members)
    print(
        f"| campaigns in 100,000 letters | {seconds:.1f} s, {memory:.0f} MB, "
        f"precision {precision:.3f}, recall {recall:.3f} |"
    )
    start = time.perf_counter()
    added = own_parts(documents, found.campaigns, found.members)
    print(f"| own words in {len(found.members):,} letters ({len(added)}) | {time.perf_counter() - start:.1f} s |")
    corpus = study()
    steps = {
        "index of 100,000 responses, once a study": lambda: corpus.index,
        "overview, first": lambda: measures.overview(corpus),
        "overview, again": lambda: measures.overview(corpus),
        "overview, campaigns set apart": lambda: measures.overview(corpus, measures.Selection(view="apart")),
        "overview, one country": lambda: measures.overview(corpus, measures.Selection(country="DE")),
        "cross-table, 30 themes by 18 countries": lambda: measures.crosstab(corpus, "country"),
        "co-occurrence of 30 themes": lambda: measures.cooccurrence(corpus),
    }
    for name, step in steps.items():
        start = time.perf_counter()
        step()
        print(f"| {name} | {time.perf_counter() - start:.2f} s |")
    if shared is None:
        return
    documents, responses, truth, n_letters = real(shared)
    found = find_campaigns(documents, responses)
    precision, recall = quality(truth, documents, found.members)
    letters_only = documents.iloc[:n_letters]
    alone, recall_alone = quality(truth[:n_letters], letters_only, found.members)
    inside = letters_only["document_id"].isin(found.members["document_id"]).mean()
    print(f"| real letters among answers | precision {precision:.3f}, recall {recall:.3f} |")
    print(f"| real letters alone | precision {alone:.3f}, recall {recall_alone:.3f}, in a campaign {inside:.3f} |")


if __name__ == "__main__":
    main()
