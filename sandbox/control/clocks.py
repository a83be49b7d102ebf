"""Clocks as the sandbox's own API shows and moves them, one sales unit's or all."""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from sandbox.control import models, shapes
from sandbox.control.endpoints import Endpoint
from sandbox.control.parsing import understood
from sandbox.control.problems import Problem
from sandbox.control.units import UNIT, Units, json_response
from sandbox.control.views import clock_moved_view, clock_view, instant_view
from sandbox.domain.facts import Fact
from sandbox.world import SalesUnit

__all__ = ["endpoints"]


class _Clocks:
    """The endpoints, each a method that takes the request."""

    def __init__(self, units: Units) -> None:
        self._units = units

    async def show_clock(self, request: Request) -> Response:
        """Show a sales unit's clock."""
        return json_response(clock_view(self._units.of(request)))

    async def set_clock(self, request: Request) -> Response:
        """Set, freeze or free the clock; what falls due on the way happens."""
        asked = understood(models.SetClock, await request.body())
        unit = self._units.of(request)
        happened = await unit.set_clock(asked.now, frozen=asked.frozen)
        return json_response(clock_moved_view(unit, happened))

    async def advance_clock(self, request: Request) -> Response:
        """Move the clock forward; what falls due on the way happens."""
        asked = understood(models.Advance, await request.body())
        unit = self._units.of(request)
        return json_response(clock_moved_view(unit, await _advanced(unit, asked)))

    async def set_clocks(self, request: Request) -> Response:
        """Set, freeze or free the clocks of all sales units, one after the other."""
        asked = understood(models.SetClock, await request.body())
        moved: dict[str, shapes.ClockMovedView] = {}
        for unit in list(self._units.world):
            moved[unit.msn] = clock_moved_view(unit, await unit.set_clock(asked.now, frozen=asked.frozen))
        return json_response({"clocks": moved})

    async def advance_clocks(self, request: Request) -> Response:
        """Move the clocks of all sales units forward, one after the other."""
        asked = understood(models.Advance, await request.body())
        units = list(self._units.world)
        for unit in units:
            _check_forward(unit, asked)
        moved = {unit.msn: clock_moved_view(unit, await _advanced(unit, asked)) for unit in units}
        return json_response({"clocks": moved})


def endpoints(units: Units) -> tuple[Endpoint, ...]:
    told = _Clocks(units)
    return (
        Endpoint(
            method="GET",
            path=f"{UNIT}/clock",
            does=told.show_clock,
            tag="Time",
            answers={200: shapes.ClockView},
        ),
        Endpoint(
            method="PUT",
            path=f"{UNIT}/clock",
            does=told.set_clock,
            tag="Time",
            takes=models.SetClock,
            answers={200: shapes.ClockMovedView},
        ),
        Endpoint(
            method="POST",
            path=f"{UNIT}/clock/advance",
            does=told.advance_clock,
            tag="Time",
            takes=models.Advance,
            answers={200: shapes.ClockMovedView},
        ),
        Endpoint(
            method="PUT",
            path="/sandbox/clock",
            does=told.set_clocks,
            tag="Time",
            takes=models.SetClock,
            answers={200: shapes.ClocksMovedView},
        ),
        Endpoint(
            method="POST",
            path="/sandbox/clock/advance",
            does=told.advance_clocks,
            tag="Time",
            takes=models.Advance,
            answers={200: shapes.ClocksMovedView},
        ),
    )


async def _advanced(unit: SalesUnit, asked: models.Advance) -> list[Fact]:
    _check_forward(unit, asked)
    if asked.by is not None:
        return await unit.advance(asked.by)
    return await (unit.set_clock(asked.to) if isinstance(asked.to, datetime) else unit.advance_to_next_due())


def _check_forward(unit: SalesUnit, asked: models.Advance) -> None:
    if asked.by is not None and unit.now() + asked.by > models.LATEST:
        raise Problem(400, "Too far", f"The clock goes to {instant_view(models.LATEST)}.")
    if isinstance(asked.to, datetime) and asked.to < unit.now():
        raise Problem(400, "Not forward", f"The clock shows {instant_view(unit.now())}; PUT sets it back.")
