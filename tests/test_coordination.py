"""Texts that say the same in other words: found where it is unusual, close in time, and never by a chain."""

from __future__ import annotations

import csv

import numpy as np
import pandas as pd

from consult import schema
from consult.campaigns import find_campaigns, find_possibly_coordinated

SIZE = 512


def near(vector, cosine, rng):
    """Return a vector of length one with a given cosine to another."""
    other = rng.normal(size=SIZE)
    other -= (other @ vector) * vector
    return cosine * vector + np.sqrt(1 - cosine**2) * other / np.linalg.norm(other)


def made(meanings, *, days=None, n_words=30):
    """Return passages, documents, responses and vectors; a document is a list of vectors, one a passage."""
    ids = [f"d-{i:03d}" for i in range(len(meanings))]
    who = [f"r-{i:03d}" for i in range(len(meanings))]
    documents = pd.DataFrame(
        {"document_id": ids, "response_id": who, "question_id": "q-1", "attachment": None, "n_words": n_words}
    )
    rows = [(f"p-{d}-{j}", d, j * 10, j * 10 + 10) for d, parts in zip(ids, meanings, strict=True)
            for j in range(len(parts))]  # fmt: skip
    passages = pd.DataFrame(rows, columns=["passage_id", "document_id", "start", "end"])
    responses = pd.DataFrame({"response_id": who, "consultation_id": "c-1"})
    sent = pd.Timestamp("2020-05-01") + pd.to_timedelta(days or [0] * len(ids), unit="D")
    vectors = np.array([v for parts in meanings for v in parts], dtype=np.float32)
    return passages, documents, responses.assign(submitted_at=sent), vectors


def unlike(n, rng, parts=3):
    found = rng.normal(size=(n, parts, SIZE))
    return [list(row) for row in found / np.linalg.norm(found, axis=2, keepdims=True)]


def reworded(letter, cosine, rng):
    return [near(v, cosine, rng) for v in letter]


def groups(found):
    return sorted(sorted(part["document_id"]) for _, part in found.groupby("group_id"))


def find(tables, members=None):
    passages, documents, responses, vectors = tables
    members = schema.empty("campaign_members") if members is None else members
    return find_possibly_coordinated(passages, documents, responses, members, vectors)


def test_the_same_in_other_words_is_found_and_what_is_merely_alike_is_not():
    rng = np.random.default_rng(1)
    others = unlike(30, rng)
    letter = others[0]
    texts = [*others, reworded(letter, 0.9, rng), reworded(letter, 0.85, rng), reworded(letter, 0.6, rng)]
    found = find(made(texts))
    assert groups(found) == [["d-000", "d-030", "d-031"]]
    middle = found.set_index("document_id").loc["d-000"]
    assert middle["representative_document_id"] == "d-000"
    assert middle["likeness"] == 1
    assert found["likeness"].between(0.75, 1).all()
    schema.check("possibly_coordinated", found)


def test_a_text_that_holds_the_other_among_much_else_is_not_like_it():
    rng = np.random.default_rng(2)
    others = unlike(30, rng)
    long = [*reworded(others[0], 0.95, rng), *unlike(1, rng, 4)[0]]
    assert not len(find(made([*others, long])))


def test_far_apart_in_time_is_not_shown_and_no_date_says_nothing():
    rng = np.random.default_rng(3)
    others = unlike(30, rng)
    texts = [*others, reworded(others[0], 0.9, rng)]
    assert len(find(made(texts, days=[*[0] * 30, 14]))) == 2
    assert not len(find(made(texts, days=[*[0] * 30, 15])))
    passages, documents, responses, vectors = made(texts)
    undated = responses.assign(submitted_at=pd.NaT)
    assert len(find((passages, documents, undated, vectors))) == 2


def test_where_everybody_writes_alike_nothing_is_unusual():
    rng = np.random.default_rng(4)
    shared = unlike(1, rng)[0]
    assert not len(find(made([reworded(shared, 0.92, rng) for _ in range(40)])))


