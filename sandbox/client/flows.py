"""Invoices through ePayment, as a merchant sends them.

The first invoice of a customer is paid from the merchant's own page, and wins their phone number; the ones after
it go straight to their phone. The flows are written as steps and stand on both clients as methods.
Source: "Invoicing through ePayment", flows A and B.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sandbox.client._errors import InvoiceNotPaid, PhoneNumberNotShared
from sandbox.client._models import Amount, Category, Payment, PaymentState, UserInfo
from sandbox.client._orders import put_category
from sandbox.client._payments import create_payment, get_payment
from sandbox.client._polling import PATIENCE, Pace, await_outcome
from sandbox.client._requests import Body, NewPayment
from sandbox.client._session import Session
from sandbox.client._steps import HandOver, Steps, Wait
from sandbox.client._userinfo import get_userinfo

__all__ = [
    "FirstInvoicePaid",
    "SentInvoice",
    "first_invoice",
    "first_invoice_verbatim",
    "resume_first_invoice",
    "send_invoice",
    "send_invoice_verbatim",
]

# The sub is written some moments after the approval.
SUB_ASKED_AGAIN: Final = 10
SUB_PAUSE: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class FirstInvoicePaid:
    """The first invoice is approved, and later ones can go to *phone_number*."""

    phone_number: str
    payment: Payment
    user: UserInfo


@dataclass(frozen=True, slots=True)
class SentInvoice:
    """An invoice is on the customer's phone, behind it the link *category_id* if it has one."""

    reference: str
    category_id: str | None


def first_invoice(
    vipps: Session,
    reference: str,
    amount: Amount,
    return_url: str,
    *,
    present: Callable[[str], object],
    phone_number: str | None = None,
    description: str | None = None,
    idempotency_key: str | None = None,
    timeout: timedelta = PATIENCE,
    pace: Pace = Pace(),  # noqa: B008 - frozen
) -> Steps[FirstInvoicePaid]:
    """Have the customer pay an invoice and share their phone number (flow A).

    What comes back is approved, not captured: `capture` it when the goods are delivered.

    *present* is given the redirect URL and sends the customer's browser there; the asynchronous client awaits it.
    *phone_number* fills in the landing page, where another may be typed: trust only the one that comes back.
    *description* is what the customer reads; by default it names the reference.

    Raises:
        InvoiceNotPaid: The customer refused to pay or to share, did not answer, or the payment was called off.
        OutcomeNotKnown: It may yet be paid: go on with `resume_first_invoice`.
        PhoneNumberNotShared: Paid, but there is no phone number.
    """
    payment = NewPayment(
        reference=reference,
        amount=amount,
        user_flow="WEB_REDIRECT",
        return_url=return_url,
        phone_number=phone_number,
        payment_description=description or f"Invoice {reference}",
        scope="phoneNumber",
    )
    return (
        yield from first_invoice_verbatim(
            vipps,
            payment.body(),
            present=present,
            idempotency_key=idempotency_key,
            timeout=timeout,
            pace=pace,
        )
    )


def first_invoice_verbatim(
    vipps: Session,
    body: Body,
    *,
    present: Callable[[str], object],
    idempotency_key: str | None = None,
    timeout: timedelta = PATIENCE,
    pace: Pace = Pace(),  # noqa: B008 - frozen
) -> Steps[FirstInvoicePaid]:
    """Do what `first_invoice` does, with the create request's *body* as it stands."""
    created = yield from create_payment(vipps, body, idempotency_key=idempotency_key)
    if created.redirect_url is not None:
        yield HandOver(present, created.redirect_url)
    return (yield from resume_first_invoice(vipps, created.reference, timeout=timeout, pace=pace))


def resume_first_invoice(
    vipps: Session,
    reference: str,
    *,
    timeout: timedelta = PATIENCE,
    pace: Pace = Pace(),  # noqa: B008 - frozen
) -> Steps[FirstInvoicePaid]:
    """Await the end of a first invoice that was created before, as after a restart or an OutcomeNotKnown."""
    payment = yield from await_outcome(vipps, reference, timeout=timeout, pace=pace)
    if payment.state is not PaymentState.AUTHORIZED:
        raise InvoiceNotPaid(payment)
    for _ in range(SUB_ASKED_AGAIN):
        if payment.sub is not None:
            break
        yield Wait(SUB_PAUSE)
        payment = yield from get_payment(vipps, reference)
    if payment.sub is None:
        raise PhoneNumberNotShared(payment)
    user = yield from get_userinfo(vipps, payment.sub)
    if user.phone_number is None or not user.phone_number.isdigit():  # "[Expired]" seven days after the consent
        raise PhoneNumberNotShared(payment)
    return FirstInvoicePaid(user.phone_number, payment, user)


def send_invoice(
    vipps: Session,
    reference: str,
    amount: Amount,
    phone_number: str,
    *,
    order_details_url: str | None,
    expires_at: datetime,
    description: str | None = None,
    receipt: Mapping[str, Any] | None = None,
    return_url: str | None = None,
    idempotency_key: str | None = None,
) -> Steps[SentInvoice]:
    """Send an invoice to the phone of a customer who has agreed to that (flow B).

    It is unpaid yet: `await_outcome` (or a webhook) tells how it ends, then `capture` it.

    *order_details_url* is the invoice itself, https; it is attached before the push goes out, so that nobody opens
    a request without it. None attaches nothing, as where Order Management is not offered.
    *expires_at* is the due date; the customer may put the invoice off until then.
    *description* is what the customer reads; by default it names the reference.
    *receipt* holds the invoice's lines; today Vipps asks for one with every long-living payment.

    Raises:
        NotAVippsUser: Send this invoice another way.
    """
    payment = NewPayment(
        reference=reference,
        amount=amount,
        user_flow="PUSH_MESSAGE",
        return_url=return_url,
        phone_number=phone_number,
        payment_description=description or f"Invoice {reference}",
        expires_at=expires_at,
        receipt=receipt,
    )
    category = None if order_details_url is None else Category(order_details_url=order_details_url).body()
    return (
        yield from send_invoice_verbatim(
            vipps, payment.body(), category=category, order_id=reference, idempotency_key=idempotency_key
        )
    )


def send_invoice_verbatim(
    vipps: Session,
    body: Body,
    *,
    category: Body | None = None,
    order_id: str | None = None,
    idempotency_key: str | None = None,
) -> Steps[SentInvoice]:
    """Do what `send_invoice` does, with the bodies of both requests as they stand.

    The *category* belongs to *order_id*, by default the reference in *body*.

    Raises:
        ValueError: *order_id* is not given, and *body* has no reference to take instead.
    """
    category_id = None
    if category is not None:
        order = _reference_in(body) if order_id is None else order_id
        category_id = yield from put_category(vipps, "ecom", order, category)
    created = yield from create_payment(vipps, body, idempotency_key=idempotency_key)
    return SentInvoice(created.reference, category_id)


def _reference_in(body: Body) -> str:
    document = body if isinstance(body, Mapping) else json.loads(body)
    reference = document.get("reference") if isinstance(document, Mapping) else None
    if not isinstance(reference, str | int):
        raise ValueError("the payment's body has no reference: give order_id")  # noqa: TRY004 - a document's fault
    return str(reference)
