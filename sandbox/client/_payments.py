"""The ePayment API: create, read and modify payments.

Source: ePayment OpenAPI 1.8.1.
"""

from typing import Any, Final

from sandbox.client._errors import RefusedInProduction
from sandbox.client._models import Amount, CreatedPayment, Modification, Payment, PaymentEvent
from sandbox.client._requests import Body, NewPayment, encoded
from sandbox.client._session import Session, call, segment, understood
from sandbox.client._steps import Steps

__all__ = ["cancel", "capture", "create_payment", "force_approve", "get_events", "get_payment", "refund"]

PAYMENTS: Final = "/epayment/v1/payments"


def create_payment(
    vipps: Session, payment: NewPayment | Body, *, idempotency_key: str | None = None
) -> Steps[CreatedPayment]:
    """Ask for a payment. A mapping, bytes or text go out as they stand.

    The *idempotency_key* has 50 characters at most; without one, a new UUID is sent.
    """
    body = payment.body() if isinstance(payment, NewPayment) else payment
    key = vipps.new_key() if idempotency_key is None else idempotency_key
    response = yield from call(vipps, "POST", PAYMENTS, content=encoded(body), idempotency_key=key)
    return understood(CreatedPayment, response)


def get_payment(vipps: Session, reference: str) -> Steps[Payment]:
    """Return the payment as it is now."""
    return understood(Payment, (yield from call(vipps, "GET", _payment(reference))))


def get_events(vipps: Session, reference: str) -> Steps[list[PaymentEvent]]:
    """Return what has happened to the payment, oldest first."""
    return understood(list[PaymentEvent], (yield from call(vipps, "GET", f"{_payment(reference)}/events")))


def capture(
    vipps: Session, reference: str, amount: Amount | Body, *, idempotency_key: str | None = None
) -> Steps[Modification]:
    """Take *amount* of what the customer approved; not before the goods are delivered."""
    return (yield from _modify(vipps, reference, "capture", _modification(amount), idempotency_key))


def refund(
    vipps: Session, reference: str, amount: Amount | Body, *, idempotency_key: str | None = None
) -> Steps[Modification]:
    """Give back *amount* of what was captured."""
    return (yield from _modify(vipps, reference, "refund", _modification(amount), idempotency_key))


def cancel(
    vipps: Session, reference: str, *, cancel_transaction_only: bool = False, idempotency_key: str | None = None
) -> Steps[Modification]:
    """Call off a payment, or release what is approved and not captured.

    With *cancel_transaction_only*, Vipps refuses (code 6060) if the customer has approved meanwhile.
    """
    body = {"cancelTransactionOnly": cancel_transaction_only}
    return (yield from _modify(vipps, reference, "cancel", body, idempotency_key))


def force_approve(
    vipps: Session, reference: str, *, phone_number: str | None = None, token: str | None = None
) -> Steps[None]:
    """Approve as the customer would, which only the test environment allows.

    Give the test user's *phone_number*, or the *token* in the query of the payment's redirect URL, or both.

    Raises:
        RefusedInProduction: The base URL is production; nothing was sent.
    """
    if vipps.in_production:
        raise RefusedInProduction("force_approve", vipps.host)
    body: dict[str, Any] = {}
    if phone_number is not None:
        body["customer"] = {"phoneNumber": phone_number}
    if token is not None:
        body["token"] = token
    path = f"/epayment/v1/test/payments/{segment(reference)}/approve"
    yield from call(vipps, "POST", path, content=encoded(body))


def _modify(
    vipps: Session, reference: str, operation: str, body: Body, idempotency_key: str | None
) -> Steps[Modification]:
    key = vipps.new_key() if idempotency_key is None else idempotency_key
    path = f"{_payment(reference)}/{operation}"
    response = yield from call(vipps, "POST", path, content=encoded(body), idempotency_key=key)
    return understood(Modification, response)


def _modification(amount: Amount | Body) -> Body:
    if isinstance(amount, Amount):
        return {"modificationAmount": {"currency": amount.currency, "value": amount.value}}
    return amount


def _payment(reference: str) -> str:
    return f"{PAYMENTS}/{segment(reference)}"
