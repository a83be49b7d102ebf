"""What has happened in a sales unit: the words of its journal.

Facts are past and final; state is their fold and nothing else. They carry plain values only, so that a journal
can be written down and read back. *at* is an instant on the unit's own clock.
"""

from dataclasses import dataclass
from datetime import datetime

from sandbox.domain.commands import AttachCategory, AttachReceipt, Capture, CreatePayment, Refund
from sandbox.domain.errors import Refusal
from sandbox.domain.money import Amount
from sandbox.domain.sales_unit import UnitSettings

__all__ = [
    "CardDeclined",
    "CategoryAttached",
    "CategoryRemoved",
    "ClockSet",
    "ConsentGiven",
    "Fact",
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
    "UnitConfigured",
    "UnitProvisioned",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    at: datetime


# --- The unit itself ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitProvisioned(Fact):
    """A sales unit came to be; always the first fact of its journal."""

    msn: str
    settings: UnitSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitConfigured(Fact):
    settings: UnitSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSet(Fact):
    """At the real instant *real* the unit's clock was made to show *at*, and to run on or stand still."""

    real: datetime
    frozen: bool


# --- The life of a payment ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFact(Fact):
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentCreated(PaymentFact):
    """The merchant created a payment; unanswered, it expires at *deadline*."""

    command: CreatePayment
    deadline: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PushSent(PaymentFact):
    """The request went to a phone, with a push."""

    phone_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentOpened(PaymentFact):
    """The customer looks at the request, having tapped the push, the list or a link."""

    phone_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentGiven(PaymentFact):
    phone_number: str
    scope: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardDeclined(PaymentFact):
    """The customer tried to pay and the card was declined; invisible to the merchant."""

    phone_number: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentPostponed(PaymentFact):
    """The customer tapped *I'll pay later*; invisible to the merchant."""

    phone_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentProcessing(PaymentFact):
    """The customer approved, and the outcome will be known at *until*."""

    phone_number: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentAuthorized(PaymentFact):
    """The customer approved; the amount is reserved, to be captured before *capture_by*.

    *scope* is what the merchant may now read about the customer.
    """

    phone_number: str
    amount: Amount
    scope: tuple[str, ...]
    capture_by: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentAborted(PaymentFact):
    """The customer said no."""

    because: str  # "rejected", "consent refused", "landing page cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentExpired(PaymentFact):
    """Nobody answered in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentTerminated(PaymentFact):
    """The merchant cancelled before approval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentCaptured(PaymentFact):
    amount: Amount
    command: Capture


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentCancelled(PaymentFact):
    """The merchant released all that was not captured."""

    amount: Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRefunded(PaymentFact):
    amount: Amount
    command: Refund


# --- Around payments ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedOperationRefused(Fact):
    """An operation with an Idempotency-Key was refused, and the key remembers it."""

    key: tuple[str, str, str]  # where the Idempotency-Key counts; see `state.operation_key`
    content: str  # a digest of what was asked
    refusal: Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryAttached(Fact):
    category_id: str
    command: AttachCategory


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryRemoved(Fact):
    category_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptAttached(Fact):
    command: AttachReceipt


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageUploaded(Fact):
    """A picture was uploaded, for good; *width* and *height* in pixels."""

    image_id: str
    media_type: str
    width: int
    height: int
    content: bytes
