"""Time, played by the clock of the sales unit."""

from datetime import datetime, timedelta
from typing import Any

from sandbox.playback.language import clock
from sandbox.playback.language.clock import ClockStep
from sandbox.playback.stage import StageUnit
from sandbox.playback.story import Actor, Story

__all__ = ["Clock"]


class Clock:
    """Moves the clock, and tells what has happened on the way."""

    def __init__(self, unit: StageUnit, story: Story) -> None:
        self._unit = unit
        self._story = story

    def perform(self, step: ClockStep) -> str:
        """Move the clock as a step asks; return what happened, in a line."""
        match step:
            case clock.Advance(by=timedelta() as by):
                answer = self._unit.advance(by=by)
            case clock.Advance(to=datetime() as to):
                answer = self._unit.advance(to=to)
            case clock.SetClock(now=datetime() as now):
                answer = self._unit.set_clock(now)
            case clock.Freeze():
                answer = self._unit.set_clock(frozen=True)
            case clock.Resume():
                answer = self._unit.set_clock(frozen=False)
            case _:
                raise TypeError(f"time does not {step.key}")
        return self._moved(answer)

    def set(self, now: datetime) -> None:
        """Set the clock as the story begins."""
        self._moved(self._unit.set_clock(now))

    def _moved(self, answer: dict[str, Any]) -> str:
        now = datetime.fromisoformat(answer["now"])
        self._story.offset += now - self._story.now()
        self._story.note(f"{now.day} {now:%B %Y %H:%M}", Actor.TIME)
        happened = [f"{fact['fact']} {fact['reference']}" for fact in answer["happened"]]
        for told in happened:
            self._story.note(told)
        return f"it is {answer['now']}" + (f"; on the way: {', '.join(happened)}" if happened else "")
