"""The words of `consult check`: what a file or study is, what is set aside, what looks wrong."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from consult.errors import UserError
from consult.ingest.role_words import ROLES, role_key
from consult.study import Study, is_study
from consult.translation import country_name, day, language_name, later, number, say, say_n

if TYPE_CHECKING:
    import pandas as pd

    from consult.ingest import ColumnRole, Ingested, Recognition

HEADING = 64
WIDTH = 120
# So many texts tell which languages a source is written in.
_TEXTS = 2_000
_MOST = 8
_KINDS = {"open": later("{n} open"), "closed": later("{n} closed"), "attachment": later("{n} for files")}
_COUNTS = {"rows": "n_rows", "responses": "n_responses", "aside": "n_set_aside"}
# What is set aside as it should be: nothing there has to be mended.
_IN_ORDER = re.compile(
    r"a document of the agency|withdrawn by|the portal rejected|the headings again|every cell|the same row, with"
)
# Reasons that do not say themselves what to do about them.
_MENDING = {
    "the spreadsheet lost": later("Export the file again, as CSV or from another program, or ask for the answer."),
    "was not found beside": later("Put the files into a folder called attachments beside the table."),
}
_VALUE = re.compile(r"'(?P<value>.*)' is not (?P<allowed>.*); the response is kept without it", re.DOTALL)


def check_path(path: Path, mapping: Mapping[str, Sequence[str]] | None = None) -> dict[str, Any]:
    """
    Return what a source or a study is, with its problems in plain words.

    Raises:
        UserError: The path does not exist or cannot be read at all.
    """
    if not path.exists():
        message = f"{path}: there is no such file or folder. Check the name, or drag the file into the terminal."
        raise UserError(message)
    if is_study(path):
        return _check_study(Study.open(path))
    found = check_source(path, mapping)[1]
    return {**found, "problems": [problem_line(problem) for problem in found["problems"]]}


def check_source(path: Path, mapping: Mapping[str, Sequence[str]] | None = None) -> tuple[Recognition, dict[str, Any]]:
    """
    Return what a source was taken for, and all that `consult check` says about it.

    Nothing in it depends on the language spoken: `about_lines`, `aside_line` and `problem_line` put it into words.
    """
    from consult.ingest import read_sources
    from consult.ingest.recognition import together

    found = read_sources([path], mapping=mapping)
    seen = together(found.recognised)
    aside = _aside(found.set_aside)
    problems = [p for p in seen.problems if ": set aside " not in p]
    problems += [f"{aside_line(row)}." for row in aside if not _IN_ORDER.match(row["reason"])]
    unknown = found.responses["stakeholder_type_raw"][found.responses["stakeholder_type"] == "unknown"]
    problems += _unknown(_counted(unknown))
    return seen, {
        "path": str(path),
        "format": seen.format,
        "confidence": seen.confidence,
        "columns": [
            {
                "column": column.heading,
                "role": column.role,
                "field": column.field,
                "samples": _readable(column),
                "why": column.why,
            }
            for column in seen.columns
        ],
        "n_rows": int(found.sources["n_rows"].sum()),
        "n_responses": len(found.responses),
        "n_set_aside": int(found.sources["n_set_aside"].sum()),
        "questions": {k: int(v) for k, v in found.questions["kind"].value_counts().sort_index().items()},
        **_about(found),
        "set_aside": aside,
        "notes": list(found.notes),
        "problems": list(dict.fromkeys(problems)),
    }


def _readable(column: ColumnRole) -> list[str]:
    """Return samples of a column; days that a spreadsheet counts, 45572.76 say, as dates."""
    import pandas as pd

    from consult.ingest.dates import read_dates

    samples = list(column.samples)[:3]
    if column.field != "submitted_at" or not all(re.fullmatch(r"[\d.]+", s) for s in samples):
        return samples
    return [str(d.floor("s")) if d == d else s for s, d in zip(samples, read_dates(pd.Series(samples)), strict=True)]


def _unknown(types: Mapping[str, int]) -> list[str]:
    """Return in one sentence which respondent types are not known, and how many responses state them."""
    if not types:
        return []
    names = ", ".join(f"'{raw}' ({n:,})" for raw, n in list(types.items())[:_MOST])
    more = f" and {len(types) - _MOST} more" if len(types) > _MOST else ""
    n = sum(types.values())
    return [f"{n:,} responses state a respondent type not known here; they count as 'type not stated': {names}{more}."]


def _about(found: Ingested) -> dict[str, Any]:
    """Return when responses came, from whom, and in which languages they are written."""
    dates = found.responses["submitted_at"].dropna()
    return {
        "submitted": [str(dates.min().date()), str(dates.max().date())] if len(dates) else [],
        "stakeholder_types": _counted(found.responses["stakeholder_type"]),
        "countries": _counted(found.responses["country"]),
        "languages": _languages(found),
    }


def _counted(values: pd.Series) -> dict[str, int]:
    counts = values.dropna().value_counts()
    return {str(k): int(n) for k, n in sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0])))}


def _languages(found: Ingested) -> dict[str, int]:
    """Count the languages of the open answers and attachments, of at most some thousands taken evenly."""
    import pandas as pd

    from consult.text.languages import identify_all

    asked = found.questions.loc[found.questions["kind"] == "open", "question_id"]
    texts = pd.concat(
        [found.answers.loc[found.answers["question_id"].isin(asked), ["response_id", "text"]],
         found.attachments[["response_id", "text"]]], ignore_index=True,
    )  # fmt: skip
    texts = texts.sort_values(["response_id", "text"], ignore_index=True).iloc[:: max(1, -(-len(texts) // _TEXTS))]
    declared = found.responses.set_index("response_id")["declared_language"].reindex(texts["response_id"])
    hints = [hint if isinstance(hint, str) else None for hint in declared]
    read = identify_all([text[:2000] for text in texts["text"]], hints)
    return _counted(pd.Series([one.language for one in read if one.score > 0], dtype="str"))


def _aside(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return what is set aside, by what it is and why, the most frequent first; cells by column."""
    groups: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for item, line, reason in table[["item", "source_row", "reason"]].itertuples(index=False):
        what, value = item.split(" ", 1)[0], ""
        unread = _VALUE.fullmatch(reason) if what == "cell" else None
        if unread is not None:
            what, value = item, unread["value"]
            reason = f"not {unread['allowed']}; the responses are kept without it"  # noqa: PLW2901
        named = f"row {int(line)}" if item == "row" and line == line else item  # a missing number equals nothing
        groups.setdefault((what, reason), []).append((named, value))
    rows = [
        {"n": len(found), "what": what, "reason": reason, "first": found[0][0],
         "values": sorted({value for _, value in found} - {""})[:5]}
        for (what, reason), found in groups.items()
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (-row["n"], row["what"], row["reason"]))


