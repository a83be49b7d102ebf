"""Refusals around webhooks."""

from sandbox.domain.errors.refusal import Refusal

__all__ = [
    "DeliveryUnknown",
    "RegistrationIdInvalid",
    "RegistrationUnknown",
    "TooManyRegistrations",
    "WebhookEventUnknown",
    "WebhookEventsMissing",
    "WebhookRefusal",
    "WebhookUrlInvalid",
]


class WebhookRefusal(Refusal):
    """Something about webhooks cannot be done."""


class WebhookUrlInvalid(WebhookRefusal):
    asked: str
    strict: bool

    def __str__(self) -> str:
        if self.strict:
            return "The url must be an absolute https URL that is reachable from the internet."
        return "The url must be an absolute URL: https, or http to this machine or its network."


class WebhookEventsMissing(WebhookRefusal):
    def __str__(self) -> str:
        return "At least one event type is required."


class WebhookEventUnknown(WebhookRefusal):
    asked: str
    allowed: tuple[str, ...]

    def __str__(self) -> str:
        return f"The event type {self.asked!r} is unknown."


class TooManyRegistrations(WebhookRefusal):
    event: str
    allowed: int
    partner: str | None = None  # for all of whose sales units it was to be

    def __str__(self) -> str:
        holder = "A sales unit" if self.partner is None else "A partner"
        return f"{holder} may have {self.allowed} webhooks for {self.event}, and has them already."


class RegistrationIdInvalid(WebhookRefusal):
    asked: str
    partner: str | None = None

    def __str__(self) -> str:
        return f"The id {self.asked!r} is not a UUID."


class RegistrationUnknown(WebhookRefusal):
    asked: str
    msn: str
    strict: bool
    partner: str | None = None  # who asked for all of its sales units

    def __str__(self) -> str:
        holder = f"MSN {self.msn}" if self.partner is None else f"Partner {self.partner}"
        return f"{holder} has no webhook {self.asked}."


class DeliveryUnknown(WebhookRefusal):
    """Nobody is owed that; only the sandbox's own API asks."""

    asked: str
    msn: str

    def __str__(self) -> str:
        return f"MSN {self.msn} owes no webhook a delivery {self.asked}."
