"""The request log: the last calls to all sales units, within a bound, for a merchant's developer to read."""

import json
from collections import Counter, deque
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count
from typing import Final, NamedTuple

from sandbox.api.gateway.explanations import Explanation

__all__ = ["Exchange", "RequestLog"]

_OVERHEAD: Final = 2_048  # bytes that an exchange weighs besides what was sent


class Exchange(NamedTuple):
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
    explanation: Explanation | None  # why it was refused
    took: float
    facts: range = range(0)  # numbers of the facts that it brought; empty, where the next one would be

    @property
    def refusal_code(self) -> str | None:
        """Vipps's error code in the answer, such as 6090; None where there is none."""
        if self.status < 400:
            return None
        try:
            details = json.loads(self.response_body).get("extraDetails") or []
            return next((str(one["reason"]) for one in details if one["name"] == "ErrorCode"), None)
        except (ValueError, AttributeError, KeyError, TypeError):
            return None

    @property
    def weight(self) -> int:
        weight = _OVERHEAD + len(self.path) + len(self.query) + len(self.request_body) + len(self.response_body)
        for name, value in self.request_headers:
            weight += len(name) + len(value)
        return weight if self.explanation is None else weight + self.explanation.weight


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
        self._all: deque[tuple[int, Exchange]] = deque()  # each with its weight
        self._of: dict[str | None, deque[Exchange]] = {}
        self._forgotten: Counter[str | None] = Counter()
        self._numbers = count(1)
        self.watchers: list[Callable[[Exchange], None]] = []  # called with each exchange that is added

    def next_number(self) -> int:
        return next(self._numbers)

    def add(self, exchange: Exchange) -> None:
        weight = exchange.weight
        self._all.append((weight, exchange))
        self._weight += weight
        own = self._of.get(exchange.msn)
        if own is None:
            own = self._of[exchange.msn] = deque()
        own.append(exchange)
        while len(self._all) > self._most or self._weight > self._most_bytes:
            self._forget_oldest()
        for told in self.watchers:
            told(exchange)

    def of(self, msn: str | None) -> Iterator[Exchange]:
        """Give what is kept of one sales unit, oldest first; None stands for calls that reached none."""
        return iter(self._of.get(msn, ()))

    def newest_of(self, msn: str | None) -> Iterator[Exchange]:
        """Give what is kept of one sales unit, newest first; to stop early costs nothing."""
        return reversed(self._of.get(msn, ()))

    def count_of(self, msn: str | None) -> int:
        return len(self._of.get(msn, ()))

    def forgotten_of(self, msn: str | None) -> int:
        """Return how many exchanges of one sales unit went beyond the bounds and are forgotten."""
        return self._forgotten[msn]

    def newest(self) -> Iterator[Exchange]:
        """Give all that is kept, newest first."""
        return (exchange for _, exchange in reversed(self._all))

    def forget(self, msn: str) -> None:
        """Forget all of one sales unit, and that there ever was anything."""
        self._forgotten.pop(msn, None)
        if self._of.pop(msn, None) is not None:
            kept = [(weight, exchange) for weight, exchange in self._all if exchange.msn != msn]
            self._all = deque(kept)
            self._weight = sum(weight for weight, _ in kept)

    def __len__(self) -> int:
        return len(self._all)

    def _forget_oldest(self) -> None:
        # The oldest of all is the oldest of its sales unit, too.
        weight, exchange = self._all.popleft()
        self._weight -= weight
        self._forgotten[exchange.msn] += 1
        own = self._of[exchange.msn]
        own.popleft()
        if not own:
            del self._of[exchange.msn]
