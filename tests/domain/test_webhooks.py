"""Webhooks: who is owed which event, in which order, and when it is tried again."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from sandbox.domain import webhooks
from sandbox.domain.commands import (
    AskForDelivery,
    CustomerAction,
    DropDelivery,
    HoldWebhooks,
    RegisterWebhook,
    ReleaseWebhooks,
    RemoveWebhook,
)
from sandbox.domain.due_times import Due, DueKind, due_after, fall_due, is_awaited
from sandbox.domain.errors import (
    DeliveryUnknown,
    RegistrationIdInvalid,
    RegistrationUnknown,
    TooManyRegistrations,
    WebhookEventsMissing,
    WebhookEventUnknown,
    WebhookUrlInvalid,
)
from sandbox.domain.event_log import events_of
from sandbox.domain.event_names import CHECKED_IN, EVENT_TYPES, EventName, event_type
from sandbox.domain.facts import (
    DeliveryAsked,
    Fact,
    PaymentExpired,
    WebhookAttempted,
    WebhookDropped,
    WebhookRegistered,
    WebhookRemoved,
    WebhooksHeld,
    WebhooksReleased,
)
from sandbox.domain.identity import delivery_id, registration_id, webhook_secret
from sandbox.domain.sales_unit import Profile
from sandbox.domain.webhook_book import Delivery, DeliveryStatus, Queue, Registration
from tests.domain.shop import MSN, NOON, REFERENCE, Shop

URL = "https://example.com/hook?shop=7"
ALL = tuple(map(event_type, EventName))
CREATED, AUTHORIZED = event_type(EventName.CREATED), event_type(EventName.AUTHORIZED)
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WAITING, DELIVERED = DeliveryStatus.WAITING, DeliveryStatus.DELIVERED
DROPPED, REMOVED = DeliveryStatus.DROPPED, DeliveryStatus.REMOVED


class Hooks(Shop):
    """A shop that has webhooks; *first* is the id of its first registration."""

    def __init__(self, events: tuple[str, ...] = ALL, **settings: Any) -> None:
        super().__init__(**settings)
        self.first = self.register(events=events)

    def register(self, url: str = URL, events: tuple[str, ...] = ALL) -> str:
        (registered,) = self.do(webhooks.register, RegisterWebhook(url=url, events=events))
        assert isinstance(registered, WebhookRegistered)
        return registered.registration_id

    def remove(self, registration: str) -> list[Fact]:
        return self.do(webhooks.remove, RemoveWebhook(registration_id=registration))

    def delivery(self, place: int = 0, reference: str = REFERENCE, registration: str | None = None) -> Delivery:
        """Return what the first registration is owed of a payment's event number *place*."""
        registration = registration or self.first
        return self.state.webhooks.deliveries[delivery_id(registration, reference, place)]

    def queue(self, reference: str = REFERENCE, registration: str | None = None) -> Queue | None:
        return self.state.webhooks.queues.get((registration or self.first, reference))

    def waiting(self, reference: str = REFERENCE, registration: str | None = None) -> list[str]:
        """Return the names of the events that wait in a queue, first first."""
        queue = self.queue(reference, registration)
        deliveries = self.state.webhooks.deliveries
        return [] if queue is None else [deliveries[waiting].event.value for waiting in queue.waiting]

    def next_is_due(self) -> datetime | None:
        queue = self.queue()
        assert queue is not None
        return queue.due

    def statuses(self) -> list[DeliveryStatus]:
        return [delivery.status for delivery in self.state.webhooks.deliveries.values()]

    def send(self, status: int | None = 200, place: int | None = None, **changes: Any) -> WebhookAttempted | None:
        """Send the first of the queue, or out of turn event number *place*; None if that led to nothing."""
        if place is None:
            queue = self.queue()
            assert queue is not None
            sent = queue.waiting[0]
        else:
            sent = self.delivery(place).id
            changes = {"out_of_turn": True, **changes}
        facts = self.do(webhooks.attempted, replace(attempt(sent, status), **changes))
        assert len(facts) <= 1
        return next((fact for fact in facts if isinstance(fact, WebhookAttempted)), None)

    def fail_until_the_last_try(self) -> list[timedelta]:
        """Let every try fail at its time; return when each was, counted from the first."""
        began, tries = self.now, []
        while (due := self.next_is_due()) is not None:
            self.now = due
            tries.append(due - began)
            self.send(500)
        return tries

    def due(self, fact: Fact, *kinds: DueKind) -> list[Due]:
        return [due for due in due_after(self.state, fact) if due.kind in kinds]

    def hold(self, registration: str | None = None) -> list[Fact]:
        return self.do(webhooks.hold, HoldWebhooks(registration_id=registration))

    def release(self, registration: str | None = None, **how: Any) -> list[Fact]:
        return self.do(webhooks.release, ReleaseWebhooks(registration_id=registration, **how))

    def ask(self, place: int, **how: Any) -> list[Fact]:
        return self.do(webhooks.ask_for_delivery, AskForDelivery(delivery_id=self.delivery(place).id, **how))

    def drop(self, place: int) -> list[Fact]:
        return self.do(webhooks.drop_delivery, DropDelivery(delivery_id=self.delivery(place).id))


