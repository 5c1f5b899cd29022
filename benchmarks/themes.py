"""
How well are themes found? Against coded answers: phrases only, similarity only, both, and a learned baseline.

    uv run python benchmarks/themes.py CONTRIBUTIONS.csv GOLD.jsonl [--codebook FILE] [--cache DIR] [--fit]

The gold unit is an answer: it has a theme if any of its passages has. Undecided cells are left out. Similarity
alone takes its threshold from the other folds (5 folds over answers), the baseline (TF-IDF of words and letters,
one logistic regression a theme, threshold fitted too) is trained and tested on the same folds. The phrases were
written with these answers in sight, so that their figures are not those of new data.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from consult.ingest import read_sources
from consult.text.documents import make_documents
from consult.text.embedding import Embedder
from consult.text.passages import split_passages
from consult.themes.codebook import Codebook, load_codebook
from consult.themes.evaluation import evaluate
from consult.themes.gold import Coding, decisions_of, join_coding, read_coding
from consult.themes.similarity import theme_similarities
from consult.themes.tagging import find_phrases, tag_passages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from consult.themes.similarity import Embed, Vectors

FOLDS = 5
GRID = np.arange(0.15, 0.61, 0.025)


@dataclass(frozen=True)
class Case:
    """A coded consultation, made ready."""

    codebook: Codebook
    coding: Coding
    joined: Mapping[int, tuple[str, ...]]
    documents: pd.DataFrame
    questions: pd.DataFrame
    passages: pd.DataFrame
    vectors: Vectors
    embed: Embed

    @property
    def gold(self) -> pd.DataFrame:
        """The coders' decisions on the answers found in the source."""
        return self.coding.decisions.loc[sorted(self.joined)]


def load_case(source: Path, gold: Path, codebook: Codebook, cache: Path | None = None) -> Case:
    """Read the source, embed the whole of it (the space is centred on the corpus), keep the coded answers."""
    found = read_sources([source])
    made = make_documents(found.answers, found.questions, found.responses, found.attachments, found.attachment_pages)
    documents = made.documents
    passages = split_passages(documents)
    languages = passages["document_id"].map(documents.set_index("document_id")["language"]).tolist()
    embedder = Embedder(cache_folder=cache)
    vectors, offsets = embedder.fit(passages["text"].tolist(), languages)
    coding = read_coding(gold, codebook)
    joined = join_coding(coding, documents, found.responses, found.questions)
    wanted = {document for ids in joined.values() for document in ids}
    keep = passages["document_id"].isin(wanted).to_numpy()
    return Case(
        codebook, coding, joined, documents, found.questions, passages[keep].reset_index(drop=True), vectors[keep],
        lambda texts, codes: embedder.embed(texts, codes, offsets),
    )  # fmt: skip


def _best(case: Case) -> pd.DataFrame:
    """Return the highest similarity of any passage, answers by themes."""
    likeness = theme_similarities(case.vectors, case.codebook, case.embed)
    by_document = pd.DataFrame(likeness, columns=list(case.codebook.by_id)).groupby(case.passages["document_id"]).max()
    rows = {n: by_document.reindex(ids).max() for n, ids in case.joined.items()}
    return pd.DataFrame.from_dict(rows, orient="index").fillna(-1.0).loc[case.gold.index]


def _folds(n: int) -> np.ndarray:
    return np.random.default_rng(0).permutation(n) % FOLDS


def _micro(predicted: np.ndarray, gold: np.ndarray) -> float:
    decided = ~np.isnan(gold)
    both = (predicted & (gold == 1)).sum()
    return float(2 * both / max(1, (predicted & decided).sum() + (gold == 1).sum()))


def _cut(scores: np.ndarray, gold: np.ndarray, folds: np.ndarray, grid: np.ndarray) -> np.ndarray:
    """Decide by the threshold that is best on the other folds."""
    found = np.zeros(scores.shape, dtype=bool)
    for fold in range(FOLDS):
        rest = folds != fold
        best = max(grid, key=lambda t: _micro(scores[rest] >= t, gold[rest]))
        found[~rest] = scores[~rest] >= best
    return found


def similarity_only(case: Case) -> pd.DataFrame:
    """Similarity to definition and examples, one threshold for all themes, cross-validated."""
    scores, gold = _best(case), case.gold
    found = _cut(scores.to_numpy(), gold.to_numpy(), _folds(len(gold)), GRID)
    return pd.DataFrame(found.astype(float), index=gold.index, columns=scores.columns)[gold.columns]


def baseline(case: Case) -> pd.DataFrame:
    """TF-IDF and logistic regression, trained on four fifths of the coded answers, tested on the rest."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import FeatureUnion

    gold = case.gold
    texts = np.array(case.coding.units.loc[gold.index, "text"].tolist())
    folds = _folds(len(gold))
    scores = np.zeros(gold.shape)
    for fold in range(FOLDS):
        rest = folds != fold
        letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=2)
        words = TfidfVectorizer(sublinear_tf=True, min_df=2)
        features = FeatureUnion([("words", words), ("letters", letters)]).fit(texts[rest])
        train, test = features.transform(texts[rest]), features.transform(texts[~rest])
        for column in range(gold.shape[1]):
            truth = gold.to_numpy()[rest, column]
            decided = ~np.isnan(truth)
            if len(set(truth[decided])) < 2:
                continue
            model = LogisticRegression(C=10, class_weight="balanced", max_iter=2000)
            model.fit(train[decided], truth[decided])
            scores[~rest, column] = model.predict_proba(test)[:, 1]
    found = _cut(scores, gold.to_numpy(), folds, np.arange(0.05, 0.9, 0.025))
    return pd.DataFrame(found.astype(float), index=gold.index, columns=gold.columns)


def evidence_overlap(case: Case, taggings: pd.DataFrame) -> tuple[int, int]:
    """Return in how many true positives the evidence overlaps the coder's quote, and how many there are."""
    texts = dict(zip(case.documents["document_id"], case.documents["text"], strict=True))
    spans: dict[tuple[str, str], list[tuple[int, int]]] = {}
    columns = ["document_id", "theme_id", "start", "end"]
    for document, theme, start, end in taggings[columns].itertuples(index=False):
        spans.setdefault((document, theme), []).append((start, end))
    hit = total = 0
    for (row, theme), quotes in case.coding.evidence.items():
        for document in case.joined.get(row, ()):
            own = spans.get((document, theme), [])
            quoted = [(at, at + len(q)) for q in quotes if (at := texts[document].find(q)) >= 0]
            if own and quoted:
                total += 1
                hit += any(a < d and c < b for a, b in own for c, d in quoted)
    return hit, total


