"""Claims of a study: the audit that bounds them, checked again after a run, shipped with the examples."""

from __future__ import annotations

import shutil

import pytest

import consult
from consult import measures
from consult.cli import main
from consult.errors import UserError
from consult.measures.intervals import wilson
from consult.pipeline import EXAMPLES, place_example
from consult.report.claims import STAGE, audit_for, check_one, recheck, stored_claims
from consult.report.own_text import in_own_text, keep_own_text
from consult.study import Study
from consult.themes.codebook import load_codebook
from consult.themes.review_audit import Audit, keep_audit

ACCESS = "access-disadvantaged"


@pytest.fixture
def study(example_study, tmp_path):
    """A copy that a test may write to."""
    shutil.copytree(example_study.path, tmp_path / "study")
    return Study.open(tmp_path / "study")


def on(*themes):
    return measures.Claim("Somebody says so.", measures.Query(themes=themes))


def audited(study, codebook=None, theme=ACCESS):
    """100 passages read, 2 mention it, in 2 responses; 9 responses may be missed at most, so 7 more."""
    force = load_codebook(study.codebook_path)
    keep_audit(
        study,
        Audit(
            theme_id=theme, who="Ana", time="2021-08-01T10:00:00+00:00", sample="a-1",
            codebook=codebook or f"{force.codebook_id} {force.version}", sampled=100, missed=2, population=400,
            rate=0.02, low=0.002, high=0.07, passages_at_most=23, responses_without=180, responses_found=2,
            responses_at_most=9,
        ),
    )  # fmt: skip


def records(study):
    return [run for run in study.runs() if run["stage"] == STAGE]


def quiet(stage, done, total):
    """Report nothing."""


def test_a_claim_of_one_theme_is_bounded_by_the_studys_audit(study):
    corpus = measures.Corpus.from_study(study)
    assert check_one(study, corpus, on(ACCESS)).verdict.endswith("not audited")
    audited(study)
    result = check_one(study, corpus, on(ACCESS))
    expected = float(wilson(result.n + 7, result.N)[1])
    assert result.bound == pytest.approx(expected)
    assert result.verdict.endswith(f"at most {expected * 100:.1f} % if the audit's misses are added")
    assert audit_for(study, corpus, on("Access for disadvantaged groups")) == measures.Audit(2, 100, more=7)


def test_an_audit_says_nothing_of_other_claims_or_another_codebook(study):
    corpus = measures.Corpus.from_study(study)
    audited(study)
    assert audit_for(study, corpus, on("carers")) is None
    assert audit_for(study, corpus, on(ACCESS, "carers")) is None
    both = measures.Claim("x", measures.Query(themes=ACCESS, phrases="ramp"))
    assert audit_for(study, corpus, both) is None
    audited(study, codebook="lifelong-learning 0")
    assert audit_for(study, corpus, on(ACCESS)) is None


def test_a_run_without_claims_checks_nothing(study):
    study.claims_path.unlink()
    before = len(study.runs())
    consult.run([], study)
    assert len(study.runs()) == before


def test_a_changed_verdict_is_recorded_and_printed_in_one_line(study, capsys):
    text = study.claims_path.read_text(encoding="utf-8")
    assert "outcome: fails" in text
    study.write_claims(text.replace("outcome: fails", "outcome: holds"))
    assert main(["run", "--study", str(study.path)]) == 0
    words = " ".join(capsys.readouterr().out.split())
    assert "The claim “There is virtually no mention of access for disadvantaged groups” changed: outcome was" in words
    assert "outcome was holds, is fails: sometimes mentioned" in words
    last = records(study)[-1]
    assert last["counts"] == {"claims": 1, "changed": 1, "cannot be checked": 0}
    assert [one["change"][:29] for one in last["changed"]] == ["outcome was holds, is fails: "[:29]]
    before = len(study.runs())
    assert main(["run", "--study", str(study.path)]) == 0
    assert "changed: outcome" not in capsys.readouterr().out
    assert len(study.runs()) == before


def test_a_claim_that_cannot_be_checked_and_a_broken_file_do_not_undo_the_run(study, capsys):
    study.write_claims("claims:\n- sentence: Gone\n  themes: [no-such-theme]\n")
    assert main(["run", "--study", str(study.path)]) == 0
    assert "The claim “Gone” can no longer be checked" in capsys.readouterr().out
    study.write_claims("claims: 7\n")
    assert main(["run", "--study", str(study.path)]) == 0
    assert "The claims were not checked" in capsys.readouterr().out
    assert "no list of claims" in records(study)[-1]["fault"]
    assert study.claims_text() == "claims: 7\n"


def test_an_audit_is_a_reason_to_check_again(study):
    assert recheck(study, dict, quiet) == {}
    audited(study)
    assert recheck(study, dict, quiet)["counts"]["claims"] == 1
    assert "if the audit's misses are added" in stored_claims(study)[0].last["verdict"]


def test_comments_in_the_file_stay_where_nothing_is_new(study):
    study.write_claims(study.claims_text() + "# Ana: ask the unit about this one\n")
    assert recheck(study, dict, quiet)["counts"]["changed"] == 0
    assert "# Ana" in study.claims_text()


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_claims_of_an_example_are_sound_and_only_given_once(name, tmp_path):
    study = Study.create(tmp_path / "study")
    place_example(name, study)
    claims = stored_claims(study)
    assert any("disadvantaged groups" in one.claim.sentence for one in claims)
    study.write_claims("claims: []\n")
    place_example(name, study)
    assert study.claims_text() == "claims: []\n"


def test_the_example_prints_its_claim(example_run):
    words = " ".join(example_run.out.split())
    assert "“There is virtually no mention of access for disadvantaged groups”: sometimes mentioned" in words
    assert "The limit given with it, at most 2 %, does not hold." in words
    assert "The consultation's own text mentions it in 1 of 41 passages: “vulnerable groups”." in words


def test_the_consultations_own_text_is_looked_through(study, tmp_path, capsys):
    own = in_own_text(study, measures.Query(themes=ACCESS))
    assert own is not None
    text = study.own_text()
    assert (own.n, own.of) == (1, 41)
    assert [text[m.start : m.end] for m in own.mentions] == [m.evidence for m in own.mentions] == ["vulnerable groups"]
    assert "pilot projects" in own.mentions[0].passage
    assert in_own_text(study, measures.Query(themes="prisoners")).words.endswith("in 0 of 41 passages")
    assert in_own_text(study, measures.Query(phrases="portable")).n >= 1
    assert in_own_text(study, measures.Query(themes=(ACCESS, "carers"), combine="all")) is None
    other = tmp_path / "call.txt"
    other.write_text("The unemployed may be invited. Nothing else is said here.", encoding="utf-8")
    assert (
        main(["claim", "x", "--theme", "employment-status", "--own-text", str(other), "--study", str(study.path)]) == 0
    )
    assert "own text mentions it in 1 of 1 passages" in " ".join(capsys.readouterr().out.split())
    (study.path / "consultation.txt").unlink()
    assert in_own_text(study, measures.Query(themes=ACCESS)) is None


def test_an_own_text_that_cannot_be_read(study, tmp_path):
    with pytest.raises(UserError, match="no such file"):
        keep_own_text(study, tmp_path / "none.pdf")
    for name in ("empty.md", "empty.txt"):
        (tmp_path / name).write_text(" ", encoding="utf-8")
        with pytest.raises(UserError, match="expected a document with text"):
            keep_own_text(study, tmp_path / name)
