"""A sales unit: one command is one step, and what falls due happens at its own instant."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from sandbox.domain import modifications
from sandbox.domain.approval import act, enter_number, force_approve
from sandbox.domain.commands import (
    Capture,
    CreatePayment,
    CustomerAct,
    CustomerAction,
    EnterNumber,
    ForceApprove,
    UserFlow,
)
from sandbox.domain.creation import create
from sandbox.domain.customers import Persona
from sandbox.domain.errors import (
    AmountTooSmall,
    CaptureBeforeApproval,
    CaptureTooHigh,
    CreateKeyReused,
    ReferenceTaken,
    Refusal,
)
from sandbox.domain.facts import (
    ClockSet,
    Fact,
    KeyedOperationRefused,
    PaymentAuthorized,
    PaymentCancelled,
    PaymentCreated,
    PaymentExpired,
    PushSent,
    UnitConfigured,
    UnitProvisioned,
)
from sandbox.domain.payments import PaymentState
from sandbox.domain.sales_unit import UnitSettings
from sandbox.domain.state import UnitState, operation_key
from sandbox.journal import MemoryJournal
from sandbox.world import SalesUnit
from tests.domain.shop import ADA, EMMA, MSN, NOON, REFERENCE, create_command, nok
from tests.world.fakes import TickingClock, WallClock

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MAGIC = "47900000{:02}"


def push_command(**changes: Any) -> CreatePayment:
    return create_command(user_flow=UserFlow.PUSH_MESSAGE, **changes)


def capture(key: str, value: int = 2000) -> Capture:
    return Capture(idempotency_key=key, reference=REFERENCE, amount=nok(value))


def named(facts: Sequence[Fact]) -> list[tuple[str, datetime]]:
    return [(type(fact).__name__, fact.at) for fact in facts]


def state_of(unit: SalesUnit, reference: str = REFERENCE) -> PaymentState:
    return unit.up_to_date().payment(reference).state


def configure(unit: SalesUnit, **changes: Any) -> None:
    unit.configure(replace(unit.state.settings, **changes))


# --- One command is one step ----------------------------------------------------------------------------


def test_a_unit_begins_with_its_provisioning(unit: SalesUnit) -> None:
    assert list(unit.journal.read()) == [UnitProvisioned(at=NOON, msn=MSN, settings=UnitSettings())]
    assert (unit.state.msn, unit.now(), unit.frozen, unit.next_due) == (MSN, NOON, False, None)


def test_a_command_brings_its_facts_into_journal_and_state(unit: SalesUnit) -> None:
    facts = [
        PaymentCreated(at=NOON, reference=REFERENCE, command=push_command(), deadline=NOON + 10 * MINUTE),
        PushSent(at=NOON, reference=REFERENCE, phone_number=ADA),
    ]
    assert unit.do(create, push_command()) == facts
    assert list(unit.journal.read(1)) == facts
    assert unit.state.payment(REFERENCE).facts == tuple(facts)


def test_a_refused_command_leaves_nothing_but_what_its_key_remembers(unit: SalesUnit) -> None:
    command = create_command(amount=nok(1))
    for _ in range(2):
        with pytest.raises(AmountTooSmall):
            unit.do(create, command)
    (left,) = unit.journal.read(1)
    assert isinstance(left, KeyedOperationRefused)
    assert (left.key, left.refusal) == (operation_key(command), AmountTooSmall(nok(1), 100))
    assert not unit.state.payments


def test_a_refused_command_without_a_key_leaves_nothing(unit: SalesUnit) -> None:
    with pytest.raises(AmountTooSmall):
        unit.do(create, create_command(amount=nok(1), idempotency_key=None))
    assert len(unit.journal) == 1


def test_a_decision_that_breaks_leaves_nothing(unit: SalesUnit) -> None:
    """A bug of ours is no refusal: it passes through, and the unit is as before."""

    def broken(state: UnitState, command: CreatePayment, at: datetime) -> list[Fact]:
        raise ZeroDivisionError

    before = len(unit.journal)
    with pytest.raises(ZeroDivisionError):
        unit.do(broken, create_command())
    assert len(unit.journal) == before
    assert unit.do(create, create_command()) == [unit.state.payment(REFERENCE).created]


def test_a_repeated_key_replays_and_does_nothing(unit: SalesUnit) -> None:
    created, _ = unit.do(create, push_command())
    unit.do(force_approve, ForceApprove(reference=REFERENCE))
    before = len(unit.journal)
    assert unit.do(create, push_command()) == [created]
    assert len(unit.journal) == before


def test_a_capture_is_replayed_by_its_key_after_others_came(unit: SalesUnit) -> None:
    unit.do(create, create_command())
    unit.do(force_approve, ForceApprove(reference=REFERENCE))
    (first,) = unit.do(modifications.capture, capture("1", 500))
    unit.do(modifications.capture, capture("2", 1500))
    assert unit.do(modifications.capture, capture("1", 500))[0] is first
    assert unit.state.payment(REFERENCE).captured == 2000


def test_a_key_keeps_its_refusal_though_the_capture_would_be_possible_by_now(unit: SalesUnit) -> None:
    unit.do(create, create_command())
    with pytest.raises(CaptureBeforeApproval):
        unit.do(modifications.capture, capture("1"))
    unit.do(force_approve, ForceApprove(reference=REFERENCE))
    with pytest.raises(CaptureBeforeApproval):
        unit.do(modifications.capture, capture("1"))
    unit.do(modifications.capture, capture("2"))
    assert unit.state.payment(REFERENCE).captured == 2000


def test_a_key_can_be_retried_where_refusals_are_not_kept(wall: WallClock) -> None:
    unit = SalesUnit(MSN, UnitSettings(sticky_refusals=False), real_now=wall)
    unit.do(create, create_command())
    unit.do(force_approve, ForceApprove(reference=REFERENCE))
    with pytest.raises(CaptureTooHigh):
        unit.do(modifications.capture, capture("1", 2001))
    unit.do(modifications.capture, capture("1"))
    assert unit.state.payment(REFERENCE).captured == 2000


def test_a_used_create_key_is_told_before_a_taken_reference(unit: SalesUnit) -> None:
    """Both repeat, with other content: 4020 and not 4150."""
    unit.do(create, create_command())
    with pytest.raises(CreateKeyReused):
        unit.do(create, create_command(amount=nok(3000)))
    with pytest.raises(ReferenceTaken):
        unit.do(create, create_command(idempotency_key="key-2"))


# --- What falls due -------------------------------------------------------------------------------------


def test_nobody_meets_a_payment_that_should_have_expired(unit: SalesUnit, wall: WallClock) -> None:
    """However late it is looked at, it expired at its deadline."""
    unit.do(create, push_command())
    wall.passes(10 * MINUTE - timedelta(microseconds=1))
    assert state_of(unit) is PaymentState.CREATED
    wall.passes(HOUR)
    with pytest.raises(Refusal):
        unit.do(force_approve, ForceApprove(reference=REFERENCE))
    assert list(unit.journal.read(3)) == [PaymentExpired(at=NOON + 10 * MINUTE, reference=REFERENCE)]


def test_a_payment_expires_at_the_instant_of_its_deadline(unit: SalesUnit, wall: WallClock) -> None:
    unit.do(create, push_command())
    wall.passes(10 * MINUTE)
    assert state_of(unit) is PaymentState.EXPIRED


def test_settings_change_what_comes_and_not_what_was_due(unit: SalesUnit, wall: WallClock) -> None:
    """What is due by now has happened before a change of settings takes effect, whether or not anybody looked."""
    unit.do(create, push_command(phone_number=MAGIC.format(8)))
    configure(unit, customer=Persona.SLOW)
    unit.do(create, push_command(reference="order-0002", idempotency_key="key-2"))
    wall.passes(6 * MINUTE)
    configure(unit, customer=Persona.MANUAL)
    assert state_of(unit, "order-0002") is PaymentState.AUTHORIZED
    assert [type(fact) for fact in unit.journal.read()][-1] is UnitConfigured


@pytest.mark.parametrize("persona", [Persona.MANUAL, Persona.NEVER_ANSWERS, Persona.UNKNOWN, Persona.TOO_YOUNG])
def test_a_customer_who_no_longer_answers_by_itself_keeps_no_promise(
    unit: SalesUnit, wall: WallClock, persona: Persona
) -> None:
    """The unit's customers were slow when the push came, and are played by a human by the time they would answer."""
    configure(unit, customer=Persona.SLOW)
    unit.do(create, push_command())
    configure(unit, customer=persona)
    wall.passes(6 * MINUTE)
    assert state_of(unit) is PaymentState.CREATED