def test_what_is_usual_must_be_known_and_short_texts_say_too_little():
    rng = np.random.default_rng(5)
    few = unlike(15, rng)
    assert not len(find(made([*few, reworded(few[0], 0.95, rng)])))
    many = unlike(30, rng)
    assert not len(find(made([*many, reworded(many[0], 0.95, rng)], n_words=19)))


def test_a_chain_does_not_join_unlike_texts():
    rng = np.random.default_rng(6)
    chain = [unlike(1, rng)[0]]
    for _ in range(6):
        chain.append(reworded(chain[-1], 0.85, rng))
    found = find(made([*unlike(40, rng), *chain]))
    assert max(len(group) for group in groups(found)) <= 3


def test_a_campaign_counts_as_one_text_and_brings_all_its_letters():
    rng = np.random.default_rng(7)
    others = unlike(30, rng)
    letter = others[0]
    texts = [*others, letter, letter, reworded(letter, 0.9, rng)]
    members = pd.DataFrame(
        [{"document_id": d, "campaign_id": "ca-1", "similarity": 1.0} for d in ("d-000", "d-030", "d-031")]
    )
    found = find(made(texts), members)
    assert groups(found) == [["d-000", "d-030", "d-031", "d-032"]]
    alone = find(made(texts[:-1]), members)
    assert not len(alone)  # the same letter is a fact, and shown as a campaign only


def test_the_order_of_rows_changes_nothing():
    rng = np.random.default_rng(8)
    others = unlike(30, rng)
    passages, documents, responses, vectors = made([*others, *(reworded(others[i], 0.9, rng) for i in range(4))])
    found = find((passages, documents, responses, vectors))
    assert len(groups(found)) == 4
    order = rng.permutation(len(passages))
    shuffled = passages.iloc[order].reset_index(drop=True)
    again = find((shuffled, documents.sample(frac=1, random_state=1), responses.sample(frac=1, random_state=2),
                  vectors[order]))  # fmt: skip
    assert found.equals(again)


def test_a_letter_in_another_language_is_found_among_others(shared_data):
    """Letters of four real sentences; every sixth is there in German, French or Polish as well."""
    from consult.text.embedding import Embedder
    from consult.text.passages import split_passages

    def sentences(code):
        with (shared_data / "sib200" / code / "train.tsv").open(encoding="utf-8") as stream:
            return [row["text"] for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)][:240]

    english, *translated = (sentences(code) for code in ("eng_Latn", "deu_Latn", "fra_Latn", "pol_Latn"))
    texts = [(" ".join(english[i : i + 4]), "en") for i in range(0, 240, 4)]
    for k, i in enumerate(range(0, 240, 24)):
        texts.append((" ".join(translated[k % 3][i : i + 4]), ("de", "fr", "pl")[k % 3]))
    ids = [f"d-{i:03d}" for i in range(len(texts))]
    documents = pd.DataFrame(
        {"document_id": ids, "response_id": ids, "question_id": "q-1", "attachment": None,
         "text": [t for t, _ in texts], "language": [code for _, code in texts], "language_score": 1.0,
         "n_words": [len(t.split()) for t, _ in texts], "damaged": 0.0}
    )  # fmt: skip
    responses = pd.DataFrame({"response_id": ids, "consultation_id": "c-1", "submitted_at": pd.NaT})
    passages = split_passages(documents)
    languages = passages["document_id"].map(documents.set_index("document_id")["language"]).tolist()
    vectors, _ = Embedder().fit(passages["text"].tolist(), languages)
    members = find_campaigns(documents, responses).members
    found = groups(find_possibly_coordinated(passages, documents, responses, members, vectors))
    right = [[f"d-{6 * k:03d}", f"d-{60 + k:03d}"] for k in range(10)]
    assert all(group in right for group in found)
    assert len(found) >= 4  # half of them: sentences are cut elsewhere in another language
