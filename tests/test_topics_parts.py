from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from consult.topics.clustering import (
    centres_of,
    choose_number,
    nearest,
    normalise,
    numbers_beyond,
    sane_numbers,
    sums_by,
)
from consult.topics.corpus import count_terms, prepare
from consult.topics.groups import Group
from consult.topics.hierarchy import group_topics
from consult.topics.junk import is_junk
from consult.topics.labels import (
    UNNAMED,
    Candidate,
    Names,
    choose_head,
    first_term,
    make_label,
    rank_candidates,
    term_table,
)
from consult.topics.naming import Namer, _of_two, name_groups
from consult.topics.nouns import is_noun_like
from consult.topics.outliers import at_strength, fit_strength, with_threshold
from consult.topics.positions import place
from consult.topics.stability import found_again
from consult.topics.terms import TermFacts, find_terms
from topics_made import WHO

NOTHING = [
    "No comment", "No further comments.", "n/a", "N.A.", "-", "---", "?", "12", "1.2.2020", "https://example.org/a?b=c",
    "See attachment", "Please see the attached position paper.", "Dear Sir or Madam,", "Thank you!", "none", "Yes.",
    "Siehe Anlage", "Keine Angabe", "Vielen Dank", "Voir pièce jointe", "Sans objet", "Nessun commento", "Ver anexo",
    "Sin comentarios", "Brak uwag", "Geen opmerkingen", "Zie bijlage", "Ei kommentoitavaa", "Se bilaga", "Nincs",
    "Bez komentáře", "Нямам коментар", "Δεν έχω σχόλια", "Nu am comentarii", "Nema komentara", "a@b.eu",
]  # fmt: skip
SOMETHING = [
    "Facial recognition", "Education", "Health care", "Nein zu KI", "Mehr Datenschutz", "Documentation", "Transparence",
    "The comment period was too short for small organisations to answer in their own language.", "Référendum",
]  # fmt: skip


@pytest.mark.parametrize("text", NOTHING)
def test_what_says_nothing_is_junk(text):
    assert is_junk(text)


@pytest.mark.parametrize("text", SOMETHING)
def test_short_answers_with_a_subject_are_not_junk(text):
    assert not is_junk(text)


@given(st.text(max_size=200))
def test_junk_never_fails(text):
    assert is_junk(text) in (True, False)


def test_terms_are_lemmas_shown_in_their_commonest_form():
    texts = ["Liability rules matter.", "The liability rule and the burden of proof.", "A burden of proof on users."]
    terms = find_terms(texts, ["en"] * 3, min_passages=2)
    assert terms.facts["liability_rule"].passages == 2
    assert terms.facts["burden_of_proof"].display == "burden of proof"
    assert "the" not in terms.facts
    assert "of" not in terms.facts


def test_a_phrase_does_not_cross_a_full_stop():
    terms = find_terms(["We fear surveillance. Police checks grow."], ["en"], min_passages=1)
    assert "surveillance_police" not in terms.facts


def test_elided_articles_are_cut():
    terms = find_terms(["L'éducation et l'inclusion."] * 2, ["fr"] * 2, min_passages=1)
    assert {"éducation", "inclusion"} <= set(terms.facts)


def _facts(*terms: str) -> dict[str, TermFacts]:
    facts = {}
    for term in terms:
        fact = TermFacts(passages=5, occurrences=5)
        fact.forms[term.replace("_", " ")] = 5
        facts[term] = fact
    return facts


def _label(candidates, facts, names=None) -> str:
    names = names or Names()
    return make_label(choose_head(candidates, names), candidates, facts, names)


def test_label_joins_two_strong_terms():
    facts = _facts("liability", "burden_of_proof", "liability_rule")
    candidates = [
        Candidate("burden_of_proof", 2.0, 9),
        Candidate("liability", 1.5, 9),
        Candidate("liability_rule", 1, 5),
    ]
    assert _label(candidates, facts) == "Burden of proof & liability"


def test_labels_differ_when_candidates_are_the_same():
    facts = _facts("privacy", "data", "consent")
    candidates = [Candidate("privacy", 2.0, 9), Candidate("data", 1.5, 9), Candidate("consent", 1.0, 5)]
    names = Names()
    labels = [_label(candidates, facts, names) for _ in range(6)]
    assert len(set(labels)) == 6