@pytest.mark.parametrize(
    ("number", "happens"),
    [
        (1, [("PaymentOpened", 0), ("ConsentGiven", 0), ("PaymentAuthorized", 0)]),
        (2, [("PaymentOpened", 0), ("ConsentGiven", 0), ("PaymentAborted", 0)]),
        (
            3,
            [
                *[("PaymentOpened", 0), ("ConsentGiven", 0), ("PaymentPostponed", 0)],
                *[("ReminderSent", 1440), ("PaymentOpened", 1440), ("PaymentAuthorized", 1440)],
            ],
        ),
        (4, [("ReminderSent", 1440), ("PaymentExpired", 2880)]),
        (5, [("PaymentOpened", 0), ("PaymentAborted", 0)]),
        (6, [("PaymentOpened", 0), ("ConsentGiven", 0), ("CardDeclined", 0), ("PaymentAuthorized", 0)]),
        (
            7,
            [
                *[("PaymentOpened", 0), ("ConsentGiven", 0), ("CardDeclined", 0)],
                *[("ReminderSent", 1440), ("PaymentExpired", 2880)],
            ],
        ),
        (8, [("PaymentOpened", 5), ("ConsentGiven", 5), ("PaymentAuthorized", 5)]),
    ],
)
@pytest.mark.anyio
async def test_what_happens_behind_each_magic_number(
    unit: SalesUnit, number: int, happens: list[tuple[str, int]]
) -> None:
    """An invoice of two days that asks for a name; times in minutes after the push."""
    unit.do(create, push_command(phone_number=MAGIC.format(number), scope=("name",), expires_at=NOON + 2 * DAY))
    assert named(await unit.advance(7 * DAY)) == [(name, NOON + minutes * MINUTE) for name, minutes in happens]


