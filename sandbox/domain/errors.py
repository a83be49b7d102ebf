"""What a sales unit refuses, each refusal a class of its own that carries what was asked and what was allowed.

    Refusal
    ├── CreateRefusal               a payment cannot be created
    │   ├── AmountTooSmall · CurrencyNotAllowed
    │   ├── PhoneNumberInvalid · UrlInvalid · ScopeInvalid · ScopeIllegal · ParameterRequired
    │   ├── MetadataTooMany · MetadataKeyTooLong · MetadataValueTooLong
    │   ├── ExpiryTooSoon · ExpiryTooLate · LongLivingNotAllowed · ReceiptRequired
    │   └── PushMessageNotAllowed · CustomerNotFound · PaymentCannotBeCreated
    ├── ReferenceTaken · UnknownReference
    ├── KeyReused                   CreateKeyReused · CaptureKeyReused · RefundKeyReused
    ├── CaptureRefusal
    │   ├── CaptureBeforeApproval · CaptureOfEndedPayment · CaptureOfCancelledPayment
    │   ├── CaptureTooHigh · AlreadyCaptured · PartialCaptureNotAllowed · CapturePeriodExpired
    │   └── FundsUnavailable · CaptureFailed
    ├── CancelRefusal
    │   ├── CancelOfCapturedPayment · CancelOfEndedPayment · CancelOfAuthorizedPayment
    │   └── CancelPeriodExpired · CancelOfProcessingPayment
    ├── RefundRefusal
    │   ├── RefundBeforeApproval · RefundTooHigh · AlreadyRefunded · RefundPeriodExpired
    │   └── RefundNotConfigured
    ├── PaymentLocked · AmountInvalid · ModificationAmountInvalid
    ├── ApproveRefusal              ApproveFailed · AlreadyApproved
    ├── NotOnScreen                 the customer's phone does not show that now
    ├── OrderRefusal                OrderUnknown · OrderUrlInvalid
    └── UserInfoRefusal             UnknownSub · UserInfoWindowOver

The text of a refusal is for the merchant's developer. Which code and status an API answers with is the
API's own business (its `problems` module). Source: ePayment guide, "Errors".
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sandbox.domain.money import Amount, Currency

__all__ = [
    "AlreadyApproved",
    "AlreadyCaptured",
    "AlreadyRefunded",
    "AmountInvalid",
    "AmountTooSmall",
    "ApproveFailed",
    "ApproveRefusal",
    "CancelOfAuthorizedPayment",
    "CancelOfCapturedPayment",
    "CancelOfEndedPayment",
    "CancelOfProcessingPayment",
    "CancelPeriodExpired",
    "CancelRefusal",
    "CaptureBeforeApproval",
    "CaptureFailed",
    "CaptureKeyReused",
    "CaptureOfCancelledPayment",
    "CaptureOfEndedPayment",
    "CapturePeriodExpired",
    "CaptureRefusal",
    "CaptureTooHigh",
    "CreateKeyReused",
    "CreateRefusal",
    "CurrencyNotAllowed",
    "CustomerNotFound",
    "ExpiryTooLate",
    "ExpiryTooSoon",
    "FundsUnavailable",
    "KeyReused",
    "LongLivingNotAllowed",
    "MetadataKeyTooLong",
    "MetadataTooMany",
    "MetadataValueTooLong",
    "ModificationAmountInvalid",
    "NotOnScreen",
    "OrderRefusal",
    "OrderUnknown",
    "OrderUrlInvalid",
    "ParameterRequired",
    "PartialCaptureNotAllowed",
    "PaymentCannotBeCreated",
    "PaymentLocked",
    "PhoneNumberInvalid",
    "PushMessageNotAllowed",
    "ReceiptRequired",
    "ReferenceTaken",
    "RefundBeforeApproval",
    "RefundKeyReused",
    "RefundNotConfigured",
    "RefundPeriodExpired",
    "RefundRefusal",
    "RefundTooHigh",
    "Refusal",
    "ScopeIllegal",
    "ScopeInvalid",
    "UnknownReference",
    "UnknownSub",
    "UrlInvalid",
    "UserInfoRefusal",
    "UserInfoWindowOver",
]


@dataclass(unsafe_hash=True)
class Refusal(Exception):
    """What was asked is not allowed; nothing happened."""

    sticky: ClassVar[bool] = False  # whether it stays the answer to its Idempotency-Key

    def __str__(self) -> str:
        raise NotImplementedError


# --- Creating a payment ---------------------------------------------------------------------------------


@dataclass(unsafe_hash=True)
class CreateRefusal(Refusal):
    sticky: ClassVar[bool] = True


@dataclass(unsafe_hash=True)
class AmountInvalid(Refusal):
    parameter: str

    def __str__(self) -> str:
        return f"{self.parameter} must be a whole number of minor units."


@dataclass(unsafe_hash=True)
class AmountTooSmall(CreateRefusal):
    asked: Amount
    minimum: int

    def __str__(self) -> str:
        return f"The amount {self.asked} is below the minimum of {self.minimum} {self.asked.currency}."


@dataclass(unsafe_hash=True)
class CurrencyNotAllowed(CreateRefusal):
    asked: Currency
    allowed: tuple[Currency, ...]

    def __str__(self) -> str:
        return f"The sales unit takes {' or '.join(self.allowed)}, not {self.asked}."


@dataclass(unsafe_hash=True)
class PhoneNumberInvalid(CreateRefusal):
    asked: str

    def __str__(self) -> str:
        return (
            f"The phone number {self.asked!r} is not an MSISDN: 9 to 15 digits with country code, "
            "without plus sign and blanks, such as 4791234567."
        )


@dataclass(unsafe_hash=True)
class UrlInvalid(CreateRefusal):
    parameter: str
    asked: str

    def __str__(self) -> str:
        return f"The parameter {self.parameter} is invalid."


@dataclass(unsafe_hash=True)
class ScopeInvalid(CreateRefusal):
    asked: str
    allowed: tuple[str, ...]

    def __str__(self) -> str:
        return f"The scope {self.asked} is invalid."


@dataclass(unsafe_hash=True)
class ScopeIllegal(CreateRefusal):
    sticky: ClassVar[bool] = False  # may be granted, and then retried with the same key
    asked: str
    msn: str

    def __str__(self) -> str:
        return f"The scope {self.asked} is illegal. MSN {self.msn} has no permission to ask for it."


@dataclass(unsafe_hash=True)
class ParameterRequired(CreateRefusal):
    parameter: str
    because: str

    def __str__(self) -> str:
        return f"The parameter {self.parameter} is required. {self.because}"


@dataclass(unsafe_hash=True)
class MetadataTooMany(CreateRefusal):
    asked: int
    allowed: int

    def __str__(self) -> str:
        return f"metadata has {self.asked} pairs; {self.allowed} are allowed."


@dataclass(unsafe_hash=True)
class MetadataKeyTooLong(CreateRefusal):
    asked: int
    allowed: int

    def __str__(self) -> str:
        return f"A metadata key has {self.asked} characters; {self.allowed} are allowed."


@dataclass(unsafe_hash=True)
class MetadataValueTooLong(CreateRefusal):
    key: str
    asked: int
    allowed: int

    def __str__(self) -> str:
        return f"The metadata value of {self.key!r} has {self.asked} characters; {self.allowed} are allowed."


@dataclass(unsafe_hash=True)
class ExpiryTooSoon(CreateRefusal):
    asked: datetime
    earliest: datetime  # exclusive

    def __str__(self) -> str:
        return f"expiresAt {_text(self.asked)} is too soon: it must be after {_text(self.earliest)}."


@dataclass(unsafe_hash=True)
class ExpiryTooLate(CreateRefusal):
    asked: datetime
    latest: datetime  # exclusive

    def __str__(self) -> str:
        return f"expiresAt {_text(self.asked)} is too late: it must be before {_text(self.latest)}."


@dataclass(unsafe_hash=True)
class LongLivingNotAllowed(CreateRefusal):
    sticky: ClassVar[bool] = False  # may be granted, and then retried with the same key
    msn: str

    def __str__(self) -> str:
        return f"MSN {self.msn} is not allowed to create long-living payments."


@dataclass(unsafe_hash=True)
class ReceiptRequired(CreateRefusal):
    reference: str

    def __str__(self) -> str:
        return f"Payment {self.reference} has expiresAt, and long-living payments need a receipt."


@dataclass(unsafe_hash=True)
class PushMessageNotAllowed(CreateRefusal):
    sticky: ClassVar[bool] = False  # may be granted, and then retried with the same key
    msn: str

    def __str__(self) -> str:
        return f"MSN {self.msn} is not allowed to use the user flow PUSH_MESSAGE."


@dataclass(unsafe_hash=True)
class CustomerNotFound(CreateRefusal):
    """No user, a user who may not pay businesses, or one too young: the answer never tells which."""

    sticky: ClassVar[bool] = False  # the number may become a customer's
    phone_number: str

    def __str__(self) -> str:
        return "The customer was not found, or cannot pay businesses."


@dataclass(unsafe_hash=True)
class PaymentCannotBeCreated(CreateRefusal):
    because: str

    def __str__(self) -> str:
        return f"The payment cannot be created because of a missing precondition: {self.because}"


@dataclass(unsafe_hash=True)
class ReferenceTaken(Refusal):
    reference: str

    def __str__(self) -> str:
        return f"Reference {self.reference} already exists."


@dataclass(unsafe_hash=True)
class UnknownReference(Refusal):
    reference: str
    msn: str

    def __str__(self) -> str:
        return f"The reference {self.reference} does not exist for MSN {self.msn}"


# --- Idempotency keys -----------------------------------------------------------------------------------


@dataclass(unsafe_hash=True)
class KeyReused(Refusal):
    """The Idempotency-Key came before, with other content."""

    idempotency_key: str

    def __str__(self) -> str:
        return f"Idempotency-Key {self.idempotency_key} already exists."


@dataclass(unsafe_hash=True)
class CreateKeyReused(KeyReused): ...


@dataclass(unsafe_hash=True)
class CaptureKeyReused(KeyReused): ...


@dataclass(unsafe_hash=True)
class RefundKeyReused(KeyReused): ...


# --- Capture --------------------------------------------------------------------------------------------


@dataclass(unsafe_hash=True)
class CaptureRefusal(Refusal):
    sticky: ClassVar[bool] = True
    reference: str
    asked: Amount


@dataclass(unsafe_hash=True)
class CaptureBeforeApproval(CaptureRefusal):
    def __str__(self) -> str:
        return (
            f"{self.asked} cannot be captured of {self.reference}: the amount is not reserved. "
            "The user must accept the payment before capture can be done."
        )


@dataclass(unsafe_hash=True)
class CaptureOfEndedPayment(CaptureRefusal):
    state: str

    def __str__(self) -> str:
        return f"Reference {self.reference} cannot be captured. Invalid state: {self.state}."


@dataclass(unsafe_hash=True)
class CaptureOfCancelledPayment(CaptureRefusal):
    cancelled: Amount

    def __str__(self) -> str:
        return f"{self.asked} cannot be captured of {self.reference}: {self.cancelled} have been cancelled."


@dataclass(unsafe_hash=True)
class CaptureTooHigh(CaptureRefusal):
    allowed: Amount

    def __str__(self) -> str:
        return f"{self.asked} were asked of {self.reference}; {self.allowed} are left to capture."


@dataclass(unsafe_hash=True)
class AlreadyCaptured(CaptureRefusal):
    captured: Amount

    def __str__(self) -> str:
        return f"All of {self.reference} has been captured: {self.captured}."


@dataclass(unsafe_hash=True)
class PartialCaptureNotAllowed(CaptureRefusal):
    allowed: Amount

    def __str__(self) -> str:
        return f"The sales unit must capture the full amount of {self.reference}: {self.allowed}, not {self.asked}."


@dataclass(unsafe_hash=True)
class CapturePeriodExpired(CaptureRefusal):
    deadline: datetime

    def __str__(self) -> str:
        return f"{self.reference} could be captured until {_text(self.deadline)}."


@dataclass(unsafe_hash=True)
class FundsUnavailable(CaptureRefusal):
    sticky: ClassVar[bool] = False  # to be retried with the same key

    def __str__(self) -> str:
        return f"The funds for {self.asked} of {self.reference} are unavailable."


@dataclass(unsafe_hash=True)
class CaptureFailed(CaptureRefusal):
    sticky: ClassVar[bool] = False  # to be retried with the same key

    def __str__(self) -> str:
        return f"The capture of {self.asked} of {self.reference} failed; try again later."


@dataclass(unsafe_hash=True)
class PaymentLocked(Refusal):
    reference: str

    def __str__(self) -> str:
        return "Order locked and is already processing"


@dataclass(unsafe_hash=True)
class ModificationAmountInvalid(Refusal):
    reference: str
    asked: Amount
    currency: Currency  # that the payment is in

    def __str__(self) -> str:
        return (
            f"{self.asked} is not an amount to capture or refund of {self.reference}: "
            f"it must be more than 0, in {self.currency}."
        )


# --- Cancel ---------------------------------------------------------------------------------------------


@dataclass(unsafe_hash=True)
class CancelRefusal(Refusal):
    reference: str


@dataclass(unsafe_hash=True)
class CancelOfCapturedPayment(CancelRefusal):
    captured: Amount

    def __str__(self) -> str:
        return f"All of {self.reference} has been captured ({self.captured}); nothing is left to cancel."


@dataclass(unsafe_hash=True)
class CancelOfEndedPayment(CancelRefusal):
    state: str

    def __str__(self) -> str:
        return f"Reference {self.reference} cannot be cancelled. Invalid state: {self.state}."


@dataclass(unsafe_hash=True)
class CancelOfAuthorizedPayment(CancelRefusal):
    def __str__(self) -> str:
        return (
            f"{self.reference} is authorized, and cancelTransactionOnly asks to cancel it only while it is not. "
            "Nothing has been cancelled."
        )


@dataclass(unsafe_hash=True)
class CancelPeriodExpired(CancelRefusal):
    deadline: datetime

    def __str__(self) -> str:
        return f"{self.reference} could be cancelled until {_text(self.deadline)}."


@dataclass(unsafe_hash=True)
class CancelOfProcessingPayment(CancelRefusal):
    def __str__(self) -> str:
        return f"{self.reference} is being processed; try again later."


# --- Refund ---------------------------------------------------------------------------------------------


@dataclass(unsafe_hash=True)
class RefundRefusal(Refusal):
    sticky: ClassVar[bool] = True
    reference: str
    asked: Amount


@dataclass(unsafe_hash=True)
class RefundBeforeApproval(RefundRefusal):
    state: str

    def __str__(self) -> str:
        return f"{self.asked} cannot be refunded of {self.reference}: nothing is reserved, it is {self.state}."


@dataclass(unsafe_hash=True)
class RefundTooHigh(RefundRefusal):
    allowed: Amount

    def __str__(self) -> str:
        return f"{self.asked} were asked of {self.reference}; {self.allowed} are left to refund."


@dataclass(unsafe_hash=True)
class AlreadyRefunded(RefundRefusal):
    refunded: Amount

    def __str__(self) -> str:
        return f"All that was captured of {self.reference} has been refunded: {self.refunded}."


@dataclass(unsafe_hash=True)
class RefundPeriodExpired(RefundRefusal):
    deadline: datetime

    def __str__(self) -> str:
        return f"{self.reference} could be refunded until {_text(self.deadline)}."


@dataclass(unsafe_hash=True)
class RefundNotConfigured(RefundRefusal):
    def __str__(self) -> str:
        return "Cannot refund payment due to a configuration problem"


# --- Force approve, and the customer's phone ------------------------------------------------------------


@dataclass(unsafe_hash=True)
class ApproveRefusal(Refusal):
    reference: str


@dataclass(unsafe_hash=True)
class ApproveFailed(ApproveRefusal):
    because: str

    def __str__(self) -> str:
        return f"The payment could not be approved. Reason: {self.because}."


@dataclass(unsafe_hash=True)
class AlreadyApproved(ApproveRefusal):
    def __str__(self) -> str:
        return f"{self.reference} is already authorized."


@dataclass(unsafe_hash=True)
class NotOnScreen(Refusal):
    """The customer cannot do that, for the phone does not show it now."""

    action: str
    reference: str
    phone_number: str
    shows: str  # what the phone shows instead, and what would help

    def __str__(self) -> str:
        return f"{self.action} of {self.reference} is not on the screen of {self.phone_number} now: {self.shows}"


# --- Order Management and user information --------------------------------------------------------------


@dataclass(unsafe_hash=True)
class OrderRefusal(Refusal): ...


@dataclass(unsafe_hash=True)
class OrderUnknown(OrderRefusal):
    payment_type: str
    order_id: str

    def __str__(self) -> str:
        return f"There is neither a category nor a receipt for {self.payment_type} {self.order_id}."


@dataclass(unsafe_hash=True)
class OrderUrlInvalid(OrderRefusal):
    parameter: str
    asked: str

    def __str__(self) -> str:
        return f"The field {self.parameter} must be an absolute https URL of at most 2048 characters."


@dataclass(unsafe_hash=True)
class UserInfoRefusal(Refusal):
    sub: str


@dataclass(unsafe_hash=True)
class UnknownSub(UserInfoRefusal):
    def __str__(self) -> str:
        return f"No user of this sales unit has the sub {self.sub}."


@dataclass(unsafe_hash=True)
class UserInfoWindowOver(UserInfoRefusal):
    ended: datetime

    def __str__(self) -> str:
        return f"The information about {self.sub} could be fetched until {_text(self.ended)}."


def _text(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
