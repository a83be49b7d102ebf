"""Capture, cancel and refund: what they move, and until when; see test_refusals.py for each refusal."""

from datetime import timedelta
from typing import Any

import pytest

from sandbox.domain.commands import Capture, CustomerAction, Refund
from sandbox.domain.errors import (
    AlreadyCaptured,
    AlreadyRefunded,
    CancelOfAuthorizedPayment,
    CancelOfEndedPayment,
    CancelOfProcessingPayment,
    CancelPeriodExpired,
    CaptureFailed,
    CaptureOfCancelledPayment,
    CapturePeriodExpired,
    CaptureTooHigh,
    FundsUnavailable,
    ModificationAmountInvalid,
    PartialCaptureNotAllowed,
    PaymentLocked,
    RefundNotConfigured,
    RefundPeriodExpired,
    RefundTooHigh,
)
from sandbox.domain.facts import (
    PaymentAuthorized,
    PaymentCancelled,
    PaymentCaptured,
    PaymentExpired,
    PaymentRefunded,
    PaymentTerminated,
)
from sandbox.domain.money import Amount, Currency
from sandbox.domain.payments import PaymentState
from sandbox.domain.sales_unit import CaptureTrouble, Market, UnitSettings
from tests.domain.shop import ADA, NOON, REFERENCE, Shop, nok

OPEN, APPROVE = CustomerAction.OPEN, CustomerAction.APPROVE
TICK = timedelta(microseconds=1)


def approved(value: int = 49_900, **settings: Any) -> Shop:
    shop = Shop(**settings)
    shop.create(amount=nok(value))
    shop.force_approve()
    return shop


def processing() -> Shop:
    shop = Shop()
    shop.create_push(amount=nok(201))
    shop.act(OPEN, APPROVE)
    return shop


def sums(shop: Shop) -> tuple[PaymentState, int, int, int, int]:
    """Return the state, and what is authorised, captured, cancelled and refunded."""
    payment = shop.payment
    return payment.state, payment.authorized, payment.captured, payment.cancelled, payment.refunded


# --- What moves -----------------------------------------------------------------------------------------


def test_each_modification_is_a_fact_of_its_own() -> None:
    shop = approved()
    captured = shop.capture(10_000, "key-2")
    cancelled = shop.cancel()
    refunded = shop.refund(4_000, "key-3")
    capture = Capture(idempotency_key="key-2", reference=REFERENCE, amount=nok(10_000))
    refund = Refund(idempotency_key="key-3", reference=REFERENCE, amount=nok(4_000))
    assert captured == [PaymentCaptured(at=NOON, reference=REFERENCE, amount=nok(10_000), command=capture)]
    assert cancelled == [PaymentCancelled(at=NOON, reference=REFERENCE, amount=nok(39_900))]
    assert refunded == [PaymentRefunded(at=NOON, reference=REFERENCE, amount=nok(4_000), command=refund)]
    assert sums(shop) == (PaymentState.AUTHORIZED, 49_900, 10_000, 39_900, 4_000)
    assert shop.replayed == shop.state


def test_an_amount_is_captured_in_parts_down_to_the_last_ore() -> None:
    shop = approved(1_000)
    shop.capture(1, "key-2")
    shop.capture(998, "key-3")
    with pytest.raises(CaptureTooHigh) as caught:
        shop.capture(2, "key-4")
    assert caught.value == CaptureTooHigh(REFERENCE, nok(2), nok(1))
    shop.capture(1, "key-4")
    assert sums(shop) == (PaymentState.AUTHORIZED, 1_000, 1_000, 0, 0)
    with pytest.raises(AlreadyCaptured) as again:
        shop.capture(1, "key-5")
    assert again.value == AlreadyCaptured(REFERENCE, nok(1), nok(1_000))


def test_what_was_captured_is_refunded_in_parts_down_to_the_last_ore() -> None:
    """Also after the rest was cancelled; the state stays AUTHORIZED for ever."""
    shop = approved(1_000)
    shop.capture(600)
    shop.cancel()
    shop.refund(1, "key-2")
    with pytest.raises(RefundTooHigh) as caught:
        shop.refund(600, "key-3")
    assert caught.value == RefundTooHigh(REFERENCE, nok(600), nok(599))
    shop.refund(599, "key-3")
    assert sums(shop) == (PaymentState.AUTHORIZED, 1_000, 600, 400, 600)
    with pytest.raises(AlreadyRefunded) as again:
        shop.refund(1, "key-4")
    assert again.value == AlreadyRefunded(REFERENCE, nok(1), nok(600))


def test_a_refund_does_not_make_more_capturable() -> None:
    shop = approved(1_000)
    shop.capture(1_000)
    shop.refund(1_000)
    with pytest.raises(AlreadyCaptured):
        shop.capture(1, "key-2")


