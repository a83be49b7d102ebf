"""What each screen shows: one dataclass a template, and nothing else reaches the template."""

from dataclasses import dataclass
from typing import ClassVar

from sandbox.phone.words import Words

__all__ = [
    "BankPage",
    "Banner",
    "Button",
    "CardChoice",
    "CardFormPage",
    "CardsPage",
    "ConsentPage",
    "DetailsPage",
    "Device",
    "EndedPage",
    "Landing",
    "LandingEndPage",
    "LanguageChoice",
    "Line",
    "Link",
    "LockPage",
    "Merchant",
    "NumberPage",
    "OrderLink",
    "OrderPage",
    "Page",
    "PaymentPage",
    "PaymentsPage",
    "ProblemPage",
    "ProcessingPage",
    "QrPage",
    "ReceiptLine",
    "ReceiptPage",
    "RequestPage",
    "ReturnPage",
    "Row",
    "Shipping",
    "ShippingChoice",
    "ShippingPage",
    "ShippingQuestionPage",
    "Status",
    "Transaction",
    "WaitingPage",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    template: ClassVar[str]

    words: Words


@dataclass(frozen=True, slots=True)
class Link:
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Button:
    """A form of one button."""

    id: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Merchant:
    name: str
    line: str  # "#123456 · Acme AS"
    initial: str  # stands for the icon that we do not have


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    value: str  # may have several lines
    icon: str = "info"


@dataclass(frozen=True, slots=True)
class Status:
    """A word with its look: `good`, `bad`, `waiting`, `info` or none, and an icon."""

    text: str
    look: str
    icon: str


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    code: str
    name: str
    chosen: bool


# --- The landing page -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """What all pages of a landing page share."""

    token: str
    asked: str  # "20,00 kr to Acme Shop"
    company: str  # behind that name
    cancel_url: str
    language_url: str
    languages: tuple[LanguageChoice, ...]
    here: str  # which page this is, for the way back from the choice of language
    state_url: str  # tells whether the payment still waits
    ended_url: str  # where a page goes once it does not
    time_left_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberPage(Page):
    """Whose phone is to get the request? (landing_number.html)."""

    template: ClassVar = "landing_number.html"

    landing: Landing
    number_url: str
    phone_number_text: str  # what stands in the field
    editable: bool
    remembered: bool
    open_app_url: str
    open_app_text: str
    on_a_phone: bool  # the app is beside the browser, and comes first
    qr_url: str
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPage(Page):
    """The request is on a phone; the page looks again by itself (landing_waiting.html)."""

    template: ClassVar = "landing_waiting.html"

    landing: Landing
    heading: str
    sent_to: str
    phone_url: str
    back_url: str  # what the browser's own way back does
    look_again_after: int  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class QrPage(Page):
    """A code to be scanned by a real phone, which then shows the simulated app (landing_qr.html)."""

    template: ClassVar = "landing_qr.html"

    landing: Landing
    picture_url: str
    leads_to: str
    warning: tuple[str, str] | None  # where only this machine can follow the code; what stands around the option
    option: str  # of the command line, that helps
    number_url: str
    look_again_after: int  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFormPage(Page):
    """A payment by card, without the app (landing_card.html)."""

    template: ClassVar = "landing_card.html"

    landing: Landing
    card_url: str
    hint: str
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BankPage(Page):
    """The bank asks whether it is the card's owner who pays: 3-D Secure (landing_bank.html)."""

    template: ClassVar = "landing_bank.html"

    landing: Landing
    question: str
    bank_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LandingEndPage(Page):
    """How it ended, where the browser is not sent on by itself (landing_end.html)."""

    template: ClassVar = "landing_end.html"

    heading: str
    text: str
    status: Status
    web_link: Link | None  # to a returnUrl in the web
    app_link: Link | None  # to one that leads into the merchant's app


# --- The phone ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """The phone around any of its screens."""

    whose: str
    phone_number_text: str
    lock_screen_url: str
    payments_url: str
    pulse_url: str  # tells when there is something new
    pulse: str
    language_url: str
    languages: tuple[LanguageChoice, ...]
    here: str  # this page's address


@dataclass(frozen=True, slots=True, kw_only=True)
class PhonePage(Page):
    device: Device


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    """A push on the lock screen; a tap opens its request."""

    id: str
    url: str
    is_form: bool  # whether the tap does something, rather than show what is open already
    app: str
    text: str
    at_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LockPage(PhonePage):
    """The locked phone with the pushes that nobody has tapped yet (lock.html)."""

    template: ClassVar = "lock.html"

    clock_text: str
    date_text: str
    banners: tuple[Banner, ...]  # newest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A request or a payment in the list."""

    id: str
    url: str
    is_form: bool
    merchant: Merchant
    amount_text: str
    description: str | None
    when_text: str | None
    status: Status | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentsPage(PhonePage):
    """What waits on a phone and what was paid with it, over all sales units (payments.html)."""

    template: ClassVar = "payments.html"

    name: str
    waiting: tuple[Line, ...]
    activity: tuple[Line, ...]  # newest first


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
    goods_text: str  # the price without it
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessingPage(PhonePage):
    """The customer has approved and the outcome is not known yet (processing.html)."""

    template: ClassVar = "processing.html"

    url: str
    merchant: Merchant
    amount_text: str


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
class ReturnPage(PhonePage):
    """The merchant's page in the phone's own browser, which has no session with it (return.html)."""

    template: ClassVar = "return.html"

    request_url: str
    url: str


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


# --- Either ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemPage(Page):
    """Something was asked that cannot be had (problem.html)."""

    template: ClassVar = "problem.html"

    heading: str
    text: str
    link: Link | None
