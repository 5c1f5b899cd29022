"""The stages that find campaigns: the same letter, and the same argument in other words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from consult.pipeline.masking import masked_documents, masked_texts
from consult.pipeline.options import Options, Progress
from consult.pipeline.vectors import study_vectors
from consult.study import Study

if TYPE_CHECKING:
    import pandas as pd

READS = ("documents", "responses")
WRITES = ("campaigns", "campaign_members", "own_parts")
COORDINATION_READS = ("passages", "documents", "responses", "campaign_members")
COORDINATION_WRITES = ("possibly_coordinated",)


def campaigns_of(study: Study, options: Options, report: Progress) -> Mapping[str, pd.DataFrame]:  # noqa: ARG001
    """Find near-identical documents, and what their senders added to them."""
    from consult.campaigns import find_campaigns, own_parts

    documents = masked_documents(study)
    found = find_campaigns(documents, study.read("responses"))
    added = own_parts(documents, found.campaigns, found.members)
    return {"campaigns": found.campaigns, "campaign_members": found.members, "own_parts": added}


def coordination_of(study: Study, options: Options, report: Progress) -> Mapping[str, pd.DataFrame]:
    """Find texts that say the same in other words, close in time."""
    from consult.campaigns import find_possibly_coordinated

    passages, documents = masked_texts(study)
    space = study_vectors(study, passages, documents, options, report)
    found = find_possibly_coordinated(
        passages, documents, study.read("responses"), study.read("campaign_members"), space.passages
    )
    return {"possibly_coordinated": found}
