"""Calls that are held on their way while other steps are done, so that a race has the winner that the file names."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from types import TracebackType
from typing import Final, Self

from sandbox.playback.actors.network import OPERATIONS
from sandbox.playback.language import Step, merchant
from sandbox.playback.language.merchant import MerchantStep, Underway
from sandbox.playback.loading import LoadedStep
from sandbox.playback.stage import StageRefused, StageUnit
from sandbox.playback.story import Story

__all__ = ["Hold", "Holds"]

_LONGEST: Final = timedelta(minutes=5)  # that a sandbox holds a call
_LOOKS: Final = (
    *(merchant.GetPayment, merchant.GetEvents, merchant.GetOrder),
    *(merchant.GetCategories, merchant.GetUserinfo),
)  # come from an application at any time: the next one need not be the one that is meant


class Hold:
    """Holds the next call of an operation until the context ends; *arrives_last*: before it is processed."""

    def __init__(self, unit: StageUnit, story: Story, operation: str, *, arrives_last: bool) -> None:
        self._unit = unit
        self._story = story
        self._seen = unit.facts_by_now()
        self.reference: str | None = None  # of the payment or order that the held call is about, once it is there
        patience = min(_LONGEST, timedelta(seconds=story.time_left()))
        self._id = unit.hold(operation, arrives_last=arrives_last, patience=patience)
        story.holds.add(self._id)

    def is_met(self, wait: float) -> bool:
        """Tell whether the call is there, having waited for so many seconds at most."""
        for fact in self._unit.facts(self._seen, wait=wait):
            self._seen = fact["number"]
            if fact["fact"] == "FaultFired" and fact["faultId"] == self._id:
                self.reference = fact["reference"]
                return True
        return False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._story.holds.discard(self._id)
        try:
            self._unit.let_go(self._id)
        except StageRefused:
            if kind is None:
                raise


class Holds:
    """Has the calls of a story held that other steps are done meanwhile.

    Args:
        early: Whether a call is made by somebody who does not wait for its step, such as an application: then it is
            held from when no other call can be taken for it.
    """

    def __init__(self, unit: StageUnit, story: Story, steps: Sequence[LoadedStep], *, early: bool) -> None:
        self._unit = unit
        self._story = story
        self._ahead = [step for step in _as_they_begin(steps) if isinstance(step.step, MerchantStep)]
        self._early = early
        self._armed: dict[int, Hold] = {}  # by identity: steps that are repeated may be equal
        self._arm_ahead()

    def of(self, step: LoadedStep) -> Hold:
        """Return what holds the call of a step."""
        return self._armed.pop(id(step), None) or self._hold(step.step)

    def done(self, step: LoadedStep) -> None:
        """Note that the call of a step has been made."""
        self._ahead = [other for other in self._ahead if other is not step]
        self._arm_ahead()

    def _arm_ahead(self) -> None:
        if not self._early:
            return
        before: set[str] = set()
        for ahead in self._ahead:
            is_next = ahead.step.key not in before and not isinstance(ahead.step, _LOOKS)
            if ahead.meanwhile and is_next and id(ahead) not in self._armed:
                self._armed[id(ahead)] = self._hold(ahead.step)
            before.add(ahead.step.key)

    def _hold(self, step: Step) -> Hold:
        operation = OPERATIONS[step.key.removeprefix("merchant.")]
        arrives_last = isinstance(step, Underway) and step.before_it_arrives is not None
        return Hold(self._unit, self._story, operation, arrives_last=arrives_last)


def _as_they_begin(steps: Sequence[LoadedStep]) -> Iterator[LoadedStep]:
    for step in steps:
        yield step
        yield from _as_they_begin(step.meanwhile)
