"""The page at `/`: how to point an app at the sandbox, and what is in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from sandbox.api.gateway import Credentials
from sandbox.ui import rendered
from sandbox.world import World

__all__ = ["HomePage", "home_route"]

_TEMPLATE: Final = Path(__file__).parent / "templates" / "home.html"
_UNITS_SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class UnitLine:
    msn: str
    name: str
    payments: int


@dataclass(frozen=True, slots=True)
class HomePage:
    """All that home.html shows."""

    base_url: str
    credentials: Sequence[tuple[str, str]]  # none where only those who declared theirs may know them
    is_open: bool  # whether any other credentials do as well
    units: Sequence[UnitLine]  # newest first


def home_route(world: World, credentials: Credentials | None, *, public_url: str | None, is_open: bool) -> Route:
    """Return the route.

    Args:
        credentials: Those to show, to anybody who looks: none that open anything but a sandbox.
    """
    shown = () if credentials is None else _by_name(credentials)

    async def home(request: Request) -> Response:
        units = [
            UnitLine(unit.msn, unit.state.settings.name, len(unit.state.payments)) for unit in reversed(list(world))
        ]
        page = HomePage(
            base_url=public_url or str(request.base_url).rstrip("/"),
            credentials=shown,
            is_open=is_open,
            units=units[:_UNITS_SHOWN],
        )
        headers = {
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
            "X-Frame-Options": "DENY",
        }
        return HTMLResponse(rendered(_TEMPLATE, page), headers=headers)

    return Route("/", home, methods=["GET"])


def _by_name(credentials: Credentials) -> tuple[tuple[str, str], ...]:
    return (
        ("client_id", credentials.client_id),
        ("client_secret", credentials.client_secret),
        ("Ocp-Apim-Subscription-Key", credentials.subscription_key),
        ("Merchant-Serial-Number", credentials.msn),
    )