def test_label_joins_no_synonyms():
    facts = _facts("legislation", "regulation", "eu_legislation", "burden_of_proof")
    east, north = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    near = np.array([0.8, 0.6])
    candidates = [
        Candidate("legislation", 2.0, 9, east),
        Candidate("regulation", 1.9, 9, near),
        Candidate("burden_of_proof", 1.0, 9, north),
    ]
    assert _label(candidates, facts) == "Legislation & burden of proof"


def test_a_second_topic_does_not_begin_with_a_synonym_of_the_first():
    facts = _facts("human_rights", "fundamental_rights", "privacy")
    east, near, north = np.array([1.0, 0.0]), np.array([0.9, 0.4359]), np.array([0.0, 1.0])
    names = Names()
    assert _label([Candidate("human_rights", 2.0, 9, east)], facts, names) == "Human rights"
    second = [Candidate("fundamental_rights", 2.0, 9, near), Candidate("privacy", 1.0, 9, north)]
    assert _label(second, facts, names).startswith("Privacy")


def test_no_label_ends_with_what_another_begins_with():
    facts = _facts("innovation_hub", "smes", "startup", "research")
    hub, firm, young = Candidate("innovation_hub", 1.0, 9), Candidate("smes", 2.0, 9), Candidate("startup", 0.5, 9)
    names = Names()
    each = {"firms": [firm, hub, young], "hubs": [hub, Candidate("research", 0.1, 9)]}
    heads = {name: choose_head(found, names) for name, found in each.items()}
    labels = {name: make_label(heads[name], found, facts, names) for name, found in each.items()}
    assert labels == {"firms": "Smes & startup", "hubs": "Innovation hub"}


def test_a_rare_phrase_neither_stands_for_a_word_nor_beside_it():
    facts = _facts("innovation", "innovation_hub", "startup", "sandbox")
    candidates = [
        Candidate("innovation", 3.0, 100),
        Candidate("innovation_hub", 1.0, 5),
        Candidate("sandbox", 0.9, 4),
        Candidate("startup", 0.8, 40),
    ]
    assert _label(candidates, facts) == "Innovation & startup"


def test_a_label_does_not_say_a_term_and_its_initials():
    facts = _facts("general_data_protection_regulation", "gdpr", "consent", "artificial_intelligence", "ai")
    candidates = [Candidate("artificial_intelligence", 2.0, 9), Candidate("ai", 1.9, 9), Candidate("consent", 1.9, 9)]
    assert _label(candidates, facts) == "Artificial intelligence & consent"


def test_a_phrase_counts_as_common_as_its_initials():
    texts = ["AI and artificial intelligence everywhere."] * 30 + ["Artificial intelligence and dental care."] * 30
    terms = find_terms(texts, ["en"] * 60, min_passages=1)
    table = term_table(terms.by_passage, terms.facts, ["en"] * 60)
    scores = {c.term: c.score for c in rank_candidates(table, np.arange(30, 60), np.ones(30), np.arange(60), "en")}
    assert scores["dental_care"] > 10 * scores.get("artificial_intelligence", 0.0)


def test_what_points_to_a_place_in_a_paper_names_no_topic():
    texts = [
        f"See clause {i} and PC-{i} under Chapter IV on liability, https://example.eu/liability-{i}." for i in range(9)
    ]
    terms = find_terms(texts, ["en"] * 9, min_passages=1)
    named = {term for term, fact in terms.facts.items() if is_noun_like(term, fact, terms.facts, "en")}
    assert "liability" in named
    assert not named & {"clause", "pc", "chapter", "iv", "https", "example"}


SAID = {
    "rents": "Housing is scarce and rents explode for {}.",
    "mould": "Housing is old and mould grows at {}.",
    "tickets": "Buses are late and tickets cost too much for {}.",
}


def _named(*children: str) -> dict[str, str]:
    """Return the labels of three topics, and of a broader one of two of them."""
    texts = [said.format(who) for said in SAID.values() for who in WHO[:5]]
    texts += [f"Lakes are deep where {who} fishes number {i}." for who in WHO for i in range(6)]
    ids = [f"{i:03d}" for i in range(len(texts))]
    documents = pd.DataFrame({"document_id": ids, "response_id": ids, "language": "en"})
    passages = documents[["document_id"]].assign(passage_id=ids, start=0, end=9, text=texts)
    responses = pd.DataFrame({"response_id": ids, "stakeholder_type": "unknown"})
    corpus = prepare(passages, documents, responses, np.ones((len(texts), 3)))
    _, table = count_terms(corpus, "en")
    centres = np.eye(3, dtype=np.float32)
    groups = [Group(np.flatnonzero(corpus.texts["text"].str.contains(word)), centres[k]) for k, word in enumerate(SAID)]
    inside = tuple(list(SAID).index(word) for word in children)
    rows = np.sort(np.concatenate([groups[k].rows for k in inside]))
    names = [*SAID, "broader"]
    labels = name_groups(Namer(corpus, table, "en"), [*groups, Group(rows, centres[0], children=inside)], names)
    return dict(zip(names, labels, strict=True))


