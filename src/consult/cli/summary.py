"""The words printed after a run: what was found, and where to look next."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from consult.study import Study

if TYPE_CHECKING:
    import pandas as pd

    from consult.pipeline import Reproduced

WIDTH = 88
TOP = 6
NOT_AUDITED = (
    "Not audited: nobody has read responses in which nothing was found, so the share may be too low. "
    "To draw some to read: consult review --audit THEME."
)


def study_summary(study: Study) -> dict[str, Any]:
    """Return what was found as plain data, for words and for JSON."""
    from consult.report.summary import Finding, summarise

    def finding(found: Finding) -> dict[str, Any]:
        quote = found.quotes[0] if found.quotes else None
        return {
            "id": found.key,
            "label": found.label,
            "n": found.n,
            "of": found.N,
            "share": round(found.share, 4),
            "low": round(found.low, 4),
            "high": round(found.high, 4),
            "quote": quote.shortened() if quote else None,
            "quote_source": quote.source_line if quote else None,
        }

    summary = summarise(study)
    overview = summary.overview
    return {
        "study": str(study.path),
        "title": summary.title,
        "n_rows": int(summary.sources["n_rows"].sum()),
        "n_responses": overview.n_all,
        "n_rows_set_aside": int(summary.sources["n_set_aside"].sum()),
        "n_questions": {k: int(v) for k, v in study.read("questions")["kind"].value_counts().sort_index().items()},
        "n_answers": len(study.read("answers", ["response_id"])),
        "n_documents": len(study.read("documents", ["document_id"])),
        "n_passages": len(study.read("passages", ["passage_id"])),
        "set_aside": summary.set_aside.to_dict("records"),
        "languages": _counts(overview.by_language.table),
        "stakeholder_types": _counts(overview.by_type.table),
        "campaigns": [
            {"campaign_id": row["campaign_id"], "n_responses": int(row["n_responses"])}
            for row in overview.campaigns.to_dict("records")
        ],
        "topics": [finding(topic) for topic in summary.topics],
        "themes": [finding(theme) for theme in summary.themes],
        "caveats": [caveat.text for caveat in overview.caveats],
        "notes": _ingest_notes(study),
    }


def summary_lines(found: dict[str, Any]) -> list[str]:
    """Return what was found in words."""
    from consult.report.words import CAVEAT, STAKEHOLDER, language_name

    languages = _listed([f"{language_name(k)} {n:,}" for k, n in _largest(found["languages"])])
    types = _listed([f"{STAKEHOLDER[k]} {n:,}" for k, n in _largest(found["stakeholder_types"])])
    kinds = ", ".join(f"{n:,} {kind}" for kind, n in found["n_questions"].items())
    lines = [
        "",
        found["title"],
        "=" * min(WIDTH, len(found["title"])),
        f"{found['n_rows']:,} rows = {found['n_responses']:,} responses + {found['n_rows_set_aside']:,} set aside.",
        f"Questions: {kinds}. Texts to analyse: {found['n_documents']:,}, in {found['n_passages']:,} passages.",
        f"Who: {types}.",
        f"Languages ({len(found['languages'])}): {languages}.",
        _campaign_words(found),
    ]
    lines += _aside_lines(found["set_aside"], found["n_rows_set_aside"])
    lines += [note for note in found["notes"] if "columns taken" in note]
    lines += ["", f"Themes of the codebook, most mentioned first (of {found['n_responses']:,} responses)"]
    lines += _finding_lines(found["themes"])
    rare = [theme for theme in found["themes"][TOP:] if theme["n"]][-3:]
    silent = [theme["label"] for theme in found["themes"] if not theme["n"]]
    if rare:
        lines.append(f"  Least mentioned: {'; '.join(_brief(theme) for theme in rare)}.")
    if silent:
        lines.append(f"  Not found at all: {', '.join(silent)}.")
    lines += ["", f"Topics found by the machine ({len(found['topics'])}), largest first"]
    lines += _finding_lines(found["topics"])
    if found.get("claims"):
        lines += ["", "Claims", *(f"  {line}" for line in found["claims"])]
        if any("not audited" in line for line in found["claims"]):
            lines.append(f"  {NOT_AUDITED}")
    lines += ["", textwrap.fill(CAVEAT, WIDTH)]
    return [line for part in lines for line in _wrapped(part)]


def next_steps(study: Study, report: Path) -> list[str]:
    """Return where to look next, ending with the one command that opens the dashboard."""
    return [
        "",
        "The example is invented by hand: no respondent in it is real.",
        f"Read the report: open {report.resolve()} in a browser.",
        "Analyse your own file: uv run consult run FILE.csv --study my-study",
        "",
        "Open the dashboard:",
        f"  uv run consult dashboard --study {study.path}",
    ]


def ingest_summary(study: Study) -> dict[str, Any]:
    """Return what was read, as plain data."""
    sources = study.read("sources")
    aside = study.read("set_aside")
    reasons = aside.groupby(["stage", "reason"], as_index=False).size().rename(columns={"size": "n"})
    return {
        "study": str(study.path),
        "sources": sources.to_dict("records"),
        "questions": study.read("questions")["kind"].value_counts().sort_index().to_dict(),
        "n_answers": len(study.read("answers", ["response_id"])),
        "n_documents": len(study.read("documents", ["document_id"])),
        "set_aside": reasons.sort_values("n", ascending=False).to_dict("records"),
        "notes": _ingest_notes(study),
    }


def _ingest_notes(study: Study) -> list[str]:
    notes = [note for record in study.runs() if record.get("stage") == "ingest" for note in record.get("notes", [])]
    return list(dict.fromkeys(notes))


def ingest_lines(found: dict[str, Any]) -> list[str]:
    """Return what was read, in words."""
    from consult.report.words import source_format

    lines = list(found["notes"])
    lines += [
        f"{s['name']} ({source_format(s['format'])}): {s['n_rows']:,} rows = {s['n_responses']:,} responses "
        f"+ {s['n_set_aside']:,} set aside"
        for s in found["sources"]
    ]
    kinds = ", ".join(f"{n:,} {kind}" for kind, n in found["questions"].items())
    lines.append(f"Questions: {kinds}. Answers: {found['n_answers']:,}. Texts to analyse: {found['n_documents']:,}.")
    return [*lines, *_aside_lines(found["set_aside"], sum(s["n_set_aside"] for s in found["sources"]))]


def _counts(table: pd.DataFrame) -> dict[str, int]:
    return {str(key): int(n) for key, n in zip(table["key"], table["n"], strict=True)}


def _largest(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _listed(parts: list[str], most: int = 8) -> str:
    rest = len(parts) - most
    return ", ".join(parts[:most]) + (f" and {rest} more" if rest > 0 else "")


def _campaign_words(found: dict[str, Any]) -> str:
    campaigns = found["campaigns"]
    if not campaigns:
        return "Campaigns: none found."
    sizes = ", ".join(f"{campaign['n_responses']:,}" for campaign in campaigns[:TOP])
    more = f" and {len(campaigns) - TOP} smaller" if len(campaigns) > TOP else ""
    return f"Campaigns: {len(campaigns)}, with {sizes} responses{more}."


def _aside_lines(reasons: list[dict[str, Any]], n_rows: int) -> list[str]:
    """Return what was set aside: whole rows, and parts of rows that count as responses all the same."""
    if not reasons:
        return []
    parts = sum(row["n"] for row in reasons) - n_rows
    told = f" ({n_rows:,} of the rows, and {parts:,} texts, cells or files of responses that count)" if parts else ""
    return [f"Set aside, with the reason{told}:", *(f"  {row['n']:,} × {row['reason']}" for row in reasons)]


def _brief(found: dict[str, Any]) -> str:
    from consult.report.words import percent

    return f"{found['label']} {percent(found['share'])}"


def _finding_lines(findings: list[dict[str, Any]]) -> list[str]:
    from consult.report.words import percent

    lines: list[str] = []
    for found in [f for f in findings if f["n"]][:TOP]:
        between = f"between {percent(found['low'])} and {percent(found['high'])}"
        lines.append(f"  {found['label']}: {found['n']:,}, {percent(found['share'])}, {between}")
        if found["quote"]:
            words = " ".join(found["quote"].split())
            lines += textwrap.wrap(f"“{words}”", WIDTH, initial_indent="    ", subsequent_indent="    ")
            lines.append(f"    ({found['quote_source']})")
    return lines


def _wrapped(line: str) -> list[str]:
    if len(line) <= WIDTH:
        return [line]
    indent = " " * (len(line) - len(line.lstrip()))
    return textwrap.wrap(
        line.strip(), WIDTH, initial_indent=indent, subsequent_indent=indent + "  ", break_long_words=False
    )


def reproduced_summary(made: Reproduced, package: Path) -> dict[str, Any]:
    """Return how a study made from a package compares with it, as plain data."""
    return {
        "study": str(made.study.path),
        "package": str(package),
        "same": made.same,
        "tables": list(made.tables),
        "differing": dict(made.differing),
        "versions": [{"name": name, "then": then, "now": now} for name, then, now in made.made_with],
    }


def reproduced_lines(found: dict[str, Any]) -> list[str]:
    """Return whether every table of a package was reproduced, and which were not."""
    if found["same"]:
        return _wrapped(
            f"Every table is the same: {len(found['tables'])} tables and counts of {found['package']}, made again in "
            f"{found['study']}."
        )
    lines = _wrapped(f"{len(found['differing'])} of {len(found['tables'])} tables of {found['package']} differ:")
    lines += [line for name, words in found["differing"].items() for line in _wrapped(f"  {name}: {words}")]
    if found["versions"]:
        told = ", ".join(f"{v['name']} {v['then']} (here {v['now']})" for v in found["versions"])
        lines += _wrapped(f"The package was made with other versions: {told}.")
    return lines
