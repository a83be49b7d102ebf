"""What merchants send to the ePayment API. Source: ePayment OpenAPI 1.8.1."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from sandbox.api.gateway.parsing import Wire
from sandbox.api.receipts import Receipt
from sandbox.domain import commands, money
from sandbox.domain.commands import CustomerInteraction, PaymentMethodType, UserFlow
from sandbox.domain.money import Currency

__all__ = [
    "CancelModificationRequest",
    "CaptureModificationRequest",
    "CreatePaymentRequest",
    "ForceApprove",
    "RefundModificationRequest",
]

_RFC_3339 = (
    r"^((?:(\d{4}-\d{2}-\d{2})(T|t)(\d{2}:\d{2}:\d{2}(?:\.\d+)?))"
    r"(Z|z|([+-](?:2[0-3]|[01][0-9]):[0-5][0-9])))$"
)


class Amount(Wire):
    currency: Currency
    value: Annotated[int, Field(ge=0, le=money.MAXIMUM_VALUE)]  # minor units

    def to_domain(self) -> money.Amount:
        return money.Amount(self.currency, self.value)


class Customer(Wire):
    """Whom the payment is for; an empty object is nobody in particular."""

    phone_number: str | None = None


class PaymentMethod(Wire):
    type: PaymentMethodType


class Profile(Wire):
    scope: str | None = None  # separated by blanks


class CreatePaymentRequest(Wire):
    amount: Amount
    payment_method: PaymentMethod
    reference: Annotated[str, Field(pattern="^[a-zA-Z0-9-]{8,64}$")]
    user_flow: UserFlow
    customer: Customer | None = None
    customer_interaction: CustomerInteraction | None = None
    expires_at: Annotated[str, Field(pattern=_RFC_3339)] | None = None
    metadata: dict[str, str] | None = None
    payment_description: Annotated[str, Field(min_length=3, max_length=100)] | None = None
    profile: Profile | None = None
    receipt: Receipt | None = None
    receipt_url: Annotated[str, Field(max_length=2500)] | None = None
    return_url: Annotated[str, Field(max_length=2500)] | None = None

    @field_validator("expires_at")
    @classmethod
    def _is_an_instant(cls, text: str | None) -> str | None:
        if text is not None:
            _instant(text)
        return text

    def to_domain(self, idempotency_key: str) -> commands.CreatePayment:
        return commands.CreatePayment(
            idempotency_key=idempotency_key,
            reference=self.reference,
            amount=self.amount.to_domain(),
            user_flow=self.user_flow,
            payment_method=self.payment_method.type,
            phone_number=None if self.customer is None else self.customer.phone_number,
            scope=() if self.profile is None or self.profile.scope is None else _words(self.profile.scope),
            return_url=self.return_url,
            expires_at=None if self.expires_at is None else _instant(self.expires_at),
            payment_description=self.payment_description,
            customer_interaction=self.customer_interaction or CustomerInteraction.CUSTOMER_NOT_PRESENT,
            receipt=None if self.receipt is None else self.receipt.to_domain(),
            receipt_url=self.receipt_url,
            metadata=None if self.metadata is None else tuple(self.metadata.items()),
        )


class CaptureModificationRequest(Wire):
    modification_amount: Amount


class RefundModificationRequest(Wire):
    modification_amount: Amount


class CancelModificationRequest(Wire):
    cancel_transaction_only: bool = False


class ForceApprove(Wire):
    customer: Customer | None = None
    token: str | None = None  # of the redirectUrl


def _words(scope: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(scope.split()))


def _instant(text: str) -> datetime:
    """Return an RFC 3339 text as an instant in UTC; what it has beyond microseconds is cut off."""
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise PydanticCustomError("instant", "It is not a date and time that exists") from error
