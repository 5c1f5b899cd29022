"""Claims: a sentence about the consultation, checked against the responses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from consult import measures
from consult.dashboard import access, figures, reading, words
from consult.dashboard import help as helps
from consult.dashboard.downloads import csv_bytes, download
from consult.dashboard.filters import filter_bar, in_words
from consult.dashboard.frame import study_page
from consult.dashboard.links import address, page_link
from consult.dashboard.loaders import Loaded
from consult.errors import UserError
from consult.report.claims import check_one, keep_claim, stored_claims
from consult.report.own_text import in_own_text
from consult.report.words import percent
from consult.translation import capital, later, number, say, say_n

OWN_PLACES = 5
LIMITS = {"none": later("nothing"), "at_most": later("at most this share"), "at_least": later("at least this share")}
OUTCOMES = {
    "holds": later("The claim holds."),
    "fails": later("The claim does not hold."),
    "open": later("It cannot be told: the limit lies inside the interval."),
}


@study_page(
    later("Claims"), later("Write a sentence that somebody said, say what stands for it, and see whether it is so.")
)
def claims_page(loaded: Loaded) -> None:
    """Show the form for a claim, what is found, and the claims kept so far."""
    selection = filter_bar(loaded.corpus)
    claim = _form(loaded, selection)
    if claim is not None:
        _check(loaded, claim, "claims", keep=True)
    _kept(loaded)
    with st.expander(say("The rules behind the words")):
        reading.bullets(measures.rules())


def _form(loaded: Loaded, selection: measures.Selection) -> measures.Claim | None:
    themes = dict(zip(loaded.table("themes")["theme_id"], loaded.table("themes")["name"], strict=True))
    with st.form("claims_form"):
        sentence = st.text_input(
            say("The sentence"), key="claims_sentence",
            placeholder=say("for example: There is virtually no mention of access for disadvantaged groups"),
        )  # fmt: skip
        chosen = st.multiselect(
            say("Themes that stand for it"), list(themes), key="claims_themes", format_func=themes.__getitem__,
            help=helps.text("theme"), placeholder=say("None"),
        )  # fmt: skip
        phrases = st.text_input(
            say("And phrases, with a comma between them"), key="claims_phrases", help=helps.text("phrases"),
            placeholder=say("for example: disab*, low-skilled"),
        )  # fmt: skip
        combine = st.radio(
            say("A response mentions it when it carries"), ("any", "all"), key="claims_combine", horizontal=True,
            format_func={"any": say("one of these"), "all": say("all of these")}.__getitem__,
        )  # fmt: skip
        left, right = st.columns(2)
        with left:
            limit = st.selectbox(
                say("What it says about how many"),
                list(LIMITS),
                key="claims_limit",
                format_func=lambda key: say(LIMITS[key]),
            )
        with right:
            share = st.number_input(
                say("Share in %"), 0.0, 100.0, None, 0.5, key="claims_share", format="%.1f",
                placeholder=say("only if it names one"),
            )  # fmt: skip
        pressed = st.form_submit_button(say("Check it"), type="primary")
    if pressed:
        st.session_state["claims_asked"] = True
    if not st.session_state.get("claims_asked"):
        return None
    told = tuple(p.strip() for p in phrases.split(",") if p.strip())
    if not sentence.strip() or not (chosen or told):
        reading.line(
            say("Write a sentence, and choose at least one theme or phrase that stands for it."), kind="problem"
        )
        return None
    if (limit == "none") != (share is None):
        reading.line(
            say("Say both: whether it is at most or at least a share, and which share; or neither."), kind="problem"
        )
        return None
    query = measures.Query(themes=tuple(chosen), phrases=told, combine="all" if combine == "all" else "any")
    value = None if share is None else share / 100
    return measures.Claim(
        sentence.strip(), query, selection,
        at_most=value if limit == "at_most" else None, at_least=value if limit == "at_least" else None,
    )  # fmt: skip


def _check(loaded: Loaded, claim: measures.Claim, key: str, *, keep: bool) -> None:
    try:
        result = check_one(loaded.study, loaded.corpus, claim)
    except UserError as error:
        reading.line(str(error), kind="problem")
        return
    with st.container(border=True):
        reading.heading(f"“{claim.sentence}”")
        if result.outcome:
            outcome = say(OUTCOMES.get(result.outcome, result.outcome))
            reading.line(f"{outcome} {_limit(claim)}".strip(), kind="showing")
        reading.line(f"{capital(result.verdict)}.")
        reading.line(_overturn(result), kind="small")
        if result.bound is None:
            reading.line(helps.text("not_audited"), kind="small")
        _own_text(loaded, claim.query)
        told = in_words(loaded.corpus, claim.selection)
        if told:
            reading.line(say("Looked at: {filters}", filters=told), kind="small")
        _quotes(loaded, result)
        _links(result, key)
        if keep and access.editors_only(later("Keeping claims")):
            st.button(say("Keep this claim"), key="claims_keep", on_click=_keep, args=(loaded, result))
    _views(result)
    _groups(result)
    for caveat in result.caveats:
        reading.line(caveat.text, kind="small")


def _limit(claim: measures.Claim) -> str:
    """Return the limit given with a claim in words."""
    if claim.at_most is not None:
        return say("Limit given with it: at most {share}.", share=percent(claim.at_most))
    if claim.at_least is not None:
        return say("Limit given with it: at least {share}.", share=percent(claim.at_least))
    return ""


def _own_text(loaded: Loaded, query: measures.Query) -> None:
    """Say whether the consultation's own text mentions it, and where: a claim may be about that text."""
    own = in_own_text(loaded.study, query)
    if own is None:
        return
    reading.line(f"{capital(own.words)}.", kind="small")
    if own.mentions:
        with st.expander(say("Read it in the consultation's own text")):
            for mention in own.mentions[:OWN_PLACES]:
                span = reading.Span(mention.start - mention.passage_start, mention.end - mention.passage_start)
                reading.quote_block(mention.passage, say("The consultation's own text"), [span])


