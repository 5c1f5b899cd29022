"""Broader and narrower topics or themes: in which order they stand, and how far each is indented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from consult import measures

STEP = "\u2003"
BELOW = "↳ "


def in_tree(measure: measures.Measure) -> tuple[measures.Measure, dict[str, int]]:
    """
    Return a measure with each row followed by those below it, and how many levels each lies below the top.

    Args:
        measure: Shares with the column ``parent``, in the order that rows of one level keep.
    """
    table = measure.table
    keys = [str(key) for key in table["key"]]
    parents = {
        key: str(parent) if isinstance(parent, str) and parent in set(keys) and parent != key else ""
        for key, parent in zip(keys, table["parent"], strict=True)
    }
    below: dict[str, list[str]] = {}
    for key in keys:
        below.setdefault(parents[key], []).append(key)
    depths: dict[str, int] = {}
    waiting = [(key, 0) for key in reversed(below.get("", []))]
    while waiting:
        key, depth = waiting.pop()
        depths[key] = depth
        waiting += [(child, depth + 1) for child in reversed(below.get(key, []))]
    order = [*depths, *(key for key in keys if key not in depths)]  # a circle of parents hides nothing
    position = pd.Series(range(len(order)), index=order)
    ordered = table.assign(_at=table["key"].map(position)).sort_values("_at", ignore_index=True).drop(columns="_at")
    return replace(measure, table=ordered), {key: depths.get(key, 0) for key in order}


def indented(labels: Mapping[str, str], depths: Mapping[str, int]) -> dict[str, str]:
    """
    Return labels that show how far each lies below the top.

    >>> indented({"a": "Access", "b": "Poverty"}, {"b": 1})["b"]
    '↳ Poverty'
    """
    return {
        key: f"{STEP * (depths[key] - 1)}{BELOW}{label}" if depths.get(key) else label for key, label in labels.items()
    }
