"""What carries requests to a sandbox in the same process, instead of the network.

Each request is answered on the sandbox's own event loop, in its own thread: whoever asks may be blocking, or run on
any event loop. To the app that asks, all is as over a socket: what takes longer than its timeout is a ReadTimeout,
and goes on; a dropped connection is a ReadError.
"""

import asyncio
from collections.abc import MutableMapping
from concurrent.futures import CancelledError
from typing import Any, Final

import anyio.to_thread
import httpx

from sandbox.testing._loop import App

__all__ = ["AsyncSandboxTransport", "InProcess", "SandboxTransport"]

# Beside its own, the only address that the sandbox answers for: production must never seem to answer.
_TEST_ENVIRONMENT: Final = "https://apitest.vipps.no"


class InProcess:
    """A sandbox in this process.

    Args:
        app: The sandbox.
        loop: The event loop that it lives on.
        base_url: That requests are for, beside Vipps's test environment.
    """

    def __init__(self, app: App, loop: asyncio.AbstractEventLoop, base_url: str) -> None:
        self._app = app
        self._loop = loop
        self._base_url = base_url
        self._places = {_place(httpx.URL(url)) for url in (base_url, _TEST_ENVIRONMENT)}

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer a request whose body is read.

        Raises:
            httpx.ConnectError: it is for elsewhere, or the sandbox has ended.
            httpx.ReadTimeout: it takes longer than the request's timeout.
            httpx.ReadError: a fault drops the connection.
        """
        if _place(request.url) not in self._places:
            here = f"{self._base_url} and {_TEST_ENVIRONMENT}"
            raise httpx.ConnectError(f"the sandbox answers for {here}, not for {request.url}", request=request)
        if self._loop.is_closed():
            raise httpx.ConnectError("the sandbox has ended", request=request)
        call = _Call(request)
        answering = asyncio.run_coroutine_threadsafe(call.made(self._app), self._loop)
        try:
            return answering.result(request.extensions.get("timeout", {}).get("read"))
        except TimeoutError:
            self._loop.call_soon_threadsafe(call.gone.set)
            raise httpx.ReadTimeout("the sandbox has not answered yet", request=request) from None
        except ConnectionResetError as error:
            raise httpx.ReadError(str(error), request=request) from error
        except CancelledError:
            raise httpx.ReadError("the sandbox has ended", request=request) from None


def _place(url: httpx.URL) -> tuple[str, bytes]:
    return url.scheme, url.netloc


class _Call:
    """One request on its way through the app."""

    def __init__(self, request: httpx.Request) -> None:
        self.gone = asyncio.Event()  # who asks does not wait any more
        self._request = request
        self._is_read = False
        self._status = 0
        self._headers: list[tuple[bytes, bytes]] = []
        self._body: list[bytes] = []
        self._is_whole = False

    async def made(self, app: App) -> httpx.Response:
        try:
            await app(self._scope(), self._receive, self._send)
        except Exception:
            if not self._is_whole:
                raise
        return httpx.Response(self._status, headers=self._headers, stream=httpx.ByteStream(b"".join(self._body)))

    def _scope(self) -> MutableMapping[str, Any]:
        url = self._request.url
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": self._request.method,
            "scheme": url.scheme,
            "path": url.path,
            "raw_path": url.raw_path.partition(b"?")[0],
            "query_string": url.query,
            "root_path": "",
            "headers": [(name.lower(), value) for name, value in self._request.headers.raw],
            "client": ("127.0.0.1", 0),
            "server": (url.host, url.port or (443 if url.scheme == "https" else 80)),
            "state": {},
        }

    async def _receive(self) -> MutableMapping[str, Any]:
        if not self._is_read:
            self._is_read = True
            return {"type": "http.request", "body": self._request.content, "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self._status, self._headers = message["status"], list(message["headers"])
        else:
            self._body.append(message.get("body", b""))
            self._is_whole = not message.get("more_body", False)


class SandboxTransport(httpx.BaseTransport):
    """Carries the requests of a blocking `httpx.Client`; closing it changes nothing."""

    def __init__(self, sandbox: InProcess) -> None:
        self._sandbox = sandbox

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        return self._sandbox.answer(request)


class AsyncSandboxTransport(httpx.AsyncBaseTransport):
    """Carries the requests of an `httpx.AsyncClient`, on asyncio or trio; closing it changes nothing."""

    def __init__(self, sandbox: InProcess) -> None:
        self._sandbox = sandbox

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        return await anyio.to_thread.run_sync(self._sandbox.answer, request, abandon_on_cancel=True)
