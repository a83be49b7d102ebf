"""One scenario on its way: the reference client is the merchant, the sandbox's own API is customer and time.

The cast may have somebody else for the merchant or the customer: an application, or a person with the phone open.
"""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from pydantic import ValidationError

from sandbox.client import VippsError
from sandbox.playback.actors.application import Application
from sandbox.playback.actors.clock import Clock
from sandbox.playback.actors.customer import Customer, ForcingCustomer
from sandbox.playback.actors.expectations import Expectations
from sandbox.playback.actors.holds import Holds
from sandbox.playback.actors.human import Human
from sandbox.playback.actors.merchant import Merchant
from sandbox.playback.actors.network import Network
from sandbox.playback.actors.trigger import Trigger
from sandbox.playback.cast import Cast, Mine
from sandbox.playback.deliveries import Deliveries
from sandbox.playback.exchanges import Recording
from sandbox.playback.language import Step, customer, merchant
from sandbox.playback.language.clock import ClockStep
from sandbox.playback.language.customer import CustomerStep
from sandbox.playback.language.expect import ExpectNever, ExpectNoWebhook, ExpectStep
from sandbox.playback.language.merchant import MerchantStep
from sandbox.playback.language.network import NetworkStep
from sandbox.playback.loading import LoadedScenario, LoadedStep
from sandbox.playback.plays import Failure, Performance, Play
from sandbox.playback.sources import Passage
from sandbox.playback.stage import Stage, StageRefused, StageUnit
from sandbox.playback.story import Actor, Deviation, Story, TimeIsUp
from sandbox.playback.venue import OURS, RealStage

__all__ = ["Playing", "Venue"]

_NO_APPLICATION: Final = "https://app.example.com"  # where one would be, if the player is not the merchant itself
_NOBODY: Final = "no application is here: the player is the merchant"

Venue = Stage | RealStage  # where a story is played


def _leave(unit: StageUnit, settings: Mapping[str, Any]) -> None:
    """Leave somebody's own sales unit with its settings as they were, and with nothing that goes wrong."""
    unit.seconds_left = lambda: 60.0
    unit.disarm()
    unit.release_webhooks("oldest first", 1)
    unit.configure(settings)


