"""Verdicts, samples to code, and what comes back."""

from __future__ import annotations

import csv
import io
import zipfile

import numpy as np
import pandas as pd
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from statsmodels.stats.proportion import proportion_confint

from consult import schema
from consult.errors import UserError
from consult.themes.agreement import krippendorff_alpha
from consult.themes.codebook import parse_codebook
from consult.themes.review import Tables, draw_audit, draw_sample
from consult.themes.review_audit import audit_of, clopper_pearson
from consult.themes.review_back import texts_of
from consult.themes.review_coders import agreements, alpha_of_all
from consult.themes.review_sheets import read_sheet, write_sheet
from consult.themes.verdicts import Verdict, apply_verdicts, text_hash

THEMES = schema.build(
    "themes",
    [
        {"theme_id": "access", "parent_id": None, "name": "Access", "definition": "-"},
        {"theme_id": "migrants", "parent_id": "access", "name": "Migrants", "definition": "-"},
        {"theme_id": "rural", "parent_id": "access", "name": "Rural areas", "definition": "-"},
        {"theme_id": "costs", "parent_id": None, "name": "Costs", "definition": "-"},
    ],
)
TEXTS = ("Migrants are left out.", "Villages have no courses.", "It costs too much.", "It costs too much.")


def tables(texts=TEXTS, prefix="d"):
    documents, passages = [], []
    for i, text in enumerate(texts):
        documents.append(
            {
                "document_id": f"{prefix}-{i}", "response_id": f"r-{prefix}{i}", "question_id": "q", "text": f"{text}",
                "language": "en" if i % 2 else "de", "language_score": 1.0, "n_words": 4, "damaged": 0.0,
            }
        )  # fmt: skip
        passages.append(
            {"passage_id": f"p-{prefix}{i}", "document_id": f"{prefix}-{i}", "start": 0, "end": len(text), "text": text}
        )
    return schema.build("documents", documents), schema.build("passages", passages)


def tag(i, theme, start=0, end=4, by="rule", phrase="x"):
    return {
        "passage_id": f"p-d{i}", "document_id": f"d-{i}", "response_id": f"r-d{i}", "theme_id": theme,
        "assigned_by": by, "score": 0.9, "start": start, "end": end, "phrase": phrase,
    }  # fmt: skip


MACHINE = schema.build(
    "taggings",
    [tag(0, "migrants", 0, 8, phrase="migrant*"), tag(0, "access", 0, 8, phrase="migrant*"),
     tag(0, "access", 13, 21, phrase="left out"), tag(1, "rural", 0, 8), tag(1, "access", 0, 8), tag(2, "costs", 3, 8)],
)  # fmt: skip


def verdict(i, theme, answer, **more):
    more = {"passage_id": f"p-d{i}", "document_id": f"d-{i}", "text_hash": text_hash(TEXTS[i]), "who": "Ana"} | more
    return Verdict(theme_id=theme, verdict=answer, **more)


def applied(*verdicts, taggings=MACHINE, texts=TEXTS, prefix="d"):
    documents, passages = tables(texts, prefix)
    return apply_verdicts(taggings, verdicts, passages, documents=documents, themes=THEMES)


def at(table, i, prefix="d"):
    return set(table.loc[table["passage_id"] == f"p-{prefix}{i}", "theme_id"])


def test_a_no_removes_the_theme_and_what_was_inherited_from_it_alone():
    table = applied(verdict(0, "migrants", "no"), verdict(1, "rural", "no"))
    assert at(table, 0) == {"access"}
    left = table[table["passage_id"] == "p-d0"]
    assert left["phrase"].tolist() == ["left out"]
    assert at(table, 1) == set()
    assert at(table, 2) == {"costs"}


def test_what_another_narrower_theme_supports_stays():
    both = schema.build("taggings", pd.concat([MACHINE, pd.DataFrame([tag(1, "migrants", 0, 8)])]))
    assert at(applied(verdict(1, "rural", "no"), taggings=both), 1) == {"migrants", "access"}


def test_a_no_on_a_broad_theme_takes_its_narrower_ones_along():
    assert at(applied(verdict(0, "access", "no")), 0) == set()


def test_a_yes_is_a_persons_tagging_on_the_best_evidence_there_is():
    marked = verdict(3, "costs", "yes", start=3, end=8)
    table = applied(marked, verdict(2, "costs", "yes"), verdict(1, "migrants", "yes"))
    person = table[table["assigned_by"] == "person"].set_index(["passage_id", "theme_id"])
    assert (person["score"] == 1.0).all()
    assert tuple(person.loc[("p-d3", "costs"), ["start", "end"]]) == (3, 8)
    assert tuple(person.loc[("p-d2", "costs"), ["start", "end"]]) == (3, 8)
    assert tuple(person.loc[("p-d1", "migrants"), ["start", "end"]]) == (0, len(TEXTS[1]))
    assert ("p-d1", "access") in person.index


