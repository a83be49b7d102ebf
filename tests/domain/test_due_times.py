"""What facts promise for later, and what becomes of the promise."""

from datetime import datetime, timedelta

import pytest

from sandbox.domain.commands import CustomerAction, UserFlow
from sandbox.domain.customers import Persona
from sandbox.domain.due_times import Due, DueKind, due_after, fall_due, is_awaited
from sandbox.domain.facts import Fact, PaymentAuthorized, PaymentCancelled, PaymentExpired, ReminderSent
from tests.domain.shop import ADA, EMMA, NOON, REFERENCE, Shop, nok

OPEN, SHARE, APPROVE = CustomerAction.OPEN, CustomerAction.SHARE, CustomerAction.APPROVE
PAY_LATER, DECLINE_CARD = CustomerAction.PAY_LATER, CustomerAction.DECLINE_CARD
NOW, FIVE_MINUTES, A_DAY = timedelta(0), timedelta(minutes=5), timedelta(days=1)
FORTNIGHT = NOON + timedelta(days=14)


def promised(shop: Shop, fact: Fact) -> list[Due]:
    return list(due_after(shop.state, fact))


def waits(shop: Shop, fact: Fact) -> list[timedelta]:
    return [due.at - fact.at for due in promised(shop, fact) if due.kind is DueKind.PERSONA]


# --- Expiry ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("expires_at", [None, FORTNIGHT])
def test_a_payment_expires_at_its_deadline(expires_at: datetime | None) -> None:
    shop = Shop()
    (created,) = shop.create(expires_at=expires_at)
    deadline = expires_at or NOON + timedelta(minutes=10)
    (due,) = (due for due in promised(shop, created) if due.kind is not DueKind.REMINDER)
    assert due == Due(deadline, DueKind.EXPIRY, REFERENCE, 1)
    assert fall_due(shop.state, due, deadline) == [PaymentExpired(at=deadline, reference=REFERENCE)]


@pytest.mark.parametrize("end", ["approved", "aborted", "terminated", "expired"])
def test_a_payment_that_is_decided_does_not_expire(end: str) -> None:
    shop = Shop()
    (created,) = shop.create()
    (due,) = promised(shop, created)
    match end:
        case "approved":
            shop.force_approve()
        case "aborted":
            shop.leave_landing_page()
        case "terminated":
            shop.cancel()
        case _:
            shop.take_in(*fall_due(shop.state, due, due.at))
    assert fall_due(shop.state, due, due.at) == []


# --- Processing -----------------------------------------------------------------------------------------


def test_what_is_being_processed_is_authorized_when_its_outcome_is_known() -> None:
    """It does not expire meanwhile, though its deadline passes."""
    shop = Shop()
    created, _ = shop.create_push(amount=nok(201), scope=("name",))
    (expiry,) = promised(shop, created)
    (processing,) = shop.act(OPEN, SHARE, APPROVE)
    (processed,) = promised(shop, processing)
    until = NOON + timedelta(hours=1)
    assert processed == Due(until, DueKind.PROCESSED, REFERENCE, 5)
    assert fall_due(shop.state, expiry, expiry.at) == []
    outcome = fall_due(shop.state, processed, until)
    assert outcome == [
        PaymentAuthorized(
            at=until,
            reference=REFERENCE,
            phone_number=ADA,
            amount=nok(201),
            scope=("name",),
            capture_by=until + timedelta(days=180),
        )
    ]
    shop.take_in(*outcome)
    assert (shop.payment.processing_until, shop.payment.authorized_at) == (None, until)
    assert fall_due(shop.state, processed, until) == []


# --- The capture deadline ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("captured", "rest"), [(0, 2000), (500, 1500)])
def test_what_is_not_captured_in_time_goes_back_to_the_customer(captured: int, rest: int) -> None:
    """An event CANCELLED for the rest, as if the merchant had cancelled."""
    shop = Shop()
    shop.create()
    (authorized,) = shop.force_approve()
    (due,) = promised(shop, authorized)
    deadline = NOON + timedelta(days=180)
    assert due == Due(deadline, DueKind.CAPTURE_DEADLINE, REFERENCE, 2)
    if captured:
        shop.capture(captured)
    assert fall_due(shop.state, due, deadline) == [
        PaymentCancelled(at=deadline, reference=REFERENCE, amount=nok(rest))
    ]


@pytest.mark.parametrize("how", ["captured", "cancelled"])
def test_nothing_goes_back_where_nothing_is_left(how: str) -> None:
    shop = Shop()
    shop.create()
    (authorized,) = shop.force_approve()
    (due,) = promised(shop, authorized)
    if how == "captured":
        shop.capture(2000)
    else:
        shop.cancel()
    assert fall_due(shop.state, due, due.at) == []


