"""All sales units, and the alarm that wakes whichever has something due."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sandbox.domain.commands import UserFlow
from sandbox.domain.creation import create
from sandbox.domain.identity import sub
from sandbox.domain.payments import PaymentState
from sandbox.domain.sales_unit import UnitSettings
from sandbox.world import SalesUnit, World
from sandbox.world.world import wall_clock
from tests.domain.shop import ADA, NOON, REFERENCE, create_command, nok
from tests.world.fakes import FakeLoop, WallClock

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def world(wall: WallClock) -> World:
    return World(real_now=wall)


@pytest.fixture
def loop(world: World, wall: WallClock, monkeypatch: pytest.MonkeyPatch) -> FakeLoop:
    """The loop on which the world has been started."""
    loop = FakeLoop(wall)
    with monkeypatch.context() as patch:
        patch.setattr(asyncio, "get_running_loop", lambda: loop)
        world.start()
    return loop


def push(unit: SalesUnit, reference: str = REFERENCE, **changes: Any) -> None:
    unit.do(
        create,
        create_command(user_flow=UserFlow.PUSH_MESSAGE, reference=reference, idempotency_key=reference, **changes),
    )


def state_of(unit: SalesUnit, reference: str = REFERENCE) -> PaymentState:
    """Return a payment's state as it is, without firing what is due."""
    return unit.state.payment(reference).state


# --- Units ----------------------------------------------------------------------------------------------


def test_a_unit_is_made_when_it_is_first_asked_for_and_then_found(world: World) -> None:
    assert world.find("123456") is None
    unit = world.provision("123456")
    assert world.provision("123456", UnitSettings(name="Another")) is unit
    assert (world.find("123456"), len(world), list(world)) == (unit, 1, [unit])
    assert unit.state.settings == UnitSettings()


def test_a_unit_gets_its_own_settings_or_the_worlds(wall: WallClock) -> None:
    ours, own = UnitSettings(name="Ours"), UnitSettings(name="Own")
    world = World(ours, real_now=wall)
    assert (world.provision("1111").state.settings, world.provision("2222", own).state.settings) == (ours, own)


@pytest.mark.anyio
async def test_two_units_never_meet(world: World) -> None:
    """Not by reference, key, phone, person, settings or clock."""
    one, two = world.provision("1111"), world.provision("2222")
    untouched = World(real_now=world.real_now).provision("2222")
    push(one, scope=("name",))
    one.configure(UnitSettings(name="Ours"))
    await one.advance(DAY)
    assert two.state == untouched.state
    assert list(two.journal.read()) == list(untouched.journal.read())
    push(two, amount=nok(3000))
    assert (one.state.payment(REFERENCE).amount, two.state.payment(REFERENCE).amount) == (nok(2000), nok(3000))
    assert sub("1111", ADA) != sub("2222", ADA)


def test_a_unit_that_settled_in_is_never_removed(world: World) -> None:
    unit, other = world.settle_in("1111"), world.provision("2222")
    with pytest.raises(ValueError, match="1111 stays"):
        world.remove("1111")
    world.remove("2222")
    assert (list(world), world.is_gone(unit), world.is_gone(other)) == ([unit], False, True)


def test_an_unused_serial_number_is_one_that_no_unit_has(world: World) -> None:
    """Derived and not drawn: the same on every machine; asking for one does not use it."""
    numbers = []
    for _ in range(500):
        assert world.unused_msn() == world.unused_msn()
        numbers.append(world.provision(world.unused_msn()).msn)
    assert len(set(numbers)) == 500
    assert all(msn.isdigit() and len(msn) == 6 for msn in numbers)
    assert numbers[:2] == ["489619", "430554"]


def test_an_unused_serial_number_is_not_one_that_a_merchant_chose(world: World) -> None:
    chosen = world.unused_msn()
    other = World(real_now=world.real_now)
    other.provision("1111")
    world.provision(other.unused_msn())
    assert world.unused_msn() not in {chosen, other.unused_msn()}


def test_the_wall_clock_is_aware_and_in_utc() -> None:
    before = datetime.now(UTC)
    assert before <= wall_clock() <= datetime.now(UTC)
    assert wall_clock().tzinfo is UTC


# --- The alarm ------------------------------------------------------------------------------------------


def test_what_falls_due_happens_in_real_time_though_nobody_looks(world: World, loop: FakeLoop) -> None:
    unit = world.provision("1111")
    push(unit)
    loop.runs(10 * MINUTE - timedelta(seconds=1))
    assert state_of(unit) is PaymentState.CREATED
    loop.runs(timedelta(seconds=1))
    assert state_of(unit) is PaymentState.EXPIRED
    assert loop.timers == []