def test_the_latest_verdict_counts():
    assert at(applied(verdict(2, "costs", "no"), verdict(2, "costs", "yes", who="Ben")), 2) == {"costs"}
    assert at(applied(verdict(2, "costs", "yes"), verdict(2, "costs", "no")), 2) == set()
    assert at(applied(verdict(0, "access", "no"), verdict(0, "rural", "yes")), 0) >= {"rural", "access"}
    assert at(applied(verdict(0, "rural", "yes"), verdict(0, "access", "no")), 0) == set()


def test_a_verdict_is_about_its_own_passage_and_survives_new_ids():
    """The third and fourth text are equal: only the one that was read is meant while it is there."""
    assert at(applied(verdict(2, "costs", "no")), 2) == set()
    assert at(applied(verdict(3, "costs", "yes")), 3) == {"costs"}
    anew = applied(verdict(0, "costs", "yes"), taggings=schema.empty("taggings"), prefix="e")
    assert at(anew, 0, "e") == {"costs"}
    changed = applied(verdict(0, "costs", "yes"), texts=("Other words.", *TEXTS[1:]))
    assert "costs" not in at(changed, 0)


def test_themes_that_the_codebook_lost_do_no_harm():
    pd.testing.assert_frame_equal(applied(verdict(0, "gone", "yes")), MACHINE)


VERDICTS = st.lists(
    st.builds(verdict, st.integers(0, 3), st.sampled_from(list(THEMES["theme_id"])), st.sampled_from(["yes", "no"])),
    max_size=6,
)


@settings(max_examples=25, deadline=None)
@given(VERDICTS)
def test_the_last_word_on_each_place_holds_and_applying_twice_changes_nothing(verdicts):
    before = MACHINE.copy()
    table = applied(*verdicts)
    pd.testing.assert_frame_equal(MACHINE, before)
    pd.testing.assert_frame_equal(applied(*verdicts, taggings=table), table)
    if verdicts:
        last = verdicts[-1]
        assert (last.theme_id in at(table, int(last.passage_id[-1]))) == (last.verdict == "yes")
    for i in range(4):
        assert not at(table, i) & {"migrants", "rural"} or "access" in at(table, i)


@pytest.fixture
def nothing():
    return schema.empty("taggings")


def test_nothing_tagged_and_nothing_decided(nothing):
    assert applied(taggings=nothing).empty
    assert applied(verdict(0, "costs", "no"), taggings=nothing).empty


# Samples and sheets -----------------------------------------------------------------------------------

CODEBOOK = parse_codebook(
    """
codebook: small
title: Small
version: 3
language: en
description: For tests.
themes:
  - {id: access, name: Access, definition: Who is left out., examples: [{language: en, text: "=1+1 is left out"}]}
  - {id: migrants, name: Migrants, parent: access, definition: Migrants., phrases: {en: ["migrant*"]}}
  - {id: costs, name: Costs, definition: What it costs., phrases: {en: ["cost*"]}}
""",
    "small.yaml",
)
QUESTIONS = schema.build(
    "questions",
    [{"question_id": "q", "consultation_id": "c", "number": 1, "text": "What stands in the way?", "kind": "open"}],
)


def many(n=60):
    """Sixty passages, one a response: every third in German, every other by an NGO, every fifth about costs."""
    texts = tuple(f"It costs too much, says {i}." if i % 5 == 0 else f"Text number {i}." for i in range(n))
    documents, passages = tables(texts)
    documents = documents.assign(language=["de" if int(d[2:]) % 3 == 0 else "en" for d in documents["document_id"]])
    responses = pd.DataFrame(
        {
            "response_id": documents["response_id"],
            "stakeholder_type": ["ngo" if int(d[2:]) % 2 else "company" for d in documents["document_id"]],
        }
    )
    taggings = schema.build("taggings", [tag(i, "costs") for i in range(0, n, 5)])
    return Tables(passages, documents, responses, taggings)