@pytest.mark.parametrize("number", range(1, 9))
@pytest.mark.parametrize("value", [151, 201])
@pytest.mark.anyio
async def test_every_persona_comes_to_an_end_with_a_special_amount(unit: SalesUnit, number: int, value: int) -> None:
    unit.do(create, push_command(phone_number=MAGIC.format(number), amount=nok(value), expires_at=NOON + 2 * DAY))
    happened = await unit.advance(7 * DAY)
    assert len(happened) <= 6
    assert state_of(unit) is not PaymentState.CREATED


@pytest.mark.parametrize("before", range(5))
def test_no_due_time_is_lost_while_settings_change(before: int) -> None:
    """Real time does not stand still in between: the deadline may come at any reading of the clock."""
    wall = TickingClock()
    unit = SalesUnit(MSN, UnitSettings(), real_now=wall)
    unit.do(create, push_command())
    wall.now = unit.state.payment(REFERENCE).created.deadline - timedelta(microseconds=before)
    configure(unit, name="Another")
    rebuilt = copy_of(unit, wall)
    wall.passes(MINUTE)
    assert state_of(rebuilt) is state_of(unit) is PaymentState.EXPIRED


@pytest.mark.parametrize("flow", [UserFlow.WEB_REDIRECT, UserFlow.NATIVE_REDIRECT])
def test_a_persona_follows_the_link_that_was_made_for_its_number(unit: SalesUnit, flow: UserFlow) -> None:
    unit.do(create, create_command(user_flow=flow, phone_number=MAGIC.format(1), scope=("name",)))
    assert state_of(unit) is PaymentState.AUTHORIZED


def test_a_persona_answers_whoever_typed_its_number(unit: SalesUnit) -> None:
    unit.do(create, create_command(phone_number=EMMA))
    unit.do(enter_number, EnterNumber(reference=REFERENCE, phone_number=MAGIC.format(1)))
    assert state_of(unit) is PaymentState.AUTHORIZED
    assert unit.state.payment(REFERENCE).phone_number == MAGIC.format(1)


def test_a_request_that_went_to_another_phone_is_no_longer_the_personas(unit: SalesUnit, wall: WallClock) -> None:
    """Emma has the request when the slow customer would have approved it."""
    unit.do(create, create_command())
    for phone in (MAGIC.format(8), EMMA):
        unit.do(enter_number, EnterNumber(reference=REFERENCE, phone_number=phone))
    wall.passes(6 * MINUTE)
    assert state_of(unit) is PaymentState.CREATED
    wall.passes(6 * MINUTE)
    assert state_of(unit) is PaymentState.EXPIRED


def test_a_persona_that_comes_too_late_finds_the_payment_expired(wall: WallClock) -> None:
    unit = SalesUnit(MSN, UnitSettings(payment_timeout=5 * MINUTE), real_now=wall)
    unit.do(create, push_command(phone_number=MAGIC.format(8)))
    wall.passes(HOUR)
    assert state_of(unit) is PaymentState.EXPIRED


