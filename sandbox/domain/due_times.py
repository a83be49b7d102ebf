"""What will happen by itself: the due times that follow from a unit's facts, and what each does when it comes.

A due time is a promise to look again. What has become of the payment meanwhile decides whether anything happens.
Some only mark that a time is over, and some need somebody outside: a merchant who is told, or asked.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sandbox.domain import facts, webhooks
from sandbox.domain.approval import authorized
from sandbox.domain.commands import UserFlow
from sandbox.domain.customers import Persona
from sandbox.domain.facts import Fact, PaymentCancelled, PaymentExpired, PaymentFact, ReminderSent
from sandbox.domain.payments import Payment, PaymentState
from sandbox.domain.shipping import awaits_offer
from sandbox.domain.state import UnitState
from sandbox.domain.values import value
from sandbox.domain.webhook_book import QueueKey

__all__ = ["Due", "DueKind", "due_after", "fall_due", "is_awaited"]

_REMINDED: Final = (timedelta(hours=72), timedelta(hours=24))  # before a long-living payment expires


class DueKind(StrEnum):
    EXPIRY = "expiry"
    PROCESSED = "processed"  # the outcome of an approval is known
    PERSONA = "persona"  # the customer does something
    REMINDER = "reminder"  # of a long-living payment, to its customer
    CAPTURE_DEADLINE = "capture deadline"  # what is reserved and not captured goes back to the customer
    REFUND_WINDOW = "refund window"  # is over
    USERINFO_WINDOW = "userinfo window"  # is over
    SHIPPING = "shipping"  # the merchant is asked for the shipping options of an address
    WEBHOOK = "webhook"  # the next event in a queue is sent
    WEBHOOK_ASKED = "webhook asked for"  # an event is sent out of turn
    WEBHOOK_GIVEN_UP = "webhook given up"
    WEBHOOK_REMOVED = "webhook removed"  # unless it has answered meanwhile

    @property
    def is_errand(self) -> bool:
        """Whether somebody outside has to be called, which takes real time."""
        return self in _ERRANDS


_ERRANDS: Final = frozenset({DueKind.SHIPPING, DueKind.WEBHOOK, DueKind.WEBHOOK_ASKED})


@value(kw_only=False)
class Due:
    at: datetime
    kind: DueKind
    reference: str
    place: int = 0  # how many facts the payment had when this was promised
    registration: str = ""
    asked: facts.DeliveryAsked | None = None

    @property
    def queue(self) -> QueueKey:
        return self.registration, self.reference


def due_after(state: UnitState, fact: Fact) -> Iterator[Due]:
    """Give the due times that *fact*, the newest in *state*, brings with it."""
    if isinstance(fact, PaymentFact):
        yield from _due_for_payment(state, fact)
    if state.webhooks.registrations:
        yield from _due_for_webhooks(state, fact)


def _due_for_payment(state: UnitState, fact: PaymentFact) -> Iterator[Due]:
    reference, payment = fact.reference, state.payments[fact.reference]
    place = len(payment.facts)
    match fact:
        case facts.PaymentCreated():
            yield Due(fact.deadline, DueKind.EXPIRY, reference, place)
            if fact.command.expires_at is not None:
                yield from _reminders(fact)
        case facts.PushSent() | facts.PaymentOpened() | facts.CardEntered():
            yield from _second_step(payment, fact)
        case facts.PaymentAuthorized():
            yield Due(fact.capture_by, DueKind.CAPTURE_DEADLINE, reference, place)
            if fact.scope:
                yield Due(fact.at + state.settings.userinfo_window, DueKind.USERINFO_WINDOW, reference)
        case facts.PaymentCaptured():
            yield from _refund_window(state, fact)
        case facts.PaymentProcessing(until=until):
            yield Due(until, DueKind.PROCESSED, reference, place)
    if awaits_offer(state, payment, fact.at) and isinstance(fact, facts.PaymentOpened | facts.ConsentGiven):
        yield Due(fact.at, DueKind.SHIPPING, reference, place)
    wait = _persona_waits(state, fact)
    if wait is not None:
        yield Due(fact.at + wait, DueKind.PERSONA, reference, place)


def _second_step(payment: Payment, fact: PaymentFact) -> Iterator[Due]:
    """Give the end of the time to approve, if *fact* is what it began with."""
    if payment.deadline != payment.created.deadline and payment.claimed_at == fact.at:
        yield Due(payment.deadline, DueKind.EXPIRY, fact.reference)


def _reminders(fact: facts.PaymentCreated) -> Iterator[Due]:
    for before in _REMINDED:
        if fact.at < fact.deadline - before:
            yield Due(fact.deadline - before, DueKind.REMINDER, fact.reference)


def _refund_window(state: UnitState, fact: facts.PaymentCaptured) -> Iterator[Due]:
    payment = state.payments[fact.reference]
    if payment.captured == fact.amount.value and payment.authorized_at is not None:  # the first capture
        yield Due(payment.authorized_at + state.settings.refund_window, DueKind.REFUND_WINDOW, fact.reference)


def _due_for_webhooks(state: UnitState, fact: Fact) -> Iterator[Due]:
    for key, queue in webhooks.queues_touched(state, fact):
        registration, reference = key
        if queue.due is not None:
            yield Due(queue.due, DueKind.WEBHOOK, reference, registration=registration)
        else:
            owed_at = state.webhooks.deliveries[queue.waiting[0]].owed_at
            yield Due(
                max(fact.at, owed_at + webhooks.ATTEMPTS_LAST),
                DueKind.WEBHOOK_GIVEN_UP,
                reference,
                registration=registration,
            )
    match fact:
        case facts.DeliveryAsked():
            delivery = state.webhooks.deliveries[fact.delivery_id]
            yield Due(
                fact.at,
                DueKind.WEBHOOK_ASKED,
                delivery.reference,
                registration=delivery.registration_id,
                asked=fact,
            )
        case facts.WebhookAttempted(registration_id=registration):
            known = state.webhooks.registrations[registration]
            if known.failing_since == fact.at and not fact.succeeded:
                yield Due(fact.at + webhooks.REMOVED_AFTER, DueKind.WEBHOOK_REMOVED, "", registration=registration)


def is_awaited(state: UnitState, due: Due) -> bool:
    """Tell whether what was promised still has to be done.

    A persona acts no more once anybody has done anything about the payment since; a merchant is told only of what is
    first in its queue, and at the time that counts now.
    """
    if due.kind is DueKind.WEBHOOK_ASKED:
        return due.registration in state.webhooks.registrations and due.asked in state.webhooks.asked
    if due.kind is DueKind.WEBHOOK:
        queue = state.webhooks.queues.get(due.queue)
        return queue is not None and queue.due == due.at and not state.webhooks.is_held(due.registration)
    payment = state.payments[due.reference]
    if due.kind is DueKind.SHIPPING:
        return payment.shipping_refused is None and awaits_offer(state, payment, due.at)
    return payment.state is PaymentState.CREATED and len(payment.facts) == due.place


def fall_due(state: UnitState, due: Due, at: datetime) -> Sequence[Fact]:
    """Decide what happens at a due time that needs nobody outside; nothing if things have moved on."""
    match due.kind:
        case DueKind.WEBHOOK_GIVEN_UP:
            return webhooks.give_up(state, due.queue, at)
        case DueKind.WEBHOOK_REMOVED:
            return webhooks.remove_unresponsive(state, due.registration, at)
        case DueKind.REFUND_WINDOW | DueKind.USERINFO_WINDOW:
            return []
        case _:
            return _fall_due_for_payment(state, due, at)


def _fall_due_for_payment(state: UnitState, due: Due, at: datetime) -> Sequence[Fact]:
    payment = state.payments[due.reference]
    if due.kind is DueKind.CAPTURE_DEADLINE:
        rest = payment.amount_of(payment.capturable)
        return [PaymentCancelled(at=at, reference=payment.reference, amount=rest)] if rest.value else []
    if payment.state is not PaymentState.CREATED:
        return []
    if due.kind is DueKind.REMINDER:
        return _remind(state, payment, at)
    if due.kind is DueKind.PROCESSED and payment.phone_number is not None:
        return [authorized(state, payment, payment.phone_number, at, payment.shipping)]
    if due.kind is DueKind.EXPIRY and payment.processing_until is None and due.at >= payment.deadline:
        return [PaymentExpired(at=at, reference=payment.reference)]
    return []


def _remind(state: UnitState, payment: Payment, at: datetime) -> list[ReminderSent]:
    """Decide a reminder of what waits for an answer; once, though a unit rebuilt at that instant asks again."""
    phone_number = payment.phone_number
    if phone_number is None or payment.processing_until is not None or not state.settings.reminders:
        return []
    if state.reminded.get(payment.reference) == at:
        return []
    return [ReminderSent(at=at, reference=payment.reference, phone_number=phone_number)]


def _persona_waits(state: UnitState, fact: PaymentFact) -> timedelta | None:
    """Return how long after *fact* its customer does the next thing; None for never.

    A push wakes its customer by itself. A link is followed by whom the payment was created for.
    """
    match fact:
        case facts.PaymentCreated(command=command) if command.user_flow is not UserFlow.PUSH_MESSAGE:
            return None if command.phone_number is None else _answers_after(state, command.phone_number)
        case facts.PushSent():
            return _answers_after(state, fact.phone_number)
        case facts.ShippingOffered():  # which is what it waited for
            return timedelta(0) if state.persona(fact.phone_number).answers else None
        case facts.CardDeclined(phone_number=str() as phone_number):
            persona = state.persona(phone_number)
            tries_again = persona is Persona.CARD_DECLINED_ONCE and _is_first_decline(state, fact)
            return timedelta(0) if tries_again else None
        case facts.PaymentPostponed():
            is_later = state.persona(fact.phone_number) is Persona.PAYS_LATER
            return state.settings.later_is if is_later else None
        case _:
            return None


def _answers_after(state: UnitState, phone_number: str) -> timedelta | None:
    persona = state.persona(phone_number)
    if not persona.answers:
        return None
    return state.settings.slow_takes if persona is Persona.SLOW else state.settings.answers_after


def _is_first_decline(state: UnitState, fact: facts.CardDeclined) -> bool:
    """Whoever tried again and was declined again, by a special amount say, gives up."""
    declines = (known for known in state.payments[fact.reference].facts if isinstance(known, facts.CardDeclined))
    return next(known for known in declines if known.phone_number == fact.phone_number) is fact
