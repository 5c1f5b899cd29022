"""
Who is here, and what they may do: reader or editor.

Without `[auth]` in `.streamlit/secrets.toml` nobody signs in, and whoever reaches the dashboard may do everything,
under a name that they type. With it people sign in; what they decide is kept under the name they signed in with.
"""

from __future__ import annotations

from typing import Any, Literal

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from consult.dashboard import reading
from consult.translation import later, say

Role = Literal["editor", "reader", "nobody"]
ROLE_WORDS = {"editor": later("may read and edit"), "reader": later("may read")}
NAME_LENGTH = 80


def signing_in() -> bool:
    """Return whether people must sign in here."""
    return bool(_section("auth"))


def role() -> Role:
    """
    Return what the person before the screen may do.

    `[roles]` in the secrets names `editors` and `readers` by e-mail address, or by `@` and a domain. Whoever is named
    in neither list is a reader where no list of readers is given, and nobody where one is.
    """
    if not signing_in():
        return "editor"
    if not st.user.is_logged_in:
        return "nobody"
    roles = _section("roles")
    if _named(roles.get("editors", ())):
        return "editor"
    return "reader" if "readers" not in roles or _named(roles["readers"]) else "nobody"


def may_edit() -> bool:
    """Return whether the person before the screen may change anything."""
    return role() == "editor"


def editors_only(what: str) -> bool:
    """Return whether the person may edit; where not, say what is for editors."""
    if may_edit():
        return True
    reading.line(say("You may read here. {what} is for editors.", what=say(what)), kind="small")
    return False


def who_input(key: str) -> str:
    """Return who decides: the name signed in with, else what is typed."""
    if signing_in():
        reading.line(say("Kept under your name: {name}.", name=name()), kind="small")
        return name()
    typed: str = st.text_input(
        say("Your name or sign"), key=key, placeholder=say("for example: AB"), max_chars=NAME_LENGTH // 2
    )
    return typed.strip()


def name() -> str:
    """Return the e-mail address, or else the name, of the person signed in; empty for nobody."""
    if not signing_in() or not st.user.is_logged_in:
        return ""
    return str(_of_user("email") or _of_user("name") or _of_user("sub") or "")[:NAME_LENGTH]


def gate() -> bool:
    """Show the way in to those who must sign in first; return whether the pages may be shown."""
    if role() != "nobody":
        return True
    reading.title("consult")
    if not st.user.is_logged_in:
        reading.line(say("Sign in to read this consultation."))
        st.button(say("Sign in"), type="primary", key="access_in", on_click=st.login)
    else:
        told = say("{name} is signed in but is on no list of readers or editors here. Ask who runs it.", name=name())
        reading.line(told, kind="problem")
        _out()
    return False


def signed_in_line() -> None:
    """Say in the menu who is signed in, with the way out."""
    if signing_in():
        reading.line(f"{name()}, {say(ROLE_WORDS[role()])}", kind="small")
        _out()


def _out() -> None:
    st.button(say("Sign out"), key="access_out", on_click=st.logout)


def _named(listed: Any) -> bool:
    # An address that the provider has not verified could be anybody's.
    mine = str(_of_user("email") or "").casefold()
    if not mine or str(_of_user("email_verified")).casefold() == "false":
        return False
    given = [listed] if isinstance(listed, str) else [str(entry) for entry in listed]
    return any(
        mine == entry.casefold() or (entry.startswith("@") and mine.endswith(entry.casefold())) for entry in given
    )


def _of_user(field: str) -> Any:
    return getattr(st.user, field, None)


def _section(section: str) -> dict[str, Any]:
    try:
        held = st.secrets.get(section, {})
    except StreamlitSecretNotFoundError:
        return {}
    return dict(held)
