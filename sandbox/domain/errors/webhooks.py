"""Refusals around webhooks."""

from dataclasses import dataclass

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


@dataclass(eq=False, repr=False)
class WebhookRefusal(Refusal):
    """Something about webhooks cannot be done."""


@dataclass(eq=False, repr=False)
class WebhookUrlInvalid(WebhookRefusal):
    asked: str
    strict: bool

    def __str__(self) -> str:
        if self.strict:
            return "The url must be an absolute https URL that is reachable from the internet."
        return "The url must be an absolute URL: https, or http to this machine or its network."


@dataclass(eq=False, repr=False)
class WebhookEventsMissing(WebhookRefusal):
    def __str__(self) -> str:
        return "At least one event type is required."


@dataclass(eq=False, repr=False)
class WebhookEventUnknown(WebhookRefusal):
    asked: str
    allowed: tuple[str, ...]

    def __str__(self) -> str:
        return f"The event type {self.asked!r} is unknown."


@dataclass(eq=False, repr=False)
class TooManyRegistrations(WebhookRefusal):
    event: str
    allowed: int

    def __str__(self) -> str:
        return f"A sales unit may have {self.allowed} webhooks for {self.event}, and has them already."


@dataclass(eq=False, repr=False)
class RegistrationIdInvalid(WebhookRefusal):
    asked: str

    def __str__(self) -> str:
        return f"The id {self.asked!r} is not a UUID."


@dataclass(eq=False, repr=False)
class RegistrationUnknown(WebhookRefusal):
    asked: str
    msn: str
    strict: bool

    def __str__(self) -> str:
        return f"MSN {self.msn} has no webhook {self.asked}."


@dataclass(eq=False, repr=False)
class DeliveryUnknown(WebhookRefusal):
    """Nobody is owed that; only the sandbox's own API asks."""

    asked: str
    msn: str

    def __str__(self) -> str:
        return f"MSN {self.msn} owes no webhook a delivery {self.asked}."
