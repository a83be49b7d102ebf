"""Undo what is done to bytes on the way; None if it was not done."""

from base64 import b64decode

__all__ = ["from_base64", "from_mojibake"]


def from_base64(body: bytes) -> bytes | None:
    try:
        return b64decode(body.strip(), validate=True)
    except ValueError:
        return None


def from_mojibake(body: bytes) -> bytes | None:
    try:
        return body.decode().encode("latin-1")
    except ValueError:
        return None
