"""What time does: the clock of the sales unit is moved, and nobody waits."""

from typing import Self

from pydantic import model_validator

from sandbox.playback.language.base import Ahead, Instant, Step

__all__ = ["Advance", "ClockStep", "Freeze", "Resume", "SetClock"]


class ClockStep(Step):
    """A move of the clock."""


class Advance(ClockStep):
    """Move the clock forward, by a duration or to an instant; all that falls due on the way happens."""

    key = "time.advance"
    shorthand = "by"

    by: Ahead | None = None
    to: Instant | None = None

    @model_validator(mode="after")
    def _either(self) -> Self:
        if (self.by is None) == (self.to is None):
            raise ValueError("say either `by` (such as P1D) or `to` (such as 2023-09-15T00:00:00Z)")
        return self


class SetClock(ClockStep):
    """Set the clock to an instant, forward or back."""

    key = "time.set"
    shorthand = "now"

    now: Instant


class Freeze(ClockStep):
    """Let the clock stand still until `time.resume`."""

    key = "time.freeze"


class Resume(ClockStep):
    """Let the clock run on."""

    key = "time.resume"
