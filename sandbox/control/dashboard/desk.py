"""What every page of the dashboard begins with: the sales unit that it is about, and the bar above it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from starlette.requests import Request

from sandbox.api.gateway import Credentials, Gateway, RequestLog
from sandbox.control.dashboard.answers import NoSuchUnit
from sandbox.control.dashboard.pages import Bar, UnitLine
from sandbox.control.dashboard.places import unit_url
from sandbox.control.dashboard.words import instant_words, milliseconds
from sandbox.control.streams import Streams
from sandbox.world import SalesUnit, World

__all__ = ["Connect", "Desk", "unit_line"]

_UNITS_IN_MENU: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Connect:
    """How an app may come in.

    Args:
        shown: The credentials that anybody may see who looks: none that open anything but a sandbox.
        merchants: Everybody's, for *Try it*.
        is_open: Whether any other credentials do as well.
    """

    shown: Credentials | None
    merchants: Sequence[Credentials]
    is_open: bool
    public_url: str | None
    has_door: bool  # whether somebody logged in to be here


@dataclass(frozen=True, slots=True)
class Desk:
    """What all pages are made from."""

    world: World
    log: RequestLog
    streams: Streams
    gateway: Gateway
    connect: Connect

    def unit_of(self, request: Request) -> SalesUnit:
        """Return the sales unit that the path names."""
        msn = request.path_params["msn"]
        unit = self.world.find(msn)
        if unit is None:
            raise NoSuchUnit(msn)
        return unit

    def in_use(self) -> SalesUnit:
        """Return the sales unit that an application called last, else the first one."""
        called = (self.world.find(exchange.msn) for exchange in self.log.newest() if exchange.msn is not None)
        return next((unit for unit in called if unit is not None and unit.purpose is None), next(iter(self.world)))

    def base_url(self, request: Request) -> str:
        return self.connect.public_url or str(request.base_url).rstrip("/")

    def bar(self, request: Request, unit: SalesUnit, here: str) -> Bar:
        now = unit.now()
        others = (each for each in reversed(list(self.world)) if each is not unit and each.purpose is None)
        nearby = islice(others, _UNITS_IN_MENU)
        query = f"?{request.url.query}" if request.url.query else ""
        return Bar(
            msn=unit.msn,
            name=unit.state.settings.name,
            url=unit_url(unit.msn),
            here=here,
            back=request.url.path + query,
            units=[unit_line(unit, is_this=True), *(unit_line(each) for each in nearby)],
            now_text=instant_words(now),
            now_ms=milliseconds(now),
            frozen=unit.frozen,
            strays=self.log.count_of(None),
            may_log_out=self.connect.has_door,
        )


def unit_line(unit: SalesUnit, *, is_this: bool = False) -> UnitLine:
    state = unit.state
    return UnitLine(unit.msn, state.settings.name, unit_url(unit.msn), len(state.payments), unit.purpose, is_this)
