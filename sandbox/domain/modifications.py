"""Decide what capture, cancel and refund do to a payment.

Source: ePayment guides "Capture", "Cancel", "Refund" and "Errors".
"""

from datetime import datetime
from typing import Final

from sandbox.domain.commands import Cancel, Capture, Refund
from sandbox.domain.errors import (
    AlreadyCaptured,
    AlreadyRefunded,
    CancelOfAuthorizedPayment,
    CancelOfCapturedPayment,
    CancelOfEndedPayment,
    CancelOfProcessingPayment,
    CancelPeriodExpired,
    CaptureBeforeApproval,
    CaptureFailed,
    CaptureOfCancelledPayment,
    CaptureOfEndedPayment,
    CapturePeriodExpired,
    CaptureTooHigh,
    FundsUnavailable,
    ModificationAmountInvalid,
    PartialCaptureNotAllowed,
    PaymentLocked,
    RefundBeforeApproval,
    RefundNotConfigured,
    RefundOfEndedPayment,
    RefundPeriodExpired,
    RefundTooHigh,
)
from sandbox.domain.facts import PaymentCancelled, PaymentCaptured, PaymentRefunded, PaymentTerminated
from sandbox.domain.money import Amount
from sandbox.domain.payments import Payment, PaymentState
from sandbox.domain.sales_unit import CaptureTrouble
from sandbox.domain.state import UnitState

__all__ = ["cancel", "capture", "refund"]

# Refunds of these amounts fail in Vipps's test environment. Source: test environment guide, "Special test amounts".
_REFUND_HAS_NO_RECEIVER: Final = 123
_REFUND_IS_TOO_LATE: Final = 124


def capture(state: UnitState, command: Capture, at: datetime) -> list[PaymentCaptured]:
    """Decide a capture, whole or in part.

    Raises:
        CaptureRefusal: see its subclasses.
        ModificationAmountInvalid: nothing, or another currency, is asked.
        PaymentLocked: another operation on the payment is under way.
    """
    payment, asked = state.payment(command.reference), command.amount
    _check_reserved(payment, asked)
    deadline = _capture_deadline(payment)
    if at >= deadline:
        raise CapturePeriodExpired(payment.reference, asked, deadline)
    _check_capturable(payment, asked)
    if asked.value < payment.capturable and not state.settings.partial_capture_allowed:
        raise PartialCaptureNotAllowed(payment.reference, asked, payment.amount_of(payment.capturable))
    match state.settings.capture_trouble:
        case CaptureTrouble.LOCKED:
            raise PaymentLocked(payment.reference)
        case CaptureTrouble.FUNDS_UNAVAILABLE:
            raise FundsUnavailable(payment.reference, asked)
        case CaptureTrouble.TRY_AGAIN:
            raise CaptureFailed(payment.reference, asked)
        case None:
            return [PaymentCaptured(at=at, reference=payment.reference, amount=asked, command=command)]


def cancel(state: UnitState, command: Cancel, at: datetime) -> list[PaymentTerminated | PaymentCancelled]:
    """Decide a cancel: end a payment not yet approved, or release all that is not captured.

    Raises:
        CancelRefusal: see its subclasses.
    """
    payment = state.payment(command.reference)
    if payment.state is PaymentState.CREATED:
        if payment.processing_until is not None or payment.is_at_the_bank:
            raise CancelOfProcessingPayment(payment.reference)
        return [PaymentTerminated(at=at, reference=payment.reference)]
    if payment.state is not PaymentState.AUTHORIZED:
        raise CancelOfEndedPayment(payment.reference, payment.state)
    if command.cancel_transaction_only:
        raise CancelOfAuthorizedPayment(payment.reference)
    if payment.captured == payment.authorized:
        raise CancelOfCapturedPayment(payment.reference, payment.amount_of(payment.captured))
    deadline = _capture_deadline(payment)
    if at >= deadline:
        raise CancelPeriodExpired(payment.reference, deadline)
    if payment.capturable == 0:
        raise CancelOfEndedPayment(payment.reference, payment.state)
    rest = payment.amount_of(payment.capturable)
    return [PaymentCancelled(at=at, reference=payment.reference, amount=rest)]


def refund(state: UnitState, command: Refund, at: datetime) -> list[PaymentRefunded]:
    """Decide a refund, whole or in part.

    Raises:
        RefundRefusal: see its subclasses.
        ModificationAmountInvalid: nothing, or another currency, is asked.
        PaymentLocked: another operation on the payment is under way.
    """
    payment, asked = state.payment(command.reference), command.amount
    if payment.state is PaymentState.CREATED:
        raise RefundBeforeApproval(payment.reference, asked, payment.state)
    if payment.state is not PaymentState.AUTHORIZED or payment.authorized_at is None:
        raise RefundOfEndedPayment(payment.reference, asked, payment.state)
    _check_amount(payment, asked)
    if payment.refundable == 0 and payment.refunded:
        raise AlreadyRefunded(payment.reference, asked, payment.amount_of(payment.refunded))
    if asked.value > payment.refundable:
        raise RefundTooHigh(payment.reference, asked, payment.amount_of(payment.refundable))
    deadline = payment.authorized_at + state.settings.refund_window
    special = asked.value if state.settings.special_amounts else None
    if at > deadline or special == _REFUND_IS_TOO_LATE:
        raise RefundPeriodExpired(payment.reference, asked, deadline)
    if not state.settings.refund_configured or special == _REFUND_HAS_NO_RECEIVER:
        raise RefundNotConfigured(payment.reference, asked)
    if state.settings.capture_trouble is CaptureTrouble.LOCKED:
        raise PaymentLocked(payment.reference)
    return [PaymentRefunded(at=at, reference=payment.reference, amount=asked, command=command)]


def _check_reserved(payment: Payment, asked: Amount) -> None:
    if payment.state is PaymentState.CREATED:
        raise CaptureBeforeApproval(payment.reference, asked)
    if payment.state is PaymentState.TERMINATED:
        raise CaptureOfCancelledPayment(payment.reference, asked, payment.amount_of(payment.cancelled))
    if payment.state is not PaymentState.AUTHORIZED:
        raise CaptureOfEndedPayment(payment.reference, asked, payment.state)


def _check_capturable(payment: Payment, asked: Amount) -> None:
    _check_amount(payment, asked)
    if payment.capturable == 0 and payment.cancelled:
        raise CaptureOfCancelledPayment(payment.reference, asked, payment.amount_of(payment.cancelled))
    if payment.capturable == 0:
        raise AlreadyCaptured(payment.reference, asked, payment.amount_of(payment.captured))
    if asked.value > payment.capturable:
        raise CaptureTooHigh(payment.reference, asked, payment.amount_of(payment.capturable))


def _check_amount(payment: Payment, asked: Amount) -> None:
    if asked.currency is not payment.amount.currency or asked.value <= 0:
        raise ModificationAmountInvalid(payment.reference, asked, payment.amount.currency)


def _capture_deadline(payment: Payment) -> datetime:
    if payment.capture_by is None:
        raise RuntimeError(f"{payment.reference} has no capture deadline before it is authorized")
    return payment.capture_by
