"""Changing topics by hand: rename, merge, split, hide, undo; each with who, when and why, and none of it lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import streamlit as st

from consult.dashboard import access, reading, words
from consult.dashboard import help as helps
from consult.dashboard.loaders import Loaded
from consult.errors import UserError
from consult.pipeline import EDITS, FOUND_TOPICS, edit_topics
from consult.topics.edits import Action, Edit, active, read_edit
from consult.topics.store import unpack
from consult.translation import later, say, say_n

ACTIONS: dict[Action, str] = {
    "rename": later("Give it another name"),
    "merge": later("Merge it with others"),
    "split": later("Split it"),
    "hide": later("Hide it"),
}
GONE = later("a topic that is no longer there")
LOST = "edit not carried over: "
"""How a run begins the line that says why an edit could not be carried out."""
MOST_PARTS = 10


@dataclass
class _Wanted:
    """What a person is about to do, or why it cannot be done yet."""

    edit: Edit
    problem: str = ""


def edit_section(loaded: Loaded, labels: Mapping[str, str], opened: str) -> None:
    """Show what can be changed about topics, what was changed, and a way back."""
    reading.heading(say("Change the topics"))
    reading.line(helps.text("edits"), kind="small")
    told = st.session_state.pop("topics_edit_told", None)
    if told:
        (st.warning if told[0] else st.success)(reading.plain(told[1]))
    edits = [read_edit(record) for record in loaded.study.lines(EDITS)]
    standing = active(edits)
    if access.editors_only(later("Changing topics")):
        with st.expander(say("Rename, merge, split or hide a topic"), icon=":material/edit:", expanded=bool(told)):
            who = access.who_input("topics_edit_who")
            _form(loaded, labels, opened, who)
            if standing:
                _undo(loaded, standing[-1], _names(loaded, labels), who)
    _listed(loaded, edits, {edit.edit_id for edit in standing}, labels)


def _form(loaded: Loaded, labels: Mapping[str, str], opened: str, who: str) -> None:
    turn = st.session_state.setdefault("topics_edit_turn", 0)
    keys = list(labels)
    key = f"topics_edit_topic_{turn}"
    if opened and st.session_state.get("topics_edit_follows") != (turn, opened):
        st.session_state[key] = opened
        st.session_state["topics_edit_follows"] = (turn, opened)
    topic = st.selectbox(say("Topic to change"), keys, key=key, format_func=labels.__getitem__)
    action = st.radio(
        say("What to do"),
        list(ACTIONS),
        key=f"topics_edit_action_{turn}",
        format_func=lambda key: say(ACTIONS[key]),
        horizontal=True,
    )
    if not topic or not action:
        return
    wanted = _details(topic, action, labels, turn)
    why = st.text_input(say("Why (kept with the change)"), key=f"topics_edit_why_{turn}", max_chars=300)
    if st.button(say("Make this change"), key="topics_edit_do", type="primary"):
        _carry_out(loaded, wanted, who, why)


def _details(topic: str, action: Action, labels: Mapping[str, str], turn: int) -> _Wanted:
    if action == "rename":
        label = st.text_input(
            say("New name"), key=f"topics_edit_label_{turn}_{topic}", value=labels[topic], max_chars=120
        )
        problem = "" if label.strip() and label != labels[topic] else say("Write the new name first.")
        return _Wanted(Edit(action, (topic,), " ".join(label.split())), problem)
    if action == "merge":
        others = st.multiselect(
            say("Merge with"), [key for key in labels if key != topic], key=f"topics_edit_others_{turn}_{topic}",
            format_func=labels.__getitem__, placeholder=say("Choose one or more"),
        )  # fmt: skip
        label = st.text_input(
            say("Name of the merged topic (left empty, it is made from its words)"),
            key=f"topics_edit_name_{turn}_{topic}", max_chars=120,
        )  # fmt: skip
        problem = "" if others else say("Choose the topics to merge it with first.")
        return _Wanted(Edit(action, (topic, *others), " ".join(label.split()) or None), problem)
    if action == "split":
        parts = st.number_input(say("Into how many parts"), 2, MOST_PARTS, 2, key=f"topics_edit_parts_{turn}")
        reading.line(say("Its passages are grouped anew, and each part gets a name from its words."), kind="small")
        return _Wanted(Edit(action, (topic,), n_parts=int(parts)))
    reading.line(helps.text("hide"), kind="problem")
    return _Wanted(Edit(action, (topic,)))


def _undo(loaded: Loaded, last: Edit, names: Mapping[str, str], who: str) -> None:
    reading.heading(say("Take the last change back"), level=3)
    reading.line(
        say(
            "Last change: {what}, by {who}, {when}.",
            what=_did(last, names),
            who=last.who or say("somebody"),
            when=_when(last),
        )
    )
    turn = st.session_state["topics_edit_turn"]
    why = st.text_input(say("Why it is taken back (optional)"), key=f"topics_undo_why_{turn}", max_chars=300)
    if st.button(say("Undo the last change"), key="topics_edit_undo", icon=":material/undo:"):
        _carry_out(loaded, _Wanted(Edit("undo", undoes=last.edit_id)), who, why)


def _carry_out(loaded: Loaded, wanted: _Wanted, who: str, why: str) -> None:
    problem = wanted.problem or ("" if who else say("Write your name or sign first: changes are kept by person."))
    if problem:
        reading.line(problem, kind="problem")
        return
    lost: list[str] = []

    def noted(stage: str, done: int, total: int) -> None:  # noqa: ARG001
        if stage.startswith(LOST):
            lost.append(stage.removeprefix(LOST))

    try:
        with st.spinner(say("Changing the topics …")):
            edit_topics(loaded.study, replace(wanted.edit, who=who, why=" ".join(why.split())), noted)
    except UserError as error:
        reading.line(str(error), kind="problem")
        return
    done = say("The last change was taken back.") if wanted.edit.action == "undo" else say("The change is made.")
    not_done = say(
        "Some changes could not be carried out: {why}. Take them back, or try again.",
        why="; ".join(dict.fromkeys(lost)),
    )
    st.session_state["topics_edit_told"] = (bool(lost), not_done if lost else done)
    st.session_state["topics_edit_turn"] += 1
    st.rerun()


def _listed(loaded: Loaded, edits: list[Edit], standing: set[str], labels: Mapping[str, str]) -> None:
    if not edits:
        reading.line(say("Nobody has changed the topics yet."), kind="small")
        return
    names = _names(loaded, labels)
    by_id = {edit.edit_id: edit for edit in edits}
    newest = list(reversed(edits))
    shown = pd.DataFrame(
        {
            say("When"): [_when(edit) for edit in newest],
            say("Who"): [edit.who or say("not said") for edit in newest],
            say("What"): [_did(edit, names, by_id) for edit in newest],
            say("Why"): [edit.why or say("not said") for edit in newest],
            say("Now"): [_now(edit, standing) for edit in newest],
        }
    )
    reading.table(
        shown,
        say_n(
            "{n} change made to the topics by people",
            "{n} changes made to the topics by people, newest first",
            len(edits),
        ),
    )


def _now(edit: Edit, standing: set[str]) -> str:
    if edit.action == "undo":
        return say("done")
    return say("in force") if edit.edit_id in standing else say("taken back")


def _when(edit: Edit) -> str:
    return f"{edit.when[:16].replace('T', ' ')} UTC" if edit.when else say("date not kept")


def _names(loaded: Loaded, labels: Mapping[str, str]) -> dict[str, str]:
    """Return labels of the topics as they stand now, and as first found for those that are gone."""
    return {**_found_names(str(loaded.study.model_path(FOUND_TOPICS)), loaded.state), **labels}


@st.cache_data(max_entries=8, show_spinner=False)
def _found_names(path: str, state: str) -> dict[str, str]:  # noqa: ARG001
    found = unpack(Path(path))
    return dict(zip(found[0].topics["topic_id"], found[0].topics["label"], strict=True)) if found else {}


def _did(edit: Edit, names: Mapping[str, str], by_id: Mapping[str, Edit] | None = None) -> str:
    """Return what an edit did, in words."""
    topics = [f"“{names[topic]}”" if topic in names else say(GONE) for topic in edit.topic_ids]
    if edit.action == "undo":
        undone = (by_id or {}).get(edit.undoes or "")
        return say("took back: {what}", what=_did(undone, names, by_id)) if undone else say("took a change back")
    first = topics[0] if topics else say(GONE)
    told = {
        "rename": say("named a topic “{name}”", name=edit.label),
        "merge": say("merged {topics} into “{name}”", topics=", ".join(topics), name=edit.label)
        if edit.label
        else say("merged {topics}", topics=", ".join(topics)),
        "split": say("split {topic} into {n} parts", topic=first, n=edit.n_parts or 2),
        "hide": say("hid {topic}", topic=first),
        "move": say("moved {passages} to {topic}", passages=words.passages(len(edit.passage_ids)), topic=first),
    }
    return told[edit.action]
