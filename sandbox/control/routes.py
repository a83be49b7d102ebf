"""The routes of the sandbox's own API, put together from the endpoints of each subject."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from pydantic_core import to_json, to_jsonable_python
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.api.gateway import Operation, RequestLog
from sandbox.control import clocks, customers, faults, lifecycle, lists, sales_units, webhooks
from sandbox.control.endpoints import Endpoint
from sandbox.control.health import HEALTH
from sandbox.control.streams import Streams
from sandbox.control.units import UNIT, Units
from sandbox.world import World

__all__ = ["described", "routes"]


def routes(
    world: World,
    request_log: RequestLog,
    streams: Streams,
    operations: Sequence[Operation],
    *,
    provisions: bool,
    beside: Sequence[Endpoint] = (),
) -> list[Route]:
    """Return the routes.

    Args:
        operations: Those of Vipps's APIs, for the OpenAPI document.
        provisions: Whether a sales unit comes into being when it is first written to, as with open access.
        beside: Endpoints of other rooms.
    """
    control = _Control(world, request_log, streams, operations, provisions=provisions, beside=beside)
    of_unit = next(endpoint for endpoint in control.endpoints if endpoint.path == UNIT)
    return [
        *(endpoint.route() for endpoint in control.endpoints),
        Route(f"{UNIT}/", of_unit.does, methods=[of_unit.method]),
    ]


def described(
    world: World,
    request_log: RequestLog,
    streams: Streams,
    operations: Sequence[Operation],
    beside: Sequence[Endpoint],
) -> dict[str, Any]:
    """Return the OpenAPI document that /sandbox/openapi.json serves."""
    return _Control(world, request_log, streams, operations, provisions=False, beside=beside).document


class _Control:
    """All endpoints; those about the API itself are methods of it that take the request."""

    def __init__(
        self,
        world: World,
        request_log: RequestLog,
        streams: Streams,
        operations: Sequence[Operation],
        *,
        provisions: bool,
        beside: Sequence[Endpoint],
    ) -> None:
        self._operations = operations
        units = Units(world, provisions=provisions)
        self.endpoints = (
            HEALTH,
            Endpoint(
                method="GET",
                path="/sandbox/openapi.json",
                does=self.describe,
                tag="Sandbox",
                answers={200: dict[str, Any]},
            ),
            *sales_units.endpoints(units),
            *clocks.endpoints(units),
            *customers.endpoints(units),
            *lists.endpoints(units, request_log, streams),
            *lifecycle.endpoints(units, request_log),
            *webhooks.endpoints(units),
            *faults.endpoints(units, frozenset(operation.id for operation in operations)),
            *beside,
        )

    @cached_property
    def document(self) -> dict[str, Any]:
        from sandbox.control.openapi import document  # noqa: PLC0415 - a start is felt in every CI run

        plain: dict[str, Any] = to_jsonable_python(document(self._operations, self.endpoints))
        return plain

    @cached_property
    def _document_json(self) -> bytes:
        return to_json(self.document)

    async def describe(self, request: Request) -> Response:
        """Get this document."""
        return Response(self._document_json, media_type="application/json")
