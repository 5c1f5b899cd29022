"""
How well are themes found? Against coded answers: rules and similarity, what verdicts add, and learned baselines.

    uv run python benchmarks/themes.py CONTRIBUTIONS.csv GOLD [--codebook FILE] [--cache DIR] [--seeds 3] [--fit]

for the two codings of the README's table:

    ... Public_consultation_2020.csv dev.jsonl
    ... dataset-Ottensen-thematic-d1a.csv dataset-Ottensen-thematic-d1a.csv --codebook benchmarks/freiraum-ottensen.yaml
        --map text=title --map text=text --map reference=document_id

The gold unit is an answer: it has a theme if any of its passages has. Undecided cells are left out. Whatever is
fitted is fitted on four fifths of the coded answers and measured on the rest, so that each answer is measured once
a seed. Verdicts are simulated: of the four fifths, 50, 100 or 200 answers are drawn, and a person is taken to
decide on each of their passages and themes as the coder did (yes where the coder's quote lies, or in every passage
where no quote is known). The TF-IDF baseline (words and letters, one logistic regression a theme, its threshold
cross-validated) learns from the same answers. The phrases of `ai-whitepaper.yaml` were written with these answers in
sight, so that their figures are not those of new data; those of `freiraum-ottensen.yaml` were not. `--fewer` measures
what is found behind phrases that miss much: a part of a codebook's phrases is kept, and the rest is looked for.
"""

from __future__ import annotations

import argparse
import sys
import time
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
from consult.themes.codebook import Codebook, load_codebook
from consult.themes.evaluation import evaluate
from consult.themes.gold import Coding, decisions_of, join_coding, read_coding
from consult.themes.patterns import Pattern, parse_pattern
from consult.themes.similarity import theme_similarities
from consult.themes.tagging import completed, find_phrases, own_taggings, tag_passages, with_broader_themes
from consult.themes.verdicts import NO, YES, Verdict, text_hash

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from consult.themes.similarity import Embed, Vectors

FOLDS = 5
VERDICTS = (50, 100, 200)
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
    scores = _regressions(train, gold[learn], test)
    inner, held_out = _folds(len(learn), seed), np.zeros((len(learn), gold.shape[1]))
    for fold in range(FOLDS):
        rest = inner != fold
        held_out[~rest] = _regressions(train[rest], gold[learn][rest], train[~rest])
    cut = _cut(held_out, gold[learn], np.arange(0.05, 0.9, 0.025))
    return pd.DataFrame((scores >= cut).astype(float), index=case.gold.index[decide], columns=case.gold.columns)


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


