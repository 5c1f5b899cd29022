"""Every number that is shown anywhere is counted here, and nowhere else."""

from __future__ import annotations

from consult.measures.campaigns import campaigns_in, possibly_coordinated_in
from consult.measures.claim_files import StoredClaim, change, checked, read_claims, write_claims
from consult.measures.claims import Claim, ClaimResult, check_claim
from consult.measures.comparing import FEW
from consult.measures.corpus import Corpus
from consult.measures.crosstabs import compare, crosstab, group_lift
from consult.measures.filters import Selected, choices, nearest, parse_where, select, selected
from consult.measures.gaps import GroupGaps, asked_themes, group_gaps, question_gaps, theme_gaps, unasked
from consult.measures.groups import ATTACHMENT, GROUP_FIELDS, PERIODS, UNKNOWN
from consult.measures.hiding import hide_small
from consult.measures.overview import Overview, overview, quality
from consult.measures.phrases import Phrase, find_phrases
from consult.measures.queries import Query
from consult.measures.result import Caveat, Measure
from consult.measures.selection import VIEW_WORDS, VIEWS, Selection, View
from consult.measures.shares import (
    answer_shares,
    closed_answers,
    ids_behind,
    respondent_shares,
    responses_with,
    shares,
    theme_shares,
    topic_shares,
)
from consult.measures.together import cooccurrence, over_time, responses_with_both
from consult.measures.verdicts import LEVELS, Audit, level_name, rules
from consult.measures.views import three_views

__all__ = [
    "ATTACHMENT",
    "FEW",
    "GROUP_FIELDS",
    "LEVELS",
    "PERIODS",
    "UNKNOWN",
    "VIEWS",
    "VIEW_WORDS",
    "Audit",
    "Caveat",
    "Claim",
    "ClaimResult",
    "Corpus",
    "GroupGaps",
    "Measure",
    "Overview",
    "Phrase",
    "Query",
    "Selected",
    "Selection",
    "StoredClaim",
    "View",
    "answer_shares",
    "asked_themes",
    "campaigns_in",
    "change",
    "check_claim",
    "checked",
    "choices",
    "closed_answers",
    "compare",
    "cooccurrence",
    "crosstab",
    "find_phrases",
    "group_gaps",
    "group_lift",
    "hide_small",
    "ids_behind",
    "level_name",
    "nearest",
    "over_time",
    "overview",
    "parse_where",
    "possibly_coordinated_in",
    "quality",
    "question_gaps",
    "read_claims",
    "respondent_shares",
    "responses_with",
    "responses_with_both",
    "rules",
    "select",
    "selected",
    "shares",
    "theme_gaps",
    "theme_shares",
    "three_views",
    "topic_shares",
    "unasked",
    "write_claims",
]
