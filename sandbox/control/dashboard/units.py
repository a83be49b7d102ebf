"""The list of all sales units."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.control.dashboard.answers import answer_with, routes_of
from sandbox.control.dashboard.desk import Desk, unit_line
from sandbox.control.dashboard.forms import number_of, search_of
from sandbox.control.dashboard.pages import UnitLine
from sandbox.control.dashboard.places import DASHBOARD, with_query

__all__ = ["routes"]

_UNITS_SHOWN: Final = 100


def routes(desk: Desk) -> list[Route]:
    return routes_of({DASHBOARD: _Units(desk).units})


@dataclass(frozen=True, slots=True)
class UnitsPage:
    """units.html"""

    units: Sequence[UnitLine]
    count: int
    search: str
    strays: int
    older_url: str | None


class _Units:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def units(self, request: Request) -> Response:
        sought = search_of(request, "find").casefold()
        before = number_of(request, "before")
        every = list(self._desk.world)
        newest = len(every) if before is None else min(max(before - 1, 0), len(every))
        found = (
            (number, unit)
            for number, unit in zip(range(newest, 0, -1), reversed(every[:newest]), strict=True)
            if sought in unit.msn or sought in unit.state.settings.name.casefold()
        )
        shown = list(islice(found, _UNITS_SHOWN + 1))
        more = len(shown) > _UNITS_SHOWN
        page = UnitsPage(
            units=[unit_line(unit) for _, unit in shown[:_UNITS_SHOWN]],
            count=len(every),
            search=search_of(request, "find"),
            strays=self._desk.log.count_of(None),
            older_url=with_query(DASHBOARD, find=sought, before=str(shown[_UNITS_SHOWN - 1][0])) if more else None,
        )
        return answer_with(request, "units.html", page)
