"""Results of `consult codebook` in words and tables of at most 98 columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from consult.cli.printing import columns, heading, wrapped
from consult.report.words import language_name

SHOWN = 5
_USES = {
    "waits": "waits for more verdicts: 20, with at least 3 of each kind",
    "as found": "verdicts teach nothing clear beyond what rules and similarity find; these stand",
    "adds": "a classifier adds what the rules miss",
    "corrects": "a classifier adds what the rules miss, and takes away what they get wrong",
}


def check_lines(found: dict[str, Any]) -> list[str]:
    """Return what is wrong with a codebook."""
    if found["errors"]:
        return [part for line in found["errors"] for part in wrapped(line, 0, 2)]
    if not found["warnings"]:
        return [f"{found['codebook']}: nothing wrong was found."]
    number = len(found["warnings"])
    lines = wrapped(
        f"{found['codebook']}: it can be used; {number:,} {'thing' if number == 1 else 'things'} to look at:"
    )
    return lines + [part for line in found["warnings"] for part in wrapped(f"- {line}", 0, 2)]


def list_lines(found: dict[str, Any]) -> list[str]:
    """Return the themes of a codebook, and its history."""
    lines = wrapped(f"{found['title']} ({found['codebook']}, version {found['version']})")
    lines += wrapped(found["description"]) if found["description"] else []
    rows = [
        (
            f"{'  ' * t['depth']}{t['theme_id']}",
            str(len(t["languages"])),
            str(t["n_phrases"]),
            "-" if t["n_passages"] is None else f"{t['n_passages']:,}",
        )
        for t in found["themes"]
    ]
    lines += ["", *columns(("theme", "languages", "phrases", "passages"), rows)]
    if found["changes"]:
        lines += heading("History, as the codebook tells it")
        for change in found["changes"]:
            lines += wrapped(f"{change['version']}, {change['date']}, {change['by']}: {change['why']}", 2, 2)
    if found["in_study"]:
        lines += heading("In force in this study since")
        for change in found["in_study"]:
            told = ", ".join(part for part in (change["by"], change["why"]) if part) or "nobody said why"
            lines += wrapped(f"{change['time']}: {change['codebook']} {change['version']} ({told})", 2, 2)
    now = f"{found['codebook']} {found['version']}"
    if found["tagged_with"] and found["tagged_with"] != now:
        lines += [
            "",
            *wrapped(f"The taggings were made with {found['tagged_with']}. Run consult tag for this version."),
        ]
    return lines


def theme_lines(found: dict[str, Any]) -> list[str]:
    """Return one theme with all that the codebook says of it."""
    lines = wrapped(f"{found['name']} ({found['theme_id']}), of {found['codebook']} version {found['version']}")
    lines += wrapped(found["definition"])
    for words, key in (("Broader", "broader"), ("Narrower", "narrower")):
        lines += wrapped(f"{words}: {', '.join(found[key])}") if found[key] else []
    if found["in_study"]:
        counts = found["in_study"]
        lines += [f"In this study: {counts['passages']:,} passages of {counts['responses']:,} responses."]
    if found["learned"]:
        lines += wrapped(learned_words(found["learned"]))
    for words, texts in _blocks(found):
        if texts:
            lines += [*heading(words), *(part for text in texts for part in wrapped(text, 0, 2))]
    return lines


def _blocks(found: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """Return the lists of a theme under their headings."""
    return [
        ("Counts", [f"- {text}" for text in found["counts"]]),
        ("Does not count", [f"- {text}" for text in found["does_not_count"]]),
        ("Examples", [f"- {e['text']} ({e['language']})" for e in found["examples"]]),
        ("Phrases", [f"{language_name(code)}: {'; '.join(p)}" for code, p in found["phrases"].items()]),
        (
            "Does not count within",
            [f"{language_name(code)}: {'; '.join(p)}" for code, p in found["exclusions"].items()],
        ),
        (
            "Together only",
            [f"{language_name(r['language'])}: {r['all']}, within {r['within']} words" for r in found["rules"]],
        ),
    ]


def learned_words(learned: Mapping[str, Any]) -> str:
    """Return what the verdicts on a theme taught, in one sentence."""
    text = f"{learned['n_yes'] + learned['n_no']:,} verdicts ({learned['n_yes']:,} yes): {_USES[learned['use']]}"
    if "f1_learned" in learned:
        text += f"; F1 on them {learned['f1_found']:.2f}"
        if learned["use"] in ("adds", "corrects"):
            text += f" without and {learned['f1_learned']:.2f} with it (cross-validated)"
    if learned.get("added") or learned.get("withdrawn"):
        text += f"; {learned['added']:,} passages added, {learned['withdrawn']:,} taken away"
    return text + "."


def suggestion_lines(found: dict[str, Any]) -> list[str]:
    """Return words that may be missing phrases."""
    if not found["suggestions"]:
        return wrapped(
            f"No word sets the passages of '{found['theme_id']}' clearly apart that its phrases do not cover. More "
            "verdicts may bring some to light: consult review"
        )
    lines = wrapped(
        f"Words that passages of '{found['theme_id']}' hold and others hardly do. They stand near the theme; whether "
        "they mean it is for you to say."
    )
    for code, rows in groupby(found["suggestions"], key=lambda s: s["language"]):
        listed = list(rows)
        first = listed[0]
        cells = [
            (
                s["phrase"], f"{s['n_with']:,}", f"{s['n_without']:,}", f"{s['n_rejected']:,}",
                f"{s['responses_without']:,}", f"{s['z']:.1f}",
            )
            for s in listed
        ]  # fmt: skip
        lines += heading(
            f"{language_name(code)}: {first['of_with']:,} passages with the theme, {first['of_without']:,} without"
        )
        lines += columns(("word", "with it", "would come", "rejected", "in responses", "z"), cells)
    code, phrase = found["suggestions"][0]["language"], found["suggestions"][0]["phrase"]
    command = f'consult codebook suggest {found["theme_id"]} --language {code} --accept "{phrase}" --dry-run'
    return [
        *lines,
        "",
        *wrapped(
            "with it: passages with the theme that hold the word outside its phrases. would come: at most so many "
            "passages would be tagged anew, in so many responses. rejected: a person said no to so many of these. "
            "z: how clearly the word sets the theme's passages apart; by chance one word in two hundred has 2.6."
        ),
        "See what would change, then take it without --dry-run:",
        f"  {command} --study {found['study']}",
    ]


def accepted_lines(found: dict[str, Any]) -> list[str]:
    """Return what an added phrase changes."""
    phrases = ", ".join(f"'{p}'" for p in found["phrases"])
    would = "" if found["saved"] else "would "
    lines = wrapped(
        f"{phrases} ({language_name(found['language'])}) for '{found['theme_id']}': {found['passages_gained']:,} "
        f"passages {would}come, {found['passages_lost']:,} {would}go; {found['responses_before']:,} responses mention "
        f"it {'before' if found['saved'] else 'now'}, {found['responses_after']:,} after."
    )
    if found["saved"]:
        return lines + wrapped(f"The codebook in force is version {found['version']}, and the study is tagged with it.")
    return [*lines, "Nothing was saved."]


def diff_lines(found: dict[str, Any]) -> list[str]:
    """Return what changed between two codebooks."""
    lines = wrapped(f"From {found['before']} to {found['after']}")
    if not found["differences"]:
        return [*lines, "The themes are the same, and so is all that decides on their taggings."]
    if found["same_version"]:
        lines += wrapped("Both bear the same version: raise the number, and say why under 'changes'.")
    for theme, rows in groupby(found["differences"], key=lambda d: d["theme_id"]):
        lines += heading(theme or "The codebook as a whole")
        for row in rows:
            lines += _difference(row)
    if found["taggings"]:
        cells = [
            (
                t["theme_id"], f"{t['passages_gained']:,}", f"{t['passages_lost']:,}", f"{t['responses_before']:,}",
                f"{t['responses_after']:,}",
            )
            for t in found["taggings"]
        ]  # fmt: skip
        lines += heading(f"What that changes in {found['study']}")
        lines += columns(("theme", "passages come", "go", "responses before", "after"), cells)
    elif found["study"]:
        lines += ["", f"No tagging of {found['study']} changes."]
    return lines


def _difference(row: Mapping[str, Any]) -> list[str]:
    if row["field"] == "theme":
        return ["  new theme" if row["added"] else "  theme is gone"]
    what = row["field"].replace("_", " ") + (f", {language_name(row['language'])}" if row["language"] else "")
    lines = []
    for sign, texts in (("+", row["added"]), ("-", row["removed"])):
        lines += wrapped(f"{sign} {what}: {_some(texts)}", 2, 4) if texts else []
    return lines


def _some(texts: Sequence[str]) -> str:
    more = f"; and {len(texts) - SHOWN:,} more" if len(texts) > SHOWN else ""
    return "; ".join(texts[:SHOWN]) + more
