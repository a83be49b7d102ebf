"""Plays a scenario: the reference client is the merchant, the sandbox's own API is customer and time.

Each scenario has a sales unit of its own, so that many can be played at once and never meet.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from time import perf_counter
from typing import Final
from uuid import uuid4

import httpx
from pydantic import ValidationError

from sandbox.client import Credentials, VippsError
from sandbox.playback.actors.clock import Clock
from sandbox.playback.actors.customer import Customer, ForcingCustomer
from sandbox.playback.actors.expectations import Expectations
from sandbox.playback.actors.merchant import Merchant
from sandbox.playback.actors.network import Network
from sandbox.playback.exchanges import Recording
from sandbox.playback.language import Step
from sandbox.playback.language.clock import ClockStep
from sandbox.playback.language.expect import ExpectNever, ExpectNoWebhook, ExpectStep
from sandbox.playback.language.merchant import MerchantStep
from sandbox.playback.language.network import NetworkStep
from sandbox.playback.loading import LoadedScenario, LoadedStep, Passage
from sandbox.playback.stage import Stage, StageRefused, StageUnit
from sandbox.playback.story import Deviation, Message, Story, TimeIsUp
from sandbox.playback.venue import RealUnit, what_needs_a_sandbox

__all__ = [
    "LIMIT",
    "Failure",
    "Outcome",
    "Performance",
    "Play",
    "RealStage",
    "Venue",
    "play",
    "play_all",
    "real_stage",
]

LIMIT: Final = timedelta(seconds=30)  # that playing a scenario may take, in real time


@dataclass(frozen=True, slots=True)
class RealStage:
    """Vipps's own test environment: one sales unit for all."""

    unit: RealUnit
    transport: httpx.BaseTransport


def real_stage(base_url: str, credentials: Credentials, transport: httpx.BaseTransport) -> RealStage:
    """Return a sales unit of Vipps's test environment to play in.

    Raises:
        StageRefused: *base_url* is production, where nothing is ever played.
    """
    host = httpx.URL(base_url).host.rstrip(".")
    if host == "api.vipps.no" or host.startswith("api.mobilepay."):
        raise StageRefused(0, f"{base_url} is production: scenarios are played in a sandbox or a test environment")
    return RealStage(RealUnit(base_url, credentials), transport)


Venue = Stage | RealStage


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


def play_all(
    scenarios: Sequence[LoadedScenario],
    venue: Venue,
    *,
    at_once: int = 1,
    limit: timedelta = LIMIT,
    on_step: Callable[[Performance], None] = lambda _: None,
    on_end: Callable[[Play], None] = lambda _: None,
) -> list[Play]:
    """Play scenarios, so many at once; return how they went, in their order.

    *on_end* is called from this thread, as the plays end.
    """
    with ThreadPoolExecutor(max_workers=at_once, thread_name_prefix="play") as pool:
        futures = [pool.submit(play, scenario, venue, limit=limit, on_step=on_step) for scenario in scenarios]
        try:
            for future in as_completed(futures):
                on_end(future.result())
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        return [future.result() for future in futures]


def play(
    scenario: LoadedScenario,
    venue: Venue,
    *,
    limit: timedelta = LIMIT,
    on_step: Callable[[Performance], None] = lambda _: None,
) -> Play:
    """Play a scenario to its end, or to its first step that does not go as it should.

    Args:
        limit: How long it may take, in real time, unless it says itself.
    """
    result, begun = Play(scenario), perf_counter()
    needs = what_needs_a_sandbox(scenario) if isinstance(venue, RealStage) else None
    if needs is not None:
        result.outcome = Outcome.REFUSED
        result.failure = Failure(needs[0], f"{needs[1]}", "no sandbox is here")
        return result
    story = Story(dict(scenario.names), scenario.limit or limit)
    with ExitStack() as stack:
        _Playing(scenario, venue, story, result, on_step).to_its_end(stack)
    result.took = perf_counter() - begun
    return result


