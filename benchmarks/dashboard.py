"""
Speed of the dashboard in a browser: ``python benchmarks/dashboard.py [--sizes 10000 100000] [--repeats 5]``.

Studies are made up here and written as tables, so that no analysis is needed. Measured in Debian's chromium against a
real server on this machine, in seconds:

- *cold*: from the start of a new server to all of a page that is asked for at once;
- *first paint*: a new browser on a server that knows the study, until the title, the sentence that says how many
  responses are shown, and the first figure, table or quote of the page can be seen; *whole page*: until all is drawn;
- *filter*: from the click that takes a filter away until that sentence is right; *filter, whole*: until all is drawn;
- *CPU*: seconds that the server computes for a whole page and for a filter, which hardly depend on what else the
  machine does.

The middle of the repeats is shown. The last two columns are memory that the server holds, in MB: the most of it, and
what each of ten browsers opened at once adds.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from playwright.sync_api import Browser, Page, sync_playwright

from consult import schema
from consult.study import Study

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))
from take_screenshots import CHROMIUM, FLAGS, _free_port, _server, _wait

PAGES = ("overview", "themes", "topics", "responses", "campaigns", "gaps")
TYPES = ("citizen_eu", "company", "ngo", "business_association", "public_authority", "trade_union", "unknown")
COUNTRIES = ("DE", "FR", "BE", "IT", "ES", "PL", "NL", "SE", "AT", "PT", "CZ", "HU", "RO", "FI", "DK", "GR", "IE")
LANGUAGES = ("en", "de", "fr", "it", "es", "pl", "nl")
THEMES, TOPICS, QUESTIONS, PASSAGES = 20, 40, 3, 3
SESSIONS = 10
TICK = os.sysconf("SC_CLK_TCK")
PAINTED = """() => {
  const seen = e => { const r = e.getBoundingClientRect(); return r.height > 0 && r.top < innerHeight; };
  const shown = q => [...document.querySelectorAll('[data-testid=stMain] ' + q)].some(seen);
  const drawn = ['[data-testid=stVegaLiteChart] :is(svg, canvas)', '.c-table', '.c-quote', '.c-text'];
  return shown('h1') && shown('p.c-showing') && drawn.some(shown);
}"""
DRAWN = """() => {
  const charts = [...document.querySelectorAll('[data-testid=stVegaLiteChart]')];
  const app = document.querySelector('[data-testid=stApp]');
  return app && app.dataset.testScriptState === 'notRunning' && charts.every(c => c.querySelector('svg, canvas'));
}"""


def make_study(folder: Path, n: int, *, seed: int = 0) -> Study:
    """Write a study of `n` responses with an answer to each of three questions, themes, topics and campaigns."""
    rng = np.random.default_rng(seed)
    study = Study.create(folder, f"{n:,} responses")
    r_ids = np.array([f"r-{i:016x}" for i in range(n)])
    n_docs = n * QUESTIONS
    d_ids = np.array([f"d-{i:016x}" for i in range(n_docs)])
    doc_response = np.repeat(r_ids, QUESTIONS)
    n_pass = n_docs * PASSAGES
    p_ids = np.array([f"p-{i:016x}" for i in range(n_pass)])
    vocabulary = np.array([f"word{i}" for i in range(5_000)])
    sentences = np.array([" ".join(rng.choice(vocabulary, 12)) + "." for _ in range(20_000)])
    parts = rng.choice(sentences, (n_docs, PASSAGES))
    texts = [" ".join(row) for row in parts]
    lengths = np.array([[len(s) for s in row] for row in parts])
    starts = np.concatenate([np.zeros((n_docs, 1), int), np.cumsum(lengths + 1, axis=1)[:, :-1]], axis=1)
    language = rng.choice(LANGUAGES, n, p=[0.4, 0.2, 0.15, 0.1, 0.07, 0.05, 0.03])
    tagged = rng.random(n_pass) < 0.4
    theme = rng.integers(0, THEMES, n_pass)
    members = rng.choice(n_docs, n // 20, replace=False)
    campaign = np.sort(rng.integers(0, max(n // 400, 1), len(members)))
    first = pd.Timestamp("2021-03-01")
    tables: dict[str, dict[str, Any]] = {
        "consultations": {"consultation_id": ["c"], "title": ["Made up"], "kind": ["questionnaire"]},
        "sources": {"source_id": ["s"], "consultation_id": ["c"], "name": ["made-up.csv"], "format": ["table"],
                    "sha256": ["0"], "n_rows": [n], "n_responses": [n], "n_set_aside": [0]},
        "questions": {"question_id": [f"q{i}" for i in range(QUESTIONS)], "consultation_id": "c",
                      "number": range(1, QUESTIONS + 1), "text": [f"What about matter {i}?" for i in range(QUESTIONS)],
                      "kind": "open"},
        "responses": {"response_id": r_ids, "consultation_id": "c", "source_id": "s", "source_row": range(1, n + 1),
                      "reference": [f"F{i}" for i in range(n)],
                      "submitted_at": first + pd.to_timedelta(rng.integers(0, 90, n), "D"),
                      "declared_language": language, "stakeholder_type": rng.choice(TYPES, n),
                      "country": rng.choice(COUNTRIES, n), "anonymous": False},
        "documents": {"document_id": d_ids, "response_id": doc_response,
                      "question_id": np.tile([f"q{i}" for i in range(QUESTIONS)], n), "attachment": None,
                      "text": texts, "language": np.repeat(language, QUESTIONS), "language_score": 0.9,
                      "n_words": 36, "damaged": 0.0},
        "passages": {"passage_id": p_ids, "document_id": np.repeat(d_ids, PASSAGES), "start": starts.ravel(),
                     "end": (starts + lengths).ravel(), "text": parts.ravel()},
        "taggings": {"passage_id": p_ids[tagged], "document_id": np.repeat(d_ids, PASSAGES)[tagged],
                     "response_id": np.repeat(doc_response, PASSAGES)[tagged],
                     "theme_id": [f"theme{i:02}" for i in theme[tagged]], "score": 0.8, "assigned_by": "rule",
                     "start": starts.ravel()[tagged], "end": starts.ravel()[tagged] + 8, "phrase": "word*"},
        "themes": {"theme_id": [f"theme{i:02}" for i in range(THEMES)], "parent_id": None,
                   "name": [f"Theme {i}" for i in range(THEMES)], "definition": "Made up."},
        "topics": {"topic_id": [f"t{i:02}" for i in range(TOPICS)], "parent_id": None,
                   "label": [f"Topic {i}" for i in range(TOPICS)], "n_passages": n_pass // TOPICS,
                   "n_responses": n // TOPICS, "is_outlier": [i == 0 for i in range(TOPICS)]},
        "passage_topics": {"passage_id": p_ids, "topic_id": [f"t{i:02}" for i in rng.integers(0, TOPICS, n_pass)],
                           "strength": rng.random(n_pass)},
        "passage_positions": {"passage_id": p_ids, "x": rng.normal(size=n_pass), "y": rng.normal(size=n_pass)},
        "campaigns": _campaigns(members, campaign, d_ids, first),
        "campaign_members": {"document_id": d_ids[members], "campaign_id": [f"k{i:05}" for i in campaign],
                             "similarity": 0.95},
    }  # fmt: skip
    study.write({name: schema.build(name, pd.DataFrame(rows)) for name, rows in tables.items()})
    study.log_run({"stage": "ingest", "key": "x", "seconds": 0.0, "counts": {}, "versions": {}})
    return study


def _campaigns(members: np.ndarray, campaign: np.ndarray, d_ids: np.ndarray, day: pd.Timestamp) -> dict[str, Any]:
    names, at, counts = np.unique(campaign, return_index=True, return_counts=True)
    return {
        "campaign_id": [f"k{i:05}" for i in names], "n_documents": counts, "n_responses": counts,
        "representative_document_id": d_ids[members[at]], "first_at": day, "last_at": day,
    }  # fmt: skip


def measure(study: Study, home: Path, repeats: int, pages: tuple[str, ...]) -> list[tuple[str, list[float]]]:
    """Return for each page its name and its figures: seven of seconds, then two of memory in MB."""
    found = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for page in pages:
            port = _free_port()
            began = time.perf_counter()
            server = _server(study.path, home, port)
            try:
                _wait(port)
                address = f"http://localhost:{port}/{page}"
                _visit(browser, address, server.pid)
                cold = time.perf_counter() - began
                visits = [_visit(browser, address, server.pid) for _ in range(repeats)]
                filters = [_filter(browser, address, server.pid) for _ in range(repeats)]
                paint, whole, work = (statistics.median(column) for column in zip(*visits, strict=True))
                words, all_of_it, work_again = (statistics.median(column) for column in zip(*filters, strict=True))
                memory = _per_session(browser, address, server.pid)
                found.append((page, [cold, paint, whole, work, words, all_of_it, work_again, *memory]))
            finally:
                server.terminate()
                server.wait(timeout=20)
        browser.close()
    return found


def _visit(browser: Browser, address: str, pid: int) -> tuple[float, float, float]:
    """Return the seconds to the first paint and to the whole page, and those that the server computed."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    before = _cpu(pid)
    began = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_function(PAINTED, polling=20, timeout=120_000)
    paint = time.perf_counter() - began
    _drawn(page)
    whole = time.perf_counter() - began
    work = _cpu(pid) - before
    context.close()
    return paint, whole, work


