"""The pages in every language of the interface: no exception, titles translated, respondents' words untouched."""

from __future__ import annotations

import re

import pytest
from markupsafe import escape
from streamlit.testing.v1 import AppTest

from consult.cli.serving import STUDY
from consult.dashboard import uploads
from consult.dashboard.links import HOME
from consult.dashboard.pages import start
from consult.dashboard.router import PAGES
from consult.study import UPLOADS
from consult.translation import LANGUAGES, say, speaking

OTHERS = [language for language in LANGUAGES if language != "en"]
ONE_LANGUAGE = [("start", "de"), ("overview", "it"), ("topics", "es"), ("campaigns", "it"), ("claims", "pl"),
                ("gaps", "fr"), ("compare", "de"), ("review", "es"), ("report", "it"), ("method", "pl"),
                ("themes", "fr")]  # fmt: skip
FOLDED = (
    "filter_form_open", "overview_themes_folded", "overview_topics_folded", "overview_stakeholder_type_folded",
    "overview_country_folded", "overview_language_folded", "overview_question_id_folded", "overview_day_folded",
    "themes_folded", "themes_by_stakeholder_type_folded", "themes_together_folded", "topics_folded",
    "campaigns_who_folded", "campaigns_views_themes_folded", "campaigns_views_topics_folded", "compare_folded",
)  # fmt: skip
"""What is folded away on the pages, and made only when it is unfolded."""


def page_in(path: str, language: str, *, held=(), **query) -> AppTest:
    """Show a page as the router does: the language first; `held` is what the session holds already."""
    page = next(p for p in PAGES if p.path == path)
    name, module = page.render.__name__, page.render.__module__
    script = f"from consult.dashboard import language\nfrom {module} import {name}\nlanguage.speak_session()\n{name}()"
    at = AppTest.from_string(script, default_timeout=30)
    at.query_params.update({"lang": language, **query})
    for key, value in dict(held).items():
        at.session_state[key] = value
    return at.run()


def html(at: AppTest) -> str:
    return "\n".join(str(e.proto.body) for e in at.get("html"))


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("path", ["overview", "responses"])
def test_a_page_speaks_the_language_of_its_address(open_small, path, language):
    at = page_in(path, language)
    assert not at.exception
    title = next(p.title for p in PAGES if p.path == path)
    with speaking(language):
        assert f'<h1 class="c-title">{escape(say(title))}</h1>' in html(at)
        assert say("Change what is counted") in [e.label for e in at.expander]
    assert "Change what is counted" not in [e.label for e in at.expander]
    assert "Showing 40" not in html(at)


@pytest.mark.parametrize(("path", "language"), ONE_LANGUAGE)
def test_every_page_works_in_another_language(open_small, path, language):
    at, english = (page_in(path, spoken, held=dict.fromkeys(FOLDED, True)) for spoken in (language, "en"))
    assert not at.exception
    assert {box.proto.id.rpartition("-")[2] for box in at.expander} - {""} <= set(FOLDED)
    told = [set(re.findall(r">([^<>]+)</(?:h1|h2|h3|p|th|summary)>", html(shown))) for shown in (at, english)]
    same = {text for text in told[0] & told[1] if " " in text and re.search("[a-z]{3}", text)}
    same -= set(open_small.read("themes")["name"])
    assert not same, f"said in English on a page in {language}"


def test_words_of_respondents_are_never_translated(open_small):
    quotes = [
        re.findall(r'<blockquote class="c-quote" lang="(\w+)">(.*?)</blockquote>', html(page_in("responses", language)))
        for language in LANGUAGES
    ]
    assert quotes[0]
    assert all(found == quotes[0] for found in quotes)


def test_the_language_stays_when_the_address_no_longer_names_it(open_small):
    at = page_in("method", "it")
    del at.query_params["lang"]
    at.run()
    with speaking("it"):
        assert say("Method") in html(at)


def test_an_unknown_language_in_the_address_is_passed_over(open_small):
    assert '<h1 class="c-title">Method</h1>' in html(page_in("method", "xx"))


def test_uploads_are_read_once_and_told_in_every_language(monkeypatch, tmp_path):
    monkeypatch.delenv(STUDY, raising=False)
    monkeypatch.setenv(HOME, str(tmp_path))
    study = uploads.new_study("Uploaded")
    (study.path / UPLOADS).mkdir(exist_ok=True)
    lines = ["id;Country;What do you think?", "1;Belgium;#NAME?", "2;Belgium;Courses cost too much for many people."]
    (study.path / UPLOADS / "in.csv").write_text("\n".join(lines), encoding="utf-8")
    read, check = [], start.check_source
    monkeypatch.setattr(start, "check_source", lambda path: read.append(path) or check(path))
    for language in LANGUAGES:
        at = page_in("start", language, held={"start_draft": study.path.name})
        assert not at.exception
        with speaking(language):
            assert escape(say("What was recognised")) in html(at)
            advice = say("Export the file again, as CSV or from another program, or ask for the answer.")
            assert str(escape(advice)) in html(at)
    assert len(read) == 1
