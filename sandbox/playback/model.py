"""The language of scenarios: one key `actor.action` per step.

A step that speaks of a payment without naming it means the one spoken of last.
"""

from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Annotated, Any, ClassVar, Final, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from sandbox.client import PaymentState
from sandbox.playback.nearest import instead

__all__ = [
    "STEPS",
    "Advance",
    "CreatePayment",
    "CustomerStep",
    "ExpectEvents",
    "ExpectPayment",
    "Freeze",
    "GetOrder",
    "GetPayment",
    "GetUserinfo",
    "Modification",
    "Open",
    "PutCategory",
    "Resume",
    "Scenario",
    "SeeDetails",
    "SeeInbox",
    "SetClock",
    "Step",
]

_EVENTS: Final = (
    *("CREATED", "AUTHORIZED", "CAPTURED", "CANCELLED", "REFUNDED"),
    *("ABORTED", "EXPIRED", "TERMINATED"),
)


def _one_of(what: str, known: Collection[str]) -> Callable[[str], str]:
    def checked(name: str) -> str:
        if name not in known:
            raise ValueError(f"there is no {what} {name!r}{instead(name, known)}")
        return name

    return checked


def _no_success(status: int) -> int:
    if status < 400:
        raise ValueError("a success needs no status: leave it out")
    return status


Phone = Annotated[str, Field(pattern=r"^\d{9,15}$")]
State = Annotated[str, AfterValidator(_one_of("state", [state.value for state in PaymentState]))]
EventName = Annotated[str, AfterValidator(_one_of("event", _EVENTS))]
RefusalStatus = Annotated[int, AfterValidator(_no_success)]


class Answer(BaseModel):
    """What a call is expected to be answered with; of a body, at least these members."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: RefusalStatus | None = None
    code: str | None = None  # Vipps's error code
    body: Any = None


class Step(BaseModel):
    """One step; *shorthand* names the field that a bare value stands for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: ClassVar[str]
    shorthand: ClassVar[str | None] = None

    @model_validator(mode="before")
    @classmethod
    def _from_shorthand(cls, value: Any) -> Any:
        if value is None:
            return {}
        if isinstance(value, dict) or cls.shorthand is None:
            return value
        return {cls.shorthand: value}


# --- The merchant ---------------------------------------------------------------------------------------


class CreatePayment(Step):
    """Create a payment, to be called *as* in later steps."""

    key = "merchant.create_payment"

    body: dict[str, Any]
    name: Annotated[str | None, Field(alias="as")] = None
    idempotency_key: str | None = None
    expect: Answer = Answer()


class GetPayment(Step):
    key = "merchant.get_payment"
    shorthand = "payment"

    payment: str | None = None
    expect: Answer = Answer()


class PutCategory(Step):
    """Attach a link to an order, whether or not its payment exists."""

    key = "merchant.put_category"

    order: str
    body: dict[str, Any]
    payment_type: str = "ecom"
    expect: Answer = Answer()


class GetOrder(Step):
    key = "merchant.get_order"

    order: str
    payment_type: str = "ecom"
    expect: Answer = Answer()


class GetUserinfo(Step):
    """Ask who paid, with the `sub` of the payment."""

    key = "merchant.get_userinfo"
    shorthand = "payment"

    payment: str | None = None
    expect: Answer = Answer()


class Modification(Step):
    """Capture, refund or cancel; without an amount, all that can be."""

    payment: str | None = None
    amount: int | None = None  # minor units
    idempotency_key: str | None = None
    expect: Answer = Answer()


class Capture(Modification):
    key = "merchant.capture"
    shorthand = "payment"


class Refund(Modification):
    key = "merchant.refund"
    shorthand = "payment"


class Cancel(Step):
    key = "merchant.cancel"
    shorthand = "payment"

    payment: str | None = None
    cancel_transaction_only: bool = False
    expect: Answer = Answer()


# --- The customer ---------------------------------------------------------------------------------------


class CustomerStep(Step):
    """Something that the customer does on the phone; *phone* is whoever the payment was created for.

    A request that is not open is opened first.
    """

    shorthand = "payment"
    action: ClassVar[str]

    payment: str | None = None
    phone: Phone | None = None


class Open(CustomerStep):
    key = "customer.open"
    action = "open"


class Share(CustomerStep):
    key = "customer.share"
    action = "share"


class Refuse(CustomerStep):
    key = "customer.refuse"
    action = "refuse"


class Approve(CustomerStep):
    key = "customer.approve"
    action = "approve"


class Reject(CustomerStep):
    key = "customer.reject"
    action = "reject"


class PayLater(CustomerStep):
    key = "customer.pay_later"
    action = "pay-later"


class DeclineCard(CustomerStep):
    """Try to pay, with a card that is declined."""

    key = "customer.decline_card"
    action = "decline-card"


class SeeDetails(Step):
    """Look at a request: *expect* holds at least what the phone must show of it."""

    key = "customer.see_details"
    shorthand = "payment"

    payment: str | None = None
    phone: Phone | None = None
    expect: dict[str, Any] = Field(default_factory=dict)


class SeeInbox(Step):
    """Look at the list: how many requests wait."""

    key = "customer.see_inbox"

    phone: Phone
    pending: int


# --- Time -----------------------------------------------------------------------------------------------


class Advance(Step):
    """Move the clock forward, by a duration or to an instant; all that falls due on the way happens."""

    key = "time.advance"
    shorthand = "by"

    by: timedelta | None = None
    to: AwareDatetime | None = None

    @model_validator(mode="after")
    def _either(self) -> Self:
        if (self.by is None) == (self.to is None):
            raise ValueError("say either `by` (such as P1D) or `to` (such as 2023-09-15T00:00:00Z)")
        return self


class SetClock(Step):
    """Set the clock to an instant, forward or back."""

    key = "time.set"
    shorthand = "now"

    now: AwareDatetime


class Freeze(Step):
    """Let the clock stand still until `time.resume`."""

    key = "time.freeze"


class Resume(Step):
    key = "time.resume"


# --- Expectations ---------------------------------------------------------------------------------------


class ExpectPayment(Step):
    """What a payment must look like to the merchant; amounts in minor units."""

    key = "expect.payment"

    payment: str | None = None
    state: State | None = None
    authorized: int | None = None
    captured: int | None = None
    cancelled: int | None = None
    refunded: int | None = None


class ExpectEvents(Step):
    """The names in a payment's event log, all of them, in order."""

    key = "expect.events"
    shorthand = "events"

    events: list[EventName]
    payment: str | None = None


STEPS: dict[str, type[Step]] = {
    step.key: step
    for step in (
        *(CreatePayment, GetPayment, PutCategory, GetOrder, GetUserinfo, Capture, Refund, Cancel),
        *(Open, Share, Refuse, Approve, Reject, PayLater, DeclineCard, SeeDetails, SeeInbox),
        *(Advance, SetClock, Freeze, Resume, ExpectPayment, ExpectEvents),
    )
}


class Scenario(BaseModel):
    """A story: what it is called, when it begins, and what happens."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    scenario: str
    about: str | None = None  # when it matters
    clock: AwareDatetime | None = None  # of the sales unit, at the beginning
    settings: dict[str, Any] = Field(default_factory=dict)  # of the sales unit, in camelCase
    steps: Annotated[list[Any], Field(min_length=1)]
