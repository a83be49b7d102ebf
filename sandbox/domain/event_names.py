"""What happens to payments, in the words of the event log and of webhooks.

Source: ePayment OpenAPI 1.8.1, `PaymentEventName`; Webhooks guide, "Event types".
"""

from enum import StrEnum
from typing import Final

__all__ = ["CHECKED_IN", "EVENT_TYPES", "EventName", "event_type", "short_name"]

_PREFIX: Final = "epayments.payment."
_VERSION: Final = ".v1"


class EventName(StrEnum):
    CREATED = "CREATED"
    AUTHORIZED = "AUTHORIZED"
    CAPTURED = "CAPTURED"
    CANCELLED = "CANCELLED"
    REFUNDED = "REFUNDED"
    ABORTED = "ABORTED"
    EXPIRED = "EXPIRED"
    TERMINATED = "TERMINATED"


def event_type(name: EventName) -> str:
    """Return what an event is called where webhooks are registered for it."""
    return f"{_PREFIX}{name.lower()}{_VERSION}"


def short_name(kind: str) -> str:
    """Return the `captured` of `epayments.payment.captured.v1`; of other events, all but the version."""
    return kind.removeprefix(_PREFIX).removesuffix(_VERSION)


CHECKED_IN: Final = "user.checked-in.v1"

# All that can be registered for. Only the first ones ever happen here, where ePayment alone makes events.
EVENT_TYPES: Final = (
    *map(event_type, EventName),
    "recurring.agreement-activated.v1",
    "recurring.agreement-rejected.v1",
    "recurring.agreement-stopped.v1",
    "recurring.agreement-expired.v1",
    "recurring.charge-reserved.v1",
    "recurring.charge-captured.v1",
    "recurring.charge-canceled.v1",
    "recurring.charge-refunded.v1",
    "recurring.charge-failed.v1",
    "recurring.charge-creation-failed.v1",
    CHECKED_IN,
    "login.merchant-initiated.ping.v1",
)
