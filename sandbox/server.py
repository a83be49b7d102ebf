"""The sandbox as one ASGI app, and as a server.

Vipps's own paths go to the gateway; what is the sandbox's own goes to a Starlette app beside it. The two never
collide: the sandbox's own paths are few and fixed.
"""

import gc
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

import uvicorn
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException

from sandbox import control, phone
from sandbox.api import access_token, epayment, order_management, userinfo
from sandbox.api.gateway import Access, DeclaredAccess, Gateway, OpenAccess, RequestLog
from sandbox.api.gateway.gateway import MARK, MAXIMUM_BODY
from sandbox.control.problems import (
    Problem,
    render_http_exception,
    render_problem,
    render_refusal,
    render_validation_error,
)
from sandbox.domain.errors import Refusal
from sandbox.settings import HOME, AccessMode, Settings
from sandbox.world import World
from sandbox.world.world import wall_clock

__all__ = ["Sandbox", "running", "serve"]

_Scope = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
_Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_OURS: Final = frozenset({"", "sandbox", "phone", "landing", "favicon.ico"})


class Sandbox:
    """The whole sandbox as an ASGI app.

    Args:
        real_now: The wall clock, in UTC.
    """

    def __init__(self, settings: Settings | None = None, *, real_now: Callable[[], datetime] = wall_clock) -> None:
        self.settings = settings or Settings()
        self.world = World(self.settings.unit_settings, real_now=real_now)
        self.request_log = RequestLog()
        access = self._access()
        self._gateway = Gateway(
            self.world,
            [
                *access_token.operations(access, self.world),
                *epayment.OPERATIONS,
                *order_management.OPERATIONS,
                *userinfo.OPERATIONS,
            ],
            access=access,
            request_log=self.request_log,
            public_url=self.settings.public_url,
        )
        is_open = self.settings.access is AccessMode.OPEN
        self._own = Starlette(
            routes=[
                control.home_route(
                    self.world,
                    self.settings.credentials[0],
                    public_url=self.settings.public_url,
                    is_open=is_open,
                ),
                *control.routes(self.world, self.request_log, provisions=is_open),
                *phone.routes(self.world),
            ],
            exception_handlers={
                Problem: render_problem,
                Refusal: render_refusal,
                ValidationError: render_validation_error,
                HTTPException: render_http_exception,
            },
        )

    async def __call__(self, scope: _Scope, receive: _Receive, send: _Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["path"].removeprefix("/").partition("/")[0] in _OURS:
            await self._own(scope, _limited(receive), _marked(send))
        else:
            await self._gateway(scope, receive, send)

    def _access(self) -> Access:
        if self.settings.access is AccessMode.OPEN:
            return OpenAccess(HOME)
        for credentials in self.settings.credentials:
            self.world.provision(credentials.msn)
        return DeclaredAccess(self.settings.credentials)

    async def _live(self, receive: _Receive, send: _Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.world.start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                self.world.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return


def _marked(send: _Send) -> _Send:
    """Return *send* with the header that every answer of a sandbox carries."""

    async def marked(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], MARK]
        await send(message)

    return marked


def _limited(receive: _Receive) -> _Receive:
    """Return *receive* with an end to how much it takes; what is the sandbox's own needs no larger bodies either."""
    size = 0

    async def limited() -> MutableMapping[str, Any]:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > MAXIMUM_BODY:
            raise Problem(413, "Too large", f"A body may have {MAXIMUM_BODY} bytes.")
        return message

    return limited


class _Server(uvicorn.Server):
    """A uvicorn server on a socket that listens already; it tells its URL when it is ready to answer."""

    def __init__(self, settings: Settings, listener: socket.socket, on_start: Callable[[str], None]) -> None:
        super().__init__(
            uvicorn.Config(
                Sandbox(settings),
                lifespan="on",
                ws="none",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=3,
            )
        )
        self._listener = listener
        self._on_start = on_start

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        host, port = self._listener.getsockname()[:2]
        self._on_start(f"http://{f'[{host}]' if ':' in host else host}:{port}")

    def serve_until_told(self) -> None:
        self.run(sockets=[self._listener])


def serve(settings: Settings, on_start: Callable[[str], None]) -> None:
    """Serve until told to stop; *on_start* is told the URL once the server answers.

    Raises:
        OSError: the address cannot be listened on.
    """
    server = _Server(settings, _listener(settings), on_start)
    # A full collection over all stored payments takes tens of milliseconds; nothing here needs it often.
    gc.freeze()
    gc.set_threshold(700, 10, 1000)
    server.serve_until_told()


@contextmanager
def running(settings: Settings) -> Iterator[str]:
    """Run a server in a thread of its own for as long as the context lasts; give its URL.

    Raises:
        OSError: the address cannot be listened on.
    """
    ready = threading.Event()
    urls: list[str] = []

    def on_start(url: str) -> None:
        urls.append(url)
        ready.set()

    server = _Server(settings, _listener(settings), on_start)
    thread = threading.Thread(target=server.serve_until_told, name="vipps-sandbox", daemon=True)
    thread.start()
    ready.wait()
    try:
        yield urls[0]
    finally:
        server.should_exit = True
        thread.join()


def _listener(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    return socket.create_server((settings.host, settings.port), family=family, backlog=2048)