def attempt(delivery: str, status: int | None = 200) -> webhooks.Attempt:
    return webhooks.Attempt(
        delivery_id=delivery,
        out_of_turn=False,
        wrong_signature=False,
        sent_at=NOON,
        sent_to=URL,
        headers=(("x-ms-date", "Fri, 01 Sep 2023 12:00:00 GMT"),),
        body=b"{}",
        signed="POST\n",
        status=status,
        answer="" if status is None else "thanks",
        error="no answer" if status is None else None,
        took=0.5,
    )


def paid(shop: Hooks) -> Hooks:
    """Have a payment created, approved and captured: three events at the same instant."""
    shop.create()
    shop.force_approve()
    shop.capture(2000)
    return shop


# --- Registration ---------------------------------------------------------------------------------------


def test_a_registration_has_an_id_and_a_secret_that_nobody_draws() -> None:
    """A UUID; 64 bytes in base64, whose text is the key. Source: seen in real registrations."""
    shop = Shop()
    registered = shop.do(webhooks.register, RegisterWebhook(url=URL, events=(CREATED, AUTHORIZED, CREATED)))
    identifier, secret = registration_id(MSN, 0), webhook_secret(MSN, 0)
    assert registered == [
        WebhookRegistered(at=NOON, registration_id=identifier, url=URL, events=(CREATED, AUTHORIZED), secret=secret)
    ]
    assert shop.state.webhooks.registrations == {
        identifier: Registration(
            id=identifier, url=URL, events=(CREATED, AUTHORIZED), secret=secret, registered_at=NOON
        )
    }
    assert (UUID(identifier).version, len(secret), secret[-2:]) == (4, 88, "==")
    assert shop.replayed == shop.state


def test_the_same_can_be_registered_again_and_both_are_told() -> None:
    """Each with an id and a secret of its own, which none that was removed had before."""
    shop = Hooks()
    second = shop.register()
    shop.remove(shop.first)
    third = shop.register()
    assert len({shop.first, second, third}) == len({webhook_secret(MSN, number) for number in range(3)}) == 3
    shop.create()
    assert {delivery.registration_id for delivery in shop.state.webhooks.deliveries.values()} == {second, third}


@pytest.mark.parametrize("event", [event for event in EVENT_TYPES if event != CHECKED_IN])
def test_an_event_has_at_most_25_registrations(event: str) -> None:
    shop = Hooks(events=(event, CREATED, AUTHORIZED))
    for _ in range(24):
        shop.register(events=(event,))
    with pytest.raises(TooManyRegistrations) as caught:
        shop.register(events=(CHECKED_IN, event))
    assert caught.value == TooManyRegistrations(event, 25)
    assert len(shop.state.webhooks.registrations) == 25
    shop.remove(shop.first)
    shop.register(events=(event,))


def test_the_limit_counts_for_each_event() -> None:
    shop = Hooks(events=(CREATED,))
    for _ in range(24):
        shop.register(events=(CREATED,))
    for _ in range(25):
        shop.register(events=(AUTHORIZED,))
    assert len(shop.state.webhooks.registrations) == 50


def test_whoever_checks_in_is_told_of_to_one_url_only() -> None:
    shop = Hooks(events=(CHECKED_IN,))
    with pytest.raises(TooManyRegistrations) as caught:
        shop.register(events=(CREATED, CHECKED_IN))
    assert caught.value == TooManyRegistrations(CHECKED_IN, 1)


@pytest.mark.parametrize(
    "event",
    ["", "epayment.payment.created.v1", "epayments.payment.CREATED.v1", "CREATED", "epayments.payment.created.v2"],
)
def test_an_event_that_does_not_exist_is_refused(event: str) -> None:
    with pytest.raises(WebhookEventUnknown) as caught:
        Hooks(events=(CREATED, event))
    assert caught.value == WebhookEventUnknown(event, EVENT_TYPES)


def test_an_event_must_be_named() -> None:
    with pytest.raises(WebhookEventsMissing):
        Hooks(events=())


WORLDWIDE = ["https://example.com/", "https://hooks.example.com:8443/a?b=c", "https://93.184.216.34/"]
NEARBY = [
    *("https://localhost/", "https://shop/", "https://shop.test/hook", "https://shop.local", "https://a.internal/"),
    *("https://127.0.0.1:8443/", "https://10.0.0.8/", "https://192.168.1.2/", "https://[::1]/", "https://[fd00::1]/"),
]
PLAIN = ["http://localhost:3000/", "http://127.0.0.1/", "http://host.docker.internal:8000/hook"]
NOWHERE = [
    "",
    "example.com",
    "/hook",
    "http://example.com/",
    "myapp://hook",
    "ftp://example.com/",
    "https:///x",
    "https://a b/",
]