# --- The clock ------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_advance_tells_what_happened_in_order_each_at_its_own_instant(unit: SalesUnit) -> None:
    references = ["order-0003", "order-0001", "order-0002"]
    for hours, reference in enumerate(references, 1):
        expires_at = NOON + (4 - hours) * HOUR
        unit.do(create, push_command(reference=reference, idempotency_key=reference, expires_at=expires_at))
    happened = await unit.advance(DAY)
    assert happened == [
        PaymentExpired(at=NOON + 1 * HOUR, reference="order-0002"),
        PaymentExpired(at=NOON + 2 * HOUR, reference="order-0001"),
        PaymentExpired(at=NOON + 3 * HOUR, reference="order-0003"),
    ]
    assert list(unit.journal.read(len(unit.journal) - 4)) == [
        *happened,
        ClockSet(at=NOON + DAY, real=NOON, frozen=False, by=DAY),
    ]
    assert unit.now() == NOON + DAY


@pytest.mark.anyio
async def test_what_a_due_time_brings_about_happens_on_the_same_way(unit: SalesUnit) -> None:
    """Put off on the first day and paid on the second, though nothing of it was due when the clock was moved."""
    unit.do(create, push_command(phone_number=MAGIC.format(3), expires_at=NOON + 14 * DAY))
    happened = await unit.set_clock(NOON + 3 * DAY)
    assert named(happened) == [
        ("PaymentOpened", NOON),
        ("PaymentPostponed", NOON),
        ("PaymentOpened", NOON + DAY),
        ("PaymentAuthorized", NOON + DAY),
    ]


@pytest.mark.anyio
async def test_what_is_due_at_one_instant_happens_in_the_order_in_which_it_was_promised(unit: SalesUnit) -> None:
    for reference in ("order-0002", "order-0001", "order-0003"):
        unit.do(create, push_command(reference=reference, idempotency_key=reference))
    assert [fact.reference for fact in await unit.advance(DAY) if isinstance(fact, PaymentExpired)] == [
        "order-0002",
        "order-0001",
        "order-0003",
    ]


@pytest.mark.anyio
async def test_a_clock_that_was_moved_runs_on(unit: SalesUnit, wall: WallClock) -> None:
    await unit.set_clock(NOON + DAY)
    unit.do(create, push_command())
    wall.passes(10 * MINUTE)
    assert state_of(unit) is PaymentState.EXPIRED
    assert unit.now() == NOON + DAY + 10 * MINUTE
    assert unit.elapsed_since(NOON - HOUR) == DAY + HOUR + 10 * MINUTE


@pytest.mark.anyio
async def test_nothing_expires_while_the_clock_stands(unit: SalesUnit, wall: WallClock) -> None:
    await unit.set_clock(None, frozen=True)
    unit.do(create, push_command())
    wall.passes(DAY)
    assert (unit.frozen, unit.now(), state_of(unit)) == (True, NOON, PaymentState.CREATED)
    assert await unit.advance(10 * MINUTE) == [PaymentExpired(at=NOON + 10 * MINUTE, reference=REFERENCE)]
    assert (unit.frozen, unit.now()) == (True, NOON + 10 * MINUTE)


@pytest.mark.anyio
async def test_a_frozen_clock_runs_on_from_where_it_stood(unit: SalesUnit, wall: WallClock) -> None:
    await unit.set_clock(None, frozen=True)
    wall.passes(DAY)
    await unit.set_clock(None, frozen=False)
    wall.passes(HOUR)
    assert (unit.frozen, unit.now()) == (False, NOON + HOUR)


@pytest.mark.anyio
async def test_a_persona_answers_at_once_though_the_clock_stands(unit: SalesUnit) -> None:
    await unit.set_clock(None, frozen=True)
    unit.do(create, push_command(phone_number=MAGIC.format(1)))
    assert state_of(unit) is PaymentState.AUTHORIZED


@pytest.mark.anyio
async def test_a_clock_set_back_undoes_nothing_and_forgets_no_due_time(unit: SalesUnit, wall: WallClock) -> None:
    """The seed's invoice expires in September 2023: setting the clock back makes it legal."""
    unit.do(create, push_command())
    unit.do(create, push_command(phone_number=MAGIC.format(8), reference="order-0002", idempotency_key="key-2"))
    assert await unit.set_clock(NOON - DAY) == []
    assert unit.now() == NOON - DAY
    wall.passes(DAY)
    assert unit.up_to_date().payment("order-0002").facts[2:] == ()
    wall.passes(5 * MINUTE)
    assert state_of(unit, "order-0002") is PaymentState.AUTHORIZED
    wall.passes(5 * MINUTE)
    assert state_of(unit) is PaymentState.EXPIRED
    assert unit.state.payment(REFERENCE).facts[-1].at == NOON + 10 * MINUTE