def gain(case: Case, before: pd.DataFrame, after: pd.DataFrame, draws: int = 2000) -> str:
    """Return by how much micro-F1 rises, with the interval of a bootstrap over the answers, both drawn alike."""
    gold = case.gold.to_numpy()
    decided, given = ~np.isnan(gold), gold == 1

    def parts(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        found = table.loc[case.gold.index, case.gold.columns].to_numpy() == 1
        return 2 * (found & given).sum(axis=1), (found & decided).sum(axis=1) + given.sum(axis=1)

    (hit1, all1), (hit2, all2) = parts(before), parts(after)
    rng, rises = np.random.default_rng(0), []
    for _ in range(draws):
        at = rng.integers(0, len(gold), len(gold))
        rises.append(hit2[at].sum() / all2[at].sum() - hit1[at].sum() / all1[at].sum())
    low, high = np.percentile(rises, [2.5, 97.5])
    return f"{hit2.sum() / all2.sum() - hit1.sum() / all1.sum():+.3f} ({low:+.3f} to {high:+.3f})"


def with_fewer_phrases(case: Case, share: float, seed: int) -> Codebook:
    """Return the codebook with a share of its phrases and alternatives, drawn by chance, and no known recall."""
    rng = np.random.default_rng(seed)

    def fewer(patterns: tuple[Pattern, ...]) -> tuple[Pattern, ...]:
        options = [o for p in patterns for o in ([p.source] if " " in p.source else p.source.split("|"))]
        return tuple(parse_pattern(o) for o in dict.fromkeys(options) if rng.random() < share)

    themes = [replace(t, phrases={c: fewer(p) for c, p in t.phrases.items()}, rules=()) for t in case.codebook.themes]
    return replace(case.codebook, themes=tuple(themes), recall=None)


def missed_phrases(case: Case, shares: Sequence[float] = (0.1, 0.2, 0.4, 0.7, 1.0), seeds: int = 2) -> str:
    """Say what is found behind a part of the phrases, learned from all passages, and whether it is right."""
    lines = ["| share of the phrases | F1, phrases only | and what they missed | rise (95 %) |\n|---|---|---|---|\n"]
    passages, vectors = case.everything
    for share in shares:
        for seed in range(seeds if share < 1 else 1):
            codebook = with_fewer_phrases(case, share, seed)
            found = tag_passages(passages, case.documents, case.questions, codebook, vectors, case.embed)
            rule = decisions_of(found[found["assigned_by"] == "rule"], case.joined, list(codebook.by_id))
            both = decisions_of(found, case.joined, list(codebook.by_id))
            one, two = (evaluate(t, case.gold).overall.set_index("measure") for t in (rule, both))
            f1 = [t.loc["F1 (micro)", "value"] for t in (one, two)]
            lines.append(f"| {share} | {f1[0]:.3f} | {f1[1]:.3f} | {gain(case, rule, both)} |\n")
    return "".join(lines)


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


def _rows(case: Case, seeds: int) -> dict[str, list[pd.DataFrame]]:
    """Return the decisions of each method, one table a seed."""
    themes = list(case.codebook.by_id)
    phrases = case.tagged[case.tagged["assigned_by"] == "rule"]
    rows = {
        "phrases only": [decisions_of(phrases, case.joined, themes)],
        "similarity only": [cross_validated(case, similarity_only, s) for s in range(seeds)],
        "phrases and similarity": [decisions_of(case.tagged, case.joined, themes)],
    }
    for name, method in (("the same with {} verdicts", with_verdicts), ("TF-IDF + regression, {} texts", baseline)):
        for n in VERDICTS:
            if n < len(case.gold) * (FOLDS - 1) / FOLDS or n == min(VERDICTS):
                rows[name.format(n)] = [cross_validated(case, method, s, n) for s in range(seeds)]
    everything = f"TF-IDF + regression, {len(case.gold) * (FOLDS - 1) // FOLDS} texts"
    rows[everything] = [cross_validated(case, baseline, s) for s in range(seeds)]
    return rows


def main(arguments: list[str] | None = None) -> int:
    """Print the tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("source", type=Path)
    parser.add_argument("gold", type=Path)
    default = Path(__file__).parents[1] / "data" / "codebooks" / "ai-whitepaper.yaml"
    parser.add_argument("--codebook", type=Path, default=default)
    parser.add_argument("--map", action="append", default=[], help="FIELD=COLUMN, as for consult ingest")
    parser.add_argument("--cache", type=Path, help="folder to keep the vectors in")
    parser.add_argument("--seeds", type=int, default=3, help="how often answers are dealt out to folds anew")
    parser.add_argument("--endpoint", help="a language model by the name that the package llm knows it by")
    parser.add_argument("--fit", action="store_true", help="fit the constants of the score instead")
    parser.add_argument("--fewer", action="store_true", help="take phrases away, and look behind the rest, instead")
    given = parser.parse_args(arguments)
    mapping: dict[str, list[str]] = {}
    for pair in given.map:
        key, _, column = pair.partition("=")
        mapping.setdefault(key, []).append(column)
    case = load_case(given.source, given.gold, load_codebook(given.codebook), given.cache, mapping or None)
    out = sys.stdout.write
    if given.fit or given.fewer:
        out(fit_scores(case) if given.fit else missed_phrases(case))
        return 0
    started = time.perf_counter()
    joined = case.tagged
    seconds = time.perf_counter() - started
    rows = _rows(case, given.seeds)
    if given.endpoint:
        rows[given.endpoint] = [by_language_model(case, given.endpoint)]
    gold = case.gold
    spoken = dict(zip(case.documents["document_id"], case.documents["language"], strict=True))
    languages = pd.Series({n: spoken[case.joined[n][0]] for n in gold.index})
    measured = {name: [evaluate(one, gold, languages) for one in found] for name, found in rows.items()}
    out(
        "| method | precision | recall | micro-F1 (95 %) | over seeds | macro-F1 | over texts | kappa | AC1 | alpha |\n"
    )
    out(f"|{'---|' * 10}\n")
    for name, results in measured.items():
        tables = [r.overall.set_index("measure") for r in results]
        f1 = tables[0].loc["F1 (micro)"]
        mean = {m: np.mean([t.loc[m, "value"] for t in tables]) for m in tables[0].index}
        kappa, ac1, alpha = (mean[m] for m in ("Cohen's kappa", "Gwet's AC1", "Krippendorff's alpha"))
        each = [t.loc["F1 (micro)", "value"] for t in tables]
        out(
            f"| {name} | {mean['precision (micro)']:.2f} | {mean['recall (micro)']:.2f} | {mean['F1 (micro)']:.3f} "
            f"({f1['low']:.2f}-{f1['high']:.2f}) | {min(each):.3f}-{max(each):.3f} | {mean['F1 (macro)']:.2f} "
            f"| {mean['F1 (mean over texts)']:.2f} | {kappa:.2f} | {ac1:.2f} | {alpha:.2f} |\n"
        )
    if not given.endpoint:
        out("\nNo language model was asked: none was named with --endpoint.\n")
    first, second = (rows[name][0] for name in ("phrases only", "phrases and similarity"))
    out(f"\nSimilarity raises the micro-F1 of phrases by {gain(case, first, second)}.\n")
    hit, total = evidence_overlap(case, joined)
    out(f"\n{len(gold)} answers, {len(case.passages)} passages, tagged in {seconds:.1f} s; ")
    out(f"evidence overlaps the coder's quote in {hit} of {total} true positives.\n")
    _by_part(measured, out)
    return 0


def _by_part(measured: Mapping[str, list[Any]], out: Callable[[str], object]) -> None:
    """Print F1 by theme and by language: as found, and with the most verdicts."""
    found = measured["phrases and similarity"][0]
    name = next(n for n in reversed(measured) if n.endswith("verdicts"))
    learned = measured[name][0]
    for title, key in (("theme", "theme_id"), ("language", "language")):
        first, second = (getattr(e, f"per_{title}").set_index(key) for e in (found, learned))
        out(f"\n| {title} | answers | given | found | precision | recall | F1 (95 %) | F1 {name} |\n|{'---|' * 8}\n")
        for label, r in first.iterrows():
            out(
                f"| {label} | {r['n_texts']:.0f} | {r['n_given']:.0f} | {r['n_found']:.0f} | {r['precision']:.2f} "
                f"| {r['recall']:.2f} | {r['f1']:.2f} ({r['f1_low']:.2f}-{r['f1_high']:.2f}) "
                f"| {second.loc[label, 'f1']:.2f} |\n"
            )


if __name__ == "__main__":
    raise SystemExit(main())