@pytest.mark.parametrize("url", [*WORLDWIDE, *NEARBY, *PLAIN])
def test_a_url_may_be_on_this_machine_in_the_lenient_profile(url: str) -> None:
    shop = Hooks()
    assert shop.state.webhooks.registrations[shop.register(url)].url == url


@pytest.mark.parametrize("url", WORLDWIDE)
def test_a_url_that_the_internet_reaches_is_taken_by_the_strict_profile(url: str) -> None:
    shop = Hooks(profile=Profile.STRICT)
    assert shop.state.webhooks.registrations[shop.register(url)].url == url


@pytest.mark.parametrize(
    ("profile", "url"),
    [
        *((Profile.LENIENT, url) for url in NOWHERE),
        *((Profile.STRICT, url) for url in (*NOWHERE, *NEARBY, *PLAIN)),
    ],
)
def test_a_url_that_vipps_cannot_reach_is_refused(profile: Profile, url: str) -> None:
    """Source: Webhooks guide: https, and reachable from the internet; `localhost` is not."""
    shop = Hooks(profile=profile)
    with pytest.raises(WebhookUrlInvalid) as caught:
        shop.register(url)
    assert caught.value == WebhookUrlInvalid(url, strict=profile is Profile.STRICT)


@pytest.mark.parametrize("identifier", ["", "x", "123", "00000000-0000-0000-0000-00000000000g"])
def test_what_is_no_uuid_is_no_registration(identifier: str) -> None:
    with pytest.raises(RegistrationIdInvalid) as caught:
        Hooks().remove(identifier)
    assert caught.value == RegistrationIdInvalid(identifier)


@pytest.mark.parametrize("profile", Profile)
def test_a_registration_that_is_not_there_cannot_be_removed(profile: Profile) -> None:
    shop = Hooks(profile=profile)
    shop.remove(shop.first)
    with pytest.raises(RegistrationUnknown) as caught:
        shop.remove(shop.first)
    assert caught.value == RegistrationUnknown(shop.first, MSN, strict=profile is Profile.STRICT)


# --- What is owed -----------------------------------------------------------------------------------------


def test_an_event_is_owed_from_the_instant_at_which_it_happened() -> None:
    shop = Hooks()
    (created,) = shop.create()
    identifier = delivery_id(shop.first, REFERENCE, 0)
    assert list(shop.state.webhooks.deliveries.values()) == [
        Delivery(
            id=identifier,
            registration_id=shop.first,
            reference=REFERENCE,
            event=EventName.CREATED,
            place=0,
            owed_at=NOON,
        )
    ]
    assert shop.queue() == Queue(waiting=(identifier,), due=NOON)
    (due,) = shop.due(created, DueKind.WEBHOOK)
    assert due == Due(NOON, DueKind.WEBHOOK, REFERENCE, registration=shop.first)
    assert is_awaited(shop.state, due)


def test_each_event_is_owed_at_its_place_in_the_event_log() -> None:
    """What no event log tells, such as a push, is owed to nobody."""
    shop = Hooks()
    shop.create_push()
    shop.act(CustomerAction.OPEN, CustomerAction.DECLINE_CARD, CustomerAction.APPROVE)
    shop.capture(500)
    shop.capture(500, "key-2")
    shop.cancel()
    shop.refund(1000)
    owed = [(delivery.event, delivery.place) for delivery in shop.state.webhooks.deliveries.values()]
    told = [event.name for event in events_of(shop.payment, MSN)]
    assert owed == [(name, place) for place, name in enumerate(told)]
    assert told == ["CREATED", "AUTHORIZED", "CAPTURED", "CAPTURED", "CANCELLED", "REFUNDED"]
    assert shop.replayed == shop.state


@pytest.mark.parametrize(
    ("end", "event"),
    [("aborted", EventName.ABORTED), ("expired", EventName.EXPIRED), ("terminated", EventName.TERMINATED)],
)
def test_the_end_of_a_payment_is_owed(end: str, event: EventName) -> None:
    shop = Hooks(events=(event_type(event),))
    shop.create()
    match end:
        case "aborted":
            shop.leave_landing_page()
        case "expired":
            shop.take_in(PaymentExpired(at=NOON, reference=REFERENCE))
        case _:
            shop.cancel()
    (owed,) = shop.state.webhooks.deliveries.values()
    assert (owed.event, owed.place) == (event, 1)


def test_only_what_was_asked_for_is_owed_and_only_from_then_on() -> None:
    shop = Hooks(events=(AUTHORIZED, CHECKED_IN))
    shop.create()
    late = shop.register()
    shop.force_approve()
    shop.capture(2000)
    owed = [(one.registration_id, one.event) for one in shop.state.webhooks.deliveries.values()]
    assert owed == [
        (shop.first, EventName.AUTHORIZED),
        (late, EventName.AUTHORIZED),
        (late, EventName.CAPTURED),
    ]


