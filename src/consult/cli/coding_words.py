"""Results of the commands for coding and fetching in words and tables of at most 98 columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from consult.cli.codebook_words import learned_words
from consult.cli.printing import columns, heading, wrapped
from consult.report.words import language_name
from consult.themes.review_audit import audit_words

SHOWN = 10
FEW_TEXTS = 30
_MEASURES = (
    ("F1 (micro)", "F1 over all decisions"),
    ("precision (micro)", "precision: of what was found, this share is right"),
    ("recall (micro)", "recall: of what is there, this share was found"),
    ("F1 (macro)", "F1, mean over themes"),
    ("precision (macro)", "precision, mean over themes"),
    ("recall (macro)", "recall, mean over themes"),
    ("F1 (mean over texts)", "F1, mean over texts"),
    ("precision (mean over texts)", "precision, mean over texts"),
    ("recall (mean over texts)", "recall, mean over texts"),
    ("Cohen's kappa", "Cohen's kappa (agreement beyond chance)"),
    ("Gwet's AC1", "Gwet's AC1 (the same, not fooled by rare themes)"),
    ("Krippendorff's alpha", "Krippendorff's alpha"),
)
# Between two people neither is right, so precision and recall mean nothing.
_AGREEMENT = _MEASURES[-3:]
_COLUMNS = {
    "n_texts": "texts",
    "n_given": "coded",
    "n_found": "found",
    "prevalence": "share",
    "precision": "prec.",
    "recall": "recall",
    "f1": "F1",
    "interval": "95 %",
    "kappa": "kappa",
    "ac1": "AC1",
    "alpha": "alpha",
}


def evaluation_lines(found: dict[str, Any]) -> list[str]:
    """Return how well the taggings agree with a coding."""
    compared, total = found["n_compared"], found["n_rows"]
    lines = wrapped(f"Taggings of {found['study']} (codebook {found['codebook']}) against {found['against']}", 0, 2)
    lines += wrapped(f"{compared:,} of {total:,} coded texts compared, theme by theme.")
    lines += _not_joined(found["not_joined"], compared, total)
    lines += [part for note in found["notes"] for part in wrapped(note)]
    if found["by_classifier"]:
        lines += wrapped(
            f"{found['by_classifier']:,} taggings are by classifiers that learned from verdicts. Where these were "
            "given on the texts compared here, the figures flatter: measure on texts that nobody gave a verdict on."
        )
    if found["by_person"]:
        lines += wrapped(
            f"{found['by_person']:,} taggings of the study come from verdicts of people, so this does not measure the "
            "program alone."
        )
    lines += [*heading("Overall, with 95 % interval"), *_overall(found["overall"], _MEASURES)]
    names = found["names"]
    themes = [(names.get(r["theme_id"], r["theme_id"]), r) for r in found["per_theme"]]
    known = [(name, row) for name, row in themes if row["n_given"] or row["n_found"]]
    silent = [name for name, row in themes if not (row["n_given"] or row["n_found"])]
    lines += [*heading("By theme"), *_table("theme", known, without="n_texts")]
    if silent:
        lines += wrapped(f"Neither coded nor found: {', '.join(silent)}.", 2)
    spoken = sorted(found["per_language"], key=lambda r: (-r["n_texts"], r["language"]))
    lines += [*heading("By language"), *_table("language", [(language_name(r["language"]), r) for r in spoken])]
    lines += ["", *wrapped(
        "coded, found: how often the person and the program gave the theme. share: prevalence, the share of decisions "
        "that the person said yes to. prec.: precision. Intervals: bootstrap over texts; with under "
        f"{FEW_TEXTS} texts they are wide and say little. Cells that the person left undecided are not counted. "
        f"{found['n_disagreements']:,} decisions differ."
    )]  # fmt: skip
    return lines


def _not_joined(lost: Sequence[Mapping[str, Any]], compared: int, total: int) -> list[str]:
    if not lost:
        return (
            [] if compared == total else wrapped(f"{total - compared:,} were not drawn for a review and are left out.")
        )
    named = ", ".join(f"{_place(r)} ({r['reference']}: {r['reason']})" for r in lost[:SHOWN])
    more = f" and {len(lost) - SHOWN:,} more" if len(lost) > SHOWN else ""
    return wrapped(
        f"{len(lost):,} could not be joined to a text of the study and are left out: {named}{more}. An answer that "
        "only points to an attachment, for example, is set aside and has no text of its own."
    )


def _place(lost: Mapping[str, Any]) -> str:
    return "source" if lost["row"] is None else f"row {lost['row']}"


def _overall(rows: Sequence[Mapping[str, Any]], measures: Sequence[tuple[str, str]]) -> list[str]:
    by_name = {row["measure"]: row for row in rows}
    cells = [
        (words, _number(by_name[name]["value"]), _interval(by_name[name]["low"], by_name[name]["high"]))
        for name, words in measures
        if name in by_name
    ]
    return columns(("measure", "value", "95 %"), cells)


def _table(what: str, rows: Sequence[tuple[str, Mapping[str, Any]]], without: str = "") -> list[str]:
    shown = {key: words for key, words in _COLUMNS.items() if key != without}
    return columns((what, *shown.values()), [(name, *(_cell(row, key) for key in shown)) for name, row in rows])


def _cell(row: Mapping[str, Any], key: str) -> str:
    if key == "interval":
        return _interval(row["f1_low"], row["f1_high"])
    value = row[key]
    if key.startswith("n_"):
        return f"{value:,.0f}"
    if key == "prevalence":
        return "-" if value is None else f"{value * 100:.1f} %"
    return _number(value)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _interval(low: float | None, high: float | None) -> str:
    return "-" if low is None or high is None else f"{low:.2f}-{high:.2f}"


def drawn_lines(found: dict[str, Any]) -> list[str]:
    """Return what was drawn, and what to do with it."""
    what = "all themes" if len(found["themes"]) > 1 else f"'{found['themes'][0]}'"
    of = f"{found['population']:,} passages"
    of += f" without {what}, to find out what was missed" if found["kind"] == "audit" else f", to decide on {what}"
    study = found["study"]
    spread = "spread over languages and types of respondent as they are."
    if found["kind"] == "learn":
        spread = (
            "those on which the program is least sure, spread over languages and types of respondent. Their figures "
            "say nothing of how good it is: measure with passages drawn by chance."
        )
    return [
        *wrapped(f"{found['n']:,} passages drawn of {of}, {spread}"),
        "",
        *found["files"],
        "",
        *wrapped(
            "Code them without looking up what the program found; the second sheet says how and what themes mean."
        ),
        "Then bring the sheet back:",
        *(
            f"  consult review --take-back {path} --coder {coder} --study {study}"
            for coder, path in found["coders"].items()
        ),
    ]


def taken_back_lines(found: dict[str, Any]) -> list[str]:
    """Return what a coded sheet brought."""
    decided = f"{found['n_yes']:,} times yes, {found['n_no']:,} times no, {found['n_undecided']:,} left undecided"
    lines = wrapped(f"{found['coder']} read {found['n_read']:,} passages: {decided}.")
    if found["n_not_read"]:
        lines += wrapped(f"{found['n_not_read']:,} rows of the sheet were left empty; they count as not read.")
    lines += wrapped(
        f"{found['n_new']:,} verdicts are new in {found['study']}; a person's verdict wins in every later run."
    )
    lines += _learned_lines([one for one in found["learned"] if one["theme_id"] in found["themes"]])
    if not found["in_force"]:
        lines += [f"Put them in force with: consult tag --study {found['study']}"]
    if found["audit"]:
        lines += [*heading("Recall audit"), *(part for line in audit_words(found["audit"]) for part in wrapped(line))]
    return lines + _of_all_lines(found["agreement_of_all"]) + _agreement_lines(found["agreement"])


def standing_lines(found: dict[str, Any]) -> list[str]:
    """Return where coding stands: samples, verdicts, audits, agreement."""
    lines = [f"{found['study']}: {found['n_verdicts']:,} verdicts of people"]
    if not found["samples"]:
        return [*lines, "No sample was drawn yet. Draw one with: consult review --theme all --n 100 --out sheet.xlsx"]
    rows = [
        (
            f"{s['sample']} {'all themes' if len(s['themes']) > 1 else s['themes'][0]}",
            s["kind"],
            f"{s['n']:,}",
            ", ".join(s["coders"]) or "nobody yet",
        )
        for s in found["samples"]
    ]
    lines += [*heading("Samples"), *columns(("sample", "kind", "passages", "coded by"), rows)]
    lines += _learned_lines(found["learned"])
    for audit in found["audits"]:
        lines += [*heading(f"Recall audit of '{audit['theme_id']}'")]
        lines += [part for line in audit_words(audit) for part in wrapped(line)]
    return lines + _of_all_lines(found["agreement_of_all"]) + _agreement_lines(found["agreement"])


def _of_all_lines(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the agreement of more than two people."""
    cells = [
        (r["theme_id"] or "all themes", f"{r['n_coders']:,}", f"{r['n_passages']:,}", _number(r["alpha"])) for r in rows
    ]
    head = ("theme", "people", "passages that two or more read", "Krippendorff's alpha")
    return [*heading("All people together"), *columns(head, cells)] if cells else []


