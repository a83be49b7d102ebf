"""The dashboard's pages, and what their buttons do: each subject has a module of its own.

Pages are whole without scripts: links and forms lead everywhere. Scripts only keep them up to date and open
details in place.
"""

from collections.abc import Iterable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.control.dashboard import (
    beginnings,
    checklist,
    clock,
    connecting,
    details,
    faults,
    payment,
    people,
    recording,
    settings,
    unit,
    units,
    webhooks,
)
from sandbox.control.dashboard.answers import in_words
from sandbox.control.dashboard.desk import Desk
from sandbox.control.problems import Problem

__all__ = ["routes"]

_SUBJECTS: Final = (
    units,
    details,
    unit,
    payment,
    people,
    recording,
    clock,
    webhooks,
    settings,
    faults,
    beginnings,
    connecting,
    checklist,
)
_ANY_METHOD: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def routes(desk: Desk, beside: Iterable[Route] = ()) -> list[Route]:
    """Return the routes, with those of pages from further up in the house.

    Whatever else is asked gets a page with words too.
    """
    return [
        *beside,
        *(route for subject in _SUBJECTS for route in subject.routes(desk)),
        Route("/{rest:path}", in_words(_nothing_here), methods=list(_ANY_METHOD)),
    ]


async def _nothing_here(request: Request) -> Response:
    raise Problem(404, "There is no such page", "The dashboard begins at /.")
