"""Start: open a study, open the example, or upload files, see what they are, and run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from consult.cli.checking import about_lines, aside_line, check_source, problem_line
from consult.dashboard import access, links, mapping_form, reading, running, uploads, words
from consult.dashboard.language import speak_session
from consult.dashboard.loaders import load
from consult.errors import UserError
from consult.ingest import Recognition
from consult.pipeline import EXAMPLES, example_sources
from consult.study import Study
from consult.translation import day, later, say

EXAMPLE_LABELS = {
    "microcredentials": later("Open the example: micro-credentials"),
    "learning-accounts": later("Open the example: individual learning accounts"),
}


def start_page() -> None:
    """Show the ways to begin."""
    reading.title(say("Read a public consultation"))
    reading.line(say("What was raised, by whom, how often, in whose words, and what was not."))
    if st.session_state.pop("start_go", False):
        links.go_to("overview", links.study_address())
    if not access.may_edit():
        _current()
        _recent()
        access.editors_only(later("Uploading and analysing"))
        return
    waiting = _waiting()
    if waiting is not None and _progress_or_done(waiting):
        return
    draft = _draft()
    if draft is not None:
        _recognised(draft)
        return
    _current()
    left, right = st.columns(2)
    with left, st.container(border=True):
        _upload()
    with right:
        with st.container(border=True):
            _examples()
        with st.container(border=True):
            _recent()
    reading.line(
        say("Files stay on this computer, in {folder}. Nothing is sent anywhere.", folder=links.home()), kind="small"
    )


def _current() -> None:
    try:
        study = links.current_study()
    except UserError as error:
        reading.line(str(error), kind="problem")
        return
    if study is not None and study.has("responses"):
        with st.container(horizontal=True, vertical_alignment="center"):
            reading.line(say("Open now: {study}.", study=load(study).title))
            links.page_link("overview", say("Go to the overview"), links.study_address(), icon=":material/dashboard:")


# Running ----------------------------------------------------------------------------------------------


def _waiting() -> Path | None:
    name = st.session_state.get("start_running")
    return links.own_study(name) if name else None


def _progress_or_done(folder: Path) -> bool:
    """Show a run; return whether it takes up the page."""
    run = running.run_of(folder)
    if run is None:
        st.session_state.pop("start_running", None)
        return False
    if not run.finished:
        _progress(str(folder))
        return True
    if run.message:
        reading.heading(say("The run did not finish"))
        reading.line(say(run.message), kind="problem")
        with st.container(horizontal=True):
            st.button(
                say("Go on where it stopped"), type="primary", key="start_resume", on_click=_resume, args=(folder.name,)
            )
            st.button(say("Back"), key="start_back", on_click=_leave, args=(folder.name,))
        return True
    running.forget(folder)
    st.session_state.pop("start_running", None)
    links.open_study(folder.name)
    links.go_to("overview", {"study": folder.name})
    return True


@st.fragment(run_every=1.0)
def _progress(folder: str) -> None:
    speak_session()
    run = running.run_of(Path(folder))
    if run is None or run.finished:
        st.rerun()
        return
    reading.heading(say("Working"))
    st.progress(run.share, text=run.words)
    names = list(running.STAGE_WORDS)
    at = names.index(run.stage) if run.stage in names else 0
    reading.steps(
        [(say(running.STAGE_WORDS[name]), position < at, position == at) for position, name in enumerate(names)]
    )
    reading.line(say("You may close this window; the work goes on, and nothing is lost."), kind="small")
    if st.button(say("Stop"), key="start_stop"):
        run.stopping = True


def _resume(name: str) -> None:
    folder = links.own_study(name)
    if folder is not None:
        running.forget(folder)
        _run(folder)


def _leave(name: str) -> None:
    folder = links.own_study(name)
    if folder is not None:
        running.forget(folder)
    st.session_state.pop("start_running", None)


def _run(folder: Path) -> None:
    """Run a study of the home folder from where it stands: its uploads, or the example it is named after."""
    speak_session()
    study = Study.open(folder)
    sources: Sequence[Path] = ()
    title = None
    if not study.has("responses"):
        sources = uploads.uploaded(study)
        if not sources:
            sources, title = example_sources(folder.name.removeprefix("example-"))
    running.start(folder, sources, title=title)
    st.session_state["start_running"] = folder.name


# Examples and recent studies --------------------------------------------------------------------------


def _examples() -> None:
    reading.heading(say("Look at an example"))
    reading.line(say("Two consultations invented by hand; nothing in them is real."))
    for name in EXAMPLES:
        st.button(
            say(EXAMPLE_LABELS.get(name, name)), key=f"start_example_{name}", on_click=_open_example, args=(name,)
        )


def _open_example(name: str) -> None:
    folder = links.home() / f"example-{name}"
    study = Study.create(folder, example_sources(name)[1])
    if study.has("topics") and study.has("taggings"):
        _open(folder.name)
    else:
        _run(folder)


def _recent() -> None:
    reading.heading(say("Go on with a study"))
    found = uploads.recent()
    if not found:
        reading.line(say("There is none yet. Studies you make here are listed here."))
    for kept in [one for one in found if one.finished or access.may_edit()][:12]:
        with st.container(horizontal=True, vertical_alignment="center"):
            changed = datetime.fromtimestamp(kept.changed, tz=UTC).astimezone()
            when = f"{day(changed)}, {changed:%H:%M}"
            label = say("Open") if kept.finished else say("Go on")
            st.button(
                f"{label}: {reading.plain(kept.title)}", key=f"start_open_{kept.name}",
                on_click=_open if kept.finished else _resume, args=(kept.name,),
            )  # fmt: skip
            reading.line(
                say("last run {when}", when=when) if kept.finished else say("not finished, {when}", when=when),
                kind="small",
            )


def _open(name: str) -> None:
    links.open_study(name)
    st.session_state["start_go"] = True


# Uploading --------------------------------------------------------------------------------------------


def _upload() -> None:
    reading.heading(say("Upload a consultation"))
    reading.line(
        say("The Commission's export, any table with a column of text, a folder of papers as a ZIP, or several.")
    )
    with st.form("start_upload", border=False):
        files = st.file_uploader(
            say("Files"), type=uploads.KINDS, accept_multiple_files=True, key="start_files",
            max_upload_size=uploads.MOST_MEGABYTES,
        )  # fmt: skip
        reading.line(
            say(
                "At most {each} MB a file and {all} MB together. Kinds of files: {kinds}.",
                each=uploads.MOST_MEGABYTES, all=uploads.MOST_TOTAL_MEGABYTES,
                kinds=", ".join(kind.upper() for kind in uploads.KINDS),
            ),
            kind="small",
        )  # fmt: skip
        title = st.text_input(
            say("Name of the study"), key="start_title", placeholder=say("for example: Micro-credentials 2021")
        )
        if st.form_submit_button(say("Look at the files"), type="primary"):
            _keep(files, title)


def _keep(files: Sequence[uploads.Upload], title: str) -> None:
    if not files:
        reading.line(say("No file was chosen. Choose one or more files first."), kind="problem")
        return
    try:
        study = uploads.new_study(title or Path(files[0].name).stem)
        uploads.keep_uploads(study, files)
    except UserError as error:
        reading.line(str(error), kind="problem")
        return
    st.session_state["start_draft"] = study.path.name
    st.rerun()


def _draft() -> Study | None:
    name = st.session_state.get("start_draft")
    folder = links.own_study(name) if name else None
    return Study.open(folder) if folder is not None else None


def _recognised(study: Study) -> None:
    reading.heading(say("What was recognised"))
    with st.spinner(say("Looking at the file …")):
        looked = [(path, _look(str(path), path.stat().st_mtime_ns)) for path in uploads.uploaded(study)]
    good = [found[0] for _, found in looked if not isinstance(found, str)]
    for path, found in looked:
        with st.container(border=True):
            if not isinstance(found, str):
                _show(*found)
            else:
                reading.heading(path.name, level=3)
                reading.line(found, kind="problem")
    mapping: dict[str, list[str]] = {}
    tables = [found for found in good if found.columns]
    if len(tables) == 1:
        mapping = mapping_form.mapping_form(tables[0])
    elif len(tables) > 1:
        reading.line(
            say("Columns can be changed here for one table at a time; upload tables one by one to do so."), kind="small"
        )
    with st.container(horizontal=True):
        st.button(
            say("Run"), type="primary", key="start_run", disabled=not good, on_click=_begin,
            args=(study.path.name, mapping), icon=":material/play_arrow:",
        )  # fmt: skip
        st.button(say("Upload other files"), key="start_again", on_click=_again, args=(study.path.name,))


def _begin(name: str, mapping: dict[str, list[str]]) -> None:
    folder = links.own_study(name)
    st.session_state.pop("start_draft", None)
    if folder is not None:
        Study.open(folder).write_settings({"map": mapping})
        _run(folder)


def _again(name: str) -> None:
    folder = links.own_study(name)
    st.session_state.pop("start_draft", None)
    if folder is not None:
        uploads.forget(Study.open(folder))


@st.cache_data(max_entries=20, show_spinner=False)
def _look(path: str, changed: int) -> tuple[Recognition, dict[str, Any]] | str:  # noqa: ARG001
    try:
        return check_source(Path(path))
    except UserError as error:
        return str(error)


def _show(found: Recognition, checked: dict[str, Any]) -> None:
    """Show what `consult check` says of a file."""
    reading.heading(found.name, level=3)
    reading.line(f"{say(found.format)}.")
    for line in about_lines(checked):
        reading.line(line)
    aside = [aside_line(row) for row in checked["set_aside"]]
    if aside:
        reading.line(say("Set aside, with the reason:"), kind="small")
    for line in aside:
        reading.line(line, kind="small")
    for problem in checked["problems"]:
        reading.line(problem_line(problem), kind="problem")
    if found.columns:
        with st.expander(say("What each of the {n} columns was taken for", n=len(found.columns))):
            rows = [
                (c.heading, mapping_form.role_words(c), " · ".join(words.shortened(s, 60) for s in c.samples))
                for c in found.columns
            ]
            table = pd.DataFrame(rows, columns=[say("Column"), say("Taken for"), say("Some of its values")])
            reading.table(table, say("Columns of {file}", file=found.name))