# --- Personas -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("persona", "push", "decline", "postponement"),
    [
        (Persona.MANUAL, [], [], []),
        (Persona.NEVER_ANSWERS, [], [], []),
        (Persona.APPROVES, [NOW], [], []),
        (Persona.DECLINES, [NOW], [], []),
        (Persona.REFUSES_CONSENT, [NOW], [], []),
        (Persona.PAYS_LATER, [NOW], [], [A_DAY]),
        (Persona.CARD_DECLINED_ONCE, [NOW], [NOW], []),
        (Persona.CARD_DECLINED, [NOW], [], []),
        (Persona.SLOW, [FIVE_MINUTES], [], []),
    ],
)
def test_when_a_persona_does_the_next_thing(
    persona: Persona, push: list[timedelta], decline: list[timedelta], postponement: list[timedelta]
) -> None:
    """After a push, after a declined card, after *I'll pay later*."""
    shop = Shop(customer=persona)
    _, pushed = shop.create_push(expires_at=FORTNIGHT)
    assert waits(shop, pushed) == push
    (opened,) = shop.act(OPEN)
    assert waits(shop, opened) == []
    (declined,) = shop.act(DECLINE_CARD)
    assert waits(shop, declined) == decline
    (postponed,) = shop.act(PAY_LATER)
    assert waits(shop, postponed) == postponement


@pytest.mark.parametrize(
    ("persona", "wait"),
    [(Persona.APPROVES, [NOW]), (Persona.SLOW, [FIVE_MINUTES]), (Persona.MANUAL, []), (Persona.UNKNOWN, [])],
)
@pytest.mark.parametrize("flow", [UserFlow.WEB_REDIRECT, UserFlow.NATIVE_REDIRECT])
def test_a_persona_follows_the_link_that_was_made_for_it(
    persona: Persona, wait: list[timedelta], flow: UserFlow
) -> None:
    named, nameless = Shop(customer=persona), Shop(customer=persona)
    (created,) = named.create(user_flow=flow)
    assert waits(named, created) == wait
    (created,) = nameless.create(user_flow=flow, phone_number=None)
    assert waits(nameless, created) == []


def test_a_push_wakes_its_persona_once() -> None:
    shop = Shop(customer=Persona.APPROVES)
    created, pushed = shop.create_push()
    assert (waits(shop, created), waits(shop, pushed)) == ([], [NOW])


@pytest.mark.parametrize("persona", [Persona.UNKNOWN, Persona.TOO_YOUNG])
def test_who_is_no_customer_any_more_does_nothing(persona: Persona) -> None:
    shop = Shop()
    _, pushed = shop.create_push()
    shop.configure(customer=persona)
    assert waits(shop, pushed) == []


def test_a_card_is_tried_twice_and_no_more() -> None:
    """The second try of a special amount is declined too, and so would be all others."""
    shop = Shop(customer=Persona.CARD_DECLINED_ONCE)
    shop.create_push(amount=nok(151))
    (first,) = shop.act(OPEN, DECLINE_CARD)
    assert waits(shop, first) == [NOW]
    (second,) = shop.act(APPROVE)
    assert waits(shop, second) == []


def test_another_customers_declined_card_is_not_ones_own() -> None:
    shop = Shop(customer=Persona.CARD_DECLINED_ONCE)
    shop.create()
    shop.enter_number(ADA)
    shop.act(OPEN, DECLINE_CARD)
    shop.enter_number(EMMA)
    (declined,) = shop.act(OPEN, DECLINE_CARD, phone=EMMA)
    assert waits(shop, declined) == [NOW]


def test_a_persona_acts_unless_somebody_did_anything_since() -> None:
    """A human who takes the phone, or the merchant who cancels, is not interfered with."""
    shop = Shop(customer=Persona.SLOW)
    _, pushed = shop.create_push()
    (due,) = promised(shop, pushed)
    assert is_awaited(shop.state, due)
    shop.act(OPEN)
    assert not is_awaited(shop.state, due)


def test_a_persona_does_not_act_on_what_has_ended() -> None:
    shop = Shop(customer=Persona.SLOW)
    _, pushed = shop.create_push()
    (due,) = promised(shop, pushed)
    shop.cancel()
    assert not is_awaited(shop.state, due)


def test_a_second_push_is_a_new_promise_and_ends_the_first() -> None:
    shop = Shop(customer=Persona.SLOW)
    shop.create()
    dues = []
    for phone in (ADA, EMMA):
        (pushed,) = shop.enter_number(phone)
        dues += promised(shop, pushed)
        shop.wait(timedelta(minutes=1))
    assert [(due.at, is_awaited(shop.state, due)) for due in dues] == [
        (NOON + timedelta(minutes=5), False),
        (NOON + timedelta(minutes=6), True),
    ]


def test_facts_about_no_payment_promise_nothing() -> None:
    shop = Shop()
    (attached,) = shop.attach_category()
    assert promised(shop, shop.journal[0]) == promised(shop, attached) == []


# --- Reminders --------------------------------------------------------------------------------------------

DEADLINE = FORTNIGHT
THREE_DAYS_BEFORE, A_DAY_BEFORE = DEADLINE - timedelta(hours=72), DEADLINE - timedelta(hours=24)


def reminders(shop: Shop, fact: Fact) -> list[Due]:
    return [due for due in promised(shop, fact) if due.kind is DueKind.REMINDER]


