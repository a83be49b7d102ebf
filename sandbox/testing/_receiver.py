"""A merchant's webhook receiver: keeps what it is told, and checks each signature as a merchant must.

One small server serves all receivers of a sandbox. It listens on the loopback; what is sent to a receiver's host
comes here through the setting `webhookTargets`, so that it is signed for the host that it was registered with.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from typing import Any, Final

from sandbox.domain.event_names import EventName
from sandbox.playback.receiver import is_signed

__all__ = ["Received", "Receiver", "ReceiverServer"]

_LARGEST: Final = 1_000_000  # bytes of a body
_POLL: Final = 0.01  # seconds until the server notices that it is to stop
_PATIENCE: Final = 5.0  # seconds


@dataclass(frozen=True, slots=True)
class Received:
    """A webhook that came: post its *body* with its *headers* to your app's own handler to have it told, too."""

    path: str  # with the query
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    is_signed: bool  # rightly

    @property
    def event(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def name(self) -> str | None:
        """What happened, such as `AUTHORIZED`."""
        return self._member("name")

    @property
    def reference(self) -> str | None:
        return self._member("reference")

    def _member(self, name: str) -> str | None:
        try:
            value = self.event.get(name)
        except (ValueError, AttributeError):
            return None
        return value if isinstance(value, str) else None


class Receiver:
    """One registered webhook, and what it was told.

    Attributes:
        id: The registration's.
        secret: That what comes is signed with.
        url: That is registered.
        status: What rightly signed webhooks are answered with; change it to be down.
    """

    def __init__(self, registration_id: str, secret: str, url: str) -> None:
        self.id = registration_id
        self.secret = secret
        self.url = url
        self.status = 200
        self._taken: list[Received] = []
        self._rejected: list[Received] = []
        self._changed = Condition()

    @property
    def received(self) -> list[Received]:
        """What came rightly signed, in order, whatever it was answered with."""
        with self._changed:
            return list(self._taken)

    @property
    def rejected(self) -> list[Received]:
        """What came signed wrongly, and was answered 401."""
        with self._changed:
            return list(self._rejected)

    def wait_for(self, name: str, reference: str | None = None, *, seconds: float = _PATIENCE) -> Received:
        """Return the newest webhook of that name, waiting for it if need be.

        Raises:
            TimeoutError: none came in so many seconds; the text tells what did.
            ValueError: no webhook is ever called that.
        """
        if name not in tuple(EventName):
            raise ValueError(f"no webhook is called {name!r}; there are {', '.join(EventName)}")

        def newest() -> Received | None:
            return next((one for one in reversed(self._taken) if _is_meant(one, name, reference)), None)

        with self._changed:
            found = self._changed.wait_for(newest, seconds)
            if found is None:
                came = ", ".join(f"{one.name} of {one.reference}" for one in self._taken) or "nothing"
                of = "" if reference is None else f" of {reference}"
                raise TimeoutError(f"no webhook {name}{of} came within {seconds:g} s; {came} came")
            return found

    def take(self, path: str, headers: Mapping[str, str], body: bytes) -> int:
        """Take what was sent, and return the status to answer with."""
        one = Received(path, headers, body, is_signed(self.secret, path, headers, body))
        with self._changed:
            (self._taken if one.is_signed else self._rejected).append(one)
            self._changed.notify_all()
        return self.status if one.is_signed else 401


def _is_meant(one: Received, name: str, reference: str | None) -> bool:
    return one.name == name and reference in {None, one.reference}


class ReceiverServer:
    """Listens on a free port of the loopback for as long as `listening` lasts, for any number of receivers."""

    def __init__(self, server: "_Server") -> None:
        self.url = f"http://127.0.0.1:{server.server_port}"
        self._server = server

    @staticmethod
    @contextmanager
    def listening() -> Iterator["ReceiverServer"]:
        with _Server() as server:
            poll = {"poll_interval": _POLL}
            thread = Thread(target=server.serve_forever, kwargs=poll, name="webhook receiver", daemon=True)
            thread.start()
            try:
                yield ReceiverServer(server)
            finally:
                server.shutdown()
                thread.join()

    def add(self, receiver: Receiver) -> None:
        self._server.receivers[receiver.id] = receiver


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        self.receivers: dict[str, Receiver] = {}  # by id, which each webhook names
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"  # a connection for each: none is left open at the end
    server: _Server

    def do_POST(self) -> None:
        receiver = self.server.receivers.get(self.headers.get("Webhook-Id", ""))
        length = self.headers.get("Content-Length", "0")
        body = self.rfile.read(min(int(length), _LARGEST) if length.isdigit() else 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.send_response(404 if receiver is None else receiver.take(self.path, headers, body))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing: what came is kept."""
