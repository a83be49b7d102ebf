"""Whether a webhook comes from Vipps. Source: Webhooks API guide, "Request authentication"."""

import hmac
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256

__all__ = ["is_from_vipps"]


def is_from_vipps(secret: str, path_and_query: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Check the hash of the body, and the signature over it."""
    content = b64encode(sha256(body).digest()).decode()
    signed = f"POST\n{path_and_query}\n{headers.get('x-ms-date')};{headers.get('host')};{content}"
    signature = b64encode(hmac.digest(secret.encode(), signed.encode(), "sha256")).decode()
    expected = f"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}"
    return _same(headers.get("x-ms-content-sha256"), content) and _same(headers.get("authorization"), expected)


def _same(given: str | None, expected: str) -> bool:
    return hmac.compare_digest((given or "").encode(), expected.encode())
