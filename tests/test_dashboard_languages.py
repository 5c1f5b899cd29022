"""The pages in every language of the interface: no exception, titles translated, respondents' words untouched."""

from __future__ import annotations

import re

import pytest
from markupsafe import escape
from streamlit.testing.v1 import AppTest

from consult.dashboard.router import PAGES
from consult.translation import LANGUAGES, say, speaking

OTHERS = [language for language in LANGUAGES if language != "en"]
ONE_LANGUAGE = [("start", "de"), ("topics", "es"), ("campaigns", "it"), ("claims", "pl"), ("gaps", "fr"),
                ("compare", "de"), ("review", "es"), ("report", "it"), ("method", "pl"), ("themes", "fr")]  # fmt: skip


def page_in(path: str, language: str, **query) -> AppTest:
    """Show a page as the router does: the language first."""
    page = next(p for p in PAGES if p.path == path)
    name, module = page.render.__name__, page.render.__module__
    script = f"from consult.dashboard import language\nfrom {module} import {name}\nlanguage.speak_session()\n{name}()"
    at = AppTest.from_string(script, default_timeout=30)
    at.query_params.update({"lang": language, **query})
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
    at = page_in(path, language)
    assert not at.exception
    english = page_in(path, "en")
    told = [set(re.findall(r">([^<>]+)</(?:h1|h2|p)>", html(shown))) for shown in (at, english)]
    same = {text for text in told[0] & told[1] if " " in text and re.search("[a-z]{3}", text)}
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