def test_a_sample_is_spread_as_the_passages_are_whatever_the_order_of_rows():
    tables_ = many()
    sample = draw_sample(tables_, CODEBOOK, ["costs"], 30, seed=1)
    assert len({p.passage_id for p in sample.passages}) == 30
    assert sum(p.language == "de" for p in sample.passages) == 10
    shuffled = Tables(*(t.sample(frac=1, random_state=3) for t in vars(tables_).values()))
    assert draw_sample(shuffled, CODEBOOK, ["costs"], 30, seed=1) == sample
    assert draw_sample(tables_, CODEBOOK, ["costs"], 30, seed=2).passages != sample.passages
    assert len(draw_sample(tables_, CODEBOOK, ["costs"], 999).passages) == 60


def test_an_audit_holds_no_passage_with_the_theme():
    sample = draw_audit(many(), CODEBOOK, "costs", 20)
    assert not any("costs" in p.machine for p in sample.passages)
    assert (sample.population, sample.population_new, sample.responses_without) == (48, 48, 48)


def sheet(tmp_path, name, themes=("access", "migrants", "costs"), n=6):
    hostile = ('=HYPERLINK("http://x")', "Write to ana@example.org", "+49", "-1", "@x", "Plain, with; signs\nand lines")
    documents, passages = tables(hostile)
    responses = pd.DataFrame({"response_id": documents["response_id"], "stakeholder_type": "ngo"})
    drawn = Tables(passages, documents, responses, schema.build("taggings", [tag(1, "costs")]))
    sample = draw_sample(drawn, CODEBOOK, themes, n)
    files = write_sheet(sample, texts_of(sample, drawn, QUESTIONS), CODEBOOK, tmp_path / name)
    return sample, files, hostile


def grid(path):
    if path.suffix == ".csv":
        return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_name("To code").to_python()


def save(path, rows):
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=";").writerows(rows)
        return path
    book = xlsxwriter.Workbook(str(path))
    for name in ("Notes", "To code"):
        one = book.add_worksheet(name)
        for r, row in enumerate(rows if name == "To code" else [["my notes"], ["none"]]):
            one.write_row(r, 0, row)
    book.close()
    return path


@pytest.mark.parametrize("name", ["sheet.xlsx", "sheet.csv"])
def test_a_sheet_is_blind_holds_no_formula_and_no_address(tmp_path, name):
    _sample, files, hostile = sheet(tmp_path, name)
    rows = grid(files[0])
    assert rows[0] == [
        "no.", "language", "question", "text", "Access [access]", "Migrants [migrants]", "Costs [costs]",
        "none of the themes", "note", "passage", "sample",
    ]  # fmt: skip
    assert all(set(row[4:9]) == {""} for row in rows[1:])
    shown = {row[3] for row in rows[1:]}
    assert "Write to •••••••••••••••" in shown
    if name.endswith("csv"):
        assert {f"'{t}" for t in hostile if t[0] in "=+-@"} <= shown
        assert len(files) == 2
    else:
        assert {t for t in hostile if t[0] in "=+-@"} <= shown
        with zipfile.ZipFile(files[0]) as book:
            sheets = [book.read(n) for n in book.namelist() if n.startswith("xl/worksheets/sheet")]
        assert len(sheets) == 2
        assert not any(b"<f>" in one or b"hyperlink" in one.lower().replace(b"hyperlink(", b"") for one in sheets)
    with pytest.raises(UserError, match="may hold somebody's coding"):
        sheet(tmp_path, name)


@pytest.mark.parametrize("name", ["sheet.xlsx", "sheet.csv"])
def test_a_coded_sheet_comes_back_sorted_moved_and_in_another_dialect(tmp_path, name):
    sample, files, _ = sheet(tmp_path, name)
    head, *body = grid(files[0])
    marks = {
        0: ("", "x", "", ""),
        1: ("", "", "", "yes"),
        2: ("no", "", "?", ""),
        3: ("", "", "Ja", ""),
        4: ("", "", "", ""),
    }
    for i, cells in marks.items():
        body[i][4:8] = cells
    rows = [row[::-1] for row in [["extra", *head], *(["-", *row] for row in reversed(body))]]
    coded = read_sheet(save(tmp_path / f"back{files[0].suffix}", rows), CODEBOOK)
    ids = [row[9] for row in body]
    assert coded.sample_id == sample.sample_id
    assert set(coded.not_read) == {ids[4], ids[5]}
    assert coded.decisions == {
        (ids[0], "access"): True, (ids[0], "migrants"): True, (ids[0], "costs"): False,
        (ids[1], "access"): False, (ids[1], "migrants"): False, (ids[1], "costs"): False,
        (ids[2], "access"): False, (ids[2], "costs"): None,
        (ids[3], "access"): False, (ids[3], "migrants"): False, (ids[3], "costs"): True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [(5, "perhaps", r"row 2, column 'Migrants \[migrants\]': 'perhaps' is not an answer"),
     (10, "other", "2 samples"), (8, "", None)],
)  # fmt: skip
def test_faults_of_a_sheet_are_named_by_row_and_column(tmp_path, column, cell, said):
    _, files, _ = sheet(tmp_path, "sheet.csv")
    rows = grid(files[0])
    rows[1][column] = cell
    path = save(tmp_path / "back.csv", rows)
    if said:
        with pytest.raises(UserError, match=said):
            read_sheet(path, CODEBOOK)
    else:
        assert read_sheet(path, CODEBOOK).decisions == {}


