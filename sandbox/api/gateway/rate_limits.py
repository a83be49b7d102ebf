"""How often a merchant may call, by the wall clock: so many calls a minute for one payment.

Calls that fail count as well. Source: ePayment guide, "Rate limiting"; that a window is fixed is judgement.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sandbox.api.gateway.problems import RateLimitExceeded

__all__ = ["RateLimits"]

_WINDOW: Final = timedelta(minutes=1)
_WINDOWS_AT_MOST: Final = 10_000


@dataclass(slots=True)
class _Window:
    until: datetime
    calls: int = 0


class RateLimits:
    """Counts calls in windows of a minute, each begun by the first call in it."""

    def __init__(self) -> None:
        self._windows: dict[tuple[str, ...], _Window] = {}  # in the order in which they began, and so end

    def count(self, bucket: tuple[str, ...], limit: int, now: datetime) -> None:
        """Count a call; raise RateLimitExceeded if *limit* have been made in its window already."""
        window = self._windows.get(bucket)
        if window is None or window.until <= now:
            self._windows.pop(bucket, None)
            self._forget(now)
            window = self._windows[bucket] = _Window(now + _WINDOW)
        window.calls += 1
        if window.calls > limit:
            raise RateLimitExceeded(limit, window.until - now)

    def _forget(self, now: datetime) -> None:
        """Forget windows that are over, and the oldest where there are too many."""
        while self._windows:
            oldest = next(iter(self._windows))
            if self._windows[oldest].until > now and len(self._windows) < _WINDOWS_AT_MOST:
                return
            del self._windows[oldest]
