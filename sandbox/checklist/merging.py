"""One checklist out of those of many sales units, as of the tests of a run: what one shows, no other need show.

Items are as the sandbox's own API answers them: they may come from elsewhere.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sandbox.checklist.findings import EVIDENCE_AT_MOST
from sandbox.checklist.model import Verdict

__all__ = ["Gathered", "excusing"]

_Line = Mapping[str, Any]
_PROVOKED: Final = "provoked"  # beside the verdicts, between `excusing` and `Gathered` only


def excusing(items: Iterable[_Line], excused: Collection[str]) -> list[_Line]:
    """Return the items with what was broken on purpose marked as such; *excused* are ids."""
    return [
        {**item, "verdict": _PROVOKED} if item["verdict"] == Verdict.BROKEN and item["id"] in excused else item
        for item in items
    ]


@dataclass(slots=True)
class _Breaks:
    """What breaks an item: each sentence once, and the first pieces of evidence."""

    says: dict[str, None] = field(default_factory=dict)
    evidence: list[_Line] = field(default_factory=list)

    def take(self, item: _Line) -> bool:
        is_news = item["says"] not in self.says or len(self.evidence) < EVIDENCE_AT_MOST
        self.says[item["says"]] = None
        self.evidence = [*self.evidence, *item["evidence"]][:EVIDENCE_AT_MOST]
        return is_news

    def told_of(self, item: _Line) -> _Line:
        said = {"verdict": Verdict.BROKEN.value, "says": " ".join(self.says), "evidence": self.evidence}
        return {**item, **said, "missing": [], "howToShow": None, "scenarios": []}


@dataclass(slots=True)
class _Gathering:
    """One item, as all sales units have it."""

    first: _Line
    shown: _Line | None = None
    open: _Line | None = None  # with what no sales unit has met
    acts: _Breaks = field(default_factory=_Breaks)
    # Not held against an app that another sales unit shows does it.
    omissions: _Breaks = field(default_factory=_Breaks)

    def take(self, item: _Line) -> bool:
        """Take what one more sales unit says of it, and tell whether that was news."""
        if item["verdict"] == _PROVOKED:
            return False
        if item["verdict"] == Verdict.BROKEN:
            return (self.omissions if item["isOmission"] else self.acts).take(item)
        if item["verdict"] == Verdict.SHOWN:
            is_news, self.shown = self.shown is None, self.shown or item
            return is_news
        if self.open is None:
            self.open = item
            return True
        missing = [part for part in self.open["missing"] if part in item["missing"]]
        if len(missing) == len(self.open["missing"]):
            return False
        self.open = self._met_in_parts(item, missing)
        return True

    def _met_in_parts(self, item: _Line, missing: list[str]) -> _Line:
        before = self.open or item
        evidence = [*before["evidence"], *(one for one in item["evidence"] if one not in before["evidence"])]
        says = f"Not met: {', '.join(missing)}." if missing else "All of it was met, part by part."
        verdict = Verdict.NOT_SEEN if missing else Verdict.SHOWN
        how: _Line = {} if missing else {"howToShow": None, "scenarios": []}
        part = {"verdict": verdict.value, "says": says, "evidence": evidence[:EVIDENCE_AT_MOST], "missing": missing}
        return {**before, **part, **how}

    def item(self) -> _Line:
        if self.acts.says:
            return self.acts.told_of(self.first)
        if self.shown is not None:
            return self.shown
        if self.open is not None and self.open["verdict"] == Verdict.SHOWN:
            return self.open
        if self.omissions.says:
            return self.omissions.told_of(self.first)
        if self.open is not None:
            return self.open
        provoked = {"verdict": Verdict.NOT_SEEN.value, "says": "It was broken on purpose only.", "evidence": []}
        return {**self.first, **provoked}


class Gathered:
    """What sales units showed so far; what they said alike is kept once."""

    def __init__(self) -> None:
        self._items: dict[str, _Gathering] = {}

    def take(self, items: Iterable[_Line]) -> list[_Line]:
        """Take the items of one more sales unit, and return those that told something new."""
        news = []
        for item in items:
            is_new = item["id"] not in self._items
            gathering = self._items.setdefault(item["id"], _Gathering(first=item))
            if gathering.take(item) or is_new:
                news.append(item)
        return news

    def items(self) -> list[_Line]:
        """Return each item once, in the order of Vipps's own list."""
        return [gathering.item() for gathering in self._items.values()]
