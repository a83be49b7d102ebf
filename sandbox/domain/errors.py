"""What a sales unit refuses, each refusal a class of its own that carries what was asked and what was allowed.

    Refusal
    ├── CreateRefusal               a payment cannot be created
    │   ├── AmountTooSmall · CurrencyNotAllowed
    │   ├── PersonalQrInvalid · CustomerTokenInvalid · BlockedSourcesNotApplicable
    │   ├── PhoneNumberInvalid · UrlInvalid · ScopeInvalid · ScopeIllegal · ParameterRequired
    │   ├── MetadataKeyTwice · MetadataTooMany · MetadataKeyTooLong · MetadataValueTooLong
    │   ├── ExpiryTooSoon · ExpiryTooLate · LongLivingNotAllowed · ReceiptRequired
    │   ├── PushMessageNotAllowed · CustomerNotFound · PaymentCannotBeCreated
    │   └── MethodInvalid · ExpressNotAllowed · BankAccountNotVerified
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
    │   └── RefundOfEndedPayment · RefundNotConfigured
    ├── PaymentLocked · AmountInvalid · ModificationAmountInvalid
    ├── ApproveRefusal              ApproveFailed · AlreadyApproved
    │   ├── ApproveNotAllowed · ApproveNotSupported · IdentificationRequired
    │   └── PaymentSourceInvalid · NoCards · PaymentLimitExceeded · CardExpiredAtApproval
    ├── NotOnScreen                 the customer's phone does not show that now
    ├── CardNumberInvalid · ShippingOptionUnknown
    ├── OrderRefusal                something cannot be kept for an order, or is not there
    │   ├── OrderUnknown · OrderUrlInvalid · CategoryUnknown · ReceiptTaken
    │   └── ImageUnknown · ImageTaken · ImageInvalid
    ├── UserInfoRefusal             UnknownSub · UserInfoWindowOver
    ├── InternalError · FaultUnknown
    └── WebhookRefusal
        ├── WebhookUrlInvalid · WebhookEventsMissing · WebhookEventUnknown · TooManyRegistrations
        └── RegistrationIdInvalid · RegistrationUnknown · DeliveryUnknown

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
    "ApproveNotAllowed",
    "ApproveNotSupported",
    "ApproveRefusal",
    "BankAccountNotVerified",
    "BlockedSourcesNotApplicable",
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
    "CardExpiredAtApproval",
    "CardNumberInvalid",
    "CategoryUnknown",
    "CreateKeyReused",
    "CreateRefusal",
    "CurrencyNotAllowed",
    "CustomerNotFound",
    "CustomerTokenInvalid",
    "DeliveryUnknown",
    "ExpiryTooLate",
    "ExpiryTooSoon",
    "ExpressNotAllowed",
    "FaultUnknown",
    "FundsUnavailable",
    "IdentificationRequired",
    "ImageInvalid",
    "ImageTaken",
    "ImageUnknown",
    "InternalError",
    "KeyReused",
    "LongLivingNotAllowed",
    "MetadataKeyTooLong",
    "MetadataKeyTwice",
    "MetadataTooMany",
    "MetadataValueTooLong",
    "MethodInvalid",
    "ModificationAmountInvalid",
    "NoCards",
    "NotOnScreen",
    "OrderRefusal",
    "OrderUnknown",
    "OrderUrlInvalid",
    "ParameterRequired",
    "PartialCaptureNotAllowed",
    "PaymentCannotBeCreated",
    "PaymentLimitExceeded",
    "PaymentLocked",
    "PaymentSourceInvalid",
    "PersonalQrInvalid",
    "PhoneNumberInvalid",
    "PushMessageNotAllowed",
    "ReceiptRequired",
    "ReceiptTaken",
    "ReferenceTaken",
    "RefundBeforeApproval",
    "RefundKeyReused",
    "RefundNotConfigured",
    "RefundOfEndedPayment",
    "RefundPeriodExpired",
    "RefundRefusal",
    "RefundTooHigh",
    "Refusal",
    "RegistrationIdInvalid",
    "RegistrationUnknown",
    "RememberedAnswer",
    "ScopeIllegal",
    "ScopeInvalid",
    "ShippingOptionUnknown",
    "TooManyRegistrations",
    "UnknownReference",
    "UnknownSub",
    "UrlInvalid",
    "UserInfoRefusal",
    "UserInfoWindowOver",
    "WebhookEventUnknown",
    "WebhookEventsMissing",
    "WebhookRefusal",
    "WebhookUrlInvalid",
]


@dataclass(eq=False, repr=False)
class Refusal(Exception):
    """What was asked is not allowed; nothing happened."""

    sticky: ClassVar[bool] = False  # whether it stays the answer to its Idempotency-Key

    # Written once: having dataclasses generate these for each of so many classes is felt at every start.
    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and vars(other) == vars(self)

    def __hash__(self) -> int:
        return hash((type(self), *vars(self).values()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"

    def __str__(self) -> str:
        raise NotImplementedError


# --- Creating a payment ---------------------------------------------------------------------------------


@dataclass(eq=False, repr=False)
class CreateRefusal(Refusal):
    sticky: ClassVar[bool] = True


@dataclass(eq=False, repr=False)
class AmountInvalid(Refusal):
    parameter: str

    def __str__(self) -> str:
        return f"{self.parameter} must be a whole number of minor units."


@dataclass(eq=False, repr=False)
class AmountTooSmall(CreateRefusal):
    asked: Amount
    minimum: int

    def __str__(self) -> str:
        return f"The amount {self.asked} is below the minimum of {self.asked.of(self.minimum)}."


@dataclass(eq=False, repr=False)
class CurrencyNotAllowed(CreateRefusal):
    asked: Currency
    allowed: tuple[Currency, ...]

    def __str__(self) -> str:
        return f"The sales unit takes {' or '.join(self.allowed)}, not {self.asked}."


@dataclass(eq=False, repr=False)
class PhoneNumberInvalid(CreateRefusal):
    asked: str

    def __str__(self) -> str:
        return (
            f"The phone number {self.asked!r} is not an MSISDN: 9 to 15 digits with country code, "
            "without plus sign and blanks, such as 4791234567."
        )


@dataclass(eq=False, repr=False)
class PersonalQrInvalid(CreateRefusal):
    asked: str

    def __str__(self) -> str:
        return "The parameter PersonalQr is invalid."


@dataclass(eq=False, repr=False)
class CustomerTokenInvalid(CreateRefusal):
    asked: str

    def __str__(self) -> str:
        return "The parameter CustomerToken is invalid."


@dataclass(eq=False, repr=False)
class BlockedSourcesNotApplicable(CreateRefusal):
    """Commercial cards can be blocked for wallet payments to Danish and Finnish sales units only."""

    def __str__(self) -> str:
        return "Blocking sources is not applicable to this sales unit, or to this payment method."


@dataclass(eq=False, repr=False)
class MetadataKeyTwice(CreateRefusal):
    key: str

    def __str__(self) -> str:
        return f"metadata has the key {self.key!r} twice."


@dataclass(eq=False, repr=False)
class UrlInvalid(CreateRefusal):
    parameter: str
    asked: str

    def __str__(self) -> str:
        return f"The parameter {self.parameter} is invalid."


@dataclass(eq=False, repr=False)
class ScopeInvalid(CreateRefusal):
    asked: str
    allowed: tuple[str, ...]

    def __str__(self) -> str:
        return f"The scope {self.asked} is invalid."


@dataclass(eq=False, repr=False)
class ScopeIllegal(CreateRefusal):
    sticky: ClassVar[bool] = False  # may be granted, and then retried with the same key
    asked: str
    msn: str

    def __str__(self) -> str:
        return f"The scope {self.asked} is illegal. MSN {self.msn} has no permission to ask for it."


@dataclass(eq=False, repr=False)
class ParameterRequired(CreateRefusal):
    parameter: str
    because: str

    def __str__(self) -> str:
        return f"The parameter {self.parameter} is required. {self.because}"


@dataclass(eq=False, repr=False)
class MetadataTooMany(CreateRefusal):
    asked: int
    allowed: int

    def __str__(self) -> str:
        return f"metadata has {self.asked} pairs; {self.allowed} are allowed."


@dataclass(eq=False, repr=False)
class MetadataKeyTooLong(CreateRefusal):
    asked: int
    allowed: int

    def __str__(self) -> str:
        return f"A metadata key has {self.asked} characters; {self.allowed} are allowed."


@dataclass(eq=False, repr=False)
class MetadataValueTooLong(CreateRefusal):
    key: str
    asked: int
    allowed: int

    def __str__(self) -> str:
        return f"The metadata value of {self.key!r} has {self.asked} characters; {self.allowed} are allowed."


@dataclass(eq=False, repr=False)
class ExpiryTooSoon(CreateRefusal):
    asked: datetime
    earliest: datetime  # exclusive

    def __str__(self) -> str:
        return f"expiresAt {_text(self.asked)} is too soon: it must be after {_text(self.earliest)}."


@dataclass(eq=False, repr=False)
class ExpiryTooLate(CreateRefusal):
    asked: datetime
    latest: datetime  # exclusive

    def __str__(self) -> str:
        return f"expiresAt {_text(self.asked)} is too late: it must be before {_text(self.latest)}."


@dataclass(eq=False, repr=False)
class LongLivingNotAllowed(CreateRefusal):
    sticky: ClassVar[bool] = False  # may be granted, and then retried with the same key
    msn: str

    def __str__(self) -> str:
        return f"MSN {self.msn} is not allowed to create long-living payments."


@dataclass(eq=False, repr=False)
class ReceiptRequired(CreateRefusal):
    reference: str

    def __str__(self) -> str:
        return f"Payment {self.reference} has expiresAt, and long-living payments need a receipt."


@dataclass(eq=False, repr=False)
class PushMessageNotAllowed(CreateRefusal):
    sticky: ClassVar[bool] = False  # may be granted, and then retried with the same key
    msn: str

    def __str__(self) -> str:
        return f"MSN {self.msn} is not allowed to use the user flow PUSH_MESSAGE."


@dataclass(eq=False, repr=False)
class CustomerNotFound(CreateRefusal):
    """No user, a user who may not pay businesses, or one too young: the answer never tells which."""

    sticky: ClassVar[bool] = False  # the number may become a customer's
    phone_number: str
    as_bad_request: bool = False  # as old pages of Vipps's have it; else as something that is not there

    def __str__(self) -> str:
        return "The customer was not found, or cannot pay businesses."


@dataclass(eq=False, repr=False)
class PaymentCannotBeCreated(CreateRefusal):
    because: str

    def __str__(self) -> str:
        return f"The payment cannot be created because of a missing precondition: {self.because}"


@dataclass(eq=False, repr=False)
class MethodInvalid(CreateRefusal):
    """The payment method does not go with the rest of what is asked."""

    because: str

    def __str__(self) -> str:
        return f"The payment method type is invalid: {self.because}"


@dataclass(eq=False, repr=False)
class ExpressNotAllowed(CreateRefusal):
    sticky: ClassVar[bool] = False  # may be granted, and then retried with the same key
    msn: str

    def __str__(self) -> str:
        return f"MSN {self.msn} is not allowed to create Express payments."


@dataclass(eq=False, repr=False)
class BankAccountNotVerified(CreateRefusal):
    sticky: ClassVar[bool] = False  # see ExpressNotAllowed
    msn: str

    def __str__(self) -> str:
        return f"The bank account of MSN {self.msn} is not verified."


@dataclass(eq=False, repr=False)
class ReferenceTaken(Refusal):
    reference: str

    def __str__(self) -> str:
        return f"Reference {self.reference} already exists."


@dataclass(eq=False, repr=False)
class UnknownReference(Refusal):
    reference: str
    msn: str

    def __str__(self) -> str:
        return f"The reference {self.reference} does not exist for MSN {self.msn}"


# --- Idempotency keys -----------------------------------------------------------------------------------


@dataclass(eq=False, repr=False)
class KeyReused(Refusal):
    """The Idempotency-Key came before, with other content."""

    idempotency_key: str

    def __str__(self) -> str:
        return f"Idempotency-Key {self.idempotency_key} already exists."


@dataclass(eq=False, repr=False)
class CreateKeyReused(KeyReused): ...


@dataclass(eq=False, repr=False)
class CaptureKeyReused(KeyReused): ...


@dataclass(eq=False, repr=False)
class RefundKeyReused(KeyReused): ...


class RememberedAnswer(Exception):
    """Why a refusal came: not for the state that the call met, but because its key remembers it."""

    def __init__(self, idempotency_key: str, first: datetime) -> None:
        super().__init__(idempotency_key, first)
        self.idempotency_key = idempotency_key
        self.first = first

    def __str__(self) -> str:
        return f"This is what Idempotency-Key {self.idempotency_key} was answered first, at {_text(self.first)}."


# --- Capture --------------------------------------------------------------------------------------------


@dataclass(eq=False, repr=False)
class CaptureRefusal(Refusal):
    sticky: ClassVar[bool] = True
    reference: str
    asked: Amount


@dataclass(eq=False, repr=False)
class CaptureBeforeApproval(CaptureRefusal):
    def __str__(self) -> str:
        return (
            f"{self.asked} cannot be captured of {self.reference}: the amount is not reserved. "
            "The user must accept the payment before capture can be done."
        )


@dataclass(eq=False, repr=False)
class CaptureOfEndedPayment(CaptureRefusal):
    state: str

    def __str__(self) -> str:
        return f"Reference {self.reference} cannot be captured. Invalid state: {self.state}."


@dataclass(eq=False, repr=False)
class CaptureOfCancelledPayment(CaptureRefusal):
    cancelled: Amount

    def __str__(self) -> str:
        return f"{self.asked} cannot be captured of {self.reference}: {self.cancelled} have been cancelled."


@dataclass(eq=False, repr=False)
class CaptureTooHigh(CaptureRefusal):
    allowed: Amount

    def __str__(self) -> str:
        return f"{self.asked} were asked of {self.reference}; {self.allowed} are left to capture."


@dataclass(eq=False, repr=False)
class AlreadyCaptured(CaptureRefusal):
    captured: Amount

    def __str__(self) -> str:
        return f"All of {self.reference} has been captured: {self.captured}."


@dataclass(eq=False, repr=False)
class PartialCaptureNotAllowed(CaptureRefusal):
    allowed: Amount

    def __str__(self) -> str:
        return f"The sales unit must capture the full amount of {self.reference}: {self.allowed}, not {self.asked}."


@dataclass(eq=False, repr=False)
class CapturePeriodExpired(CaptureRefusal):
    deadline: datetime

    def __str__(self) -> str:
        return f"{self.reference} could be captured until {_text(self.deadline)}."


@dataclass(eq=False, repr=False)
class FundsUnavailable(CaptureRefusal):
    sticky: ClassVar[bool] = False  # to be retried with the same key

    def __str__(self) -> str:
        return f"The funds for {self.asked} of {self.reference} are unavailable."


@dataclass(eq=False, repr=False)
class CaptureFailed(CaptureRefusal):
    sticky: ClassVar[bool] = False  # to be retried with the same key

    def __str__(self) -> str:
        return f"The capture of {self.asked} of {self.reference} failed; try again later."


@dataclass(eq=False, repr=False)
class PaymentLocked(Refusal):
    reference: str

    def __str__(self) -> str:
        return "Order locked and is already processing"


@dataclass(eq=False, repr=False)
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


@dataclass(eq=False, repr=False)
class CancelRefusal(Refusal):
    reference: str


@dataclass(eq=False, repr=False)
class CancelOfCapturedPayment(CancelRefusal):
    captured: Amount

    def __str__(self) -> str:
        return f"All of {self.reference} has been captured ({self.captured}); nothing is left to cancel."


@dataclass(eq=False, repr=False)
class CancelOfEndedPayment(CancelRefusal):
    state: str

    def __str__(self) -> str:
        return f"Reference {self.reference} cannot be cancelled. Invalid state: {self.state}."


@dataclass(eq=False, repr=False)
class CancelOfAuthorizedPayment(CancelRefusal):
    def __str__(self) -> str:
        return (
            f"{self.reference} is authorized, and cancelTransactionOnly asks to cancel it only while it is not. "
            "Nothing has been cancelled."
        )


@dataclass(eq=False, repr=False)
class CancelPeriodExpired(CancelRefusal):
    deadline: datetime

    def __str__(self) -> str:
        return f"{self.reference} could be cancelled until {_text(self.deadline)}."


@dataclass(eq=False, repr=False)
class CancelOfProcessingPayment(CancelRefusal):
    def __str__(self) -> str:
        return f"{self.reference} is being processed; try again later."


# --- Refund ---------------------------------------------------------------------------------------------


@dataclass(eq=False, repr=False)
class RefundRefusal(Refusal):
    sticky: ClassVar[bool] = True
    reference: str
    asked: Amount


@dataclass(eq=False, repr=False)
class RefundBeforeApproval(RefundRefusal):
    state: str

    def __str__(self) -> str:
        return f"{self.asked} cannot be refunded of {self.reference}: nothing is reserved, it is {self.state}."


@dataclass(eq=False, repr=False)
class RefundOfEndedPayment(RefundRefusal):
    state: str

    def __str__(self) -> str:
        return f"Reference {self.reference} cannot be refunded. Invalid state: {self.state}."


@dataclass(eq=False, repr=False)
class RefundTooHigh(RefundRefusal):
    allowed: Amount

    def __str__(self) -> str:
        return f"{self.asked} were asked of {self.reference}; {self.allowed} are left to refund."


@dataclass(eq=False, repr=False)
class AlreadyRefunded(RefundRefusal):
    refunded: Amount

    def __str__(self) -> str:
        return f"All that was captured of {self.reference} has been refunded: {self.refunded}."


@dataclass(eq=False, repr=False)
class RefundPeriodExpired(RefundRefusal):
    deadline: datetime

    def __str__(self) -> str:
        return f"{self.reference} could be refunded until {_text(self.deadline)}."


@dataclass(eq=False, repr=False)
class RefundNotConfigured(RefundRefusal):
    def __str__(self) -> str:
        return "Cannot refund payment due to a configuration problem"


# --- Force approve, and the customer's phone ------------------------------------------------------------


@dataclass(eq=False, repr=False)
class ApproveRefusal(Refusal):
    reference: str


@dataclass(eq=False, repr=False)
class ApproveFailed(ApproveRefusal):
    because: str

    def __str__(self) -> str:
        return f"The payment could not be approved. Reason: {self.because}."


@dataclass(eq=False, repr=False)
class AlreadyApproved(ApproveRefusal):
    def __str__(self) -> str:
        return f"{self.reference} is already authorized."


@dataclass(eq=False, repr=False)
class ApproveNotAllowed(ApproveRefusal):
    msn: str

    def __str__(self) -> str:
        return f"Force approve is not allowed for MSN {self.msn}, as it is nowhere in production."


@dataclass(eq=False, repr=False)
class ApproveNotSupported(ApproveRefusal):
    def __str__(self) -> str:
        return f"{self.reference} is an Express payment; force approve does not support those."


@dataclass(eq=False, repr=False)
class _ApproveRefusalOfCustomer(ApproveRefusal):
    phone_number: str


class IdentificationRequired(_ApproveRefusalOfCustomer):
    def __str__(self) -> str:
        return f"{self.phone_number} must have approved a payment in the app once before force approve works."


class PaymentSourceInvalid(_ApproveRefusalOfCustomer):
    def __str__(self) -> str:
        return f"The payment source of {self.phone_number} is invalid."


class NoCards(_ApproveRefusalOfCustomer):
    def __str__(self) -> str:
        return f"{self.phone_number} has no cards."


class PaymentLimitExceeded(_ApproveRefusalOfCustomer):
    def __str__(self) -> str:
        return f"{self.phone_number} has reached the limit of what may be paid."


class CardExpiredAtApproval(_ApproveRefusalOfCustomer):
    """Which the real test environment answers with status 500."""

    def __str__(self) -> str:
        return f"The card of {self.phone_number} has expired."


@dataclass(eq=False, repr=False)
class CardNumberInvalid(Refusal):
    """What was typed into the card form is no card number; it is not repeated, for it may be a real one misspelt."""

    def __str__(self) -> str:
        return "That is no card number: 12 to 19 digits, of which the last must fit."


@dataclass(eq=False, repr=False)
class ShippingOptionUnknown(Refusal):
    reference: str
    asked: str
    offered: tuple[str, ...]

    def __str__(self) -> str:
        offered = ", ".join(self.offered) or "none"
        return f"{self.reference} has no shipping option {self.asked!r}; it has {offered}."


@dataclass(eq=False, repr=False)
class NotOnScreen(Refusal):
    """The customer cannot do that, for the phone does not show it now."""

    action: str
    reference: str
    phone_number: str
    shows: str  # what the phone shows instead, and what would help

    def __str__(self) -> str:
        return f"{self.action} of {self.reference} is not on the screen of {self.phone_number} now: {self.shows}"


# --- Order Management and user information --------------------------------------------------------------


@dataclass(eq=False, repr=False)
class OrderRefusal(Refusal): ...


@dataclass(eq=False, repr=False)
class OrderUnknown(OrderRefusal):
    payment_type: str
    order_id: str

    def __str__(self) -> str:
        return f"There is neither a category nor a receipt for {self.payment_type} {self.order_id}."


@dataclass(eq=False, repr=False)
class OrderUrlInvalid(OrderRefusal):
    parameter: str
    asked: str

    def __str__(self) -> str:
        return f"The field {self.parameter} must be an absolute https URL of at most 2048 characters."


@dataclass(eq=False, repr=False)
class CategoryUnknown(OrderRefusal):
    category_id: str

    def __str__(self) -> str:
        return f"There is no category {self.category_id}."


@dataclass(eq=False, repr=False)
class ReceiptTaken(OrderRefusal):
    """An order's receipt can be given once, with its payment or by itself, and never be changed."""

    payment_type: str
    order_id: str

    def __str__(self) -> str:
        return f"There is a receipt for {self.payment_type} {self.order_id} already; it cannot be changed."