def test_nothing_is_owed_where_nobody_is_registered() -> None:
    shop = Shop()
    created = shop.create()
    assert (shop.state.webhooks.deliveries, shop.state.webhooks.queues) == ({}, {})
    assert [due.kind for fact in created for due in due_after(shop.state, fact)] == [DueKind.EXPIRY]


def test_events_may_take_some_time_to_go_out() -> None:
    """As they do at Vipps; those behind the first go right after it."""
    shop = paid(Hooks(webhook_delay=3 * SECOND))
    assert shop.next_is_due() == NOON + 3 * SECOND
    shop.now += 3 * SECOND
    shop.send()
    assert shop.next_is_due() == shop.now


# --- In order -------------------------------------------------------------------------------------------


def test_the_events_of_a_payment_go_out_in_order() -> None:
    shop = paid(Hooks())
    sent = []
    while shop.queue() is not None:
        sent.append(shop.waiting()[0])
        shop.send()
    assert sent == ["CREATED", "AUTHORIZED", "CAPTURED"]
    assert shop.statuses() == [DELIVERED] * 3
    assert shop.replayed == shop.state


def test_while_one_event_fails_later_ones_wait() -> None:
    shop = paid(Hooks())
    shop.send(500)
    assert (shop.waiting(), shop.next_is_due()) == (["CREATED", "AUTHORIZED", "CAPTURED"], NOON + 2 * SECOND)
    shop.refund(100)
    assert (shop.waiting()[-1], shop.next_is_due()) == ("REFUNDED", NOON + 2 * SECOND)


def test_other_payments_and_other_registrations_do_not_wait() -> None:
    shop = Hooks()
    other = shop.register()
    shop.create()
    shop.create(reference="order-0002", idempotency_key="key-2")
    before = shop.queue("order-0002"), shop.queue(registration=other), shop.queue("order-0002", other)
    shop.send(500)
    assert (shop.queue("order-0002"), shop.queue(registration=other), shop.queue("order-0002", other)) == before


def test_after_one_event_the_next_is_due_at_once_with_tries_of_its_own() -> None:
    shop = paid(Hooks())
    shop.send(500)
    shop.now += 2 * SECOND
    delivered = shop.send()
    assert delivered is not None
    assert shop.queue() == Queue(waiting=(shop.delivery(1).id, shop.delivery(2).id), due=shop.now)
    (due,) = shop.due(delivered, DueKind.WEBHOOK)
    assert (due.at, due.queue, is_awaited(shop.state, due)) == (shop.now, (shop.first, REFERENCE), True)
    again = shop.send(500)
    assert again is not None
    assert (again.number, again.again) == (1, shop.now + 2 * SECOND)


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_any_2xx_is_success(status: int) -> None:
    shop = Hooks()
    shop.create()
    assert shop.send(status) == WebhookAttempted(
        at=NOON,
        delivery_id=shop.delivery().id,
        registration_id=shop.first,
        reference=REFERENCE,
        event=EventName.CREATED,
        number=1,
        out_of_turn=False,
        wrong_signature=False,
        sent_at=NOON,
        sent_to=URL,
        headers=(("x-ms-date", "Fri, 01 Sep 2023 12:00:00 GMT"),),
        body=b"{}",
        signed="POST\n",
        status=status,
        answer="thanks",
        error=None,
        took=0.5,
        succeeded=True,
        again=None,
    )
    assert (shop.statuses(), shop.queue()) == ([DELIVERED], None)


@pytest.mark.parametrize("status", [None, 100, 199, 300, 301, 302, 400, 401, 404, 410, 429, 500, 503])
def test_all_else_is_failure(status: int | None) -> None:
    """Redirects are not followed, and an answer 410 does not end a registration."""
    shop = Hooks()
    shop.create()
    failed = shop.send(status)
    assert failed is not None
    assert (failed.succeeded, failed.again, failed.error is None) == (False, NOON + 2 * SECOND, status is not None)
    assert shop.statuses() == [WAITING]


# --- When it is tried again -------------------------------------------------------------------------------


def test_the_whole_schedule_of_tries() -> None:
    """Four tries two seconds apart, +60 s, +120 s, hourly to the 29th, daily until seven days after the event."""
    shop = Hooks()
    shop.create()
    seconds = [0, 2, 4, 6, 66, 186]
    hourly = [186 + 3600 * hours for hours in range(1, 24)]
    daily = [hourly[-1] + 86_400 * days for days in range(1, 7)]
    tries = shop.fail_until_the_last_try()
    assert tries == [timedelta(seconds=one) for one in (*seconds, *hourly, *daily)]
    assert (len(seconds + hourly), len(tries)) == (29, 35)
    assert [one.number for one in shop.delivery().attempts] == list(range(1, 36))
    assert tries[-1] + DAY > 7 * DAY
    assert shop.replayed == shop.state


