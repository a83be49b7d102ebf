"""What the sandbox's own API answers, as types: the views are held to them, and the OpenAPI document tells them."""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from sandbox.checklist import Verdict
from sandbox.control.models import AsSettings
from sandbox.domain.commands import CustomerAction, UserFlow
from sandbox.domain.customers import Persona
from sandbox.domain.due_times import DueKind
from sandbox.domain.event_names import EventName
from sandbox.domain.money import Currency
from sandbox.domain.payments import PaymentState
from sandbox.domain.webhook_book import DeliveryStatus

__all__ = [
    "AttemptView",
    "CardView",
    "ChecklistView",
    "ClockMovedView",
    "ClockView",
    "ClocksMovedView",
    "CustomerView",
    "DeliveriesView",
    "DeliveryView",
    "DueView",
    "ExchangeView",
    "FactView",
    "FactsView",
    "FaultView",
    "FaultsView",
    "HappenedView",
    "InstantText",
    "PaymentView",
    "PaymentsView",
    "PersonView",
    "ProblemView",
    "PushView",
    "RemovalView",
    "RequestView",
    "RequestsView",
    "ResetView",
    "ScreenView",
    "SnapshotView",
    "UnitView",
    "UnitsView",
    "WebhookView",
    "WebhooksView",
]

InstantText = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
DateText = Annotated[str, Field(json_schema_extra={"format": "date"})]


class ProblemView(TypedDict):
    """How the sandbox's own API says no: problem details (RFC 9457) whose detail is a sentence to act on."""

    type: str
    title: str
    status: int
    detail: str


class MoneyView(TypedDict):
    """An amount in minor units."""

    currency: Currency
    value: int


# --- Sales units and their clocks -----------------------------------------------------------------------


class DueView(TypedDict):
    at: InstantText
    what: DueKind
    reference: str | None


class ClockView(TypedDict):
    """What a sales unit's clock shows, and when something will happen by itself."""

    now: InstantText
    frozen: bool
    nextDue: InstantText | None
    due: list[DueView]  # what waits, soonest first, the first twenty


class HappenedView(TypedDict):
    """Something that happened by itself."""

    at: InstantText
    fact: str
    reference: str | None


class ClockMovedView(ClockView):
    """The clock, and what happened on the way, in order."""

    happened: list[HappenedView]


class ClocksMovedView(TypedDict):
    clocks: dict[str, ClockMovedView]  # by merchant serial number


class CountsView(TypedDict):
    payments: int
    orders: int
    facts: int


class UnitView(TypedDict):
    """A sales unit."""

    msn: str
    purpose: str | None
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


class CardView(TypedDict):
    """The card form of a payment: what can be done now, and why the last card was declined."""

    reference: str
    state: PaymentState
    steps: list[str]
    declined: str | None


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
    """A call to one of Vipps's APIs with its answer, secrets masked, and its place among the facts of the unit."""

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
    factsBefore: int
    factsBrought: int


class RequestsView(TypedDict):
    requests: list[ExchangeView]


# --- Webhooks -------------------------------------------------------------------------------------------


class WebhookView(TypedDict):
    """A webhook that is registered.

    *partner* is the client_id of the partner for all of whose sales units it is, null for this one's own;
    *failingSince* is when it began to answer nothing with success.
    """

    id: str
    url: str
    events: list[str]
    partner: str | None
    registeredAt: InstantText
    held: bool
    failingSince: InstantText | None
    waiting: int


class WebhooksView(TypedDict):
    webhooks: list[WebhookView]
    held: bool  # all of them
    waiting: int


class AttemptView(TypedDict):
    """One try to deliver an event; *at* on the sales unit's clock, *sentAt* on the wall clock."""

    number: int
    at: InstantText
    sentAt: InstantText
    url: str
    headers: dict[str, str]
    body: str
    signedString: str
    outOfTurn: bool
    wrongSignature: bool
    succeeded: bool
    status: int | None
    answer: str
    error: str | None
    tookMs: float
    again: InstantText | None


class DeliveryView(TypedDict):
    """What one webhook is told of one event; *waitsFor* is the event that has to be delivered before it."""

    id: str
    webhook: str
    reference: str
    event: EventName
    owedAt: InstantText
    status: DeliveryStatus
    waitsFor: EventName | None
    nextAttempt: InstantText | None
    attempts: list[AttemptView]


class DeliveriesView(TypedDict):
    deliveries: list[DeliveryView]


# --- Faults ---------------------------------------------------------------------------------------------


class MatchView(TypedDict):
    operation: str | None
    reference: str | None
    customer: str | None


class FaultView(TypedDict):
    id: str
    match: MatchView
    times: int | Literal["always"]
    then: dict[str, Any]
    fired: int
    spent: bool


class FaultsView(TypedDict):
    faults: list[FaultView]


# --- A sales unit made anew -----------------------------------------------------------------------------


class ResetView(TypedDict):
    """A sales unit made anew, and the faults of the old one that no call ever met."""

    unit: UnitView
    faultsNeverMet: list[FaultView]


class RemovalView(TypedDict):
    """The faults of a sales unit that is gone now which no call ever met."""

    faultsNeverMet: list[FaultView]


class SnapshotView(TypedDict):
    """All that has happened in a sales unit: what it can be restored from."""

    sandbox: str
    format: Literal[1]
    msn: str
    now: InstantText
    frozen: bool
    facts: list[dict[str, Any]]


# --- The checklist --------------------------------------------------------------------------------------


class EvidenceView(TypedDict):
    """What shows an item: the payment, and the call by its number in the request log."""

    reference: str | None
    request: int | None
    what: str


class ItemView(TypedDict):
    id: str
    title: str
    verdict: Verdict
    says: str
    evidence: list[EvidenceView]
    missing: list[str]  # of what is shown in parts and not seen yet: those that were not met
    isOmission: bool  # broken by what was left undone, which another sales unit may show
    isRecommended: bool
    howToShow: str | None  # of what is not seen yet
    scenarios: list[str]  # files that play it


class ChecklistView(TypedDict):
    """Vipps's go-live checklist, filled in from what the app did."""

    msn: str
    at: InstantText
    note: str | None  # what the list cannot tell
    items: list[ItemView]
