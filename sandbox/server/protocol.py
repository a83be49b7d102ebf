"""HTTP/1.1 as the sandbox's server speaks it."""

import asyncio
import re
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sandbox.api.gateway.trouble import DROP

__all__ = ["SandboxProtocol"]

_OFFER: Final = b"grade:"  # within the header Upgrade, however its first letter is written
_REQUEST_LINE: Final = re.compile(rb"[A-Z]+ \S+ HTTP/1\.1\r\n")
_PARTS, _PART = 16, 65_536  # how many parts of an answer are gathered, and how many bytes of one
_UPGRADE: Final = re.compile(rb"\nupgrade:", re.IGNORECASE)


class _Gathering:
    """A transport that sends in one piece what is written in one turn of the event loop: an answer's head and body.

    Two pieces cost a system call more and wake the client twice, which is a good part of all that a call takes.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._call_soon = loop.call_soon
        self._parts: list[bytes] = []
        self.is_closing = transport.is_closing

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if not self._parts:
            self._call_soon(self._flush)
        self._parts.append(data)
        if len(self._parts) == _PARTS or len(data) > _PART:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def abort(self) -> None:
        self._parts.clear()
        self._transport.abort()

    def _flush(self) -> None:
        parts, self._parts = self._parts, []
        if parts:
            self._transport.write(b"".join(parts))


class SandboxProtocol(HttpToolsProtocol):
    """HTTP/1.1 with answers in one piece, whose connections an app may break: faults do, and have no other way to.

    It stays HTTP/1.1 whatever a client would rather have. Java's own client offers HTTP/2 with every call to http,
    and the parser would take what follows such an offer for that other protocol, the call's body included.
    Source: uvicorn's issue 2722; RFC 9110, section 7.8, has servers pass such offers over as they like.
    """

    def data_received(self, data: bytes) -> None:
        super().data_received(_without_offer(data) if _OFFER in data else data)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        super().connection_made(_Gathering(transport, self.loop))  # type: ignore[arg-type] # it stands in for one
        self._extensions: dict[str, dict[object, object]] = {DROP: {"abort": self._abort}}

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = self._extensions

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
