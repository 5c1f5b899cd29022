"""How large a campaign is, and when it was sent."""

from __future__ import annotations

import pandas as pd


def summary(sent: pd.DataFrame, by: str = "campaign_id") -> pd.DataFrame:
    """
    Count the documents and responses of each campaign, or group of documents.

    Args:
        sent: One row a document of a group: `by`, ``document_id``, ``response_id``, ``submitted_at``.
        by: The column that names the group.

    Returns:
        One row a group, by its id: `by`, ``n_documents``, ``n_responses``, ``first_at``, ``last_at``.
    """
    return sent.groupby(by, as_index=False).agg(
        n_documents=("document_id", "nunique"),
        n_responses=("response_id", "nunique"),
        first_at=("submitted_at", "min"),
        last_at=("submitted_at", "max"),
    )