def _filter(browser: Browser, address: str, pid: int) -> tuple[float, float, float]:
    """Return the seconds until the sentence is right and until all is drawn, and those that the server computed."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{address}?country=DE")
    page.wait_for_selector("p.c-showing", timeout=120_000)
    _drawn(page)
    page.wait_for_timeout(1500)
    button = page.get_by_role("button", name="Show all responses")
    button.wait_for()
    before = _cpu(pid)
    began = time.perf_counter()
    button.click()
    page.wait_for_function(
        "() => { const [a, b] = (document.querySelector('p.c-showing')?.innerText.match(/[\\d,]+/g) ?? [0, 1]);"
        " return a === b; }",
        polling=20, timeout=120_000,
    )  # fmt: skip
    words = time.perf_counter() - began
    _drawn(page)
    whole = time.perf_counter() - began
    work = _cpu(pid) - before
    context.close()
    return words, whole, work


def _per_session(browser: Browser, address: str, pid: int) -> tuple[float, float]:
    """Return the most memory held, and what each of some browsers that stay open adds, in MB."""
    held = _memory(pid, "VmRSS")
    contexts = [browser.new_context(viewport={"width": 1280, "height": 900}) for _ in range(SESSIONS)]
    for context in contexts:
        page = context.new_page()
        page.goto(address)
        page.wait_for_selector("p.c-showing", timeout=120_000)
        _drawn(page)
    added = (_memory(pid, "VmRSS") - held) / SESSIONS
    for context in contexts:
        context.close()
    return _memory(pid, "VmHWM"), added


def _drawn(page: Page) -> None:
    page.wait_for_function(DRAWN, polling=20, timeout=120_000)


def _cpu(pid: int) -> float:
    """Return the seconds that a process has computed so far."""
    told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / TICK


def _memory(pid: int, what: str) -> float:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(what))


def main() -> None:
    """Make the studies, measure, and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--pages", nargs="+", default=PAGES)
    parser.add_argument("--keep", type=Path, help="folder to make the studies in, and to find them in again")
    chosen = parser.parse_args()
    told = [
        "| responses | page | cold | first paint | whole | CPU | filter | filter, whole | CPU | memory | session |",
        "|" + "---|" * 11,
    ]
    with tempfile.TemporaryDirectory() as folder:
        for n in chosen.sizes:
            path = (chosen.keep or Path(folder)) / f"study-{n}"
            study = Study.open(path) if path.exists() else make_study(path, n)
            for page, figures in measure(study, Path(folder) / "home", chosen.repeats, tuple(chosen.pages)):
                *seconds, memory, session = figures
                told.append(
                    f"| {n:,} | {page} | {' | '.join(f'{s:.2f}' for s in seconds)} | {memory:,.0f} | {session:.1f} |"
                )
                sys.stdout.write(told[-1] + "\n")
                sys.stdout.flush()
    sys.stdout.write(f"\nLoad of the machine at the end: {os.getloadavg()[0]:.1f}\n\n" + "\n".join(told) + "\n")


if __name__ == "__main__":
    main()