def _overturn(result: measures.ClaimResult) -> str:
    n = result.to_overturn
    if n is None:
        return say("No number of responses would change the words.")
    if n > 0:
        return say_n(
            "It would take {n} more response that mentions it to change this.",
            "It would take {n} more responses that mention it to change this.",
            n,
        )
    return say_n(
        "It would take {n} fewer response that mentions it to change this.",
        "It would take {n} fewer responses that mention it to change this.",
        -n,
    )


def _quotes(loaded: Loaded, result: measures.ClaimResult) -> None:
    rows = result.quotes.head(4).to_dict("records")
    found = [loaded.quotable.for_place(r["document_id"], int(r["start"]), int(r["end"])) for r in rows]
    quotes = [quote for quote in found if quote is not None]
    if quotes:
        reading.heading(say("Those who mention it"), level=3)
        reading.show_quotes(quotes)
    else:
        reading.line(say("Nobody mentions it in this selection."))


def _links(result: measures.ClaimResult, key: str) -> None:
    themes = result.claim.query.themes
    selection = result.claim.selection
    with st.container(horizontal=True, vertical_alignment="center"):
        if len(themes) == 1 and not result.claim.query.phrases:
            page_link(
                "responses",
                say("Read those that mention it ({n})", n=number(len(result.ids))),
                address(selection, theme=themes[0]),
            )
            page_link(
                "responses",
                say("Read those that do not ({n})", n=number(len(result.ids_without))),
                address(selection, without=themes[0]),
            )
        download(
            say("CSV of the quotes"), lambda: csv_bytes(result.quotes), "claim-quotes.csv", "text/csv", f"{key}_quotes"
        )


def _views(result: measures.ClaimResult) -> None:
    views = result.views
    shown = pd.DataFrame(
        {
            say("Counted"): [words.view_name(v) for v in views["view"]],
            say("Responses"): [number(n) for n in views["n"]],
            say("Of"): [number(n) for n in views["N"]],
            say("Share"): [percent(s) for s in views["share"]],
            say("95 % interval"): figures.intervals(views),
        }
    )
    reading.heading(say("Does it depend on how campaigns are counted?"), level=3)
    reading.table(
        shown,
        f"{say('The claim under the three campaign views.')} {helps.short_caveat()}",
        numbers=(say("Responses"), say("Of"), say("Share")),
    )


def _groups(result: measures.ClaimResult) -> None:
    reading.heading(say("Who mentions it, and who does not?"), level=3)
    for field, table in result.by.items():
        if not len(table):
            continue
        labels = words.labels(field, dict(zip(table["key"], table["label"], strict=True)))
        shown = pd.DataFrame(
            {
                words.field_name(field): [labels[k] for k in table["key"]],
                say("Responses"): [number(n) for n in table["n"]],
                say("Of"): [number(n) for n in table["N"]],
                say("Share"): [percent(s) for s in table["share"]],
                say("95 % interval"): figures.intervals(table),
                say("Enough to compare"): [say("no") if few else say("yes") for few in table["few"]],
            }
        )
        with st.expander(say("By {field}", field=words.field_in_text(field)), expanded=field == "stakeholder_type"):
            reading.table(
                shown,
                say("Mentions by {field}", field=words.field_in_text(field)),
                numbers=(say("Responses"), say("Of"), say("Share")),
            )


def _keep(loaded: Loaded, result: measures.ClaimResult) -> None:
    keep_claim(loaded.study, result)


def _last(found: Mapping[str, Any]) -> str:
    """Return what was found when a claim was last checked, in words."""
    if not found.get("of"):
        return say("not checked yet")
    counts = say("{n} of {of}", n=number(found["n"]), of=number(found["of"]))
    return f"{measures.level_name(str(found.get('level') or ''))}: {counts}"


def _kept(loaded: Loaded) -> None:
    stored: Any = stored_claims(loaded.study)
    reading.heading(say("Claims kept in this study"))
    if not stored:
        reading.line(say("None yet."))
        return
    shown = pd.DataFrame(
        {
            say("Sentence"): [one.claim.sentence for one in stored],
            say("When last checked"): [_last(one.last) for one in stored],
            say("Outcome"): [say(OUTCOMES.get(str(one.last.get("outcome") or ""), "names no share")) for one in stored],
        }
    )
    reading.table(shown, say("Claims, as they stand in claims.yaml"))
    chosen = st.selectbox(
        say("Open a claim"), range(len(stored)), key="claims_open", index=None,
        format_func=lambda i: stored[i].claim.sentence, placeholder=say("Choose a claim"),
    )  # fmt: skip
    if chosen is not None:
        _check(loaded, stored[chosen].claim, "claims_kept", keep=False)
