"""Refusals to create a payment.

Most of them stay the answer to their Idempotency-Key, but for those that a change at Vipps's can undo.
"""

from datetime import datetime
from typing import ClassVar

from sandbox.domain.errors.refusal import Refusal, instant_text
from sandbox.domain.money import Amount, Currency

__all__ = [
    "AmountTooSmall",
    "BankAccountNotVerified",
    "BlockedSourcesNotApplicable",
    "CreateRefusal",
    "CurrencyNotAllowed",
    "CustomerNotFound",
    "CustomerTokenInvalid",
    "ExpiryTooLate",
    "ExpiryTooSoon",
    "ExpressNotAllowed",
    "LongLivingNotAllowed",
    "MetadataKeyTooLong",
    "MetadataKeyTwice",
    "MetadataTooMany",
    "MetadataValueTooLong",
    "MethodInvalid",
    "ParameterRequired",
    "PaymentCannotBeCreated",
    "PersonalQrInvalid",
    "PhoneNumberInvalid",
    "PushMessageNotAllowed",
    "ReceiptRequired",
    "ScopeIllegal",
    "ScopeInvalid",
    "UrlInvalid",
]


class CreateRefusal(Refusal):
    sticky: ClassVar[bool] = True


class AmountTooSmall(CreateRefusal):
    asked: Amount
    minimum: int

    def __str__(self) -> str:
        return f"The amount {self.asked} is below the minimum of {self.asked.of(self.minimum)}."


class CurrencyNotAllowed(CreateRefusal):
    asked: Currency
    allowed: tuple[Currency, ...]

    def __str__(self) -> str:
        return f"The sales unit takes {' or '.join(self.allowed)}, not {self.asked}."


class PhoneNumberInvalid(CreateRefusal):
    asked: str

    def __str__(self) -> str:
        return (
            f"The phone number {self.asked!r} is not an MSISDN: 9 to 15 digits with country code, "
            "without plus sign and blanks, such as 4791234567."
        )


class PersonalQrInvalid(CreateRefusal):
    asked: str

    def __str__(self) -> str:
        return "The parameter PersonalQr is invalid."


class CustomerTokenInvalid(CreateRefusal):
    asked: str

    def __str__(self) -> str:
        return "The parameter CustomerToken is invalid."


class BlockedSourcesNotApplicable(CreateRefusal):
    """Commercial cards can be blocked for wallet payments to Danish and Finnish sales units only."""

    def __str__(self) -> str:
        return "Blocking sources is not applicable to this sales unit, or to this payment method."


class MetadataKeyTwice(CreateRefusal):
    key: str

    def __str__(self) -> str:
        return f"metadata has the key {self.key!r} twice."


class UrlInvalid(CreateRefusal):
    parameter: str
    asked: str

    def __str__(self) -> str:
        return f"The parameter {self.parameter} is invalid."


class ScopeInvalid(CreateRefusal):
    asked: str
    allowed: tuple[str, ...]

    def __str__(self) -> str:
        return f"The scope {self.asked} is invalid."


class ScopeIllegal(CreateRefusal):
    sticky: ClassVar[bool] = False  # may be granted, and then retried with the same key
    asked: str
    msn: str

    def __str__(self) -> str:
        return f"The scope {self.asked} is illegal. MSN {self.msn} has no permission to ask for it."


class ParameterRequired(CreateRefusal):
    parameter: str
    because: str

    def __str__(self) -> str:
        return f"The parameter {self.parameter} is required. {self.because}"


class MetadataTooMany(CreateRefusal):
    asked: int
    allowed: int

    def __str__(self) -> str:
        return f"metadata has {self.asked} pairs; {self.allowed} are allowed."


class MetadataKeyTooLong(CreateRefusal):
    asked: int
    allowed: int

    def __str__(self) -> str:
        return f"A metadata key has {self.asked} characters; {self.allowed} are allowed."


class MetadataValueTooLong(CreateRefusal):
    key: str
    asked: int
    allowed: int

    def __str__(self) -> str:
        return f"The metadata value of {self.key!r} has {self.asked} characters; {self.allowed} are allowed."


class ExpiryTooSoon(CreateRefusal):
    asked: datetime
    earliest: datetime  # exclusive

    def __str__(self) -> str:
        return f"expiresAt {instant_text(self.asked)} is too soon: it must be after {instant_text(self.earliest)}."


class ExpiryTooLate(CreateRefusal):
    asked: datetime
    latest: datetime  # exclusive

    def __str__(self) -> str:
        return f"expiresAt {instant_text(self.asked)} is too late: it must be before {instant_text(self.latest)}."


class LongLivingNotAllowed(CreateRefusal):
    sticky: ClassVar[bool] = False  # may be granted, and then retried with the same key
    msn: str

    def __str__(self) -> str:
        return f"MSN {self.msn} is not allowed to create long-living payments."


class ReceiptRequired(CreateRefusal):
    reference: str

    def __str__(self) -> str:
        return f"Payment {self.reference} has expiresAt, and long-living payments need a receipt."


class PushMessageNotAllowed(CreateRefusal):
    sticky: ClassVar[bool] = False  # may be granted, and then retried with the same key
    msn: str

    def __str__(self) -> str:
        return f"MSN {self.msn} is not allowed to use the user flow PUSH_MESSAGE."


class CustomerNotFound(CreateRefusal):
    """No user, a user who may not pay businesses, or one too young: the answer never tells which."""

    sticky: ClassVar[bool] = False  # the number may become a customer's
    phone_number: str
    as_bad_request: bool = False  # as old pages of Vipps's have it; else as something that is not there

    def __str__(self) -> str:
        return "The customer was not found, or cannot pay businesses."


class PaymentCannotBeCreated(CreateRefusal):
    because: str

    def __str__(self) -> str:
        return f"The payment cannot be created because of a missing precondition: {self.because}"


class MethodInvalid(CreateRefusal):
    """The payment method does not go with the rest of what is asked."""

    because: str

    def __str__(self) -> str:
        return f"The payment method type is invalid: {self.because}"


class ExpressNotAllowed(CreateRefusal):
    sticky: ClassVar[bool] = False  # may be granted, and then retried with the same key
    msn: str

    def __str__(self) -> str:
        return f"MSN {self.msn} is not allowed to create Express payments."


class BankAccountNotVerified(CreateRefusal):
    sticky: ClassVar[bool] = False  # see ExpressNotAllowed
    msn: str

    def __str__(self) -> str:
        return f"The bank account of MSN {self.msn} is not verified."
