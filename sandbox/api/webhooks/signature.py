"""How a webhook is signed: HMAC-SHA256 over method, path, date, host and the body's hash.

The key is the secret's own text; it is not decoded, though it looks like base64.
Source: Webhooks guide, "Request authentication".
"""

import hmac
from base64 import b64encode
from hashlib import sha256

from sandbox.domain.values import value

__all__ = ["Place", "authorization", "content_hash", "place_of", "sign", "signed_string"]


@value(kw_only=False)
class Place:
    """Where a URL leads, as written: nothing in it is decoded, encoded or put in order."""

    scheme: str
    host: str  # with a port, if the URL has one
    target: str  # path and query


def place_of(url: str) -> Place:
    scheme, _, rest = url.partition("://")
    rest = rest.partition("#")[0]
    end = min((rest.index(mark) for mark in "/?" if mark in rest), default=len(rest))
    target = rest[end:]
    return Place(scheme.lower(), rest[:end], target if target.startswith("/") else f"/{target}")


def content_hash(body: bytes) -> str:
    return b64encode(sha256(body).digest()).decode()


def signed_string(target: str, date: str, host: str, hashed: str, method: str = "POST") -> str:
    return f"{method}\n{target}\n{date};{host};{hashed}"


def sign(secret: str, text: str) -> str:
    return sign_with(secret.encode(), text)


def sign_with(key: bytes, text: str) -> str:
    return b64encode(hmac.new(key, text.encode(), sha256).digest()).decode()


def authorization(signature: str) -> str:
    return f"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}"
