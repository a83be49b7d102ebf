"""A payment's event log: the facts that a merchant is told, in Vipps's words.

Opening, consenting, postponing and declined cards leave no trace here; the merchant never learns of them.
Source: ePayment guide, "Get payment event log"; ePayment OpenAPI 1.8.1, `PaymentEvent`.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from sandbox.domain import facts
from sandbox.domain.event_names import EventName
from sandbox.domain.facts import Fact, PaymentFact
from sandbox.domain.identity import event_psp_reference
from sandbox.domain.money import Amount
from sandbox.domain.payments import Payment
from sandbox.domain.values import value

__all__ = ["EVENT_NAMES", "PaymentEvent", "events_of"]


@value
class PaymentEvent:
    name: EventName
    reference: str
    psp_reference: str  # this event's own; only CREATED's is the payment's
    amount: Amount  # of this operation
    timestamp: datetime
    idempotency_key: str | None  # of the request that caused it


EVENT_NAMES: Final[Mapping[type[Fact], EventName]] = {
    facts.PaymentCreated: EventName.CREATED,
    facts.PaymentAuthorized: EventName.AUTHORIZED,
    facts.PaymentCaptured: EventName.CAPTURED,
    facts.PaymentCancelled: EventName.CANCELLED,
    facts.PaymentRefunded: EventName.REFUNDED,
    facts.PaymentAborted: EventName.ABORTED,
    facts.PaymentExpired: EventName.EXPIRED,
    facts.PaymentTerminated: EventName.TERMINATED,
}


def events_of(payment: Payment, msn: str) -> Iterator[PaymentEvent]:
    """Give the payment's events, oldest first."""
    told = (fact for fact in payment.facts if type(fact) in EVENT_NAMES)
    for place, fact in enumerate(told):
        yield PaymentEvent(
            name=EVENT_NAMES[type(fact)],
            reference=payment.reference,
            psp_reference=event_psp_reference(msn, payment.reference, place),
            amount=getattr(fact, "amount", payment.amount),
            timestamp=fact.at,
            idempotency_key=_key_of(payment, fact),
        )


def _key_of(payment: Payment, fact: PaymentFact) -> str | None:
    match fact:
        case facts.PaymentCreated() | facts.PaymentAuthorized():
            # An approval carries the key of the create call: official sample.
            return payment.created.command.idempotency_key
        case facts.PaymentCaptured(command=command) | facts.PaymentRefunded(command=command):
            return command.idempotency_key
        case _:
            return None