@pytest.mark.parametrize(
    ("tries", "wait"),
    [
        *((tries, 2 * SECOND) for tries in (1, 2, 3)),
        *((4, MINUTE), (5, 2 * MINUTE), (6, HOUR), (7, HOUR), (28, HOUR)),
        *((29, DAY), (30, DAY), (1000, DAY)),
    ],
)
def test_how_long_it_takes_until_the_next_try(tries: int, wait: timedelta) -> None:
    assert webhooks.wait_after(tries) == wait


def test_an_event_that_nobody_took_for_seven_days_is_dropped_for_ever() -> None:
    """Those that waited behind it go out then, each for the first time."""
    shop = paid(Hooks())
    shop.fail_until_the_last_try()
    last = shop.journal[-1]
    (due,) = shop.due(last, DueKind.WEBHOOK, DueKind.WEBHOOK_GIVEN_UP)
    assert due == Due(NOON + 7 * DAY, DueKind.WEBHOOK_GIVEN_UP, REFERENCE, registration=shop.first)
    dropped = fall_due(shop.state, due, due.at)
    assert dropped == [
        WebhookDropped(at=due.at, delivery_id=shop.delivery().id, because="not delivered within seven days")
    ]
    shop.now = due.at
    shop.take_in(*dropped)
    assert (shop.statuses(), shop.waiting(), shop.next_is_due()) == (
        [DROPPED, WAITING, WAITING],
        ["AUTHORIZED", "CAPTURED"],
        due.at,
    )
    (following,) = shop.due(shop.journal[-1], DueKind.WEBHOOK)
    assert (following.at, is_awaited(shop.state, following)) == (due.at, True)
    assert shop.replayed == shop.state


def test_what_waited_too_long_has_one_try_all_the_same() -> None:
    shop = paid(Hooks())
    shop.now += 8 * DAY
    failed = shop.send(500)
    assert failed is not None
    assert (failed.number, failed.again) == (1, None)
    (due,) = shop.due(failed, DueKind.WEBHOOK, DueKind.WEBHOOK_GIVEN_UP)
    assert (due.at, due.kind) == (shop.now, DueKind.WEBHOOK_GIVEN_UP)
    shop.take_in(*fall_due(shop.state, due, due.at))
    assert shop.statuses() == [DROPPED, WAITING, WAITING]


def test_nothing_is_given_up_that_was_delivered_meanwhile() -> None:
    """Which a tester may have seen to."""
    shop = Hooks()
    shop.create()
    shop.fail_until_the_last_try()
    (due,) = shop.due(shop.journal[-1], DueKind.WEBHOOK_GIVEN_UP)
    shop.send(200, place=0)
    assert fall_due(shop.state, due, due.at) == []
    assert shop.statuses() == [DELIVERED]


def test_nothing_is_given_up_before_its_time() -> None:
    shop = Hooks()
    shop.create()
    shop.fail_until_the_last_try()
    (due,) = shop.due(shop.journal[-1], DueKind.WEBHOOK_GIVEN_UP)
    assert fall_due(shop.state, due, due.at - timedelta(microseconds=1)) == []


def test_a_try_that_another_has_replaced_is_not_awaited() -> None:
    shop = Hooks()
    (created,) = shop.create()
    (first,) = shop.due(created, DueKind.WEBHOOK)
    failed = shop.send(500)
    assert failed is not None
    (second,) = shop.due(failed, DueKind.WEBHOOK)
    assert [is_awaited(shop.state, due) for due in (first, second)] == [False, True]


# --- Registrations that do not answer -----------------------------------------------------------------------


def failing(**settings: Any) -> tuple[Hooks, Due]:
    """Return a shop whose webhook has failed since noon, and when that is looked at again."""
    shop = Hooks(**settings)
    shop.create()
    failed = shop.send(500)
    assert failed is not None
    (due,) = shop.due(failed, DueKind.WEBHOOK_REMOVED)
    return shop, due


def test_a_registration_without_success_for_two_weeks_is_removed() -> None:
    shop, due = failing()
    assert due == Due(NOON + 14 * DAY, DueKind.WEBHOOK_REMOVED, "", registration=shop.first)
    assert shop.state.webhooks.registrations[shop.first].failing_since == NOON
    removed = fall_due(shop.state, due, due.at)
    assert removed == [WebhookRemoved(at=due.at, registration_id=shop.first, because="unresponsive for two weeks")]
    shop.take_in(*removed)
    assert (shop.state.webhooks.registrations, shop.statuses()) == ({}, [REMOVED])
    assert fall_due(shop.state, due, due.at) == []
    assert shop.replayed == shop.state


