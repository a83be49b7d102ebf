"""Time without waiting: a wall clock, and an event loop's timers, that only the test moves."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import ClassVar, cast

from tests.domain.shop import NOON

__all__ = ["FakeLoop", "FakeTimer", "TickingClock", "WallClock"]


class WallClock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def passes(self, time: timedelta) -> None:
        self.now += time


class TickingClock(WallClock):
    """A wall clock that goes on whenever it is read."""

    tick: ClassVar = timedelta(microseconds=2)

    def __call__(self) -> datetime:
        self.now += self.tick
        return self.now


class FakeTimer:
    def __init__(self, at: datetime, call: Callable[[], object]) -> None:
        self.at = at
        self.call = call
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class FakeLoop:
    """As much of an event loop as an alarm needs."""

    def __init__(self, wall: WallClock) -> None:
        self._wall = wall
        self._timers: list[FakeTimer] = []

    def call_later(self, delay: float, call: Callable[[], object]) -> asyncio.TimerHandle:
        timer = FakeTimer(self._wall.now + timedelta(seconds=delay), call)
        self._timers.append(timer)
        return cast("asyncio.TimerHandle", timer)

    @property
    def timers(self) -> list[datetime]:
        """When the loop will wake somebody, soonest first."""
        return sorted(timer.at for timer in self._timers if not timer.cancelled)

    def runs(self, time: timedelta) -> None:
        """Let real time pass, and every timer go off at its own instant."""
        until = self._wall.now + time
        while self.timers and self.timers[0] <= until:
            timer = min((timer for timer in self._timers if not timer.cancelled), key=lambda timer: timer.at)
            self._timers.remove(timer)
            self._wall.now = max(self._wall.now, timer.at)
            timer.call()
        self._wall.now = until
