"""How a payment ended, and what became of one that was approved: as the app's history tells it.

Source: landing page and app guides, "After payment".
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sandbox.domain import facts
from sandbox.domain.commands import UserFlow
from sandbox.domain.identity import event_psp_reference
from sandbox.domain.money import Amount
from sandbox.domain.payments import Payment, PaymentState
from sandbox.domain.sales_unit import ReturnsTo
from sandbox.domain.urls import url_kind
from sandbox.phone.formats import phone_number_text, time_text
from sandbox.phone.looking import Look
from sandbox.phone.orders import details_link, order_link
from sandbox.phone.pages.history import EndedPage, ReceiptPage, ReturnPage, Transaction
from sandbox.phone.pages.parts import Link, Page, Row, Status
from sandbox.phone.places import is_web_link
from sandbox.phone.words import Outcome, Words

__all__ = ["amount_left", "ended_page", "outcome_of", "outcome_status", "return_page", "status_of"]

_RETURNING: Final = frozenset({UserFlow.WEB_REDIRECT, UserFlow.NATIVE_REDIRECT})

_OUTCOMES: Final[Mapping[PaymentState, Callable[[Words], Outcome]]] = {
    PaymentState.AUTHORIZED: lambda words: words.paid,
    PaymentState.ABORTED: lambda words: words.cancelled,
    PaymentState.EXPIRED: lambda words: words.time_is_up,
    PaymentState.TERMINATED: lambda words: words.withdrawn,
}
_LOOKS: Final = {
    PaymentState.AUTHORIZED: ("good", "check"),
    PaymentState.ABORTED: ("bad", "cross"),
    PaymentState.EXPIRED: ("waiting", "clock"),
    PaymentState.TERMINATED: ("ended", "stop"),
}


def outcome_of(payment: Payment, words: Words) -> Outcome | None:
    """Return how a payment ended for its customer; None while it has not."""
    if is_released(payment):
        return words.released
    told = _OUTCOMES.get(payment.state)
    return None if told is None else told(words)


def outcome_status(payment: Payment, outcome: Outcome) -> Status:
    look, icon = ("ended", "stop") if is_released(payment) else _LOOKS[payment.state]
    return Status(outcome.heading, look, icon)


def is_released(payment: Payment) -> bool:
    return payment.state is PaymentState.AUTHORIZED and payment.cancelled == payment.authorized


def status_of(payment: Payment, words: Words) -> Status:
    """Return what the history says of an approved payment."""
    if is_released(payment):
        return Status(words.status_released, "ended", "stop")
    if payment.captured == 0:
        return Status(words.status_reserved, "info", "lock")
    if payment.refunded == 0:
        return Status(words.status_paid, "good", "check")
    if payment.refunded < payment.captured:
        return Status(words.status_partly_refunded, "good", "back")
    return Status(words.status_refunded, "ended", "back")


def amount_left(payment: Payment) -> Amount:
    """Return what an approved payment comes to: what was captured and not refunded; before that, the reservation."""
    if payment.captured:
        return payment.amount_of(payment.captured - payment.refunded)
    return payment.amount_of(payment.authorized - payment.cancelled)


def ended_page(look: Look, outcome: Outcome) -> Page:
    if look.payment.state is PaymentState.AUTHORIZED:
        return _receipt_page(look, outcome)
    return EndedPage(
        words=look.words,
        device=look.phone.device,
        merchant=look.merchant,
        amount_text=look.phone.money(look.payment.amount),
        heading=outcome.heading,
        text=outcome.text,
        status=outcome_status(look.payment, outcome),
        return_link=_return_link(look),
    )


def _receipt_page(look: Look, outcome: Outcome) -> Page:
    payment, phone, words = look.payment, look.phone, look.words
    at = payment.authorized_at or payment.created.at
    shipping = payment.shipping
    rows = (
        Row(words.paid_with, f"{phone.card.scheme} •••• {phone.card.last_four}"),
        Row(words.date, time_text(phone.number, at)),
        Row(words.paid_by, f"{look.unit.person(phone.number).name}\n{phone_number_text(phone.number)}"),
        Row(words.fee, phone.money(payment.amount_of(0))),
        *(() if shipping is None else (Row(words.delivery, f"{shipping.name}\n{phone.money(shipping.amount)}"),)),
        Row(words.order_id, payment.reference),
        Row(words.transaction_id, event_psp_reference(look.unit.msn, payment.reference, 0)),
    )
    return ReceiptPage(
        words=words,
        device=phone.device,
        heading=outcome.heading,
        merchant=look.merchant,
        amount_text=phone.money(amount_left(payment)),
        description=payment.created.command.payment_description,
        status=status_of(payment, words),
        return_link=_return_link(look),
        details=details_link(look),
        order_link=order_link(look),
        rows=rows,
        transactions=tuple(_transactions(look)),
    )


# What an event does to the customer's account, and its colour: nothing is taken before the capture.
_SIGNS: Final[Mapping[type[facts.PaymentFact], tuple[int, str]]] = {
    facts.PaymentAuthorized: (1, "ended"),
    facts.PaymentCaptured: (-1, "bad"),
    facts.PaymentCancelled: (1, "ended"),
    facts.PaymentRefunded: (1, "good"),
}


def _transactions(look: Look) -> list[Transaction]:
    rows: list[Transaction] = []
    for fact in reversed(look.payment.facts):
        sign = _SIGNS.get(type(fact))
        if sign is None:
            continue
        known: Any = fact  # each of these has an amount
        amount = look.phone.money(look.payment.amount_of(sign[0] * known.amount.value))
        kind = look.words.transaction_kinds[type(fact).__name__]
        when = time_text(look.phone.number, fact.at)
        rows.append(Transaction(kind=kind, when_text=when, amount_text=amount, look=sign[1]))
    return rows


def _return_link(look: Look) -> Link | None:
    command = look.payment.created.command
    url = command.return_url if command.user_flow in _RETURNING else None
    if url is None or not url_kind(url):
        return None
    if look.unit.state.settings.app_returns_to is ReturnsTo.OTHER_BROWSER and is_web_link(url):
        url = f"{look.url}/return"
    return Link(look.words.back_to.format(merchant=look.merchant.name), url)


def return_page(look: Look) -> ReturnPage | None:
    """Return the phone's own browser with the merchant's `returnUrl`; None where the app does not lead there."""
    link = _return_link(look)
    url = look.payment.created.command.return_url
    if link is None or url is None or not is_web_link(url) or outcome_of(look.payment, look.words) is None:
        return None
    return ReturnPage(words=look.words, device=look.phone.device, request_url=look.url, url=url)
