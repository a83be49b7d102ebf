"""How clients of the sandbox's own API find it, and understand its answers: JSON, or a refusal with a sentence."""

from typing import Any, Final

import httpx

__all__ = ["ANYBODY", "Refused", "content_of", "trimmed_address"]

# Nobody's keys, to ask for a token with: a sandbox takes them only with open access.
ANYBODY: Final = {"client_id": "anybody", "client_secret": "any-secret", "Ocp-Apim-Subscription-Key": "any-key"}


class Refused(Exception):
    """The sandbox said no: its *status* (0 if nobody answered), and a sentence that tells what to do."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(status, detail)
        self.status = status
        self.detail = detail

    def __str__(self) -> str:
        return self.detail


def trimmed_address(base_url: str) -> str:
    """Return where a sandbox is, without a slash at the end.

    Raises:
        Refused: *base_url* is no http(s) address.
    """
    try:
        parsed = httpx.URL(base_url)
    except httpx.InvalidURL:
        parsed = httpx.URL()
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise Refused(0, f"a sandbox is at an http:// or https:// address, not at {base_url!r}")
    return base_url.rstrip("/")


def content_of(response: httpx.Response, asked: str) -> Any:
    """Return the JSON that a call was answered with; *asked* is its URL.

    Raises:
        Refused: it is an error, or no sandbox's answer.
    """
    try:
        content = response.json()
    except ValueError:
        raise Refused(response.status_code, f"no sandbox answers at {asked}") from None
    if not response.is_success:
        detail = content.get("detail") if isinstance(content, dict) else None
        raise Refused(response.status_code, detail or response.text)
    return content
