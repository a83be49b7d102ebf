"""What has happened in a sales unit: the words of its journal.

Facts are past and final; state is their fold and nothing else. They carry plain values only, so that a journal
can be written down and read back. *at* is an instant on the unit's own clock.
"""

from datetime import datetime, timedelta

from sandbox.domain.commands import (
    ArmFault,
    AttachCategory,
    AttachReceipt,
    Capture,
    CreatePayment,
    Refund,
    ShippingGroup,
    ShippingOption,
)
from sandbox.domain.customers import CustomerSettings
from sandbox.domain.errors import Refusal
from sandbox.domain.event_names import EventName
from sandbox.domain.money import Amount
from sandbox.domain.sales_unit import UnitSettings
from sandbox.domain.values import value

__all__ = [
    "CardDeclined",
    "CardEntered",
    "CategoryAttached",
    "CategoryRemoved",
    "ClockSet",
    "ConsentForgotten",
    "ConsentGiven",
    "CustomerConfigured",
    "DeliveryAsked",
    "Fact",
    "FaultArmed",
    "FaultFired",
    "FaultRemoved",
    "ImageUploaded",
    "KeyedOperationRefused",
    "PaymentAborted",
    "PaymentAuthorized",
    "PaymentCancelled",
    "PaymentCaptured",
    "PaymentCreated",
    "PaymentExpired",
    "PaymentFact",
    "PaymentOpened",
    "PaymentPostponed",
    "PaymentProcessing",
    "PaymentRefunded",
    "PaymentTerminated",
    "PushSent",
    "ReceiptAttached",
    "ReminderSent",
    "ShippingOffered",
    "ShippingRefused",
    "UnitConfigured",
    "UnitProvisioned",
    "UnitRestored",
    "WebhookAttempted",
    "WebhookDropped",
    "WebhookRegistered",
    "WebhookRemoved",
    "WebhooksHeld",
    "WebhooksReleased",
]


@value
class Fact:
    at: datetime


# --- The unit itself ------------------------------------------------------------------------------------


@value
class UnitProvisioned(Fact):
    """A sales unit came to be; always the first fact of its journal."""

    msn: str
    settings: UnitSettings


@value
class UnitConfigured(Fact):
    settings: UnitSettings


@value
class ClockSet(Fact):
    """At the real instant *real* the unit's clock was made to show *at*, and to run on or stand still.

    *by* is how far it was to be moved, if that is what was asked.
    """

    real: datetime
    frozen: bool
    by: timedelta | None = None


@value
class UnitRestored(Fact):
    """At the real instant *real* the unit was made anew from a snapshot, with its clock at *at* as it was then."""

    real: datetime
    frozen: bool


# --- The life of a payment ------------------------------------------------------------------------------


@value
class PaymentFact(Fact):
    reference: str


@value
class PaymentCreated(PaymentFact):
    """The merchant created a payment; unanswered, it expires at *deadline*.

    With *confirm_within* that is the deadline of the first step only: whoever has taken it, by entering a number or
    a card or by opening the app, has so long to approve.
    """

    command: CreatePayment
    deadline: datetime
    confirm_within: timedelta | None = None


@value
class PushSent(PaymentFact):
    """The request went to a phone, with a push."""

    phone_number: str


@value
class PaymentOpened(PaymentFact):
    """The customer looks at the request, having tapped the push, the list or a link."""

    phone_number: str


@value
class ConsentGiven(PaymentFact):
    phone_number: str
    scope: tuple[str, ...]


@value
class CardEntered(PaymentFact):
    """A card number was typed into the card form, and the bank asks for proof; all but ten digits are stars."""

    number: str


@value
class CardDeclined(PaymentFact):
    """The customer tried to pay and the card was declined; invisible to the merchant.

    *phone_number* is None on the card form, which knows no phone.
    """

    phone_number: str | None
    because: str


@value
class ShippingOffered(PaymentFact):
    """The merchant told how it can ship to the customer's address."""

    phone_number: str
    groups: tuple[ShippingGroup, ...]


@value
class ShippingRefused(PaymentFact):
    """The merchant cannot ship to the customer's address, or has not answered as it must."""

    phone_number: str
    because: str


@value
class PaymentPostponed(PaymentFact):
    """The customer tapped *I'll pay later*; invisible to the merchant."""

    phone_number: str


