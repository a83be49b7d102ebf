"""The sandbox as a server: in this process until it is told to stop, or in a thread of it."""

import asyncio
import gc
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn

from sandbox.server.app import Sandbox
from sandbox.server.protocol import SandboxProtocol
from sandbox.settings import Settings

__all__ = ["Running", "running", "running_here", "serve"]


class _Server(uvicorn.Server):
    """A uvicorn server on a socket that listens already; it tells its URL when it is ready to answer."""

    def __init__(
        self,
        settings: Settings,
        listener: socket.socket,
        on_start: Callable[[str], None],
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.sandbox = Sandbox(settings)
        self.loop: asyncio.AbstractEventLoop
        super().__init__(
            uvicorn.Config(
                self.sandbox,
                lifespan="on",
                http=SandboxProtocol,
                ws="none",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,  # what links begin with is told by public_url
                timeout_graceful_shutdown=3,
            )
        )
        self._listener = listener
        self._on_start = on_start
        self._tls = tls

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self.config.ssl = self._tls
        await super().startup(sockets)
        if self.should_exit:  # it could not start, which not every uvicorn raises
            return
        self.loop = asyncio.get_running_loop()
        host, port = self._listener.getsockname()[:2]
        scheme = "http" if self._tls is None else "https"
        self._on_start(f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}")

    async def main_loop(self) -> None:
        """Look about ten times a second, as uvicorn does, but without `asyncio.sleep`.

        A test may have replaced that for the whole process; with one that does not wait, nobody would be answered.
        """
        ticks = 0
        while not await self.on_tick(ticks):
            ticks += 1
            passed = asyncio.Event()
            self.loop.call_later(0.1, passed.set)
            await passed.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.sandbox.streams.end()  # uvicorn waits for all that is being answered, before the app's lifespan ends
        await super().shutdown(sockets)

    def serve_until_told(self) -> None:
        self.run(sockets=[self._listener])


def serve(settings: Settings, on_start: Callable[[str], None], tls: ssl.SSLContext | None = None) -> None:
    """Serve until told to stop; *on_start* is told the URL once the server answers.

    Args:
        tls: What to prove ourselves with, see `sandbox.tls`; without it, HTTP is plain.

    Raises:
        OSError: the address cannot be listened on.
    """
    server = _Server(settings, _listener(settings), on_start, tls)
    # A full collection over all stored payments takes tens of milliseconds; nothing here needs it often.
    gc.freeze()
    gc.set_threshold(700, 10, 1000)
    gc.enable()
    server.serve_until_told()


@dataclass(frozen=True, slots=True)
class Running:
    """A server in a thread of this process: its URL, and the app with the event loop that alone may call it."""

    url: str
    app: Sandbox
    loop: asyncio.AbstractEventLoop


@contextmanager
def running(settings: Settings, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Run a server as `running_here` does; give its URL."""
    with running_here(settings, tls) as server:
        yield server.url


@contextmanager
def running_here(settings: Settings, tls: ssl.SSLContext | None = None) -> Iterator[Running]:
    """Run a server in a thread of its own for as long as the context lasts.

    Args:
        tls: What to prove ourselves with, see `sandbox.tls`; without it, HTTP is plain.

    Raises:
        OSError: the address cannot be listened on.
        RuntimeError: the server did not start.
    """
    ready = threading.Event()
    urls: list[str] = []
    failures: list[BaseException] = []

    def on_start(url: str) -> None:
        urls.append(url)
        ready.set()

    def run() -> None:
        try:
            server.serve_until_told()
        except BaseException as error:
            if urls:
                raise
            failures.append(error)
        finally:
            ready.set()

    with _listener(settings) as listener:
        server = _Server(settings, listener, on_start, tls)
        thread = threading.Thread(target=run, name="vipps-sandbox", daemon=True)
        thread.start()
        ready.wait()
        if not urls:
            raise RuntimeError("the sandbox did not start") from (failures[0] if failures else None)
        try:
            yield Running(urls[0], server.sandbox, server.loop)
        finally:
            server.should_exit = True
            thread.join()


def _listener(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    return socket.create_server((settings.host, settings.port), family=family, backlog=2048)