def test_the_two_weeks_begin_with_the_first_failure() -> None:
    shop, _ = failing()
    shop.now += 2 * SECOND
    failed = shop.send(None)
    assert failed is not None
    assert shop.due(failed, DueKind.WEBHOOK_REMOVED) == []
    assert shop.state.webhooks.registrations[shop.first].failing_since == NOON


def test_one_success_begins_the_two_weeks_anew() -> None:
    shop, due = failing()
    shop.now += 13 * DAY
    shop.send()
    assert shop.state.webhooks.registrations[shop.first].failing_since is None
    assert fall_due(shop.state, due, due.at) == []
    shop.force_approve()
    failed = shop.send(500)
    assert failed is not None
    (later,) = shop.due(failed, DueKind.WEBHOOK_REMOVED)
    assert later.at == shop.now + 14 * DAY
    assert fall_due(shop.state, due, due.at) == []
    assert fall_due(shop.state, later, later.at) != []


def test_the_success_of_one_registration_is_not_anothers() -> None:
    shop, due = failing()
    other = shop.register()
    shop.create(reference="order-0002", idempotency_key="key-2")
    delivered = delivery_id(other, "order-0002", 0)
    shop.do(webhooks.attempted, attempt(delivered))
    assert [fact for fact in fall_due(shop.state, due, due.at) if isinstance(fact, WebhookRemoved)]


def test_registrations_that_do_not_answer_may_be_kept_by_setting() -> None:
    shop, due = failing(webhook_auto_removal=False)
    assert fall_due(shop.state, due, due.at) == []


def test_with_a_registration_all_ends_that_it_is_owed() -> None:
    shop = paid(Hooks())
    other = shop.register()
    shop.refund(100)
    shop.send()
    assert shop.remove(shop.first) == [WebhookRemoved(at=NOON, registration_id=shop.first, because="deleted")]
    assert shop.statuses() == [DELIVERED, REMOVED, REMOVED, REMOVED, WAITING]
    assert [key[0] for key in shop.state.webhooks.queues] == [other]
    assert shop.replayed == shop.state


def test_what_was_on_its_way_to_a_registration_that_is_removed_leads_to_nothing() -> None:
    shop = Hooks()
    (created,) = shop.create()
    (due,) = shop.due(created, DueKind.WEBHOOK)
    shop.remove(shop.first)
    assert not is_awaited(shop.state, due)
    before = replace(shop.delivery())
    assert shop.do(webhooks.attempted, attempt(shop.delivery().id)) == []
    assert shop.delivery() == before


# --- Hold and release -------------------------------------------------------------------------------------


@pytest.mark.parametrize("all_of_them", [True, False])
def test_what_is_held_is_not_sent_until_it_is_released(all_of_them: bool) -> None:
    shop = Hooks()
    which = None if all_of_them else shop.first
    assert shop.hold(which) == [WebhooksHeld(at=NOON, registration_id=which)]
    created, authorized = *shop.create(), *shop.force_approve()
    assert [shop.due(fact, DueKind.WEBHOOK) for fact in (created, authorized)] == [[], []]
    assert not is_awaited(shop.state, Due(NOON, DueKind.WEBHOOK, REFERENCE, registration=shop.first))
    shop.wait(HOUR)
    (released,) = shop.release(which)
    assert released == WebhooksReleased(at=shop.now, registration_id=which, newest_first=False, copies=1)
    (due,) = shop.due(released, DueKind.WEBHOOK)
    assert (due.at, is_awaited(shop.state, due)) == (NOON + HOUR, True)
    assert shop.waiting() == ["CREATED", "AUTHORIZED"]
    assert shop.replayed == shop.state


def test_one_registration_is_held_and_others_are_not() -> None:
    shop = Hooks()
    other = shop.register()
    shop.hold(shop.first)
    (created,) = shop.create()
    assert [due.registration for due in shop.due(created, DueKind.WEBHOOK)] == [other]


def test_all_are_released_though_they_were_held_one_by_one() -> None:
    shop = Hooks()
    other = shop.register()
    shop.hold(shop.first)
    shop.hold(other)
    shop.create()
    (released,) = shop.release()
    assert {due.registration for due in shop.due(released, DueKind.WEBHOOK)} == {shop.first, other}
    assert shop.state.webhooks.held == frozenset()


def test_one_is_released_of_all_that_are_held() -> None:
    """The others are held as before."""
    shop = Hooks()
    other = shop.register()
    shop.hold()
    shop.create()
    shop.release(shop.first)
    assert [shop.state.webhooks.is_held(one) for one in (shop.first, other)] == [False, True]


def test_the_newest_can_be_released_first() -> None:
    """Vipps does not promise an order; what copes with the worst one copes with all."""
    shop = paid(Hooks())
    shop.hold()
    shop.release(newest_first=True)
    assert shop.waiting() == ["CAPTURED", "AUTHORIZED", "CREATED"]


