"""An application that does as a test says, once it is triggered."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from sandbox.client import RetryPolicy, VippsClient, VippsError
from sandbox.playback import StageUnit

__all__ = ["BODY", "Does", "scripted", "speaks"]

Does = Callable[[VippsClient], object]
BODY = {
    "amount": {"currency": "NOK", "value": 2000},
    "paymentMethod": {"type": "WALLET"},
    "customer": {"phoneNumber": "4791234567"},
    "reference": "our-own-0001",
    "returnUrl": "https://example.com/thanks",
    "userFlow": "WEB_REDIRECT",
}


def speaks(*calls: tuple[str, str, Any, str | None]) -> Does:
    """Return what makes calls, each a method, a path, a body and an Idempotency-Key, whatever they are answered."""

    def does(vipps: VippsClient) -> None:
        for method, path, body, key in calls:
            content = None if body is None else json.dumps(body).encode()
            try:
                vipps.call(method, path, content=content, idempotency_key=key)
            except VippsError:
                continue

    return does


@contextmanager
def scripted(base_url: str, unit: StageUnit, does: Does, status: int = 200) -> Iterator[str]:
    """Run the application; give its URL. It answers a GET, as the customer's browser makes it, with a page."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def do_POST(self) -> None:
            if status == 200:
                with VippsClient(unit.credentials, base_url, retry=RetryPolicy(attempts=1)) as vipps:
                    does(vipps)
            self._answer(status, b'{"started": "yes"}')

        def do_GET(self) -> None:
            self._answer(status, b"<h1>Your goods</h1><p>are on their way</p>")

        def log_message(self, *_: Any) -> None: ...

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
