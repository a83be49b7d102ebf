"""How calls and answers look on the wire, as ASGI has them."""

import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from functools import lru_cache
from typing import Any, Final

from sandbox import __version__
from sandbox.api.gateway.operations import Answer

__all__ = [
    "MARK",
    "MAXIMUM_BODY",
    "Headers",
    "Message",
    "Scope",
    "encoded",
    "header",
    "read_body",
]

Headers = tuple[tuple[str, str], ...]
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]

MAXIMUM_BODY: Final = 1024 * 1024
_DRAINED: Final = 16 * 1024 * 1024  # how much of a body that is too large is read before it is answered
_UNFIT_IN_HEADER: Final = re.compile(rb"[\x00-\x1f\x7f]")
_LONGEST_NOTE: Final = 500  # characters
MARK: Final = (b"sandbox", f"vipps-sandbox/{__version__}".encode())


@lru_cache(maxsize=512)
def header(raw: tuple[bytes, bytes]) -> tuple[str, str]:
    """Return a header as text. Most come again with every call, and so are kept but once by the request log."""
    name, value = raw
    return name.decode("latin-1"), value.decode("latin-1")


async def read_body(receive: Callable[[], Awaitable[Message]], limit: int) -> bytes | None:
    """Return the whole body, or as much of it as shows that it is too large; None if the caller is gone."""
    message = await receive()
    if message["type"] == "http.disconnect":
        return None
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return body
    parts, size = [body], len(body)
    while message.get("more_body") and size <= _DRAINED:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        size += len(message.get("body", b""))
        if size <= limit:
            parts.append(message.get("body", b""))
    return b"".join(parts) if size <= limit else bytes(limit + 1)


def encoded(answer: Answer, notes: Iterable[str]) -> list[tuple[bytes, bytes]]:
    headers = [MARK, (b"content-length", b"%d" % len(answer.body))]
    if answer.content_type is not None:
        headers.append(_content_type(answer.content_type))
    headers += [(name.lower().encode(), value.encode("latin-1")) for name, value in answer.headers]
    headers += [(b"sandbox-note", _header_value(note)) for note in notes]
    return headers


@lru_cache(maxsize=16)
def _content_type(value: str) -> tuple[bytes, bytes]:
    return b"content-type", value.encode()


def _header_value(note: str) -> bytes:
    """Return a note fit for a header: it may repeat what the caller sent, line breaks and all."""
    return _UNFIT_IN_HEADER.sub(b"?", note[:_LONGEST_NOTE].encode("ascii", "backslashreplace"))
