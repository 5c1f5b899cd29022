"""The report stands alone, quotes verbatim, and shows what respondents wrote as text."""

from __future__ import annotations

import re

from consult.report import write_html_report
from consult.report.quotes import Quotable
from consult.text.privacy import mask


def test_quotes_are_verbatim_but_for_masks(example_study):
    passages = example_study.read("passages").set_index("passage_id")["text"]
    quotable = Quotable.from_study(example_study)
    n = 0
    for theme_id in example_study.read("themes")["theme_id"]:
        for quote in quotable.for_theme(theme_id, 3):
            assert quote.text == mask(passages[quote.passage_id])
            start, end = quote.evidence
            assert quote.text[start:end].strip()
            shown = quote.shortened().removeprefix("[…] ").removesuffix(" […]")
            assert shown in quote.text
            assert quote.text[start:end] in shown
            n += 1
    assert n > 30


def test_quotes_for_a_theme_come_from_different_respondents(example_study):
    quotable = Quotable.from_study(example_study)
    for theme_id in example_study.read("themes")["theme_id"]:
        quotes = quotable.for_theme(theme_id, 3)
        assert len({quote.response_id for quote in quotes}) == len(quotes)


def test_the_report_is_one_file_without_scripts(example_study, tmp_path):
    out = tmp_path / "report.html"
    write_html_report(example_study, out)
    html = out.read_text(encoding="utf-8")
    assert "<script" not in html.lower()
    assert not re.search(r"""(?:src|href)\s*=\s*["'](?!#)""", html)
    assert "A consultation is not a survey" in html
    assert "@example.org" not in html


def test_respondents_markup_is_shown_as_text(tmp_path):
    import consult

    source = tmp_path / "a.csv"
    evil = "<img src=x onerror=alert(1)> Fees are too high <b>for</b> <script>alert(2)</script> people like us"
    source.write_text("id,text\n" + "\n".join(f'{i},"{evil} number {i}"' for i in range(12)))
    study = consult.run([source], tmp_path / "s", title="<script>alert(3)</script>")
    write_html_report(study, tmp_path / "r.html")
    html = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "<script" not in html
    assert "<img" not in html
