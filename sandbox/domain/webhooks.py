"""Webhooks: who is told of what happens to payments, in which order, and when again after a failure.

An event that a registration asked for is owed to it from the instant at which it happened. What is owed about one
payment waits in one queue per registration and goes out in order: while one event fails, later ones wait. Each ends
delivered, dropped after seven days, or removed with its registration.
Source: Webhooks guide and OpenAPI 1; the vendor's published retry schedule.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sandbox.domain.commands import (
    AskForDelivery,
    DropDelivery,
    HoldWebhooks,
    RegisterWebhook,
    ReleaseWebhooks,
    RemoveWebhook,
)
from sandbox.domain.errors import (
    DeliveryUnknown,
    RegistrationIdInvalid,
    RegistrationUnknown,
    TooManyRegistrations,
    WebhookEventsMissing,
    WebhookEventUnknown,
    WebhookUrlInvalid,
)
from sandbox.domain.event_log import EVENT_NAMES
from sandbox.domain.event_names import CHECKED_IN, EVENT_TYPES
from sandbox.domain.facts import (
    DeliveryAsked,
    Fact,
    PaymentFact,
    WebhookAttempted,
    WebhookDropped,
    WebhookRegistered,
    WebhookRemoved,
    WebhooksHeld,
    WebhooksReleased,
)
from sandbox.domain.identity import registration_id, webhook_secret
from sandbox.domain.sales_unit import Profile
from sandbox.domain.state import UnitState
from sandbox.domain.urls import is_webhook_url
from sandbox.domain.values import value
from sandbox.domain.webhook_book import Delivery, DeliveryStatus, Queue, QueueKey, Registration

__all__ = [
    "ATTEMPTS_LAST",
    "REMOVED_AFTER",
    "Attempt",
    "ask_for_delivery",
    "attempted",
    "delivery_of",
    "drop_delivery",
    "give_up",
    "hold",
    "queues_touched",
    "register",
    "release",
    "remove",
    "remove_unresponsive",
    "share",
    "wait_after",
]

_REGISTRATIONS_AT_MOST: Final = 25  # for each event type; five until 2023
_CHECKED_IN_AT_MOST: Final = 1

ATTEMPTS_LAST: Final = timedelta(days=7)  # after the event
REMOVED_AFTER: Final = timedelta(days=14)  # without a single success
_WAITS: Final = (timedelta(seconds=2),) * 3 + (timedelta(seconds=60), timedelta(seconds=120))
_HOURLY_UNTIL: Final = 29


@value
class Attempt:
    """What came of sending an event: all that goes into the journal about it."""

    delivery_id: str
    out_of_turn: bool
    wrong_signature: bool
    sent_at: datetime  # on the wall clock, as in the header x-ms-date
    sent_to: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    signed: str
    status: int | None
    answer: str
    error: str | None
    took: float


def wait_after(tries: int) -> timedelta:
    """Return how long after try number *tries* failed the next one is made.

    Four tries two seconds apart, then after one minute and after two, hourly up to the 29th, and daily from there.
    """
    if tries <= len(_WAITS):
        return _WAITS[tries - 1]
    return timedelta(hours=1) if tries < _HOURLY_UNTIL else timedelta(days=1)


# --- Registrations --------------------------------------------------------------------------------------


def register(state: UnitState, command: RegisterWebhook, at: datetime) -> list[WebhookRegistered]:
    """Decide a registration. The same URL and events may be registered again: both are told.

    Raises:
        WebhookRefusal: the URL cannot be reached by Vipps, there is no such event, or the limit is reached.
    """
    strict = state.settings.profile is Profile.STRICT
    if not is_webhook_url(command.url, strict=strict):
        raise WebhookUrlInvalid(command.url, strict=strict)
    if not command.events:
        raise WebhookEventsMissing
    for event in command.events:
        if event not in EVENT_TYPES:
            raise WebhookEventUnknown(event, EVENT_TYPES)
        limit = _CHECKED_IN_AT_MOST if event == CHECKED_IN else _REGISTRATIONS_AT_MOST
        if sum(event in known.events for known in state.webhooks.of(command.partner)) >= limit:
            raise TooManyRegistrations(event, limit, command.partner)
    holder = state.msn if command.partner is None else f"partner {command.partner}"
    number = state.webhooks.registrations_made[command.partner]
    while registration_id(holder, number) in state.webhooks.registrations:  # a partner's, kept through a reset
        number += 1
    return [
        WebhookRegistered(
            at=at,
            registration_id=registration_id(holder, number),
            url=command.url,
            events=tuple(dict.fromkeys(command.events)),
            secret=webhook_secret(holder, number),
            partner=command.partner,
        )
    ]


def share(state: UnitState, registration: Registration, at: datetime) -> list[WebhookRegistered]:
    """Decide that a partner's registration is for this sales unit as well; nothing if it is already."""
    if registration.id in state.webhooks.registrations:
        return []
    return [
        WebhookRegistered(
            at=at,
            registration_id=registration.id,
            url=registration.url,
            events=registration.events,
            secret=registration.secret,
            partner=registration.partner,
        )
    ]


