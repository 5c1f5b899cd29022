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
cross-validated) learns from the same answers, and so does the SetFit-like one (`setfit_like.py`), which is there where
PyTorch and sentence-transformers are, takes minutes a fold, and has one seed. The phrases of `ai-whitepaper.yaml` were
written with these answers in sight, so that their figures are not those of new data; those of `freiraum-ottensen.yaml`
were not. `--only SetFit` measures the methods with this in their name. `--fewer` measures what is found behind phrases
that miss much: a part of a codebook's phrases is kept, and the rest is looked for.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import setfit_like
from themes_methods import (
    FOLDS,
    Case,
    Method,
    baseline,
    by_language_model,
    cross_validated,
    load_case,
    similarity_only,
    with_verdicts,
)

from consult.themes.codebook import Codebook, load_codebook
from consult.themes.evaluation import Evaluation, evaluate
from consult.themes.gold import decisions_of
from consult.themes.patterns import Pattern, parse_pattern
from consult.themes.similarity import theme_similarities
from consult.themes.tagging import find_phrases, tag_passages

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

VERDICTS = (50, 100, 200)
FEW = (50, 100)
"""Texts that the SetFit-like method learns from."""


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
    lines = [f"| phrases kept | draw | micro-F1, phrases only | and what they missed | rise (95 %) |\n|{'---|' * 5}\n"]
    passages, vectors = case.everything
    for share in shares:
        for seed in range(seeds if share < 1 else 1):
            codebook = with_fewer_phrases(case, share, seed)
            found = tag_passages(passages, case.documents, case.questions, codebook, vectors, case.embed)
            rule = decisions_of(found[found["assigned_by"] == "rule"], case.joined, list(codebook.by_id))
            both = decisions_of(found, case.joined, list(codebook.by_id))
            one, two = (evaluate(t, case.gold).overall.set_index("measure") for t in (rule, both))
            f1 = [t.loc["F1 (micro)", "value"] for t in (one, two)]
            lines.append(f"| {share:.0%} | {seed + 1} | {f1[0]:.3f} | {f1[1]:.3f} | {gain(case, rule, both)} |\n")
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


Found = dict[str, Callable[[], list[pd.DataFrame]]]


