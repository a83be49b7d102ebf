"""What the sandbox's own API takes; durations in ISO 8601, instants in RFC 3339."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Annotated, Any, Final, Literal, get_type_hints

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    RootModel,
    create_model,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from sandbox.domain import commands
from sandbox.domain.customers import ApproveTrouble, CustomerSettings, Persona, PersonChanges
from sandbox.domain.event_names import EventName
from sandbox.domain.sales_unit import UnitSettings
from sandbox.domain.webhook_book import DeliveryStatus

__all__ = [
    "LATEST",
    "LONGEST",
    "Advance",
    "AsSettings",
    "CardStep",
    "CustomerActOn",
    "CustomerChange",
    "DeliveriesAsked",
    "FaultNew",
    "Following",
    "Hold",
    "Match",
    "Paging",
    "Race",
    "Redelivery",
    "Release",
    "Restore",
    "SetClock",
    "Then",
    "UnitChange",
    "UnitNew",
    "Waiting",
]

_EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(3000, 1, 1, tzinfo=UTC)
LONGEST: Final = timedelta(days=36_525)
_BIGGEST: Final = 2**53  # that every JSON parser can read back


def _within_reason(instant: datetime) -> datetime:
    if not _EARLIEST <= instant <= LATEST:
        raise ValueError("the clock goes from the year 1970 to the year 3000")
    return instant.astimezone(UTC)


Instant = Annotated[AwareDatetime, Field(strict=True), AfterValidator(_within_reason)]  # no numbers


Text = Annotated[str, Field(min_length=1, max_length=200)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel)


class AsSettings:
    """Has the OpenAPI document tell of a plain object that its members are a sales unit's settings."""

    def __get_pydantic_json_schema__(self, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(_settings_model().__pydantic_core_schema__)


@cache
def _settings_model() -> type[BaseModel]:
    hints = get_type_hints(UnitSettings)
    fields: dict[str, Any] = {
        name: (hints[name], field.default) for name, field in UnitSettings.__dataclass_fields__.items()
    }
    return create_model(
        "UnitSettings",
        __config__=ConfigDict(
            extra="forbid", alias_generator=to_camel, json_schema_serialization_defaults_required=True
        ),
        **fields,
    )


class UnitNew(_Body):
    """A sales unit to make; without a serial number, one that is free.

    What is made for a *purpose*, such as a play or a test, stands apart on the dashboard.
    """

    msn: Annotated[str, Field(pattern="^[0-9]{4,10}$")] | None = None
    purpose: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    settings: Annotated[dict[str, Any], AsSettings()] = Field(default_factory=dict)


class UnitChange(RootModel[Annotated[dict[str, Any], AsSettings()]]):
    """Settings to change; all others stay."""


class CustomerActOn(_Body):
    """The payment that the customer does something about, and how its goods are to be shipped."""

    reference: str
    shipping_option_id: str | None = None


class PersonChange(_Body):
    """What is different about a person; what is left out stays as it is."""

    given_name: Text | None = None
    family_name: Text | None = None
    birth_date: date | None = None
    email: Text | None = None
    email_verified: bool | None = None
    street_address: Text | None = None
    postal_code: Text | None = None
    region: Text | None = None
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")] | None = None


class CustomerChange(_Body):
    """How a customer behaves, and who that is; what is left out is as everybody's."""

    persona: Persona | None = None
    approve_trouble: ApproveTrouble | None = None
    person: PersonChange = Field(default_factory=PersonChange)

    def to_domain(self, phone_number: str) -> CustomerSettings:
        return CustomerSettings(
            phone_number=phone_number,
            persona=self.persona,
            approve_trouble=self.approve_trouble,
            person=PersonChanges(**self.person.model_dump()),
        )


class CardStep(_Body):
    """What is done on the card form: a number is entered, or what the bank asks is confirmed or denied."""

    action: Literal["enter", "confirm", "deny"]
    number: str | None = None

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> "CardStep":
        if (self.number is not None) != (self.action == "enter"):
            raise ValueError("`number` goes with the action `enter`, and only with it")
        return self


class Hold(_Body):
    """Which registration's webhooks to hold; without an id, all."""

    webhook: str | None = None

    def to_domain(self) -> commands.HoldWebhooks:
        return commands.HoldWebhooks(registration_id=self.webhook)


class Release(_Body):
    """Which registration's webhooks to release, in which order, and how often each is sent."""

    webhook: str | None = None
    order: Literal["oldest first", "newest first"] = "oldest first"
    copies: Annotated[int, Field(ge=1, le=10)] = 1

    def to_domain(self) -> commands.ReleaseWebhooks:
        return commands.ReleaseWebhooks(
            registration_id=self.webhook, newest_first=self.order == "newest first", copies=self.copies
        )


class Redelivery(_Body):
    """How to send an event out of turn."""

    wrong_signature: bool = False


class Match(_Body):
    """Which calls a fault happens to; what is left out is any."""

    operation: Text | None = None
    reference: Text | None = None
    customer: Annotated[str, Field(pattern="^[0-9]{9,15}$")] | None = None


Seconds = Annotated[timedelta, Field(ge=timedelta(0), le=timedelta(minutes=5))]


class Until(_Body):
    """What a held call waits for: a call, a customer's action, a webhook that was answered, or that it is let go."""

    operation: Text | None = None
    customer: commands.CustomerAction | None = None
    webhook: EventName | None = None
    removed: Annotated[Literal[True] | None, Field(description="until the fault is removed")] = None
    reference: Text | None = None

    @model_validator(mode="after")
    def _is_one(self) -> "Until":
        if sum(one is not None for one in (self.operation, self.customer, self.webhook, self.removed)) != 1:
            raise ValueError("say one of `operation`, `customer`, `webhook` and `removed`")
        return self

    def to_domain(self) -> commands.Awaited:
        return commands.Awaited(
            operation=self.operation, customer=self.customer, webhook=self.webhook, reference=self.reference
        )


class Race(_Body):
    """A call's answer is held until something else has happened; *first* is which of the two is processed first."""

    until: Until
    first: Literal["held", "other"]
    patience: Seconds = timedelta(seconds=10)

    @model_validator(mode="after")
    def _can_come(self) -> "Race":
        if self.until.webhook is not None and self.first == "other":
            raise ValueError("a webhook cannot come before the call that brings it about: `first` must be `held`")
        return self


class Then(_Body):
    """What goes wrong: one of these."""

    answer: Literal[401, 423, 429, 500, 502, 503] | None = None
    delay: Seconds | None = None
    drop: Literal["before", "after"] | None = None
    garbage: Literal[True] | None = None
    slow: Seconds | None = None
    hold: Race | None = None

    @model_validator(mode="after")
    def _is_one(self) -> "Then":
        if sum(getattr(self, name) is not None for name in type(self).model_fields) != 1:
            raise ValueError("say one of `answer`, `delay`, `drop`, `garbage`, `slow` and `hold`")
        return self

    def to_domain(self) -> commands.Effect:
        if self.answer is not None:
            return commands.Answers(status=self.answer)
        if self.delay is not None:
            return commands.Waits(seconds=self.delay.total_seconds())
        if self.drop is not None:
            return commands.DropsConnection(processed=self.drop == "after")
        if self.slow is not None:
            return commands.Trickles(takes=self.slow.total_seconds())
        if self.hold is not None:
            patience = self.hold.patience.total_seconds()
            return commands.Holds(
                until=self.hold.until.to_domain(), is_first=self.hold.first == "held", patience=patience
            )
        return commands.Garbles()


class FaultNew(_Body):
    """What is to go wrong, with which calls, and how often."""

    match: Match = Field(default_factory=Match)
    times: Annotated[int, Field(ge=1, le=1_000_000)] | Literal["always"] = 1
    then: Then

    def to_domain(self) -> commands.ArmFault:
        return commands.ArmFault(
            operation=self.match.operation,
            reference=self.match.reference,
            phone_number=self.match.customer,
            times=None if self.times == "always" else self.times,
            effect=self.then.to_domain(),
        )


class Restore(_Body):
    """What a snapshot answered, as it was."""

    sandbox: str
    format: Literal[1]
    msn: str
    now: Instant
    frozen: bool
    facts: list[dict[str, Any]]


class SetClock(_Body):
    """Where to set the clock, and whether it is to stand still; what is left out stays as it is."""

    now: Instant | None = None
    frozen: bool | None = None


class Advance(_Body):
    """How far to move the clock forward: by a duration, to an instant, or to when something is due next."""

    by: Annotated[timedelta, Field(ge=timedelta(0), le=LONGEST)] | None = None
    to: Instant | Literal["next due"] | None = None

    @model_validator(mode="after")
    def _either(self) -> "Advance":
        if (self.by is None) == (self.to is None):
            raise ValueError("say either `by` or `to`")
        return self


class Following(_Body):
    """From where on to follow: what comes after number *after*."""

    after: Annotated[int, Field(ge=0, le=_BIGGEST)] = 0


class Paging(_Body):
    """Which part of a list: what comes after number *after*, at most *limit* entries."""

    after: Annotated[int, Field(ge=0, le=_BIGGEST)] = 0
    limit: Annotated[int, Field(ge=1, le=1000)] = 100


class Waiting(Paging):
    """Which part of a list, and how long to *wait* for it to have an entry."""

    wait: Annotated[timedelta, Field(ge=timedelta(0), le=timedelta(seconds=30))] = timedelta(0)


class DeliveriesAsked(Paging):
    """Which deliveries: those of one payment, of one registration, of one status."""

    reference: str | None = None
    registration: str | None = None
    status: DeliveryStatus | None = None
