"""Refusals of any call about a payment: the reference, the amount, or another call is in the way."""

from sandbox.domain.errors.refusal import Refusal

__all__ = [
    "AmountInvalid",
    "PaymentLocked",
    "ReferenceTaken",
    "UnknownReference",
]


class AmountInvalid(Refusal):
    parameter: str

    def __str__(self) -> str:
        return f"{self.parameter} must be a whole number of minor units."


class ReferenceTaken(Refusal):
    reference: str

    def __str__(self) -> str:
        return f"Reference {self.reference} already exists."


class UnknownReference(Refusal):
    reference: str
    msn: str

    def __str__(self) -> str:
        return f"The reference {self.reference} does not exist for MSN {self.msn}"


class PaymentLocked(Refusal):
    reference: str

    def __str__(self) -> str:
        return "Order locked and is already processing"
