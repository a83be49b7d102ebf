"""The request log: the last calls to all sales units, within a bound, for a merchant's developer to read."""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Final

__all__ = ["Exchange", "RequestLog", "masked", "masked_body"]

_SECRET_HEADERS: Final = frozenset(
    {"authorization", "client_secret", "cookie", "ocp-apim-subscription-key", "set-cookie", "x-vipps-authorization"}
)
_SECRET_MEMBER: Final = re.compile(r'(?<="access_token":")[^"]+')
_SHOWN: Final = 4  # characters of a secret that stay readable
_OVERHEAD: Final = 2_048  # bytes that an exchange weighs besides what was sent


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its response; *at* on the sales unit's clock, *took* in seconds."""

    number: int
    at: datetime
    msn: str | None
    operation: str | None
    method: str
    path: str
    query: str
    request_headers: tuple[tuple[str, str], ...]
    request_body: bytes
    status: int
    response_body: bytes
    notes: tuple[str, ...]
    explanation: str | None  # why it was refused
    took: float

    @property
    def weight(self) -> int:
        headers = sum(len(name) + len(value) for name, value in self.request_headers)
        target = len(self.path) + len(self.query)
        return _OVERHEAD + target + headers + len(self.request_body) + len(self.response_body)


class RequestLog:
    """Keeps the newest exchanges of all sales units together, and forgets the oldest beyond its bounds.

    Args:
        most: How many exchanges are kept.
        most_bytes: How much they may weigh together.
    """

    def __init__(self, most: int = 20_000, most_bytes: int = 64 * 1024 * 1024) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._weight = 0
        self._all: deque[Exchange] = deque()
        self._of: dict[str | None, deque[Exchange]] = {}
        self._numbers = count(1)

    def next_number(self) -> int:
        return next(self._numbers)

    def add(self, exchange: Exchange) -> None:
        self._all.append(exchange)
        self._weight += exchange.weight
        self._of.setdefault(exchange.msn, deque()).append(exchange)
        while len(self._all) > self._most or self._weight > self._most_bytes:
            self._forget_oldest()

    def of(self, msn: str | None) -> Iterator[Exchange]:
        """Give what is kept of one sales unit, oldest first; None stands for calls that reached none."""
        return iter(self._of.get(msn, ()))

    def __len__(self) -> int:
        return len(self._all)

    def _forget_oldest(self) -> None:
        # The oldest of all is the oldest of its sales unit, too.
        exchange = self._all.popleft()
        self._weight -= exchange.weight
        own = self._of[exchange.msn]
        own.popleft()
        if not own:
            del self._of[exchange.msn]


def masked(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return headers fit to be shown: of secrets only the last characters."""
    return {name: _mask(value) if name.lower() in _SECRET_HEADERS else value for name, value in headers}


def masked_body(body: str) -> str:
    """Return a response body fit to be shown: of the access token only the last characters."""
    return _SECRET_MEMBER.sub(lambda match: _mask(match[0]), body)


def _mask(value: str) -> str:
    scheme, blank, secret = value.partition(" ")
    if not blank:
        scheme, secret = "", value
    return f"{scheme}{blank}…{secret[-_SHOWN:]}" if len(secret) > 3 * _SHOWN else f"{scheme}{blank}…"
