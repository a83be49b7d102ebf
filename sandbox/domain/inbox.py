"""What a customer's phone shows: the requests that wait, and what can be done about each.

Pure data, for the app's pages and for the sandbox's own API alike. Source: landing page and app guides.
"""

from datetime import datetime

from sandbox.domain.approval import actions_on_screen
from sandbox.domain.commands import CategoryType, CustomerAction, PaymentType
from sandbox.domain.facts import CardDeclined
from sandbox.domain.money import Amount
from sandbox.domain.orders import shown_category
from sandbox.domain.payments import Payment
from sandbox.domain.profile_sharing import missing_consent
from sandbox.domain.receipts import Receipt
from sandbox.domain.state import UnitState
from sandbox.domain.values import value

__all__ = ["PaymentRequest", "pending_requests", "request_on_phone"]


@value
class PaymentRequest:
    """A payment as its customer sees it before answering."""

    msn: str
    merchant: str
    organisation: str
    reference: str
    amount: Amount
    description: str | None
    due: datetime | None  # of a long-living payment: when it expires
    deadline: datetime  # of any payment
    category: CategoryType | None
    order_details_url: str | None
    receipt: Receipt | None
    asks_for: tuple[str, ...]  # the scopes that the consent screen asks for
    actions: tuple[CustomerAction, ...]
    is_open: bool  # whether the phone shows it, rather than its line in the list
    postponed: bool
    processing: bool
    declined: str | None  # why the last try to pay failed, while nothing has happened since


def pending_requests(state: UnitState, phone_number: str, at: datetime) -> list[PaymentRequest]:
    """Return the requests that wait on a phone, oldest first."""
    waiting = state.pending.get(phone_number, {})
    return [request_on_phone(state, state.payments[reference], phone_number, at) for reference in waiting]


def request_on_phone(state: UnitState, payment: Payment, phone_number: str, at: datetime) -> PaymentRequest:
    command = payment.created.command
    last = payment.facts[-1]
    category = shown_category(state, PaymentType.ECOM, payment.reference)
    return PaymentRequest(
        msn=state.msn,
        merchant=state.settings.name,
        organisation=state.settings.organisation,
        reference=payment.reference,
        amount=payment.amount,
        description=command.payment_description,
        due=command.expires_at,
        deadline=payment.deadline,
        category=None if category is None else category.category,
        order_details_url=None if category is None else category.order_details_url,
        receipt=state.receipts.get((PaymentType.ECOM, payment.reference)),
        asks_for=missing_consent(state, payment, phone_number, at),
        actions=actions_on_screen(state, payment, phone_number, at),
        is_open=state.screens.get(phone_number) == payment.reference,
        postponed=payment.postponed_at is not None,
        processing=payment.processing_until is not None,
        declined=last.because if isinstance(last, CardDeclined) else None,
    )
