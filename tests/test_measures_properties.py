"""What holds for any study: partitions add up, views agree without campaigns, order does not matter."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from consult import measures as m
from measures_study import CLOSED, OPEN, SECOND, document, passages_of, response, tables, tagging

TYPES = ("citizen_eu", "ngo", "company", "unknown")


@st.composite
def studies(draw, *, campaigns=True):
    n = draw(st.integers(1, 12))
    rows, docs, tags, answers, members = [], [], [], [], []
    for i in range(n):
        key = f"{i:02d}"
        country = draw(st.sampled_from(["DE", "FR", None]))
        rows.append(response(key, stakeholder_type=draw(st.sampled_from(TYPES)), country=country))
        for j, question in enumerate((OPEN, SECOND)):
            if not draw(st.booleans()):
                continue
            name = f"{key}{j}"
            docs.append(document(name, key, question_id=question, language=draw(st.sampled_from(["en", "fr"]))))
            tags += [tagging(name, theme, key) for theme in draw(st.sets(st.sampled_from(["access", "money"])))]
            if campaigns and draw(st.booleans()):
                members.append(
                    {"document_id": f"d-{name}", "campaign_id": f"ca-{draw(st.integers(0, 1))}", "similarity": 0.5}
                )
        if draw(st.booleans()):
            answers.append(
                {"response_id": f"r-{key}", "question_id": CLOSED, "text": draw(st.sampled_from(["Yes", "No"]))}
            )
    found = sorted({row["campaign_id"] for row in members})
    given_tables = {
        "responses": rows,
        "documents": docs,
        "passages": passages_of(docs),
        "taggings": tags,
        "answers": answers,
        "campaign_members": members,
        "campaigns": [
            {
                "campaign_id": c, "n_documents": 2, "n_responses": 2,
                "representative_document_id": next(r["document_id"] for r in members if r["campaign_id"] == c),
            }
            for c in found
        ],
    }  # fmt: skip
    return tables(quick=True, **{k: v for k, v in given_tables.items() if v})


SOME = settings(max_examples=25, deadline=None)


@SOME
@given(studies(), st.sampled_from(m.VIEWS))
def test_partitions_add_up(given_tables, view):
    corpus = m.Corpus.from_tables(given_tables)
    chosen = m.Selection(view=view)
    if not m.select(corpus, chosen).n:
        return
    total = m.theme_shares(corpus, chosen).table.set_index("key")["n"]
    for field in ("stakeholder_type", "country", "anonymous"):
        groups = m.respondent_shares(corpus, field, chosen).table
        assert groups["n"].sum() == m.select(corpus, chosen).n
        assert abs(groups["share"].sum() - 1) < 1e-9
        crossed = m.crosstab(corpus, field, selection=chosen).table.groupby("key")["n"].sum()
        assert (crossed.reindex(total.index) == total).all()


@SOME
@given(studies(campaigns=False))
def test_the_views_agree_where_there_are_no_campaigns(given_tables):
    corpus = m.Corpus.from_tables(given_tables)
    results = [m.theme_shares(corpus, m.Selection(view=view)).table for view in m.VIEWS]
    assert results[0].equals(results[1])
    assert results[0].equals(results[2])


@SOME
@given(studies(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(given_tables, random):
    shuffled = {
        name: frame.sample(frac=1, random_state=random.randrange(1000)).reset_index(drop=True)
        for name, frame in given_tables.items()
    }
    twice = (
        shuffled | {"taggings": pd.concat([shuffled["taggings"], shuffled["taggings"]])}
        if "taggings" in shuffled
        else shuffled
    )
    one, other = m.Corpus.from_tables(given_tables), m.Corpus.from_tables(twice)
    for view in m.VIEWS:
        chosen = m.Selection(view=view)
        if not m.select(one, chosen).n:
            continue
        assert m.theme_shares(one, chosen).table.equals(m.theme_shares(other, chosen).table)
        tables_by_country = [m.crosstab(c, "country", selection=chosen).table for c in (one, other)]
        assert tables_by_country[0].equals(tables_by_country[1])


@SOME
@given(studies(), st.sampled_from(m.VIEWS), st.sampled_from(["stakeholder_type", "language", "question_id"]))
def test_every_number_can_be_opened(given_tables, view, field):
    corpus = m.Corpus.from_tables(given_tables)
    chosen = m.Selection(view=view)
    if not m.select(corpus, chosen).n or not len(corpus.documents):
        return
    if field != "stakeholder_type" and not m.select(corpus, chosen).documents.any():
        return
    crossed = m.crosstab(corpus, field, selection=chosen)
    for row in crossed.table.itertuples():
        ids = m.ids_behind(corpus, crossed, row.key, group=row.group)
        assert len(ids) == row.n
        assert len(m.ids_behind(corpus, crossed, None, group=row.group)) == row.N
        assert len(m.ids_behind(corpus, crossed, row.key, group=row.group, mentions=False)) == row.N - row.n


@SOME
@given(studies(), st.sampled_from(["DE", "FR"]), st.sampled_from(m.VIEWS))
def test_views_only_take_away(given_tables, country, view):
    corpus = m.Corpus.from_tables(given_tables)
    chosen = (
        m.Selection(country=country) if country in set(given_tables["responses"]["country"].dropna()) else m.Selection()
    )
    everything, kept = m.select(corpus, chosen), m.select(corpus, chosen.with_(view=view))
    assert (kept.responses <= everything.responses).all()
    assert (kept.documents <= everything.documents).all()
    assert np.array_equal(kept.matching, everything.matching)
    apart = m.select(corpus, chosen.with_(view="apart"))
    once = m.select(corpus, chosen.with_(view="once"))
    assert (apart.responses <= once.responses).all()