def test_a_row_cannot_say_both_a_theme_and_none(tmp_path):
    _, files, _ = sheet(tmp_path, "sheet.csv")
    rows = grid(files[0])
    rows[1][5] = rows[1][7] = "yes"
    with pytest.raises(UserError, match="says both"):
        read_sheet(save(tmp_path / "back.csv", rows), CODEBOOK)
    rows[0] = [h.replace("[costs]", "[other]") for h in rows[0]]
    with pytest.raises(UserError, match="no theme 'other'"):
        read_sheet(save(tmp_path / "back2.csv", rows), CODEBOOK)
    with pytest.raises(UserError, match="no sheet has the columns"):
        read_sheet(save(tmp_path / "back3.csv", [["a", "b"], ["1", "2"]]), CODEBOOK)


# Audits and coders ------------------------------------------------------------------------------------


@given(st.integers(0, 40), st.integers(1, 40))
def test_the_exact_interval_is_that_of_statsmodels(n, of):
    n = min(n, of)
    low, high = proportion_confint(n, of, method="beta")
    assert clopper_pearson(n, of) == pytest.approx((0.0 if n == 0 else low, 1.0 if n == of else high))


def test_an_audit_bounds_what_was_missed():
    """Of 20 of 48 passages without the theme, 1 mentions it: at the upper end 24.87 % of the 28 unread, 7 more."""
    sample = draw_audit(many(), CODEBOOK, "costs", 20)
    decisions = {p.passage_id: i == 0 for i, p in enumerate(sample.passages)}
    audit = audit_of(sample, decisions, "Ana")
    assert (audit.missed, audit.sampled, audit.population) == (1, 20, 48)
    assert audit.high == pytest.approx(0.2487, abs=1e-4)
    assert (audit.passages_at_most, audit.responses_found, audit.responses_at_most) == (8, 1, 8)
    everything = draw_audit(many(), CODEBOOK, "costs", 48)
    read = audit_of(everything, {p.passage_id: False for p in everything.passages}, "Ana")
    assert (read.passages_at_most, read.responses_at_most) == (0, 0)
    with pytest.raises(UserError, match="no row"):
        audit_of(sample, {}, "Ana")


def test_two_coders_agree_beyond_chance_and_disagreements_are_listed():
    """20 passages: both yes on 8, both no on 8, differ on 4: kappa .6 by hand."""
    answers = [("yes", "yes")] * 8 + [("no", "no")] * 8 + [("yes", "no")] * 2 + [("no", "yes")] * 2
    given_ = [
        Verdict(
            passage_id=f"p{i:02}", document_id="d", text_hash="h", theme_id="costs", verdict=said, who=who, sample="s"
        )
        for i, pair in enumerate(answers)
        for who, said in zip(("Ana", "Ben"), pair, strict=True)
    ]
    (found,) = agreements(given_, CODEBOOK)
    values = found.evaluation.overall.set_index("measure")["value"]
    assert values["Cohen's kappa"] == pytest.approx(0.6)
    assert values["Gwet's AC1"] == pytest.approx(0.6)
    assert found.disagreements["passage_id"].tolist() == ["p16", "p17", "p18", "p19"]
    assert found.disagreements["first"].tolist() == ["yes", "yes", "no", "no"]


def test_three_people_have_one_alpha_over_what_two_or_more_read():
    said = {"Ana": "yyn", "Ben": "yn", "Cem": "ynn"}
    verdicts = [
        verdict(i, "costs", "yes" if answer == "y" else "no", who=who)
        for who, answers in said.items()
        for i, answer in enumerate(answers)
    ]
    table = alpha_of_all(verdicts, CODEBOOK).set_index("theme_id")
    expected = krippendorff_alpha([[1, 1, 0], [1, 0, np.nan], [1, 0, 0]])
    assert table.loc["costs", ["n_coders", "n_passages"]].tolist() == [3, 3]
    assert table.loc["costs", "alpha"] == pytest.approx(expected) == pytest.approx(table.loc["", "alpha"])
    assert alpha_of_all([], CODEBOOK).empty
