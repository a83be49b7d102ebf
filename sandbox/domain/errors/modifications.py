"""Refusals to capture, cancel or refund."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sandbox.domain.errors.refusal import Refusal, instant_text
from sandbox.domain.money import Amount, Currency

__all__ = [
    "AlreadyCaptured",
    "AlreadyRefunded",
    "CancelOfAuthorizedPayment",
    "CancelOfCapturedPayment",
    "CancelOfEndedPayment",
    "CancelOfProcessingPayment",
    "CancelPeriodExpired",
    "CancelRefusal",
    "CaptureBeforeApproval",
    "CaptureFailed",
    "CaptureOfCancelledPayment",
    "CaptureOfEndedPayment",
    "CapturePeriodExpired",
    "CaptureRefusal",
    "CaptureTooHigh",
    "FundsUnavailable",
    "ModificationAmountInvalid",
    "PartialCaptureNotAllowed",
    "RefundBeforeApproval",
    "RefundNotConfigured",
    "RefundOfEndedPayment",
    "RefundPeriodExpired",
    "RefundRefusal",
    "RefundTooHigh",
]


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
        return f"{self.reference} could be captured until {instant_text(self.deadline)}."


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
class ModificationAmountInvalid(Refusal):
    reference: str
    asked: Amount
    currency: Currency  # that the payment is in

    def __str__(self) -> str:
        return (
            f"{self.asked} is not an amount to capture or refund of {self.reference}: "
            f"it must be more than 0, in {self.currency}."
        )


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
        return f"{self.reference} could be cancelled until {instant_text(self.deadline)}."


@dataclass(eq=False, repr=False)
class CancelOfProcessingPayment(CancelRefusal):
    def __str__(self) -> str:
        return f"{self.reference} is being processed; try again later."


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
        return f"{self.reference} could be refunded until {instant_text(self.deadline)}."


@dataclass(eq=False, repr=False)
class RefundNotConfigured(RefundRefusal):
    def __str__(self) -> str:
        return "Cannot refund payment due to a configuration problem"
