"""Repeat a request, unchanged, while the trouble is of the passing kind.

The same request means the same Idempotency-Key and body: Vipps carries it out once, however often it arrives.
Source: ePayment contract, "Idempotency" and "HTTP status meanings"; RFC 9110, "Retry-After".
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx

from sandbox.client._errors import TransportFailed
from sandbox.client._steps import Send, Steps, Wait

__all__ = ["RetryPolicy", "persist", "retry_after"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often a request is tried, and how long to wait between.

    Args:
        attempts: How often in all, the first included; 1 never repeats.
        first_wait: Before the second attempt; each later wait is *growth* times the one before.
        longest_wait: No wait is longer, whatever `Retry-After` asks.
        jitter: Given a wait, returns the one to use instead; None leaves the waits as they are.

    Raises:
        ValueError: *attempts* is less than 1.
    """

    attempts: int = 4
    first_wait: timedelta = timedelta(milliseconds=500)
    growth: float = 2.0
    longest_wait: timedelta = timedelta(seconds=60)
    jitter: Callable[[timedelta], timedelta] | None = None

    def __post_init__(self) -> None:
        if self.attempts < 1:
            raise ValueError(f"attempts is at least 1, not {self.attempts}")

    def wait_after(self, attempt: int, asked_for: timedelta | None = None) -> timedelta:
        """Return the wait after the *attempt*-th failure (from 1), *asked_for* being the server's wish."""
        rounds = min(attempt - 1, 64)  # far beyond any longest_wait, and still a float
        grown = self.first_wait.total_seconds() * self.growth**rounds
        wait = timedelta(seconds=min(grown, self.longest_wait.total_seconds()))
        if self.jitter:
            wait = self.jitter(wait)
        return min(max(wait, asked_for or timedelta()), self.longest_wait)


def persist(request: httpx.Request, policy: RetryPolicy, now: Callable[[], datetime]) -> Steps[httpx.Response]:
    """Send *request* until it is answered with something that repeating will not change.

    Raises:
        TransportFailed: The last attempt had no answer at all.
    """
    for attempt in range(1, policy.attempts):
        outcome: httpx.Response | TransportFailed = yield Send(request)
        if isinstance(outcome, TransportFailed):
            yield Wait(policy.wait_after(attempt))
        elif _passing(outcome.status_code):
            yield Wait(policy.wait_after(attempt, retry_after(outcome, now())))
        else:
            return outcome
    last: httpx.Response | TransportFailed = yield Send(request)
    if isinstance(last, TransportFailed):
        raise last
    return last


def retry_after(response: httpx.Response, now: datetime) -> timedelta | None:
    """Return the wait that *response* asks for, in either form that HTTP allows; None if in neither."""
    asked_for = response.headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", asked_for):
        return timedelta(seconds=int(asked_for))
    try:
        instant = parsedate_to_datetime(asked_for)
    except (ValueError, OverflowError):
        return None
    if instant.tzinfo is None:  # "-0000", which the standard library takes for no zone at all
        instant = instant.replace(tzinfo=UTC)
    return instant - now


def _passing(status: int) -> bool:
    return status in {HTTPStatus.LOCKED, HTTPStatus.TOO_MANY_REQUESTS} or status >= HTTPStatus.INTERNAL_SERVER_ERROR
