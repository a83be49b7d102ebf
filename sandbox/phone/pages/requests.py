"""What the phone shows of a payment that waits: request, consent, payment, and the choice of card and shipping."""

from dataclasses import dataclass
from typing import ClassVar

from sandbox.phone.pages.device import PhonePage
from sandbox.phone.pages.parts import Button, Link, Merchant, Row

__all__ = [
    "CardChoice",
    "CardsPage",
    "ConsentPage",
    "PaymentPage",
    "ProcessingPage",
    "RequestPage",
    "Shipping",
    "ShippingChoice",
    "ShippingPage",
    "ShippingQuestionPage",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPage(PhonePage):
    """A request that waits to be opened (request.html)."""

    template: ClassVar = "request.html"

    merchant: Merchant
    amount_text: str
    due_text: str | None
    button: Button


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentPage(PhonePage):
    """What the merchant asks to know, with what it will be told (consent.html)."""

    template: ClassVar = "consent.html"

    heading: str
    merchant: Merchant
    lead: str
    responsible: str
    rows: tuple[Row, ...]
    share: Button
    refuse: Button


@dataclass(frozen=True, slots=True, kw_only=True)
class CardChoice:
    id: str
    scheme: str
    name: str
    last_four: str
    note: str | None
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipping:
    """How what is paid for gets to the customer."""

    option_id: str
    name: str
    price_text: str
    address_text: str  # in one line
    choose_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentPage(PhonePage):
    """What the customer is asked to pay (payment.html)."""

    template: ClassVar = "payment.html"

    merchant: Merchant
    amount_text: str
    description: str | None
    due_text: str | None  # "Due 15.09.2023"
    order_id_text: str
    details: Link | None
    declined_text: str | None  # why the last try to pay failed
    shipping: Shipping | None
    card: CardChoice
    cards_url: str
    pay: Button
    left: Button | None  # at the top: puts it off
    right: Button | None  # at the top: ends it
    choices: tuple[Button, ...]  # behind Cancel at the top, instead of both


@dataclass(frozen=True, slots=True, kw_only=True)
class CardsPage(PhonePage):
    """Which card to pay with (cards.html)."""

    template: ClassVar = "cards.html"

    request_url: str
    choose_url: str
    cards: tuple[CardChoice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingQuestionPage(PhonePage):
    """The shop is asked how it ships to the customer's address, or does not (shipping_question.html)."""

    template: ClassVar = "shipping_question.html"

    merchant: Merchant
    amount_text: str
    text: str
    is_refused: bool
    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingChoice:
    id: str
    element_id: str
    name: str
    more: str | None
    price_text: str
    url: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingPage(PhonePage):
    """How to have it shipped (shipping.html)."""

    template: ClassVar = "shipping.html"

    request_url: str
    choices: tuple[ShippingChoice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessingPage(PhonePage):
    """The customer has approved and the outcome is not known yet (processing.html)."""

    template: ClassVar = "processing.html"

    url: str
    merchant: Merchant
    amount_text: str