@pytest.mark.anyio
async def test_what_was_due_has_happened_before_the_clock_is_set_back(unit: SalesUnit, wall: WallClock) -> None:
    """Whether or not anybody looked in between."""
    unit.do(create, push_command())
    wall.passes(HOUR)
    assert await unit.set_clock(NOON) == [PaymentExpired(at=NOON + 10 * MINUTE, reference=REFERENCE)]
    assert state_of(unit) is PaymentState.EXPIRED


@pytest.mark.anyio
async def test_a_second_move_waits_for_the_first_to_end(unit: SalesUnit) -> None:
    unit.do(create, push_command())
    async with unit._moving:
        moves = [asyncio.ensure_future(unit.advance(6 * MINUTE)) for _ in range(2)]
        await asyncio.sleep(0)
        assert unit.now() == NOON
    assert await asyncio.gather(*moves) == [[], [PaymentExpired(at=NOON + 10 * MINUTE, reference=REFERENCE)]]
    assert unit.now() == NOON + 12 * MINUTE


@pytest.mark.anyio
async def test_processing_outlives_the_deadline_and_then_authorizes(unit: SalesUnit) -> None:
    unit.do(create, push_command(amount=nok(201)))
    for action in (CustomerAction.OPEN, CustomerAction.APPROVE):
        unit.do(act, CustomerAct(action=action, reference=REFERENCE, phone_number=ADA))
    assert await unit.advance(HOUR - MINUTE) == []
    assert await unit.advance(MINUTE) == [
        PaymentAuthorized(
            at=NOON + HOUR,
            reference=REFERENCE,
            phone_number=ADA,
            amount=nok(201),
            scope=(),
            capture_by=NOON + HOUR + timedelta(days=180),
        )
    ]


@pytest.mark.anyio
async def test_what_is_not_captured_in_time_goes_back_by_itself(wall: WallClock) -> None:
    unit = SalesUnit(MSN, UnitSettings(capture_window=DAY), real_now=wall)
    unit.do(create, create_command())
    unit.do(force_approve, ForceApprove(reference=REFERENCE))
    unit.do(modifications.capture, capture("1", 500))
    assert await unit.advance(2 * DAY) == [PaymentCancelled(at=NOON + DAY, reference=REFERENCE, amount=nok(1500))]


# --- When something is due next -------------------------------------------------------------------------


@pytest.mark.anyio
async def test_the_next_due_time_is_told_on_the_units_clock_and_in_real_time(
    unit: SalesUnit, wall: WallClock
) -> None:
    assert (unit.next_due, unit.next_due_really) == (None, None)
    unit.do(create, push_command())
    assert (unit.next_due, unit.next_due_really) == (NOON + 10 * MINUTE, NOON + 10 * MINUTE)
    await unit.advance(4 * MINUTE)
    assert (unit.next_due, unit.next_due_really) == (NOON + 10 * MINUTE, NOON + 6 * MINUTE)
    wall.passes(MINUTE)
    await unit.set_clock(None, frozen=True)
    assert (unit.next_due, unit.next_due_really) == (NOON + 10 * MINUTE, None)
    unit.do(create, push_command(phone_number=MAGIC.format(1), reference="order-0002", idempotency_key="key-2"))
    assert (unit.next_due, unit.next_due_really) == (NOON + 5 * MINUTE, NOON + MINUTE)


def test_whoever_waits_for_due_times_is_told_of_each_fact(wall: WallClock) -> None:
    told: list[datetime | None] = []
    unit = SalesUnit(MSN, UnitSettings(), real_now=wall, on_due=lambda unit: told.append(unit.next_due))
    unit.do(create, push_command())
    wall.passes(HOUR)
    unit.settle()
    unit.settle()
    assert told == [None, NOON + 10 * MINUTE, None]


# --- Rebuilding -----------------------------------------------------------------------------------------


def copy_of(unit: SalesUnit, wall: WallClock) -> SalesUnit:
    journal = MemoryJournal()
    journal.append(list(unit.journal.read()))
    return SalesUnit(MSN, UnitSettings(name="Another"), real_now=wall, journal=journal)


