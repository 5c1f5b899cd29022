"""The commands that look at a study: words that fit a terminal, JSON without NaN, faults in one sentence."""

from __future__ import annotations

import json
import shutil

import pytest

from consult import measures
from consult.cli import main
from consult.cli.campaign_words import campaign_lines
from consult.cli.printing import WIDTH, matrix
from consult.study import Study
from measures_study import two_groups

THEME = "affordability-funding"


@pytest.fixture
def study(example_study, tmp_path):
    """A copy that a test may write claims to."""
    shutil.copytree(example_study.path, tmp_path / "study")
    for name in ("claims.yaml", "consultation.txt"):
        (tmp_path / "study" / name).unlink()
    return Study.open(tmp_path / "study")


def said(capsys, study, *arguments):
    assert main([*arguments, "--study", str(study.path)]) == 0
    return capsys.readouterr().out


def data(capsys, study, *arguments):
    def refuse(constant):
        raise AssertionError(constant)

    return json.loads(said(capsys, study, *arguments, "--json"), parse_constant=refuse)


def fault(capsys, study, *arguments):
    assert main([*arguments, "--study", str(study.path)]) == 1
    return capsys.readouterr().err


@pytest.mark.parametrize("columns", ["themes", "topics"])
@pytest.mark.parametrize("rows", ["stakeholder_type", "country", "language", "question"])
def test_crosstabs_fit_the_terminal(example_study, capsys, rows, columns):
    words = said(capsys, example_study, "crosstab", "--rows", rows, "--columns", columns)
    assert max(len(line) for line in words.splitlines()) <= WIDTH
    assert "A consultation" in words or "Respondents chose to answer" in words


def test_crosstab_data_say_of_what(example_study, capsys):
    found = data(capsys, example_study, "crosstab", "--rows", "type", "--columns", "themes")
    assert found["rows"] == "stakeholder_type"
    assert found["of"].startswith("of ")
    assert {row["group"] for row in found["table"]} <= set(example_study.read("responses")["stakeholder_type"])
    assert all(0 <= row["n"] <= row["N"] for row in found["table"])


def test_crosstab_of_a_closed_question_by_its_number(example_study, capsys):
    questions = example_study.read("questions")
    closed = questions[questions["kind"] == "closed"].sort_values("number")
    number, question = int(closed["number"].iloc[0]), closed["question_id"].iloc[0]
    found = data(capsys, example_study, "crosstab", "--rows", "type", "--columns", f"closed:{number}")
    assert found["columns"] == f"closed:{question}"


def test_unknown_fields_and_themes_are_named_with_the_nearest(example_study, capsys):
    assert "country" in fault(capsys, example_study, "crosstab", "--rows", "contry", "--columns", "themes")
    assert THEME in fault(capsys, example_study, "gaps", "--theme", "affordability-fundin")
    assert "closed questions are number" in fault(capsys, example_study, "crosstab", "--rows", "closed:999")
    assert "once" in fault(capsys, example_study, "crosstab", "--rows", "type", "--view", "twice")
    assert "FIELD=VALUE" in fault(capsys, example_study, "gaps", "--group", "ngo")
    assert "is left" in fault(
        capsys, example_study, "gaps", "--theme", THEME, "--where", "date_from=1999-01-01", "--where",
        "date_to=1999-01-02",
    )  # fmt: skip


def test_gaps_of_a_theme_a_group_and_the_questions(example_study, capsys):
    words = said(capsys, example_study, "gaps", "--theme", THEME, "--by", "country")
    assert "Who does not mention" in words
    assert max(len(line) for line in words.splitlines()) <= WIDTH
    found = data(capsys, example_study, "gaps", "--theme", THEME, "--by", "type")
    assert {row["key"] for row in found["table"]} == {THEME}
    words = said(capsys, example_study, "gaps", "--group", "type=citizen_eu")
    assert "Mentioned by nobody else" in words
    found = data(capsys, example_study, "gaps")
    answered = [row["n"] for row in found["questions"]]
    assert answered == sorted(answered)


def test_a_claim_is_checked_kept_and_checked_again(study, capsys):
    arguments = ("claim", "Hardly anybody speaks of money", "--theme", THEME, "--at-most", "0.05")
    words = said(capsys, study, *arguments)
    for part in (
        "all responses",
        "each campaign counted once",
        "campaigns set apart",
        "not audited",
        "By type of respondent",
        "By country",
        "Who does not mention it",
        "Respondents chose",
    ):
        assert part in words
    assert max(len(line) for line in words.splitlines() if str(study.path) not in line) <= WIDTH
    assert study.claims_path.read_text(encoding="utf-8").count("sentence:") == 1
    found = data(capsys, study, *arguments)
    assert study.claims_path.read_text(encoding="utf-8").count("sentence:") == 1
    assert found["n"] == len(found["responses"])
    assert found["n"] + len(found["responses_without"]) == found["of"]
    again = data(capsys, study, "claim")
    assert [claim["changed"] for claim in again["claims"]] == [""]
    study.write_claims(study.claims_path.read_text(encoding="utf-8").replace(f"n: {found['n']}", "n: 1"))
    assert "was 1 of" in said(capsys, study, "claim", "--no-keep")


