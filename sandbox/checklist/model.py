"""What a filled-in checklist is made of."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Evidence", "Item", "Verdict"]


class Verdict(StrEnum):
    SHOWN = "shown"
    NOT_SEEN = "not seen yet"
    BROKEN = "broken"
    TO_CHECK = "to check yourself"  # what no log can tell


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What shows an item, as Vipps asks for it: the payment or order, and the call."""

    reference: str | None = None
    request: int | None = None  # its number in the sales unit's request log
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of the checklist; *says* is what happened, and for what is broken how to mend it."""

    id: str
    title: str
    verdict: Verdict
    says: str
    evidence: tuple[Evidence, ...] = ()
    is_recommended: bool = False  # rather than demanded
    how_to_show: str | None = None  # of what is not seen yet
