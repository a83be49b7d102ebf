"""The list of all sales units."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.control.dashboard.answers import answer_with, routes_of
from sandbox.control.dashboard.desk import Desk, unit_line
from sandbox.control.dashboard.pages import Filter, UnitLine
from sandbox.control.dashboard.paging import newest_first
from sandbox.control.dashboard.parameters import number_of, search_of
from sandbox.control.dashboard.places import DASHBOARD, with_query

__all__ = ["routes"]

_UNITS_SHOWN: Final = 100
_PLAYS: Final = "plays"


def routes(desk: Desk) -> list[Route]:
    return routes_of({DASHBOARD: _Units(desk).units})


@dataclass(frozen=True, slots=True)
class UnitsPage:
    """units.html"""

    units: Sequence[UnitLine]
    search: str
    show: str  # "plays" for those that were made for plays and tests, else ""
    filters: Sequence[Filter]
    strays: int
    older_url: str | None


class _Units:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def units(self, request: Request) -> Response:
        search = search_of(request, "find")
        sought = search.casefold()
        before = number_of(request, "before")
        show = _PLAYS if request.query_params.get("show") == _PLAYS else ""
        every = [unit for unit in self._desk.world if (unit.purpose is not None) == (show == _PLAYS)]
        shown, older = newest_first(
            every,
            before,
            lambda unit: sought in f"{unit.msn}\n{unit.state.settings.name}\n{unit.purpose or ''}".casefold(),
            most=_UNITS_SHOWN,
        )
        page = UnitsPage(
            units=[unit_line(unit) for unit in shown],
            search=search,
            show=show,
            filters=[
                Filter("show-apps", "Of apps", with_query(DASHBOARD, find=search), show == ""),
                Filter(
                    "show-plays", "Plays and tests", with_query(DASHBOARD, show=_PLAYS, find=search), show == _PLAYS
                ),
            ],
            strays=self._desk.log.count_of(None),
            older_url=None if older is None else with_query(DASHBOARD, show=show, find=search, before=str(older)),
        )
        return answer_with(request, "units.html", page)
