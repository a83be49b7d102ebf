"""Errands: merchants are told and asked beside all else, each time at its own instant."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sandbox.domain import modifications, webhooks
from sandbox.domain.approval import act, force_approve
from sandbox.domain.commands import (
    AskForDelivery,
    Capture,
    CustomerAct,
    CustomerAction,
    DropDelivery,
    ForceApprove,
    HoldWebhooks,
    RegisterWebhook,
    ReleaseWebhooks,
    Shipping,
    ShippingBrand,
    ShippingGroup,
    ShippingOption,
    ShippingType,
    UserFlow,
)
from sandbox.domain.creation import create
from sandbox.domain.customers import Persona
from sandbox.domain.event_names import EventName, event_type
from sandbox.domain.facts import ClockSet, Fact, PaymentCaptured, PaymentExpired, WebhookAttempted
from sandbox.domain.payments import PaymentState
from sandbox.domain.sales_unit import UnitSettings
from sandbox.domain.state import replay
from sandbox.domain.webhook_book import Delivery, DeliveryStatus
from sandbox.journal import MemoryJournal
from sandbox.world import SalesUnit, World
from tests.domain.shop import ADA, MSN, NOON, REFERENCE, create_command, nok
from tests.world.fakes import FakeCourier, Told, WallClock

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ALL = tuple(map(event_type, EventName))
CREATED, AUTHORIZED, CAPTURED = EventName.CREATED, EventName.AUTHORIZED, EventName.CAPTURED
GROUPS = (
    ShippingGroup(
        type=ShippingType.MAILBOX,
        brand=ShippingBrand.POSTEN,
        options=(ShippingOption(id="mailbox", name="Mailbox", amount=nok(4900)),),
    ),
)


@pytest.fixture
async def courier() -> FakeCourier:
    return FakeCourier()


@pytest.fixture
async def world(wall: WallClock, courier: FakeCourier) -> AsyncIterator[World]:
    world = World(real_now=wall, courier=courier)
    world.start()
    yield world
    world.stop()


@pytest.fixture
async def unit(world: World) -> SalesUnit:
    """A unit with a webhook for all that happens to payments."""
    unit = world.provision(MSN)
    register(unit)
    return unit


def register(unit: SalesUnit) -> str:
    (registered,) = unit.do(webhooks.register, RegisterWebhook(url="https://example.com/hook", events=ALL))
    return registered.registration_id


def pay(unit: SalesUnit, reference: str = REFERENCE) -> None:
    unit.do(create, create_command(reference=reference, idempotency_key=reference))
    unit.do(force_approve, ForceApprove(reference=reference))


def capture(unit: SalesUnit, reference: str = REFERENCE) -> None:
    unit.do(modifications.capture, Capture(idempotency_key="1", reference=reference, amount=nok(2000)))


def statuses(unit: SalesUnit) -> list[DeliveryStatus]:
    return [delivery.status for delivery in unit.state.webhooks.deliveries.values()]


def attempts(unit: SalesUnit) -> list[WebhookAttempted]:
    return [fact for fact in unit.journal.read() if isinstance(fact, WebhookAttempted)]


def rebuilt(unit: SalesUnit, wall: WallClock, courier: FakeCourier) -> SalesUnit:
    journal = MemoryJournal()
    journal.append(list(unit.journal.read()))
    return SalesUnit(MSN, UnitSettings(), real_now=wall, journal=journal, courier=courier)


async def until(true: Callable[[], bool]) -> None:
    """Let others go on until it is so; nobody waits for real time."""
    for _ in range(10_000):
        if true():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never is")


# --- In real time -----------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_what_happens_is_told_at_once_and_in_order(unit: SalesUnit, courier: FakeCourier) -> None:
    pay(unit)
    capture(unit)
    assert courier.told == []  # nobody waits for merchants
    await until(lambda: len(attempts(unit)) == 3)
    assert courier.told == [Told(name, REFERENCE, NOON) for name in (CREATED, AUTHORIZED, CAPTURED)]
    assert statuses(unit) == [DeliveryStatus.DELIVERED] * 3
    assert replay(unit.journal.read()) == unit.state


@pytest.mark.anyio
async def test_a_try_is_made_again_when_its_time_has_come(
    unit: SalesUnit, courier: FakeCourier, wall: WallClock
) -> None:
    courier.statuses.extend([500, None])
    unit.do(create, create_command())
    for _ in range(3):
        await unit.errands_done()
        unit.settle()  # too soon
        wall.passes(2 * SECOND)
        unit.settle()
    assert [told.at - NOON for told in courier.told] == [0 * SECOND, 2 * SECOND, 4 * SECOND]
    assert statuses(unit) == [DeliveryStatus.DELIVERED]


@pytest.mark.anyio
async def test_one_queue_never_has_two_on_the_way(unit: SalesUnit, courier: FakeCourier) -> None:
    """However many events there are, and however often anybody looks."""
    courier.way.clear()
    pay(unit)
    capture(unit)
    await courier.arrivals.get()
    for _ in range(3):
        unit.settle()
        await asyncio.sleep(0)
    assert [delivery.event for delivery in courier.under_way] == [CREATED]
    courier.way.set()
    await until(lambda: len(attempts(unit)) == 3)
    assert (courier.most_at_once, courier.crowded) == (1, [])


@pytest.mark.anyio
async def test_other_queues_go_on_while_one_waits_for_its_answer(unit: SalesUnit, courier: FakeCourier) -> None:
    register(unit)
    courier.way.clear()
    for number in range(3):
        unit.do(create, create_command(reference=f"order-{number:04}", idempotency_key=str(number)))
    await until(lambda: len(courier.under_way) == 6)
    courier.way.set()
    await until(lambda: len(attempts(unit)) == 6)


@pytest.mark.anyio
async def test_at_most_32_are_under_way_at_once(unit: SalesUnit, courier: FakeCourier) -> None:
    courier.way.clear()
    for number in range(40):
        unit.do(create, create_command(reference=f"order-{number:04}", idempotency_key=str(number)))
    await until(lambda: len(courier.under_way) == 32)
    for _ in range(100):
        await asyncio.sleep(0)
    assert len(courier.told) == 32
    courier.way.set()
    await until(lambda: len(attempts(unit)) == 40)
    assert courier.most_at_once == 32
    assert set(statuses(unit)) == {DeliveryStatus.DELIVERED}


@pytest.mark.anyio
async def test_what_the_merchant_does_when_told_is_told_next(unit: SalesUnit, courier: FakeCourier) -> None:
    courier.on_told = lambda unit, delivery: capture(unit) if delivery.event is AUTHORIZED else None
    pay(unit)
    await until(lambda: len(attempts(unit)) == 3)
    assert [told.event for told in courier.told] == [CREATED, AUTHORIZED, CAPTURED]


@pytest.mark.anyio
async def test_what_is_held_stays_until_it_is_released(unit: SalesUnit, courier: FakeCourier) -> None:
    unit.do(webhooks.hold, HoldWebhooks())
    pay(unit)
    await unit.errands_done()
    assert courier.told == []
    unit.do(webhooks.release, ReleaseWebhooks(newest_first=True, copies=2))
    await until(lambda: len(attempts(unit)) == 4)
    assert [told.event for told in courier.told] == [AUTHORIZED, AUTHORIZED, CREATED, CREATED]


@pytest.mark.anyio
async def test_what_is_asked_for_goes_out_beside_its_queue(unit: SalesUnit, courier: FakeCourier) -> None:
    courier.statuses.append(500)
    pay(unit)
    await until(lambda: len(attempts(unit)) == 1)
    authorized = list(unit.state.webhooks.deliveries)[1]
    unit.do(webhooks.ask_for_delivery, AskForDelivery(delivery_id=authorized))
    await until(lambda: len(attempts(unit)) == 2)
    assert courier.told[1:] == [Told(AUTHORIZED, REFERENCE, NOON, out_of_turn=True)]
    assert statuses(unit) == [DeliveryStatus.WAITING, DeliveryStatus.DELIVERED]


@pytest.mark.anyio
async def test_what_is_dropped_on_its_way_was_sent_all_the_same(unit: SalesUnit, courier: FakeCourier) -> None:
    courier.way.clear()
    unit.do(create, create_command())
    await courier.arrivals.get()
    unit.do(webhooks.drop_delivery, DropDelivery(delivery_id=next(iter(unit.state.webhooks.deliveries))))
    courier.way.set()
    await unit.errands_done()
    assert (statuses(unit), len(attempts(unit))) == ([DeliveryStatus.DROPPED], 1)


@pytest.mark.anyio
async def test_a_bug_of_the_couriers_is_logged_and_stops_nobody(
    unit: SalesUnit, courier: FakeCourier, caplog: pytest.LogCaptureFixture
) -> None:
    def break_first(unit: SalesUnit, delivery: Delivery) -> None:
        if delivery.reference == REFERENCE:
            raise ZeroDivisionError

    courier.on_told = break_first
    for reference in (REFERENCE, "order-0002"):
        unit.do(create, create_command(reference=reference, idempotency_key=reference))
    await until(lambda: len(attempts(unit)) == 1)
    assert [fact.reference for fact in attempts(unit)] == ["order-0002"]

    def logged() -> list[logging.LogRecord]:
        """Return what the world said: a loop of other tests may still complain of what it was left with."""
        return [record for record in caplog.records if record.name.startswith("sandbox.")]

    await until(lambda: len(logged()) == 1)
    (said,) = logged()
    assert (said.getMessage(), said.levelno, getattr(said, "msn", None)) == (
        "errand failed",
        logging.ERROR,
        MSN,
    )


@pytest.mark.anyio
async def test_without_a_courier_nobody_is_told(wall: WallClock) -> None:
    """What is owed waits for ever, and no due time stands for it."""
    unit = SalesUnit(MSN, UnitSettings(), real_now=wall)
    register(unit)
    pay(unit)
    assert await unit.advance(HOUR) == []
    assert statuses(unit) == [DeliveryStatus.WAITING] * 2
    assert unit.next_due == NOON + 180 * DAY


# --- While the clock is moved -------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_each_try_is_made_at_its_own_instant_while_the_clock_is_advanced(
    unit: SalesUnit, courier: FakeCourier
) -> None:
    courier.statuses.extend([500] * 6)
    unit.do(create, create_command())
    happened = await unit.advance(DAY)
    tries = [timedelta(seconds=seconds) for seconds in (0, 2, 4, 6, 66, 186, 3786)]
    assert [told.at - NOON for told in courier.told if told.event is CREATED] == tries
    assert [fact.at - NOON for fact in happened if isinstance(fact, WebhookAttempted)] == [
        *tries[:-2],
        tries[-2],
        tries[-1],
        tries[-1],
    ]
    assert unit.now() == NOON + DAY


@pytest.mark.anyio
async def test_what_falls_due_in_between_happens_in_between(unit: SalesUnit, courier: FakeCourier) -> None:
    """The payment expires after ten minutes, while its first event is still tried in vain."""
    courier.statuses.extend([500] * 6)
    unit.do(create, create_command())
    happened = await unit.advance(2 * HOUR)
    assert [(type(fact).__name__, fact.at - NOON) for fact in happened] == [
        *(("WebhookAttempted", timedelta(seconds=seconds)) for seconds in (0, 2, 4, 6, 66, 186)),
        ("PaymentExpired", 10 * MINUTE),
        ("WebhookAttempted", timedelta(seconds=3786)),
        ("WebhookAttempted", timedelta(seconds=3786)),
    ]
    assert [told.event for told in courier.told][-2:] == [CREATED, EventName.EXPIRED]


@pytest.mark.anyio
async def test_what_a_receiver_does_while_being_told_happens_at_that_instant(
    unit: SalesUnit, courier: FakeCourier
) -> None:
    """And is itself told before the clock goes on."""
    courier.on_told = lambda unit, delivery: capture(unit) if delivery.event is AUTHORIZED else None
    unit.configure(replace(unit.state.settings, customer=Persona.SLOW))
    unit.do(create, create_command(user_flow=UserFlow.PUSH_MESSAGE))
    happened = await unit.advance(DAY)
    at = NOON + 5 * MINUTE
    assert [fact.at for fact in happened if isinstance(fact, PaymentCaptured)] == [at]
    assert courier.told == [
        Told(CREATED, REFERENCE, NOON),
        *(Told(name, REFERENCE, at) for name in (AUTHORIZED, CAPTURED)),
    ]
    assert unit.now() == NOON + DAY


@pytest.mark.anyio
async def test_the_clock_waits_for_an_answer_and_so_does_a_second_move(unit: SalesUnit, courier: FakeCourier) -> None:
    courier.way.clear()
    unit.do(create, create_command())
    first = asyncio.create_task(unit.advance(HOUR))
    second = asyncio.create_task(unit.advance(HOUR))
    await courier.arrivals.get()
    for _ in range(10):
        await asyncio.sleep(0)
    assert (first.done(), second.done(), unit.now()) == (False, False, NOON)
    courier.way.set()
    told = [type(fact) for fact in await first]
    assert told == [WebhookAttempted, PaymentExpired, WebhookAttempted]
    assert (await second, unit.now()) == ([], NOON + 2 * HOUR)


@pytest.mark.anyio
async def test_what_is_on_its_way_is_answered_before_the_clock_moves(unit: SalesUnit, courier: FakeCourier) -> None:
    courier.way.clear()
    unit.do(create, create_command())
    await courier.arrivals.get()
    advance = asyncio.create_task(unit.advance(HOUR))
    await asyncio.sleep(0)
    courier.way.set()
    await advance
    assert [(fact.event, fact.at) for fact in attempts(unit)] == [
        (CREATED, NOON),
        (EventName.EXPIRED, NOON + 10 * MINUTE),
    ]


@pytest.mark.anyio
async def test_nothing_falls_due_in_real_time_while_the_clock_is_moved(
    unit: SalesUnit, courier: FakeCourier, wall: WallClock
) -> None:
    """Who looks at the unit meanwhile sees it as it is at the instant that the clock has come to."""
    courier.way.clear()
    unit.do(create, create_command())
    advance = asyncio.create_task(unit.advance(MINUTE))
    await courier.arrivals.get()
    wall.passes(HOUR)
    assert unit.up_to_date().payment(REFERENCE).state is PaymentState.CREATED
    assert (unit.now(), unit.next_due_really) == (NOON, None)
    courier.way.set()
    await advance
    assert unit.now() == NOON + MINUTE


@pytest.mark.anyio
async def test_the_clock_goes_to_the_next_due_time(unit: SalesUnit, courier: FakeCourier) -> None:
    courier.statuses.extend([500])
    unit.do(create, create_command())
    for seconds in (0, 2):
        await unit.advance_to_next_due()
        assert (unit.now(), courier.told[-1].at) == (NOON + timedelta(seconds=seconds),) * 2
    await unit.advance_to_next_due()
    assert (unit.now(), unit.state.payment(REFERENCE).state) == (NOON + 10 * MINUTE, PaymentState.EXPIRED)


@pytest.mark.anyio
async def test_what_nobody_takes_is_dropped_and_who_takes_nothing_is_removed(
    unit: SalesUnit, courier: FakeCourier
) -> None:
    courier.statuses.extend([None] * 1000)
    pay(unit)
    await unit.advance(20 * DAY)
    (registration,) = {fact.registration_id for fact in attempts(unit)}
    assert registration not in unit.state.webhooks.registrations
    assert statuses(unit) == [DeliveryStatus.DROPPED] * 2
    assert [told.event for told in courier.told] == [CREATED] * 35 + [AUTHORIZED]
    assert replay(unit.journal.read()) == unit.state


@pytest.mark.anyio
async def test_what_is_sent_late_is_not_recorded_as_if_it_had_been_in_time(wall: WallClock) -> None:
    """Nobody had time for it before the clock was moved; the journal goes back only when the clock is set back."""
    unit = SalesUnit(MSN, UnitSettings(), real_now=wall, courier=FakeCourier())
    register(unit)
    unit.do(create, create_command())
    wall.passes(5 * SECOND)
    unit.do(create, create_command(reference="order-0002", idempotency_key="key-2"))
    await unit.advance(MINUTE)
    instants = [fact.at for fact in unit.journal.read()]
    assert instants == sorted(instants)


# --- Express ------------------------------------------------------------------------------------------------


def express(unit: SalesUnit, **changes: Any) -> None:
    unit.do(
        create,
        create_command(
            shipping=Shipping(callback_url="https://example.com/shipping"),
            scope=("name", "address", "email", "phoneNumber"),
            **changes,
        ),
    )


def on_phone(unit: SalesUnit, *actions: CustomerAction) -> list[Fact]:
    facts: list[Fact] = []
    for action in actions:
        facts += unit.do(act, CustomerAct(action=action, reference=REFERENCE, phone_number=ADA))
    return facts


@pytest.mark.anyio
async def test_a_merchant_is_asked_how_it_ships_and_the_customer_chooses(
    unit: SalesUnit, courier: FakeCourier
) -> None:
    courier.offer = GROUPS
    express(unit)
    on_phone(unit, CustomerAction.OPEN, CustomerAction.SHARE)
    await until(lambda: unit.state.payment(REFERENCE).shipping_offer is not None)
    unit.customer_does(CustomerAction.APPROVE, REFERENCE, ADA, shipping_option_id="mailbox")
    assert (courier.asked, unit.state.payment(REFERENCE).authorized) == ([(REFERENCE, NOON)], 6900)


@pytest.mark.anyio
async def test_a_merchant_that_cannot_ship_is_asked_again_when_the_customer_tries_again(
    unit: SalesUnit, courier: FakeCourier
) -> None:
    express(unit)
    on_phone(unit, CustomerAction.OPEN, CustomerAction.SHARE)
    await until(lambda: unit.state.payment(REFERENCE).shipping_refused is not None)
    assert unit.state.payment(REFERENCE).shipping_refused == "no boat goes there"
    courier.offer = GROUPS
    on_phone(unit, CustomerAction.OPEN)
    await until(lambda: unit.state.payment(REFERENCE).shipping_offer == GROUPS)
    assert len(courier.asked) == 2


@pytest.mark.anyio
async def test_a_persona_takes_what_is_offered_while_the_clock_is_advanced(
    unit: SalesUnit, courier: FakeCourier
) -> None:
    courier.offer = GROUPS
    unit.configure(replace(unit.state.settings, customer=Persona.SLOW))
    express(unit)
    await unit.advance(HOUR)
    payment = unit.state.payment(REFERENCE)
    assert courier.asked == [(REFERENCE, NOON + 5 * MINUTE)]
    assert (payment.state, payment.authorized, payment.authorized_at) == (
        PaymentState.AUTHORIZED,
        6900,
        NOON + 5 * MINUTE,
    )


@pytest.mark.anyio
async def test_a_persona_gives_up_where_the_shop_does_not_ship(unit: SalesUnit, courier: FakeCourier) -> None:
    unit.configure(replace(unit.state.settings, customer=Persona.APPROVES))
    express(unit)
    await unit.advance(HOUR)
    assert (len(courier.asked), unit.state.payment(REFERENCE).state) == (1, PaymentState.EXPIRED)


# --- Rebuilt from the journal -------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_what_was_not_answered_is_sent_again_by_a_unit_that_is_rebuilt(
    unit: SalesUnit, world: World, courier: FakeCourier, wall: WallClock
) -> None:
    courier.way.clear()
    pay(unit)
    await courier.arrivals.get()
    world.stop()
    await asyncio.sleep(0)
    again = FakeCourier()
    other = rebuilt(unit, wall, again)
    await other.advance(SECOND)
    assert [told.event for told in again.told] == [CREATED, AUTHORIZED]
    assert statuses(other) == [DeliveryStatus.DELIVERED] * 2


@pytest.mark.anyio
async def test_what_was_answered_is_not_sent_again(unit: SalesUnit, wall: WallClock) -> None:
    pay(unit)
    await until(lambda: len(attempts(unit)) == 2)
    again = FakeCourier()
    other = rebuilt(unit, wall, again)
    await other.advance(30 * DAY)
    assert (again.told, statuses(other)) == ([], [DeliveryStatus.DELIVERED] * 2)


@pytest.mark.anyio
async def test_what_was_asked_for_and_answered_is_not_sent_again(unit: SalesUnit, wall: WallClock) -> None:
    unit.do(create, create_command())
    await until(lambda: len(attempts(unit)) == 1)
    unit.do(webhooks.ask_for_delivery, AskForDelivery(delivery_id=next(iter(unit.state.webhooks.deliveries))))
    await until(lambda: len(attempts(unit)) == 2)
    again = FakeCourier()
    await rebuilt(unit, wall, again).advance(SECOND)
    assert again.told == []


@pytest.mark.anyio
async def test_a_unit_that_is_rebuilt_keeps_to_the_schedule(
    unit: SalesUnit, courier: FakeCourier, wall: WallClock
) -> None:
    courier.statuses.extend([500] * 3)
    unit.do(create, create_command())
    await unit.advance(5 * SECOND)
    again = FakeCourier()
    await rebuilt(unit, wall, again).advance(MINUTE)
    assert [(told.event, told.at) for told in again.told] == [(CREATED, NOON + 6 * SECOND)]


@pytest.mark.anyio
async def test_a_merchant_that_was_asked_is_asked_again_by_a_unit_that_is_rebuilt(
    unit: SalesUnit, courier: FakeCourier, wall: WallClock
) -> None:
    courier.way.clear()
    express(unit)
    on_phone(unit, CustomerAction.OPEN, CustomerAction.SHARE)
    await until(lambda: len(courier.asked) == 1)
    again = FakeCourier()
    again.offer = GROUPS
    other = rebuilt(unit, wall, again)
    await other.advance(SECOND)
    assert other.state.payment(REFERENCE).shipping_offer == GROUPS


@pytest.mark.anyio
async def test_a_world_that_stops_lets_nobody_wait(unit: SalesUnit, world: World, courier: FakeCourier) -> None:
    """What was under way is as if it had never been sent."""
    courier.way.clear()
    unit.do(create, create_command())
    await courier.arrivals.get()
    before = len(unit.journal)
    world.stop()
    await unit.errands_done()
    assert (len(unit.journal), statuses(unit)) == (before, [DeliveryStatus.WAITING])


@pytest.mark.anyio
async def test_moving_the_clock_is_the_last_that_is_recorded(unit: SalesUnit, courier: FakeCourier) -> None:
    pay(unit)
    happened = await unit.advance(MINUTE)
    journal = list(unit.journal.read())
    assert journal[-1] == ClockSet(at=NOON + MINUTE, real=NOON, frozen=False, by=MINUTE)
    assert journal[-1 - len(happened) : -1] == happened