def test_a_refund_follows_captures_that_come_after_it() -> None:
    shop = approved(1_000)
    shop.capture(400)
    shop.refund(400)
    shop.capture(600, "key-2")
    shop.refund(600, "key-2")
    assert sums(shop) == (PaymentState.AUTHORIZED, 1_000, 1_000, 0, 1_000)


def test_cancel_releases_all_that_is_not_captured_once_and_for_all() -> None:
    shop = approved(1_000)
    shop.capture(250)
    shop.cancel()
    assert sums(shop) == (PaymentState.AUTHORIZED, 1_000, 250, 750, 0)
    with pytest.raises(CancelOfEndedPayment):
        shop.cancel()
    with pytest.raises(CaptureOfCancelledPayment) as caught:
        shop.capture(1, "key-2")
    assert caught.value == CaptureOfCancelledPayment(REFERENCE, nok(1), nok(750))


@pytest.mark.parametrize("only", [True, False])
def test_cancel_before_approval_terminates(only: bool) -> None:
    """The whole amount counts as cancelled though nothing was authorised."""
    shop = Shop()
    shop.create_push()
    shop.act(OPEN)
    assert shop.cancel(only=only) == [PaymentTerminated(at=NOON, reference=REFERENCE)]
    assert sums(shop) == (PaymentState.TERMINATED, 0, 0, 2_000, 0)
    assert (shop.on_screen(), shop.state.screens, shop.state.pending) == ((), {}, {ADA: {}})


def test_a_race_between_cancel_and_approval_can_be_lost_safely() -> None:
    """`cancelTransactionOnly` ends a payment only as long as nobody approved it."""
    shop = approved()
    with pytest.raises(CancelOfAuthorizedPayment):
        shop.cancel(only=True)
    assert sums(shop) == (PaymentState.AUTHORIZED, 49_900, 0, 0, 0)


@pytest.mark.parametrize("only", [True, False])
def test_a_payment_that_is_being_processed_cannot_be_cancelled_until_the_outcome(only: bool) -> None:
    shop = processing()
    with pytest.raises(CancelOfProcessingPayment) as caught:
        shop.cancel(only=only)
    assert caught.value == CancelOfProcessingPayment(REFERENCE)
    shop.take_in(
        PaymentAuthorized(
            at=NOON,
            reference=REFERENCE,
            phone_number=ADA,
            amount=nok(201),
            scope=(),
            capture_by=NOON + timedelta(days=180),
        )
    )
    shop.cancel()
    assert sums(shop) == (PaymentState.AUTHORIZED, 201, 0, 201, 0)


@pytest.mark.parametrize("only", [True, False])
@pytest.mark.parametrize("end", ["ABORTED", "EXPIRED", "TERMINATED"])
def test_what_has_ended_cannot_be_cancelled(end: str, only: bool) -> None:
    shop = Shop()
    shop.create()
    match end:
        case "ABORTED":
            shop.leave_landing_page()
        case "EXPIRED":
            shop.take_in(PaymentExpired(at=NOON, reference=REFERENCE))
        case _:
            shop.cancel()
    before = sums(shop)
    with pytest.raises(CancelOfEndedPayment) as caught:
        shop.cancel(only=only)
    assert caught.value == CancelOfEndedPayment(REFERENCE, end)
    assert sums(shop) == before


# --- What is asked for ----------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", [nok(0), nok(-1), Amount(Currency.DKK, 100)])
def test_nothing_and_another_currency_cannot_be_moved(asked: Amount) -> None:
    shop = approved()
    with pytest.raises(ModificationAmountInvalid) as capture:
        shop.capture(asked)
    shop.capture(10_000)
    with pytest.raises(ModificationAmountInvalid) as refund:
        shop.refund(asked)
    assert capture.value == refund.value == ModificationAmountInvalid(REFERENCE, asked, Currency.NOK)


def test_a_unit_may_have_to_capture_all_at_once() -> None:
    shop = approved(1_000, partial_capture_allowed=False)
    with pytest.raises(PartialCaptureNotAllowed) as caught:
        shop.capture(999)
    assert caught.value == PartialCaptureNotAllowed(REFERENCE, nok(999), nok(1_000))
    shop.capture(1_000)
    assert shop.payment.captured == 1_000


@pytest.mark.parametrize(
    ("value", "refusal"),
    [
        (123, RefundNotConfigured(REFERENCE, nok(123))),
        (124, RefundPeriodExpired(REFERENCE, nok(124), NOON + timedelta(days=365))),
    ],
)
def test_special_amounts_cannot_be_refunded(value: int, refusal: Exception) -> None:
    """Only as refunds; they are captured like any other, and refunded where special amounts are off."""
    shop = approved(1_000)
    shop.capture(value)
    with pytest.raises(type(refusal)) as caught:
        shop.refund(value)
    assert caught.value == refusal
    shop.configure(special_amounts=False)
    shop.refund(value)
    assert shop.payment.refunded == value


