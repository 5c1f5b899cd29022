"""The language of the interface: from the address, else as chosen last in this session."""

from __future__ import annotations

import streamlit as st

from consult.translation import LANGUAGES, say, speak, spoken

NAME = "lang"
"""What the language is called in the address, as in `?lang=fr`."""


def speak_session() -> None:
    """Speak the session's language in this run; to be called first, and at the start of every fragment."""
    asked = str(st.query_params.get(NAME) or "")
    if asked in LANGUAGES and not st.session_state.pop("language_changed", False):
        st.session_state["language"] = asked
    speak(st.session_state.get("language", "en"))


def mark_page() -> None:
    """Tell the browser and screen readers in which language the page is written; quotes carry their own."""
    st.html(
        f"<script>document.documentElement.lang = '{spoken()}'</script>", unsafe_allow_javascript=True, width="content"
    )


def choice() -> None:
    """Show the list of languages."""
    st.session_state["language_select"] = spoken()
    st.selectbox(
        say("Language of this page"),
        list(LANGUAGES),
        key="language_select",
        format_func=LANGUAGES.__getitem__,
        on_change=_chosen,
    )


def _chosen() -> None:
    st.session_state["language"] = st.session_state["language_select"]
    st.session_state["language_changed"] = True
    st.query_params[NAME] = st.session_state["language"]
