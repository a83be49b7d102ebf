"""The webhooks page: who is registered, what each was told or is still owed, and the controls of their delivery."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.control import models
from sandbox.control.dashboard.answers import answer_with, routes_of, see
from sandbox.control.dashboard.desk import Desk
from sandbox.control.dashboard.pages import Bar, Filter
from sandbox.control.dashboard.paging import newest_first
from sandbox.control.dashboard.parameters import back_of, number_of
from sandbox.control.dashboard.places import UNIT, delivery_url, payment_url, unit_url, with_query
from sandbox.control.dashboard.words import Told, instant_words, span_words, status_words
from sandbox.control.parsing import understood
from sandbox.control.problems import Problem
from sandbox.domain import webhooks
from sandbox.domain.commands import AskForDelivery, DropDelivery
from sandbox.domain.event_names import EventName, event_type, short_name
from sandbox.domain.webhook_book import Delivery, DeliveryStatus, Registration
from sandbox.ui import form_of
from sandbox.world import SalesUnit

__all__ = ["routes"]

_DELIVERIES_SHOWN: Final = 50
_DELIVERIES_LOOKED_AT: Final = 5_000
_OF_PAYMENTS: Final = frozenset(map(event_type, EventName))
_DELIVERY: Final = f"{UNIT}/webhooks/deliveries/{{delivery}}"
_STATUSES: Final[Mapping[DeliveryStatus, Told]] = {
    DeliveryStatus.WAITING: Told("waiting", "Waiting", "waiting"),
    DeliveryStatus.DELIVERED: Told("authorized", "Delivered", "good"),
    DeliveryStatus.DROPPED: Told("aborted", "Dropped", "bad"),
    DeliveryStatus.REMOVED: Told("terminated", "Removed with its registration"),
}


def routes(desk: Desk) -> list[Route]:
    own = _Webhooks(desk)
    return routes_of(
        {f"{UNIT}/webhooks": own.webhooks},
        {
            f"{UNIT}/webhooks/hold": own.hold,
            f"{UNIT}/webhooks/release": own.release,
            f"{_DELIVERY}/redeliver": own.redeliver,
            f"{_DELIVERY}/drop": own.drop,
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationLine:
    """A webhook that is registered; *goes_to* where it is really sent, if that is elsewhere."""

    id: str
    url: str
    goes_to: str | None
    events: str
    partner: str | None  # for all of whose sales units it is
    since: str
    failing: str | None
    waiting: int
    is_held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLine:
    """One event that one registration was told, or is still owed."""

    id: str
    event: str
    reference: str
    payment_url: str
    host: str
    status: Told
    owed: str
    tries: str
    next: str | None
    url: str
    may_be_sent: bool  # not where its registration is gone
    may_be_dropped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhooksPage:
    """webhooks.html"""

    bar: Bar
    registrations: Sequence[RegistrationLine]
    is_held: bool  # all of them
    waiting: int
    deliveries: Sequence[DeliveryLine]
    filters: Sequence[Filter]
    older_url: str | None
    newest_url: str | None


class _Webhooks:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def webhooks(self, request: Request) -> Response:
        unit = self._desk.unit_of(request)
        book = unit.up_to_date().webhooks
        url, asked = unit_url(unit.msn, "/webhooks"), request.query_params.get("status") or None
        if asked is not None and asked not in list(DeliveryStatus):
            raise Problem(400, "Show what?", f"There are {', '.join(DeliveryStatus)}; not {asked[:40]!r}.")
        before = number_of(request, "before")
        shown, older = newest_first(
            book.deliveries.values(),
            before,
            lambda delivery: asked in {None, delivery.status},
            most=_DELIVERIES_SHOWN,
            most_looked_at=_DELIVERIES_LOOKED_AT,
        )
        page = WebhooksPage(
            bar=self._desk.bar(request, unit, "webhooks"),
            registrations=[_registration_line(unit, one) for one in book.registrations.values()],
            is_held=book.is_all_held,
            waiting=book.waiting(),
            deliveries=[_delivery_line(unit, delivery) for delivery in shown],
            filters=list(_filters(url, asked)),
            older_url=None if older is None else with_query(url, status=asked, before=str(older)),
            newest_url=None if before is None else with_query(url, status=asked),
        )
        return answer_with(request, "webhooks.html", page)

    async def hold(self, request: Request) -> Response:
        unit, form = self._desk.unit_of(request), await form_of(request)
        unit.do(webhooks.hold, understood(models.Hold, {"webhook": form.get("webhook") or None}).to_domain())
        return _back(unit, form)

    async def release(self, request: Request) -> Response:
        unit, form = self._desk.unit_of(request), await form_of(request)
        asked: dict[str, Any] = {"webhook": form.get("webhook") or None}
        if form.get("order"):
            asked["order"] = form["order"]
        if form.get("copies"):
            asked["copies"] = form["copies"]
        unit.do(webhooks.release, understood(models.Release, asked).to_domain())
        await unit.errands_done()
        return _back(unit, form)

    async def redeliver(self, request: Request) -> Response:
        unit, form = self._desk.unit_of(request), await form_of(request)
        forged = form.get("signature") == "wrong"
        command = AskForDelivery(delivery_id=request.path_params["delivery"], wrong_signature=forged)
        unit.do(webhooks.ask_for_delivery, command)
        await unit.errands_done()
        return _back(unit, form)

    async def drop(self, request: Request) -> Response:
        unit, form = self._desk.unit_of(request), await form_of(request)
        unit.do(webhooks.drop_delivery, DropDelivery(delivery_id=request.path_params["delivery"]))
        return _back(unit, form)


def _back(unit: SalesUnit, form: Mapping[str, str]) -> Response:
    return see(back_of(form, unit_url(unit.msn, "/webhooks")))


def _filters(url: str, asked: str | None) -> Iterator[Filter]:
    yield Filter("show-all", "All", url, asked is None)
    for status in (DeliveryStatus.WAITING, DeliveryStatus.DELIVERED, DeliveryStatus.DROPPED):
        yield Filter(f"show-{status}", _STATUSES[status].words, with_query(url, status=status.value), asked == status)


def _registration_line(unit: SalesUnit, registration: Registration) -> RegistrationLine:
    state, now = unit.state, unit.now()
    book, host = state.webhooks, urlsplit(registration.url).netloc
    events = [short_name(event) for event in registration.events]
    failing = registration.failing_since
    return RegistrationLine(
        id=registration.id,
        url=registration.url,
        goes_to=next((target.url for target in state.settings.webhook_targets if target.host == host), None),
        events="all events of payments" if set(registration.events) >= _OF_PAYMENTS else ", ".join(events),
        partner=registration.partner,
        since=instant_words(registration.registered_at),
        failing=None if failing is None else span_words(now - failing),
        waiting=book.waiting(registration.id),
        is_held=book.is_held(registration.id),
    )


def _delivery_line(unit: SalesUnit, delivery: Delivery) -> DeliveryLine:
    book = unit.state.webhooks
    registration = book.registrations.get(delivery.registration_id)
    is_waiting = delivery.status is DeliveryStatus.WAITING
    return DeliveryLine(
        id=delivery.id,
        event=delivery.event.value,
        reference=delivery.reference,
        payment_url=payment_url(unit.msn, delivery.reference),
        host=_host_of(delivery, registration),
        status=_STATUSES[delivery.status],
        owed=instant_words(delivery.owed_at),
        tries=_tries(delivery),
        next=_next(unit, delivery) if is_waiting else None,
        url=delivery_url(unit.msn, delivery.id),
        may_be_sent=registration is not None,
        may_be_dropped=is_waiting,
    )


def _host_of(delivery: Delivery, registration: Registration | None) -> str:
    if registration is not None:
        return urlsplit(registration.url).netloc
    return urlsplit(delivery.attempts[-1].sent_to).netloc if delivery.attempts else "nobody any more"


def _tries(delivery: Delivery) -> str:
    if not delivery.attempts:
        return "not tried yet"
    last = delivery.attempts[-1]
    answered = last.error or status_words(last.status or 0)
    return answered if len(delivery.attempts) == 1 else f"{answered}, after {len(delivery.attempts)} tries"


def _next(unit: SalesUnit, delivery: Delivery) -> str:
    """Tell what a delivery waits for."""
    book = unit.state.webhooks
    if book.is_held(delivery.registration_id):
        return "held until it is released"
    queue = book.queues[delivery.queue]
    if queue.waiting[0] != delivery.id:
        return f"after {book.deliveries[queue.waiting[0]].event.value}"
    if queue.due is None:
        return "given up soon"
    wait = queue.due - unit.now()
    return f"next try in {span_words(wait)}" if wait.total_seconds() > 0 else "on its way"
