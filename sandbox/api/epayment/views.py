"""How payments look to merchants. Source: ePayment OpenAPI 1.8.1, `GetPaymentResponse`, `PaymentEvent`."""

from datetime import datetime
from typing import Any

from sandbox.domain.commands import UserFlow
from sandbox.domain.event_log import EventName, PaymentEvent
from sandbox.domain.identity import event_psp_reference, sub
from sandbox.domain.money import Amount
from sandbox.domain.payments import Payment, PaymentState

__all__ = ["event_view", "modification_view", "payment_view", "shows_redirect_url"]

_CARD_BIN = "540185"  # of the one card that every simulated customer has


def amount_view(amount: Amount) -> dict[str, Any]:
    return {"currency": amount.currency.value, "value": amount.value}


def aggregate_view(payment: Payment) -> dict[str, Any]:
    currency = payment.amount.currency.value
    return {
        "authorizedAmount": {"currency": currency, "value": payment.authorized},
        "cancelledAmount": {"currency": currency, "value": payment.cancelled},
        "capturedAmount": {"currency": currency, "value": payment.captured},
        "refundedAmount": {"currency": currency, "value": payment.refunded},
    }


def payment_view(payment: Payment, msn: str, redirect_url: str | None) -> dict[str, Any]:
    """Return a payment as GET shows it; *redirect_url* only while the customer can still use it."""
    command = payment.created.command
    authorized = payment.state is PaymentState.AUTHORIZED
    method = {"type": command.payment_method.value}
    profile = {}
    if authorized:
        method["cardBin"] = _CARD_BIN
        if payment.scope and payment.phone_number is not None:
            profile["sub"] = sub(msn, payment.phone_number)
    view = {
        "aggregate": aggregate_view(payment),
        "amount": amount_view(payment.amount),
        "state": payment.state.value,
        "paymentMethod": method,
        "profile": profile,
        "pspReference": event_psp_reference(msn, payment.reference, 0),
        "reference": payment.reference,
    }
    if redirect_url is not None:
        view["redirectUrl"] = redirect_url
    if command.metadata is not None:
        view["metadata"] = dict(command.metadata)
    return view


def shows_redirect_url(payment: Payment) -> bool:
    return payment.state is PaymentState.CREATED and payment.created.command.user_flow is not UserFlow.PUSH_MESSAGE


def modification_view(payment: Payment, msn: str) -> dict[str, Any]:
    """Return what capture, cancel and refund answer: the payment's amount, and its sums after the operation."""
    return {
        "amount": amount_view(payment.amount),
        "state": payment.state.value,
        "aggregate": aggregate_view(payment),
        "pspReference": event_psp_reference(msn, payment.reference, 0),
        "reference": payment.reference,
    }


def event_view(event: PaymentEvent) -> dict[str, Any]:
    view: dict[str, Any] = {
        "reference": event.reference,
        "pspReference": event.psp_reference,
        "name": event.name.value,
        "amount": amount_view(event.amount),
        "timestamp": _timestamp(event.timestamp, finely=event.name is EventName.CREATED),
    }
    if event.idempotency_key is not None:
        view["idempotencyKey"] = event.idempotency_key
    view["success"] = True
    return view


def _timestamp(at: datetime, *, finely: bool) -> str:
    """Return RFC 3339 in UTC: seven decimals for creations, three for all else, as the real event log has them."""
    text = at.isoformat(timespec="microseconds" if finely else "milliseconds").removesuffix("+00:00")
    return f"{text}0Z" if finely else f"{text}Z"
