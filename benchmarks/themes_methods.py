"""
A coded consultation made ready, and the methods that `benchmarks/themes.py` compares on it.

A method takes the case, the positions of the answers to learn from and of those to decide on, and a seed; it returns
its decisions, answers by themes. All methods that learn are given the same answers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from consult.ingest import read_sources
from consult.text.documents import make_documents
from consult.text.embedding import Embedder
from consult.text.passages import split_passages
from consult.themes.classifier import Signals, learn_themes, signals_of
from consult.themes.classifier_apply import apply_classifiers
from consult.themes.codebook import Codebook
from consult.themes.gold import Coding, decisions_of, join_coding, read_coding
from consult.themes.similarity import theme_similarities
from consult.themes.tagging import completed, own_taggings, tag_passages, with_broader_themes
from consult.themes.verdicts import NO, YES, Verdict, text_hash

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
    everything: tuple[pd.DataFrame, Vectors]
    """The passages of answers that nobody coded as well, with their vectors."""

    @property
    def gold(self) -> pd.DataFrame:
        """The coders' decisions on the answers found in the source."""
        return self.coding.decisions.loc[sorted(self.joined)]

    @cached_property
    def texts(self) -> np.ndarray:
        """The text of each coded answer."""
        by_id = dict(zip(self.documents["document_id"], self.documents["text"], strict=True))
        return np.array(["\n".join(by_id[d] for d in self.joined[n]) for n in self.gold.index], dtype=object)

    @cached_property
    def tagged(self) -> pd.DataFrame:
        """What rules and similarity find."""
        return tag_passages(self.passages, self.documents, self.questions, self.codebook, self.vectors, self.embed)

    @cached_property
    def own(self) -> pd.DataFrame:
        """What rules and similarity find themselves, before it is looked for what phrases missed."""
        return own_taggings(self.passages, self.documents, self.questions, self.codebook, self.vectors, self.embed)

    @cached_property
    def signals(self) -> Signals:
        """What classifiers see."""
        return signals_of(
            with_broader_themes(self.own, self.codebook), self.passages, self.codebook, self.vectors, self.embed
        )


def load_case(
    source: Path,
    gold: Path,
    codebook: Codebook,
    cache: Path | None = None,
    mapping: Mapping[str, list[str]] | None = None,
) -> Case:
    """Read the source, embed the whole of it (the space is centred on the corpus), keep the coded answers."""
    found = read_sources([source], mapping=mapping)
    made = make_documents(found.answers, found.questions, found.responses, found.attachments, found.attachment_pages)
    documents = made.documents
    passages = split_passages(documents)
    languages = passages["document_id"].map(documents.set_index("document_id")["language"]).tolist()
    embedder = Embedder(cache_folder=cache)
    vectors, offsets = embedder.fit(passages["text"].tolist(), languages)
    coding = read_coding(gold, codebook)
    if mapping and len(mapping.get("text", ())) > 1:  # a response was coded as a whole
        coding = replace(coding, units=coding.units.assign(text=None, question=None))
    joined = join_coding(coding, documents, found.responses, found.questions)
    wanted = {document for ids in joined.values() for document in ids}
    keep = passages["document_id"].isin(wanted).to_numpy()
    return Case(
        codebook, coding, joined, documents, found.questions, passages[keep].reset_index(drop=True), vectors[keep],
        _remembered(lambda texts, codes: embedder.embed(texts, codes, offsets)), (passages, vectors),
    )  # fmt: skip


def _remembered(embed: Embed) -> Embed:
    """Encode each text once, however often the folds ask for it."""
    known: dict[tuple[str, str], np.ndarray] = {}

    def again(texts: Sequence[str], codes: Sequence[str]) -> Vectors:
        pairs = list(zip(texts, codes, strict=True))
        new = [pair for pair in dict.fromkeys(pairs) if pair not in known]
        if new:
            known.update(zip(new, embed([t for t, _ in new], [c for _, c in new]), strict=True))
        return np.stack([known[pair] for pair in pairs])

    return again


def _best(case: Case) -> pd.DataFrame:
    """Return the highest similarity of any passage, answers by themes."""
    likeness = theme_similarities(case.vectors, case.codebook, case.embed)
    by_document = pd.DataFrame(likeness, columns=list(case.codebook.by_id)).groupby(case.passages["document_id"]).max()
    rows = {n: by_document.reindex(ids).max() for n, ids in case.joined.items()}
    return pd.DataFrame.from_dict(rows, orient="index").fillna(-1.0).loc[case.gold.index]


def _folds(n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).permutation(n) % FOLDS


def _micro(predicted: np.ndarray, gold: np.ndarray) -> float:
    decided = ~np.isnan(gold)
    both = (predicted & (gold == 1)).sum()
    return float(2 * both / max(1, (predicted & decided).sum() + (gold == 1).sum()))


def _cut(scores: np.ndarray, gold: np.ndarray, grid: np.ndarray) -> float:
    """Return the threshold that is best on these."""
    return float(max(grid, key=lambda t: _micro(scores >= t, gold)))


Method = Callable[[Case, np.ndarray, np.ndarray, int], pd.DataFrame]


def cross_validated(case: Case, method: Method, seed: int, n: int | None = None) -> pd.DataFrame:
    """
    Return decisions on every coded answer, each made by a method that saw only answers of other folds.

    Args:
        case: The coded consultation.
        method: Takes the case, positions of the answers to learn from and to decide on, and the seed.
        seed: Deals answers out to folds, and draws.
        n: How many of the other folds' answers the method sees; None shows it all.
    """
    gold = case.gold
    folds = _folds(len(gold), seed)
    found = pd.DataFrame(0.0, index=gold.index, columns=gold.columns)
    for fold in range(FOLDS):
        rest, own = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        drawn = np.sort(np.random.default_rng((seed, fold)).permutation(rest)[:n])
        found.iloc[own] = method(case, drawn, own, seed).loc[gold.index[own], gold.columns].to_numpy(dtype=float)
    return found


