"""
Responses that asked not to be published: counted everywhere, quoted nowhere.

Which these are stands in `study.toml`, since no source has a field for it: what was answered to a closed question,
or references, as in::

    [withheld]
    answers = ["12=No, do not publish my answers"]
    references = ["F529892"]

To stay anonymous is another wish: the words may be quoted, the name not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from consult import measures
from consult.errors import UserError
from consult.text.privacy import MASK
from consult.translation import say

if TYPE_CHECKING:
    from consult.study import Study

KEY = "withheld"


def instead() -> str:
    """Return what is shown in place of words that must not be published."""
    return say("(This response asked not to be published. It is counted.)")


def withheld_responses(study: Study) -> frozenset[str]:
    """
    Return the ids of the responses that asked not to be published.

    Raises:
        UserError: `study.toml` names a question, answer or reference that the study does not hold. Nothing is
            published on a guess.
    """
    asked = study.settings().get(KEY) or {}
    where = f"{study.path / 'study.toml'}, [{KEY}]"
    unknown = sorted(set(asked) - {"answers", "references"}) if isinstance(asked, dict) else ["no table"]
    if unknown:
        message = f"{where}: {', '.join(unknown)}; allowed are answers and references, each a list. Correct it."
        raise UserError(message)
    answers, references = _texts(asked, "answers", where), _texts(asked, "references", where)
    found: set[str] = set()
    if answers:
        found |= _who_answered(measures.Corpus.from_study(study), answers, where)
    if references:
        responses = study.read("responses", ["response_id", "reference"])
        missing = sorted(set(references) - set(responses["reference"].dropna()))
        if missing:
            message = f"{where}: no response has the reference {', '.join(missing[:5])}. Correct it."
            raise UserError(message)
        found |= set(responses.loc[responses["reference"].isin(references), "response_id"])
    return frozenset(found)


def keep_withheld(study: Study, answers: Sequence[str]) -> None:
    """
    Keep in `study.toml` which answers mean that a response must not be published, beside those there.

    Args:
        study: A study that has been ingested.
        answers: QUESTION=ANSWER each; the question by its number, id or text.

    Raises:
        UserError: There is no such question or answer; nothing is kept.
    """
    asked = dict(study.settings().get(KEY) or {})
    kept = [*asked.get("answers", []), *(a for a in answers if a not in asked.get("answers", []))]
    _who_answered(measures.Corpus.from_study(study), kept, f"{study.path}, {KEY}")
    study.write_settings({KEY: {**asked, "answers": kept}})


def hidden(text: str) -> str:
    """Return as many dots as the text has characters, lines kept, so that offsets stay right."""
    return "".join(c if c == "\n" else MASK for c in text)


def withheld_glosses(study: Study, glosses: Iterable[str]) -> frozenset[str]:
    """Return which of some sentences are words of a response that asked not to be published."""
    withheld = withheld_responses(study)
    if not withheld:
        return frozenset()
    documents = study.read("documents", ["response_id", "text"])
    texts = documents.loc[documents["response_id"].isin(withheld), "text"].tolist()
    return frozenset(gloss for gloss in glosses if any(gloss in text for text in texts))


def _texts(asked: Any, name: str, where: str) -> list[str]:
    given = asked.get(name, [])
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        message = f"{where}: {name} is '{given}'; expected a list of texts. Correct it."
        raise UserError(message)
    return list(given)


def _who_answered(corpus: measures.Corpus, answers: Sequence[str], where: str) -> set[str]:
    closed = corpus.questions[corpus.questions["kind"] == "closed"]
    found: set[str] = set()
    for pair in answers:
        # A question's text may hold an equals sign, so the longest question that fits is taken.
        fits = [
            (len(name), key, pair[len(name) + 1 :].strip())
            for key, number, text in zip(closed["question_id"], closed["number"], closed["text"], strict=True)
            for name in (key, str(number), text)
            if pair.startswith(f"{name}=")
        ]
        best = [fit for fit in fits if fit[0] == max(fits)[0]]
        if len(best) != 1 or not best[0][2]:
            message = (
                f"{where}: '{pair}'; expected QUESTION=ANSWER with the number, id or text of one closed question, "
                "e.g. 12=No. Correct it."
            )
            raise UserError(message)
        _, key, answer = best[0]
        try:
            chosen = measures.selected(corpus, measures.Selection(closed=((key, answer),)))
        except UserError as error:
            message = f"{where}: '{pair}': {error}"
            raise UserError(message) from error
        found |= set(corpus.responses.loc[chosen.responses, "response_id"])
    return found
