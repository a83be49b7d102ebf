"""What a merchant reads in a payment's event log. Source: ePayment guide, "Get payment event log"."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from sandbox.domain.commands import CustomerAction
from sandbox.domain.event_log import PaymentEvent, events_of
from sandbox.domain.event_names import EventName
from sandbox.domain.facts import PaymentExpired
from sandbox.domain.identity import event_psp_reference
from tests.domain.shop import MSN, NOON, REFERENCE, Shop, nok

Story = Callable[[Shop], object]

OPEN, SHARE, APPROVE = CustomerAction.OPEN, CustomerAction.SHARE, CustomerAction.APPROVE


def told(shop: Shop) -> list[tuple[str, int]]:
    return [(event.name.value, event.amount.value) for event in events_of(shop.payment, MSN)]


def approve(shop: Shop) -> None:
    shop.create(amount=nok(49_900))
    shop.force_approve()


def capture_cancel_and_refund(shop: Shop) -> None:
    approve(shop)
    shop.capture(10_000)
    shop.cancel()
    shop.refund(4_000)


def cancel_before_any_capture(shop: Shop) -> None:
    approve(shop)
    shop.cancel()


def capture_in_two_parts(shop: Shop) -> None:
    approve(shop)
    shop.capture(10_000, "key-2")
    shop.capture(39_900, "key-3")


def customer_cancels(shop: Shop) -> None:
    shop.create(amount=nok(49_900))
    shop.leave_landing_page()


def time_runs_out(shop: Shop) -> None:
    shop.create(amount=nok(49_900))
    shop.take_in(PaymentExpired(at=NOON, reference=REFERENCE))


def merchant_cancels_first(shop: Shop) -> None:
    shop.create(amount=nok(49_900))
    shop.cancel()


def a_customer_takes_every_turn(shop: Shop) -> None:
    shop.create_push(amount=nok(49_900), scope=("name",), expires_at=NOON + timedelta(days=1))
    shop.act(OPEN, SHARE, CustomerAction.DECLINE_CARD, CustomerAction.PAY_LATER, OPEN, APPROVE)


@pytest.mark.parametrize(
    ("story", "events"),
    [
        (approve, [("CREATED", 49_900), ("AUTHORIZED", 49_900)]),
        (
            capture_cancel_and_refund,
            [
                ("CREATED", 49_900),
                ("AUTHORIZED", 49_900),
                ("CAPTURED", 10_000),
                ("CANCELLED", 39_900),
                ("REFUNDED", 4_000),
            ],
        ),
        (cancel_before_any_capture, [("CREATED", 49_900), ("AUTHORIZED", 49_900), ("CANCELLED", 49_900)]),
        (
            capture_in_two_parts,
            [("CREATED", 49_900), ("AUTHORIZED", 49_900), ("CAPTURED", 10_000), ("CAPTURED", 39_900)],
        ),
        (customer_cancels, [("CREATED", 49_900), ("ABORTED", 49_900)]),
        (time_runs_out, [("CREATED", 49_900), ("EXPIRED", 49_900)]),
        (merchant_cancels_first, [("CREATED", 49_900), ("TERMINATED", 49_900)]),
        (a_customer_takes_every_turn, [("CREATED", 49_900), ("AUTHORIZED", 49_900)]),
    ],
)
def test_the_events_of_a_story(story: Story, events: list[tuple[str, int]]) -> None:
    """What the customer does on the way leaves no trace."""
    shop = Shop()
    story(shop)
    assert told(shop) == events


def test_an_event_is_told_whole() -> None:
    """An approval carries the key of the create call; cancels have none."""
    shop = Shop()
    shop.create(idempotency_key="create")
    shop.wait(timedelta(minutes=1))
    shop.force_approve()
    shop.wait(timedelta(minutes=1))
    shop.capture(500, "capture")
    shop.cancel()
    shop.refund(200, "refund")

    def event(name: EventName, place: int, value: int, minutes: int, key: str | None) -> PaymentEvent:
        return PaymentEvent(
            name=name,
            reference=REFERENCE,
            psp_reference=event_psp_reference(MSN, REFERENCE, place),
            amount=nok(value),
            timestamp=NOON + timedelta(minutes=minutes),
            idempotency_key=key,
        )

    assert list(events_of(shop.payment, MSN)) == [
        event(EventName.CREATED, 0, 2000, 0, "create"),
        event(EventName.AUTHORIZED, 1, 2000, 1, "create"),
        event(EventName.CAPTURED, 2, 500, 2, "capture"),
        event(EventName.CANCELLED, 3, 1500, 2, None),
        event(EventName.REFUNDED, 4, 200, 2, "refund"),
    ]


@pytest.mark.parametrize("story", [customer_cancels, time_runs_out, merchant_cancels_first])
def test_the_end_of_a_payment_carries_no_key(story: Story) -> None:
    shop = Shop()
    story(shop)
    assert [event.idempotency_key for event in events_of(shop.payment, MSN)] == ["key-1", None]


def test_psp_references_are_uuids_unique_and_never_change() -> None:
    """That of CREATED is the payment's own."""
    shop = Shop()
    approve(shop)
    early = [event.psp_reference for event in events_of(shop.payment, MSN)]
    shop.capture(1_000)
    late = [event.psp_reference for event in events_of(shop.payment, MSN)]
    elsewhere = [event.psp_reference for event in events_of(shop.payment, "654321")]
    assert late[:2] == early
    assert len({*late, *elsewhere}) == 6
    assert {UUID(reference).version for reference in late} == {4}