@value
class PaymentProcessing(PaymentFact):
    """The customer approved, and the outcome will be known at *until*."""

    phone_number: str
    until: datetime
    shipping: ShippingOption | None = None  # that the customer chose


@value
class PaymentAuthorized(PaymentFact):
    """The customer approved; the amount is reserved, to be captured before *capture_by*.

    *scope* is what the merchant may now read about the customer, *phone_number* None for a payment by card, and
    *amount* is with the shipping that the customer chose.
    """

    phone_number: str | None
    amount: Amount
    scope: tuple[str, ...]
    capture_by: datetime
    shipping: ShippingOption | None = None


@value
class PaymentAborted(PaymentFact):
    """The customer said no."""

    because: str  # "rejected", "consent refused", "landing page cancelled", "browser went back"


@value
class PaymentExpired(PaymentFact):
    """Nobody answered in time."""


@value
class PaymentTerminated(PaymentFact):
    """The merchant cancelled before approval."""


@value
class PaymentCaptured(PaymentFact):
    amount: Amount
    command: Capture


@value
class PaymentCancelled(PaymentFact):
    """The merchant released all that was not captured."""

    amount: Amount


@value
class PaymentRefunded(PaymentFact):
    amount: Amount
    command: Refund


# --- Customers ------------------------------------------------------------------------------------------


@value
class CustomerConfigured(Fact):
    customer: CustomerSettings


@value
class ConsentForgotten(Fact):
    """A customer withdrew all consent; what could be read by then stays readable for its time."""

    phone_number: str


@value
class ReminderSent(Fact):
    """A phone was reminded of a payment that still waits; it changes nothing about it."""

    reference: str
    phone_number: str


# --- Around payments ------------------------------------------------------------------------------------


@value
class KeyedOperationRefused(Fact):
    """An operation with an Idempotency-Key was refused, and the key remembers it."""

    key: tuple[str, str, str]  # where the Idempotency-Key counts; see `state.operation_key`
    content: str  # a digest of what was asked
    refusal: Refusal


@value
class CategoryAttached(Fact):
    category_id: str
    command: AttachCategory


@value
class CategoryRemoved(Fact):
    category_id: str


@value
class ReceiptAttached(Fact):
    command: AttachReceipt


@value
class ImageUploaded(Fact):
    """A picture was uploaded, for good; *width* and *height* in pixels."""

    image_id: str
    media_type: str
    width: int
    height: int
    content: bytes


# --- Webhooks -------------------------------------------------------------------------------------------


@value
class WebhookRegistered(Fact):
    registration_id: str
    url: str
    events: tuple[str, ...]
    secret: str
    partner: str | None = None  # the client_id of the partner for all of whose sales units it is


@value
class WebhookRemoved(Fact):
    """A registration ended, and with it all that it was still owed."""

    registration_id: str
    because: str  # "deleted", "unresponsive for two weeks"


@value
class WebhookAttempted(Fact):
    """An event was sent to a registration, or could not be."""

    delivery_id: str
    registration_id: str
    reference: str
    event: EventName
    number: int  # of the try, from 1
    out_of_turn: bool  # a tester asked for it
    wrong_signature: bool  # on purpose
    sent_at: datetime  # on the wall clock
    sent_to: str  # the URL that was really called
    headers: tuple[tuple[str, str], ...]
    body: bytes
    signed: str  # the string that the signature is of
    status: int | None  # that was answered
    answer: str  # the beginning of the answer's body
    error: str | None  # why there is no answer
    took: float  # seconds
    succeeded: bool
    again: datetime | None  # when it is tried again; None if it succeeded, or if this was the last try


@value
class WebhookDropped(Fact):
    """An event will never be delivered to a registration."""

    delivery_id: str
    because: str


@value
class WebhooksHeld(Fact):
    """A tester keeps events from going out; None stands for all registrations."""

    registration_id: str | None


@value
class WebhooksReleased(Fact):
    """A tester let all that waits go out."""

    registration_id: str | None
    newest_first: bool
    copies: int


@value
class DeliveryAsked(Fact):
    """A tester had an event sent out of turn."""

    delivery_id: str
    wrong_signature: bool


# --- Faults ---------------------------------------------------------------------------------------------


@value
class FaultArmed(Fact):
    fault_id: str
    command: ArmFault


@value
class FaultFired(Fact):
    """A fault happened to a call."""

    fault_id: str
    operation: str
    reference: str | None


@value
class FaultRemoved(Fact):
    fault_id: str