def remove(state: UnitState, command: RemoveWebhook, at: datetime) -> list[WebhookRemoved]:
    """Decide that a registration ends, and with it all that it is still owed.

    Raises:
        RegistrationIdInvalid: it is no UUID.
        RegistrationUnknown: this sales unit, or the partner, has no such registration.
    """
    try:
        UUID(command.registration_id)
    except ValueError:
        raise RegistrationIdInvalid(command.registration_id, command.partner) from None
    if command.registration_id not in {known.id for known in state.webhooks.of(command.partner)}:
        raise _unknown(state, command.registration_id, command.partner)
    return [WebhookRemoved(at=at, registration_id=command.registration_id, because="deleted")]


def remove_unresponsive(state: UnitState, registration: str, at: datetime) -> list[WebhookRemoved]:
    """Decide whether a registration is removed, having answered nothing with success for two weeks."""
    known = state.webhooks.registrations.get(registration)
    # Differs: a partner's webhook is never removed for being unresponsive: each of the partner's sales units has a
    # clock of its own, so there is no telling when two weeks are over for all of them.
    if known is None or known.partner is not None:
        return []
    if known.failing_since is None or not state.settings.webhook_auto_removal:
        return []
    if at - known.failing_since < REMOVED_AFTER:
        return []
    return [WebhookRemoved(at=at, registration_id=registration, because="unresponsive for two weeks")]


# --- Deliveries -----------------------------------------------------------------------------------------


def attempted(state: UnitState, attempt: Attempt, at: datetime) -> list[WebhookAttempted]:
    """Decide what a try to deliver leads to; nothing if its registration is gone meanwhile."""
    delivery = state.webhooks.deliveries[attempt.delivery_id]
    if delivery.registration_id not in state.webhooks.registrations:
        return []
    tries, again = len(delivery.attempts) + 1, None
    succeeded = attempt.status is not None and 200 <= attempt.status < 300
    queue = state.webhooks.queues.get(delivery.queue)
    if not attempt.out_of_turn and queue is not None and queue.waiting[0] == delivery.id:  # else dropped on its way
        tries = queue.tries + 1
        again = None if succeeded else _again(delivery, tries, at)
    return [
        WebhookAttempted(
            at=at,
            delivery_id=delivery.id,
            registration_id=delivery.registration_id,
            reference=delivery.reference,
            event=delivery.event,
            number=tries,
            out_of_turn=attempt.out_of_turn,
            wrong_signature=attempt.wrong_signature,
            sent_at=attempt.sent_at,
            sent_to=attempt.sent_to,
            headers=attempt.headers,
            body=attempt.body,
            signed=attempt.signed,
            status=attempt.status,
            answer=attempt.answer,
            error=attempt.error,
            took=attempt.took,
            succeeded=succeeded,
            again=again,
        )
    ]


