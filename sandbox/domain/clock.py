"""A sales unit's clock: real time, moved or stopped.

Pure: the real instant always comes from outside. All instants are aware and in UTC.
"""

from bisect import bisect_right
from datetime import datetime, timedelta

from sandbox.domain.values import value

__all__ = ["Clock", "ClockSetting"]


@value(kw_only=False)
class ClockSetting:
    """From the real instant *real* on, the clock shows *now*, and from there runs or stands still."""

    real: datetime
    now: datetime
    frozen: bool = False

    def read(self, real: datetime) -> datetime:
        return self.now if self.frozen else self.now + (real - self.real)


@value(kw_only=False)
class Clock:
    """All settings that a clock has had, oldest first; before the first it is real time."""

    settings: tuple[ClockSetting, ...] = ()

    @property
    def frozen(self) -> bool:
        return bool(self.settings) and self.settings[-1].frozen

    def read(self, real: datetime) -> datetime:
        """Return what the clock shows at the real instant *real*, now or in the past."""
        if not self.settings:
            return real
        if real >= self.settings[-1].real:
            return self.settings[-1].read(real)
        place = bisect_right(self.settings, real, key=lambda setting: setting.real)
        return self.settings[place - 1].read(real) if place else real

    def elapsed(self, since: datetime, until: datetime) -> timedelta:
        """Return how much of the clock's own time passed between two real instants; negative if it was set back."""
        return self.read(until) - self.read(since) if self.settings else until - since

    def real_time_of(self, instant: datetime) -> datetime | None:
        """Return the real instant at which the running clock will show *instant*; None while it is frozen."""
        if not self.settings:
            return instant
        last = self.settings[-1]
        return None if last.frozen else last.real + (instant - last.now)

    def moved(self, setting: ClockSetting) -> "Clock":
        return Clock((*self.settings, setting))
