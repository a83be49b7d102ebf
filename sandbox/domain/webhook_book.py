"""Which webhooks a sales unit has registered, and what each is still owed: a part of its state.

The fold of its facts, as all state is; what may happen is decided in `webhooks`.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sandbox.domain import facts
from sandbox.domain.event_log import EVENT_NAMES
from sandbox.domain.event_names import EventName, event_type
from sandbox.domain.facts import Fact, PaymentFact
from sandbox.domain.identity import delivery_id
from sandbox.domain.payments import Payment
from sandbox.domain.values import value

__all__ = ["Delivery", "DeliveryStatus", "Queue", "QueueKey", "Registration", "WebhookBook"]

QueueKey = tuple[str, str]  # registration id, reference


class DeliveryStatus(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    DROPPED = "dropped"  # after seven days, or by request
    REMOVED = "removed"  # with its registration


@value
class Registration:
    """A webhook that is registered.

    Args:
        partner: The client_id of the partner for all of whose sales units it is; None for this one's own.
        failing_since: When it began to answer nothing with success.
    """

    id: str
    url: str
    events: tuple[str, ...]
    secret: str
    registered_at: datetime
    partner: str | None = None
    failing_since: datetime | None = None


@value
class Delivery:
    """One event owed to one registration; *place* is the event's place in the payment's event log."""

    id: str
    registration_id: str
    reference: str
    event: EventName
    place: int
    owed_at: datetime
    status: DeliveryStatus = DeliveryStatus.WAITING
    attempts: tuple[facts.WebhookAttempted, ...] = ()

    @property
    def queue(self) -> QueueKey:
        return self.registration_id, self.reference


@value
class Queue:
    """What waits for one registration about one payment, oldest first; one that is to go twice is there twice."""

    waiting: tuple[str, ...]
    due: datetime | None  # when the first is sent next; None once it has had its last try
    tries: int = 0  # that the first has had, in its turn


@dataclass
class WebhookBook:
    """All about a sales unit's webhooks."""

    registrations: dict[str, Registration] = field(default_factory=dict)
    registrations_made: Counter[str | None] = field(default_factory=Counter)  # by partner; None: its own
    deliveries: dict[str, Delivery] = field(default_factory=dict)  # all that there ever were, oldest first
    queues: dict[QueueKey, Queue] = field(default_factory=dict)
    held: frozenset[str] = frozenset()  # registrations to which nothing is sent; "" stands for all
    asked: list[facts.DeliveryAsked] = field(default_factory=list)  # to be sent out of turn, and not sent yet

    def of(self, partner: str | None) -> list[Registration]:
        """Return the registrations of a partner; of None, the sales unit's own."""
        return [known for known in self.registrations.values() if known.partner == partner]

    @property
    def is_all_held(self) -> bool:
        return "" in self.held

    def is_held(self, registration_id: str) -> bool:
        return bool(self.held) and not self.held.isdisjoint({"", registration_id})

    def waiting(self, registration_id: str | None = None) -> int:
        """Return how much waits to be sent, to one registration or to all."""
        return sum(len(queue.waiting) for key, queue in self.queues.items() if registration_id in {None, key[0]})

    def owe(self, payment: Payment, fact: PaymentFact, delay: timedelta) -> None:
        """Take in that an event happened to a payment: *fact*, its newest."""
        event = EVENT_NAMES.get(type(fact))
        if event is None:
            return
        kind, place = event_type(event), sum(type(known) in EVENT_NAMES for known in payment.facts) - 1
        for registration in self.registrations.values():
            if kind in registration.events:
                delivery = Delivery(
                    id=delivery_id(registration.id, payment.reference, place),
                    registration_id=registration.id,
                    reference=payment.reference,
                    event=event,
                    place=place,
                    owed_at=fact.at,
                )
                self.deliveries[delivery.id] = delivery
                queue = self.queues.get(delivery.queue)
                if queue is None:
                    self.queues[delivery.queue] = Queue(waiting=(delivery.id,), due=fact.at + delay)
                else:
                    self.queues[delivery.queue] = replace(queue, waiting=(*queue.waiting, delivery.id))

    def apply(self, fact: Fact) -> None:
        change = _CHANGES.get(type(fact))
        if change is not None:
            change(self, fact)

    def is_turn_of(self, attempt: facts.WebhookAttempted) -> bool:
        """Tell whether a try was of what is first in its queue, as it still is."""
        queue = self.queues.get((attempt.registration_id, attempt.reference))
        return queue is not None and not attempt.out_of_turn and queue.waiting[0] == attempt.delivery_id

    def take_off(self, attempt: facts.WebhookAttempted) -> None:
        """Take in that what was asked for has been sent."""
        for asked in self.asked:
            if (asked.delivery_id, asked.wrong_signature) == (attempt.delivery_id, attempt.wrong_signature):
                self.asked.remove(asked)
                return

    def end(self, delivery_id: str, status: DeliveryStatus, at: datetime) -> None:
        """Take one sending of a delivery out of its queue, whose next is due now."""
        delivery = self.deliveries[delivery_id]
        if delivery.status is DeliveryStatus.WAITING:
            self.deliveries[delivery_id] = replace(delivery, status=status)
        queue = self.queues.get(delivery.queue)
        if queue is None or delivery_id not in queue.waiting:
            return
        place = queue.waiting.index(delivery_id)
        left = queue.waiting[:place] + queue.waiting[place + 1 :]
        if not left:
            del self.queues[delivery.queue]
        elif place == 0:
            self.queues[delivery.queue] = Queue(waiting=left, due=at)
        else:
            self.queues[delivery.queue] = replace(queue, waiting=left)


