"""What a payment is: the fold of its facts.

States are five and only five: captures, cancellations and refunds move amounts, never the state.
Source: ePayment guide, "Payment states"; ePayment OpenAPI 1.8.1, `State` and `Aggregate`.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from functools import reduce
from typing import Any, Final

from sandbox.domain import facts
from sandbox.domain.commands import ShippingGroup, ShippingOption, UserFlow
from sandbox.domain.facts import PaymentCreated, PaymentFact
from sandbox.domain.money import Amount
from sandbox.domain.values import value

__all__ = ["Payment", "PaymentState", "created"]


class PaymentState(StrEnum):
    CREATED = "CREATED"
    AUTHORIZED = "AUTHORIZED"  # final: capture, cancel and refund move amounts, never the state
    ABORTED = "ABORTED"  # by the customer
    EXPIRED = "EXPIRED"  # by the clock
    TERMINATED = "TERMINATED"  # by the merchant, before approval


@value
class Payment:
    """A payment as it stands; its four sums are in minor units of the payment's currency."""

    created: PaymentCreated
    facts: tuple[PaymentFact, ...]  # all that happened to it, oldest first
    state: PaymentState = PaymentState.CREATED
    phone_number: str | None = None  # whose phone has the request
    claimed_at: datetime | None = None  # when somebody took the first step: entered a number, or opened the app
    consented_by: str | None = None  # whose phone has passed this payment's consent screen
    postponed_at: datetime | None = None  # by whoever has the request
    processing_until: datetime | None = None
    card_number: str | None = None  # on the card form, while the bank asks for proof, and of what was approved
    shipping_offer: tuple[ShippingGroup, ...] | None = None  # that the merchant made for the customer's address
    shipping_refused: str | None = None  # why there is none
    shipping: ShippingOption | None = None  # that the customer chose
    authorized_at: datetime | None = None
    capture_by: datetime | None = None
    authorized: int = 0
    captured: int = 0
    cancelled: int = 0
    refunded: int = 0

    @property
    def reference(self) -> str:
        return self.created.reference

    @property
    def amount(self) -> Amount:
        return self.created.command.amount

    @property
    def scope(self) -> tuple[str, ...]:
        return self.created.command.scope

    @property
    def customer(self) -> str | None:
        """The phone number of whoever has the request, or else of whom it was created for."""
        return self.phone_number or self.created.command.phone_number

    @property
    def deadline(self) -> datetime:
        """When it expires, if nobody answers."""
        within = self.created.confirm_within
        if within is None or self.claimed_at is None:
            return self.created.deadline
        return self.claimed_at + within

    @property
    def is_at_the_bank(self) -> bool:
        """Whether the customer is asked for proof, so that nobody else can end the payment."""
        return self.state is PaymentState.CREATED and self.card_number is not None

    @property
    def is_long_living(self) -> bool:
        """Whether the customer may put it off."""
        return self.created.command.expires_at is not None

    @property
    def capturable(self) -> int:
        return 0 if self.state is not PaymentState.AUTHORIZED else self.authorized - self.captured - self.cancelled

    @property
    def refundable(self) -> int:
        return self.captured - self.refunded

    def amount_of(self, value: int) -> Amount:
        return self.amount.of(value)

    def as_of(self, fact: PaymentFact) -> "Payment":
        """Return the payment as it stood right after *fact*, one of its own."""
        if self.facts[-1] is fact:
            return self
        place = next(place for place, own in enumerate(self.facts) if own is fact)
        return reduce(Payment.after, self.facts[1 : place + 1], created(self.created))

    def after(self, fact: PaymentFact) -> "Payment":
        """Return the payment as it is once *fact* has happened; refuses nothing."""
        return replace(self, facts=(*self.facts, fact), **_CHANGES[type(fact)](self, fact))


def created(fact: PaymentCreated) -> Payment:
    return Payment(created=fact, facts=(fact,))


def _claimed(payment: Payment, fact: PaymentFact) -> datetime | None:
    """Return when the first step was taken; a push that nobody asked for is none."""
    by_itself = isinstance(fact, facts.PushSent) and payment.created.command.user_flow is UserFlow.PUSH_MESSAGE
    return payment.claimed_at if by_itself else payment.claimed_at or fact.at


_Change = Callable[[Payment, Any], dict[str, Any]]

_CHANGES: Final[Mapping[type[PaymentFact], _Change]] = {
    facts.PushSent: lambda payment, fact: {
        "phone_number": fact.phone_number,
        "claimed_at": _claimed(payment, fact),
        "postponed_at": payment.postponed_at if payment.phone_number == fact.phone_number else None,
        "shipping_offer": payment.shipping_offer if payment.phone_number == fact.phone_number else None,
        "shipping_refused": payment.shipping_refused if payment.phone_number == fact.phone_number else None,
    },
    # Whoever opens it again may have another address by now: a merchant that could not ship is asked again.
    facts.PaymentOpened: lambda payment, fact: {
        "phone_number": fact.phone_number,
        "claimed_at": _claimed(payment, fact),
        "shipping_refused": None,
    },
    facts.ConsentGiven: lambda _, fact: {"consented_by": fact.phone_number},
    facts.CardEntered: lambda payment, fact: {"card_number": fact.number, "claimed_at": _claimed(payment, fact)},
    facts.CardDeclined: lambda _, fact: {"card_number": None},
    facts.ShippingOffered: lambda _, fact: {"shipping_offer": fact.groups},
    facts.ShippingRefused: lambda _, fact: {"shipping_refused": fact.because},
    facts.PaymentPostponed: lambda _, fact: {"postponed_at": fact.at},
    facts.PaymentProcessing: lambda _, fact: {"processing_until": fact.until, "shipping": fact.shipping},
    facts.PaymentAuthorized: lambda _, fact: {
        "state": PaymentState.AUTHORIZED,
        "phone_number": fact.phone_number,
        "authorized": fact.amount.value,
        "authorized_at": fact.at,
        "capture_by": fact.capture_by,
        "shipping": fact.shipping,
        "processing_until": None,
    },
    facts.PaymentAborted: lambda _, fact: {"state": PaymentState.ABORTED},
    facts.PaymentExpired: lambda _, fact: {"state": PaymentState.EXPIRED},
    # The whole amount counts as cancelled though nothing was authorised: seen on the real test environment.
    facts.PaymentTerminated: lambda payment, fact: {
        "state": PaymentState.TERMINATED,
        "cancelled": payment.amount.value,
    },
    facts.PaymentCaptured: lambda payment, fact: {"captured": payment.captured + fact.amount.value},
    facts.PaymentCancelled: lambda payment, fact: {"cancelled": payment.cancelled + fact.amount.value},
    facts.PaymentRefunded: lambda payment, fact: {"refunded": payment.refunded + fact.amount.value},
}