def test_quotes_of_a_claim_are_verbatim_where_they_say(study, capsys):
    from consult.text.privacy import mask

    found = data(capsys, study, "claim", "Money", "--theme", THEME, "--quotes", "20", "--no-keep")
    texts = study.read("documents").set_index("document_id")["text"]
    assert found["quotes"]
    for quote in found["quotes"]:
        assert mask(texts[quote["document_id"]])[quote["start"] : quote["end"]] == quote["evidence"]
        assert quote["response_id"] in found["responses"]
    assert not study.claims_path.exists()


def test_a_claim_that_no_longer_can_be_checked_is_said_so(study, capsys):
    study.write_claims("claims:\n- sentence: Gone\n  themes: [no-such-theme]\n")
    words = said(capsys, study, "claim")
    assert "can no longer be checked" in words
    assert "no-such-theme" in study.claims_path.read_text(encoding="utf-8")


def test_claims_with_faults(study, capsys):
    assert "no claim is stored" in fault(capsys, study, "claim")
    assert "nothing stands for" in fault(capsys, study, "claim", "x")
    assert "QUESTION=ANSWER" in fault(capsys, study, "claim", "x", "--answer", "12")
    study.write_claims("claims: 7\n")
    assert "claims.yaml" in fault(capsys, study, "claim")


def test_show_everything_that_has_an_id(example_study, capsys):
    columns = {
        "responses": "response_id", "documents": "document_id", "passages": "passage_id", "topics": "topic_id",
        "themes": "theme_id", "questions": "question_id", "sources": "source_id", "campaigns": "campaign_id",
    }  # fmt: skip
    for table, column in columns.items():
        ids = example_study.read(table)[column]
        for ref in (ids.iloc[0], ids.iloc[-1]):
            found = data(capsys, example_study, "show", ref)
            assert found["ref"] == ref
            words = said(capsys, example_study, "show", ref)
            assert ref in words


def test_show_of_a_reference_and_of_nothing(example_study, capsys):
    row = example_study.read("responses").iloc[0]
    assert data(capsys, example_study, "show", row["reference"])["ref"] == row["response_id"]
    message = fault(capsys, example_study, "show", "affordability-fundings")
    assert "Did you mean" in message
    assert THEME in message


def test_campaigns_say_what_is_fact_and_what_is_only_possible(example_study, capsys):
    assert main(["campaigns", "--study", str(example_study.path)]) == 0
    out = capsys.readouterr().out
    assert "2 campaigns of near-identical texts" in out
    assert "words of their own in 1 of 14 letters" in out
    fact, possible = out.split("Possibly coordinated")
    assert "coordinated" not in fact
    assert "No texts of several respondents say the same in other words" in possible
    assert all(len(line) <= 98 for line in out.splitlines())
    assert main(["campaigns", "--study", str(example_study.path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [row["n_responses"] for row in found["campaigns"]] == [14, 9]
    assert found["possibly_coordinated"] == []


def test_possible_coordination_is_worded_as_a_possibility():
    text = {"document_id": "d-1", "likeness": 0.8, "text": "The same in other words."}
    group = {
        "group_id": "pc-1", "n_responses": 3, "first_at": None, "last_at": None, "languages": "en, fr",
        "texts": [text, {**text, "text": None}],
    }  # fmt: skip
    lines = campaign_lines({"campaigns": [], "n_senders": 0, "possibly_coordinated": [group]})
    told = " ".join(" ".join(lines).split())
    assert "No near-identical texts from several respondents were found." in told
    assert "That is a possibility and no fact" in told
    assert "Nobody is counted less for it" in told
    assert "80 % The same in other words. 80 % (not to be quoted)" in told


def test_a_claim_needs_a_sentence_and_a_consultation_that_is_there(example_study, capsys):
    place = ["--study", str(example_study.path), "--no-keep"]
    assert main(["claim", " ", "--theme", "access-disadvantaged", *place]) == 1
    assert "the sentence is empty" in capsys.readouterr().err
    assert main(["claim", "x", "--theme", "access-disadvantaged", "--where", "consultation=c-9", *place]) == 1
    assert "was not ingested" in capsys.readouterr().err
    assert main(["crosstab", "--rows", "contry", "--study", str(example_study.path)]) == 1
    assert "Did you mean country" in capsys.readouterr().err


def test_hidden_counts_are_neither_shown_nor_called_none(capsys, monkeypatch):
    """Two types: the small one is hidden, the other with it, and what it is compared with as well."""
    corpus = two_groups(60, 40, 40, 3)
    monkeypatch.setattr("consult.cli.analysis.chosen", lambda *_: (corpus, measures.Selection()))
    assert main(["crosstab", "--rows", "stakeholder_type", "--hide-small"]) == 0
    out = capsys.readouterr().out
    assert "hidden" in out
    assert "(of 100 responses)" in out
    assert "In no group" not in out  # whether nobody or few is not told
    assert "None: what differs between groups may be chance." in out  # what is hidden is compared with nothing


def test_a_limit_in_percent_is_told_how_to_write_it(capsys, study):
    assert main(["claim", "Few", "--theme", THEME, "--at-most", "5", "--study", str(study.path)]) == 2
    assert "Write 0.05 for 5 %" in " ".join(capsys.readouterr().err.split())


def test_rows_of_a_matrix_are_told_apart(capsys, study):
    out = said(capsys, study, "gaps")
    assert "… Short and flexible courses" in out
    assert "rows of:" in out


def test_words_above_columns_are_broken_as_little_as_they_can():
    lines = matrix(
        ["Portuguese", "A title so long that nobody would ever read it to its very end"], ["x"], [["1", "2"]]
    )
    assert "Portuguese" in lines[3]
    assert "…" in lines[3]
