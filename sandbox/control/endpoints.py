"""What the sandbox's own API is made of: endpoints, each a route and what the OpenAPI document tells of it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

__all__ = ["Endpoint"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One method on one path; the first line of the docstring of what it *does* is its summary.

    What follows from the rest is not told again: 404 of what the path names, 400 of what is malformed, 403 of what
    another site's page sends.
    """

    method: str
    path: str
    does: Callable[[Request], Awaitable[Response]]
    tag: str  # under which a viewer has it
    answers: Mapping[int, Any]  # the type of the JSON, by status
    takes: type[BaseModel] | None = None
    may_lack_body: bool = False
    text: str | None = None  # the media type of a body that is no JSON of a model
    query: type[BaseModel] | None = None
    refuses: tuple[int, ...] = ()  # statuses
    media_type: str = "application/json"

    def route(self) -> Route:
        return Route(self.path, self.does, methods=[self.method])
