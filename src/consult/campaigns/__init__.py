"""Near-identical documents sent by several responses, and texts that say the same in other words."""

from __future__ import annotations

from consult.campaigns.changes import Change, changes, own_parts
from consult.campaigns.coordination import find_possibly_coordinated
from consult.campaigns.find import Campaigns, find_campaigns

__all__ = ["Campaigns", "Change", "changes", "find_campaigns", "find_possibly_coordinated", "own_parts"]