def test_the_alarm_goes_off_for_whichever_unit_is_first(world: World, loop: FakeLoop) -> None:
    late, early = world.provision("1111"), world.provision("2222", UnitSettings(payment_timeout=MINUTE))
    push(late)
    assert loop.timers == [NOON + 10 * MINUTE]
    push(early)
    assert loop.timers == [NOON + MINUTE]
    loop.runs(MINUTE)
    assert (state_of(late), state_of(early)) == (PaymentState.CREATED, PaymentState.EXPIRED)
    assert loop.timers == [NOON + 10 * MINUTE]
    loop.runs(9 * MINUTE)
    assert state_of(late) is PaymentState.EXPIRED


def test_a_unit_made_before_the_start_is_woken_too(world: World, wall: WallClock) -> None:
    unit = world.provision("1111")
    push(unit)
    loop = FakeLoop(wall)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio, "get_running_loop", lambda: loop)
        world.start()
    loop.runs(10 * MINUTE)
    assert state_of(unit) is PaymentState.EXPIRED


def test_the_alarm_looks_again_once_a_day(world: World, loop: FakeLoop) -> None:
    """An event loop's timers do not reach far; an invoice's do."""
    unit = world.provision("1111")
    push(unit, expires_at=NOON + 30 * DAY)
    assert loop.timers == [NOON + DAY]
    loop.runs(29 * DAY)
    assert (state_of(unit), loop.timers) == (PaymentState.CREATED, [NOON + 30 * DAY])
    loop.runs(DAY)
    assert state_of(unit) is PaymentState.EXPIRED


@pytest.mark.anyio
async def test_the_alarm_follows_a_clock_that_is_moved_stopped_and_set_back(world: World, loop: FakeLoop) -> None:
    unit = world.provision("1111")
    push(unit)
    await unit.advance(4 * MINUTE)
    assert loop.timers == [NOON + 6 * MINUTE]
    await unit.set_clock(None, frozen=True)
    loop.runs(DAY)
    assert (state_of(unit), loop.timers) == (PaymentState.CREATED, [])
    await unit.set_clock(NOON, frozen=False)
    loop.runs(10 * MINUTE - timedelta(seconds=1))
    assert state_of(unit) is PaymentState.CREATED
    loop.runs(timedelta(seconds=1))
    assert state_of(unit) is PaymentState.EXPIRED


@pytest.mark.anyio
async def test_a_persona_is_woken_at_once_though_its_clock_stands(world: World, loop: FakeLoop) -> None:
    unit = world.provision("1111")
    await unit.set_clock(None, frozen=True)
    push(unit, phone_number="4790000001")
    assert (state_of(unit), loop.timers) == (PaymentState.CREATED, [NOON])
    loop.runs(timedelta(0))
    assert state_of(unit) is PaymentState.AUTHORIZED


def test_one_units_bug_does_not_stop_the_clocks_of_others(
    world: World, loop: FakeLoop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken, sound = world.provision("1111"), world.provision("2222")
    push(broken)
    push(sound)

    def settle() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(broken, "settle", settle)
    monkeypatch.setattr(SalesUnit, "next_due_really", property(lambda unit: None))
    loop.runs(10 * MINUTE)
    assert state_of(sound) is PaymentState.EXPIRED
    assert [(record.levelno, record.getMessage(), record.__dict__["msn"]) for record in caplog.records] == [
        (logging.ERROR, "due time failed", "1111")
    ]


def test_nothing_is_woken_after_the_end(world: World, loop: FakeLoop) -> None:
    unit = world.provision("1111")
    push(unit)
    world.stop()
    assert loop.timers == []
    push(unit, "order-0002")
    loop.runs(DAY)
    assert (loop.timers, state_of(unit)) == ([], PaymentState.CREATED)
    assert unit.up_to_date().payment(REFERENCE).state is PaymentState.EXPIRED


def test_a_world_that_never_started_can_be_stopped(world: World) -> None:
    world.stop()


@pytest.mark.anyio
async def test_the_alarm_rings_on_a_real_event_loop() -> None:
    world = World(UnitSettings(payment_timeout=timedelta(milliseconds=1)))
    world.start()
    unit = world.provision("1111")
    push(unit)
    async with asyncio.timeout(10):
        while state_of(unit) is PaymentState.CREATED:  # noqa: ASYNC110 - nothing tells when the alarm has rung
            await asyncio.sleep(0)
    world.stop()
    assert state_of(unit) is PaymentState.EXPIRED
