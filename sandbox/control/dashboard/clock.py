"""The clock's page, and all buttons that move it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.control import models
from sandbox.control.dashboard.answers import answer_with, routes_of, see
from sandbox.control.dashboard.desk import Desk
from sandbox.control.dashboard.pages import Bar
from sandbox.control.dashboard.parameters import back_of
from sandbox.control.dashboard.places import UNIT, payment_url, unit_url
from sandbox.control.dashboard.words import DUE_WORDS, instant_words, span_words
from sandbox.control.parsing import understood
from sandbox.control.problems import Problem
from sandbox.domain.due_times import Due, DueKind, fall_due, is_awaited
from sandbox.domain.state import UnitState
from sandbox.ui import form_of
from sandbox.world import SalesUnit

__all__ = ["routes"]

_DUES_SHOWN: Final = 30
_DUES_LOOKED_AT: Final = 200
_STEPS: Final[Mapping[str, timedelta]] = {
    "PT1H": timedelta(hours=1),
    "P1D": timedelta(days=1),
    "P7D": timedelta(days=7),
}


def routes(desk: Desk) -> list[Route]:
    clock = _Clock(desk)
    return routes_of(
        {f"{UNIT}/clock": clock.clock},
        {f"{UNIT}/clock": clock.set_clock, f"{UNIT}/clock/advance": clock.advance},
    )


@dataclass(frozen=True, slots=True)
class DueLine:
    at: str
    after: str
    what: str
    reference: str
    url: str
    instant: str  # as the form sends it


@dataclass(frozen=True, slots=True)
class ClockPage:
    """clock.html"""

    bar: Bar
    input_value: str
    dues: Sequence[DueLine]


class _Clock:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def clock(self, request: Request) -> Response:
        unit = self._desk.unit_of(request)
        state, now = unit.up_to_date(), unit.now()
        page = ClockPage(
            bar=self._desk.bar(request, unit, "clock"),
            input_value=f"{now:%Y-%m-%dT%H:%M:%S}",
            dues=[due_line(unit.msn, due, now) for due in next_dues(unit, state)],
        )
        return answer_with(request, "clock.html", page)

    async def advance(self, request: Request) -> Response:
        unit, form = self._desk.unit_of(request), await form_of(request)
        by = form.get("by", "")
        if by == "next":
            due = next(iter(next_dues(unit, unit.up_to_date())), None)
            if due is None:
                raise Problem(409, "Nothing is due", "Nothing waits for the clock in this sales unit.")
            await unit.set_clock(max(due.at, unit.now()))
        elif not by and form.get("to"):
            await unit.set_clock(max(_instant_of(form["to"]), unit.now()))
        elif by in _STEPS:
            if unit.now() + _STEPS[by] > models.LATEST:
                raise Problem(400, "Too far", f"The clock goes to {instant_words(models.LATEST)}.")
            await unit.advance(_STEPS[by])
        else:
            raise Problem(400, "How far?", f"The clock goes forward by {', '.join(_STEPS)}, or to what is next.")
        return see(back_of(form, unit_url(unit.msn, "/clock")))

    async def set_clock(self, request: Request) -> Response:
        unit, form = self._desk.unit_of(request), await form_of(request)
        frozen = {"stand": True, "run": False}.get(form.get("clock", ""))
        await unit.set_clock(_instant_of(form["now"]) if form.get("now") else None, frozen=frozen)
        return see(back_of(form, unit_url(unit.msn, "/clock")))


def _instant_of(text: str) -> datetime:
    """Return the instant that a form names, in UTC unless it says otherwise."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise Problem(400, "No such time", f"{text[:40]!r} is no date and time.") from error
    asked = understood(models.SetClock, {"now": instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant})
    return asked.now or instant


def next_dues(unit: SalesUnit, state: UnitState) -> list[Due]:
    """Return what will really happen next, soonest first: many a promise to look again has become void meanwhile."""
    most = _DUES_LOOKED_AT
    while True:
        waiting = unit.due_times(most)
        found = list(dict.fromkeys(due for due in waiting if _still_means(state, due)))
        if len(found) >= _DUES_SHOWN or len(waiting) < most:
            return found[:_DUES_SHOWN]
        most *= 4


def _still_means(state: UnitState, due: Due) -> bool:
    if due.kind is DueKind.PERSONA or due.kind.is_errand:
        return is_awaited(state, due)
    return bool(fall_due(state, due, due.at))


def due_line(msn: str, due: Due, now: datetime) -> DueLine:
    return DueLine(
        at=instant_words(due.at),
        after=span_words(max(due.at - now, timedelta(0))),
        what=DUE_WORDS.get(due.kind, due.kind.value.capitalize()),
        reference=due.reference,
        url=payment_url(msn, due.reference) if due.reference else "",
        instant=due.at.isoformat(),
    )