# --- Until when -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("window", [timedelta(days=180), timedelta(days=14)])
def test_capture_and_cancel_are_possible_until_their_window_ends(window: timedelta) -> None:
    """It begins with the approval, not with the creation; when it ends, what is left goes back by itself."""
    shop = Shop(capture_window=window)
    shop.create(expires_at=NOON + timedelta(days=2))
    shop.wait(timedelta(days=1))
    shop.force_approve()
    deadline = NOON + timedelta(days=1) + window
    shop.now = deadline - TICK
    shop.capture(1_000)
    shop.now = deadline
    with pytest.raises(CapturePeriodExpired) as capture:
        shop.capture(1_000, "key-2")
    with pytest.raises(CancelPeriodExpired) as cancel:
        shop.cancel()
    assert capture.value == CapturePeriodExpired(REFERENCE, nok(1_000), deadline)
    assert cancel.value == CancelPeriodExpired(REFERENCE, deadline)
    shop.now = deadline - TICK
    shop.cancel()
    assert sums(shop) == (PaymentState.AUTHORIZED, 2_000, 1_000, 1_000, 0)


@pytest.mark.parametrize(
    ("settings", "window"),
    [
        ({}, 180),
        ({"market": Market.NO}, 180),
        ({"market": Market.DK}, 14),
        ({"market": Market.FI}, 14),
        ({"market": Market.DK, "capture_window": timedelta(days=30)}, 30),
    ],
)
def test_the_time_to_capture_is_the_markets_or_by_agreement(settings: dict[str, Any], window: int) -> None:
    assert UnitSettings(**settings).captures_within == timedelta(days=window)


def test_what_came_too_late_is_told_as_such_and_not_as_cancelled() -> None:
    """Also after the rest went back at the deadline."""
    shop = approved(2_000)
    deadline = NOON + timedelta(days=180)
    shop.take_in(PaymentCancelled(at=deadline, reference=REFERENCE, amount=nok(2_000)))
    shop.now = deadline + TICK
    with pytest.raises(CapturePeriodExpired) as capture:
        shop.capture(1_000)
    with pytest.raises(CancelPeriodExpired) as cancel:
        shop.cancel()
    assert capture.value == CapturePeriodExpired(REFERENCE, nok(1_000), deadline)
    assert cancel.value == CancelPeriodExpired(REFERENCE, deadline)


def test_a_refund_is_possible_to_the_last_instant_of_its_window() -> None:
    """365 days from the approval, whenever it was captured."""
    shop = approved(2_000)
    shop.wait(timedelta(days=100))
    shop.capture(2_000)
    shop.now = NOON + timedelta(days=365)
    shop.refund(1_000)
    shop.now += TICK
    with pytest.raises(RefundPeriodExpired) as caught:
        shop.refund(1_000, "key-2")
    assert caught.value == RefundPeriodExpired(REFERENCE, nok(1_000), NOON + timedelta(days=365))


# --- Trouble --------------------------------------------------------------------------------------------


def test_a_locked_unit_captures_and_refunds_nothing_until_it_is_unlocked() -> None:
    shop = approved(2_000)
    shop.capture(1_000)
    shop.configure(capture_trouble=CaptureTrouble.LOCKED)
    for attempt in (shop.capture, shop.refund):
        with pytest.raises(PaymentLocked) as caught:
            attempt(500, "key-2")
        assert caught.value == PaymentLocked(REFERENCE)
    shop.configure(capture_trouble=None)
    shop.capture(1_000, "key-2")
    shop.refund(1_000)
    assert sums(shop) == (PaymentState.AUTHORIZED, 2_000, 2_000, 0, 1_000)


@pytest.mark.parametrize(
    ("trouble", "refusal"),
    [
        (CaptureTrouble.FUNDS_UNAVAILABLE, FundsUnavailable(REFERENCE, nok(1_000))),
        (CaptureTrouble.TRY_AGAIN, CaptureFailed(REFERENCE, nok(1_000))),
    ],
)
def test_trouble_with_the_funds_is_no_trouble_for_refunds_and_cancels(
    trouble: CaptureTrouble, refusal: Exception
) -> None:
    shop = approved(2_000)
    shop.capture(500)
    shop.configure(capture_trouble=trouble)
    with pytest.raises(type(refusal)) as caught:
        shop.capture(1_000, "key-2")
    assert caught.value == refusal
    shop.refund(500)
    shop.cancel()
    assert sums(shop) == (PaymentState.AUTHORIZED, 2_000, 500, 1_500, 500)


def test_what_is_wrong_with_the_request_is_told_before_the_trouble() -> None:
    shop = approved(2_000, capture_trouble=CaptureTrouble.LOCKED)
    with pytest.raises(CaptureTooHigh):
        shop.capture(2_001)
    with pytest.raises(RefundTooHigh):
        shop.refund(1)
