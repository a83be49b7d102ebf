"""Identifiers, derived and not drawn: the same world gives the same ones on every machine.

Each has the shape of a version 4 UUID, as Vipps's own have.
"""

from base64 import b64encode
from hashlib import sha256, sha512
from typing import Final

__all__ = [
    "category_id",
    "delivery_id",
    "event_psp_reference",
    "receipt_id",
    "registration_id",
    "session_id",
    "sub",
    "webhook_secret",
]

_VARIANTS: Final = {digit: "89ab"[int(digit, 16) % 4] for digit in "0123456789abcdef"}


def _digits(*parts: str) -> str:
    return sha256("\x1f".join(parts).encode()).hexdigest()


def _derived(*parts: str) -> str:
    digits = _digits(*parts)
    variant = _VARIANTS[digits[16]]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:32]}"


def sub(msn: str, phone_number: str) -> str:
    """Return who a customer is to one sales unit. Source: user information guide, "sub"."""
    return _derived("sub", msn, phone_number)


def session_id(msn: str, phone_number: str) -> str:
    """Return the `sid` of user information: 16 lower-case hex digits, not in use at Vipps either."""
    return _digits("sid", msn, phone_number)[:16]


def event_psp_reference(msn: str, reference: str, place: int) -> str:
    """Return the `pspReference` of a payment's event number *place*; that of number 0 is the payment's own."""
    return _derived("psp", msn, reference, str(place))


def category_id(msn: str, payment_type: str, order_id: str, place: int = 0) -> str:
    """Return the id of the category number *place* that an order was ever given."""
    return _derived("category", msn, payment_type, order_id, str(place))


def receipt_id(msn: str, payment_type: str, order_id: str) -> str:
    return _derived("receipt", msn, payment_type, order_id)


def registration_id(holder: str, number: int) -> str:
    """Return the id of the webhook number *number* that a sales unit (by its MSN) or a partner ever registered."""
    return _derived("webhook", holder, str(number))


def webhook_secret(holder: str, number: int) -> str:
    """Return a webhook's secret: base64 of 64 bytes, whose text itself is the key."""
    return b64encode(sha512(f"webhook secret\x1f{holder}\x1f{number}".encode()).digest()).decode()


def delivery_id(registration: str, reference: str, place: int) -> str:
    """Return the id of what a registration is owed of a payment's event number *place*."""
    return _derived("delivery", registration, reference, str(place))
