"""Whether the sandbox is up.

A module of its own, for whoever starts a sandbox waits for this answer and for nothing else of the sandbox's own API.
"""

from typing import Final, Literal

from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from sandbox import __version__
from sandbox.control.endpoints import Endpoint
from sandbox.control.units import json_response

__all__ = ["HEALTH", "HealthView", "health"]


class HealthView(TypedDict):
    status: Literal["ok"]
    version: str


async def health(request: Request) -> Response:
    """Tell that the sandbox is up."""
    view: HealthView = {"status": "ok", "version": __version__}
    return json_response(view)


HEALTH: Final = Endpoint(method="GET", path="/sandbox/health", does=health, tag="Sandbox", answers={200: HealthView})
