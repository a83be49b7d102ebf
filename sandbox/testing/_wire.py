"""The calls to the sandbox's own API, which all of this package stands on."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import httpx

from sandbox.client._session import trusted
from sandbox.playback.refusals import Refused, content_of, trimmed_address

__all__ = ["Wire"]

_PATIENCE: Final = 60.0  # seconds: fourteen days of webhooks may be told while the clock is moved
_TIMEOUT: Final = dict.fromkeys(("connect", "read", "write", "pool"), _PATIENCE)
_PAGE: Final = 1000


class Wire:
    """A client of the sandbox's own API.

    Args:
        transport: What carries the requests, instead of the network.

    Raises:
        Refused: *base_url* is no http(s) address.
    """

    def __init__(self, base_url: str, transport: httpx.BaseTransport | None = None) -> None:
        self.base_url = trimmed_address(base_url)
        # Without a client around it: that would take twice as long, and know of proxies, cookies and redirects.
        self._transport = transport or httpx.HTTPTransport(verify=trusted(self.base_url))

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
        return content_of(response, self.base_url + path)

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