@pytest.mark.anyio
async def test_a_unit_is_rebuilt_from_its_journal_with_all_that_is_still_to_come(
    unit: SalesUnit, wall: WallClock
) -> None:
    await unit.set_clock(NOON + DAY)
    unit.do(create, push_command(phone_number=MAGIC.format(3), expires_at=NOON + 14 * DAY))
    unit.do(create, push_command(reference="order-0002", idempotency_key="key-2"))
    unit.settle()
    rebuilt = copy_of(unit, wall)
    assert (rebuilt.state, len(rebuilt.journal)) == (unit.state, len(unit.journal))
    wall.passes(MINUTE)
    assert await rebuilt.advance(7 * DAY) == await unit.advance(7 * DAY)
    assert rebuilt.state == unit.state


@pytest.mark.parametrize("wait", [5 * MINUTE, 6 * MINUTE])
def test_a_promise_that_came_to_nothing_is_not_kept_after_rebuilding(
    unit: SalesUnit, wall: WallClock, wait: timedelta
) -> None:
    """The slow customer was played by a human when the five minutes were over, and is slow again since."""
    configure(unit, customer=Persona.SLOW)
    unit.do(create, push_command())
    configure(unit, customer=Persona.MANUAL)
    wall.passes(wait)
    configure(unit, customer=Persona.SLOW)
    assert state_of(copy_of(unit, wall)) is state_of(unit) is PaymentState.CREATED


@pytest.mark.anyio
async def test_nor_is_it_kept_when_its_time_comes_again(unit: SalesUnit, wall: WallClock) -> None:
    """The clock was set back after the promise had come to nothing."""
    configure(unit, customer=Persona.SLOW)
    unit.do(create, push_command())
    configure(unit, customer=Persona.MANUAL)
    wall.passes(6 * MINUTE)
    await unit.set_clock(NOON)
    configure(unit, customer=Persona.SLOW)
    rebuilt = copy_of(unit, wall)
    wall.passes(6 * MINUTE)
    assert state_of(rebuilt) is state_of(unit) is PaymentState.CREATED


@pytest.mark.anyio
async def test_a_unit_that_died_on_the_way_finds_to_the_same_end(unit: SalesUnit, wall: WallClock) -> None:
    """Rebuilt from any part of its journal, it does what was still to be done."""
    for reference in ("order-0001", "order-0002", "order-0003"):
        unit.do(create, push_command(reference=reference, idempotency_key=reference))
    begun = len(unit.journal)
    wall.passes(HOUR)
    unit.settle()
    for length in range(begun, len(unit.journal) + 1):
        journal = MemoryJournal()
        journal.append(list(unit.journal.read())[:length])
        rebuilt = SalesUnit(MSN, UnitSettings(), real_now=wall, journal=journal)
        assert rebuilt.up_to_date() == unit.state


@pytest.mark.parametrize("before", range(8))
def test_no_due_time_is_lost_by_rebuilding(before: int) -> None:
    """Real time does not stand still while a fact is recorded: a deadline may come at any reading of the clock."""
    wall = TickingClock()
    unit = SalesUnit(MSN, UnitSettings(), real_now=wall)
    unit.do(create, push_command())
    wall.now = unit.state.payment(REFERENCE).created.deadline - timedelta(microseconds=before)
    unit.do(create, push_command(reference="order-0002", idempotency_key="key-2"))
    rebuilt = copy_of(unit, wall)
    wall.passes(MINUTE)
    assert state_of(rebuilt) is state_of(unit) is PaymentState.EXPIRED


@pytest.mark.parametrize("before", range(8))
@pytest.mark.anyio
async def test_no_due_time_is_lost_by_moving_the_clock_and_rebuilding(before: int) -> None:
    wall = TickingClock()
    unit = SalesUnit(MSN, UnitSettings(), real_now=wall)
    unit.do(create, push_command())
    wall.now = unit.state.payment(REFERENCE).created.deadline - timedelta(microseconds=before)
    await unit.set_clock(NOON)
    rebuilt = copy_of(unit, wall)
    wall.passes(HOUR)
    assert state_of(rebuilt) is state_of(unit) is PaymentState.EXPIRED


def test_what_fell_due_while_nobody_kept_the_unit_happens_when_it_is_rebuilt(
    unit: SalesUnit, wall: WallClock
) -> None:
    unit.do(create, push_command())
    wall.passes(DAY)
    rebuilt = copy_of(unit, wall)
    assert rebuilt.up_to_date().payment(REFERENCE).facts[-1] == PaymentExpired(
        at=NOON + 10 * MINUTE, reference=REFERENCE
    )
