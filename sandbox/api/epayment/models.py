"""What merchants send to the ePayment API. Source: ePayment OpenAPI 1.8.1."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from sandbox.api.gateway.parsing import Wire
from sandbox.api.receipts import Receipt
from sandbox.domain import commands, money
from sandbox.domain.commands import (
    CustomerInteraction,
    PaymentMethodType,
    ShippingBrand,
    ShippingType,
    UserFlow,
)
from sandbox.domain.customers import phone_number_of_customer_token, phone_number_of_personal_qr
from sandbox.domain.money import Currency

__all__ = [
    "CancelModificationRequest",
    "CaptureModificationRequest",
    "CreatePaymentRequest",
    "Customer",
    "ForceApprove",
    "Reference",
    "RefundModificationRequest",
    "ShippingGroups",
]

Reference = Annotated[str, Field(pattern="^[a-zA-Z0-9-]{8,64}$")]
BirthDates = Callable[[str], date | None]

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
    """Whom the payment is for, said in one of three ways; an empty object is nobody in particular."""

    phone_number: str | None = None
    personal_qr: Annotated[str, Field(min_length=5, max_length=255)] | None = None  # all that the code says
    customer_token: str | None = None

    @model_validator(mode="after")
    def _in_one_way(self) -> "Customer":
        if self._ways > 1:
            raise PydanticCustomError("customer", "Only one of phoneNumber, personalQr and customerToken may be set")
        return self

    @property
    def is_named(self) -> bool:
        """Whether it says who; be it somebody or, by mistake, nobody."""
        return bool(self._ways)

    @property
    def _ways(self) -> int:
        """In how many ways it says who."""
        return 3 - (self.phone_number, self.personal_qr, self.customer_token).count(None)

    def to_phone_number(self) -> str | None:
        """Return whose phone number it is; None for nobody's."""
        if self.personal_qr is not None:
            return phone_number_of_personal_qr(self.personal_qr)
        if self.customer_token is not None:
            return phone_number_of_customer_token(self.customer_token)
        return self.phone_number


class BlockedSource(StrEnum):
    COMMERCIAL_CARDS = "COMMERCIAL_CARDS"


class PaymentMethod(Wire):
    type: PaymentMethodType
    blocked_sources: list[BlockedSource] | None = None


class AirlineData(Wire):
    agency_invoice_number: Annotated[str, Field(min_length=1, max_length=6)]
    airline_code: Annotated[str, Field(min_length=3, max_length=3)]
    airline_designator_code: Annotated[str, Field(min_length=2, max_length=2)]
    passenger_name: Annotated[str, Field(min_length=1, max_length=49)]
    ticket_number: Annotated[str, Field(min_length=1, max_length=150)] | None = None


class IndustryData(Wire):
    """Passed on to card schemes; nothing in the sandbox depends on it."""

    airline_data: AirlineData | None = None


class QrFormatRequest(Wire):
    """How the user flow QR answers; without meaning for all others."""

    format: commands.QrFormat
    size: Annotated[int, Field(ge=100, le=2000)] | None = None  # pixels


class ShippingOption(Wire):
    id: str
    amount: Amount
    name: str
    is_default: bool = False
    priority: int | None = None
    meta: str | None = None
    estimated_delivery: str | None = None

    def to_domain(self) -> commands.ShippingOption:
        return commands.ShippingOption(
            id=self.id,
            name=self.name,
            amount=self.amount.to_domain(),
            is_default=self.is_default,
            priority=self.priority,
            meta=self.meta,
            estimated_delivery=self.estimated_delivery,
        )


class ShippingGroup(Wire):
    type: ShippingType
    brand: ShippingBrand
    options: list[ShippingOption]
    is_default: bool = False
    priority: int | None = None

    def to_domain(self) -> commands.ShippingGroup:
        return commands.ShippingGroup(
            type=self.type,
            brand=self.brand,
            options=tuple(option.to_domain() for option in self.options),
            is_default=self.is_default,
            priority=self.priority,
        )


class ShippingGroups(Wire):
    """What a merchant answers that is asked how it ships to an address."""

    groups: list[ShippingGroup]


class DynamicOptions(Wire):
    callback_url: Annotated[str, Field(max_length=2500)]
    callback_authorization_token: str | None = None


