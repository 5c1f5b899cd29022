"""Claims: from a sentence to a verdict by written rules, and back to the responses."""

from __future__ import annotations

import pytest

from consult import measures as m
from consult.errors import UserError
from consult.measures import verdicts
from consult.measures.intervals import wilson
from measures_study import CLOSED, OPEN, document, passages_of, response, small_corpus, tables, tagging, two_groups


@pytest.fixture(scope="module")
def corpus():
    return small_corpus()


def claim(**query):
    chosen = query.pop("selection", m.Selection())
    return m.Claim("Somebody says so.", m.Query(**query), chosen)


def test_the_verdict_is_a_sentence():
    corpus = two_groups(500, 21, 8, 0)
    result = m.check_claim(corpus, claim(themes="access"))
    assert result.verdict == "rarely mentioned: 4.1 % of 508 responses, between 2.7 and 6.2 %; not audited"
    assert (result.n, result.N, result.level) == (21, 508, "rarely")
    assert len(result.ids) == 21
    assert len(result.ids_without) == 487
    audited = m.check_claim(corpus, claim(themes="access"), audit=m.Audit(missed=1, sampled=100))
    assert audited.bound is not None
    assert audited.bound > audited.high
    assert audited.verdict.endswith(f"at most {audited.bound * 100:.1f} % if the audit's misses are added")


def test_the_audits_bound_is_worked_out_by_hand():
    """2 of 100 missed: up to 7.0 %; of 900 without, 63 more; 163 of 1,000, up to 18.7 %."""
    worst = float(wilson(2, 100)[1])
    expected = float(wilson(100 + 900 * worst, 1000)[1])
    assert verdicts.upper_bound(100, 1000, m.Audit(2, 100)) == pytest.approx(expected)
    assert verdicts.upper_bound(100, 1000, None) is None
    with pytest.raises(UserError, match="3 missed of 2 read"):
        m.Audit(3, 2)


def test_an_audit_of_passages_says_itself_how_many_responses_more():
    """
    21 of 508 found and 10 more at most: Wilson's upper end of 31 of 508, by hand.

    p = .061024, z² = 3.841459: middle (p + z²/1016) / (1 + z²/508) = .064805 / 1.007562 = .064319;
    half 1.959964 √(p(1-p)/508 + z²/4·508²) / 1.007562 = 1.959964 · √(.00011279 + .00000372) / 1.007562
    = .020998; together .0853.
    """
    audit = m.Audit(missed=1, sampled=200, more=10)
    assert verdicts.upper_bound(21, 508, audit) == pytest.approx(0.0853, abs=5e-5)
    assert verdicts.sentence(21, 508, "of 508 responses", audit) == (
        "rarely mentioned: 4.1 % of 508 responses, between 2.7 and 6.2 %; at most 8.5 % if the audit's misses are added"
    )
    assert verdicts.upper_bound(21, 508, m.Audit(0, 200, more=0)) == pytest.approx(float(wilson(21, 508)[1]))
    assert verdicts.upper_bound(3, 40, m.Audit(0, 5, more=90)) == pytest.approx(1.0)
    with pytest.raises(UserError, match="-1 more responses"):
        m.Audit(0, 5, more=-1)


@pytest.mark.parametrize(
    ("n", "of", "start"),
    [
        (0, 400, "not mentioned: none of 400"),
        (3, 400, "hardly ever mentioned: 0.8 %"),
        (20, 400, "rarely mentioned: 5.0 %"),
        (60, 400, "sometimes mentioned: 15.0 %"),
        (150, 400, "often mentioned: 37.5 %"),
        (400, 400, "mentioned by most: 100 %"),
        (5, 29, "too few responses for a verdict: 5 of 29"),
    ],
)
def test_levels(n, of, start):
    assert verdicts.sentence(n, of, f"of {of} responses").startswith(start)


def test_a_level_that_chance_could_change_says_so():
    assert "(rarely mentioned to sometimes mentioned)" in verdicts.sentence(9, 100, "of 100 responses")
    with pytest.raises(UserError, match="nobody was asked"):
        verdicts.sentence(0, 0, "of 0 responses")


