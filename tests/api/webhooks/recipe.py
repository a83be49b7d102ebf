"""A webhook's signature as the recipe has it, step by step: written for the tests, and from the recipe alone.

Source: Webhooks guide, "Request authentication".
"""

import base64
import hashlib
import hmac

__all__ = ["body_hash", "headers_for", "signature_of"]


def body_hash(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode("ascii")


def signature_of(secret: str, path_and_query: str, date: str, host: str, body: bytes) -> str:
    string = "POST\n" + path_and_query + "\n" + date + ";" + host + ";" + body_hash(body)
    return base64.b64encode(hmac.new(secret.encode("utf-8"), string.encode("utf-8"), "sha256").digest()).decode(
        "ascii"
    )


def headers_for(secret: str, path_and_query: str, date: str, host: str, body: bytes) -> dict[str, str]:
    """Return the headers with which a webhook comes."""
    signature = signature_of(secret, path_and_query, date, host, body)
    authorization = f"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}"
    return {
        "Host": host,
        "x-ms-date": date,
        "x-ms-content-sha256": body_hash(body),
        "Authorization": authorization,
        "X-Vipps-Authorization": authorization,
    }
