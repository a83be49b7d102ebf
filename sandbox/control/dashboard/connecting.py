"""How to point an app at the sandbox, and *Try it* for who has none yet."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.api.gateway import Credentials
from sandbox.control.dashboard.answers import answer_with, routes_of, see
from sandbox.control.dashboard.desk import Desk
from sandbox.control.dashboard.pages import Bar
from sandbox.control.dashboard.places import UNIT, payment_url, unit_url
from sandbox.control.dashboard.tryout import TryOut
from sandbox.control.problems import Problem
from sandbox.ui import form_of
from sandbox.world import SalesUnit

__all__ = ["Connection", "connection_of", "routes"]

_CALM: Final = 0.6  # seconds between two steps of *Try it*, for whoever watches


def routes(desk: Desk) -> list[Route]:
    connect = _Connect(desk)
    return routes_of({f"{UNIT}/connect": connect.connect}, {f"{UNIT}/try": connect.try_it})


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """How to point an app at the sandbox."""

    base_url: str
    credentials: Sequence[tuple[str, str, str]]  # id, name, value; none where only those who declared theirs may know
    is_open: bool  # whether any other credentials do as well
    curl: str
    try_url: str | None


@dataclass(frozen=True, slots=True)
class ConnectPage:
    """connect.html"""

    bar: Bar
    connection: Connection


class _Connect:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def connect(self, request: Request) -> Response:
        unit = self._desk.unit_of(request)
        page = ConnectPage(self._desk.bar(request, unit, "connect"), connection_of(self._desk, request, unit))
        return answer_with(request, "connect.html", page)

    async def try_it(self, request: Request) -> Response:
        unit, form = self._desk.unit_of(request), await form_of(request)
        merchant = _merchant_of(self._desk, unit)
        if merchant is None:
            raise Problem(409, "Nobody to play", f"No credentials are declared for sales unit {unit.msn}.")
        pause = _CALM if form.get("pace") == "calm" else 0.0
        reference = await TryOut(self._desk.gateway, unit, merchant, self._desk.base_url(request), pause).play()
        return see(unit_url(unit.msn) if reference is None else payment_url(unit.msn, reference))


def connection_of(desk: Desk, request: Request, unit: SalesUnit) -> Connection:
    """Return how to reach a sales unit from where the page was asked for."""
    shown = desk.connect.shown
    base_url = desk.base_url(request)
    return Connection(
        base_url=base_url,
        credentials=[] if shown is None else _by_name(replace(shown, msn=unit.msn)),
        is_open=desk.connect.is_open,
        curl=_first_call(base_url, unit.msn, shown),
        try_url=None if _merchant_of(desk, unit) is None else unit_url(unit.msn, "/try"),
    )


def _merchant_of(desk: Desk, unit: SalesUnit) -> Credentials | None:
    """Return credentials that mean the unit; with open access any do."""
    merchants = desk.connect.merchants
    if desk.connect.is_open:
        return merchants[0]
    return next((one for one in merchants if one.msn == unit.msn), None)


def _by_name(credentials: Credentials) -> list[tuple[str, str, str]]:
    return [
        ("client-id", "client_id", credentials.client_id),
        ("client-secret", "client_secret", credentials.client_secret),
        ("subscription-key", "Ocp-Apim-Subscription-Key", credentials.subscription_key),
        ("msn", "Merchant-Serial-Number", credentials.msn),
    ]


def _first_call(base_url: str, msn: str, shown: Credentials | None) -> str:
    """Return a command that asks for a token, the first thing that an app does."""
    client_id, secret, key = (
        ("$CLIENT_ID", "$CLIENT_SECRET", "$SUBSCRIPTION_KEY")
        if shown is None
        else (shown.client_id, shown.client_secret, shown.subscription_key)
    )
    return " \\\n  ".join(
        (
            f"curl -X POST {base_url}/accesstoken/get",
            f'-H "client_id: {client_id}"',
            f'-H "client_secret: {secret}"',
            f'-H "Ocp-Apim-Subscription-Key: {key}"',
            f'-H "Merchant-Serial-Number: {msn}"',
        )
    )