def test_three_views_and_groups(corpus):
    result = m.check_claim(corpus, claim(themes=("access",)))
    assert result.views.set_index("view")["n"].to_dict() == {"all": 5, "once": 3, "apart": 2}
    assert result.by["stakeholder_type"].set_index("key")["n"].to_dict() == {
        "citizen_eu": 3, "ngo": 2, "company": 0, "unknown": 0,
    }  # fmt: skip
    assert result.by["language"].set_index("key")[["n", "N"]].loc["fr"].tolist() == [1, 2]


def test_parts_are_combined(corpus):
    assert m.check_claim(corpus, claim(themes=("access", "money"))).n == 6
    both = m.check_claim(corpus, claim(themes=("access", "money"), combine="all"))
    assert both.ids == ("r-c", "r-e")
    mixed = m.check_claim(corpus, claim(themes=("access",), closed=((CLOSED, "Yes"),), combine="all"))
    assert mixed.ids == ("r-a", "r-b", "r-e")
    assert m.check_claim(corpus, claim(topics=("Part",))).ids == ("r-d", "r-e")


def test_a_closed_answer_is_of_those_who_answered(corpus):
    result = m.check_claim(corpus, claim(closed=((CLOSED, "No"),)))
    assert (result.n, result.N) == (2, 5)
    assert "that answered question 3" in result.verdict


def test_filters_are_part_of_the_denominator(corpus):
    result = m.check_claim(corpus, claim(themes="access", selection=m.Selection(country="FR", question_id=OPEN)))
    assert (result.n, result.N) == (2, 4)
    assert result.of == "of 4 responses that answered question 1 (country: FR)"


def test_phrases_are_found_whatever_accents_and_breaks():
    texts = {"a": "Les personnes HANDICAPÉES\nmoteurs.", "b": "handicapes moteurs", "c": "Le handicap."}
    docs = [document(k, k, text=t) for k, t in texts.items()]
    given = tables(responses=[response(k) for k in texts], documents=docs, passages=passages_of(docs))
    corpus = m.Corpus.from_tables(given)
    found = m.check_claim(corpus, claim(phrases=("handicap* moteurs",)), texts=given["documents"])
    assert found.ids == ("r-a", "r-b")
    place = found.quotes.set_index("response_id").loc["r-a"]
    assert texts["a"][place["start"] : place["end"]] == "HANDICAPÉES\nmoteurs"
    with pytest.raises(UserError, match="phrases need the texts"):
        m.check_claim(corpus, claim(phrases=("x y",)))
    with pytest.raises(UserError, match="too little to look for"):
        m.check_claim(corpus, claim(phrases=("*",)), texts=given["documents"])


def test_phrases_stand_for_inflected_words_where_the_language_is_known():
    said = {
        "a": ("Menschen mit Behinderungen brauchen Hilfe.", "de"),
        "b": ("Disabled persons are not asked.", "en"),
        "c": ("Les personnes handicapées sont oubliées.", "fr"),
        "d": ("Disablement is another word.", "en"),
    }
    docs = [document(k, k, text=text, language=language) for k, (text, language) in said.items()]
    given = tables(responses=[response(k) for k in said], documents=docs, passages=passages_of(docs))
    corpus = m.Corpus.from_tables(given)
    query = {"phrases": ("Mensch mit Behinderung", "disabled person", "personne handicapée")}
    found = m.check_claim(corpus, claim(**query), texts=given["documents"])
    assert found.ids == ("r-a", "r-b", "r-c")
    place = found.quotes.set_index("response_id").loc["r-b"]
    assert said["b"][0][place["start"] : place["end"]] == "Disabled persons"
    as_written = m.check_claim(corpus, claim(**query), texts=given["documents"].drop(columns="language"))
    assert as_written.n == 0


def test_quotes_come_from_different_people(corpus):
    result = m.check_claim(corpus, claim(themes="access"), n_quotes=3)
    assert result.quotes["response_id"].is_unique
    assert len(result.quotes) == 3
    assert set(result.quotes["stakeholder_type"]) == {"citizen_eu", "ngo"}
    assert set(result.quotes["language"]) == {"en", "fr"}
    money = m.check_claim(corpus, claim(themes="money")).quotes
    assert set(money["document_id"]) == {"d-c2", "d-d", "d-e2"}


