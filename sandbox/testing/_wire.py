"""The calls to the sandbox's own API, which all of this package stands on."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import httpx

__all__ = ["Refused", "Wire"]

_PATIENCE: Final = 60.0  # seconds: fourteen days of webhooks may be told while the clock is moved
_TIMEOUT: Final = dict.fromkeys(("connect", "read", "write", "pool"), _PATIENCE)
_PAGE: Final = 1000


class Refused(Exception):
    """The sandbox said no: its *status* (0 if nobody answered), and a sentence that tells what to do."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(status, detail)
        self.status = status
        self.detail = detail

    def __str__(self) -> str:
        return self.detail


class Wire:
    """A client of the sandbox's own API.

    Args:
        transport: What carries the requests, instead of the network.

    Raises:
        Refused: *base_url* is no http(s) address.
    """

    def __init__(self, base_url: str, transport: httpx.BaseTransport | None = None) -> None:
        if not _is_address(base_url):
            raise Refused(0, f"a sandbox is at an http:// or https:// address, not at {base_url!r}")
        self.base_url = base_url.rstrip("/")
        # Without a client around it: that would take twice as long, and know of proxies, cookies and redirects.
        self._transport = transport or httpx.HTTPTransport()

    def ask(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Any:
        """Make one call and return its JSON; None for no content.

        Raises:
            Refused: it was answered with an error, by something that is no sandbox, or not at all.
        """
        try:
            request = httpx.Request(
                method, self.base_url + path, headers=headers, json=body, extensions={"timeout": _TIMEOUT}
            )
            response = self._transport.handle_request(request)
            response.read()
        except (httpx.RequestError, UnicodeError) as error:  # a host name may be no host name
            raise Refused(0, f"no sandbox answers at {self.base_url}: {error}") from error
        if response.status_code == httpx.codes.NO_CONTENT:
            return None
        try:
            content = response.json()
        except ValueError:
            raise Refused(response.status_code, f"no sandbox answers at {self.base_url}{path}") from None
        if not response.is_success:
            detail = content.get("detail") if isinstance(content, dict) else None
            raise Refused(response.status_code, detail or response.text)
        return content

    def pages(self, path: str, name: str) -> Iterator[Any]:
        """Give the entries of a list that comes in pages, oldest first; each entry may have a number."""
        after, joint = 0, "&" if "?" in path else "?"
        while True:
            page = self.ask("GET", f"{path}{joint}after={after}&limit={_PAGE}")[name]
            yield from page
            if len(page) < _PAGE:
                return
            after = page[-1].get("number", after + _PAGE)

    def close(self) -> None:
        self._transport.close()


def _is_address(url: str) -> bool:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        return False
    return parsed.scheme in {"http", "https"} and bool(parsed.host)
