"""How a scenario went: its steps, and where it ended otherwise than it should."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sandbox.playback.loading import LoadedScenario, LoadedStep
from sandbox.playback.sources import Passage
from sandbox.playback.story import Message

__all__ = ["Failure", "Outcome", "Performance", "Play"]


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    REFUSED = "refused"  # it cannot be played here


@dataclass(frozen=True, slots=True)
class Performance:
    """A step that went as the scenario has it."""

    step: LoadedStep
    told: str  # what happened, in a line
    messages: Sequence[Message]


@dataclass(frozen=True, slots=True)
class Failure:
    """Where a scenario ended otherwise than it should: at a step, or at what it begins with."""

    at: Passage
    expected: str
    came: str
    diff: Sequence[str] = ()
    nearest: str | None = None


@dataclass(slots=True)
class Play:
    """How a scenario went; *took* in seconds."""

    scenario: LoadedScenario
    msn: str = ""
    outcome: Outcome = Outcome.PASSED
    performed: list[Performance] = field(default_factory=list)
    failure: Failure | None = None
    last_messages: Sequence[Message] = ()  # of the step that failed
    took: float = 0.0

    @property
    def passed(self) -> bool:
        return self.outcome is Outcome.PASSED

    def fail(self, failure: Failure) -> None:
        self.failure = failure
        self.outcome = Outcome.FAILED
