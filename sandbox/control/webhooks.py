"""Webhooks as the sandbox's own API shows them: who is registered, and what was sent and answered."""

from itertools import islice
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from sandbox.control import models, shapes
from sandbox.control.endpoints import Endpoint
from sandbox.control.parsing import understood
from sandbox.control.units import UNIT, Units, json_response
from sandbox.control.views import instant_view
from sandbox.control.webhook_check import VerificationView, WebhookCheck, check_webhook
from sandbox.domain import webhooks
from sandbox.domain.commands import AskForDelivery, DropDelivery
from sandbox.domain.facts import WebhookAttempted
from sandbox.domain.webhook_book import Delivery, Registration
from sandbox.world import SalesUnit

__all__ = ["endpoints"]

_DELIVERY: Final = f"{UNIT}/webhooks/deliveries/{{delivery}}"


class _Webhooks:
    """The endpoints, each a method that takes the request."""

    def __init__(self, units: Units) -> None:
        self._units = units

    async def verify_webhook(self, request: Request) -> Response:
        """Say whether a webhook's signature holds, and if not, which ingredient is wrong."""
        asked = understood(WebhookCheck, await request.body())
        return json_response(check_webhook(asked, self._units.world.real_now(), self._units.world))

    async def list_webhooks(self, request: Request) -> Response:
        """List the webhooks that are registered, with how they do."""
        return json_response(_book_view(self._units.of(request)))

    async def list_deliveries(self, request: Request) -> Response:
        """List what webhooks were told, or are still owed: each try byte for byte."""
        asked = understood(models.DeliveriesAsked, request.query_params)
        unit = self._units.of(request)
        unit.settle()
        chosen = (
            delivery
            for delivery in unit.state.webhooks.deliveries.values()
            if asked.reference in {None, delivery.reference}
            and asked.registration in {None, delivery.registration_id}
            and asked.status in {None, delivery.status}
        )
        page = islice(chosen, asked.after, asked.after + asked.limit)
        return json_response({"deliveries": [_delivery_view(unit, delivery) for delivery in page]})

    async def show_delivery(self, request: Request) -> Response:
        """Show what one webhook was told, or is owed, of one event."""
        unit = self._units.of(request)
        unit.settle()
        return json_response(_delivery_view(unit, webhooks.delivery_of(unit.state, request.path_params["delivery"])))

    async def hold_webhooks(self, request: Request) -> Response:
        """Hold what is owed, to one registration or to all, until it is released."""
        asked = understood(models.Hold, await request.body() or b"{}")
        unit = self._units.of(request)
        unit.do(webhooks.hold, asked.to_domain())
        return json_response(_book_view(unit))

    async def release_webhooks(self, request: Request) -> Response:
        """Send what waits now: what was held, and what waits for its next try. Answers when all was answered."""
        asked = understood(models.Release, await request.body() or b"{}")
        unit = self._units.of(request)
        unit.do(webhooks.release, asked.to_domain())
        await unit.errands_done()
        return json_response(_book_view(unit))

    async def redeliver(self, request: Request) -> Response:
        """Send one event now, out of turn: again, before its turn, or with a wrong signature."""
        asked = understood(models.Redelivery, await request.body() or b"{}")
        unit, delivery_id = self._units.of(request), request.path_params["delivery"]
        command = AskForDelivery(delivery_id=delivery_id, wrong_signature=asked.wrong_signature)
        unit.do(webhooks.ask_for_delivery, command)
        await unit.errands_done()
        return json_response(_delivery_view(unit, unit.state.webhooks.deliveries[delivery_id]))

    async def drop_delivery(self, request: Request) -> Response:
        """Never send an event that waits."""
        unit, delivery_id = self._units.of(request), request.path_params["delivery"]
        unit.do(webhooks.drop_delivery, DropDelivery(delivery_id=delivery_id))
        return json_response(_delivery_view(unit, unit.state.webhooks.deliveries[delivery_id]))


