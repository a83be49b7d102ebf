"""What a webhook says: a payment's event in compact JSON, its members in the order of Vipps's own.

Source: ePayment OpenAPI 1.8.1, `WebhookEvent`; a body captured from the real test environment.
"""

from typing import Any

from pydantic_core import to_json

from sandbox.api.epayment.views import amount_view, guaranteed_until, shipping_details_of, user_details_of
from sandbox.domain.event_log import events_of
from sandbox.domain.event_names import EventName
from sandbox.domain.identity import sub
from sandbox.domain.webhook_book import Delivery
from sandbox.world import SalesUnit

__all__ = ["payload"]


def payload(unit: SalesUnit, delivery: Delivery) -> bytes:
    """Return the body that is sent for an event; absent members are left out."""
    payment = unit.state.payments[delivery.reference]
    event = next(event for place, event in enumerate(events_of(payment, unit.msn)) if place == delivery.place)
    settings = unit.state.settings
    body: dict[str, Any] = {
        "msn": unit.msn,
        "reference": event.reference,
        "pspReference": event.psp_reference,
        "name": event.name.value,
        "amount": amount_view(event.amount),
        "timestamp": event.timestamp.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    if event.idempotency_key is not None or settings.webhook_null_key:
        body["idempotencyKey"] = event.idempotency_key
    body["success"] = True
    if event.name is EventName.AUTHORIZED:
        user_details = user_details_of(unit, payment, event.timestamp)
        if user_details is not None and payment.phone_number is not None:
            body["userDetails"] = user_details
            body["sub"] = sub(unit.msn, payment.phone_number)
            if settings.webhook_profile_sub:
                body["profile"] = {"sub": body["sub"]}
        shipping_details = shipping_details_of(unit, payment)
        if shipping_details is not None:
            body["shippingDetails"] = shipping_details
        body["captureGuaranteedUntil"] = guaranteed_until(event.timestamp)
    return to_json(body)
