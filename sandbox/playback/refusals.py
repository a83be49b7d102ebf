"""How clients of the sandbox's own API understand its answers: as JSON, or as a refusal with a sentence."""

from typing import Any

import httpx

__all__ = ["Refused", "content_of", "trimmed_address"]


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
