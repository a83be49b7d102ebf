"""What must be so at a point of the story, whoever looks."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from sandbox.playback.language.base import (
    Answer,
    ChecklistItem,
    Count,
    EventName,
    Money,
    Phone,
    State,
    Step,
    Text,
)

__all__ = [
    "ExpectChecklist",
    "ExpectEqual",
    "ExpectEvents",
    "ExpectNever",
    "ExpectNoWebhook",
    "ExpectPayment",
    "ExpectScreen",
    "ExpectStep",
    "ExpectUserinfo",
    "ExpectWebhooks",
]

Payment = Annotated[Text | None, Field(description="its name or reference; without it, the one spoken of last")]


class ExpectStep(Step):
    """An expectation."""


class ExpectPayment(ExpectStep):
    """What a payment must look like to the merchant; amounts in minor units."""

    key = "expect.payment"

    payment: Payment = None
    state: State | None = None
    authorized: Money | None = None
    captured: Money | None = None
    cancelled: Money | None = None
    refunded: Money | None = None
    body: Annotated[Any, Field(description="at least these members of what Vipps answers")] = None

    def expectations(self) -> Iterator[Any]:
        yield self.body


class ExpectEvents(ExpectStep):
    """The event log of a payment: the names of all its events in order, or some of what they hold.

    *never* names events that must not be in it.
    """

    key = "expect.events"
    shorthand = "events"

    payment: Payment = None
    events: list[EventName | dict[str, Any]] | None = None
    never: list[EventName] = Field(default_factory=list)

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.events is None and not self.never:
            raise ValueError("say `events` (all there are, in order) or `never`")
        return self

    def expectations(self) -> Iterator[Any]:
        yield self.events


class ExpectNever(ExpectStep):
    """A promise: from here to the end of the story, no payment (or not this one) has such an event."""

    key = "expect.never"
    shorthand = "event"

    event: EventName
    payment: Annotated[Text | None, Field(description="its name or reference; without it, every payment")] = None


class ExpectWebhooks(ExpectStep):
    """All webhooks that the merchant's receiver has taken, in order: their names, or some of what they hold.

    They may take a moment to come. All must be signed with the secret of their registration.
    """

    key = "expect.webhooks"
    shorthand = "events"

    events: list[EventName | dict[str, Any]]
    payment: Annotated[Text | None, Field(description="its name or reference; without it, of every payment")] = None
    webhook: Annotated[Text | None, Field(description="the name of a registration; without it, of all")] = None

    def expectations(self) -> Iterator[Any]:
        yield self.events


class ExpectNoWebhook(ExpectStep):
    """A promise: from here to the end of the story no such webhook comes, or none at all."""

    key = "expect.no_webhook"
    shorthand = "event"

    event: EventName | None = None
    payment: Annotated[Text | None, Field(description="its name or reference; without it, of every payment")] = None


class ExpectScreen(ExpectStep):
    """What a phone shows: which screen, of which payment, with which choices; and the list behind it."""

    key = "expect.screen"
    shorthand = "shows"

    shows: Annotated[Literal["consent", "payment", "list"] | None, Field(description="which screen is open")] = None
    payment: Payment = None
    phone: Phone | None = None
    actions: Annotated[list[str] | None, Field(description="all that the customer can do, in any order")] = None
    pending: Annotated[Count | None, Field(description="how many requests wait in the list")] = None
    pushes: Annotated[Count | None, Field(description="how many pushes have come")] = None


class ExpectUserinfo(ExpectStep):
    """What the merchant can learn about who paid."""

    key = "expect.userinfo"

    payment: Payment = None
    body: Annotated[dict[str, Any] | None, Field(description="at least these members")] = None
    refused: Annotated[Answer | None, Field(description="the refusal that is expected instead")] = None

    @model_validator(mode="after")
    def _either(self) -> Self:
        if (self.body is None) == (self.refused is None):
            raise ValueError("say either `body` or `refused`")
        return self

    def expectations(self) -> Iterator[Any]:
        yield self.body
        if self.refused is not None:
            yield self.refused.body


class ExpectEqual(ExpectStep):
    """That two things which were named are the same, or not."""

    key = "expect.equal"

    this: Any
    to: Any = None
    unlike: Any = None

    @model_validator(mode="after")
    def _either(self) -> Self:
        if (self.to is None) == (self.unlike is None):
            raise ValueError("say either `to` or `unlike`")
        return self

    def expectations(self) -> Iterator[Any]:
        yield self.to
        yield self.unlike


class ExpectChecklist(ExpectStep):
    """What Vipps's go-live checklist says by now of what the merchant did; items by their ids, such as Q4.

    Calls by which the player looks how things are do not count as the merchant's.
    """

    key = "expect.checklist"
    shorthand = "shown"

    shown: Annotated[list[ChecklistItem], Field(description="some that are shown")] = Field(default_factory=list)
    not_seen: Annotated[list[ChecklistItem], Field(description="some that are not seen yet")] = Field(
        default_factory=list
    )
    broken: Annotated[
        list[ChecklistItem] | None, Field(description="all that are broken; an empty list for none")
    ] = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.shown and not self.not_seen and self.broken is None:
            raise ValueError("say `shown`, `not_seen` or `broken`")
        return self
