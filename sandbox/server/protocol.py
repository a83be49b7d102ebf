"""HTTP/1.1 as the sandbox's server speaks it."""

import re
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sandbox.api.gateway.trouble import DROP

__all__ = ["DroppingProtocol"]

_OFFER: Final = b"grade:"  # within the header Upgrade, however its first letter is written
_REQUEST_LINE: Final = re.compile(rb"[A-Z]+ \S+ HTTP/1\.1\r\n")
_UPGRADE: Final = re.compile(rb"\nupgrade:", re.IGNORECASE)


class DroppingProtocol(HttpToolsProtocol):
    """HTTP/1.1 whose connections an app may break: faults do, and an ASGI app has no other way to.

    It stays HTTP/1.1 whatever a client would rather have. Java's own client offers HTTP/2 with every call to http,
    and the parser would take what follows such an offer for that other protocol, the call's body included.
    Source: uvicorn's issue 2722; RFC 9110, section 7.8, has servers pass such offers over as they like.
    """

    def data_received(self, data: bytes) -> None:
        super().data_received(_without_offer(data) if _OFFER in data else data)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {DROP: {"abort": self._abort}}

    def _abort(self) -> None:
        self.transport.abort()
        if self.cycle is not None:
            self.cycle.disconnected = True  # nobody is there to be told that there was no answer


def _without_offer(data: bytes) -> bytes:
    """Return what was received with the header Upgrade under another name, of the same length.

    Only of what begins with a request line: a body is left as it is. Clients send a head in one piece.
    """
    head, end, rest = data.partition(b"\r\n\r\n")
    if _REQUEST_LINE.match(head) is None:
        return data
    return _UPGRADE.sub(rb"\nOffered:", head) + end + rest