def methods_of(case: Case, seeds: int, encoder: str | None = None, endpoint: str | None = None) -> Found:
    """Return by the name of each method what makes its decisions, one table a seed."""
    themes, n_learn = list(case.codebook.by_id), len(case.gold) * (FOLDS - 1) // FOLDS

    def over(seeds: int, method: Method, n: int | None = None) -> Callable[[], list[pd.DataFrame]]:
        return lambda: [cross_validated(case, method, seed, n) for seed in range(seeds)]

    def decided(taggings: Callable[[], pd.DataFrame]) -> Callable[[], list[pd.DataFrame]]:
        return lambda: [decisions_of(taggings(), case.joined, themes)]

    found: Found = {
        "phrases only": decided(lambda: case.tagged[case.tagged["assigned_by"] == "rule"]),
        "similarity only": over(seeds, similarity_only),
        "phrases and similarity": decided(lambda: case.tagged),
    }
    learners: list[tuple[str, Method, tuple[int, ...], int]] = [
        ("the same with {} verdicts", with_verdicts, VERDICTS, seeds),
        ("TF-IDF + regression, {} texts", baseline, VERDICTS, seeds),
    ]
    if setfit_like.missing() is None:
        learners.append(("SetFit-like, {} texts", setfit_like.method_with(encoder), FEW, 1))
    for name, method, sizes, times in learners:
        enough = [n for n in sizes if n < n_learn or n == min(sizes)]
        found.update({name.format(n): over(times, method, n) for n in enough})
    found[f"TF-IDF + regression, {n_learn} texts"] = over(seeds, baseline)
    if endpoint:
        found[endpoint] = lambda: [by_language_model(case, endpoint)]
    return found


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("source", type=Path)
    parser.add_argument("gold", type=Path)
    default = Path(__file__).parents[1] / "data" / "codebooks" / "ai-whitepaper.yaml"
    parser.add_argument("--codebook", type=Path, default=default)
    parser.add_argument("--map", action="append", default=[], help="FIELD=COLUMN, as for consult ingest")
    parser.add_argument("--cache", type=Path, help="folder to keep the vectors in")
    parser.add_argument("--seeds", type=int, default=3, help="how often answers are dealt out to folds anew")
    parser.add_argument("--endpoint", help="a language model by the name that the package llm knows it by")
    parser.add_argument("--encoder", help="a sentence-transformers model to tune, instead of multilingual-e5-small")
    parser.add_argument("--only", help="only the methods with this in their name, and no figures by theme and language")
    parser.add_argument("--fit", action="store_true", help="fit the constants of the score instead")
    parser.add_argument("--fewer", action="store_true", help="take phrases away, and look behind the rest, instead")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Print the tables in Markdown."""
    given = _options().parse_args(arguments)
    mapping: dict[str, list[str]] = {}
    for pair in given.map:
        key, _, column = pair.partition("=")
        mapping.setdefault(key, []).append(column)
    case = load_case(given.source, given.gold, load_codebook(given.codebook), given.cache, mapping or None)
    out = sys.stdout.write
    if given.fit or given.fewer:
        out(fit_scores(case) if given.fit else missed_phrases(case))
        return 0
    wanted = methods_of(case, given.seeds, given.encoder, given.endpoint)
    if given.only:
        wanted = {name: make for name, make in wanted.items() if given.only in name}
    started = time.perf_counter()
    if not given.only:
        _ = case.tagged
    seconds = time.perf_counter() - started
    rows = {name: make() for name, make in wanted.items()}
    spoken = dict(zip(case.documents["document_id"], case.documents["language"], strict=True))
    languages = pd.Series({n: spoken[case.joined[n][0]] for n in case.gold.index})
    measured = {name: [evaluate(one, case.gold, languages) for one in found] for name, found in rows.items()}
    out(_overall(measured))
    if lacking := setfit_like.missing():
        out(f"\nThe SetFit-like method was left out: {lacking}.\n")
    if not given.endpoint:
        out("\nNo language model was asked: none was named with --endpoint.\n")
    if given.only:
        return 0
    first, second = (rows[name][0] for name in ("phrases only", "phrases and similarity"))
    out(f"\nSimilarity raises the micro-F1 of phrases by {gain(case, first, second)}.\n")
    hit, total = evidence_overlap(case, case.tagged)
    out(f"\n{len(case.gold)} answers, {len(case.passages)} passages, tagged in {seconds:.1f} s; ")
    out(f"evidence overlaps the coder's quote in {hit} of {total} true positives.\n")
    _by_part(measured, out)
    return 0


def _overall(measured: Mapping[str, list[Evaluation]]) -> str:
    """Return the measures of each method: means over the seeds, and the interval and range of micro-F1."""
    columns = "method|precision|recall|micro-F1 (95 %)|over seeds|macro-F1|over texts|kappa|AC1|alpha".split("|")
    lines = [f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}\n"]
    for name, results in measured.items():
        tables = [r.overall.set_index("measure") for r in results]
        f1 = tables[0].loc["F1 (micro)"]
        mean = {m: np.mean([t.loc[m, "value"] for t in tables]) for m in tables[0].index}
        kappa, ac1, alpha = (mean[m] for m in ("Cohen's kappa", "Gwet's AC1", "Krippendorff's alpha"))
        each = [t.loc["F1 (micro)", "value"] for t in tables]
        lines.append(
            f"| {name} | {mean['precision (micro)']:.2f} | {mean['recall (micro)']:.2f} | {mean['F1 (micro)']:.3f} "
            f"({f1['low']:.2f}-{f1['high']:.2f}) | {min(each):.3f}-{max(each):.3f} | {mean['F1 (macro)']:.2f} "
            f"| {mean['F1 (mean over texts)']:.2f} | {kappa:.2f} | {ac1:.2f} | {alpha:.2f} |\n"
        )
    return "".join(lines)


def _by_part(measured: Mapping[str, list[Evaluation]], out: Callable[[str], object]) -> None:
    """Print F1 by theme and by language: as found, and with the most verdicts."""
    found = measured["phrases and similarity"][0]
    name = next(n for n in reversed(list(measured)) if n.endswith("verdicts"))
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
