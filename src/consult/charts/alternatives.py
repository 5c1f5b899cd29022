"""Text in place of a figure, for those who cannot see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from consult.translation import number, percent, say, say_n

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from consult.measures import Measure

NAMED = 3


def alt_text(measure: Measure, question: str, *, labels: Mapping[str, str] | None = None) -> str:
    """
    Say in a few sentences what a figure of a measure shows.

    It names the question, what the shares are of, the largest and smallest, and for cross-tables
    the differences shown; the table beside the figure holds the rest.

    Args:
        measure: What the figure is drawn from.
        question: Its title.
        labels: Words to show in place of keys and groups.
    """
    rows = measure.table[measure.table["n"].notna()]
    parts = [question.rstrip(".") + ("" if question.endswith("?") else "."), say("Shares are {of}.", of=measure.of)]
    if not len(rows):
        parts.append(say("There is nothing to show."))
    elif "direction" in rows.columns and "group" in rows.columns:
        parts += _cross(rows, labels)
    elif "group" in rows.columns:
        parts += _time(rows, labels)
    elif "other" in rows.columns:
        parts += _pairs(rows, labels)
    else:
        parts += _ranks(rows, labels)
    return " ".join(parts)


def _name(key: object, label: object, labels: Mapping[str, str] | None) -> str:
    return str((labels or {}).get(str(key), say("responses") if key == "responses" else str(label)))


def _figure(n: int, share: float) -> str:
    return f"{percent(share, 1)} ({number(n)})"


def _ranks(rows: pd.DataFrame, labels: Mapping[str, str] | None) -> list[str]:
    ordered = rows.sort_values(["n", "key"], ascending=[False, True], kind="stable")
    told = [
        f"{_name(k, w, labels)} {_figure(int(n), float(s))}"
        for k, w, n, s in zip(ordered["key"], ordered["label"], ordered["n"], ordered["share"], strict=True)
    ]
    rows_told = say_n("{n} row.", "{n} rows.", len(told))
    parts = [rows_told, say("Most: {names}.", names=", ".join(told[:NAMED]))]
    if len(told) > NAMED:
        parts.append(say("Least: {names}.", names=told[-1]))
    return parts


def _cross(rows: pd.DataFrame, labels: Mapping[str, str] | None) -> list[str]:
    n_groups = say_n("{n} group.", "{n} groups.", rows["group"].nunique())
    n_rows = say_n("{n} row.", "{n} rows.", rows["key"].nunique())
    parts = [f"{n_groups} {n_rows}"]
    shown = rows[rows["direction"].isin(["more", "less"])].sort_values(["p_adjusted", "group", "key"], kind="stable")
    if not len(shown):
        parts.append(say("No difference between groups is shown."))
    for group, word, key, label, n, share, direction in zip(
        shown["group"], shown["group_label"], shown["key"], shown["label"], shown["n"], shown["share"],
        shown["direction"], strict=True,
    ):  # fmt: skip
        if len(parts) > NAMED + 1:
            more = len(shown) - NAMED
            parts.append(
                say_n("{n} further difference is in the table.", "{n} further differences are in the table.", more)
            )
            break
        name, who = _name(key, label, labels), _name(group, word, labels)
        told = {"who": who, "name": name, "share": _figure(int(n), float(share))}
        parts.append(
            say("{who}: {name} more often than elsewhere, {share}.", **told)
            if direction == "more"
            else say("{who}: {name} less often than elsewhere, {share}.", **told)
        )
    few = sorted(
        {_name(g, w, labels) for g, w in zip(rows["group"][rows["few"]], rows["group_label"][rows["few"]], strict=True)}
    )
    if few:
        parts.append(say("Too few to compare: {names}.", names=", ".join(few)))
    return parts


def _time(rows: pd.DataFrame, labels: Mapping[str, str] | None) -> list[str]:
    parts = [say("From {first} to {last}.", first=rows["group"].min(), last=rows["group"].max())]
    for key, here in list(rows.groupby("key", sort=True))[:NAMED]:
        peak = here.sort_values(["n", "group"], ascending=[False, True], kind="stable").iloc[0]
        told = {"name": _name(key, peak["label"], labels), "day": peak["group"], "n": number(int(peak["n"]))}
        parts.append(say("{name}: most on {day} with {n}.", **told))
    return parts


def _pairs(rows: pd.DataFrame, labels: Mapping[str, str] | None) -> list[str]:
    first = rows[rows["key"] < rows["other"]].sort_values(["n", "key", "other"], ascending=[False, True, True])
    told = [
        say("{one} with {other} in {n}", one=_name(k, a, labels), other=_name(o, b, labels), n=number(int(n)))
        for k, a, o, b, n in zip(
            first["key"], first["label"], first["other"], first["other_label"], first["n"], strict=True
        )
    ]
    return [say("Most often together: {pairs}.", pairs="; ".join(told[:NAMED]))]
