"""The real sources: every row accounted for, every question of its kind."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from consult.ingest import read_sources

DATA = Path(__file__).parents[1].parent / "shared/data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"the real consultations are not here ({DATA})")

# source, format, rows, responses, set aside, open, closed, attachment questions
LINES = [
    ("ec-ai-whitepaper-2020/contributions.csv", "hys_questionnaire", 1216, 1216, 0, 18, 42, 1),
    ("ec-ai-act-2021", "hys_scraper", 304, 303, 1, 1, 0, 0),
    ("ec-ai-act-2021/feedbacks.csv", "hys_scraper", 304, 303, 1, 1, 0, 0),
    ("formats/eu_consultations_0.4.0_roundtrip_sample.json", "eu_consultations", 1, 1, 0, 1, 0, 0),
    ("formats/hys_api_allFeedback_records.json", "hys_api", 2, 2, 0, 2, 0, 0),
    ("de-freiraum-ottensen/dataset-Ottensen-thematic-d1a.csv", "table", 697, 697, 0, 2, 12, 0),
    ("us-cms-2025-0050/CMS-2025-0050-0031.csv", "regulations_gov", 983, 981, 2, 1, 0, 0),
    ("eusurvey-everse/Content_Export_EVERSElandscaping_Survey_results.xls", "eusurvey", 28, 28, 0, 98, 129, 0),
    ("us-cdo-campaigns/EPA-R05-OAR-2020-0055-0007.csv", "table", 204, 204, 0, 1, 4, 0),
    ("us-cdo-campaigns/EPA-R06-OAR-2020-0510-0001.csv", "table", 313, 313, 0, 1, 5, 0),
    ("us-cdo-campaigns/USDA-2020-0009-0001.csv", "table", 795, 795, 0, 1, 4, 0),
    ("sib200/deu_Latn/train.tsv", "table", 701, 701, 0, 1, 1, 0),
    ("gold-ai-whitepaper/dev.jsonl", "table", 210, 210, 0, 2, 5, 0),
    ("founding-statement", "papers", 1, 1, 0, 0, 0, 0),
]


@cache
def read(source):
    """Read a source once for all tests; they only look at it."""
    return read_sources([DATA / source])


@needs_data
@pytest.mark.parametrize("line", LINES, ids=[line[0] for line in LINES])
def test_real_source(line):
    """Rows in = responses + set aside, and the questions are of the kinds they were asked as."""
    source, reader, n_rows, n_responses, n_aside, *kinds = line
    found = read(source)
    sums = found.sources[["n_rows", "n_responses", "n_set_aside"]].sum().tolist()
    assert sums == [n_rows, n_responses, n_aside]
    assert set(found.sources["format"]) == {reader}
    assert len(found.responses) == n_responses
    assert [int((found.questions["kind"] == k).sum()) for k in ("open", "closed", "attachment")] == kinds
    assert set(found.answers["response_id"]) <= set(found.responses["response_id"])
    assert set(found.answers["question_id"]) <= set(found.questions["question_id"])


@needs_data
def test_whitepaper_cells():
    """Every open answer is kept but those that a spreadsheet replaced by #NAME?."""
    found = read("ec-ai-whitepaper-2020/contributions.csv")
    kinds = found.answers.merge(found.questions, on="question_id")["kind"].value_counts()
    assert kinds["open"] == 6650
    lost = found.set_aside[found.set_aside["reason"].str.startswith("'#NAME?'")]
    assert len(lost) == 41
    assert lost["item"].str.startswith("cell '").all()
    repeated = found.questions[found.questions["text"] == "Other, please specify:"]
    assert len(repeated) == 2
    assert found.questions["text"].str.contains("?: ", regex=False).any()
    assert (found.responses["stakeholder_type"] == "unknown").sum() == 460
    assert found.responses["country"].dropna().str.fullmatch("[A-Z]{2}").all()
    assert found.responses["submitted_at"].notna().all()


@needs_data
def test_ai_act_attachments():
    """Attachment texts are joined by id, and an absent file is set aside, not lost."""
    found = read("ec-ai-act-2021")
    assert len(found.attachments) == 254
    listed = pd.read_csv(DATA / "ec-ai-act-2021/attachments.csv")
    absent = found.set_aside["item"].str.startswith("attachment").sum()
    of_rejected = 1
    assert len(found.attachments) + absent + of_rejected == len(listed)
    pages = found.attachment_pages.merge(found.attachments, on=["response_id", "attachment"])
    assert (pages["end"] <= pages["text"].str.len()).all()


@needs_data
def test_same_submissions_in_scraper_and_table():
    """A folder and its own table given together are the same responses."""
    found = read_sources([DATA / "ec-ai-act-2021", DATA / "ec-ai-act-2021/feedbacks.csv"])
    assert len(found.responses) == 303
    assert len(found.attachments) == 254
