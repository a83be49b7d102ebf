"""Whatever merchants answer, and whatever testers do to their webhooks: events come in order, and none is lost.

Payments live, registrations come and go, and a courier fails at random; after each step the book of webhooks is
checked against the journal and the event log.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sandbox.domain import modifications, webhooks
from sandbox.domain.approval import force_approve, leave_landing_page
from sandbox.domain.commands import (
    AskForDelivery,
    Cancel,
    Capture,
    DropDelivery,
    ForceApprove,
    HoldWebhooks,
    LeaveLandingPage,
    Refund,
    RegisterWebhook,
    ReleaseWebhooks,
    RemoveWebhook,
)
from sandbox.domain.creation import create
from sandbox.domain.errors import Refusal
from sandbox.domain.event_log import events_of
from sandbox.domain.event_names import EventName, event_type
from sandbox.domain.facts import Fact, WebhookAttempted
from sandbox.domain.sales_unit import UnitSettings
from sandbox.domain.state import UnitState, replay
from sandbox.domain.webhook_book import Delivery, DeliveryStatus, QueueKey
from sandbox.journal import MemoryJournal
from sandbox.world import SalesUnit
from tests.domain.shop import MSN, create_command, nok
from tests.world.fakes import FakeCourier, WallClock

C = TypeVar("C")
T = TypeVar("T")

REFERENCES = ["order-0001", "order-0002", "order-0003"]
ALL = tuple(map(event_type, EventName))
# Few instants, so that tries, deadlines and the ends of weeks are often met exactly.
WAITS = [timedelta(seconds=2), timedelta(0), timedelta(minutes=1), timedelta(hours=1), timedelta(days=7)]

references = st.sampled_from(REFERENCES)
waits = st.sampled_from(WAITS)
# Mostly the one or the other, so that some deliveries run through many tries, and others through few.
answers = st.one_of(
    st.lists(st.sampled_from([200, 204, 500, None]), max_size=8),
    st.integers(min_value=1, max_value=80).map(lambda times: [500] * times),
)
some_copies = st.sampled_from([1, 1, 2])
some_events = st.one_of(st.just(ALL), st.lists(st.sampled_from(ALL), min_size=1, unique=True).map(tuple))


class AnyWebhooks(RuleBasedStateMachine):
    """One sales unit whose merchant is told of everything."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.wall = WallClock()
        self.courier = FakeCourier()
        self.unit = SalesUnit(MSN, UnitSettings(), real_now=self.wall, courier=self.courier)
        self.in_no_order: set[str] = set()  # deliveries that a tester had sent otherwise than in turn

    # --- The merchant -----------------------------------------------------------------------------------

    @initialize(first=answers)
    def begin(self, first: list[int | None]) -> None:
        self.merchant_registers(ALL)
        self.merchant_will_answer(first)
        self.merchant_creates(REFERENCES[0])

    @rule(events=some_events)
    def merchant_registers(self, events: tuple[str, ...]) -> None:
        self.do(webhooks.register, RegisterWebhook(url="https://example.com/hook", events=events))

    @rule(data=st.data())
    def merchant_removes_a_webhook(self, data: st.DataObject) -> None:
        if self.registrations:
            self.do(webhooks.remove, RemoveWebhook(registration_id=data.draw(st.sampled_from(self.registrations))))

    @rule(statuses=answers)
    def merchant_will_answer(self, statuses: list[int | None]) -> None:
        self.courier.statuses.extend(statuses)

    @rule(reference=references)
    def merchant_creates(self, reference: str) -> None:
        self.do(create, create_command(reference=reference, idempotency_key=None))

    @rule(reference=references)
    def customer_approves(self, reference: str) -> None:
        self.do(force_approve, ForceApprove(reference=reference))

    @rule(reference=references)
    def customer_cancels(self, reference: str) -> None:
        self.do(leave_landing_page, LeaveLandingPage(reference=reference))

    @rule(reference=references, value=st.sampled_from([500, 2000]))
    def merchant_captures(self, reference: str, value: int) -> None:
        self.do(modifications.capture, Capture(idempotency_key=None, reference=reference, amount=nok(value)))

    @rule(reference=references)
    def merchant_refunds(self, reference: str) -> None:
        self.do(modifications.refund, Refund(idempotency_key=None, reference=reference, amount=nok(100)))

    @rule(reference=references)
    def merchant_cancels(self, reference: str) -> None:
        self.do(modifications.cancel, Cancel(reference=reference))

    # --- The tester -------------------------------------------------------------------------------------

    @rule(data=st.data())
    def tester_holds_webhooks(self, data: st.DataObject) -> None:
        which = data.draw(st.sampled_from([None, *self.registrations]))
        self.do(webhooks.hold, HoldWebhooks(registration_id=which))

    @rule(data=st.data(), newest_first=st.booleans(), copies=some_copies)
    def tester_releases_webhooks(self, data: st.DataObject, newest_first: bool, copies: int) -> None:
        which = data.draw(st.sampled_from([None, *self.registrations]))
        self.release(ReleaseWebhooks(registration_id=which, newest_first=newest_first, copies=copies))

    @rule(reference=references, newest_first=st.booleans(), copies=some_copies)
    def tester_has_many_events_wait(self, reference: str, newest_first: bool, copies: int) -> None:
        """If all is answered well, all that waited goes out at once, in the order that was asked for."""
        self.do(webhooks.hold, HoldWebhooks())
        self.merchant_creates(reference)
        self.customer_approves(reference)
        self.merchant_captures(reference, 500)
        self.merchant_refunds(reference)
        self.courier.statuses.clear()
        queues = self.unit.up_to_date().webhooks.queues.items()
        waited = {key: queue.waiting[::-1] if newest_first else queue.waiting for key, queue in queues}
        begun = len(self.unit.journal)
        self.release(ReleaseWebhooks(newest_first=newest_first, copies=copies))
        sent: dict[QueueKey, list[str]] = defaultdict(list)
        for fact in self.unit.journal.read(begun):
            if isinstance(fact, WebhookAttempted):
                sent[fact.registration_id, fact.reference].append(fact.delivery_id)
        assert sent == {key: [one for one in waiting for _ in range(copies)] for key, waiting in waited.items()}

    @rule(data=st.data(), wrong_signature=st.booleans())
    def tester_asks_for_an_event(self, data: st.DataObject, wrong_signature: bool) -> None:
        """Again, or before its turn."""
        if self.deliveries:
            which = data.draw(st.sampled_from([one.id for one in self.deliveries]))
            self.in_no_order |= set() if wrong_signature else {which}
            self.do(webhooks.ask_for_delivery, AskForDelivery(delivery_id=which, wrong_signature=wrong_signature))

    @rule(data=st.data())
    def tester_drops_an_event(self, data: st.DataObject) -> None:
        waiting = [one.id for one in self.deliveries if one.status is DeliveryStatus.WAITING]
        if waiting:
            self.do(webhooks.drop_delivery, DropDelivery(delivery_id=data.draw(st.sampled_from(waiting))))

    # --- Time -------------------------------------------------------------------------------------------

    @rule(time=waits)
    def time_passes(self, time: timedelta) -> None:
        self.wall.passes(time)
        self.run(self.errands())

    @rule(by=waits)
    def clock_is_advanced(self, by: timedelta) -> None:
        self.run(self.unit.advance(by))

    def teardown(self) -> None:
        """Once nothing is held, in the long run nothing waits; nor would it in a unit rebuilt from the journal."""
        self.do(webhooks.release, ReleaseWebhooks())
        journal = MemoryJournal()
        journal.append(list(self.unit.journal.read()))
        courier = FakeCourier(self.courier.statuses.copy())
        rebuilt = SalesUnit(MSN, UnitSettings(), real_now=self.wall, journal=journal, courier=courier)
        for unit in (self.unit, rebuilt):
            self.run(unit.advance(timedelta(days=400)))
            assert unit.state.webhooks.queues == {}
            statuses = {delivery.status for delivery in unit.state.webhooks.deliveries.values()}
            assert DeliveryStatus.WAITING not in statuses
            assert replay(unit.journal.read()) == unit.state
        self.loop.close()

    # --- What is always so ------------------------------------------------------------------------------

    @invariant()
    def state_is_the_fold_of_the_journal(self) -> None:
        assert replay(self.unit.journal.read()) == self.unit.state

    @invariant()
    def time_does_not_go_back(self) -> None:
        assert all(earlier.at <= later.at for earlier, later in pairwise(self.unit.journal.read()))

    @invariant()
    def events_are_first_delivered_in_the_order_of_the_event_log(self) -> None:
        """To each registration, for each payment; what a tester dropped or had sent out of turn is left out."""
        delivered: dict[QueueKey, list[int]] = defaultdict(list)
        known = self.in_no_order.copy()
        for fact in self.unit.journal.read():
            if not isinstance(fact, WebhookAttempted) or not fact.succeeded or fact.wrong_signature:
                continue
            if fact.delivery_id not in known:
                known.add(fact.delivery_id)
                delivery = self.unit.state.webhooks.deliveries[fact.delivery_id]
                delivered[delivery.queue].append(delivery.place)
        assert all(places == sorted(places) for places in delivered.values())

    @invariant()
    def no_queue_has_two_on_the_way(self) -> None:
        assert self.courier.crowded == []

    @invariant()
    def what_is_owed_is_what_the_event_log_tells(self) -> None:
        logs = {
            payment.reference: [event.name for event in events_of(payment, MSN)]
            for payment in self.unit.state.payments.values()
        }
        for delivery in self.deliveries:
            assert logs[delivery.reference][delivery.place] is delivery.event

    @invariant()
    def what_waits_stands_in_its_queue_and_what_was_delivered_was_answered(self) -> None:
        queues = self.unit.state.webhooks.queues
        for delivery in self.deliveries:
            if delivery.status is DeliveryStatus.WAITING:
                assert delivery.id in queues[delivery.queue].waiting
            succeeded = any(one.succeeded and not one.wrong_signature for one in delivery.attempts)
            assert delivery.status is not DeliveryStatus.DELIVERED or succeeded

    @invariant()
    def what_was_asked_for_was_sent(self) -> None:
        """Whatever was answered, and whoever is held; but not to who is not registered any more."""
        assert {one.delivery_id for one in self.unit.state.webhooks.asked} <= {
            one.id for one in self.deliveries if one.registration_id not in self.registrations
        }

    @invariant()
    def nothing_waits_for_who_is_not_registered(self) -> None:
        assert {registration for registration, _ in self.unit.state.webhooks.queues} <= set(self.registrations)

    # --- How it is done ---------------------------------------------------------------------------------

    @property
    def registrations(self) -> list[str]:
        return list(self.unit.state.webhooks.registrations)

    @property
    def deliveries(self) -> list[Delivery]:
        return list(self.unit.state.webhooks.deliveries.values())

    def do(self, decide: Callable[[UnitState, C, datetime], Sequence[Fact]], command: C) -> None:
        """Carry a command out, refused or not, and let merchants be told of what comes of it."""
        with suppress(Refusal):
            self.unit.do(decide, command)
        self.run(self.errands())

    def release(self, command: ReleaseWebhooks) -> None:
        if command.newest_first:
            queues = self.unit.up_to_date().webhooks.queues.items()
            released = (queue.waiting for key, queue in queues if command.registration_id in {None, key[0]})
            self.in_no_order |= {one for waiting in released for one in waiting}
        self.do(webhooks.release, command)

    async def errands(self) -> None:
        before = -1
        while before < (before := len(self.unit.journal)):
            await self.unit.errands_done()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(coroutine)


TestAnyWebhooks = AnyWebhooks.TestCase
TestAnyWebhooks.settings = settings(
    max_examples=120,
    stateful_step_count=30,
    derandomize=True,  # the same histories on every machine
    database=None,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)
