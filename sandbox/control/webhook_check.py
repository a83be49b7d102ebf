"""Checking the signature of a webhook that an app received: what is asked, and what is told."""

from base64 import b64decode
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel
from typing_extensions import TypedDict

from sandbox.api.webhooks.verification import (
    Ingredient,
    Received,
    Registered,
    Sent,
    Verification,
    signature_in,
    verify,
)
from sandbox.domain.facts import WebhookAttempted
from sandbox.domain.webhook_book import Delivery
from sandbox.world import SalesUnit

__all__ = ["VerificationView", "WebhookCheck", "check_webhook"]


class WebhookCheck(BaseModel):
    """A webhook as an app received it; its body as text, or in base64 to be sure of each byte."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel)

    method: Annotated[str, Field(max_length=100)] = "POST"
    path: Annotated[str, Field(max_length=10_000)]
    headers: dict[str, str] | list[tuple[str, str]]
    body: str | None = None
    body_base64: str | None = None
    secret: Annotated[str, Field(min_length=1, max_length=10_000)]
    url: Annotated[str, Field(max_length=10_000)] | None = None
    computed: Annotated[str, Field(max_length=1_000)] | None = None

    @model_validator(mode="after")
    def _one_body(self) -> "WebhookCheck":
        if self.body is not None and self.body_base64 is not None:
            raise ValueError("say either `body` or `bodyBase64`")
        self.to_received()  # so that what cannot be decoded is told here
        return self

    def to_received(self) -> Received:
        body = (self.body or "").encode()
        if self.body_base64 is not None:
            body = b64decode(self.body_base64, validate=True)
        given = self.headers.items() if isinstance(self.headers, dict) else self.headers
        return Received(
            method=self.method,
            path=self.path,
            headers=tuple((name, value) for name, value in given),
            body=body,
            secret=self.secret,
            url=self.url,
            computed=self.computed,
        )


class FindingView(TypedDict):
    """One ingredient that is wrong: what was received, what was signed, and what to change."""

    ingredient: Ingredient
    what: str
    change: str
    received: str | None
    signed: str | None


class KnownDeliveryView(TypedDict):
    msn: str
    id: str


class VerificationView(TypedDict):
    """What came of checking a webhook's signature; *signature* is the one that holds for what was received."""

    holds: bool
    summary: str
    findings: list[FindingView]
    warnings: list[str]
    contentHash: str
    signed: str
    signature: str
    delivery: KnownDeliveryView | None


def check_webhook(asked: WebhookCheck, now: datetime, units: Iterable[SalesUnit] = ()) -> VerificationView:
    """Return what came of the check, as JSON; *units* may know the registration and the delivery.

    Args:
        now: The wall clock.
    """
    received = asked.to_received()
    known = list(units)
    registered: dict[str, Registered] = {}  # by id: a partner's is in several sales units
    for unit in known:
        for one in unit.state.webhooks.registrations.values():
            holder = f"sales unit {unit.msn}" if one.partner is None else f"partner {one.partner}"
            registered[one.id] = Registered(id=one.id, holder=holder, url=one.url, secret=one.secret)
    found = next((sent for unit in known for sent in _sent(unit, received)), None)
    return _view(verify(received, now, list(registered.values()), found), found)


def _sent(unit: SalesUnit, received: Received) -> Iterable[Sent]:
    """Give what the sales unit sent that may be what was received, newest first."""
    named = received.named
    signature, given = signature_in(named), _marks(named)
    for delivery in reversed(unit.state.webhooks.deliveries.values()):
        for attempt in delivery.attempts:
            sent = {name.lower(): value for name, value in attempt.headers}
            if signature_in(sent) == signature or _marks(sent) == given:
                yield _to_sent(unit, delivery, attempt)


def _marks(headers: dict[str, str]) -> tuple[str | None, ...]:
    return tuple(headers.get(name) for name in ("webhook-id", "x-ms-date", "x-ms-content-sha256"))


def _to_sent(unit: SalesUnit, delivery: Delivery, attempt: WebhookAttempted) -> Sent:
    return Sent(
        delivery_id=delivery.id,
        msn=unit.msn,
        headers=attempt.headers,
        body=attempt.body,
        signed=attempt.signed,
        wrong_signature=attempt.wrong_signature,
    )


def _view(told: Verification, sent: Sent | None) -> VerificationView:
    return {
        "holds": told.holds,
        "summary": told.summary,
        "findings": [
            {
                "ingredient": finding.ingredient,
                "what": finding.what,
                "change": finding.change,
                "received": finding.received,
                "signed": finding.signed,
            }
            for finding in told.findings
        ],
        "warnings": list(told.warnings),
        "contentHash": told.content_hash,
        "signed": told.signed,
        "signature": told.signature,
        "delivery": None if sent is None else {"msn": sent.msn, "id": sent.delivery_id},
    }
