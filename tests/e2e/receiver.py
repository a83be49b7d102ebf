"""A merchant's webhook endpoint on a real socket: it keeps what it gets, and answers as the test says."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, SimpleQueue
from socket import SHUT_RDWR, socket
from time import time
from typing import Any, Final

__all__ = ["Answer", "Got", "Receiver", "receiving"]

_PATIENCE: Final = 20.0  # seconds that a test waits for what has to come


@dataclass(frozen=True, slots=True)
class Got:
    """One request: the line's target and the header names as they came."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    at: float = field(default_factory=time)

    @property
    def named(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.headers}


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered; *held* keeps the whole answer back until it is set, *body_held* only its body."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    held: threading.Event | None = None
    body_held: threading.Event | None = None


class Receiver:
    """An HTTP/1.1 server in threads of its own.

    Args:
        tls: Serves TLS with this.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.answer: Callable[[Got], Answer] = lambda _: Answer()
        self.got: list[Got] = []
        self._tls = tls
        self._arrived = SimpleQueue[Got]()
        self._sockets: list[socket] = []
        self._server: ThreadingHTTPServer | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"http{'' if self._tls is None else 's'}://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen: at first on a free port, later on the same one again."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                receiver._take(self)

            def do_GET(self) -> None:
                receiver._take(self)

            def log_message(self, *_: Any) -> None: ...

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False
            request_queue_size = 256
            allow_reuse_address = True

            def process_request(self, request: Any, client_address: Any) -> None:
                receiver._sockets.append(request)
                super().process_request(request, client_address)

            def handle_error(self, request: Any, client_address: Any) -> None:
                """A caller that goes away, or that does not trust us, is no trouble of ours."""

        self._server = Server(("127.0.0.1", self.port), Handler)
        if self._tls is not None:
            self._server.socket = self._tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def stop(self) -> None:
        """Go away, in the middle of whatever is under way."""
        if self._server is None:
            return
        self._server.shutdown()
        self._server.server_close()
        for one in self._sockets:
            with suppress(OSError):
                one.shutdown(SHUT_RDWR)
            one.close()
        self._sockets.clear()
        self._server = None

    def next(self) -> Got:
        """Return the next request that came, waiting for it if need be."""
        try:
            return self._arrived.get(timeout=_PATIENCE)
        except Empty:
            raise AssertionError("no webhook came") from None

    def _take(self, handler: BaseHTTPRequestHandler) -> None:
        size = int(handler.headers.get("Content-Length", 0))
        body = handler.rfile.read(size)
        if len(body) < size:  # gone away in the middle of it
            return
        got = Got(handler.command, handler.path, tuple(handler.headers.items()), body)
        self.got.append(got)
        answer = self.answer(got)
        self._arrived.put(got)
        if answer.held is not None:
            answer.held.wait(_PATIENCE)
        text = b"" if answer.body_held is None else b"slow"
        handler.send_response(answer.status)
        for name, value in (*answer.headers, ("Content-Length", str(len(text)))):
            handler.send_header(name, value)
        handler.end_headers()
        if answer.body_held is not None:
            handler.wfile.flush()
            answer.body_held.wait(_PATIENCE)
            handler.wfile.write(text)


@contextmanager
def receiving(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    receiver = Receiver(tls)
    receiver.start()
    try:
        yield receiver
    finally:
        receiver.stop()
