"""Results of the analysis commands in words and tables of at most 98 columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from consult.cli.printing import columns, heading, matrix, wrapped
from consult.report.questions import short_question, stem_and_part
from consult.report.words import FIELD_WORDS, NOT_STATED, STAKEHOLDER_SHORT, group_name, percent

MARKS = {"more": "▲", "less": "▼"}
DIFFERENCES = 15
FEW_SHOWN = 8


def crosstab_lines(found: dict[str, Any]) -> list[str]:
    """Return a cross-table: groups across, themes, topics or answers down."""
    field, rows = found["rows"], found["table"]
    sizes = {row["group"]: row["N"] for row in rows}
    in_time = field in ("day", "week", "month", "year")
    groups = sorted(sizes, key=lambda g: (0 if in_time else -(sizes[g] or 0), g))
    cells = {(row["key"], row["group"]): row for row in rows}
    labels = {row["key"]: row["label"] for row in rows}
    total = {key: sum(row["n"] or 0 for row in rows if row["key"] == key) for key in labels}
    silent = [k for k in labels if all(row["n"] == 0 for row in rows if row["key"] == k)]  # a hidden count is none
    keys = sorted((k for k in labels if k not in silent), key=lambda k: (-total[k], k))
    lines = [_title(found, f"{found['columns'].split(':')[0].capitalize()} by {_words(field)}"), found["showing"], ""]
    lines += matrix(
        [STAKEHOLDER_SHORT.get(g) or _group(field, g, rows) for g in groups],
        ["responses asked", *(labels[k] for k in keys)],
        [[_shown(sizes[g]) for g in groups], *([_cell(cells.get((k, g))) for g in groups] for k in keys)],
    )
    if silent:
        lines += ["", *wrapped(f"In no group: {', '.join(labels[k] for k in silent)}.")]
    lines += ["", *wrapped(
        "Shares are of the responses of each group. ▲ more and ▼ less often than in all other groups together, "
        "by more than chance (p adjusted for the number of tests, under 5 %); ( ) too few to compare: under 30 "
        "responses; · none."
    )]  # fmt: skip
    return [*lines, *_differences(field, rows), *_closing(found)]


def _shown(count: int | None) -> str:
    return "hidden" if count is None else f"{count:,}"


def _cell(row: dict[str, Any] | None) -> str:
    if row is None:
        return ""
    if row["n"] is None:
        return "hidden"
    if not row["n"] and not row["significant"]:
        return "·"
    text = percent(row["share"])
    return f"({text})" if row["few"] else f"{MARKS.get(row['direction'], '')}{text}"


def _differences(field: str, rows: list[dict[str, Any]]) -> list[str]:
    shown = sorted(
        (r for r in rows if r["direction"] in MARKS and r["n"] is not None),
        key=lambda r: (r["p_adjusted"] if r["p_adjusted"] is not None else 1.0, r["group"], r["key"]),
    )
    if not shown:
        return [*heading("Differences shown"), "None: what differs between groups may be chance."]
    lines = heading(f"Differences shown ({len(shown)}), surest first")
    for row in shown[:DIFFERENCES]:
        lines += wrapped(
            f"{_group(field, row['group'], rows)}: {row['label']} {row['direction']} often, {percent(row['share'])} "
            f"({row['n']:,} of {row['N']:,}); elsewhere {percent(row['rest_share'])} "
            f"({row['rest_n']:,} of {row['rest_N']:,}), {_p(row['p_adjusted'])}",
            2, 4,
        )  # fmt: skip
    if len(shown) > DIFFERENCES:
        lines.append(f"  and {len(shown) - DIFFERENCES} more: --json gives all.")
    return lines


def theme_gap_lines(found: dict[str, Any]) -> list[str]:
    """Return the groups in which a theme is missing or rarer."""
    rows, field = found["table"], found["by"]
    label = rows[0]["label"] if rows else ""
    lines = [_title(found, f"Who does not mention: {label}? By {_words(field)}"), found["showing"], ""]
    few = [r for r in rows if r["gap"] == "too few to compare"]
    shown = rows if len(few) <= FEW_SHOWN else [r for r in rows if r not in few]
    cells = [
        [
            _group(field, r["group"], rows), r["gap"], f"{r['n']:,} of {r['N']:,}", percent(r["share"]),
            f"{percent(r['low'])}–{percent(r['high'])}", percent(r["rest_share"] or 0.0), _p(r["p_adjusted"]),
        ]
        for r in shown
    ]  # fmt: skip
    lines += columns([_words(field).capitalize(), "", "mention it", "share", "between", "elsewhere", "test"], cells)
    if len(shown) < len(rows):
        named = ", ".join(f"{_group(field, r['group'], rows)} {r['n']:,} of {r['N']:,}" for r in few)
        lines += ["", *wrapped(f"Too few to compare (under 30 responses): {named}.", 2, 2)]
    lines += ["", *wrapped(
        "missing: nobody of the group mentions it, by more than chance. rarer: less often than elsewhere, by more than "
        "chance. p is adjusted for the number of groups."
    )]  # fmt: skip
    return [*lines, *_closing(found)]


def group_gap_lines(found: dict[str, Any]) -> list[str]:
    """Return what a group never mentions, mentions less, and alone mentions."""
    name = group_name(found["field"], found["group"])
    lines = [_title(found, f"What {name} ({_words(found['field'])}) says and does not say"), found["showing"]]
    parts = (
        ("never", "Not mentioned by anyone of the group, though others do"),
        ("rarer", "Mentioned less often than elsewhere"),
        ("alone", "Mentioned by nobody else"),
    )
    for key, words in parts:
        lines += heading(words)
        cells = [
            [r["label"], f"{r['n']:,} of {r['N']:,}", percent(r["share"]), percent(r["rest_share"] or 0.0),
             _p(r["p_adjusted"]), r["gap"]]
            for r in found[key]
        ]  # fmt: skip
        lines += columns(["Theme", "mention it", "share", "elsewhere", "test", ""], cells) if cells else ["  Nothing."]
    return [*lines, *_closing(found)]


def _of(row: Mapping[str, Any]) -> str:
    return f"{row['n']:,} of {row['N']:,}"


def question_gap_lines(found: dict[str, Any]) -> list[str]:
    """Return the questions, those that fewest answered first, and themes that no question names."""
    lines = ["Questions, those that fewest answered first"]
    cut = stem_and_part(str(r["text"]) for r in found["questions"])
    cells = [
        [f"{r['number']}. {short_question(r['text'], cut)}", r["kind"], _of(r), percent(r["share"])]
        for r in found["questions"]
    ]
    lines += columns(["Question", "kind", "answered", "share"], cells)
    stems = dict.fromkeys(stem for stem, _ in cut.values() if stem)
    if stems:
        lines += ["", "  Questions that begin with “…” are rows of:"]
        lines += [line for stem in stems for line in wrapped(f"- {stem}", 2, 2)]
    lines += heading("Raised by many although no question names it (by the codebook's phrases)")
    if found["unasked"] is None:
        return [*lines, "  Not known: no themes were tagged yet."]
    raised = [[r["label"], _of(r), percent(r["share"])] for r in found["unasked"]]
    return [*lines, *(columns(["Theme", "mention it", "share"], raised) if raised else ["  Nothing."])]


def behind_lines(found: dict[str, Any]) -> list[str]:
    """Return what is behind a reference."""
    lines = [*wrapped(found["title"]), f"{found['kind']} {found['ref']}"]
    for name, value in found["facts"].items():
        shown = f"{value:,}" if isinstance(value, int) else str(value)
        lines += wrapped(f"{name}: {shown}", 2, 4)
    for section in found["sections"]:
        lines += heading(section["heading"])
        for item in section["items"]:
            lines += wrapped(item["text"], 2)
            if item["note"]:
                lines += wrapped(item["note"], 6)
    return lines


# Shared ----------------------------------------------------------------------------------------------


def caveat_lines(caveats: Iterable[str]) -> list[str]:
    """Return what a reader must know, one paragraph each."""
    lines = heading("Read this with it")
    for text in caveats:
        lines += wrapped(f"- {text}", 0, 2)
    return lines


def _closing(found: dict[str, Any]) -> list[str]:
    notes = [line for note in found["notes"] for line in wrapped(note)]
    return [*(["", *notes] if notes else []), *caveat_lines(found["caveats"])]


def _title(found: dict[str, Any], text: str) -> str:
    return f"{text} ({found['of']})"


def _words(field: str) -> str:
    return FIELD_WORDS.get(field, "answer" if field.startswith("closed:") else field)


def _group(field: str, key: str, rows: list[dict[str, Any]]) -> str:
    if field == "stakeholder_type" and key == "unknown":
        return NOT_STATED
    return group_name(field, key, next((r["group_label"] for r in rows if r["group"] == key), key))


def _p(value: float | None) -> str:
    if value is None:
        return ""
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"