class Playing:
    """One scenario on its way from the first step to the last."""

    def __init__(
        self,
        scenario: LoadedScenario,
        venue: Venue,
        cast: Cast,
        story: Story,
        result: Play,
        on_begin: Callable[[Play], None],
        on_step: Callable[[Performance], None],
    ) -> None:
        self._scenario = scenario
        self._venue = venue
        self._cast = cast
        self._application: Application | None = None
        self._holds: Holds | None = None
        self._story = story
        self._result = result
        self._on_begin = on_begin
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
            if self._application is not None:
                self._application.make_sure_that_it_did_no_more()
        except TimeIsUp:
            self._time_is_up()
        except (Deviation, StageRefused, VippsError) as error:
            self._went_otherwise(error)
        finally:
            if self._story.receiver is not None:
                self._story.receiver.close()

    def _begin(self, stack: ExitStack) -> None:
        mine = self._cast.merchant
        wire = Recording(self._venue.transport, OURS if mine is not None else None)
        unit = self._on_stage(self._venue, stack) if isinstance(self._venue, Stage) else self._venue.unit
        self._result.msn = unit.msn
        self._on_begin(self._result)
        url = mine.url if mine is not None and mine.url is not None else _NO_APPLICATION
        self._story.names |= {"unit": {"msn": unit.msn}, "app": {"url": url}, "unique": uuid4().hex[:8]}
        self._merchant = Merchant(unit, self._story, wire)
        stack.enter_context(self._merchant.client)
        if isinstance(unit, StageUnit):
            self._customer: Customer | ForcingCustomer | Human = Customer(unit, self._story, self._merchant)
            self._expectations = Expectations(unit, self._story, self._merchant)
            person = self._cast.customer
            if person is not None:
                self._customer = Human(unit, self._story, self._customer, person.ask, person.patience)
            if mine is not None:
                self._watch(unit, mine, stack)
            self._holds = Holds(unit, self._story, self._scenario.steps, early=mine is not None)
        else:
            self._customer = ForcingCustomer(self._story, self._merchant)
            self._expectations = Expectations(None, self._story, self._merchant)

    def _watch(self, unit: StageUnit, mine: Mine, stack: ExitStack) -> None:
        self._story.deliveries = Deliveries(unit, self._story.registrations)
        self._trigger = Trigger(self._story, allows_commands=mine.allows_commands)
        stack.callback(self._trigger.close)
        steps = [loaded.step for loaded in self._scenario.every_step()]
        self._application = Application(unit, self._story, self._merchant, steps, mine.patience, self._trigger)

    def _on_stage(self, stage: Stage, stack: ExitStack) -> StageUnit:
        self._at = self._scenario.passages.get("settings", self._at)
        if self._cast.merchant is None:
            unit = stage.unit(self._scenario.settings, self._scenario.title)
        else:
            unit = stage.existing(self._cast.merchant.msn)
            stack.callback(_leave, unit, unit.settings())
            unit.configure(self._scenario.settings)
            for person in self._scenario.names.values():
                if isinstance(person, Mapping) and "phone" in person:  # as new: an earlier play may have met them
                    unit.forget_consent(person["phone"])
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
        if self._application is not None and isinstance(step, CustomerStep | ClockStep | NetworkStep):
            self._application.others_act()
        match step:
            case MerchantStep():
                told = self._made(loaded, step)
            case merchant.Trigger():
                told = _NOBODY if self._application is None else self._trigger.perform(step)
            case customer.ReturnToMerchant():
                told = _NOBODY
                if self._application is not None:
                    told = self._application.customer_returns(self._story.reference(step.payment))
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

    def _made(self, loaded: LoadedStep, step: MerchantStep) -> str:
        """Have the merchant make a call, and whatever is to happen on its way happen."""
        plays = self._application or self._merchant
        if not loaded.meanwhile:
            told = plays.perform(step)
        else:
            if self._holds is None:
                raise TypeError("without a sandbox nothing can be held on its way")
            with self._holds.of(loaded) as hold:
                arrives = plays.depart(step, hold)
                spoken_of = self._story.spoken_of
                self._story.note(f"{step.key.partition('.')[2].replace('_', ' ')} is on its way", Actor.MERCHANT)
                for inner in loaded.meanwhile:
                    self._at = inner
                    self._perform(inner)
                self._at, self._story.spoken_of = loaded, spoken_of
            told = arrives()
        if self._holds is not None:
            self._holds.done(loaded)
        return told

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
                f"after that time {count} of {self._scenario.count} steps were done, and this one was not",
            )
        )

    def _besides(self) -> str | None:
        """Return what an application did that may be why somebody else's step goes otherwise."""
        step = self._at.step if isinstance(self._at, LoadedStep) else None
        if self._application is None or isinstance(step, MerchantStep):
            return None
        try:
            return self._application.did_besides()
        except StageRefused:  # it is a help, no more
            return None

    def _went_otherwise(self, error: Deviation | StageRefused | VippsError) -> None:
        try:
            self._story.time_left()
        except TimeIsUp:
            self._time_is_up()
            return
        self._result.last_messages = self._story.take_messages()
        match error:
            case Deviation():
                failure = Failure(self._at, error.expected, error.came, error.diff, error.nearest or self._besides())
            case StageRefused():
                expected = "the sandbox does it" if isinstance(self._at, LoadedStep) else "the sandbox takes it"
                failure = Failure(self._at, expected, str(error), nearest=self._besides())
            case _:
                failure = Failure(self._at, "an answer", str(error))
        self._result.fail(failure)