def aside_line(row: Mapping[str, Any]) -> str:
    """Return in one line what was set aside, or how many of what, and why."""
    what, values = str(row["what"]), row["values"]
    first, _, rest = what.partition(" ")
    name = row["first"] if row["n"] == 1 else f"{row['n']:,} {first}s{' of ' + rest if rest else ''}"
    shown = f" ({', '.join(map(repr, values))})" if values else ""
    return f"{name}{shown}: {row['reason']}"


def problem_line(problem: str) -> str:
    """Return a problem with what can be done about it."""
    advice = next((say(what) for part, what in _MENDING.items() if part in problem), "")
    return f"{problem} {advice}".strip()


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
    languages = _counted(study.read("documents", ["language"])["language"]) if study.has("documents") else {}
    return {"path": str(study.path), "format": "a study", **summary, "languages": languages, "problems": problems}


def about_lines(found: Mapping[str, Any]) -> list[str]:
    """Return what is in a source: its rows, questions, dates, respondents, countries and languages."""
    from consult.report.words import type_name

    lines = []
    if "n_rows" in found:
        counts = {name: number(found[key]) for name, key in _COUNTS.items()}
        lines.append(say("{rows} rows = {responses} responses + {aside} set aside", **counts))
        kinds = ", ".join(say(_KINDS[k], n=found["questions"][k]) for k in _KINDS if k in found["questions"])
        lines.append(say("Questions: {kinds}", kinds=kinds or say("none, each file is a response")))
    if found.get("submitted"):
        first, last = (day(date.fromisoformat(d)) for d in found["submitted"])
        lines.append(say("Submitted: {first} to {last}", first=first, last=last))
    for title, key, name in (
        (later("Respondents: {names}"), "stakeholder_types", type_name),
        (later("Countries: {names}"), "countries", country_name),
        (later("Languages of the texts: {names}"), "languages", language_name),
    ):
        if found.get(key):
            lines.append(say(title, names=_listed(found[key], name)))
    return lines


def _listed(counts: Mapping[str, int], name: Callable[[str], str]) -> str:
    """Return the largest counts with their names, and how many more there are."""
    parts = [f"{name(key)} {number(n)}" for key, n in list(counts.items())[:_MOST]]
    rest = len(counts) - _MOST
    return ", ".join(parts) + (say_n(" and {n} more", " and {n} more", rest) if rest > 0 else "")


def check_lines(found: dict[str, Any]) -> list[str]:
    """Return what was found, in words a person can act on."""
    lines = [f"{found['path']}: {found['format']}"]
    if "columns" in found:
        lines += about_lines(found)
        used = [c for c in found["columns"] if c["role"] != "ignored"]
        if used:
            lines += ["", "What each column was taken for:", *map(_column_line, used)]
        ignored = [str(c["column"]) for c in found["columns"] if c["role"] == "ignored"]
        if ignored:
            lines += textwrap.wrap(f"  of no use here: {', '.join(ignored)}", WIDTH, subsequent_indent="    ")
    else:
        from consult.cli.summary import ingest_lines

        lines += [*ingest_lines({**found, "notes": []}), *about_lines(found)]
    if "columns" in found and found["set_aside"]:
        lines += ["", "Set aside, with the reason:"]
        lines += [f"  {aside_line(row)}" for row in found["set_aside"]]
    lines.append("")
    if found["problems"]:
        lines += ["What looks wrong:", *(f"  {problem}" for problem in found["problems"])]
    else:
        lines.append("Nothing looks wrong.")
    return lines


def _column_line(column: dict[str, Any]) -> str:
    heading = " ".join(str(column["column"]).split())
    samples = " | ".join(" ".join(str(sample).split())[:30] for sample in column["samples"])
    what = say(ROLES[role_key(column["role"], column["field"])])
    shown = heading if len(heading) <= HEADING else f"{heading[: HEADING // 2]}…{heading[-HEADING // 2 + 1 :]}"
    return f"  {what:<40} {shown:<{HEADING}} {samples}".rstrip()


def format_lines() -> list[str]:
    """Return one line a format that can be read."""
    from consult.ingest.readers import READERS

    return [f"{reader.name:<24} {reader.title}" for reader in READERS]