class _Playing:
    """One scenario on its way from the first step to the last."""

    def __init__(
        self,
        scenario: LoadedScenario,
        venue: Venue,
        story: Story,
        result: Play,
        on_step: Callable[[Performance], None],
    ) -> None:
        self._scenario = scenario
        self._venue = venue
        self._story = story
        self._result = result
        self._on_step = on_step
        self._at: Passage = scenario.passages["scenario"]
        self._misbehaves: Passage | None = None  # the last step that had something go wrong
        self._promises: list[tuple[LoadedStep, Callable[[], object]]] = []

    def to_its_end(self, stack: ExitStack) -> None:
        try:
            self._begin(stack)
            for step in self._scenario.steps:
                self._at = step
                self._perform(step)
            for step, promise in self._promises:
                self._at = step
                self._story.time_left()
                promise()
            self._make_sure_that_faults_were_met()
        except TimeIsUp:
            self._time_is_up()
        except (Deviation, StageRefused, VippsError) as error:
            self._went_otherwise(error)
        finally:
            if self._story.receiver is not None:
                self._story.receiver.close()

    def _begin(self, stack: ExitStack) -> None:
        wire = Recording(self._venue.transport)
        unit = self._on_stage(self._venue) if isinstance(self._venue, Stage) else self._venue.unit
        self._result.msn = unit.msn
        self._story.names |= {"unit": {"msn": unit.msn}, "unique": uuid4().hex[:8]}
        self._merchant = Merchant(unit, self._story, wire)
        stack.enter_context(self._merchant.client)
        if isinstance(unit, StageUnit):
            self._customer: Customer | ForcingCustomer = Customer(unit, self._story, self._merchant)
            self._expectations = Expectations(unit, self._story, self._merchant)
        else:
            self._customer = ForcingCustomer(self._story, self._merchant)
            self._expectations = Expectations(None, self._story, self._merchant)

    def _on_stage(self, stage: Stage) -> StageUnit:
        self._at = self._scenario.passages.get("settings", self._at)
        unit = stage.unit(self._scenario.settings)
        unit.seconds_left = self._story.time_left
        self._clock = Clock(unit, self._story)
        self._network = Network(unit, self._story)
        clock = self._scenario.clock
        if clock is not None:
            self._at = self._scenario.passages["clock"]
            begins = datetime.fromisoformat(self._story.resolved(clock)) if isinstance(clock, str) else clock
            self._clock.set(begins)
        return unit

    def _perform(self, loaded: LoadedStep) -> None:
        self._story.time_left()
        step = self._with_what_is_known(loaded)
        match step:
            case MerchantStep():
                told = self._merchant.perform(step)
            case ClockStep():
                told = self._clock.perform(step)
            case ExpectStep():
                told = self._expectations.perform(step)
                self._promise(loaded, step)
            case NetworkStep():
                self._misbehaves = loaded
                told = self._network.perform(step)
            case _:
                told = self._customer.perform(step)
        performance = Performance(loaded, told, self._story.take_messages())
        self._result.performed.append(performance)
        self._on_step(performance)

    def _promise(self, loaded: LoadedStep, step: ExpectStep) -> None:
        """Note what must hold until the story ends."""
        if isinstance(step, ExpectNever):
            self._promises.append((loaded, lambda: self._expectations.never(step)))
        elif isinstance(step, ExpectNoWebhook):
            since = len(self._story.listens().webhooks())
            self._promises.append((loaded, lambda: self._expectations.no_webhook(step, since=since)))

    def _make_sure_that_faults_were_met(self) -> None:
        if self._misbehaves is not None:
            self._at = self._misbehaves
            self._network.make_sure_that_faults_were_met()

    def _with_what_is_known(self, loaded: LoadedStep) -> Step:
        content = self._story.resolved(loaded.content)
        if content == loaded.content:
            return loaded.step
        try:
            return type(loaded.step).model_validate(content)
        except ValidationError as error:
            details = error.errors(include_url=False)[0]
            place = ".".join(map(str, details["loc"]))
            raise Deviation("values that fit the step", f"{place}: {details['input']!r}: {details['msg']}") from error

    def _time_is_up(self) -> None:
        seconds = self._story.limit.total_seconds()
        count = len(self._result.performed)
        self._result.last_messages = self._story.take_messages()
        self._result.fail(
            Failure(
                self._at,
                f"the story ends within {seconds:g} s",
                f"after that time {count} of {len(self._scenario.steps)} steps were done, and this one was not",
            )
        )

    def _went_otherwise(self, error: Deviation | StageRefused | VippsError) -> None:
        try:
            self._story.time_left()
        except TimeIsUp:
            self._time_is_up()
            return
        self._result.last_messages = self._story.take_messages()
        match error:
            case Deviation():
                failure = Failure(self._at, error.expected, error.came, error.diff, error.nearest)
            case StageRefused():
                expected = "the sandbox does it" if isinstance(self._at, LoadedStep) else "the sandbox takes it"
                failure = Failure(self._at, expected, str(error))
            case _:
                failure = Failure(self._at, "an answer", str(error))
        self._result.fail(failure)