def _registered(book: WebhookBook, fact: facts.WebhookRegistered) -> None:
    book.registrations_made[fact.partner] += 1
    book.registrations[fact.registration_id] = Registration(
        id=fact.registration_id,
        url=fact.url,
        events=fact.events,
        secret=fact.secret,
        registered_at=fact.at,
        partner=fact.partner,
    )


def _removed(book: WebhookBook, fact: facts.WebhookRemoved) -> None:
    del book.registrations[fact.registration_id]
    book.held -= {fact.registration_id}
    for key in [key for key in book.queues if key[0] == fact.registration_id]:
        for waiting in book.queues.pop(key).waiting:
            delivery = book.deliveries[waiting]
            if delivery.status is DeliveryStatus.WAITING:
                book.deliveries[waiting] = replace(delivery, status=DeliveryStatus.REMOVED)


def _attempted(book: WebhookBook, fact: facts.WebhookAttempted) -> None:
    delivery = book.deliveries[fact.delivery_id]
    book.deliveries[fact.delivery_id] = replace(delivery, attempts=(*delivery.attempts, fact))
    registration = book.registrations[fact.registration_id]
    if fact.out_of_turn:
        book.take_off(fact)
    if fact.succeeded:
        book.registrations[registration.id] = replace(registration, failing_since=None)
        if not fact.wrong_signature:  # that one was no delivery, however it was answered
            book.end(fact.delivery_id, DeliveryStatus.DELIVERED, fact.at)
        return
    if fact.wrong_signature:
        return
    if registration.failing_since is None:
        book.registrations[registration.id] = replace(registration, failing_since=fact.at)
    queue = book.queues.get(delivery.queue)
    if queue is not None and book.is_turn_of(fact):
        book.queues[delivery.queue] = replace(queue, due=fact.again, tries=fact.number)


def _dropped(book: WebhookBook, fact: facts.WebhookDropped) -> None:
    queue = book.queues.get(book.deliveries[fact.delivery_id].queue)
    for _ in range(1 if queue is None else queue.waiting.count(fact.delivery_id)):  # in all its copies
        book.end(fact.delivery_id, DeliveryStatus.DROPPED, fact.at)


def _asked(book: WebhookBook, fact: facts.DeliveryAsked) -> None:
    book.asked.append(fact)


def _held(book: WebhookBook, fact: facts.WebhooksHeld) -> None:
    book.held |= {fact.registration_id or ""}


def _released(book: WebhookBook, fact: facts.WebhooksReleased) -> None:
    if fact.registration_id is None:
        book.held = frozenset()
    else:
        held = book.held if not book.is_all_held else frozenset(book.registrations)  # all others are held as before
        book.held = held - {fact.registration_id}
    for key, queue in book.queues.items():
        if fact.registration_id in {None, key[0]}:
            waiting = tuple(reversed(queue.waiting)) if fact.newest_first else queue.waiting
            copies = tuple(one for one in waiting for _ in range(fact.copies))
            tries = queue.tries if copies[0] == queue.waiting[0] else 0
            book.queues[key] = Queue(waiting=copies, due=fact.at, tries=tries)


_CHANGES: Final[Mapping[type[Fact], Callable[[WebhookBook, Any], None]]] = {
    facts.WebhookRegistered: _registered,
    facts.WebhookRemoved: _removed,
    facts.WebhookAttempted: _attempted,
    facts.WebhookDropped: _dropped,
    facts.DeliveryAsked: _asked,
    facts.WebhooksHeld: _held,
    facts.WebhooksReleased: _released,
}
