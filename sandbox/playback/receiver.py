"""The merchant's own webhook receiver: a small server that keeps what it was told, and whether it was signed rightly.

Each play that registers webhooks has one. It answers 200, or whatever the story makes it answer, and 401 to what is
not signed with the secret of its registration.
"""

import hmac
import json
from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from typing import Any, Final

__all__ = ["Receiver", "Webhook", "is_signed"]

_LARGEST: Final = 1_000_000  # bytes of a body
_POLL: Final = 0.01  # seconds until the server notices that it is to stop


@dataclass(frozen=True, slots=True)
class Webhook:
    """One webhook that came."""

    registration: str  # what the path says: the name of the registration
    body: Any
    is_signed: bool  # with the secret of its registration
    status: int  # that it was answered with

    @property
    def name(self) -> str:
        return str(self.body.get("name")) if isinstance(self.body, dict) else "?"

    @property
    def reference(self) -> str | None:
        return self.body.get("reference") if isinstance(self.body, dict) else None

    @property
    def is_taken(self) -> bool:
        return self.status < 300


class Receiver:
    """Listens on a free port of the loopback until it is closed."""

    def __init__(self) -> None:
        self.status = 200
        self._secrets: dict[str, str] = {}  # by the name of the registration
        self._came: list[Webhook] = []
        self._changed = Condition()
        self._server = _Server(self)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": _POLL}, name="receiver", daemon=True
        )
        self._thread.start()

    def expect_signed_with(self, registration: str, secret: str) -> None:
        self._secrets[registration] = secret

    def webhooks(self) -> list[Webhook]:
        """Return what has come so far, the refused ones as well."""
        with self._changed:
            return list(self._came)

    def await_taken(self, count: int, seconds: float) -> None:
        """Wait until so many have been taken, but not longer than so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: sum(one.is_taken for one in self._came) >= count, seconds)

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def receive(self, path: str, headers: Any, body: bytes) -> int:
        registration = path.rpartition("/")[2]
        try:
            content = json.loads(body)
        except (ValueError, RecursionError):
            content = body.decode("utf-8", "replace")
        secret = self._secrets.get(registration)
        signed = secret is not None and is_signed(secret, path, headers, body)
        status = self.status if signed else 401
        with self._changed:
            self._came.append(Webhook(registration, content, signed, status))
            self._changed.notify_all()
        return status


def is_signed(secret: str, path: str, headers: Any, body: bytes) -> bool:
    """Check a webhook as its guide says a merchant must; not with the sandbox's own code, lest both be wrong alike.

    Args:
        headers: With a `get` that takes names in lower case.

    Source: Webhooks guide, "Request authentication".
    """
    hashed = b64encode(sha256(body).digest()).decode()
    text = f"POST\n{path}\n{headers.get('x-ms-date')};{headers.get('host')};{hashed}"
    signature = b64encode(hmac.new(secret.encode(), text.encode(), sha256).digest()).decode()
    expected = f"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}"
    is_whole = hmac.compare_digest(headers.get("x-ms-content-sha256", "").encode(), hashed.encode())
    return is_whole and hmac.compare_digest(headers.get("authorization", "").encode(), expected.encode())


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"  # a connection for each: none is left open when the play ends
    server: _Server

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "0")
        size = min(int(length), _LARGEST) if length.isdigit() else 0
        status = self.server.receiver.receive(self.path, self.headers, self.rfile.read(size))
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing: what came is told by the story."""