def similarity_only(case: Case, learn: np.ndarray, decide: np.ndarray, seed: int) -> pd.DataFrame:  # noqa: ARG001
    """Similarity to definition and examples, one threshold for all themes, the best on the answers to learn from."""
    scores, gold = _best(case)[case.gold.columns], case.gold.to_numpy()
    cut = _cut(scores.to_numpy()[learn], gold[learn], GRID)
    return (scores.iloc[decide] >= cut).astype(float)


def with_verdicts(case: Case, learn: np.ndarray, decide: np.ndarray, seed: int) -> pd.DataFrame:  # noqa: ARG001
    """Rules and similarity, with classifiers that learned from verdicts on the passages of the answers drawn."""
    gold = case.gold
    documents = {d for n in gold.index[learn] for d in case.joined[n]}
    given = [v for v in simulated_verdicts(case) if v.document_id in documents]
    learned = learn_themes(case.signals, case.passages, case.documents, case.codebook, given)
    found, _ = completed(
        case.own, case.passages, case.documents, case.codebook, case.vectors, case.embed, taught=learned.taught
    )
    tagged = apply_classifiers(found, learned, case.passages, case.documents, case.codebook, case.embed).taggings
    return decisions_of(tagged, {n: case.joined[n] for n in gold.index[decide]}, gold.columns)


def simulated_verdicts(case: Case) -> list[Verdict]:
    """Return what the coder would have said of each passage and theme."""
    texts = dict(zip(case.documents["document_id"], case.documents["text"], strict=True))
    row_of = {d: n for n, ids in case.joined.items() for d in ids}
    found = []
    columns = ["passage_id", "document_id", "start", "end", "text"]
    for passage, document, start, end, text in case.passages[columns].itertuples(index=False):
        number = row_of[document]
        for theme, truth in case.coding.decisions.loc[number].items():
            if np.isnan(truth):
                continue
            quotes = case.coding.evidence.get((number, str(theme)), ())
            places = [(at, at + len(q)) for q in quotes if (at := texts[document].find(q)) >= 0]
            here = not places or any(a < end and start < b for a, b in places)
            said = YES if truth == 1 and here else NO
            found.append(Verdict(passage, document, text_hash(text), str(theme), said, "coder"))
    return found


def baseline(case: Case, learn: np.ndarray, decide: np.ndarray, seed: int) -> pd.DataFrame:
    """TF-IDF of words and letters, one logistic regression a theme, one threshold cross-validated on what it learns."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import FeatureUnion

    gold = case.gold.to_numpy()
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=2)
    features = FeatureUnion([("words", TfidfVectorizer(sublinear_tf=True, min_df=2)), ("letters", letters)])
    features.fit(case.texts[learn])
    train, test = features.transform(case.texts[learn]), features.transform(case.texts[decide])
    scores = by_regression(train, gold[learn], test, seed)
    return pd.DataFrame(scores, index=case.gold.index[decide], columns=case.gold.columns)


def by_regression(train: Any, truth: np.ndarray, test: Any, seed: int) -> np.ndarray:
    """Decide by one logistic regression a theme and one threshold, which is cross-validated on what is learned from."""
    inner, held_out = _folds(len(truth), seed), np.zeros(truth.shape)
    for fold in range(FOLDS):
        rest = inner != fold
        held_out[~rest] = _regressions(train[rest], truth[rest], train[~rest])
    cut = _cut(held_out, truth, np.arange(0.05, 0.9, 0.025))
    return np.asarray(_regressions(train, truth, test) >= cut, dtype=float)


def _regressions(train: Any, truth: np.ndarray, test: Any) -> np.ndarray:
    """Return the probability of each theme; where all answers say the same, so does it."""
    from sklearn.linear_model import LogisticRegression

    scores = np.zeros((test.shape[0], truth.shape[1]))
    for column in range(truth.shape[1]):
        decided = ~np.isnan(truth[:, column])
        given = truth[decided, column]
        if len(set(given)) < 2:
            scores[:, column] = given[0] if len(given) else 0.0
            continue
        model = LogisticRegression(C=10, class_weight="balanced", max_iter=2000).fit(train[decided], given)
        scores[:, column] = model.predict_proba(test)[:, 1]
    return scores


def by_language_model(case: Case, name: str) -> pd.DataFrame:
    """Ask a language model that `llm` knows by this name for the themes of each answer, with the codebook."""
    import json

    import llm  # type: ignore[import-not-found]

    model, gold = llm.get_model(name), case.gold
    guide = "\n".join(f"- {t.theme_id}: {t.name}. {t.definition}" for t in case.codebook.themes)
    system = f"Which of these themes does the answer raise? Reply with a JSON list of ids only.\n{guide}"
    found = pd.DataFrame(0.0, index=gold.index, columns=gold.columns)
    for number, text in zip(gold.index, case.texts, strict=True):
        said = model.prompt(text, system=system, stream=False).text()
        ids = json.loads(said[said.find("[") : said.rfind("]") + 1] or "[]")
        for theme in (i for i in ids if i in case.codebook.by_id):
            found.loc[number, [theme, *case.codebook.ancestors(theme)]] = 1.0
    return found
