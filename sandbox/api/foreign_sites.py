"""Keeps other sites' pages from writing to what is the sandbox's own, in the browser of whoever looks at them."""

from collections.abc import Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["NoForeignWrites"]

_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class NoForeignWrites:
    """An app that is closed to whatever a page of another site sends it, but for reading.

    Args:
        refuse: Says so in the form that is read where the request went.
        public_url: Its pages are the sandbox's own, whatever Host their requests come with.
    """

    def __init__(self, app: ASGIApp, refuse: Callable[[Request], Response], public_url: str | None = None) -> None:
        self._app = app
        self._refuse = refuse
        self._public_origin = None if public_url is None else _origin_of(public_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        if request.method not in _SAFE_METHODS and self._is_foreign(request):
            await self._refuse(request)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _is_foreign(self, request: Request) -> bool:
        """Whether another site's page sent it. What is no browser sends no Origin."""
        origin = request.headers.get("origin")
        if origin is None:
            return False
        if origin.lower() == self._public_origin:
            return False
        # The scheme may differ: something before the sandbox may speak TLS for it.
        _, _, host = origin.partition("://")
        return not host or host.lower() != request.headers.get("host", "").lower()


def _origin_of(url: str) -> str:
    """Return the origin that browsers name for pages at *url*, which has no path; they leave the usual port out."""
    default = ":443" if url.lower().startswith("https") else ":80"
    return url.lower().removesuffix(default)
