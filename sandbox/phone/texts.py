"""The words of the pages, and how values are written in them. Source: landing page and app guides."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final, NamedTuple

from sandbox.domain.commands import CategoryType
from sandbox.domain.money import Currency
from sandbox.domain.payments import Payment, PaymentState
from sandbox.domain.receipts import QuantityUnit, UnitInfo
from sandbox.phone.pages import Row
from sandbox.world.people import Person

__all__ = [
    "CATEGORY_LABELS",
    "Outcome",
    "consent_row",
    "date_text",
    "outcome_of",
    "phone_number_text",
    "quantity_text",
    "typed_phone_number",
]

CATEGORY_LABELS: Final[Mapping[CategoryType, str]] = {
    CategoryType.RECEIPT: "Show receipt",
    CategoryType.ORDER_CONFIRMATION: "Show order info",
    CategoryType.DELIVERY: "Track your order",
    CategoryType.TICKET: "Show ticket",
    CategoryType.BOOKING: "Show booking info",
    CategoryType.GENERAL: "Show more info",
}

_COUNTRY_CODES: Final = ("358", "47", "45", "46")
_BETWEEN_DIGITS: Final = re.compile(r"[\s().-]+")
_NATIONAL: Final = re.compile("[0-9]{8}")  # in Norway and Denmark alike


class Outcome(NamedTuple):
    heading: str
    text: str


_OUTCOMES: Final[Mapping[PaymentState, Outcome]] = {
    PaymentState.AUTHORIZED: Outcome("Paid", "The payment is approved."),
    PaymentState.ABORTED: Outcome("Cancelled", "The payment was cancelled. Nothing has been paid."),
    PaymentState.EXPIRED: Outcome("Time is up", "Nobody approved the payment in time. Nothing has been paid."),
    PaymentState.TERMINATED: Outcome("Withdrawn", "The merchant withdrew the payment. Nothing has been paid."),
}
_RELEASED: Final = Outcome(
    "Released", "The payment was approved, and the merchant released it. Nothing has been paid."
)


def outcome_of(payment: Payment) -> Outcome | None:
    """Return how a payment ended for its customer; None while it has not."""
    if payment.state is PaymentState.AUTHORIZED and payment.cancelled == payment.authorized:
        return _RELEASED
    return _OUTCOMES.get(payment.state)


def phone_number_text(phone_number: str) -> str:
    """Return an MSISDN as the app writes it: `+47 912 34 567`."""
    code = next((code for code in _COUNTRY_CODES if phone_number.startswith(code)), "")
    own = phone_number.removeprefix(code)
    if code == "47" and len(own) == 8:
        own = f"{own[:3]} {own[3:5]} {own[5:]}"
    return f"+{code} {own}" if code else f"+{own}"


def typed_phone_number(typed: str, currency: Currency) -> str:
    """Return what somebody typed as an MSISDN, if it is one.

    Eight digits without country code are a number of Norway, or of Denmark where kroner are Danish.
    """
    bare = _BETWEEN_DIGITS.sub("", typed)
    if _NATIONAL.fullmatch(bare):
        return ("45" if currency is Currency.DKK else "47") + bare
    return bare.removeprefix("+") if bare.startswith("+") else bare.removeprefix("00")


def date_text(day: date) -> str:
    return f"{day:%d.%m.%Y}"


def quantity_text(unit_info: UnitInfo | None) -> str | None:
    """Return a line's quantity with its unit: `2 pcs`, `1.5 kg`."""
    if unit_info is None:
        return None
    unit = "kWh" if unit_info.quantity_unit is QuantityUnit.KWH else unit_info.quantity_unit.value.lower()
    return f"{unit_info.quantity} {unit}"


_SHARED: Final[Mapping[str, tuple[str, Callable[[Person], str]]]] = {
    "name": ("Name", lambda who: who.name),
    "address": ("Address", lambda who: who.address.formatted),
    "email": ("Email", lambda who: who.email),
    "phoneNumber": ("Phone number", lambda who: phone_number_text(who.phone_number)),
    "birthDate": ("Birth date", lambda who: date_text(who.birth_date)),
    "nin": ("National identity number", lambda who: who.nin),
}


def consent_row(scope: str, who: Person) -> Row:
    """Return what sharing *scope* tells about somebody."""
    label, value = _SHARED[scope]
    return Row(label, value(who))
