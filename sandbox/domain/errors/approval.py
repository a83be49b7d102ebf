"""Refusals of what customers do, on the phone and in the card form, and of the approval by force."""

from sandbox.domain.errors.refusal import Refusal

__all__ = [
    "AlreadyApproved",
    "ApproveFailed",
    "ApproveNotAllowed",
    "ApproveNotSupported",
    "ApproveRefusal",
    "CardExpiredAtApproval",
    "CardNumberInvalid",
    "IdentificationRequired",
    "NoCards",
    "NotOnScreen",
    "PaymentLimitExceeded",
    "PaymentSourceInvalid",
    "ShippingOptionUnknown",
]


class ApproveRefusal(Refusal):
    reference: str


class ApproveFailed(ApproveRefusal):
    because: str

    def __str__(self) -> str:
        return f"The payment could not be approved. Reason: {self.because}."


class AlreadyApproved(ApproveRefusal):
    def __str__(self) -> str:
        return f"{self.reference} is already authorized."


class ApproveNotAllowed(ApproveRefusal):
    msn: str

    def __str__(self) -> str:
        return f"Force approve is not allowed for MSN {self.msn}, as it is nowhere in production."


class ApproveNotSupported(ApproveRefusal):
    def __str__(self) -> str:
        return f"{self.reference} is an Express payment; force approve does not support those."


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


class CardNumberInvalid(Refusal):
    """What was typed into the card form is no card number; it is not repeated, for it may be a real one misspelt."""

    def __str__(self) -> str:
        return "That is no card number: 12 to 19 digits, of which the last must fit."


class ShippingOptionUnknown(Refusal):
    reference: str
    asked: str
    offered: tuple[str, ...]

    def __str__(self) -> str:
        offered = ", ".join(self.offered) or "none"
        return f"{self.reference} has no shipping option {self.asked!r}; it has {offered}."


class NotOnScreen(Refusal):
    """The customer cannot do that, for the phone does not show it now."""

    action: str
    reference: str
    phone_number: str
    shows: str  # what the phone shows instead, and what would help

    def __str__(self) -> str:
        return f"{self.action} of {self.reference} is not on the screen of {self.phone_number} now: {self.shows}"
