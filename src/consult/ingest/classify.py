"""What sort of question a column holds, decided from its values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from consult.ingest.cells import said, thinned

if TYPE_CHECKING:
    import pandas as pd

    from consult.ingest.batch import QuestionKind

_SUFFIX = "pdf|docx?|odt|rtf|txt|html?|xlsx?|ods|pptx?|zip|jpe?g|png|eml|msg"
FILE_NAME = re.compile(rf"[^\n\r]{{1,250}}\.(?:{_SUFFIX})", re.IGNORECASE)
_UPLOAD = re.compile(
    r"\bupload|\battach(?:ed|ment)|\bhochladen|t[ée]l[ée]vers|télécharg|\badjunt|\ballegat|\ballegare|\bbijlage|"
    r"\bcontent files\b|\banhang|\banhänge|\banlagen?\b|\bpièces? jointe|załącz|\bp[rř][ií]lo|\bliit[et]|\bbilag|"
    r"mellékl|\bprilog|прикач|συνημμ|atașa|\banex[aeo]",
    re.IGNORECASE,
)
_OPEN_HINT = re.compile(
    r"specify|comment|explain|elaborate|describe|other (?:concerns|actions|areas|tasks)|any (?:other|further)|"
    r"suggestion|feedback|\bwhy\b|your (?:view|opinion|answer|response)|free text|remark|reason|"
    r"bitte (?:angeben|erläutern)|précis|veuillez|especif|specificare|toelicht|uzasadn",
    re.IGNORECASE,
)
_SAMPLE = 4000


def classify(heading: str, values: pd.Series) -> tuple[QuestionKind, float, str]:
    """
    Tell whether a column holds open answers, closed choices or file names.

    Open: many distinct texts of several words. Closed: few distinct values, also several choices joined
    by a semicolon, however long the options are. The order of the rows plays no part.

    Args:
        heading: The column's heading.
        values: One string a row; empty where not answered.

    Returns:
        The kind, how sure that is (0 to 1), and why, in a few words.
    """
    upload = bool(_UPLOAD.search(heading))
    hint = bool(_OPEN_HINT.search(heading))
    part = thinned(values)
    counts = part[said(part)].value_counts()
    n, distinct = int(counts.sum()), len(counts)
    if not n:
        if upload:
            return "attachment", 0.8, "no values; the heading asks for a document"
        return "open", 0.3 if hint else 0.1, "no values"
    texts = sorted(counts.index)
    step = max(1, distinct // _SAMPLE)
    sample = texts[::step]
    weights = [int(counts[t]) for t in sample]
    total = sum(weights)
    listed = (w for t, w in zip(sample, weights, strict=True) if _is_file_list(t) and (upload or "://" not in t))
    names = sum(listed) / total
    if names >= 0.8 or (upload and names >= 0.4):
        return "attachment", 0.9 if upload else 0.75, "the values are file names"
    if sum(w for t, w in zip(sample, weights, strict=True) if _NUMBERS.fullmatch(t.strip())) / total >= 0.95:
        return "closed", 0.9, "the values are numbers or dates"
    if sum(w for t, w in zip(sample, weights, strict=True) if _ADDRESS.fullmatch(t.strip())) / total >= 0.9:
        return "closed", 0.5, "web addresses"
    words = sum(len(_WORD.findall(t)) * w for t, w in zip(sample, weights, strict=True)) / total
    return _by_variety(n, distinct, words, _reused(sample, weights), hint=hint)


_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_NUMBERS = re.compile(r"[-+]?[\d.,:/ %TZ+-]{1,30}")


def _is_file_list(text: str) -> bool:
    parts = [p.strip() for p in re.split(r"[;,\n|](?=\s*\S)", text) if p.strip()]
    return bool(parts) and all(FILE_NAME.fullmatch(p) for p in parts) if len(text) < 3000 else False


def _reused(sample: list[str], weights: list[int]) -> float:
    """
    How often an option recurs when values are split where choices are joined; 0 where they are not.

    Sentences joined by semicolons hardly ever recur; options do.
    """
    best = 0.0
    for joint in ("; ", ";", "|", ", "):
        joined = [joint in t for t in sample]
        if sum(joined) < max(2, 0.1 * len(sample)):
            continue
        options: dict[str, int] = {}
        for text, weight in zip(sample, weights, strict=True):
            for part in text.split(joint):
                options[part.strip()] = options.get(part.strip(), 0) + weight
        if len(options) <= 40:
            best = max(best, sum(options.values()) / len(options))
    return best


def _by_variety(n: int, distinct: int, words: float, reused: float, *, hint: bool) -> tuple[QuestionKind, float, str]:
    share = distinct / n
    seen = f"{distinct} distinct values in {n}, {words:.0f} words on average"
    if reused >= 3 and words < 60:
        return "closed", 0.8, f"choices joined in one cell; {seen}"
    if distinct <= 12 and share <= 0.34 and words <= 40:
        return "closed", 0.95 if n >= 20 else 0.7, seen
    if words >= 8 and (share >= 0.1 or distinct > 40 or words > 40):
        return "open", 0.95 if words >= 15 or share >= 0.5 else 0.8, seen
    if share >= 0.5 and (words >= 3 or (hint and words >= 1.2)):
        return "open", 0.85 if words >= 5 or hint else 0.6, seen
    if distinct > 200 and words >= 3:
        return "open", 0.6, seen
    if hint and share >= 0.3 and words >= 2:
        return "open", 0.6, seen
    return "closed", 0.8 if share <= 0.2 else 0.5, seen
