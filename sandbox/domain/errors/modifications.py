"""Refusals to capture, cancel or refund."""

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


class CaptureRefusal(Refusal):
    sticky: ClassVar[bool] = True
    reference: str
    asked: Amount


class CaptureBeforeApproval(CaptureRefusal):
    def __str__(self) -> str:
        return (
            f"{self.asked} cannot be captured of {self.reference}: the amount is not reserved. "
            "The user must accept the payment before capture can be done."
        )


class CaptureOfEndedPayment(CaptureRefusal):
    state: str

    def __str__(self) -> str:
        return f"Reference {self.reference} cannot be captured. Invalid state: {self.state}."


class CaptureOfCancelledPayment(CaptureRefusal):
    cancelled: Amount

    def __str__(self) -> str:
        return f"{self.asked} cannot be captured of {self.reference}: {self.cancelled} have been cancelled."


class CaptureTooHigh(CaptureRefusal):
    allowed: Amount

    def __str__(self) -> str:
        return f"{self.asked} were asked of {self.reference}; {self.allowed} are left to capture."


class AlreadyCaptured(CaptureRefusal):
    captured: Amount

    def __str__(self) -> str:
        return f"All of {self.reference} has been captured: {self.captured}."


class PartialCaptureNotAllowed(CaptureRefusal):
    allowed: Amount

    def __str__(self) -> str:
        return f"The sales unit must capture the full amount of {self.reference}: {self.allowed}, not {self.asked}."


class CapturePeriodExpired(CaptureRefusal):
    deadline: datetime

    def __str__(self) -> str:
        return f"{self.reference} could be captured until {instant_text(self.deadline)}."


class FundsUnavailable(CaptureRefusal):
    sticky: ClassVar[bool] = False  # to be retried with the same key

    def __str__(self) -> str:
        return f"The funds for {self.asked} of {self.reference} are unavailable."


class CaptureFailed(CaptureRefusal):
    sticky: ClassVar[bool] = False  # to be retried with the same key

    def __str__(self) -> str:
        return f"The capture of {self.asked} of {self.reference} failed; try again later."


class ModificationAmountInvalid(Refusal):
    reference: str
    asked: Amount
    currency: Currency  # that the payment is in

    def __str__(self) -> str:
        return (
            f"{self.asked} is not an amount to capture or refund of {self.reference}: "
            f"it must be more than 0, in {self.currency}."
        )


class CancelRefusal(Refusal):
    reference: str


class CancelOfCapturedPayment(CancelRefusal):
    captured: Amount

    def __str__(self) -> str:
        return f"All of {self.reference} has been captured ({self.captured}); nothing is left to cancel."


class CancelOfEndedPayment(CancelRefusal):
    state: str

    def __str__(self) -> str:
        return f"Reference {self.reference} cannot be cancelled. Invalid state: {self.state}."


class CancelOfAuthorizedPayment(CancelRefusal):
    def __str__(self) -> str:
        return (
            f"{self.reference} is authorized, and cancelTransactionOnly asks to cancel it only while it is not. "
            "Nothing has been cancelled."
        )


class CancelPeriodExpired(CancelRefusal):
    deadline: datetime

    def __str__(self) -> str:
        return f"{self.reference} could be cancelled until {instant_text(self.deadline)}."


class CancelOfProcessingPayment(CancelRefusal):
    def __str__(self) -> str:
        return f"{self.reference} is being processed; try again later."


class RefundRefusal(Refusal):
    sticky: ClassVar[bool] = True
    reference: str
    asked: Amount


class RefundBeforeApproval(RefundRefusal):
    state: str

    def __str__(self) -> str:
        return f"{self.asked} cannot be refunded of {self.reference}: nothing is reserved, it is {self.state}."


class RefundOfEndedPayment(RefundRefusal):
    state: str

    def __str__(self) -> str:
        return f"Reference {self.reference} cannot be refunded. Invalid state: {self.state}."


class RefundTooHigh(RefundRefusal):
    allowed: Amount

    def __str__(self) -> str:
        return f"{self.asked} were asked of {self.reference}; {self.allowed} are left to refund."


class AlreadyRefunded(RefundRefusal):
    refunded: Amount

    def __str__(self) -> str:
        return f"All that was captured of {self.reference} has been refunded: {self.refunded}."


class RefundPeriodExpired(RefundRefusal):
    deadline: datetime

    def __str__(self) -> str:
        return f"{self.reference} could be refunded until {instant_text(self.deadline)}."


class RefundNotConfigured(RefundRefusal):
    def __str__(self) -> str:
        return "Cannot refund payment due to a configuration problem"
