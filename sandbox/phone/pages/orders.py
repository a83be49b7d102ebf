"""What the phone shows of what a payment is for: its receipt, and the merchant's own page about the order."""

from dataclasses import dataclass
from typing import ClassVar

from sandbox.phone.pages.device import PhonePage
from sandbox.phone.pages.parts import Merchant, Row

__all__ = ["DetailsPage", "OrderLink", "OrderPage", "ReceiptLine"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    name: str
    amount_text: str
    quantity_text: str | None
    original_text: str | None  # before its discount


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLink:
    """The category's button."""

    text: str
    url: str
    icon: str
    picture_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailsPage(PhonePage):
    """What the payment is for (details.html)."""

    template: ClassVar = "details.html"

    request_url: str
    merchant: Merchant
    rows: tuple[Row, ...]
    lines: tuple[ReceiptLine, ...]
    extras: tuple[Row, ...]  # shipping, tips, discount
    total_text: str | None
    taxes: tuple[Row, ...]
    sources: tuple[Row, ...]  # what was paid by other means
    order_link: OrderLink | None
    order_text: str | None  # of an order's link that is not one to follow


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPage(PhonePage):
    """The merchant's own page about the order, as a sheet in the app (order.html)."""

    template: ClassVar = "order.html"

    heading: str
    back_url: str
    url: str
