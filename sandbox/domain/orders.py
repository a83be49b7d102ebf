"""Decide what Order Management keeps for an order, whether or not its payment exists.

Source: Order Management guide and OpenAPI 2.1. Whether an order exists is never checked.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sandbox.domain.commands import AttachCategory, PaymentType
from sandbox.domain.errors import OrderUnknown, OrderUrlInvalid
from sandbox.domain.facts import CategoryAttached
from sandbox.domain.receipts import Receipt
from sandbox.domain.sales_unit import Profile
from sandbox.domain.state import UnitState
from sandbox.domain.urls import UrlKind, url_kind

__all__ = ["Order", "attach_category", "order", "order_details_url"]

_LONGEST_URL: Final = 2048
_LINKS: Final = {
    Profile.LENIENT: frozenset({UrlKind.WEB, UrlKind.LOCAL}),
    Profile.STRICT: frozenset({UrlKind.WEB}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the app shows with a payment."""

    category: AttachCategory | None
    receipt: Receipt | None


def attach_category(state: UnitState, command: AttachCategory, at: datetime) -> list[CategoryAttached]:
    """Decide a category: it replaces the one that the order had.

    Raises:
        OrderUrlInvalid: the link is not https (http only for this machine, and not in the strict profile).
    """
    url = command.order_details_url
    if len(url) > _LONGEST_URL or url_kind(url) not in _LINKS[state.settings.profile]:
        raise OrderUrlInvalid("OrderDetailsUrl", url)
    return [CategoryAttached(at=at, command=command)]


def order(state: UnitState, payment_type: PaymentType, order_id: str) -> Order:
    """Return what is kept for an order.

    Raises:
        OrderUnknown: neither a category nor a receipt was ever given.
    """
    category = state.orders.get((payment_type, order_id))
    payment = state.payments.get(order_id) if payment_type is PaymentType.ECOM else None
    receipt = payment.created.command.receipt if payment is not None else None
    if category is None and receipt is None:
        raise OrderUnknown(payment_type, order_id)
    return Order(category=category, receipt=receipt)


def order_details_url(state: UnitState, reference: str) -> str | None:
    """Return the link that the app opens from a payment's details; None if there is none."""
    category = state.orders.get((PaymentType.ECOM, reference))
    return None if category is None else category.order_details_url
