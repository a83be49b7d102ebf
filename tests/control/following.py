"""A listener to a stream of server-sent events, in process: what an HTTP client does, one event at a time."""

import asyncio
import json
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from sandbox.server import Sandbox

__all__ = ["Following", "Told", "following"]

_PATIENCE = 5  # seconds, after which a test fails


class Told(NamedTuple):
    kind: str | None
    place: str | None
    content: Any


class Following:
    """An open stream."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.ended = asyncio.Event()
        self.gone = asyncio.Event()
        self._parts: asyncio.Queue[bytes] = asyncio.Queue()
        self._text = ""

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode().lower(): value.decode() for name, value in message["headers"]}
        else:
            self._parts.put_nowait(message.get("body", b""))
            if not message.get("more_body"):
                self.ended.set()

    async def block(self) -> str:
        """Return what comes next, up to an empty line: an event or a comment."""
        while "\n\n" not in self._text:
            async with asyncio.timeout(_PATIENCE):
                self._text += (await self._parts.get()).decode()
        block, _, self._text = self._text.partition("\n\n")
        return block

    async def next(self, kind: str | None = None) -> Told:
        """Return the next event, or the next of a kind."""
        while True:
            lines = dict(line.partition(": ")[::2] for line in (await self.block()).split("\n"))
            if "data" in lines and kind in {None, lines.get("event")}:
                return Told(lines.get("event"), lines.get("id"), json.loads(lines["data"]))


@asynccontextmanager
async def following(
    sandbox: Sandbox, path: str, *, method: str = "GET", headers: dict[str, str] | None = None
) -> AsyncIterator[Following]:
    """Open a stream and leave it at the end."""
    listener = Following()
    begun = False

    async def receive() -> dict[str, Any]:
        nonlocal begun
        if not begun:
            begun = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await listener.gone.wait()
        return {"type": "http.disconnect"}

    path, _, query = path.partition("?")
    sent = {"host": "sandbox.test", **(headers or {})}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
        "client": ("127.0.0.1", 1),
        "server": ("sandbox.test", 80),
    }
    task = asyncio.create_task(sandbox(scope, receive, listener.send))
    try:
        yield listener
    finally:
        listener.gone.set()
        async with asyncio.timeout(_PATIENCE):
            await task
