"""The pages, in groups, and what stands around every page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from consult.dashboard import access, language, links, reading
from consult.dashboard.pages.campaigns import campaigns_page
from consult.dashboard.pages.claims import claims_page
from consult.dashboard.pages.compare import compare_page
from consult.dashboard.pages.gaps import gaps_page
from consult.dashboard.pages.method import method_page
from consult.dashboard.pages.overview import overview_page
from consult.dashboard.pages.report import report_page
from consult.dashboard.pages.responses import responses_page
from consult.dashboard.pages.review import review_page
from consult.dashboard.pages.start import start_page
from consult.dashboard.pages.themes import themes_page
from consult.dashboard.pages.topics import topics_page
from consult.dashboard.style import CSS
from consult.errors import UserError
from consult.translation import later, say

ICON = Path(__file__).with_name("icon.svg")
"""A file of our own: Streamlit fetches its named icons for the browser's tab from another host."""


@dataclass(frozen=True)
class Page:
    """A page: the function that shows it, its name, its place in the menu and in the address."""

    render: Callable[[], None]
    title: str
    icon: str
    path: str
    group: str


PAGES = (
    Page(start_page, later("Start"), ":material/home:", "start", later("Study")),
    Page(overview_page, later("Overview"), ":material/dashboard:", "overview", later("Study")),
    Page(themes_page, later("Themes"), ":material/sell:", "themes", later("What was said")),
    Page(topics_page, later("Topics"), ":material/bubble_chart:", "topics", later("What was said")),
    Page(responses_page, later("Responses"), ":material/article:", "responses", later("What was said")),
    Page(campaigns_page, later("Campaigns"), ":material/campaign:", "campaigns", later("What was said")),
    Page(claims_page, later("Claims"), ":material/fact_check:", "claims", later("What can be said")),
    Page(gaps_page, later("Gaps"), ":material/search_off:", "gaps", later("What can be said")),
    Page(compare_page, later("Compare"), ":material/compare_arrows:", "compare", later("What can be said")),
    Page(review_page, later("Review"), ":material/rate_review:", "review", later("What can be said")),
    Page(report_page, later("Report and export"), ":material/download:", "report", later("Take away")),
    Page(method_page, later("Method"), ":material/science:", "method", later("Take away")),
)


def show() -> None:
    """Show the page that the address names; without a study that is the page to start on."""
    language.speak_session()
    st.set_page_config(page_title="consult", page_icon=str(ICON), layout="wide")
    st.html(CSS)
    language.mark_page()
    if not access.gate():
        return
    study = None
    try:
        study = links.current_study()
    except UserError as error:
        st.error(str(error))
    first = "overview" if study is not None else "start"
    made = {
        page.path: st.Page(page.render, title=say(page.title), icon=page.icon, url_path=page.path) for page in PAGES
    }
    st.session_state["_pages"] = made

    def home() -> None:
        st.switch_page(made[first], query_params=st.query_params.to_dict())

    groups: dict[str, list[Any]] = {"": [st.Page(home, title="consult", default=True, visibility="hidden")]}
    for page in PAGES:
        groups.setdefault(say(page.group), []).append(made[page.path])
    chosen = st.navigation(groups, expanded=True)
    st.session_state["_page"] = chosen.url_path or first
    with st.sidebar:
        access.signed_in_line()
        language.choice()
        reading.line(say("Nothing leaves this computer."), kind="small")
    chosen.run()