def test_a_broader_topic_is_called_by_what_its_topics_share():
    assert "housing" in _named("rents", "mould")["broader"].lower()


def test_a_broader_topic_of_strangers_is_called_by_two_of_its_topics():
    labels = _named("mould", "tickets")
    begin = {first_term(labels[word]).lower() for word in ("mould", "tickets")}
    assert set(labels["broader"].lower().split(" & ")) == begin


def test_a_topic_without_words_of_its_own_says_so():
    names = Names()
    assert [_label([], {}, names) for _ in range(2)] == [UNNAMED, f"{UNNAMED} (2)"]


def test_a_broader_topic_is_not_called_by_a_topic_without_words_of_its_own():
    namer = Namer(SimpleNamespace(texts=pd.DataFrame({"language": ["en"]})), None, "en")
    labels = [f"{UNNAMED} (2)", "Mould", "Tickets", UNNAMED]
    assert _of_two([0, 1, 2], labels, [], namer) == "Mould & tickets"
    assert _of_two([0, 1], labels, [], namer) == "Mould …"
    assert _of_two([0, 3], labels, [], namer) == f"{UNNAMED} …"


def test_phrases_count_no_more_than_words_in_a_broader_topic():
    """A topic of a small study is named by meaning, where a phrase is raised by less than where words are counted."""
    corpus = SimpleNamespace(texts=pd.DataFrame({"language": ["en"] * 4}))
    table = SimpleNamespace(terms=["housing", "old_housing"], occurs=sparse.csr_matrix(np.ones((4, 2))))
    topics = [Group(rows, np.ones(2)) for rows in (np.arange(2), np.arange(2, 4))]
    for bonus in (1.6, 3.0):
        candidates = [Candidate("housing", 1.0, 4), Candidate("old_housing", 0.5 * bonus, 4, bonus=bonus)]
        shared = Namer(corpus, table, "en").shared(candidates, topics)
        assert {c.term: c.score for c in shared} == {"housing": 1.0, "old_housing": 0.5}


@pytest.mark.parametrize("word", ["Italy", "Sicily", "July", "supply", "early warning"])
def test_nouns_that_end_like_adverbs_may_name_a_topic(word):
    assert is_noun_like(word.lower().replace(" ", "_"), _facts(word)[word], {}, "en")


@pytest.mark.parametrize("word", ["clearly", "vitally", "unduly", "nearly zero"])
def test_adverbs_name_no_topic(word):
    assert not is_noun_like(word.replace(" ", "_"), _facts(word)[word], {}, "en")


def test_the_range_of_numbers_grows_only_where_agreement_still_rises():
    found = {10: 0.9, 20: 0.9}
    assert numbers_beyond(20, {10: 0.6, 20: 0.8}, found, 5000) == [25, 32, 40]
    assert not numbers_beyond(20, {10: 0.6, 20: 0.6}, found, 5000)
    assert not numbers_beyond(10, {10: 0.9, 20: 0.8}, found, 5000)


def test_number_of_topics_is_sane():
    assert sane_numbers(12) == [2]
    assert max(sane_numbers(10_000)) == 57
    assert max(sane_numbers(1_000_000)) < 160
    assert choose_number({10: 0.8, 20: 0.75, 40: 0.6}, {10: 0.9, 20: 0.7, 40: 0.7}, 5000) == 20
    assert choose_number({10: 0.8, 20: 0.78}, {10: 0.7, 20: 0.5}, 5000) == 10  # stable as a whole, its topics are not


@settings(deadline=None, max_examples=25)
@given(st.integers(2, 60), st.integers(1, 5), st.integers(0, 99))
def test_sums_do_not_depend_on_how_labels_are_ordered(n, k, seed):
    random = np.random.default_rng(seed)
    vectors = normalise(random.normal(size=(n, 8)))
    group = random.integers(0, k, n)
    expected = np.array([vectors[group == g].sum(axis=0) for g in range(k)])
    np.testing.assert_allclose(sums_by(vectors, group, k), expected, atol=1e-5)


