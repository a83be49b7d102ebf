"""Keeps pages of other sites from reaching a sandbox that listens on loopback, by a name that they made lead there.

DNS rebinding: a foreign site's own name is made to lead to 127.0.0.1, and its pages then count as ours. They still
say that name as the Host. What the public DNS can never answer for passes: addresses, names of one word, and the
endings that are kept for private use. Source: RFC 6761 (`localhost`, `test`); ICANN's reservation of `internal`.
"""

from collections.abc import Callable, Iterable
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["OnlyKnownHosts"]

_PRIVATE_ENDINGS: Final = (".localhost", ".test", ".internal")


class OnlyKnownHosts:
    """An app that answers only by the names that its own pages have.

    Args:
        listens_on: The address that the server listens on; on any other than loopback every Host passes.
        public_url: Where browsers find it, if that is elsewhere.
        refuse: Says so in the form that is read where the request went.
        names: What else it is called: the names of its certificate.
    """

    def __init__(
        self,
        app: ASGIApp,
        listens_on: str,
        refuse: Callable[[Request], Response],
        public_url: str | None = None,
        names: Iterable[str] = (),
    ) -> None:
        self._app = app
        self._refuse = refuse
        self._checks = _is_loopback(listens_on)
        self._names = {name.lower() for name in names}
        if public_url is not None:
            self._names.add(_name_of(urlsplit(public_url).netloc))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._checks:
            request = Request(scope)
            host = request.headers.get("host", "")  # whoever sends none is no browser
            name = _name_of(host)
            if not (name in self._names or _is_private(name)):
                await self._refuse(request)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _name_of(host: str) -> str:
    """Return a Host without its port, in lower case, an IPv6 address without its brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower().removesuffix(".")


def _is_private(name: str) -> bool:
    return "." not in name or name.endswith(_PRIVATE_ENDINGS) or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return ip_address(host).is_loopback if _is_address(host) else host == "localhost"
