"""Near-identical documents sent by several responses."""

from __future__ import annotations

from consult.campaigns.changes import Change, changes, own_parts
from consult.campaigns.find import Campaigns, find_campaigns

__all__ = ["Campaigns", "Change", "changes", "find_campaigns", "own_parts"]
