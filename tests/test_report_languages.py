"""The report in each language: the same numbers, other words, and quotes as they were written."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass

import pytest
from babel import Locale

from consult import measures
from consult.errors import UserError
from consult.report import write_report
from consult.report.blocks import Figure, Paragraph, Quoted, Table
from consult.report.claims import check_one, keep_claim, stored_claims
from consult.report.content import build
from consult.report.html import render_html
from consult.report.sections.sheet import sheet
from consult.translation import LANGUAGES, speaking
from dashboard_study import make_study

OTHERS = [language for language in LANGUAGES if language != "en"]


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    made = make_study(tmp_path_factory.mktemp("report") / "study")
    corpus = measures.Corpus.from_study(made)
    theme = str(made.read("themes")["theme_id"].iloc[0])
    claim = measures.Claim("Nobody speaks of it", measures.Query(themes=(theme,)), measures.Selection(), at_most=0.05)
    with speaking("fr"):  # whoever checks it, it is kept in English
        keep_claim(made, check_one(made, corpus, claim))
    return made


@pytest.fixture(scope="module")
def contents(study):
    """The report and a theme's sheet in every language, block by block."""
    theme = str(study.read("themes")["theme_id"].iloc[0])
    made = {}
    for language in LANGUAGES:
        with speaking(language):
            made[language] = [build(study), sheet(study, theme)]
    return made


def pieces(value) -> list[str]:
    """Return every text of our own in a content, in order; quotes and figures' drawings left out."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Quoted):
        return [value.quote.source_line]
    if isinstance(value, Figure):
        return [value.caption, value.alt]
    if isinstance(value, Table):
        return [value.caption, *value.columns, *(cell for row in value.rows for cell in row)]
    if is_dataclass(value):
        return [text for f in fields(value) if f.name != "language" for text in pieces(getattr(value, f.name))]
    return [text for one in value for text in pieces(one)] if isinstance(value, (list, tuple)) else []


def numbers(text: str, language: str) -> list[str]:
    """Return the numbers in a text, written alike whatever its language, sorted."""
    symbols = Locale(language).number_symbols["latn"]
    text = re.sub(rf"(?<=\d)[{symbols['group']}](?=\d{{3}}(?!\d))", "", text)
    text = re.sub(rf"(?<=\d){re.escape(symbols['decimal'])}(?=\d)", ".", text) if symbols["decimal"] != "." else text
    return sorted(re.findall(r"\d+(?:\.\d+)*", text))


@pytest.mark.parametrize("language", OTHERS)
def test_the_same_numbers_stand_in_the_same_places(contents, language):
    english, other = pieces(contents["en"]), pieces(contents[language])
    assert len(english) == len(other) > 200
    for one, same in zip(english, other, strict=True):
        assert numbers(one, "en") == numbers(same, language), (one, same)


@pytest.mark.parametrize("language", OTHERS)
def test_sentences_are_not_left_in_english(contents, language):
    told = [{p.text for p in blocks(contents[which]) if isinstance(p, Paragraph)} for which in ("en", language)]
    assert len(told[0]) > 20
    assert told[0] & told[1] == set()
    headings = [[s.title for c in contents[which] for s in c.sections] for which in ("en", language)]
    assert not set(headings[0]) & set(headings[1]), set(headings[0]) & set(headings[1])


def blocks(contents):
    waiting = [section for content in contents for section in content.sections]
    while waiting:
        section = waiting.pop()
        yield from section.blocks
        waiting += section.sections


def test_quotes_are_the_same_in_every_report(contents):
    quotes = {
        language: [block.quote for block in blocks(made) if isinstance(block, Quoted)]
        for language, made in contents.items()
    }
    assert len(quotes["en"]) > 3
    assert all(found == quotes["en"] for found in quotes.values())


def test_the_page_says_its_language_and_quotes_keep_theirs(contents):
    content = contents["de"][1]  # without figures, which take long to draw
    page = render_html(content)
    assert '<html lang="de">' in page
    assert "Eine Konsultation ist keine Umfrage" in page
    own = {block.quote.language for block in blocks([content]) if isinstance(block, Quoted)}
    assert own == set(re.findall(r'<blockquote lang="(\w+)"', page))


def test_the_command_writes_the_language_asked_for_and_names_what_there_is(study, tmp_path):
    theme = str(study.read("themes")["theme_id"].iloc[0])
    written = write_report(study, "docx", tmp_path / "r.docx", theme=theme, language="pl")
    import docx

    document = docx.Document(str(written))
    assert any("Konsultacje to nie sondaż" in paragraph.text for paragraph in document.paragraphs)
    assert 'w:val="pl-PL"' in document.styles["Normal"].element.xml
    with pytest.raises(UserError, match="allowed are en, fr"):
        write_report(study, "html", tmp_path / "r.html", language="xx")


def test_a_kept_claim_reads_the_same_whoever_checked_it(study):
    assert "mentioned" in str(stored_claims(study)[0].last["verdict"])