def test_all_can_be_released_in_copies() -> None:
    """At least once, says Vipps: whoever is told twice must notice."""
    shop = Hooks()
    shop.create()
    shop.force_approve()
    shop.release(copies=2)
    sent = []
    while shop.queue() is not None:
        sent.append(shop.waiting()[0])
        shop.send()
    assert sent == ["CREATED", "CREATED", "AUTHORIZED", "AUTHORIZED"]
    assert (shop.statuses(), len(shop.delivery().attempts)) == ([DELIVERED, DELIVERED], 2)
    assert shop.replayed == shop.state


def test_newest_first_and_copies_go_together() -> None:
    shop = Hooks()
    shop.create()
    shop.force_approve()
    shop.release(newest_first=True, copies=2)
    assert shop.waiting() == ["AUTHORIZED", "AUTHORIZED", "CREATED", "CREATED"]


def test_what_waits_for_its_next_try_is_sent_now() -> None:
    """And goes on with its schedule from there."""
    shop = Hooks()
    shop.create()
    shop.send(500)
    shop.now += SECOND
    shop.release()
    assert shop.next_is_due() == NOON + SECOND
    failed = shop.send(500)
    assert failed is not None
    assert (failed.number, failed.again) == (2, NOON + 3 * SECOND)


def test_what_is_sent_first_by_release_begins_its_own_schedule() -> None:
    shop = paid(Hooks())
    for _ in range(3):
        shop.send(500)
    shop.release(newest_first=True)
    failed = shop.send(500)
    assert failed is not None
    assert (failed.event, failed.number) == (EventName.CAPTURED, 1)


def test_what_is_held_is_not_given_up() -> None:
    """It is tried once more when it is released, and dropped only then."""
    shop = Hooks()
    shop.create()
    shop.fail_until_the_last_try()
    (due,) = shop.due(shop.journal[-1], DueKind.WEBHOOK_GIVEN_UP)
    shop.hold()
    assert fall_due(shop.state, due, due.at) == []
    shop.now = due.at + DAY
    shop.release()
    failed = shop.send(500)
    assert failed is not None
    (again,) = shop.due(failed, DueKind.WEBHOOK_GIVEN_UP)
    assert fall_due(shop.state, again, again.at) != []


def test_only_what_is_registered_is_held_and_released() -> None:
    shop = Hooks()
    unknown = registration_id(MSN, 99)
    for tried in (shop.hold, shop.release):
        with pytest.raises(RegistrationUnknown) as caught:
            tried(unknown)
        assert caught.value == RegistrationUnknown(unknown, MSN, strict=False)


def test_a_registration_that_is_removed_is_not_held_any_more() -> None:
    shop = Hooks()
    shop.hold(shop.first)
    shop.remove(shop.first)
    assert shop.state.webhooks.held == frozenset()


# --- Out of turn ------------------------------------------------------------------------------------------


def test_an_event_can_be_sent_out_of_turn() -> None:
    shop = paid(Hooks())
    (asked,) = shop.ask(2)
    assert asked == DeliveryAsked(at=NOON, delivery_id=shop.delivery(2).id, wrong_signature=False)
    (due,) = shop.due(asked, DueKind.WEBHOOK_ASKED)
    assert due == Due(NOON, DueKind.WEBHOOK_ASKED, REFERENCE, registration=shop.first, asked=asked)
    assert is_awaited(shop.state, due)
    sent = shop.send(200, place=2)
    assert sent is not None
    assert (sent.out_of_turn, sent.number, sent.again) == (True, 1, None)
    assert (shop.waiting(), shop.statuses()) == (["CREATED", "AUTHORIZED"], [WAITING, WAITING, DELIVERED])
    assert shop.replayed == shop.state


def test_the_first_can_be_sent_before_its_next_try() -> None:
    shop = paid(Hooks())
    shop.send(500)
    shop.now += SECOND
    shop.send(200, place=0)
    assert (shop.waiting(), shop.next_is_due()) == (["AUTHORIZED", "CAPTURED"], shop.now)


def test_a_failure_out_of_turn_leaves_the_schedule_as_it_is() -> None:
    shop = paid(Hooks())
    shop.send(500)
    before = shop.queue()
    shop.now += SECOND
    failed = shop.send(500, place=0)
    assert failed is not None
    assert (failed.number, failed.again, shop.queue()) == (2, None, before)


def test_what_was_delivered_can_be_sent_again_and_stays_delivered() -> None:
    shop = Hooks()
    shop.create()
    shop.send()
    shop.ask(0)
    shop.send(500, place=0)
    assert (shop.statuses(), [one.succeeded for one in shop.delivery().attempts]) == ([DELIVERED], [True, False])


def test_what_was_dropped_can_be_sent_all_the_same() -> None:
    shop = Hooks()
    shop.create()
    shop.drop(0)
    shop.ask(0)
    shop.send(200, place=0)
    assert (shop.statuses(), len(shop.delivery().attempts)) == ([DROPPED], 1)


