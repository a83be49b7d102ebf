"""Why a capture, cancel or refund was refused: a row for each refusal."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sandbox.api.gateway.explanations import pages
from sandbox.api.gateway.explanations.model import Circumstances, Row
from sandbox.api.gateway.explanations.remedies import NEW_PAYMENT, patch
from sandbox.api.gateway.explanations.states import instant, minor, payment_met
from sandbox.domain import errors
from sandbox.domain.money import Amount
from sandbox.domain.payments import PaymentState
from sandbox.domain.profile_sharing import missing_consent

__all__ = ["ROWS"]


def _trouble_met(refusal: Any, circumstances: Circumstances) -> str:
    setting = circumstances.state.settings.capture_trouble
    payment = circumstances.payment(refusal.reference)
    stands = "" if payment is None else f" The payment is {payment_met(payment)}."
    return f"The setting captureTrouble is {setting or 'none'}.{stands}"


def _trouble_accepted(refusal: Any, circumstances: Circumstances) -> str:
    again = "The same call again, with the same Idempotency-Key"
    if circumstances.state.settings.capture_trouble is None:
        return f"{again}."
    return f"{again}, after {patch(circumstances, 'captureTrouble', 'null')}."


def _when_approved(what: str) -> Callable[[Any, Circumstances], str]:
    def accepted(refusal: Any, circumstances: Circumstances) -> str:
        payment = circumstances.payment(refusal.reference)
        if payment is None or payment.state is not PaymentState.CREATED:
            return NEW_PAYMENT
        later = f"{what} once GET payment says AUTHORIZED."
        if payment.processing_until is not None:
            return later
        who = payment.customer or "{phone}"
        asks = missing_consent(circumstances.state, payment, who, circumstances.now)
        actions = "open, then share, then approve" if asks else "open, then approve"
        body = f'{{"reference": "{payment.reference}"}}'
        screen = f"/sandbox/units/{circumstances.state.msn}/customers/{who}"
        return (
            f"{later} To have the customer approve: POST {screen}/{{action}} with {body}; the actions are {actions}."
        )

    return accepted


def _left(what: str) -> Callable[[Any, Circumstances], str]:
    """Tell how much can be captured or refunded now, and until when."""

    def accepted(refusal: Any, circumstances: Circumstances) -> str:
        payment = circumstances.payment(refusal.reference)
        if payment is None or not refusal.allowed.value:
            return f"Nothing: no amount is left to {what}."
        until = payment.capture_by if what == "capture" else None
        if what == "refund" and payment.authorized_at is not None:
            until = payment.authorized_at + circumstances.state.settings.refund_window
        before = "" if until is None else f", until {instant(until)}"
        return f"{what.capitalize()} up to {minor(refusal.allowed)}{before}."

    return accepted


def _refund_instead(refusal: Any, circumstances: Circumstances) -> str:
    payment = circumstances.payment(refusal.reference)
    if payment is None or not payment.refundable:
        return "Nothing: all of it was captured, and refunded."
    return f"Refund up to {minor(payment.amount_of(payment.refundable))}: what was captured can only be given back."


def _deadline_met(refusal: Any, circumstances: Circumstances) -> str:
    payment = circumstances.payment(refusal.reference)
    stands = "" if payment is None else f" It is {payment_met(payment)}."
    return f"The deadline was {instant(refusal.deadline)}; now it is {instant(circumstances.now)}.{stands}"


def _captured_accepted(refusal: Any, circumstances: Circumstances) -> str:
    payment = circumstances.payment(refusal.reference)
    if payment is None or not payment.refundable:
        return "Nothing: what there was is captured."
    return (
        f"No further capture. Refund up to {minor(payment.amount_of(payment.refundable))}, or create a new payment."
    )


def _modification_accepted(refusal: errors.ModificationAmountInvalid, circumstances: Circumstances) -> str:
    payment = circumstances.payment(refusal.reference)
    if payment is None:
        return f"More than 0, in {refusal.currency}."
    left = payment.refundable if circumstances.path.endswith("/refund") else payment.capturable
    return f"From 1 up to {minor(Amount(refusal.currency, left))}, in {refusal.currency}."


ROWS: Final[Mapping[type[Exception], Row]] = {
    errors.CaptureBeforeApproval: Row(
        "Only what the customer approved can be captured.", _when_approved("Capture"), pages.CAPTURE
    ),
    errors.CaptureOfEndedPayment: Row(
        "A payment that ended without approval stays ended.", NEW_PAYMENT, pages.CAPTURE
    ),
    errors.CaptureOfCancelledPayment: Row(
        "What was cancelled is released to the customer, and cannot be captured.", NEW_PAYMENT, pages.CAPTURE
    ),
    errors.CaptureTooHigh: Row(
        "Captures together are at most what was approved, less what was cancelled.", _left("capture"), pages.CAPTURE
    ),
    errors.AlreadyCaptured: Row("What was approved can be captured once.", _captured_accepted, pages.CAPTURE),
    errors.PartialCaptureNotAllowed: Row(
        "Some sales units must capture the full amount.",
        lambda refusal, here: (
            f"Capture {minor(refusal.allowed)}; or any part, after {patch(here, 'partialCaptureAllowed', 'true')}."
        ),
        pages.CAPTURE,
    ),
    errors.CapturePeriodExpired: Row(
        "What was approved is reserved for a limited time, then it goes back to the customer.",
        NEW_PAYMENT,
        pages.CAPTURE,
        _deadline_met,
    ),
    errors.FundsUnavailable: Row(
        "A capture can fail for lack of funds when the reservation is no longer guaranteed.",
        _trouble_accepted,
        pages.CAPTURE,
        _trouble_met,
    ),
    errors.CaptureFailed: Row(
        "A capture can fail for a reason that passes.",
        _trouble_accepted,
        pages.CAPTURE,
        _trouble_met,
    ),
    errors.PaymentLocked: Row(
        "A payment takes one change at a time.",
        _trouble_accepted,
        pages.ERRORS,
        _trouble_met,
    ),
    errors.ModificationAmountInvalid: Row(
        "A capture or refund is of more than 0, in the currency of the payment.",
        _modification_accepted,
        pages.OPERATIONS,
    ),
    errors.CancelOfCapturedPayment: Row(
        "What was captured is not cancelled but refunded.", _refund_instead, pages.CANCEL
    ),
    errors.CancelOfEndedPayment: Row(
        "A payment is cancelled once, and not after it has ended.",
        "No cancel: nothing of it is reserved any more.",
        pages.CANCEL,
    ),
    errors.CancelOfAuthorizedPayment: Row(
        "With cancelTransactionOnly a payment is cancelled only as long as nobody approved it.",
        "Cancel without cancelTransactionOnly, to release all that is not captured; or capture.",
        pages.CANCEL,
    ),
    errors.CancelPeriodExpired: Row(
        "After the deadline to capture, nothing is left to cancel.", NEW_PAYMENT, pages.CANCEL, _deadline_met
    ),
    errors.CancelOfProcessingPayment: Row(
        "A payment that the customer has just approved is not cancelled before its outcome is known.",
        "Cancel once GET payment says AUTHORIZED.",
        pages.CANCEL,
    ),
    errors.RefundBeforeApproval: Row(
        "Only what was captured can be refunded.", _when_approved("Refund what was captured,"), pages.REFUND
    ),
    errors.RefundOfEndedPayment: Row(
        "A payment that ended without approval was never paid, and has nothing to refund.",
        NEW_PAYMENT,
        pages.REFUND,
    ),
    errors.RefundTooHigh: Row("Refunds together are at most what was captured.", _left("refund"), pages.REFUND),
    errors.AlreadyRefunded: Row(
        "What was captured can be refunded once.", "Nothing: all of it has been given back.", pages.REFUND
    ),
    errors.RefundPeriodExpired: Row(
        "Refunds are possible for 365 days from the approval; the special amount 1.24 is always too late.",
        "Nothing through this API: pay the customer back another way.",
        pages.REFUND,
        _deadline_met,
    ),
    errors.RefundNotConfigured: Row(
        "The sales unit must be set up for refunds; the special amount 1.23 never is.",
        lambda _, here: f"An amount other than 1.23, after {patch(here, 'refundConfigured', 'true')}.",
        pages.REFUND,
    ),
}
