"""How payments look to merchants. Source: ePayment OpenAPI 1.8.1, `GetPaymentResponse`, `PaymentEvent`."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final, NotRequired, TypeVar, cast

from pydantic import Field
from typing_extensions import TypedDict

from sandbox.domain.commands import PaymentMethodType, ShippingOption
from sandbox.domain.event_log import PaymentEvent
from sandbox.domain.event_names import EventName
from sandbox.domain.identity import event_psp_reference, sub
from sandbox.domain.money import Amount, Currency
from sandbox.domain.payments import Payment, PaymentState
from sandbox.world import SalesUnit
from sandbox.world.people import Address, Person

__all__ = [
    "AmountResponse",
    "CreatePaymentResponse",
    "GetPaymentResponse",
    "ModificationResponse",
    "PaymentEventResponse",
    "ShippingDetails",
    "UserDetails",
    "event_view",
    "guaranteed_until",
    "modification_view",
    "payment_view",
    "shipping_details_of",
    "shipping_details_view",
    "user_details_of",
    "user_details_view",
]

_CARD_BIN = "540185"  # of the one card that every simulated customer has, a Mastercard
_CARD_GUARANTEES = timedelta(days=30)  # as Mastercard does; Visa does for 7 days
_EXPIRED = "[Expired]"

_Word = TypeVar("_Word", bound=StrEnum)
_Instant = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class AmountResponse(TypedDict):
    currency: Currency
    value: int


class Aggregate(TypedDict):
    """The sums of what has happened to a payment."""

    authorizedAmount: AmountResponse
    cancelledAmount: AmountResponse
    capturedAmount: AmountResponse
    refundedAmount: AmountResponse


class CreatePaymentResponse(TypedDict):
    reference: str
    redirectUrl: NotRequired[str]


class PaymentMethodResponse(TypedDict):
    type: PaymentMethodType
    cardBin: NotRequired[str]


class ProfileResponse(TypedDict):
    sub: NotRequired[str]


class UserAddress(TypedDict):
    addressLine1: str
    city: str
    country: str
    postCode: str


class UserDetails(TypedDict):
    """What the customer shared; what was not is empty."""

    email: str
    firstName: str
    lastName: str
    mobileNumber: str
    dateOfBirth: NotRequired[str]
    addresses: NotRequired[list[UserAddress]]


class ShippingDetails(TypedDict):
    """How the customer of an Express payment wants the goods shipped; the cost in minor units."""

    address: UserAddress
    shippingCost: int
    shippingOptionId: str
    shippingOptionName: str


class GetPaymentResponse(TypedDict):
    aggregate: Aggregate
    amount: AmountResponse
    state: PaymentState
    paymentMethod: PaymentMethodResponse
    profile: ProfileResponse
    pspReference: str
    reference: str
    userDetails: NotRequired[UserDetails]
    shippingDetails: NotRequired[ShippingDetails]
    captureGuaranteedUntil: NotRequired[_Instant]
    redirectUrl: NotRequired[str]
    metadata: NotRequired[dict[str, str]]


class ModificationResponse(TypedDict):
    amount: AmountResponse
    state: PaymentState
    aggregate: Aggregate
    pspReference: str
    reference: str


class PaymentEventResponse(TypedDict):
    reference: str
    pspReference: str
    name: EventName
    amount: AmountResponse
    timestamp: _Instant
    idempotencyKey: NotRequired[str]
    success: bool


def _plain(word: _Word) -> _Word:
    """Return a word of an enum as the text that it is.

    Asked for JSON, an enum looks its value up in Python: seven times in a payment, that takes longer than all else.
    """
    return cast("_Word", str(word))


def amount_view(amount: Amount) -> AmountResponse:
    return {"currency": _plain(amount.currency), "value": amount.value}


def aggregate_view(payment: Payment) -> Aggregate:
    currency = _plain(payment.amount.currency)
    return {
        "authorizedAmount": {"currency": currency, "value": payment.authorized},
        "cancelledAmount": {"currency": currency, "value": payment.cancelled},
        "capturedAmount": {"currency": currency, "value": payment.captured},
        "refundedAmount": {"currency": currency, "value": payment.refunded},
    }


def payment_view(
    payment: Payment,
    msn: str,
    *,
    redirect_url: str | None = None,
    shows_sub: bool = True,
    user_details: UserDetails | None = None,
    shipping_details: ShippingDetails | None = None,
) -> GetPaymentResponse:
    """Return a payment as GET shows it.

    Args:
        redirect_url: While the customer can still use it.
        shows_sub: Whether the customer's `sub` is known by now.
        user_details: Once the customer has approved, and shared anything.
        shipping_details: Once the customer has approved, and chosen how the goods are shipped.
    """
    command = payment.created.command
    method: PaymentMethodResponse = {"type": _plain(command.payment_method)}
    profile: ProfileResponse = {}
    if payment.state is PaymentState.AUTHORIZED:
        method["cardBin"] = _CARD_BIN if payment.card_number is None else payment.card_number[:6]
        if payment.scope and payment.phone_number is not None and shows_sub:
            profile["sub"] = sub(msn, payment.phone_number)
    view: GetPaymentResponse = {
        "aggregate": aggregate_view(payment),
        "amount": amount_view(command.amount),
        "state": _plain(payment.state),
        "paymentMethod": method,
        "profile": profile,
        "pspReference": event_psp_reference(msn, command.reference, 0),
        "reference": command.reference,
    }
    if user_details is not None:
        view["userDetails"] = user_details
    if shipping_details is not None:
        view["shippingDetails"] = shipping_details
    if payment.authorized_at is not None:
        view["captureGuaranteedUntil"] = guaranteed_until(payment.authorized_at)
    if redirect_url is not None:
        view["redirectUrl"] = redirect_url
    if command.metadata is not None:
        view["metadata"] = dict(command.metadata)
    return view


_EXPIRED_ADDRESS: Final[UserAddress] = {
    "addressLine1": _EXPIRED,
    "city": _EXPIRED,
    "country": _EXPIRED,
    "postCode": _EXPIRED,
}


def user_details_view(who: Person, scope: Sequence[str], *, readable: bool) -> UserDetails:
    """Return what the customer shared, as GET shows it; the first four are required and empty if not shared.

    Args:
        readable: Whether the time to read it is not over yet.
    """

    def shared(word: str, value: str) -> str:
        if word not in scope:
            return ""
        return value if readable or not value else _EXPIRED

    details: UserDetails = {
        "email": shared("email", who.email),
        "firstName": shared("name", who.given_name),
        "lastName": shared("name", who.family_name),
        "mobileNumber": shared("phoneNumber", who.phone_number),
    }
    if "birthDate" in scope:
        details["dateOfBirth"] = shared("birthDate", who.birth_date.isoformat())
    if "address" in scope:
        known = (who.address, *who.other_addresses)
        addresses = [_address_view(address) for address in known if address.street_address]
        details["addresses"] = addresses if readable else [_EXPIRED_ADDRESS for _ in addresses]
    return details


def user_details_of(unit: SalesUnit, payment: Payment, at: datetime) -> UserDetails | None:
    """Return what the customer of a payment shared, as it can be read at an instant; None if nothing was."""
    if payment.authorized_at is None or payment.phone_number is None or not payment.scope:
        return None
    until = payment.authorized_at + unit.state.settings.userinfo_window
    return user_details_view(unit.person(payment.phone_number), payment.scope, readable=at < until)


def shipping_details_of(unit: SalesUnit, payment: Payment) -> ShippingDetails | None:
    """Return how the customer of a payment wants the goods shipped; None but for Express."""
    if payment.shipping is None or payment.phone_number is None:
        return None
    return shipping_details_view(unit.person(payment.phone_number), payment.shipping)


def _address_view(address: Address) -> UserAddress:
    return {
        "addressLine1": address.street_address,
        "city": address.region,
        "country": address.country,
        "postCode": address.postal_code,
    }


def shipping_details_view(who: Person, option: ShippingOption) -> ShippingDetails:
    """Return how and where the goods are shipped: what it costs in minor units, to the customer's own address."""
    return {
        "address": _address_view(who.address),
        "shippingCost": option.amount.value,
        "shippingOptionId": option.id,
        "shippingOptionName": option.name,
    }


