"""The go-live checklist of Vipps MobilePay, filled in from what an app did in a sales unit."""

from sandbox.checklist.items import ENTRIES, checklist, story_of
from sandbox.checklist.model import Entry, Evidence, Finding, Item, Verdict

__all__ = ["ENTRIES", "Entry", "Evidence", "Finding", "Item", "Verdict", "checklist", "story_of"]