def fit_scores(case: Case) -> str:
    """Fit the constants of `consult.themes.score` again."""
    from sklearn.linear_model import LogisticRegression

    likeness = theme_similarities(case.vectors, case.codebook, case.embed)
    hits = find_phrases(case.passages, case.documents, case.questions, case.codebook)
    rows_of = {d: list(rows) for d, rows in case.passages.groupby("document_id").groups.items()}
    with_phrase, alone = [], []
    for number, ids in case.joined.items():
        rows = [r for document in ids for r in rows_of.get(document, ())]
        for column, theme in enumerate(case.codebook.by_id):
            truth = case.coding.decisions.loc[number, theme]
            if np.isnan(truth) or not rows:
                continue
            alone.append((max(likeness[r, column] for r in rows), truth))
            found = [r for r in rows if column in hits[r]]
            if found:
                places = sum(len(hits[r][column]) for r in found)
                with_phrase.append((np.log2(places), max(likeness[r, column] for r in found), truth))
    first, second = np.array(with_phrase), np.array(alone)
    one = LogisticRegression(C=10).fit(first[:, :2], first[:, 2])
    two = LogisticRegression(C=10).fit(second[:, :1], second[:, 1])
    return (
        f"with a phrase: base {one.intercept_[0]:.2f}, log2(places) {one.coef_[0, 0]:.2f}, "
        f"similarity {one.coef_[0, 1]:.2f} ({len(first)} cases)\n"
        f"similarity alone: base {two.intercept_[0]:.2f}, similarity {two.coef_[0, 0]:.2f} ({len(second)} cases)\n"
    )


def main(arguments: list[str] | None = None) -> int:
    """Print the tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("source", type=Path)
    parser.add_argument("gold", type=Path)
    default = Path(__file__).parents[1] / "data" / "codebooks" / "ai-whitepaper.yaml"
    parser.add_argument("--codebook", type=Path, default=default)
    parser.add_argument("--cache", type=Path, help="folder to keep the vectors in")
    parser.add_argument("--fit", action="store_true", help="fit the constants of the score instead")
    given = parser.parse_args(arguments)
    case = load_case(given.source, given.gold, load_codebook(given.codebook), given.cache)
    out = sys.stdout.write
    if given.fit:
        out(fit_scores(case))
        return 0
    themes, gold = list(case.codebook.by_id), case.gold
    languages = case.coding.units["language"]
    started = time.perf_counter()
    joined = tag_passages(case.passages, case.documents, case.questions, case.codebook, case.vectors, case.embed)
    seconds = time.perf_counter() - started
    phrases = joined[joined["assigned_by"] == "rule"]
    results = {
        "phrases and similarity": decisions_of(joined, case.joined, themes),
        "phrases only": decisions_of(phrases, case.joined, themes),
        "similarity only": similarity_only(case),
        "TF-IDF and logistic regression": baseline(case),
    }
    out("| method | precision | recall | micro-F1 (95 %) | macro-F1 | kappa | AC1 |\n|---|---|---|---|---|---|---|\n")
    for name, predicted in results.items():
        table = evaluate(predicted, gold, languages).overall.set_index("measure")
        v, f1 = table["value"], table.loc["F1 (micro)"]
        kappa, ac1 = v["Cohen's kappa"], v["Gwet's AC1"]
        out(
            f"| {name} | {v['precision (micro)']:.2f} | {v['recall (micro)']:.2f} "
            f"| {f1['value']:.3f} ({f1['low']:.2f}-{f1['high']:.2f}) | {v['F1 (macro)']:.2f} "
            f"| {kappa:.2f} | {ac1:.2f} |\n"
        )
    hit, total = evidence_overlap(case, joined)
    out(f"\n{len(gold)} answers, {len(case.passages)} passages, tagged in {seconds:.1f} s; ")
    out(f"evidence overlaps the coder's quote in {hit} of {total} true positives.\n")
    full = evaluate(results["phrases and similarity"], gold, languages)
    for title, part, key in (("theme", full.per_theme, "theme_id"), ("language", full.per_language, "language")):
        out(
            f"\n| {title} | answers | given | found | precision | recall | F1 (95 %) |\n|---|---|---|---|---|---|---|\n"
        )
        for r in part.to_dict("records"):
            out(
                f"| {r[key]} | {r['n_texts']:.0f} | {r['n_given']:.0f} | {r['n_found']:.0f} | {r['precision']:.2f} "
                f"| {r['recall']:.2f} | {r['f1']:.2f} ({r['f1_low']:.2f}-{r['f1_high']:.2f}) |\n"
            )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
