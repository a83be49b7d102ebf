"""What an application asks of Vipps, overheard in the sandbox's request log."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sandbox.client._problems import read_problem
from sandbox.playback.exchanges import Exchange, read_body
from sandbox.playback.stage import StageUnit
from sandbox.playback.venue import OURS

__all__ = ["Heard", "Overheard"]

_NO_ANSWER: Final = 0  # the status in the log of a call whose connection was dropped


@dataclass(frozen=True, slots=True)
class Heard:
    """A call of the application, and what it was answered; *status* 0 where the connection broke."""

    number: int
    headers: dict[str, str]  # of the request, their names in lower case; secrets are masked
    exchange: Exchange
    code: str | None  # Vipps's error code
    why: str | None  # it was refused

    @property
    def is_answered(self) -> bool:
        return self.exchange.status != _NO_ANSWER

    @property
    def key(self) -> str | None:
        """The Idempotency-Key."""
        return self.headers.get("idempotency-key")

    @property
    def changes_something(self) -> bool:
        """Whether the story must know of it: looks, tokens and registrations are the application's own business."""
        path = self.exchange.path
        own = self.exchange.method == "GET" or path.startswith(("/accesstoken/", "/webhooks/"))
        return not own and not self.lacks_token

    @property
    def lacks_token(self) -> bool:
        """Whether its token had expired, as it does when a story moves the clock by hours."""
        return self.exchange.status == 401

    def line(self) -> str:
        """Return it in a line, such as `POST /epayment/v1/payments → 201`."""
        answered = (
            f"{self.exchange.status}{f' {self.code}' if self.code else ''}" if self.is_answered else "no answer"
        )
        return f"{self.exchange.method} {self.exchange.path} → {answered}"


class Overheard:
    """The calls of an application about a sales unit, from now on, each given once."""

    def __init__(self, unit: StageUnit) -> None:
        self._unit = unit
        self._last = 0
        self.skip()

    @property
    def last(self) -> int:
        """The number of the newest call that is known."""
        return self._last

    def skip(self) -> None:
        """Forget what was not given yet."""
        while self._page():
            pass

    def next(self, wait: float = 0) -> Iterator[Heard]:
        """Give what is new; if there is nothing, wait so many seconds for it."""
        while page := self._page(wait):
            wait = 0
            for request in page:
                headers = {name.lower(): value for name, value in request["requestHeaders"].items()}
                if not any(name.lower() in headers for name in OURS):
                    yield _heard(request, headers)

    def _page(self, wait: float = 0) -> list[dict[str, Any]]:
        page = self._unit.requests(self._last, wait=wait)
        if page:
            self._last = page[-1]["number"]
        return page


def _heard(request: dict[str, Any], headers: dict[str, str]) -> Heard:
    query = f"?{request['query']}" if request["query"] else ""
    explained = request["explanation"]
    exchange = Exchange(
        request["method"],
        request["path"] + query,
        read_body(request["requestBody"].encode()),
        request["status"],
        {},
        read_body(request["responseBody"].encode()),
    )
    why = None if explained is None else " ".join(filter(None, (explained["summary"], explained["accepted"])))
    code = None if exchange.is_success else read_problem(request["responseBody"].encode()).code
    return Heard(request["number"], headers, exchange, code, why)
