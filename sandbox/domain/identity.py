"""Identifiers, derived and not drawn: the same world gives the same ones on every machine.

Each has the shape of a version 4 UUID, as Vipps's own have.
"""

from hashlib import sha256
from uuid import UUID

__all__ = ["category_id", "event_psp_reference", "session_id", "sub"]


def _digest(*parts: str) -> bytes:
    return sha256("\x1f".join(parts).encode()).digest()


def _derived(*parts: str) -> str:
    return str(UUID(bytes=_digest(*parts)[:16], version=4))


def sub(msn: str, phone_number: str) -> str:
    """Return who a customer is to one sales unit. Source: user information guide, "sub"."""
    return _derived("sub", msn, phone_number)


def session_id(msn: str, phone_number: str) -> str:
    """Return the `sid` of user information: 16 lower-case hex digits, not in use at Vipps either."""
    return _digest("sid", msn, phone_number).hex()[:16]


def event_psp_reference(msn: str, reference: str, place: int) -> str:
    """Return the `pspReference` of a payment's event number *place*; that of number 0 is the payment's own."""
    return _derived("psp", msn, reference, str(place))


def category_id(msn: str, payment_type: str, order_id: str) -> str:
    return _derived("category", msn, payment_type, order_id)
