"""What happened in a sales unit, as scenarios: all of it, one payment's life, or a single row of the timeline."""

from collections.abc import Iterable

from sandbox.api.gateway import Exchange
from sandbox.control.recording.alone import step_of_call, step_of_fact
from sandbox.control.recording.recorder import Recorder, RecordingIncomplete
from sandbox.domain.facts import Fact
from sandbox.world import SalesUnit

__all__ = ["RecordingIncomplete", "life_of", "recording", "step_of_call", "step_of_fact"]


def recording(unit: SalesUnit, exchanges: Iterable[Exchange]) -> str:
    """Return a scenario file.

    Raises:
        RecordingIncomplete: a call that made a payment is forgotten.
    """
    unit.up_to_date()
    recorder = Recorder(unit, exchanges, list(enumerate(unit.journal.read(0), start=1)))
    recorder.record()
    return recorder.text()


def life_of(
    unit: SalesUnit, reference: str, exchanges: Iterable[Exchange], happened: Iterable[tuple[int, Fact]]
) -> str:
    """Return the steps of one payment's life, to be put into a scenario.

    Args:
        exchanges: The calls about it.
        happened: The facts about it with their numbers in the journal, oldest first.

    Raises:
        RecordingIncomplete: the call that made it is not among them.
    """
    recorder = Recorder(unit, exchanges, list(happened))
    recorder.record()
    return recorder.steps_text()
