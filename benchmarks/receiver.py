"""A receiver of webhooks, as fast as Python can be: it answers 200 to whatever is posted, and looks at nothing.

Run as `python -m benchmarks.receiver PORT`.
"""

import asyncio
import re
import sys
from contextlib import suppress
from typing import Final

__all__: list[str] = []

_LENGTH: Final = re.compile(rb"(?i)\r\ncontent-length: *([0-9]+)")
_ANSWER: Final = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{"status":"ok"}'


class Receiver(asyncio.Protocol):
    """One connection, on which request follows request."""

    def __init__(self) -> None:
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(self._received, 0, end)
            whole = end + 4 + (0 if length is None else int(length[1]))
            if len(self._received) < whole:
                return
            self._received = self._received[whole:]
            if self._transport is not None:
                self._transport.write(_ANSWER)


async def _serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Receiver, "127.0.0.1", port, backlog=256)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(int(sys.argv[1])))
