"""The dashboard's pages, and what their buttons do: each subject has a module of its own.

Pages are whole without scripts: links and forms lead everywhere. Scripts only keep them up to date and open
details in place.
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.api.gateway import Gateway, RequestLog
from sandbox.control.dashboard import (
    beginnings,
    checklist,
    clock,
    connecting,
    details,
    faults,
    payment,
    people,
    settings,
    unit,
    units,
    webhooks,
)
from sandbox.control.dashboard.answers import in_words
from sandbox.control.dashboard.desk import Connect, Desk
from sandbox.control.dashboard.places import DASHBOARD
from sandbox.control.problems import Problem
from sandbox.control.streams import Streams
from sandbox.world import World

__all__ = ["routes"]

_SUBJECTS: Final = (
    units,
    details,
    unit,
    payment,
    people,
    clock,
    webhooks,
    settings,
    faults,
    beginnings,
    connecting,
    checklist,
)
_ANY_METHOD: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def routes(
    world: World, request_log: RequestLog, streams: Streams, gateway: Gateway, connect: Connect
) -> list[Route]:
    """Return the routes; whatever else is asked below them gets a page with words too."""
    desk = Desk(world, request_log, streams, gateway, connect)
    return [
        *(route for subject in _SUBJECTS for route in subject.routes(desk)),
        Route(f"{DASHBOARD}/{{rest:path}}", in_words(_nothing_here), methods=list(_ANY_METHOD)),
    ]


async def _nothing_here(request: Request) -> Response:
    raise Problem(404, "There is no such page", "The dashboard begins at /.")
