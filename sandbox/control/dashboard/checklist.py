"""The go-live checklist in words, with links to what shows each item."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.api.gateway import RequestLog
from sandbox.checklist import Evidence, Item, Verdict, checklist, story_of
from sandbox.control.dashboard.answers import answer_with, routes_of
from sandbox.control.dashboard.desk import Desk
from sandbox.control.dashboard.pages import Bar
from sandbox.control.dashboard.places import UNIT, payment_url, request_url
from sandbox.control.dashboard.words import Told, instant_words
from sandbox.world import SalesUnit

__all__ = ["routes"]

_VERDICTS: Final[Mapping[Verdict, Told]] = {  # in the order in which they are read
    Verdict.BROKEN: Told("aborted", "Broken", "bad"),
    Verdict.SHOWN: Told("authorized", "Shown", "good"),
    Verdict.NOT_SEEN: Told("waiting", "Not seen yet", "waiting"),
    Verdict.TO_CHECK: Told("help", "To check yourself", "info"),
}


def routes(desk: Desk) -> list[Route]:
    return routes_of({f"{UNIT}/checklist": _Checklist(desk).checklist})


@dataclass(frozen=True, slots=True)
class CheckEvidence:
    """What shows an item of the checklist; where it names a payment or a call that is known, it leads there."""

    what: str
    reference: str | None
    payment_url: str | None
    request: str | None
    request_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLine:
    id: str
    title: str
    says: str
    evidence: Sequence[CheckEvidence]
    is_recommended: bool
    how_to_show: str | None
    scenarios: Sequence[str]


@dataclass(frozen=True, slots=True)
class CheckGroup:
    """The items of one verdict."""

    id: str
    verdict: Told
    lines: Sequence[CheckLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistPage:
    """checklist.html"""

    bar: Bar
    at: str
    note: str | None
    groups: Sequence[CheckGroup]


class _Checklist:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def checklist(self, request: Request) -> Response:
        unit = self._desk.unit_of(request)
        story = story_of(unit, self._desk.log)
        page = ChecklistPage(
            bar=self._desk.bar(request, unit, "checklist"),
            at=instant_words(story.now),
            note=story.note,
            groups=_groups_of(unit, self._desk.log, checklist(story)),
        )
        return answer_with(request, "checklist.html", page)


def _groups_of(unit: SalesUnit, request_log: RequestLog, items: Sequence[Item]) -> list[CheckGroup]:
    """Return the items by their verdict, what is broken first."""
    kept = {exchange.number for exchange in request_log.of(unit.msn)}
    return [
        CheckGroup(
            verdict.name.lower().replace("_", "-"),
            told,
            [_line_of(unit, kept, item) for item in items if item.verdict is verdict],
        )
        for verdict, told in _VERDICTS.items()
    ]


def _line_of(unit: SalesUnit, kept: set[int], item: Item) -> CheckLine:
    return CheckLine(
        id=item.id,
        title=item.title,
        says=item.says,
        evidence=[_evidence_of(unit, kept, evidence) for evidence in item.evidence],
        is_recommended=item.is_recommended,
        how_to_show=item.how_to_show,
        scenarios=item.scenarios,
    )


def _evidence_of(unit: SalesUnit, kept: set[int], evidence: Evidence) -> CheckEvidence:
    reference, number = evidence.reference, evidence.request
    return CheckEvidence(
        evidence.what,
        reference,
        payment_url(unit.msn, reference) if reference is not None and reference in unit.state.payments else None,
        None if number is None else f"request {number}",
        request_url(unit.msn, number) if number in kept and number is not None else None,
    )