def test_every_text_is_nearest_to_its_own_centre():
    vectors = normalise(np.repeat(np.eye(3), 4, axis=0))
    labels = np.repeat(np.arange(3), 4)
    assert nearest(vectors, centres_of(vectors, labels)).tolist() == labels.tolist()


@settings(deadline=None, max_examples=25)
@given(st.integers(20, 200), st.integers(2, 8), st.floats(0.0, 0.3), st.integers(0, 99))
def test_strength_lies_between_0_and_1_and_outliers_are_limited(n, k, share, seed):
    similarities = np.random.default_rng(seed).uniform(-1, 1, (n, k))
    found = fit_strength(similarities, max_outliers=share)
    assert ((found.strength >= 0) & (found.strength <= 1)).all()
    assert found.is_outlier.mean() <= share
    if found.is_outlier.any():
        assert found.strength[found.is_outlier].max() <= found.strength[~found.is_outlier].min()


def test_the_slider_goes_from_everything_to_clear_cases():
    table = pd.DataFrame(
        {"passage_id": list("abcd"), "topic_id": ["t", "t", "o", "o"], "strength": [0.9, 0.3, 0.05, 0]}
    )
    near = pd.DataFrame({"passage_id": list("abc"), "topic_id": ["t", "t", "t"], "strength": [0.9, 0.3, 0.05]})
    assert with_threshold(table, near, 0.0, "o")["topic_id"].tolist() == ["t", "t", "t", "o"]
    assert with_threshold(table, near, 0.1, "o")["topic_id"].tolist() == ["t", "t", "o", "o"]
    assert with_threshold(table, near, 0.5, "o")["topic_id"].tolist() == ["t", "o", "o", "o"]


def test_found_again_counts_runs_with_the_same_group():
    labels = np.array([0, 0, 0, 1, 1, 1, -1])
    same, mixed = np.array([5, 5, 5, 2, 2, 2, 2]), np.array([0, 1, 2, 3, 3, 3, 4])
    assert found_again(labels, [same, mixed]).tolist() == [1, 2]


def test_broader_topics_hold_at_least_two_and_few_topics_have_none():
    centres = normalise(np.random.default_rng(0).normal(size=(30, 16)))
    groups = group_topics(centres)
    assert 3 <= groups.max() + 1 <= 12
    assert (np.bincount(groups[groups >= 0]) >= 2).all()
    assert group_topics(centres[:8]).tolist() == [-1] * 8


def test_the_map_is_finite_and_keeps_topics_apart():
    centres = normalise(np.eye(5, 32))
    random = np.random.default_rng(0)
    vectors = normalise(np.repeat(centres, 20, axis=0) + 0.02 * random.normal(size=(100, 32)))
    xy = place(vectors, centres)
    middle = xy.reshape(5, 20, 2).mean(axis=1)
    distance = np.linalg.norm(middle[:, None] - middle[None], axis=2)[np.triu_indices(5, 1)]
    assert np.isfinite(xy).all()
    assert distance.min() > 0.2


def test_a_strength_counts_topics_anew_and_leaves_hidden_topics_hidden():
    nearest = pd.DataFrame(
        {
            "passage_id": ["a", "b", "c", "d", "e", "f"],
            "topic_id": ["t1", "t1", "t2", "t2", "t3", "t3"],
            "strength": [0.9, 0.05, 0.8, 0.3, 0.7, 0.6],
        }
    )
    # A person merged t2 into t1, and hid t3; b fitted no topic; g is junk.
    held = pd.DataFrame(
        {
            "passage_id": ["a", "b", "c", "d", "e", "f", "g"],
            "topic_id": ["t1", "out", "t1", "t1", "out", "out", "out"],
            "strength": [0.9, 0.05, 0.8, 0.3, 0.7, 0.6, 0.0],
        }
    )
    topics = pd.DataFrame({"topic_id": ["t1", "out"], "parent_id": [None, None], "n_passages": 0, "n_responses": 0})
    response_of = pd.Series(dict(zip("abcdefg", ["r1", "r1", "r2", "r2", "r3", "r3", "r4"], strict=True)))
    every, _ = at_strength(topics, held, response_of, nearest, 0.0, "out")
    assert every["n_passages"].tolist() == [4, 3]
    assert every["n_responses"].tolist() == [2, 2]
    clear, assigned = at_strength(topics, held, response_of, nearest, 0.5, "out")
    assert clear["n_passages"].tolist() == [2, 5]
    assert assigned.loc[assigned["topic_id"] == "t1", "passage_id"].tolist() == ["a", "c"]
