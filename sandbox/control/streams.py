"""Server-sent events: whoever listens is woken when something was recorded, and nobody waits for whoever listens.

A stream keeps its own place and reads on from there, so a slow listener costs no memory, and one that comes back says
where it was. Source: HTML living standard, "Server-sent events".
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any, Final, TypeVar

from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

__all__ = ["Streams", "event", "watching"]

T = TypeVar("T")
Watch = Callable[[Callable[[], None]], AbstractContextManager[None]]

_MEDIA_TYPE: Final = "text/event-stream"
_HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def event(content: Any, *, place: str, kind: str | None = None) -> bytes:
    """Return one event; *place* is what a listener that comes back names as `Last-Event-ID`."""
    named = b"" if kind is None else f"event: {kind}\n".encode()
    return named + b"id: " + place.encode() + b"\ndata: " + to_json(content) + b"\n\n"  # JSON has no line breaks


@contextmanager
def watching(watchers: list[T], watcher: T) -> Iterator[None]:
    """Have *watcher* among the *watchers* for as long as the context lasts."""
    watchers.append(watcher)
    try:
        yield
    finally:
        watchers.remove(watcher)


class Streams:
    """All streams that are open; they end with the server, which would wait for them otherwise.

    Args:
        heartbeat: Seconds after which a stream says that it is still there, be there news or not.
    """

    def __init__(self, heartbeat: float = 15.0) -> None:
        self._heartbeat = heartbeat
        self._bells: list[asyncio.Event] = []
        self._ended = False

    def __len__(self) -> int:
        return len(self._bells)

    def end(self) -> None:
        """End all streams, and those that are opened from now on."""
        self._ended = True
        for bell in self._bells:
            bell.set()

    def response(
        self,
        request: Request,
        watch: Watch,
        news: Callable[[], Sequence[bytes]],
        pause: float = 0,
        *,
        is_over: Callable[[], bool] = lambda: False,
    ) -> Response:
        """Answer with a stream.

        Args:
            watch: Has its argument called, for as long as the context lasts, whenever there may be news.
            news: Gives the events since it was last called, or the first part of them; nothing once there are none.
            pause: Seconds between two looks for news, in which what happens quickly is gathered.
            is_over: Tells that what was given was the last; the stream ends there. One that goes on at the end is
                answered with 204, at which browsers do not come back.
        """
        if request.method == "HEAD":
            return Response(headers=_HEADERS, media_type=_MEDIA_TYPE)
        if is_over():
            return Response(status_code=204, headers=_HEADERS)
        follow = self._follow(watch, news, pause, is_over)
        return StreamingResponse(follow, headers=_HEADERS, media_type=_MEDIA_TYPE)

    async def wait(self, watch: Watch, is_there: Callable[[], bool], seconds: float) -> None:
        """Wait until what is waited for is there, but not longer than so many seconds, nor than the server lives."""
        bell = asyncio.Event()
        with watching(self._bells, bell), watch(bell.set), suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not is_there() and not self._ended:
                    bell.clear()
                    await bell.wait()

    async def _follow(
        self, watch: Watch, news: Callable[[], Sequence[bytes]], pause: float, is_over: Callable[[], bool]
    ) -> AsyncIterator[bytes]:
        bell = asyncio.Event()
        with watching(self._bells, bell), watch(bell.set):
            yield b"retry: 1000\n\n"  # sent at once: a browser holds a stream for open when its head has come
            while not self._ended and not is_over():
                bell.clear()
                events = news()
                if events:
                    yield b"".join(events)
                    await asyncio.sleep(pause)
                elif not await self._rings(bell):
                    yield b": still here\n\n"

    async def _rings(self, bell: asyncio.Event) -> bool:
        """Wait for the bell; tell whether it rang before the next heartbeat."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._heartbeat):
                return await bell.wait()
        return False
