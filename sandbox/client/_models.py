"""What Vipps answers, as typed values.

Frozen, and tolerant of fields that they do not know: Vipps adds fields without a new version.
Source: ePayment OpenAPI 1.8.1; Order Management OpenAPI 2.1; Userinfo OpenAPI 2.0.3.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

__all__ = [
    "Address",
    "Aggregate",
    "Amount",
    "Category",
    "CreatedPayment",
    "Modification",
    "OrderDetails",
    "Payment",
    "PaymentEvent",
    "PaymentMethod",
    "PaymentState",
    "Profile",
    "UserInfo",
]


def _in_utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)


Instant: TypeAlias = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class PaymentState(StrEnum):
    CREATED = "CREATED"
    AUTHORIZED = "AUTHORIZED"  # final: capture, refund and cancel move amounts, never the state
    ABORTED = "ABORTED"  # by the customer
    EXPIRED = "EXPIRED"  # by the clock
    TERMINATED = "TERMINATED"  # by the merchant, before approval

    @property
    def is_final(self) -> bool:
        return self is not PaymentState.CREATED


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True, hide_input_in_errors=True)


class _CamelAnswer(_Answer):
    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True, validate_by_alias=True)


class Amount(_CamelAnswer):
    """An amount of money; *value* in minor units (øre, cent)."""

    value: int
    currency: str


class Aggregate(_CamelAnswer):
    """What has become of the money so far."""

    authorized_amount: Amount
    cancelled_amount: Amount
    captured_amount: Amount
    refunded_amount: Amount

    @property
    def capturable(self) -> Amount:
        taken = self.captured_amount.value + self.cancelled_amount.value
        left = self.authorized_amount.value - taken
        return Amount(value=max(left, 0), currency=self.authorized_amount.currency)

    @property
    def refundable(self) -> Amount:
        left = self.captured_amount.value - self.refunded_amount.value
        return Amount(value=left, currency=self.captured_amount.currency)


class PaymentMethod(_CamelAnswer):
    type: str
    card_bin: str | None = None


class Profile(_CamelAnswer):
    sub: str | None = None  # written some time after the approval, and only if a scope was asked for


class CreatedPayment(_CamelAnswer):
    """The answer to a create; a PUSH_MESSAGE has no *redirect_url*."""

    reference: str
    redirect_url: str | None = None


class Payment(_CamelAnswer):
    reference: str
    psp_reference: str
    state: PaymentState
    amount: Amount
    aggregate: Aggregate
    payment_method: PaymentMethod
    profile: Profile | None = None
    redirect_url: str | None = None
    metadata: Mapping[str, str] | None = None
    user_details: Mapping[str, Any] | None = Field(default=None, repr=False)
    capture_guaranteed_until: Instant | None = None

    @property
    def sub(self) -> str | None:
        """The customer's id at this sales unit, the key to their user info."""
        return self.profile.sub if self.profile else None


class Modification(_CamelAnswer):
    """The answer to a capture, refund or cancel.

    *amount* is the payment's, not the operation's; the *aggregate* tells what was done.
    """

    reference: str
    psp_reference: str
    state: PaymentState
    amount: Amount
    aggregate: Aggregate


class PaymentEvent(_CamelAnswer):
    reference: str
    psp_reference: str  # the event's own, but for CREATED
    name: str
    amount: Amount
    timestamp: Instant
    idempotency_key: str | None = None
    success: bool = True


class Category(_CamelAnswer):
    """The link button of an order: what the customer sees behind it."""

    category: str = "GENERAL"
    order_details_url: str
    image_id: str | None = None

    def body(self) -> dict[str, Any]:
        return self.model_dump(by_alias=True, exclude_none=True)


class OrderDetails(_CamelAnswer):
    category: Category | None = None
    receipt: Mapping[str, Any] | None = None


class Address(_Answer):
    address_type: str | None = None
    street_address: str | None = None
    postal_code: str | None = None
    region: str | None = None
    country: str | None = None
    formatted: str | None = None


class UserInfo(_Answer):
    """What the customer shares; None for what they were not asked for."""

    sub: str
    sid: str | None = None
    name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    birthdate: str | None = None
    email: str | None = None
    email_verified: bool | str | None = None  # a text ("[Expired]") once the time to ask is over
    phone_number: str | None = None
    nin: str | None = Field(default=None, repr=False)
    address: Address | None = None
    other_addresses: tuple[Address, ...] = ()