@pytest.mark.parametrize(
    ("lives", "before"),
    [
        (timedelta(days=14), [72, 24]),
        (timedelta(hours=73), [72, 24]),
        (timedelta(hours=72), [24]),
        (timedelta(hours=24, microseconds=1), [24]),
        (timedelta(hours=24), []),
        (timedelta(minutes=11), []),
    ],
)
def test_a_customer_is_reminded_three_days_and_one_day_before_a_long_living_payment_expires(
    lives: timedelta, before: list[int]
) -> None:
    """Unless that is before its creation, or at it. Source: ePayment guide, "Long-living payments"."""
    shop = Shop()
    (created,) = shop.create(expires_at=NOON + lives)
    assert reminders(shop, created) == [
        Due(NOON + lives - timedelta(hours=hours), DueKind.REMINDER, REFERENCE) for hours in before
    ]


def test_nobody_is_reminded_of_a_payment_for_now() -> None:
    shop = Shop(payment_timeout=timedelta(days=7))
    (created,) = shop.create()
    assert reminders(shop, created) == []


def test_a_reminder_is_on_the_phone_and_changes_nothing_about_the_payment() -> None:
    shop = Shop()
    created, pushed = shop.create_push(expires_at=DEADLINE)
    before = shop.payment
    for due in reminders(shop, created):
        reminded = fall_due(shop.state, due, due.at)
        assert reminded == [ReminderSent(at=due.at, reference=REFERENCE, phone_number=ADA)]
        shop.take_in(*reminded)
        assert promised(shop, shop.journal[-1]) == []
    assert shop.payment == before
    assert [push.at for push in shop.state.pushes[ADA]] == [NOON, THREE_DAYS_BEFORE, A_DAY_BEFORE]
    assert (shop.state.pushes[ADA][0], shop.replayed) == (pushed, shop.state)


def test_whoever_has_the_request_is_reminded_and_nobody_before_that() -> None:
    shop = Shop()
    (created,) = shop.create(expires_at=DEADLINE)
    first, second = reminders(shop, created)
    assert fall_due(shop.state, first, first.at) == []
    shop.enter_number(EMMA)
    assert fall_due(shop.state, second, second.at) == [
        ReminderSent(at=second.at, reference=REFERENCE, phone_number=EMMA)
    ]


def test_a_reminder_is_sent_once_though_it_is_asked_for_twice() -> None:
    """As by a unit that is rebuilt from its journal at that very instant, be the request on another phone by then."""
    shop = Shop()
    (created,) = shop.create(expires_at=DEADLINE)
    shop.enter_number(ADA)
    first, second = reminders(shop, created)
    shop.take_in(*fall_due(shop.state, first, first.at))
    assert fall_due(shop.state, first, first.at) == []
    shop.enter_number(EMMA)
    assert fall_due(shop.state, first, first.at) == []
    assert fall_due(shop.state, second, second.at) != []


def test_reminders_can_be_turned_off() -> None:
    shop = Shop(reminders=False)
    created, _ = shop.create_push(expires_at=DEADLINE)
    (first, _) = reminders(shop, created)
    assert fall_due(shop.state, first, first.at) == []


@pytest.mark.parametrize("end", ["approved", "aborted", "terminated"])
def test_nobody_is_reminded_of_what_is_decided(end: str) -> None:
    shop = Shop()
    created, _ = shop.create_push(expires_at=DEADLINE)
    match end:
        case "approved":
            shop.force_approve()
        case "aborted":
            shop.act(OPEN, CustomerAction.REJECT)
        case _:
            shop.cancel()
    assert [fall_due(shop.state, due, due.at) for due in reminders(shop, created)] == [[], []]


def test_nobody_is_reminded_of_what_is_being_processed() -> None:
    shop = Shop()
    created, _ = shop.create_push(expires_at=DEADLINE, amount=nok(201))
    shop.act(OPEN, APPROVE)
    assert [fall_due(shop.state, due, due.at) for due in reminders(shop, created)] == [[], []]


# --- Windows that close -----------------------------------------------------------------------------------


def test_it_is_marked_when_what_was_shared_can_be_read_no_more() -> None:
    shop = Shop(userinfo_window=timedelta(days=3))
    shop.create(scope=("name",))
    _, authorized = shop.force_approve()
    (due,) = (due for due in promised(shop, authorized) if due.kind is DueKind.USERINFO_WINDOW)
    assert due == Due(NOON + timedelta(days=3), DueKind.USERINFO_WINDOW, REFERENCE)
    assert fall_due(shop.state, due, due.at) == []


def test_it_is_marked_once_when_refunds_are_over() -> None:
    """A year after the approval, and nothing happens then."""
    shop = Shop()
    shop.create()
    shop.force_approve()
    shop.wait(timedelta(hours=1))
    (first,) = shop.capture(500)
    (due,) = promised(shop, first)
    assert due == Due(NOON + timedelta(days=365), DueKind.REFUND_WINDOW, REFERENCE)
    assert fall_due(shop.state, due, due.at) == []
    (second,) = shop.capture(500, "key-2")
    assert promised(shop, second) == []
