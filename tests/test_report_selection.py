"""A report on a part of a study: it says which part, and every number and quote is of that part."""

from __future__ import annotations

import html

import pytest

from consult import measures
from consult.cli import main
from consult.errors import UserError
from consult.report.blocks import Bullets, Quoted
from consult.report.claims import stored_claims
from consult.report.content import build
from consult.report.html import render_html
from consult.report.material import Material
from consult.report.sections.questions import per_question
from consult.report.sections.sheet import sheet
from consult.report.words import share_words
from test_report import blocks

PART = measures.Selection(stakeholder_type=("citizen_eu",), view="once")
IN_WORDS = "with each campaign counted once. Type of respondent: EU citizen."


@pytest.fixture(scope="module")
def corpus(example_study):
    return measures.Corpus.from_study(example_study)


@pytest.fixture(scope="module")
def part(example_study):
    return build(example_study, selection=PART)


def test_its_head_and_its_limits_say_which_part_it_is_about(part, corpus):
    kept = measures.select(corpus, PART)
    assert part.lead.startswith(f"{kept.n} of {corpus.n_responses} responses")
    assert part.caveat.startswith(f"This report is about a part of the study. {kept.showing()} ")
    assert IN_WORDS in part.caveat
    assert "A consultation is not a survey" in part.caveat
    limits = next(section for section in part.sections if section.key == "limits")
    first = next(block for block in limits.blocks if isinstance(block, Bullets))
    assert IN_WORDS in first.items[0]


def test_its_numbers_are_those_of_the_part(part, corpus):
    told = html.unescape(" ".join(str(block) for block in blocks(part.sections)))
    shares = measures.theme_shares(corpus, PART).table
    assert len(shares)
    for row in shares[shares["n"] > 0].to_dict("records"):
        assert share_words(row["n"], row["N"], row["low"], row["high"]) in told
    of = measures.select(corpus, PART).n
    assert f"of {of} responses" in told
    whole = measures.theme_shares(corpus).table.iloc[0]
    assert share_words(whole["n"], whole["N"], whole["low"], whole["high"]) not in told


def test_its_quotes_are_from_the_part(part):
    quotes = [block.quote for block in blocks(part.sections) if isinstance(block, Quoted)]
    assert quotes
    assert {quote.stakeholder_type for quote in quotes} == {"citizen_eu"}
    topics = next(section for section in part.sections if section.key == "topics")
    assert topics.sections
    assert all(any(isinstance(b, Quoted) for b in topic.blocks) for topic in topics.sections)


def test_it_names_the_campaign_views_that_it_does_not_use(part):
    told = " ".join(str(block) for block in blocks(part.sections))
    assert " All responses: " in told
    assert "Each campaign counted once: " not in told


def test_claims_kept_with_other_filters_are_left_to_the_report_they_belong_to(part, example_study):
    claims = next(section for section in part.sections if section.key == "claims")
    assert not claims.sections
    assert "kept with other filters" in str(claims.blocks)
    assert len(stored_claims(example_study)) > 0


def test_a_question_outside_the_selection_has_no_themes_listed(example_study, corpus):
    questions = corpus.questions[corpus.questions["kind"] == "open"]["question_id"].tolist()
    chosen = measures.Selection(question_id=(questions[0],))
    asked = per_question(Material.from_study(example_study, selection=chosen))
    assert asked is not None
    listed = [s.key for s in asked.sections if "Themes in answers to question" in str(s.blocks)]
    assert [key.rpartition("question-")[2].partition("-")[2] for key in listed] == [questions[0]]


def test_the_sheet_of_a_theme_is_about_the_part_too(example_study, corpus):
    content = sheet(example_study, "poverty", selection=PART)
    row = measures.theme_shares(corpus, PART).table.set_index("key").loc["poverty"]
    written = html.unescape(render_html(content)).replace("\u00a0", " ")
    assert IN_WORDS in content.caveat
    assert f"{row['n']} of {row['N']} responses" in written


def test_a_part_without_responses_cannot_be_reported(example_study):
    with pytest.raises(UserError, match="none of 216 responses is left"):
        build(example_study, selection=measures.Selection(country=("MT",), stakeholder_type=("trade_union",)))


def test_the_command_takes_the_same_filters_as_the_other_commands(example_study, tmp_path, capsys):
    out = tmp_path / "part.html"
    asked = ["report", "--study", str(example_study.path), "--theme", "poverty", "--out", str(out)]
    assert main([*asked, "--where", "type=citizen_eu", "--view", "once"]) == 0
    assert IN_WORDS in out.read_text(encoding="utf-8")
    assert main([*asked, "--where", "type=martian"]) == 1
    assert "martian" in capsys.readouterr().err


def test_the_command_reads_the_tables_once(example_study, tmp_path, monkeypatch):
    read, once = [], measures.Corpus.from_study
    monkeypatch.setattr(measures.Corpus, "from_study", lambda study, **more: read.append(study) or once(study, **more))
    assert stored_claims(example_study)
    asked = ["report", "--study", str(example_study.path), "--out", str(tmp_path / "part.html")]
    assert main([*asked, "--where", "type=citizen_eu"]) == 0
    assert len(read) == 1
