"""Labels proposed by a language model, kept beside the labels of a study."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from consult.pipeline.masking import masked_texts
from consult.study import Study

if TYPE_CHECKING:
    from consult.topics.proposals import Proposal, Request

PROPOSALS = "label_proposals.jsonl"
KEYS = ("CONSULT_LLM_KEY", "OPENAI_API_KEY")
"""Where the key of the service is looked for, in the environment."""


def label_requests(study: Study, language: str) -> list[Request]:
    """Return what would be sent to have labels proposed for a study's topics; sends nothing."""
    from consult.topics.proposals import make_requests

    passages, _ = masked_texts(study)
    return make_requests(
        study.read("topics"), study.read("topic_terms"), study.read("topic_quotes"), passages, language
    )


def propose_labels(study: Study, requests: list[Request], address: str, model: str) -> int:
    """
    Send requests to an OpenAI-compatible address, keep the proposals in the study, and return how many were made.

    Raises:
        UserError: The service cannot be reached, refuses, or answers something else; what came before is kept.
    """
    from consult.topics.proposals import propose

    key = next((os.environ[name] for name in KEYS if os.environ.get(name)), None)
    made = 0
    when = datetime.now(tz=UTC).isoformat(timespec="seconds")
    for proposal in propose(requests, address, model, when=when, key=key):
        study.append(PROPOSALS, proposal.record())
        made += 1
    return made


def label_proposals(study: Study) -> dict[str, Proposal]:
    """Return the latest proposal of each topic that still has the label it was made for, by topic id."""
    from consult.topics.proposals import current

    return current(list(study.lines(PROPOSALS)), study.read("topics"))
