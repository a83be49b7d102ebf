"""The go-live checklist of Vipps MobilePay, filled in from what an app did in a sales unit."""

from sandbox.checklist.items import checklist
from sandbox.checklist.model import Evidence, Item, Verdict

__all__ = ["Evidence", "Item", "Verdict", "checklist"]