@dataclass(eq=False, repr=False)
class ImageUnknown(OrderRefusal):
    image_id: str

    def __str__(self) -> str:
        return f"There is no image {self.image_id}; it must be uploaded before a category refers to it."


@dataclass(eq=False, repr=False)
class ImageTaken(OrderRefusal):
    image_id: str

    def __str__(self) -> str:
        return f"Duplicate image: {self.image_id} has been uploaded already, and images cannot be replaced."


@dataclass(eq=False, repr=False)
class ImageInvalid(OrderRefusal):
    because: str

    def __str__(self) -> str:
        return self.because


@dataclass(eq=False, repr=False)
class UserInfoRefusal(Refusal):
    sub: str


@dataclass(eq=False, repr=False)
class UnknownSub(UserInfoRefusal):
    def __str__(self) -> str:
        return f"No user of this sales unit has the sub {self.sub}."


@dataclass(eq=False, repr=False)
class UserInfoWindowOver(UserInfoRefusal):
    ended: datetime

    def __str__(self) -> str:
        return f"The information about {self.sub} could be fetched until {_text(self.ended)}."


@dataclass(eq=False, repr=False)
class InternalError(Refusal):
    """Vipps's own server failed; here only because a tester asked for it."""

    def __str__(self) -> str:
        return "An internal error occurred."