def _learned_lines(learned: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return what the verdicts taught of each theme."""
    if not learned:
        return []
    lines = heading("What the verdicts teach")
    for one in learned:
        if one["use"] != "waits":
            lines += wrapped(f"{one['theme_id']}: {learned_words(one)}", 2, 2)
    waiting = sorted((one for one in learned if one["use"] == "waits"), key=lambda one: -one["n_yes"] - one["n_no"])
    if waiting:
        told = ", ".join(f"{one['theme_id']} ({one['n_yes']:,} yes, {one['n_no']:,} no)" for one in waiting)
        lines += wrapped(f"Waiting for more verdicts (20, with 3 of each kind): {told}.", 2, 2)
        lines += wrapped(
            f"Teach it more with: consult review --theme {waiting[0]['theme_id']} --next learn --n 30", 2, 2
        )
    return lines


def _agreement_lines(pairs: Sequence[Mapping[str, Any]]) -> list[str]:
    lines: list[str] = []
    for pair in pairs:
        lines += heading(f"{pair['first']} and {pair['second']}, on {pair['n_passages']:,} passages that both read")
        lines += _overall(pair["overall"], _AGREEMENT)
        rows = [
            (r["theme_id"], f"{r['n_found']:,.0f}", f"{r['n_given']:,.0f}", _number(r["kappa"]), _number(r["ac1"]),
             _number(r["alpha"]))
            for r in pair["per_theme"]
            if r["n_found"] or r["n_given"]
        ]  # fmt: skip
        if rows:
            lines += ["", *columns(("theme", pair["first"], pair["second"], "kappa", "AC1", "alpha"), rows)]
        differ = pair["disagreements"]
        if differ:
            lines += ["", f"To settle ({len(differ):,}):"]
        for one in differ:
            said = f"{pair['first']} {one['first']}, {pair['second']} {one['second']}"
            lines += wrapped(f"{one['theme_id']}: {said}: {one['text'][:200]} [{one['passage_id']}]", 2, 2)
    return lines


def publication_lines(found: dict[str, Any]) -> list[str]:
    """Return the publications of an initiative."""
    rows = [
        (
            p["title"] or p["kind"],
            p["kind"],
            p["status"].lower(),
            "?" if p["n_feedback"] is None else f"{p['n_feedback']:,}",
            (p["published"] or "")[:10],
            p["publication_id"],
        )
        for p in found["publications"]
    ]
    if not rows:
        return [f"Initiative {found['initiative']} has no publication yet."]
    head = ("publication", "kind", "status", "feedback", "published", "id")
    return [*columns(head, rows, indent=0), "", "Download one with: consult fetch ID --out DIR"]


def fetched_lines(found: dict[str, Any]) -> list[str]:
    """Return what was downloaded."""
    lines = wrapped(
        f"{found['n_responses']:,} responses on {found['n_pages']:,} pages; {found['n_asked']:,} were asked for now."
    )
    if found["n_attachments"]:
        lines += wrapped(
            f"{found['n_saved']:,} of {found['n_attachments']:,} attachments are in the folder 'attachments'."
        )
    for name, reference, reason in found["failed"][:SHOWN]:
        lines += wrapped(f"not downloaded: '{name}' of {reference}: {reason}", 2, 2)
    if len(found["failed"]) > SHOWN:
        lines += [f"  and {len(found['failed']) - SHOWN:,} more; --json lists them all"]
    for note in found["notes"]:
        lines += wrapped(note)
    return [*lines, f"Next: consult run {found['path']} --study my-study"] if found["n_responses"] else lines