def test_a_limit_holds_fails_or_is_open():
    corpus = two_groups(500, 20, 500, 20)
    for limit, outcome in ((0.06, "holds"), (0.02, "fails"), (0.04, "open")):
        checked = m.check_claim(corpus, m.Claim("At most.", m.Query(themes="access"), at_most=limit))
        assert checked.outcome == outcome
    checked = m.check_claim(corpus, m.Claim("At most.", m.Query(themes="access"), at_most=0.06))
    assert checked.to_overturn == 21
    least = m.check_claim(corpus, m.Claim("At least.", m.Query(themes="access"), at_least=0.5))
    assert (least.outcome, least.to_overturn) == ("fails", 460)
    assert m.check_claim(corpus, m.Claim("-", m.Query(themes="access"))).to_overturn == 60
    audited = m.check_claim(
        corpus, m.Claim("-", m.Query(themes="access"), at_most=0.06), audit=m.Audit(missed=5, sampled=100)
    )
    assert audited.outcome == "open"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"themes": "acces"}, "Did you mean access"),
        ({"topics": "t-9"}, "topic 't-9': not in this study"),
        ({"closed": (("q-none", "Yes"),)}, "not a closed question"),
        ({"closed": ((CLOSED, "Maybe"),)}, "answer 'Maybe'"),
        ({"themes": "access", "selection": m.Selection(consultation_id="c-9")}, "was not ingested"),
        ({"themes": "access", "selection": m.Selection(country="FR", stakeholder_type="company")}, "none of 10"),
    ],
)
def test_bad_claims_are_plain_messages(corpus, query, words):
    with pytest.raises(UserError, match=words):
        m.check_claim(corpus, claim(**query))


def test_a_claim_needs_a_query():
    with pytest.raises(UserError, match="nothing stands for the sentence"):
        m.Query()
    with pytest.raises(UserError, match="allowed are any, all"):
        m.Query(themes="access", combine="some")


def test_claims_are_written_and_read_again(corpus):
    one = m.Claim(
        "Žádná zmínka.",
        m.Query(themes=("access",), phrases=("left: behind",), closed=((CLOSED, "Yes"),), combine="all"),
        m.Selection(country="DE", view="once"),
        at_most=0.05,
    )
    plain = m.Claim("Nobody mentions access.", m.Query(themes="access"))
    result = m.check_claim(corpus, plain)
    text = m.write_claims([m.StoredClaim(one, {}), m.checked(result)])
    first, second = m.read_claims(text)
    assert first.claim == one
    assert second.claim == plain
    assert "Žádná" in text
    assert m.change(second, result) == ""
    assert m.change(first, result) == ""
    fewer = m.check_claim(corpus, m.Claim("-", plain.query, m.Selection(view="apart")))
    assert m.change(second, fewer) == "was 5 of 10, is 2 of 8"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("claims: [", "expected YAML"),
        ("- a", "no list of claims"),
        ("claims:\n- themes: [a]", "no sentence"),
        ("claims:\n- sentence: s\n  theme: a", "unknown field 'theme'"),
        ("claims:\n- sentence: s\n  themes: a\n  at_most: 5", "between 0 and 1"),
        ("claims:\n- sentence: s\n  themes: a\n  where: [country]", "FIELD: VALUE"),
    ],
)
def test_a_broken_claims_file_says_where(text, words):
    with pytest.raises(UserError, match=words):
        m.read_claims(text)


def test_a_persons_tagging_is_quoted_first():
    docs = [document("a", "a"), document("b", "b")]
    tags = [tagging("a", "access", "a", score=0.9), tagging("b", "access", "b", assigned_by="person", score=0.1)]
    corpus = m.Corpus.from_tables(
        tables(responses=[response("a"), response("b")], documents=docs, passages=passages_of(docs), taggings=tags)
    )
    assert m.check_claim(corpus, claim(themes="access")).quotes["response_id"].tolist() == ["r-b", "r-a"]
