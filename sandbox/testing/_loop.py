"""An ASGI app alive without a server: its lifespan, on an event loop in a thread of its own."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

__all__ = ["App", "alive"]

App = Callable[
    [
        MutableMapping[str, Any],
        Callable[[], Awaitable[MutableMapping[str, Any]]],
        Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ],
    Awaitable[None],
]


@contextmanager
def alive(app: App) -> Iterator[asyncio.AbstractEventLoop]:
    """Keep an app alive for as long as the context lasts; give the event loop on which to call it."""
    life = _Life(app)
    thread = threading.Thread(target=life.live, name="vipps-sandbox", daemon=True)
    thread.start()
    life.begun.wait()
    if life.failure is not None:
        raise RuntimeError("the sandbox did not start") from life.failure
    try:
        yield life.loop
    finally:
        life.loop.call_soon_threadsafe(life.ends.set)
        thread.join()


class _Life:
    """What the thread does, and what both threads know of it."""

    def __init__(self, app: App) -> None:
        self.begun = threading.Event()
        self.failure: BaseException | None = None
        self.loop: asyncio.AbstractEventLoop
        self.ends: asyncio.Event
        self._app = app
        self._is_told = False

    def live(self) -> None:
        try:
            asyncio.run(self._live())
        except BaseException as error:
            if self.begun.is_set():
                raise
            self.failure = error
            self.begun.set()

    async def _live(self) -> None:
        self.loop, self.ends = asyncio.get_running_loop(), asyncio.Event()
        await self._app({"type": "lifespan", "asgi": {"version": "3.0"}}, self._receive, self._send)

    async def _receive(self) -> MutableMapping[str, Any]:
        if not self._is_told:
            self._is_told = True
            return {"type": "lifespan.startup"}
        await self.ends.wait()
        return {"type": "lifespan.shutdown"}

    async def _send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "lifespan.startup.complete":
            self.begun.set()
