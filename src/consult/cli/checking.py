"""The words of `consult check`: what a file or study is, what is set aside, what looks wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from consult.errors import UserError
from consult.study import Study, is_study

HEADING = 64


def check_path(path: Path, mapping: Mapping[str, Sequence[str]] | None = None) -> dict[str, Any]:
    """
    Return what a source or a study is, with its problems in plain words.

    Raises:
        UserError: The path does not exist or cannot be read at all.
    """
    if not path.exists():
        message = f"{path}: there is no such file or folder. Check the name, or drag the file into the terminal."
        raise UserError(message)
    return _check_study(Study.open(path)) if is_study(path) else _check_source(path, mapping)


def _check_source(path: Path, mapping: Mapping[str, Sequence[str]] | None) -> dict[str, Any]:
    from consult.ingest import read_sources
    from consult.ingest.recognition import together

    found = read_sources([path], mapping=mapping)
    seen = together(found.recognised)
    aside = found.set_aside.groupby("reason", as_index=False).size().rename(columns={"size": "n"})
    unknown = found.responses[found.responses["stakeholder_type"] == "unknown"]["stakeholder_type_raw"].dropna()
    problems = list(seen.problems)
    problems += [
        f"{n:,} responses state the respondent type '{raw}', which is not known; they count as 'type not stated'."
        for raw, n in unknown.value_counts().sort_index().items()
    ]
    return {
        "path": str(path),
        "format": seen.format,
        "confidence": seen.confidence,
        "columns": [
            {
                "column": column.heading,
                "role": column.role,
                "field": column.field,
                "samples": list(column.samples)[:3],
                "why": column.why,
            }
            for column in seen.columns
        ],
        "n_rows": int(found.sources["n_rows"].sum()),
        "n_responses": len(found.responses),
        "n_set_aside": int(found.sources["n_set_aside"].sum()),
        "questions": {k: int(v) for k, v in found.questions["kind"].value_counts().sort_index().items()},
        "set_aside": aside.sort_values("n", ascending=False).to_dict("records"),
        "notes": list(found.notes),
        "problems": list(dict.fromkeys(problems)),
    }


def _check_study(study: Study) -> dict[str, Any]:
    from consult import schema
    from consult.cli.summary import ingest_summary

    problems = []
    for name in schema.TABLES:
        if not study.has(name):
            continue
        try:
            schema.check(name, study.read(name))
        except (UserError, schema.SchemaError) as error:
            problems.append(str(error))
    if not study.has("responses"):
        problems.append("Nothing has been ingested yet. Start with: consult ingest SOURCE")
    missing = [s for s, t in (("topics", "topics"), ("tag", "taggings")) if not study.has(t)]
    problems += [f"The stage '{stage}' has not run yet. Run: consult {stage}" for stage in missing]
    summary = ingest_summary(study)
    return {"path": str(study.path), "format": "a study", **summary, "problems": problems}


def check_lines(found: dict[str, Any]) -> list[str]:
    """Return what was found, in words a person can act on."""
    lines = [f"{found['path']}: {found['format']}"]
    if "columns" in found:
        lines.append(
            f"{found['n_rows']:,} rows = {found['n_responses']:,} responses + {found['n_set_aside']:,} set aside"
        )
        kinds = ", ".join(f"{n:,} {kind}" for kind, n in found["questions"].items()) or "none"
        lines += [f"Questions: {kinds}", "", "What each column was taken for:"]
        lines += [_column_line(column) for column in found["columns"]]
    else:
        from consult.cli.summary import ingest_lines

        lines += ingest_lines({**found, "notes": []})
    if "columns" in found and found["set_aside"]:
        lines += ["", "Set aside, with the reason:"]
        lines += [f"  {row['n']:,} × {row['reason']}" for row in found["set_aside"]]
    lines.append("")
    if found["problems"]:
        lines += ["What looks wrong:", *(f"  {problem}" for problem in found["problems"])]
    else:
        lines.append("Nothing looks wrong.")
    return lines


def _column_line(column: dict[str, Any]) -> str:
    heading = " ".join(str(column["column"]).split())
    samples = " | ".join(" ".join(str(sample).split())[:30] for sample in column["samples"])
    what = column["field"] or column["role"]
    shown = heading if len(heading) <= HEADING else f"{heading[: HEADING // 2]}…{heading[-HEADING // 2 + 1 :]}"
    return f"  {what:<22} {shown:<{HEADING}} {samples}"


def format_lines() -> list[str]:
    """Return one line a format that can be read."""
    from consult.ingest.readers import READERS

    return [f"{reader.name:<24} {reader.title}" for reader in READERS]
