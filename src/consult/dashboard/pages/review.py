"""Review: people read passages without seeing what the machine found, and their verdicts win."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from consult import measures
from consult.dashboard import access, reading, words
from consult.dashboard import help as helps
from consult.dashboard.frame import missing, study_page
from consult.dashboard.loaders import Loaded
from consult.dashboard.reading import Span
from consult.report.words import language_name
from consult.text.privacy import mask
from consult.themes.codebook import Codebook
from consult.themes.review import Sample, Sampled, Tables, draw_audit, draw_sample, keep_sample, read_samples
from consult.themes.review_audit import audit_of, audit_words, keep_audit
from consult.themes.review_coders import agreements
from consult.themes.verdicts import NO, YES, Answer, Verdict, add_verdicts, read_verdicts
from consult.translation import capital, decimal, later, number, say

KINDS = {
    "review": later("Any passages: how well do people agree?"),
    "audit": later("Passages without the theme: how much was missed?"),
}


@dataclass(frozen=True)
class Desk:
    """What a coder sits in front of: the study, the codebook, the sample, and who codes."""

    loaded: Loaded
    codebook: Codebook
    sample: Sample
    theme: str
    who: str

    def decided(self) -> dict[str, bool]:
        """Return what this coder decided last, by passage."""
        inside = {p.passage_id for p in self.sample.passages}
        return {
            v.passage_id: v.verdict == YES
            for v in read_verdicts(self.loaded.study)
            if v.who == self.who and v.theme_id == self.theme and v.passage_id in inside
        }


@study_page(
    later("Review"), later("Read passages without seeing what the machine found. A person's verdict always wins.")
)
def review_page(loaded: Loaded) -> None:
    """Show the queue of passages to code, and how far coders agree."""
    reading.line(measures.select(loaded.corpus).showing(), kind="showing")
    if not len(loaded.table("themes")) or not loaded.study.codebook_path.exists():
        missing("tag")
        return
    codebook = loaded.codebook
    if not access.editors_only(later("Coding passages")):
        _agreement(loaded, codebook)
        return
    who = access.who_input("review_who")
    samples = read_samples(loaded.study)
    if not samples:
        reading.line(say("Draw a sample first; then you read its passages one by one and say yes or no."))
    _draw(loaded, codebook, first=not samples)
    samples = read_samples(loaded.study)
    if not samples:
        return
    names = {i: _named(codebook, sample) for i, sample in reversed(samples.items())}
    chosen = st.selectbox(say("Sample"), list(names), key="review_sample", format_func=names.__getitem__)
    sample = samples[chosen]
    if not who:
        reading.line(say("Write your name or sign to begin: verdicts are kept by person."), kind="problem")
    else:
        theme = sample.themes[0]
        if len(sample.themes) > 1:
            theme = st.selectbox(
                say("Theme"), sample.themes, key="review_theme", format_func=lambda t: codebook.by_id[t].name
            )
        _desk(Desk(loaded, codebook, sample, theme, who))
    _agreement(loaded, codebook)


def _named(codebook: Codebook, sample: Sample) -> str:
    themes = ", ".join(codebook.by_id[t].name if t in codebook.by_id else t for t in sample.themes)
    kind = say("audit") if sample.kind == "audit" else say("agreement")
    # The themes stand last: a narrow window cuts them, and the question below names the one to decide on.
    return f"{capital(kind)}, {words.passages(len(sample.passages))}: {words.shortened(themes, 60)}"


def _draw(loaded: Loaded, codebook: Codebook, *, first: bool) -> None:
    with st.expander(say("Draw a sample"), expanded=first), st.form("review_draw", border=False):
        theme = st.selectbox(
            say("Theme"), list(codebook.by_id), key="review_new_theme", format_func=lambda t: codebook.by_id[t].name
        )
        kind = st.radio(
            say("Which passages"), list(KINDS), key="review_kind", format_func=lambda kind: say(KINDS[kind])
        )
        n = st.number_input(say("How many"), 5, 500, 50, 5, key="review_n")
        if st.form_submit_button(say("Draw"), type="primary"):
            tables = Tables.of(loaded.study)
            sample = (
                draw_audit(tables, codebook, theme, int(n))
                if kind == "audit"
                else draw_sample(tables, codebook, (theme,), int(n))
            )
            keep_sample(loaded.study, sample)


def _desk(desk: Desk) -> None:
    decided = desk.decided()
    open_ones = [p for p in desk.sample.passages if p.passage_id not in decided]
    total = len(desk.sample.passages)
    st.progress(
        len(decided) / total if total else 1.0,
        text=say("{n} of {of} decided", n=number(len(decided)), of=number(total)),
    )
    theme = desk.codebook.by_id.get(desk.theme)
    if theme is not None:
        reading.heading(say("Does this passage speak of “{theme}”?", theme=theme.name))
        reading.line(theme.definition)
    if not open_ones:
        reading.line(say("All passages of this sample are decided. Thank you."))
        _audited(desk, decided)
        return
    _passage(desk.loaded, open_ones[0])
    with st.container(horizontal=True):
        _button(desk, open_ones[0], say("Yes"), YES, "y")
        _button(desk, open_ones[0], say("No"), NO, "n")
        last = next((p for p in reversed(desk.sample.passages) if p.passage_id in decided), None)
        if last is not None:
            other = NO if decided[last.passage_id] else YES
            st.button(
                say("Change the last one to yes") if other == YES else say("Change the last one to no"),
                key="review_undo",
                on_click=_decide,
                args=(desk, last, other),
            )
    reading.line(say("Keys: y for yes, n for no. What the machine found is not shown."), kind="small")


def _button(desk: Desk, passage: Sampled, label: str, answer: Answer, key: str) -> None:
    st.button(
        label, key=f"review_{answer}", shortcut=key, on_click=_decide, args=(desk, passage, answer), type="primary"
    )


def _decide(desk: Desk, passage: Sampled, answer: Answer) -> None:
    verdict = Verdict(
        passage.passage_id, passage.document_id, passage.text_hash, desk.theme, answer, desk.who,
        sample=desk.sample.sample_id,
    )  # fmt: skip
    add_verdicts(desk.loaded.study, [verdict])


def _passage(loaded: Loaded, passage: Sampled) -> None:
    document = loaded.texts.document.first(passage.document_id)
    rows = loaded.texts.passages.rows(passage.document_id)
    here = rows[rows["passage_id"] == passage.passage_id]
    if document is None or not len(here):
        reading.line(say("This passage is no longer in the study; draw a new sample."), kind="problem")
        return
    start, end = int(here["start"].iloc[0]), int(here["end"].iloc[0])
    text = mask(str(document["text"]))
    first, last = max(0, start - 600), min(len(text), end + 600)
    with st.container(border=True):
        question = loaded.texts.question.first(str(document["question_id"]))
        told = say(
            "In {language}; the passage is marked, the words around it are for reading.",
            language=language_name(passage.language),
        )
        reading.line(f"{question['text']} {told}" if question else told, kind="small")
        block = reading.text_block(text[first:last], [Span(start - first, end - first)], lang=passage.language)
        reading.show(block)


def _audited(desk: Desk, decided: dict[str, bool]) -> None:
    if desk.sample.kind != "audit" or not decided:
        return
    audit = audit_of(desk.sample, decided, desk.who)
    reading.heading(say("What the audit says"), level=3)
    reading.bullets(audit_words(audit))
    st.button(say("Keep this audit"), key="review_keep", on_click=keep_audit, args=(desk.loaded.study, audit))


def _agreement(loaded: Loaded, codebook: Codebook) -> None:
    reading.heading(say("How far do people agree?"))
    found = agreements(read_verdicts(loaded.study), codebook)
    if not found:
        reading.line(say("Two people must have decided on the same passages before this can be said."))
        return
    for pair in found:
        overall = pair.evaluation.overall
        shown = pd.DataFrame(
            {
                say("Measure"): [str(m) for m in overall.iloc[:, 0]],
                say("Value"): [decimal(v, 2) for v in overall["value"]],
                say("95 % interval"): [
                    say("{low} to {high}", low=decimal(a, 2), high=decimal(b, 2))
                    for a, b in zip(overall["low"], overall["high"], strict=True)
                ],
            }
        )
        reading.table(
            shown,
            say(
                "{first} and {second}, on {passages}",
                first=pair.first,
                second=pair.second,
                passages=words.passages(pair.n_passages),
            ),
        )
    reading.line(helps.text("agreement"), kind="small")
