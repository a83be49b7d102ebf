"""What the phone shows of a payment that has ended."""

from dataclasses import dataclass
from typing import ClassVar

from sandbox.phone.pages.device import PhonePage
from sandbox.phone.pages.orders import OrderLink
from sandbox.phone.pages.parts import Link, Merchant, Row, Status

__all__ = ["EndedPage", "ReceiptPage", "ReturnPage", "Transaction"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedPage(PhonePage):
    """A payment ended and nothing was paid (ended.html)."""

    template: ClassVar = "ended.html"

    merchant: Merchant
    amount_text: str
    heading: str
    text: str
    status: Status
    return_link: Link | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """A row of a receipt."""

    kind: str
    when_text: str
    amount_text: str
    look: str  # as of a `Status`


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptPage(PhonePage):
    """A payment that was approved, right afterwards and in the history (receipt.html)."""

    template: ClassVar = "receipt.html"

    heading: str
    merchant: Merchant
    amount_text: str
    description: str | None
    status: Status
    return_link: Link | None
    details: Link | None
    order_link: OrderLink | None
    rows: tuple[Row, ...]
    transactions: tuple[Transaction, ...]  # newest first


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnPage(PhonePage):
    """The merchant's page in the phone's own browser, which has no session with it (return.html)."""

    template: ClassVar = "return.html"

    request_url: str
    url: str
