"""Whether a theme rises or falls is said in words, and only as far as it can be told."""

from __future__ import annotations

import pandas as pd
import pytest

from consult import measures
from consult.report.trends import trend_words, trends
from measures_study import document, passages_of, response, tables, tagging


def study(share_by_week, *, themes=("access",), size=20):
    """Twenty responses a week, of whom so many mention each of some themes."""
    responses, documents, taggings = [], [], []
    for week, share in enumerate(share_by_week):
        for i in range(size):
            key = f"{week}-{i:02d}"
            when = pd.Timestamp("2020-01-06") + pd.Timedelta(days=21 * week)
            responses.append(response(key, submitted_at=when))
            documents.append(document(key, key))
            taggings += [tagging(key, theme, key) for theme in themes if i < share]
    return measures.Corpus.from_tables(
        tables(quick=True, responses=responses, documents=documents, passages=passages_of(documents), taggings=taggings)
    )


@pytest.mark.parametrize(
    ("weeks", "words"),
    [
        ((1, 6, 12, 18, 19), "Mentioned more often as time went on"),
        ((19, 18, 12, 6, 1), "Mentioned less often as time went on"),
        ((5, 5, 5, 5, 5), "Not shown to be mentioned"),
    ],
)
def test_a_trend_is_said_in_words(weeks, words):
    found = trends(study(weeks), "themes")
    assert trend_words(found, "access").startswith(words)
    assert found.field == "week"


def test_two_periods_are_too_short_to_tell_and_one_day_is_no_time():
    assert "cannot be told" in trend_words(trends(study((2, 15), size=20), "themes"), "access")
    assert trends(study((5,)), "themes") is None
    undated = measures.Corpus.from_tables(tables(responses=[response("a", submitted_at=None)]))
    assert trends(undated, "themes") is None


def test_where_most_rise_together_it_is_said():
    found = trends(study((1, 6, 12, 18, 19), themes=("access", "money", "roma")), "themes")
    assert "may simply say more" in trend_words(found, "access")