@dataclass(eq=False, repr=False)
class FaultUnknown(Refusal):
    fault_id: str
    msn: str

    def __str__(self) -> str:
        return f"Sales unit {self.msn} has no fault {self.fault_id}."


@dataclass(eq=False, repr=False)
class WebhookRefusal(Refusal):
    """Something about webhooks cannot be done."""


@dataclass(eq=False, repr=False)
class WebhookUrlInvalid(WebhookRefusal):
    asked: str
    strict: bool

    def __str__(self) -> str:
        if self.strict:
            return "The url must be an absolute https URL that is reachable from the internet."
        return "The url must be an absolute URL: https, or http to this machine or its network."


@dataclass(eq=False, repr=False)
class WebhookEventsMissing(WebhookRefusal):
    def __str__(self) -> str:
        return "At least one event type is required."


@dataclass(eq=False, repr=False)
class WebhookEventUnknown(WebhookRefusal):
    asked: str
    allowed: tuple[str, ...]

    def __str__(self) -> str:
        return f"The event type {self.asked!r} is unknown."


@dataclass(eq=False, repr=False)
class TooManyRegistrations(WebhookRefusal):
    event: str
    allowed: int

    def __str__(self) -> str:
        return f"A sales unit may have {self.allowed} webhooks for {self.event}, and has them already."


@dataclass(eq=False, repr=False)
class RegistrationIdInvalid(WebhookRefusal):
    asked: str

    def __str__(self) -> str:
        return f"The id {self.asked!r} is not a UUID."


@dataclass(eq=False, repr=False)
class RegistrationUnknown(WebhookRefusal):
    asked: str
    msn: str
    strict: bool

    def __str__(self) -> str:
        return f"MSN {self.msn} has no webhook {self.asked}."


@dataclass(eq=False, repr=False)
class DeliveryUnknown(WebhookRefusal):
    """Nobody is owed that; only the sandbox's own API asks."""

    asked: str
    msn: str

    def __str__(self) -> str:
        return f"MSN {self.msn} owes no webhook a delivery {self.asked}."


def _text(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
