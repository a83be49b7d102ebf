"""What else a webhook's body may have been, or its hash."""

import json
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any, Final

from sandbox.api.webhooks.mistakes.decoding import from_base64, from_mojibake
from sandbox.api.webhooks.signature import content_hash

__all__ = ["bodies_before", "hashes_mistaken", "how_body_differs"]

_MEMBERS: Final = (  # in the order in which Vipps sends them
    "msn",
    "reference",
    "pspReference",
    "name",
    "amount",
    "currency",
    "value",
    "timestamp",
    "idempotencyKey",
    "success",
    "userDetails",
    "sub",
    "shippingDetails",
    "captureGuaranteedUntil",
    "email",
    "firstName",
    "lastName",
    "mobileNumber",
    "dateOfBirth",
    "addresses",
    "addressLine",
    "city",
    "country",
    "postCode",
    "shippingCost",
    "shippingOptionId",
    "shippingOptionName",
)


def bodies_before(body: bytes) -> Iterator[bytes]:
    """Give what the body's bytes may have been before somebody on the way parsed, decoded or wrote them anew."""
    yield body.rstrip(b"\r\n")
    yield body.strip()
    yield body.removeprefix(b"\xef\xbb\xbf")
    yield body.replace(b"\r\n", b"\n")
    for decode in (from_base64, from_mojibake):
        if (decoded := decode(body)) is not None:
            yield decoded
    try:
        content = json.loads(body)
        if isinstance(content, str):  # JSON within JSON
            yield content.encode()
            content = json.loads(content)
        for value in (content, _in_order(content)):
            for ascii_only in (False, True):
                yield json.dumps(value, ensure_ascii=ascii_only, separators=(",", ":")).encode()
    except (ValueError, RecursionError):
        return


def how_body_differs(received: bytes, signed: bytes) -> str:
    """Say in words what became of the body on the way; *signed* is one of `bodies_before`."""
    if received.rstrip(b"\r\n") == signed:
        return "a line end was added at its end"
    if received.strip() == signed:
        return "spaces were added around it"
    if received.removeprefix(b"\xef\xbb\xbf") == signed:
        return "a byte order mark was put before it"
    if from_base64(received) == signed:
        return "it was encoded in base64"
    if from_mojibake(received) == signed:
        return "its UTF-8 was read as Latin-1"
    if received.lstrip()[:1] == b'"':
        return "it was put as a text into other JSON"
    if received.replace(b"\r\n", b"\n") == signed:
        return "its line ends were changed"
    return f"it was parsed and written anew: {', '.join(_how_json_differs(received, signed)) or 'other bytes'}"


def _how_json_differs(received: bytes, signed: bytes) -> list[str]:
    told = []
    if _reordered(received, signed):
        told.append("members are in another order")
    if _blanks(received) > _blanks(signed):
        told.append("spaces or line breaks were put in")
    if b"\\/" in received:
        told.append(r"slashes are written as \/")
    if b"\\u" in received and b"\\u" not in signed:
        told.append(r"letters are written as \u…")
    if b"\\u" in signed and b"\\u" not in received:
        told.append(r"letters are no longer written as \u…")
    return told


def hashes_mistaken(body: bytes) -> Iterator[tuple[str, str]]:
    """Give what an app may take for the body's hash, and what that is called."""
    yield sha256(body).hexdigest(), "the body's hash in hexadecimal instead of base64"
    yield content_hash(b""), "the hash of an empty body: something had read the body before"
    yield content_hash(body.rstrip(b"\n") + b"\n"), "the body with a line end added"
    yield body.decode(errors="replace"), "the body itself instead of its hash"
    try:
        content = json.loads(body)
        for separators, indent in (((", ", ": "), None), ((",", ":"), None), ((",", ": "), 2), ((",", ": "), 4)):
            for ascii_only in (False, True):
                for value in (content, _sorted(content)):
                    text = json.dumps(value, ensure_ascii=ascii_only, separators=separators, indent=indent)
                    for written in (text, text.replace("/", r"\/")):
                        yield content_hash(written.encode()), "the body parsed and written anew, not its bytes"
    except (ValueError, RecursionError):
        return


def _blanks(body: bytes) -> int:
    return sum(map(body.count, (b" ", b"\n", b"\r", b"\t")))


def _reordered(one: bytes, other: bytes) -> bool:
    return _names(json.loads(one)) != _names(json.loads(other))


def _names(content: Any) -> list[Any]:
    if isinstance(content, dict):
        return [(name, _names(value)) for name, value in content.items()]
    return [_names(value) for value in content] if isinstance(content, list) else []


def _in_order(content: Any) -> Any:
    """Return JSON with its members in the order in which Vipps sends them."""
    return _arranged(content, lambda name: (_MEMBERS.index(name) if name in _MEMBERS else len(_MEMBERS), ""))


def _sorted(content: Any) -> Any:
    return _arranged(content, lambda name: (0, name))


def _arranged(content: Any, key: Callable[[str], tuple[int, str]]) -> Any:
    if isinstance(content, dict):
        return {name: _arranged(content[name], key) for name in sorted(content, key=key)}
    return [_arranged(value, key) for value in content] if isinstance(content, list) else content