def give_up(state: UnitState, key: QueueKey, at: datetime) -> list[WebhookDropped]:
    """Decide whether the event at the head of a queue is dropped: seven days after it happened, for ever."""
    queue = state.webhooks.queues.get(key)
    if queue is None or queue.due is not None or state.webhooks.is_held(key[0]):
        return []
    delivery = state.webhooks.deliveries[queue.waiting[0]]
    if at < delivery.owed_at + ATTEMPTS_LAST:
        return []
    return [WebhookDropped(at=at, delivery_id=delivery.id, because="not delivered within seven days")]


def _again(delivery: Delivery, tries: int, at: datetime) -> datetime | None:
    again = at + wait_after(tries)
    return again if again <= delivery.owed_at + ATTEMPTS_LAST else None


# --- What a tester can have done about them -------------------------------------------------------------


def hold(state: UnitState, command: HoldWebhooks, at: datetime) -> list[WebhooksHeld]:
    """Decide that nothing is sent until it is released: to one registration, or to all."""
    if command.registration_id is not None:
        _known(state, command.registration_id)
    return [WebhooksHeld(at=at, registration_id=command.registration_id)]


def release(state: UnitState, command: ReleaseWebhooks, at: datetime) -> list[WebhooksReleased]:
    """Decide that all that waits is sent now, whether it was held or waits for its next try."""
    if command.registration_id is not None:
        _known(state, command.registration_id)
    return [
        WebhooksReleased(
            at=at,
            registration_id=command.registration_id,
            newest_first=command.newest_first,
            copies=command.copies,
        )
    ]


def ask_for_delivery(state: UnitState, command: AskForDelivery, at: datetime) -> list[DeliveryAsked]:
    """Decide that an event is sent out of turn: again, before its turn, or with a signature that is wrong."""
    delivery = delivery_of(state, command.delivery_id)
    _known(state, delivery.registration_id)
    return [DeliveryAsked(at=at, delivery_id=delivery.id, wrong_signature=command.wrong_signature)]


def drop_delivery(state: UnitState, command: DropDelivery, at: datetime) -> list[WebhookDropped]:
    """Decide that an event is never sent; nothing if it does not wait."""
    delivery = delivery_of(state, command.delivery_id)
    if delivery.status is not DeliveryStatus.WAITING:
        return []
    return [WebhookDropped(at=at, delivery_id=delivery.id, because="asked for")]


def _known(state: UnitState, registration: str) -> None:
    if registration not in state.webhooks.registrations:
        raise _unknown(state, registration)


def _unknown(state: UnitState, registration: str, partner: str | None = None) -> RegistrationUnknown:
    return RegistrationUnknown(registration, state.msn, state.settings.profile is Profile.STRICT, partner)


def delivery_of(state: UnitState, delivery_id: str) -> Delivery:
    """Return what a webhook is told of an event, or raise DeliveryUnknown."""
    try:
        return state.webhooks.deliveries[delivery_id]
    except KeyError:
        raise DeliveryUnknown(delivery_id, state.msn) from None


def queues_touched(state: UnitState, fact: Fact) -> Iterator[tuple[QueueKey, Queue]]:
    """Give the queues whose next sending *fact*, the newest in *state*, has changed, and that may send."""
    keys: Iterable[QueueKey]
    match fact:
        case PaymentFact() if type(fact) in EVENT_NAMES:
            keys = ((registration, fact.reference) for registration in state.webhooks.registrations)
        case WebhookAttempted() | WebhookDropped():
            keys = [state.webhooks.deliveries[fact.delivery_id].queue]
        case WebhooksReleased():
            keys = (key for key in state.webhooks.queues if fact.registration_id in {None, key[0]})
        case _:
            return
    for key in keys:
        queue = state.webhooks.queues.get(key)
        if queue is not None and not state.webhooks.is_held(key[0]):
            yield key, queue
