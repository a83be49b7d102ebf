"""What the sandbox's own API answers, as types: the views are held to them, and the OpenAPI document tells them."""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from sandbox.control.models import AsSettings
from sandbox.domain.commands import CustomerAction, UserFlow
from sandbox.domain.customers import Persona
from sandbox.domain.money import Currency
from sandbox.domain.payments import PaymentState

__all__ = [
    "ClockMovedView",
    "ClockView",
    "CustomerView",
    "ExchangeView",
    "FactView",
    "FactsView",
    "HappenedView",
    "HealthView",
    "InstantText",
    "PaymentView",
    "PaymentsView",
    "PersonView",
    "ProblemView",
    "PushView",
    "RequestView",
    "RequestsView",
    "ScreenView",
    "UnitView",
    "UnitsView",
]

InstantText = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
DateText = Annotated[str, Field(json_schema_extra={"format": "date"})]


class ProblemView(TypedDict):
    """How the sandbox's own API says no: problem details (RFC 9457) whose detail is a sentence to act on."""

    type: str
    title: str
    status: int
    detail: str


class HealthView(TypedDict):
    status: Literal["ok"]
    version: str


class MoneyView(TypedDict):
    """An amount in minor units."""

    currency: Currency
    value: int


# --- Sales units and their clocks -----------------------------------------------------------------------


class ClockView(TypedDict):
    """What a sales unit's clock shows, and when something will happen by itself."""

    now: InstantText
    frozen: bool
    nextDue: InstantText | None


class HappenedView(TypedDict):
    """Something that happened by itself."""

    at: InstantText
    fact: str
    reference: str | None


class ClockMovedView(ClockView):
    """The clock, and what happened on the way, in order."""

    happened: list[HappenedView]


class CountsView(TypedDict):
    payments: int
    orders: int
    facts: int


class UnitView(TypedDict):
    """A sales unit."""

    msn: str
    settings: Annotated[dict[str, Any], AsSettings()]
    clock: ClockView
    counts: CountsView


class UnitsView(TypedDict):
    units: list[UnitView]


# --- Customers ------------------------------------------------------------------------------------------


class PersonView(TypedDict):
    name: str
    givenName: str
    familyName: str
    birthDate: DateText
    email: str
    emailVerified: bool
    address: str


class PushView(TypedDict):
    reminder: bool  # of a request that was sent before
    reference: str
    at: InstantText
    text: str


class RequestView(TypedDict):
    """A request as the phone shows it; *dueDate* is a date in the customer's country."""

    reference: str
    merchant: str
    organisation: str
    msn: str
    amount: MoneyView
    amountText: str
    description: str | None
    dueDate: DateText | None
    expiresAt: InstantText
    orderDetailsUrl: str | None
    asksFor: list[str]
    postponed: bool
    declined: str | None
    actions: list[CustomerAction]


class InboxView(TypedDict):
    pushes: list[PushView]
    pending: list[RequestView]


class ScreenView(TypedDict):
    shows: Literal["consent", "payment"]
    reference: str
    actions: list[CustomerAction]


class CustomerView(TypedDict):
    """The person behind a number, and what the phone shows now."""

    phoneNumber: str
    person: PersonView
    persona: Persona
    inbox: InboxView
    screen: ScreenView | None


# --- Lists ----------------------------------------------------------------------------------------------


class RefusalView(TypedDict):
    error: str
    detail: str


class FactView(TypedDict):
    """Something that happened; beside these, the members that this kind of fact has."""

    number: int
    fact: str
    at: InstantText
    refusal: NotRequired[RefusalView]  # that an Idempotency-Key remembers


class FactsView(TypedDict):
    facts: list[FactView]


class PaymentView(TypedDict):
    reference: str
    state: PaymentState
    amount: MoneyView
    authorized: int
    captured: int
    cancelled: int
    refunded: int
    userFlow: UserFlow
    phoneNumber: str | None
    createdAt: InstantText
    deadline: InstantText
    postponed: bool


class PaymentsView(TypedDict):
    payments: list[PaymentView]


class DocumentedView(TypedDict):
    title: str
    url: str | None


class FieldExplanationView(TypedDict):
    name: str
    reason: str
    accepted: str


class ExplanationView(TypedDict):
    """Why a call was refused: the rule, the state that it met, and what would have been accepted instead."""

    summary: str
    rule: str | None
    met: str | None
    accepted: str | None
    documented: DocumentedView | None
    fields: list[FieldExplanationView]


class ExchangeView(TypedDict):
    """A call to one of Vipps's APIs with its answer, secrets masked."""

    number: int
    at: InstantText
    operation: str | None
    method: str
    path: str
    query: str
    requestHeaders: dict[str, str]
    requestBody: str
    status: int
    responseBody: str
    notes: list[str]
    explanation: ExplanationView | None
    tookMs: float


class RequestsView(TypedDict):
    requests: list[ExchangeView]
