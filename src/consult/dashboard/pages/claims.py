"""Claims: a sentence about the consultation, checked against the responses."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from consult import measures
from consult.dashboard import figures, reading, words
from consult.dashboard import help as helps
from consult.dashboard.downloads import csv_bytes, download
from consult.dashboard.filters import filter_bar, in_words
from consult.dashboard.frame import study_page
from consult.dashboard.links import address, page_link
from consult.dashboard.loaders import Loaded
from consult.errors import UserError
from consult.report.claims import check_one, keep_claim, stored_claims
from consult.report.words import percent

LIMITS = {"none": "nothing", "at_most": "at most this share", "at_least": "at least this share"}
OUTCOMES = {
    "holds": "The claim holds.",
    "fails": "The claim does not hold.",
    "open": "It cannot be told: the limit lies inside the interval.",
}


@study_page("Claims", "Write a sentence that somebody said, say what stands for it, and see whether it is so.")
def claims_page(loaded: Loaded) -> None:
    """Show the form for a claim, what is found, and the claims kept so far."""
    selection = filter_bar(loaded.corpus)
    claim = _form(loaded, selection)
    if claim is not None:
        _check(loaded, claim)
    _kept(loaded)
    with st.expander("The rules behind the words"):
        reading.bullets(measures.RULES)


def _form(loaded: Loaded, selection: measures.Selection) -> measures.Claim | None:
    themes = dict(zip(loaded.table("themes")["theme_id"], loaded.table("themes")["name"], strict=True))
    with st.form("claims_form"):
        sentence = st.text_input(
            "The sentence", key="claims_sentence",
            placeholder="for example: There is virtually no mention of access for disadvantaged groups",
        )  # fmt: skip
        chosen = st.multiselect(
            "Themes that stand for it", list(themes), key="claims_themes", format_func=themes.__getitem__,
            help=helps.text("theme"), placeholder="None",
        )  # fmt: skip
        phrases = st.text_input(
            "And phrases, with a comma between them", key="claims_phrases", help=helps.text("phrases"),
            placeholder="for example: disab*, low-skilled",
        )  # fmt: skip
        combine = st.radio(
            "A response mentions it when it carries", ("any", "all"), key="claims_combine", horizontal=True,
            format_func={"any": "one of these", "all": "all of these"}.__getitem__,
        )  # fmt: skip
        left, right = st.columns(2)
        with left:
            limit = st.selectbox(
                "What it says about how many", list(LIMITS), key="claims_limit", format_func=LIMITS.__getitem__
            )
        with right:
            share = st.number_input("Share in %", 0.0, 100.0, 5.0, 0.5, key="claims_share")
        pressed = st.form_submit_button("Check it", type="primary")
    if pressed:
        st.session_state["claims_asked"] = True
    if not st.session_state.get("claims_asked"):
        return None
    told = tuple(p.strip() for p in phrases.split(",") if p.strip())
    if not sentence.strip() or not (chosen or told):
        reading.line("Write a sentence, and choose at least one theme or phrase that stands for it.", kind="problem")
        return None
    query = measures.Query(themes=tuple(chosen), phrases=told, combine="all" if combine == "all" else "any")
    value = share / 100
    return measures.Claim(
        sentence.strip(), query, selection,
        at_most=value if limit == "at_most" else None, at_least=value if limit == "at_least" else None,
    )  # fmt: skip


def _check(loaded: Loaded, claim: measures.Claim) -> None:
    try:
        result = check_one(loaded.study, loaded.corpus, claim)
    except UserError as error:
        reading.line(str(error), kind="problem")
        return
    with st.container(border=True):
        reading.heading(f"“{claim.sentence}”")
        reading.line(f"{result.verdict[:1].upper()}{result.verdict[1:]}.")
        if result.outcome:
            reading.line(OUTCOMES.get(result.outcome, result.outcome), kind="showing")
        reading.line(_overturn(result), kind="small")
        told = in_words(loaded.corpus, claim.selection)
        if told:
            reading.line(f"Looked at: {told}", kind="small")
        _quotes(loaded, result)
        _links(result)
        st.button("Keep this claim", key="claims_keep", on_click=_keep, args=(loaded, result))
    _views(result)
    _groups(result)
    for caveat in result.caveats:
        reading.line(caveat.text, kind="small")


def _overturn(result: measures.ClaimResult) -> str:
    n = result.to_overturn
    if n is None:
        return "No number of responses would change the words."
    more = "more" if n > 0 else "fewer"
    return f"It would take {words.plural(abs(n), 'response')} {more} that mention it to change this."


def _quotes(loaded: Loaded, result: measures.ClaimResult) -> None:
    rows = result.quotes.head(4).to_dict("records")
    found = [loaded.quotable.for_place(r["document_id"], int(r["start"]), int(r["end"])) for r in rows]
    quotes = [quote for quote in found if quote is not None]
    if quotes:
        reading.heading("Those who mention it", level=3)
        reading.show_quotes(quotes)
    else:
        reading.line("Nobody mentions it in this selection.")


def _links(result: measures.ClaimResult) -> None:
    themes = result.claim.query.themes
    selection = result.claim.selection
    with st.container(horizontal=True):
        if len(themes) == 1 and not result.claim.query.phrases:
            page_link("responses", f"Read the {len(result.ids):,} that mention it", address(selection, theme=themes[0]))
            page_link(
                "responses",
                f"Read the {len(result.ids_without):,} that do not",
                address(selection, without=themes[0]),
            )
        download("CSV of the quotes", lambda: csv_bytes(result.quotes), "claim-quotes.csv", "text/csv", "claims_quotes")


def _views(result: measures.ClaimResult) -> None:
    views = result.views
    shown = pd.DataFrame(
        {
            "Counted": [words.VIEWS[v] for v in views["view"]],
            "Responses": [f"{n:,}" for n in views["n"]],
            "Of": [f"{n:,}" for n in views["N"]],
            "Share": [percent(s) for s in views["share"]],
            "95 % interval": figures.intervals(views),
        }
    )
    reading.heading("Does it depend on how campaigns are counted?", level=3)
    reading.table(
        shown, f"The claim under the three campaign views. {helps.SHORT_CAVEAT}", numbers=("Responses", "Of", "Share")
    )


def _groups(result: measures.ClaimResult) -> None:
    reading.heading("Who mentions it, and who does not?", level=3)
    for field, table in result.by.items():
        if not len(table):
            continue
        labels = words.labels(field, dict(zip(table["key"], table["label"], strict=True)))
        shown = pd.DataFrame(
            {
                words.FIELDS[field]: [labels[k] for k in table["key"]],
                "Responses": [f"{n:,}" for n in table["n"]],
                "Of": [f"{n:,}" for n in table["N"]],
                "Share": [percent(s) for s in table["share"]],
                "95 % interval": figures.intervals(table),
                "Enough to compare": ["no" if few else "yes" for few in table["few"]],
            }
        )
        with st.expander(f"By {words.FIELDS[field].lower()}", expanded=field == "stakeholder_type"):
            reading.table(shown, f"Mentions by {words.FIELDS[field].lower()}", numbers=("Responses", "Of", "Share"))


def _keep(loaded: Loaded, result: measures.ClaimResult) -> None:
    keep_claim(loaded.study, result)


def _kept(loaded: Loaded) -> None:
    stored: Any = stored_claims(loaded.study)
    reading.heading("Claims kept in this study")
    if not stored:
        reading.line("None yet.")
        return
    shown = pd.DataFrame(
        {
            "Sentence": [one.claim.sentence for one in stored],
            "When last checked": [str(one.last.get("verdict") or "not checked yet") for one in stored],
            "Outcome": [OUTCOMES.get(str(one.last.get("outcome") or ""), "names no share") for one in stored],
        }
    )
    reading.table(shown, "Claims, as they stand in claims.yaml")
