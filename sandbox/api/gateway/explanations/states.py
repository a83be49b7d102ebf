"""The words for a state that a call met: amounts, instants, and how a payment stands."""

from datetime import datetime

from sandbox.domain.facts import PaymentAborted
from sandbox.domain.money import Amount
from sandbox.domain.payments import Payment, PaymentState

__all__ = ["instant", "minor", "money", "payment_met"]


def instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def money(amount: Amount) -> str:
    """Return an amount as people write it: `500.00 NOK`."""
    return f"{_plain(amount.value)} {amount.currency}"


def minor(amount: Amount) -> str:
    """Return an amount with what has to be sent for it: `500.00 NOK (value 50000)`."""
    return f"{money(amount)} (value {amount.value})"


def payment_met(payment: Payment) -> str:
    """Return how a payment stands, in one line."""
    match payment.state:
        case PaymentState.CREATED:
            return _waiting(payment)
        case PaymentState.AUTHORIZED:
            sums = f"{_plain(payment.captured)} captured, {_plain(payment.cancelled)} cancelled"
            refunded = f", {_plain(payment.refunded)} refunded" if payment.refunded else ""
            until = "" if payment.capture_by is None else f"; capture until {instant(payment.capture_by)}"
            approved = money(payment.amount_of(payment.authorized))
            return f"{payment.state}: {approved} approved, {sums}{refunded}{until}"
        case _:
            last = payment.facts[-1]
            why = f" ({last.because})" if isinstance(last, PaymentAborted) else ""
            if payment.state is PaymentState.EXPIRED and payment.created.confirm_within is not None:
                why = " (by the setting claimTimeout)"
            return f"{payment.state} since {instant(last.at)}{why}; that is final"


def _waiting(payment: Payment) -> str:
    if payment.processing_until is not None:
        until = instant(payment.processing_until)
        return f"{payment.state}: the customer approved, and the outcome is known at {until}"
    if payment.phone_number is not None:
        where = f"waiting on the phone of {payment.phone_number}"
    elif payment.customer is not None:
        where = f"its link not yet followed by {payment.customer}"
    else:
        where = "its link not yet followed by anybody"
    return f"{payment.state}, {where}; expires at {instant(payment.deadline)}"


def _plain(value: int) -> str:
    sign = "-" if value < 0 else ""
    whole, part = divmod(abs(value), 100)
    return f"{sign}{whole}.{part:02}"