def endpoints(units: Units) -> tuple[Endpoint, ...]:
    told = _Webhooks(units)
    tag = "Deliveries of webhooks"
    return (
        Endpoint(
            method="POST",
            path="/sandbox/webhooks/verify",
            does=told.verify_webhook,
            tag=tag,
            takes=WebhookCheck,
            answers={200: VerificationView},
        ),
        Endpoint(
            method="GET",
            path=f"{UNIT}/webhooks",
            does=told.list_webhooks,
            tag=tag,
            answers={200: shapes.WebhooksView},
        ),
        Endpoint(
            method="GET",
            path=f"{UNIT}/webhooks/deliveries",
            does=told.list_deliveries,
            tag=tag,
            query=models.DeliveriesAsked,
            answers={200: shapes.DeliveriesView},
        ),
        Endpoint(method="GET", path=_DELIVERY, does=told.show_delivery, tag=tag, answers={200: shapes.DeliveryView}),
        Endpoint(
            method="POST",
            path=f"{UNIT}/webhooks/hold",
            does=told.hold_webhooks,
            tag=tag,
            takes=models.Hold,
            may_lack_body=True,
            answers={200: shapes.WebhooksView},
        ),
        Endpoint(
            method="POST",
            path=f"{UNIT}/webhooks/release",
            does=told.release_webhooks,
            tag=tag,
            takes=models.Release,
            may_lack_body=True,
            answers={200: shapes.WebhooksView},
        ),
        Endpoint(
            method="POST",
            path=f"{_DELIVERY}/redeliver",
            does=told.redeliver,
            tag=tag,
            takes=models.Redelivery,
            may_lack_body=True,
            answers={200: shapes.DeliveryView},
        ),
        Endpoint(
            method="POST",
            path=f"{_DELIVERY}/drop",
            does=told.drop_delivery,
            tag=tag,
            answers={200: shapes.DeliveryView},
        ),
    )


def _book_view(unit: SalesUnit) -> shapes.WebhooksView:
    unit.settle()
    book = unit.state.webhooks
    return {
        "webhooks": [_registration_view(unit, registration) for registration in book.registrations.values()],
        "held": book.is_all_held,
        "waiting": book.waiting(),
    }


def _registration_view(unit: SalesUnit, registration: Registration) -> shapes.WebhookView:
    book = unit.state.webhooks
    return {
        "id": registration.id,
        "url": registration.url,
        "events": list(registration.events),
        "partner": registration.partner,
        "registeredAt": instant_view(registration.registered_at),
        "held": book.is_held(registration.id),
        "failingSince": None if registration.failing_since is None else instant_view(registration.failing_since),
        "waiting": book.waiting(registration.id),
    }


def _delivery_view(unit: SalesUnit, delivery: Delivery) -> shapes.DeliveryView:
    """Return what a webhook was told, or is owed, of one event."""
    book = unit.state.webhooks
    queue = book.queues.get(delivery.queue)
    is_next = queue is not None and queue.waiting[0] == delivery.id
    due = queue.due if queue is not None and is_next and not book.is_held(delivery.registration_id) else None
    return {
        "id": delivery.id,
        "webhook": delivery.registration_id,
        "reference": delivery.reference,
        "event": delivery.event,
        "owedAt": instant_view(delivery.owed_at),
        "status": delivery.status,
        "waitsFor": None if queue is None or is_next else book.deliveries[queue.waiting[0]].event,
        "nextAttempt": None if due is None else instant_view(due),
        "attempts": [_attempt_view(attempt) for attempt in delivery.attempts],
    }


def _attempt_view(attempt: WebhookAttempted) -> shapes.AttemptView:
    headers: dict[str, Any] = dict(attempt.headers)
    return {
        "number": attempt.number,
        "at": instant_view(attempt.at),
        "sentAt": instant_view(attempt.sent_at),
        "url": attempt.sent_to,
        "headers": headers,
        "body": attempt.body.decode(),
        "signedString": attempt.signed,
        "outOfTurn": attempt.out_of_turn,
        "wrongSignature": attempt.wrong_signature,
        "succeeded": attempt.succeeded,
        "status": attempt.status,
        "answer": attempt.answer,
        "error": attempt.error,
        "tookMs": round(attempt.took * 1000, 3),
        "again": None if attempt.again is None else instant_view(attempt.again),
    }