@pytest.mark.parametrize("status", [200, 401])
def test_a_wrong_signature_is_no_delivery_however_it_is_answered(status: int) -> None:
    """A receiver that takes it does not check; one that refuses it does right, and is not unresponsive."""
    shop = Hooks()
    shop.create()
    (asked,) = shop.ask(0, wrong_signature=True)
    assert asked == DeliveryAsked(at=NOON, delivery_id=shop.delivery().id, wrong_signature=True)
    before = shop.queue()
    sent = shop.send(status, place=0, wrong_signature=True)
    assert sent is not None
    assert (sent.wrong_signature, sent.succeeded) == (True, status == 200)
    assert (shop.queue(), shop.statuses()) == (before, [WAITING])
    assert shop.state.webhooks.registrations[shop.first].failing_since is None


def test_nothing_is_sent_to_who_is_no_longer_registered() -> None:
    shop = Hooks()
    shop.create()
    (asked,) = shop.ask(0)
    (due,) = shop.due(asked, DueKind.WEBHOOK_ASKED)
    shop.remove(shop.first)
    assert not is_awaited(shop.state, due)
    with pytest.raises(RegistrationUnknown):
        shop.ask(0)


# --- Never ------------------------------------------------------------------------------------------------


def test_an_event_can_be_lost() -> None:
    """The next goes out at once, as if it had been delivered."""
    shop = paid(Hooks())
    shop.send(500)
    (dropped,) = shop.drop(0)
    assert dropped == WebhookDropped(at=NOON, delivery_id=shop.delivery().id, because="asked for")
    assert (shop.waiting(), shop.next_is_due()) == (["AUTHORIZED", "CAPTURED"], NOON)
    assert [due.kind for due in shop.due(dropped, DueKind.WEBHOOK)] == [DueKind.WEBHOOK]
    assert (shop.statuses(), shop.replayed) == ([DROPPED, WAITING, WAITING], shop.state)


def test_an_event_in_between_can_be_lost() -> None:
    shop = paid(Hooks())
    shop.send(500)
    shop.drop(1)
    assert (shop.waiting(), shop.next_is_due()) == (["CREATED", "CAPTURED"], NOON + 2 * SECOND)


def test_what_does_not_wait_cannot_be_lost() -> None:
    shop = Hooks()
    shop.create()
    shop.send()
    assert shop.drop(0) == []


def test_what_is_lost_is_lost_in_all_its_copies() -> None:
    shop = Hooks()
    shop.create()
    shop.release(copies=2)
    shop.drop(0)
    assert shop.waiting() == []


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("how", ["dropped", "delivered out of turn"])
def test_what_comes_of_a_try_counts_though_its_event_left_the_queue_meanwhile(how: str, status: int) -> None:
    """While it was on its way, a tester dropped it, or had it delivered out of turn."""
    shop = Hooks()
    shop.create()
    sent = attempt(shop.delivery().id, status)
    shop.drop(0) if how == "dropped" else shop.send(200, place=0)
    before = shop.delivery().status
    (known,) = shop.do(webhooks.attempted, sent)
    assert shop.delivery().status is before
    assert (shop.queue(), shop.delivery().attempts[-1]) == (None, known)


def test_the_failure_of_what_was_dropped_meanwhile_puts_nothing_off() -> None:
    shop = paid(Hooks())
    sent = attempt(shop.delivery().id, 500)
    shop.drop(0)
    before = shop.queue()
    shop.do(webhooks.attempted, sent)
    assert shop.queue() == before


def test_what_nobody_is_owed_can_neither_be_sent_nor_lost() -> None:
    shop = Hooks()
    with pytest.raises(DeliveryUnknown) as asked:
        shop.do(webhooks.ask_for_delivery, AskForDelivery(delivery_id="x"))
    with pytest.raises(DeliveryUnknown) as dropped:
        shop.do(webhooks.drop_delivery, DropDelivery(delivery_id="x"))
    assert asked.value == dropped.value == DeliveryUnknown("x", MSN)


# --- All of it ------------------------------------------------------------------------------------------


def test_a_journal_of_all_that_can_happen_is_replayed_to_an_equal_state() -> None:
    shop = paid(Hooks())
    second = shop.register(events=(CREATED,))
    steps: Iterable[Any] = (
        lambda: shop.send(500),
        lambda: shop.hold(second),
        lambda: shop.create(reference="order-0002", idempotency_key="key-2"),
        lambda: shop.send(200, place=1),
        lambda: shop.release(newest_first=True, copies=3),
        lambda: shop.send(None),
        lambda: shop.drop(2),
        lambda: shop.send(200),
        shop.hold,
        lambda: shop.remove(second),
    )
    for step in steps:
        shop.now += SECOND
        step()
        assert shop.replayed == shop.state