def guaranteed_until(authorized_at: datetime) -> str:
    """Return until when a capture of what was approved cannot fail for want of funds, with the offset of UTC."""
    return (authorized_at + _CARD_GUARANTEES).isoformat(timespec="milliseconds")


def modification_view(payment: Payment, msn: str) -> ModificationResponse:
    """Return what capture, cancel and refund answer: the payment's amount, and its sums after the operation."""
    return {
        "amount": amount_view(payment.amount),
        "state": _plain(payment.state),
        "aggregate": aggregate_view(payment),
        "pspReference": event_psp_reference(msn, payment.reference, 0),
        "reference": payment.reference,
    }


def event_view(event: PaymentEvent) -> PaymentEventResponse:
    view: PaymentEventResponse = {
        "reference": event.reference,
        "pspReference": event.psp_reference,
        "name": _plain(event.name),
        "amount": amount_view(event.amount),
        "timestamp": _timestamp(event.timestamp, finely=event.name is EventName.CREATED),
        "success": True,
    }
    if event.idempotency_key is not None:
        view["idempotencyKey"] = event.idempotency_key
    return view


def _timestamp(at: datetime, *, finely: bool) -> str:
    """Return RFC 3339 in UTC: seven decimals for creations, three for all else, as the real event log has them."""
    text = at.isoformat(timespec="microseconds" if finely else "milliseconds").removesuffix("+00:00")
    return f"{text}0Z" if finely else f"{text}Z"