class Shipping(Wire):
    """Express: fixed options, or where to ask for them; never both."""

    fixed_options: list[ShippingGroup] | None = None
    dynamic_options: DynamicOptions | None = None
    allowed_countries: list[Annotated[str, Field(pattern="^[A-Z]{2}$")]] | None = None

    @model_validator(mode="after")
    def _in_one_way(self) -> "Shipping":
        if (self.fixed_options is None) == (self.dynamic_options is None):
            raise PydanticCustomError("shipping", "Exactly one of fixedOptions and dynamicOptions must be set")
        return self

    def to_domain(self) -> commands.Shipping:
        dynamic = self.dynamic_options
        return commands.Shipping(
            groups=tuple(group.to_domain() for group in self.fixed_options or ()),
            callback_url=None if dynamic is None else dynamic.callback_url,
            callback_authorization_token=None if dynamic is None else dynamic.callback_authorization_token,
            allowed_countries=None if self.allowed_countries is None else tuple(self.allowed_countries),
        )


class CardType(StrEnum):
    VISA_DEBIT = "VISA_DEBIT"
    VISA_CREDIT = "VISA_CREDIT"
    MC_CREDIT = "MC_CREDIT"
    MC_DEBIT = "MC_DEBIT"
    DANKORT = "DANKORT"


class CardPassthrough(Wire):
    """For payment service providers; in preview at Vipps."""

    psp_reference: Annotated[str, Field(max_length=64)]
    card_callback_url: Annotated[str, Field(pattern="^https://")]
    allowed_card_types: list[CardType]
    prefer_visa_part_of_visa_dankort: bool = False
    public_encryption_key_id: str | None = None

    def to_domain(self) -> commands.CardPassthrough:
        return commands.CardPassthrough(psp_reference=self.psp_reference, card_callback_url=self.card_callback_url)


class MerchantLegalLinks(Wire):
    """Shown by the app since version 1.8.4."""

    terms_of_sale_url: str | None = None
    privacy_policy_url: str | None = None


class ProfileRequest(Wire):
    scope: str | None = None  # separated by blanks


class CreatePaymentRequest(Wire):
    amount: Amount
    payment_method: PaymentMethod
    reference: Reference
    user_flow: UserFlow
    customer: Customer | None = None
    customer_interaction: CustomerInteraction | None = None
    expires_at: Annotated[str, Field(pattern=_RFC_3339)] | None = None
    industry_data: IndustryData | None = None
    merchant_legal_links: MerchantLegalLinks | None = None
    metadata: dict[str, str] | None = None
    minimum_user_age: Annotated[int, Field(ge=0, le=100)] | None = None
    payment_description: Annotated[str, Field(min_length=3, max_length=100)] | None = None
    profile: ProfileRequest | None = None
    qr_format: QrFormatRequest | None = None
    receipt: Receipt | None = None
    receipt_url: Annotated[str, Field(max_length=2500)] | None = None
    return_url: Annotated[str, Field(max_length=2500)] | None = None
    shipping: Shipping | None = None
    card_passthrough: CardPassthrough | None = None

    @field_validator("expires_at")
    @classmethod
    def _is_an_instant(cls, text: str | None) -> str | None:
        if text is not None:
            _instant(text)
        return text

    def to_domain(
        self, idempotency_key: str, metadata: tuple[tuple[str, str], ...] | None, born: BirthDates
    ) -> commands.CreatePayment:
        """Return the command.

        Args:
            metadata: As sent, a key that comes twice included.
            born: Tells when whoever has a phone number was born; asked only where an age is.
        """
        customer = self.customer or Customer()
        phone_number = customer.to_phone_number()
        asks_age = self.minimum_user_age is not None and phone_number is not None
        return commands.CreatePayment(
            idempotency_key=idempotency_key,
            reference=self.reference,
            amount=self.amount.to_domain(),
            user_flow=self.user_flow,
            payment_method=self.payment_method.type,
            phone_number=phone_number,
            personal_qr_of_nobody=customer.personal_qr if phone_number is None else None,
            customer_token_of_nobody=customer.customer_token if phone_number is None else None,
            scope=() if self.profile is None or self.profile.scope is None else _words(self.profile.scope),
            return_url=self.return_url,
            expires_at=None if self.expires_at is None else _instant(self.expires_at),
            payment_description=self.payment_description,
            customer_interaction=self.customer_interaction or CustomerInteraction.CUSTOMER_NOT_PRESENT,
            receipt=None if self.receipt is None else self.receipt.to_domain(),
            receipt_url=self.receipt_url,
            metadata=metadata,
            minimum_user_age=self.minimum_user_age,
            customer_born=born(phone_number or "") if asks_age else None,
            blocks_commercial_cards=bool(self.payment_method.blocked_sources),
            shipping=None if self.shipping is None else self.shipping.to_domain(),
            card_passthrough=None if self.card_passthrough is None else self.card_passthrough.to_domain(),
            qr_format=None if self.qr_format is None else self.qr_format.format,
            qr_size=None if self.qr_format is None else self.qr_format.size,
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
