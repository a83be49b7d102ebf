"""What each screen shows: one dataclass a template, and nothing else reaches the template."""

from dataclasses import dataclass
from typing import ClassVar

__all__ = [
    "Button",
    "ConsentPage",
    "DetailsPage",
    "InboxPage",
    "LandingEndPage",
    "Link",
    "Merchant",
    "NumberPage",
    "OutcomePage",
    "Page",
    "PaymentPage",
    "ProblemPage",
    "ProcessingPage",
    "PushLine",
    "ReceiptLine",
    "RequestLine",
    "RequestPage",
    "Row",
    "WaitingPage",
]


@dataclass(frozen=True, slots=True)
class Page:
    template: ClassVar[str]


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


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    value: str  # may have several lines


# --- The landing page -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberPage(Page):
    """Whose phone is to get the request? (landing_number.html)."""

    template: ClassVar = "landing_number.html"

    merchant_name: str
    amount_text: str  # already formatted: "20 kr"
    token: str
    number_url: str
    cancel_url: str
    phone_number_text: str  # what stands in the field
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPage(Page):
    """The request is on a phone; the page looks again by itself (landing_waiting.html)."""

    template: ClassVar = "landing_waiting.html"

    merchant_name: str
    amount_text: str
    token: str
    cancel_url: str
    phone_number_text: str
    phone_url: str
    look_again_after: int  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class LandingEndPage(Page):
    """How it ended, where the browser is not sent on by itself (landing_end.html)."""

    template: ClassVar = "landing_end.html"

    heading: str
    text: str
    web_link: Link | None  # to a returnUrl in the web
    app_link: Link | None  # to one that leads into the merchant's app


# --- The phone ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLine:
    """A request in the list."""

    id: str
    url: str
    merchant_name: str
    amount_text: str
    description: str | None
    due_text: str | None
    mark: str | None  # "New", "Postponed", …


@dataclass(frozen=True, slots=True, kw_only=True)
class PushLine:
    """A push that came."""

    at_text: str
    text: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxPage(Page):
    """What waits on a phone, over all sales units, and the pushes that came (inbox.html)."""

    template: ClassVar = "inbox.html"

    phone_number_text: str
    name: str
    url: str
    requests: tuple[RequestLine, ...]
    pushes: tuple[PushLine, ...]  # newest first


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPage(Page):
    """A request that waits to be opened (request.html)."""

    template: ClassVar = "request.html"

    inbox_url: str
    merchant: Merchant
    amount_text: str
    due_text: str | None
    button: Button


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentPage(Page):
    """What the merchant asks to know, with what it will be told (consent.html)."""

    template: ClassVar = "consent.html"

    inbox_url: str
    merchant: Merchant
    organisation: str
    rows: tuple[Row, ...]
    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentPage(Page):
    """What the customer is asked to pay (payment.html)."""

    template: ClassVar = "payment.html"

    inbox_url: str
    merchant: Merchant
    amount_text: str
    description: str | None
    due_text: str | None  # "15.09.2023"
    reference: str
    details_url: str | None
    declined_because: str | None  # why the last try to pay failed
    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    name: str
    amount_text: str
    quantity_text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailsPage(Page):
    """What the payment is for (details.html)."""

    template: ClassVar = "details.html"

    request_url: str
    merchant: Merchant
    rows: tuple[Row, ...]
    lines: tuple[ReceiptLine, ...]
    total_text: str | None
    order_link: Link | None
    order_text: str | None  # of an order's link that is not one to follow


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessingPage(Page):
    """The customer has approved and the outcome is not known yet (processing.html)."""

    template: ClassVar = "processing.html"

    inbox_url: str
    url: str
    merchant: Merchant
    amount_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomePage(Page):
    """How a payment ended, as the phone tells it (outcome.html)."""

    template: ClassVar = "outcome.html"

    inbox_url: str
    merchant: Merchant
    amount_text: str
    heading: str
    text: str
    return_link: Link | None


# --- Either ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemPage(Page):
    """Something was asked that cannot be had (problem.html)."""

    template: ClassVar = "problem.html"

    heading: str
    text: str
    link: Link | None
