"""One call of the merchant and its answer, as it went over the wire."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from threading import local
from typing import Any, Final

import httpx

__all__ = ["Exchange", "Recording", "masked", "read_body"]

_SECRETS: Final = frozenset({"access_token", "secret"})


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its response; bodies as JSON, or as text if they are none."""

    method: str
    path: str
    sent: Any
    status: int
    headers: dict[str, str]
    body: Any

    @property
    def is_success(self) -> bool:
        return self.status < 400

    def detail(self) -> str:
        """Return both bodies, to be read by people; secrets are masked."""
        return "\n\n".join(_readable(body) for body in (self.sent, self.body) if body is not None)


def _of_response(response: httpx.Response) -> Exchange:
    """Return what went over the wire; *response* is wholly read."""
    request = response.request
    return Exchange(
        request.method,
        request.url.raw_path.decode("ascii"),
        read_body(request.content),
        response.status_code,
        dict(response.headers),
        read_body(response.content),
    )


class Recording(httpx.BaseTransport):
    """Passes requests on, keeps the last response of each thread, and ends what takes longer than there is time left.

    Args:
        marks: Headers that every request gets.

    Closing it leaves what it passes them on to open: that belongs to whoever made it.
    """

    def __init__(self, transport: httpx.BaseTransport, marks: Mapping[str, str] | None = None) -> None:
        self._transport = transport
        self._marks = marks or {}
        self.seconds_left = 60.0
        self._kept = local()

    def take(self) -> Exchange | None:
        """Return the last exchange of this thread since it asked before."""
        taken: Exchange | None = getattr(self._kept, "last", None)
        self._kept.last = None
        return taken

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.headers.update(self._marks)
        request.extensions = {
            **request.extensions,
            "timeout": dict.fromkeys(("connect", "read", "write", "pool"), self.seconds_left),
        }
        response = self._transport.handle_request(request)
        response.request = request
        response.read()
        self._kept.last = _of_response(response)
        return response


def read_body(content: bytes) -> Any:
    """Return a body as JSON, as text if it is none, or None if there is nothing."""
    if not content:
        return None
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return content.decode("utf-8", "replace")


def _readable(body: Any) -> str:
    return body if isinstance(body, str) else json.dumps(masked(body), ensure_ascii=False, indent=2)


def masked(body: Any) -> Any:
    """Return a body as it may be shown: without tokens, and without the secrets of webhooks."""
    if not isinstance(body, dict):
        return body
    return {name: "***" if name in _SECRETS else member for name, member in body.items()}
