"""A sales unit's page: its payments, its story and a phone, and what is new while it is open."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.control.dashboard import views
from sandbox.control.dashboard.answers import answer_with, routes_of
from sandbox.control.dashboard.connecting import Connection, connection_of
from sandbox.control.dashboard.desk import Desk
from sandbox.control.dashboard.live import LiveTimeline
from sandbox.control.dashboard.pages import Bar, PaymentsColumn, PhoneColumn, Strip, TimelineColumn
from sandbox.control.dashboard.parameters import number_of, search_of
from sandbox.control.dashboard.places import UNIT
from sandbox.control.dashboard.timeline import Look, Place, Show, page_of
from sandbox.control.problems import Problem
from sandbox.control.streams import watching
from sandbox.domain.customers import is_phone_number
from sandbox.domain.errors import UnknownReference
from sandbox.world import SalesUnit

__all__ = ["routes"]

_MOMENTS_SHOWN: Final = 60
_GATHERED: Final = 0.1  # seconds in which news are gathered


def routes(desk: Desk) -> list[Route]:
    unit = _Unit(desk)
    return routes_of({"/": unit.home, UNIT: unit.unit, f"{UNIT}/stream": unit.stream})


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPage:
    """A sales unit: its payments, its story, and a phone (unit.html)."""

    bar: Bar
    payments: PaymentsColumn
    timeline: TimelineColumn
    phone: PhoneColumn
    strip: Strip | None
    welcome: Connection | None  # while nothing has happened


class _Unit:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def home(self, request: Request) -> Response:
        return self._unit_page(request, self._desk.in_use())

    async def unit(self, request: Request) -> Response:
        return self._unit_page(request, self._desk.unit_of(request))

    def _unit_page(self, request: Request, unit: SalesUnit) -> Response:
        state = unit.up_to_date()
        look = _look(request)
        before = _place(request, "before")
        phone = request.query_params.get("phone", "")
        selected = None if look.reference is None else state.payments.get(look.reference)
        if look.reference is not None and selected is None:
            raise UnknownReference(look.reference, unit.msn)
        chosen = phone if is_phone_number(phone) else None
        if chosen is None and selected is not None:
            chosen = selected.customer
        nothing_yet = len(unit.journal) == 1 and next(self._desk.log.of(unit.msn), None) is None
        page = UnitPage(
            bar=self._desk.bar(request, unit, "timeline"),
            payments=views.payments_column(
                unit,
                state,
                search=search_of(request, "find"),
                before=number_of(request, "payments_before"),
                selected=look.reference,
                keep=look.query,
            ),
            timeline=views.timeline_column(
                unit,
                self._desk.log,
                look,
                page_of(unit, self._desk.log, look, before, _MOMENTS_SHOWN),
                at_top=before is None,
            ),
            phone=views.phone_column(unit, state, chosen, look.query),
            strip=None if selected is None else views.strip_of(unit, selected),
            welcome=connection_of(self._desk, request, unit) if nothing_yet else None,
        )
        return answer_with(request, "unit.html", page, frames="'self'")

    async def stream(self, request: Request) -> Response:
        unit = self._desk.unit_of(request)
        last = request.headers.get("last-event-id")
        place = _place(request, "after") if last is None else Place.read(last)
        if place is None:
            raise Problem(400, "From where?", "The stream goes on from a place that the page named.")
        live = LiveTimeline(self._desk.world, unit, self._desk.log, _look(request), place)

        @contextmanager
        def watch(ring: Callable[[], None]) -> Iterator[None]:
            with watching(unit.watchers, ring), watching(self._desk.log.watchers, live.hears(ring)):
                yield

        return self._desk.streams.response(
            request, watch, live.news, pause=_GATHERED, is_over=lambda: self._desk.world.is_gone(unit)
        )


def _look(request: Request) -> Look:
    show = request.query_params.get("show") or Show.ALL
    if show not in list(Show):
        raise Problem(400, "Show what?", f"There are {', '.join(Show)}; not {show[:40]!r}.")
    return Look(Show(show), search_of(request, "q"), request.query_params.get("payment") or None)


def _place(request: Request, name: str) -> Place | None:
    text = request.query_params.get(name)
    if not text:
        return None
    place = Place.read(text)
    if place is None:
        raise Problem(400, "From where?", f"{text[:40]!r} is no place in the timeline.")
    return place
