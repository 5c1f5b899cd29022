"""The report stands alone, quotes verbatim, says nothing that the measures do not, and shows texts as text."""

from __future__ import annotations

import html
import re
import zipfile

import pytest

from consult import measures
from consult.cli import main
from consult.errors import UserError
from consult.report import write_docx_report, write_html_report
from consult.report.blocks import Quoted, Table
from consult.report.content import build
from consult.report.html import render_html
from consult.report.material import finding
from consult.report.quotes import Quotable
from consult.report.sections.matrix import in_scale_order
from consult.report.word import render_docx
from consult.report.words import percent
from consult.study import Study
from consult.text.privacy import mask
from measures_study import document, response, tables, tagging


@pytest.fixture(scope="module")
def report_text(example_run):
    """The report that `consult example` wrote."""
    assert example_run.code == 0, example_run.err
    return (example_run.folder / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def report_docx(example_content, tmp_path_factory):
    """The example's report as DOCX."""
    out = tmp_path_factory.mktemp("report") / "report.docx"
    out.write_bytes(render_docx(example_content))
    return out


def blocks(sections):
    for section in sections:
        yield from section.blocks
        yield from blocks(section.sections)


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
            assert "".join(quote.parts()) == quote.shortened()
            n += 1
    assert n > 30


def test_quotes_for_a_theme_come_from_different_respondents(example_study):
    quotable = Quotable.from_study(example_study)
    for theme_id in example_study.read("themes")["theme_id"]:
        quotes = quotable.for_theme(theme_id, 3)
        assert len({quote.response_id for quote in quotes}) == len(quotes)


def test_the_report_is_one_file_without_scripts(report_text):
    assert "<script" not in report_text.lower()
    assert not re.search(r"""(?:src|href)\s*=\s*["'](?!#|data:image/svg\+xml;base64,)""", report_text)
    assert "A consultation is not a survey" in report_text
    assert "@example.org" not in report_text
    assert all(alt.strip() for alt in re.findall(r'<img alt="([^"]*)"', report_text))


def test_the_report_has_its_sections_and_every_link_a_target(report_text):
    keys = set(re.findall(r'\bid="([^"]+)"', report_text))
    assert {"brief", "who", "questions", "themes", "topics", "gaps", "limits", "annex-numbers"} <= keys
    assert set(re.findall(r'href="#([^"]+)"', report_text)) <= keys
    assert len(re.findall(r'\bid="', report_text)) == len(keys)


def test_every_number_of_a_theme_is_that_of_the_measure(example_study, report_text):
    table = measures.theme_shares(measures.Corpus.from_study(example_study)).table
    said = html.unescape(report_text).replace("\u00a0", " ")
    for label, n, total, low, high in zip(
        table["label"], table["n"], table["N"], table["low"], table["high"], strict=True
    ):
        assert label in said
        assert finding(n, total, low, high).rstrip(".") in said


def test_every_share_in_a_table_is_between_nothing_and_all(example_content):
    found = [block for block in blocks(example_content.sections) if isinstance(block, Table)]
    assert len(found) > 10
    for table in found:
        assert all(len(row) == len(table.columns) for row in table.rows)
        assert not table.bars or (len(table.bars) == len(table.rows) and all(0 <= bar <= 1 for bar in table.bars))
        assert not any("nan" in cell.lower().split() for row in table.rows for cell in row)


def test_every_quote_has_a_source_that_is_found_again(example_study, example_content):
    passages = set(example_study.read("passages")["passage_id"])
    quotes = [block.quote for block in blocks(example_content.sections) if isinstance(block, Quoted)]
    assert len(quotes) > 50
    assert {quote.passage_id for quote in quotes} <= passages


@pytest.mark.parametrize(
    ("n", "total", "words"),
    [(0, 100, "Not mentioned"), (1, 100, "Hardly ever"), (5, 100, "Rarely"), (60, 100, "Mentioned by most"),
     (3, 20, "Too few responses")],
)  # fmt: skip
def test_words_for_shares_follow_the_rules(n, total, words):
    from consult.measures.intervals import wilson

    low, high = wilson(n, total)
    assert finding(n, total, float(low), float(high)).startswith(words)


def test_respondents_markup_is_shown_as_text(tmp_path):
    evil = (
        "<img src=x onerror=alert(1)> Fees <b>for</b> <script>alert(2)</script> all of us are too high, \x0b\ufffe says"
    )
    study = Study.create(tmp_path / "s", title="<script>alert(3)</script>")
    documents = [document(str(i), str(i), text=f"{evil} number {i}") for i in range(12)]
    study.write(
        tables(
            responses=[response(str(i), organisation="<b>Us</b> & them", source_row=i + 1) for i in range(12)],
            documents=documents,
            passages=[
                {"passage_id": f"p-{i}", "document_id": f"d-{i}", "start": 0, "end": len(d["text"]), "text": d["text"]}
                for i, d in enumerate(documents)
            ],
            taggings=[tagging(str(i), "access", str(i), start=29, end=33) for i in range(12)],
        )
    )
    write_html_report(study, tmp_path / "r.html")
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "<script" not in text
    assert not re.search(r"<img (?!alt=)", text)
    assert "<mark>Fees</mark>" in text
    write_docx_report(study, tmp_path / "r.docx")
    with zipfile.ZipFile(tmp_path / "r.docx") as archive:
        assert "&lt;script&gt;" in archive.read("word/document.xml").decode()


def test_the_docx_has_styles_captions_and_texts_for_its_figures(report_docx):
    import docx

    document = docx.Document(str(report_docx))
    styles = {paragraph.style.name for paragraph in document.paragraphs}
    assert {"Title", "Heading 1", "Heading 2", "Caption", "Quote", "List Bullet"} <= styles
    with zipfile.ZipFile(report_docx) as archive:
        xml = archive.read("word/document.xml").decode()
        names = archive.namelist()
    assert "TOC \\o" in xml
    assert xml.count("SEQ Table") == len(document.tables)
    figures = re.findall(r"<wp:docPr ([^>]*)/>", xml)
    assert figures
    assert all('descr="' in figure and 'descr=""' not in figure for figure in figures)
    assert xml.count("<w:tblHeader") == len(document.tables)
    anchors = set(re.findall(r'w:hyperlink w:anchor="([^"]+)"', xml))
    assert anchors <= set(re.findall(r'w:bookmarkStart [^>]*w:name="([^"]+)"', xml))
    assert not [name for name in names if "thumbnail" in name]


def test_the_same_content_gives_the_same_docx(example_content, report_docx):
    assert render_docx(example_content) == report_docx.read_bytes()


def test_the_command_takes_format_and_template(example_study, tmp_path, capsys):
    arguments = ["report", "--study", str(example_study.path)]
    template = tmp_path / "own.html.j2"
    template.write_text("{% for s in content.sections %}{{ s.title }};{% endfor %}")
    assert main([*arguments, "--out", str(tmp_path / "r.html"), "--template", str(template)]) == 0
    assert (tmp_path / "r.html").read_text(encoding="utf-8").startswith("In brief;")
    assert main([*arguments, "--format", "pdf"]) == 1
    assert "allowed are html, docx" in capsys.readouterr().err
    assert main([*arguments, "--template", str(tmp_path / "no.docx")]) == 1


def test_templates_with_faults(example_content, tmp_path):
    template = tmp_path / "own.html.j2"
    template.write_text("{{ nothing }}")
    with pytest.raises(UserError, match=r"own\.html\.j2"):
        render_html(example_content, template=template)
    with pytest.raises(UserError, match="expected a DOCX"):
        render_docx(example_content, template=template)


def test_the_sheet_of_a_theme_is_one_page_to_cite(example_study, tmp_path, capsys):
    arguments = ["report", "--study", str(example_study.path), "--out", str(tmp_path / "sheet.html")]
    assert main([*arguments, "--theme", "affordability-funding"]) == 0
    text = (tmp_path / "sheet.html").read_text(encoding="utf-8")
    table = measures.theme_shares(measures.Corpus.from_study(example_study)).table
    row = table[table["key"] == "affordability-funding"].iloc[0]
    assert f"{row['n']:,} of {row['N']:,} responses mention" in html.unescape(text)
    assert text.count("<blockquote") == 5
    assert main([*arguments, "--theme", "affordability-fundin"]) == 1
    assert "Did you mean" in capsys.readouterr().err


def test_numbered_answers_are_shown_in_the_order_of_their_scale():
    import pandas as pd

    labels = ["4 - Important", "No opinion", "5 - Very important", "1 - Not at all"]
    shown = in_scale_order(pd.DataFrame({"label": labels}))["label"].tolist()
    assert shown == ["5 - Very important", "4 - Important", "1 - Not at all", "No opinion"]
    words = pd.DataFrame({"label": ["Yes", "No", "2 of them"]})
    assert in_scale_order(words)["label"].tolist() == ["Yes", "No", "2 of them"]


def test_questions_that_ask_the_same_of_several_things_are_one_table(tmp_path):
    stem = "How important are these actions (1-5)?"
    asked = [f"{stem}: Skills", f"{stem}: Small firms", "Do you agree with the proposal: yes or no?", f"{stem}: Later"]
    study = Study.create(tmp_path / "s")
    study.write(
        tables(
            questions=[
                {"question_id": f"q-{i}", "consultation_id": "c-1", "number": i, "text": text, "kind": "closed"}
                for i, text in enumerate(asked, start=1)
            ],
            responses=[response(str(i), source_row=i + 1) for i in range(40)],
            answers=[
                {"response_id": f"r-{i}", "question_id": f"q-{q}", "text": f"{5 - (i * q) % 3} - Word"}
                for i in range(40)
                for q in (1, 2, 3, 4)
            ],
            documents=[],
            passages=[],
            taggings=[],
        )
    )
    sections = {section.key: section for section in build(study).sections}
    titles = [section.title for section in sections["questions"].sections]
    assert titles == [f"1–2. {stem}", f"3. {asked[2]}", f"4. {asked[3]}"]
    table = next(block for block in sections["questions"].sections[0].blocks if isinstance(block, Table))
    assert table.columns == ("Question", "Answered", "5", "4", "3")
    assert [row[0] for row in table.rows] == ["1. Skills", "2. Small firms"]
    corpus = measures.Corpus.from_study(study)
    for row, key in zip(table.rows, ("q-1", "q-2"), strict=True):
        shares = measures.closed_answers(corpus, key).table.set_index("label")["share"]
        assert row[2:] == tuple(percent(shares[f"{n} - Word"]) for n in (5, 4, 3))
    annex = [block for block in sections["annex-answers"].blocks if isinstance(block, Table)]
    assert [len(block.rows) for block in annex] == [3, 3]


def test_percent_is_short():
    assert percent(0.5) == "50 %"
