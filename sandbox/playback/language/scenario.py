"""A story as a whole: what it is called, what is given when it begins, and what happens."""

from datetime import timedelta
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from sandbox.playback.language import clock, customer, expect, merchant, network
from sandbox.playback.language.base import EventName, Instant, Name, Persona, Phone, Setting, Step, Text, duration

__all__ = ["STEPS", "Given", "Person", "Repeat", "Scenario"]

STEPS: dict[str, type[Step]] = {
    step.key: step
    for step in (
        *(merchant.GetToken, merchant.CreatePayment, merchant.GetPayment, merchant.GetEvents),
        *(merchant.Capture, merchant.Refund, merchant.Cancel, merchant.ForceApprove),
        *(merchant.PutCategory, merchant.AddCategory, merchant.GetCategories, merchant.DeleteCategory),
        *(merchant.AddReceipt, merchant.UploadImage, merchant.GetOrder, merchant.GetUserinfo, merchant.Call),
        *(merchant.RegisterWebhook, merchant.GetWebhooks, merchant.DeleteWebhook, merchant.Trigger),
        *(customer.EnterNumber, customer.LeaveLandingPage, customer.Open, customer.Share, customer.Refuse),
        *(customer.Approve, customer.Reject, customer.PayLater, customer.DeclineCard),
        *(customer.SeeDetails, customer.SeeInbox, customer.ReturnToMerchant, customer.Is),
        *(customer.WithdrawConsent,),
        *(customer.EnterCard, customer.ConfirmCard, customer.DenyCard),
        *(clock.Advance, clock.SetClock, clock.Freeze, clock.Resume),
        *(expect.ExpectPayment, expect.ExpectEvents, expect.ExpectNever, expect.ExpectScreen),
        *(expect.ExpectUserinfo, expect.ExpectEqual, expect.ExpectChecklist),
        *(expect.ExpectWebhooks, expect.ExpectNoWebhook),
        *(network.Drop, network.Answer, network.Delay, network.Garble, network.Clear),
        *(network.HoldWebhooks, network.ReleaseWebhooks, network.ReceiverDown, network.ReceiverUp),
        *(network.ForgeWebhook,),
    )
}


_LONGEST: Final = timedelta(hours=1)


def _limit(value: Any) -> timedelta:
    limit = duration(value)
    if not isinstance(limit, timedelta) or not timedelta(0) < limit <= _LONGEST:
        raise ValueError("say a duration of at most PT1H, such as PT10S")
    return limit


Limit = Annotated[timedelta, BeforeValidator(_limit), WithJsonSchema({"type": "string", "pattern": "^P"})]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Person(_Part):
    """Somebody with a phone, by number, or by how they answer: then with the number that answers so."""

    phone: Phone | None = None
    persona: Persona | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_number(cls, value: Any) -> Any:
        return value if isinstance(value, dict) else {"phone": value}

    @model_validator(mode="after")
    def _either(self) -> Self:
        if (self.phone is None) == (self.persona is None):
            raise ValueError("say either `phone` or `persona`")
        return self


def _by_name(people: Any) -> Any:
    if not isinstance(people, dict):
        raise ValueError('give everybody a name, such as {ada: "4791234567"}')  # noqa: TRY004 - pydantic takes no other
    return people


class Given(_Part):
    """How things are when the story begins."""

    clock: Annotated[Instant | None, Field(description="what the clock of the sales unit shows")] = None
    unit: Annotated[dict[Setting, Any], Field(description="settings of the sales unit, in camelCase")] = Field(
        default_factory=dict
    )
    webhooks: Annotated[
        list[EventName] | None,
        Field(min_length=1, description="events that a webhook is registered for, as by merchant.register_webhook"),
    ] = None
    people: Annotated[
        dict[Name, Person], BeforeValidator(_by_name), Field(description="who is spoken of, such as ${ada.phone}")
    ] = Field(default_factory=dict)


class Repeat(_Part):
    """Steps that happen several times: so many *times*, counted *from* a number, or once for *each* entry."""

    times: Annotated[int | None, Field(strict=True, ge=1, le=1000)] = None
    begin: Annotated[int, Field(strict=True, ge=0, le=10**12, alias="from")] = 1
    each: Annotated[list[Any] | None, Field(min_length=1)] = None
    name: Annotated[Name, Field(alias="as", description="what the number or the entry is called")] = "n"
    steps: Annotated[list[Any], Field(min_length=1)]

    @model_validator(mode="after")
    def _either(self) -> Self:
        if (self.times is None) == (self.each is None):
            raise ValueError("say either `times` or `each`")
        return self

    def rounds(self) -> list[Any]:
        if self.each is not None:
            return self.each
        return list(range(self.begin, self.begin + (self.times or 0)))


class Scenario(_Part):
    """A story: what it is called, when it begins, and what happens."""

    scenario: Annotated[Text, Field(min_length=1, description="what the story is called: a sentence")]
    about: Annotated[Text | None, Field(description="when it matters")] = None
    given: Given = Given()
    clock: Annotated[Instant | None, Field(description="short for `given: {clock: …}`")] = None
    settings: Annotated[dict[Setting, Any], Field(description="short for `given: {unit: …}`")] = Field(
        default_factory=dict
    )
    include: Annotated[list[Text], Field(description="files of this folder whose steps come first")] = Field(
        default_factory=list
    )
    each: Annotated[
        list[Annotated[dict[Name, Any], Field(min_length=1)]] | None,
        Field(min_length=1, description="cases: the story is played once with the members of each"),
    ] = None
    limit: Annotated[Limit | None, Field(description="how long playing it may take, in real time")] = None
    steps: Annotated[list[Any], Field(min_length=1)]

    @model_validator(mode="before")
    @classmethod
    def _one_file(cls, value: Any) -> Any:
        if isinstance(value, dict) and isinstance(value.get("include"), str):
            return value | {"include": [value["include"]]}
        return value

    @model_validator(mode="after")
    def _once(self) -> Self:
        if self.clock is not None and self.given.clock is not None:
            raise ValueError("the clock is given twice: as `clock` and as `given.clock`")
        if self.settings and self.given.unit:
            raise ValueError("the sales unit is given twice: as `settings` and as `given.unit`")
        return self
