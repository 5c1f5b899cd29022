"""Changing the codebook: phrases of a theme, what that would change, and saving it with who and why."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from consult.dashboard import access, reading
from consult.dashboard.loaders import Loaded
from consult.errors import UserError
from consult.pipeline.codebook_editing import CodebookPreview, preview_edit, save_edit
from consult.pipeline.themes import read_learned
from consult.report.words import language_name
from consult.themes.codebook_changes import read_changes
from consult.themes.codebook_edits import PhraseEdit
from consult.translation import later, number, say, say_n

SHOWN = 8
"""How many of the passages that would change are shown; the numbers are of all."""


def codebook_section(loaded: Loaded, opened: str) -> None:
    """Show how a theme's phrases can be changed, and what was changed before."""
    if not loaded.study.codebook_path.exists():
        return
    reading.heading(say("Change the codebook"))
    reading.line(
        say(
            "Add or take away phrases, and see which passages would gain or lose the theme before anything is saved. "
            "Every change makes a new version, kept with who made it and why."
        ),
        kind="small",
    )
    told = st.session_state.pop("codebook_told", "")
    if told:
        st.success(told)
    if access.editors_only(later("Changing the codebook")):
        with st.expander(say("Phrases of a theme"), icon=":material/edit:", expanded=bool(told)):
            _form(loaded, opened)
    _history(loaded)


def _form(loaded: Loaded, opened: str) -> None:
    book = loaded.codebook
    turn = st.session_state.setdefault("codebook_turn", 0)
    if opened in book.by_id and st.session_state.get("codebook_follows") != opened:
        st.session_state["codebook_theme"] = opened
        st.session_state["codebook_follows"] = opened
    theme_id = st.selectbox(
        say("Theme to change"), list(book.by_id), key="codebook_theme", format_func=lambda t: book.by_id[t].name
    )
    counts = loaded.table("documents")["language"].value_counts()
    spoken = [str(code) for code in counts.index if code in _languages()]
    language = st.selectbox(
        say("Language of the phrases"), [*spoken, *(c for c in _languages() if c not in spoken)],
        key="codebook_language", format_func=lambda c: f"{language_name(c)} ({number(int(counts.get(c, 0)))})",
    )  # fmt: skip
    held = [pattern.source for pattern in book.by_id[theme_id].phrases.get(language, ())]
    mark = f"{turn}_{theme_id}_{language}"
    remove = st.multiselect(
        say("Phrases to take away"), held, key=f"codebook_remove_{mark}", placeholder=say("None"),
        help=say("These are the phrases of the theme in this language."),
    )  # fmt: skip
    given = st.text_area(
        say("Phrases to add, one a line"), key=f"codebook_add_{mark}", placeholder="disab*\nleft behind",
        help=say(
            "A star stands for any letters at the start or end of a word, … for up to four words between, "
            "| between words for either."
        ).replace("…", "..."), height=100,
    )  # fmt: skip
    if language == "en":
        reading.line(say("English phrases are looked for in texts of every language."), kind="small")
    add = tuple(dict.fromkeys(line.strip() for line in given.splitlines() if line.strip()))
    edit = PhraseEdit(theme_id, language, add, tuple(remove))
    if st.button(say("See what would change"), key="codebook_look"):
        _look(loaded, edit)
    seen: CodebookPreview | None = st.session_state.get("codebook_preview")
    if seen is not None and seen.edit == edit:
        _seen(loaded, seen, turn)


def _look(loaded: Loaded, edit: PhraseEdit) -> None:
    st.session_state.pop("codebook_preview", None)
    try:
        with st.spinner(say("Looking for the theme with your phrases …")):
            st.session_state["codebook_preview"] = preview_edit(loaded.study, edit)
    except UserError as error:
        reading.line(str(error), kind="problem")


def _seen(loaded: Loaded, seen: CodebookPreview, turn: int) -> None:
    with st.container(border=True, key="codebook_seen"):
        reading.heading(say("What would change"), level=3)
        reading.line(
            say(
                "{gained} would gain the theme, {lost} would lose it. Responses that mention it in the texts looked "
                "at: {before} now, {after} after.",
                gained=say_n("{n} passage", "{n} passages", len(seen.gained)),
                lost=say_n("{n} passage", "{n} passages", len(seen.lost)),
                before=number(seen.n_responses), after=number(seen.n_responses_after),
            )
        )  # fmt: skip
        if read_learned(loaded.study).get("classifiers"):
            told = say("What verdicts have taught comes on top of this when the change is saved.")
            reading.line(told, kind="small")
        for title, table in ((say("Would gain it"), seen.gained), (say("Would lose it"), seen.lost)):
            _passages(loaded, title, table)
        who = access.who_input("codebook_who")
        why = st.text_input(say("Why (kept with the change)"), key=f"codebook_why_{turn}", max_chars=300)
        if st.button(say("Save as a new version"), key="codebook_save", type="primary"):
            _save(loaded, seen, who, why)


def _passages(loaded: Loaded, title: str, table: pd.DataFrame) -> None:
    if not len(table):
        return
    reading.heading(title, level=3)
    rows: list[dict[Any, Any]] = table.head(SHOWN).to_dict("records")
    found = [loaded.quotable.for_place(str(r["document_id"]), int(r["start"]), int(r["end"])) for r in rows]
    reading.show_quotes([quote for quote in found if quote is not None])
    if len(table) > SHOWN:
        reading.line(say("The first {n} of {all}.", n=SHOWN, all=number(len(table))), kind="small")


def _save(loaded: Loaded, seen: CodebookPreview, who: str, why: str) -> None:
    if not access.may_edit():
        return
    if not who:
        reading.line(say("Write your name or sign first: changes are kept by person."), kind="problem")
        return
    try:
        with st.spinner(say("Looking for all themes with the new codebook …")):
            save_edit(loaded.study, seen, who=who, why=why)
    except UserError as error:
        reading.line(str(error), kind="problem")
        return
    st.session_state.pop("codebook_preview", None)
    st.session_state["codebook_told"] = say("The codebook was saved as a new version, and the themes are up to date.")
    st.session_state["codebook_turn"] += 1
    st.rerun()


def _history(loaded: Loaded) -> None:
    records = [record for record in reversed(read_changes(loaded.study)) if record["changed"]]
    if not records:
        return
    names = {theme.theme_id: theme.name for theme in loaded.codebook.themes}
    shown = pd.DataFrame(
        {
            say("When"): [str(r["time"])[:16].replace("T", " ") + " UTC" for r in records],
            say("Who"): [r["by"] or say("not said") for r in records],
            say("Version"): [r["version"] for r in records],
            say("What"): ["; ".join(_did(change, names) for change in r["changed"]) for r in records],
            say("Why"): [r["why"] or say("not said") for r in records],
        }
    )
    reading.table(shown, say("Changes made to the codebook of this study, newest first"))


def _did(change: dict[str, Any], names: dict[str, str]) -> str:
    parts = [*(f"+ {text}" for text in change["added"]), *(f"− {text}" for text in change["removed"])]
    where = names.get(str(change["theme_id"]), str(change["theme_id"]))
    if change["language"]:
        where = f"{where}, {language_name(str(change['language']))}"
    return f"{where}: {', '.join(parts)}"


def _languages() -> tuple[str, ...]:
    from consult.text.languages import EU_LANGUAGES

    return EU_LANGUAGES
