"""What a filled-in checklist is made of."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sandbox.checklist.story import Story

__all__ = ["Entry", "Evidence", "Finding", "Item", "Verdict"]


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


@dataclass(frozen=True, slots=True)
class Finding:
    """What an app's story says about one line of the list.

    Attributes:
        says: What happened, and how to mend it if broken.
        missing: Of what is shown in parts and not seen yet: those that were not met.
        is_omission: Whether it is broken by what was left undone; another sales unit may show that the app does it.
    """

    verdict: Verdict
    says: str
    evidence: tuple[Evidence, ...] = ()
    missing: tuple[str, ...] = ()
    is_omission: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of Vipps's list, and how it is decided; the words stand in the manual as well.

    *how_to_show* names a call or an act, with `{msn}` for the sales unit; *scenarios* are files that play it.
    """

    id: str
    title: str
    judge: Callable[[Story], Finding]
    shown_when: str
    broken_when: str | None  # None: an app is never said to break it
    how_to_show: str
    scenarios: tuple[str, ...] = ()
    is_recommended: bool = False  # rather than demanded


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of the filled-in list."""

    id: str
    title: str
    verdict: Verdict
    says: str
    evidence: tuple[Evidence, ...]
    missing: tuple[str, ...]
    is_omission: bool
    is_recommended: bool
    how_to_show: str | None  # of what is not seen yet
    scenarios: tuple[str, ...]  # files that play what is not seen yet
